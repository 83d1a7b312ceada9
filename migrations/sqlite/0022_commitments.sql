-- +goose Up

-- What was promised to investors, and the unit that keeps it. It goes to
-- another unit by an explicit handing over alone.
CREATE TABLE commitments (
  id               integer PRIMARY KEY AUTOINCREMENT,
  lead_id          integer NOT NULL REFERENCES leads (id),
  text             text NOT NULL,
  promised_by      text NOT NULL,
  promised_unit_id integer REFERENCES units (id),
  promised_on      text NOT NULL,
  occasion         text NOT NULL,
  file_id          integer REFERENCES files (id),
  unit_id          integer NOT NULL REFERENCES units (id),
  due_on           text NOT NULL,
  state            text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'kept', 'broken', 'released')),
  reason           text NOT NULL DEFAULT '',
  settled_by       integer,
  settled_at       datetime,
  made_by          integer,
  made_unit_id     integer REFERENCES units (id),
  made_at          datetime NOT NULL,
  version          integer NOT NULL DEFAULT 1
);
CREATE INDEX commitments_lead ON commitments (lead_id, due_on);
CREATE INDEX commitments_unit ON commitments (unit_id, state, due_on);

CREATE TABLE commitment_events (
  id            integer PRIMARY KEY AUTOINCREMENT,
  commitment_id integer NOT NULL REFERENCES commitments (id),
  lead_id       integer NOT NULL REFERENCES leads (id),
  at            datetime NOT NULL,
  user_id       integer,
  unit_id       integer REFERENCES units (id),
  act           text NOT NULL,
  from_unit_id  integer REFERENCES units (id),
  to_unit_id    integer REFERENCES units (id),
  detail        text NOT NULL DEFAULT '',
  reason        text NOT NULL DEFAULT ''
);
CREATE INDEX commitment_events_of ON commitment_events (commitment_id, id);
