-- +goose Up

-- Versions of the life cycle of projects. Of those in force the one with the
-- latest day that has come rules.
CREATE TABLE lifecycles (
  id         integer PRIMARY KEY AUTOINCREMENT,
  number     integer NOT NULL UNIQUE,
  state      text NOT NULL CHECK (state IN ('draft', 'in_force', 'retired')),
  from_on    text,
  note       text NOT NULL,
  source     text NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  made_by    integer,
  made_at    datetime NOT NULL,
  changed_at datetime NOT NULL
);
CREATE UNIQUE INDEX lifecycles_day ON lifecycles (from_on) WHERE state = 'in_force';

CREATE TABLE lifecycle_steps (
  lifecycle_id  integer NOT NULL REFERENCES lifecycles (id),
  track         text NOT NULL,
  stage         text NOT NULL,
  position      integer NOT NULL,
  limit_days    integer,
  limit_source  text NOT NULL,
  chance_bp     integer,
  chance_source text NOT NULL,
  pass          text NOT NULL,
  confirm       text NOT NULL CHECK (confirm IN ('none', 'other_unit', 'bureau')),
  source        text NOT NULL,
  PRIMARY KEY (lifecycle_id, track, stage)
);

CREATE TABLE lifecycle_needs (
  lifecycle_id integer NOT NULL REFERENCES lifecycles (id),
  track        text NOT NULL,
  stage        text NOT NULL,
  sort         integer NOT NULL,
  kind         text NOT NULL,
  name         text NOT NULL,
  from_cents   integer,
  source       text NOT NULL,
  PRIMARY KEY (lifecycle_id, track, stage, kind, name)
);

-- What a file is evidence of; empty for none.
ALTER TABLE files ADD COLUMN kind text NOT NULL DEFAULT '';

-- In which stage a lead was from when to when: the spans tile its life.
-- entered says what let it in: its registration, the gate, a public report,
-- data taken over, a merge or its undoing, or the time before there was a gate.
CREATE TABLE stage_spans (
  id           integer PRIMARY KEY AUTOINCREMENT,
  lead_id      integer NOT NULL REFERENCES leads (id),
  stage        text NOT NULL,
  from_at      datetime NOT NULL,
  until        datetime NOT NULL,
  happened_on  text,
  entered      text NOT NULL CHECK (entered IN ('created', 'gate', 'reported', 'taken_over', 'merge', 'before')),
  lifecycle_id integer REFERENCES lifecycles (id)
);
CREATE INDEX stage_spans_lead ON stage_spans (lead_id, id);
CREATE UNIQUE INDEX stage_spans_one ON stage_spans (lead_id) WHERE until = '9999-12-31 00:00:00+00:00';

INSERT INTO stage_spans (lead_id, stage, from_at, until, happened_on, entered)
SELECT s.lead_id, s.stage, s.from_at,
  COALESCE(LEAD(s.from_at) OVER (PARTITION BY s.lead_id ORDER BY s.rank, s.id), '9999-12-31 00:00:00+00:00'), s.happened_on, s.entered
FROM (
  SELECT l.id AS lead_id, 0 AS rank, 0 AS id, l.created_at AS from_at, NULL AS happened_on,
    COALESCE((SELECT a.from_stage FROM activities a WHERE a.lead_id = l.id AND a.kind = 'stage' AND a.to_stage IS NOT NULL ORDER BY a.id LIMIT 1), l.stage) AS stage,
    CASE WHEN l.as_reported THEN 'reported' ELSE 'created' END AS entered
  FROM leads l
  UNION ALL
  SELECT a.lead_id, 1, a.id, a.at, a.happened_on, a.to_stage, 'before'
  FROM activities a WHERE a.kind = 'stage' AND a.to_stage IS NOT NULL
) AS s
ORDER BY s.lead_id, s.rank, s.id;

-- Outside confirmations: the responsible unit asks, another unit answers. A
-- confirmation is used by the move that it allows.
CREATE TABLE stage_confirmations (
  id               integer PRIMARY KEY AUTOINCREMENT,
  lead_id          integer NOT NULL REFERENCES leads (id),
  stage            text NOT NULL,
  by_whom          text NOT NULL CHECK (by_whom IN ('other_unit', 'bureau')),
  state            text NOT NULL CHECK (state IN ('asked', 'confirmed', 'denied', 'withdrawn')),
  ask              text NOT NULL,
  asked_by         integer,
  asked_unit_id    integer REFERENCES units (id),
  asked_at         datetime NOT NULL,
  answer           text NOT NULL DEFAULT '',
  answered_by      integer,
  answered_unit_id integer REFERENCES units (id),
  answered_at      datetime,
  used_at          datetime,
  version          integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX stage_confirmations_open ON stage_confirmations (lead_id, stage) WHERE state = 'asked';
CREATE INDEX stage_confirmations_lead ON stage_confirmations (lead_id, id);
CREATE INDEX stage_confirmations_asked ON stage_confirmations (id) WHERE state = 'asked';

-- Where a lost project went.
CREATE TABLE lead_losses (
  id       integer PRIMARY KEY AUTOINCREMENT,
  lead_id  integer NOT NULL REFERENCES leads (id),
  at       datetime NOT NULL,
  lost_on  text NOT NULL,
  place    text NOT NULL,
  province text NOT NULL DEFAULT '',
  country  text NOT NULL DEFAULT '',
  reason   text NOT NULL,
  unit_id  integer REFERENCES units (id),
  lost_by  integer
);
CREATE INDEX lead_losses_lead ON lead_losses (lead_id, id);
