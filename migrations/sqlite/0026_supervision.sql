-- +goose Up

-- Supervision slips: what a unit is told to put right by a day, with the
-- answer and the closing. Numbers run from 1 in every year.
CREATE TABLE slip_years (
  year integer PRIMARY KEY,
  last integer NOT NULL
);

CREATE TABLE slips (
  id             integer PRIMARY KEY AUTOINCREMENT,
  year           integer NOT NULL,
  number         integer NOT NULL,
  issuer_unit_id integer NOT NULL REFERENCES units (id),
  unit_id        integer NOT NULL REFERENCES units (id),
  subject        text NOT NULL,
  matter         text NOT NULL,
  requirement    text NOT NULL,
  days           integer NOT NULL,
  issued_by      integer,
  issued_at      datetime NOT NULL,
  due_at         datetime NOT NULL,
  state          text NOT NULL CHECK (state IN ('issued', 'received', 'replied', 'returned', 'closed', 'withdrawn')),
  received_at    datetime,
  replied_at     datetime,
  ended_at       datetime,
  reminded       integer NOT NULL DEFAULT 0, -- 1: before the day, 2: after it
  remind_at      datetime NOT NULL, -- for ever when nothing more is told
  version        integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX slips_number ON slips (year, number);
CREATE INDEX slips_unit ON slips (unit_id, id);
CREATE INDEX slips_issuer ON slips (issuer_unit_id, id);
CREATE INDEX slips_remind ON slips (remind_at, id);

-- What a slip stands on: rows of the lists as they were when it was issued.
CREATE TABLE slip_rows (
  id      integer PRIMARY KEY AUTOINCREMENT,
  slip_id integer NOT NULL REFERENCES slips (id),
  list    text NOT NULL,
  row_id  integer NOT NULL,
  lead_id integer NOT NULL REFERENCES leads (id),
  code    text NOT NULL,
  since_on text NOT NULL,
  detail  text NOT NULL
);
CREATE UNIQUE INDEX slip_rows_one ON slip_rows (slip_id, list, row_id);
CREATE INDEX slip_rows_lead ON slip_rows (lead_id, list, row_id);

CREATE TABLE slip_events (
  id      integer PRIMARY KEY AUTOINCREMENT,
  slip_id integer NOT NULL REFERENCES slips (id),
  at      datetime NOT NULL,
  user_id integer,
  unit_id integer REFERENCES units (id),
  act     text NOT NULL,
  text    text NOT NULL DEFAULT '',
  due_at  datetime
);
CREATE INDEX slip_events_of ON slip_events (slip_id, id);

CREATE TABLE slip_files (
  id          integer PRIMARY KEY AUTOINCREMENT,
  slip_id     integer NOT NULL REFERENCES slips (id),
  user_id     integer,
  unit_id     integer REFERENCES units (id),
  name        text NOT NULL,
  stored_name text NOT NULL,
  mime        text NOT NULL,
  size        integer NOT NULL,
  sha256      text NOT NULL,
  added_at    datetime NOT NULL
);
CREATE INDEX slip_files_of ON slip_files (slip_id, id);

-- What the lists walk along.
CREATE INDEX handoffs_lapsed ON handoffs (state, due_at, id) WHERE kind = 'offer';
CREATE INDEX signing_changes_out ON signing_changes (item_id, at) WHERE kind = 'out';
CREATE INDEX stage_spans_signed ON stage_spans (lead_id, id) WHERE stage = 'signed';
CREATE INDEX commitments_state ON commitments (state, due_on, id);
