-- +goose Up

-- Clocks: what a unit owes for a lead by when. How long a clock has run is
-- limit time: microseconds of which a working day has 86,400,000,000,
-- whatever its office hours. due_at and warn_at are worked out from the office
-- calendar of that revision; a state is read by comparing them with the
-- database's own clock.
CREATE TABLE clocks (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id     bigint NOT NULL REFERENCES leads (id),
  kind        text NOT NULL CHECK (kind IN ('answer', 'triage', 'feedback', 'progress', 'object', 'talk', 'rule', 'reoffer')),
  unit_id     bigint NOT NULL REFERENCES units (id),
  handoff_id  bigint REFERENCES handoffs (id),
  dispute_id  bigint,
  days        bigint NOT NULL,
  calendar    boolean NOT NULL DEFAULT false, -- counts calendar days, not working days
  experts     boolean NOT NULL DEFAULT false, -- the longer limit of a triage with experts
  started_at  timestamptz NOT NULL,
  anchor_at   timestamptz NOT NULL, -- the start, or the last time it was resumed
  used        bigint NOT NULL DEFAULT 0, -- limit time before the anchor
  due_at      timestamptz NOT NULL,
  paused_at   timestamptz,
  warned      bigint NOT NULL DEFAULT 0, -- the highest warning given, in percent
  warn_at     timestamptz NOT NULL, -- when the next one is due; for ever when none is
  closed_at   timestamptz,
  how         text CHECK (how IN ('met', 'late', 'cancelled')),
  revision    bigint NOT NULL DEFAULT 0,
  invented    boolean NOT NULL DEFAULT false,
  version     bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX clocks_one_open ON clocks (lead_id, kind, unit_id) WHERE closed_at IS NULL;
CREATE INDEX clocks_lead ON clocks (lead_id, id);
CREATE INDEX clocks_warn ON clocks (warn_at, id) WHERE closed_at IS NULL;
CREATE INDEX clocks_due ON clocks (unit_id, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX clocks_closed ON clocks (unit_id, closed_at, id) WHERE closed_at IS NOT NULL;

-- Each warning is given once: the key decides, whoever gives it.
CREATE TABLE clock_warnings (
  clock_id bigint NOT NULL REFERENCES clocks (id),
  percent  bigint NOT NULL,
  at       timestamptz NOT NULL,
  PRIMARY KEY (clock_id, percent)
);

-- Every pause with its reason; by_stage when the lead itself was suspended.
CREATE TABLE clock_pauses (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  clock_id   bigint NOT NULL REFERENCES clocks (id),
  from_at    timestamptz NOT NULL,
  until      timestamptz,
  reason     text NOT NULL,
  by_stage   boolean NOT NULL DEFAULT false,
  paused_by  bigint,
  resumed_by bigint
);
CREATE INDEX clock_pauses_clock ON clock_pauses (clock_id, id);
CREATE UNIQUE INDEX clock_pauses_one_open ON clock_pauses (clock_id) WHERE until IS NULL;

-- The office calendar is edited; each change has a number, which the clocks
-- name that were worked out after it.
ALTER TABLE calendar_days ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE calendar_days ADD COLUMN changed_by bigint;
ALTER TABLE calendar_days ADD COLUMN changed_at timestamptz;
CREATE TABLE calendar_changes (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL,
  what       text NOT NULL,
  changed_by bigint
);

-- What a note stands for: an answer to the investor and a report of progress
-- end and begin clocks.
ALTER TABLE notes ADD COLUMN kind text NOT NULL DEFAULT 'note' CHECK (kind IN ('note', 'progress', 'feedback'));
