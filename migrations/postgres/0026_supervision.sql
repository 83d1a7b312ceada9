-- +goose Up

-- Supervision slips: what a unit is told to put right by a day, with the
-- answer and the closing. Numbers run from 1 in every year.
CREATE TABLE slip_years (
  year bigint PRIMARY KEY,
  last bigint NOT NULL
);

CREATE TABLE slips (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  year           bigint NOT NULL,
  number         bigint NOT NULL,
  issuer_unit_id bigint NOT NULL REFERENCES units (id),
  unit_id        bigint NOT NULL REFERENCES units (id),
  subject        text NOT NULL,
  matter         text NOT NULL,
  requirement    text NOT NULL,
  days           bigint NOT NULL,
  issued_by      bigint,
  issued_at      timestamptz NOT NULL,
  due_at         timestamptz NOT NULL,
  state          text NOT NULL CHECK (state IN ('issued', 'received', 'replied', 'returned', 'closed', 'withdrawn')),
  received_at    timestamptz,
  replied_at     timestamptz,
  ended_at       timestamptz,
  reminded       bigint NOT NULL DEFAULT 0, -- 1: before the day, 2: after it
  remind_at      timestamptz NOT NULL, -- for ever when nothing more is told
  version        bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX slips_number ON slips (year, number);
CREATE INDEX slips_unit ON slips (unit_id, id);
CREATE INDEX slips_issuer ON slips (issuer_unit_id, id);
CREATE INDEX slips_remind ON slips (remind_at, id);

-- What a slip stands on: rows of the lists as they were when it was issued.
CREATE TABLE slip_rows (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slip_id bigint NOT NULL REFERENCES slips (id),
  list    text NOT NULL,
  row_id  bigint NOT NULL,
  lead_id bigint NOT NULL REFERENCES leads (id),
  code    text NOT NULL,
  since_on text NOT NULL,
  detail  text NOT NULL
);
CREATE UNIQUE INDEX slip_rows_one ON slip_rows (slip_id, list, row_id);
CREATE INDEX slip_rows_lead ON slip_rows (lead_id, list, row_id);

CREATE TABLE slip_events (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slip_id bigint NOT NULL REFERENCES slips (id),
  at      timestamptz NOT NULL,
  user_id bigint,
  unit_id bigint REFERENCES units (id),
  act     text NOT NULL,
  text    text NOT NULL DEFAULT '',
  due_at  timestamptz
);
CREATE INDEX slip_events_of ON slip_events (slip_id, id);

CREATE TABLE slip_files (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slip_id     bigint NOT NULL REFERENCES slips (id),
  user_id     bigint,
  unit_id     bigint REFERENCES units (id),
  name        text NOT NULL,
  stored_name text NOT NULL,
  mime        text NOT NULL,
  size        bigint NOT NULL,
  sha256      text NOT NULL,
  added_at    timestamptz NOT NULL
);
CREATE INDEX slip_files_of ON slip_files (slip_id, id);

-- What the lists walk along.
CREATE INDEX handoffs_lapsed ON handoffs (state, due_at, id) WHERE kind = 'offer';
CREATE INDEX signing_changes_out ON signing_changes (item_id, at) WHERE kind = 'out';
CREATE INDEX stage_spans_signed ON stage_spans (lead_id, id) WHERE stage = 'signed';
CREATE INDEX commitments_state ON commitments (state, due_on, id);
