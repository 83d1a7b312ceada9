-- +goose Up

-- What was promised to investors, and the unit that keeps it. It goes to
-- another unit by an explicit handing over alone.
CREATE TABLE commitments (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id          bigint NOT NULL REFERENCES leads (id),
  text             text NOT NULL,
  promised_by      text NOT NULL,
  promised_unit_id bigint REFERENCES units (id),
  promised_on      text NOT NULL,
  occasion         text NOT NULL,
  file_id          bigint REFERENCES files (id),
  unit_id          bigint NOT NULL REFERENCES units (id),
  due_on           text NOT NULL,
  state            text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'kept', 'broken', 'released')),
  reason           text NOT NULL DEFAULT '',
  settled_by       bigint,
  settled_at       timestamptz,
  made_by          bigint,
  made_unit_id     bigint REFERENCES units (id),
  made_at          timestamptz NOT NULL,
  version          bigint NOT NULL DEFAULT 1
);
CREATE INDEX commitments_lead ON commitments (lead_id, due_on);
CREATE INDEX commitments_unit ON commitments (unit_id, state, due_on);

CREATE TABLE commitment_events (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  commitment_id bigint NOT NULL REFERENCES commitments (id),
  lead_id       bigint NOT NULL REFERENCES leads (id),
  at            timestamptz NOT NULL,
  user_id       bigint,
  unit_id       bigint REFERENCES units (id),
  act           text NOT NULL,
  from_unit_id  bigint REFERENCES units (id),
  to_unit_id    bigint REFERENCES units (id),
  detail        text NOT NULL DEFAULT '',
  reason        text NOT NULL DEFAULT ''
);
CREATE INDEX commitment_events_of ON commitment_events (commitment_id, id);
