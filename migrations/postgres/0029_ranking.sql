-- +goose Up

-- The formulas by which units are scored: of a group of units, or '' for all
-- that have none of their own; in force from a month on.
CREATE TABLE rank_formulas (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  group_code text NOT NULL,
  from_month text NOT NULL,
  rules      text NOT NULL,
  source     text NOT NULL,
  assumed    boolean NOT NULL,
  made_by    bigint,
  made_at    timestamptz NOT NULL
);
CREATE UNIQUE INDEX rank_formulas_one ON rank_formulas (group_code, from_month);

-- The assessment of a month, in editions. What was published is kept with its
-- formulas and every input.
CREATE TABLE rank_runs (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  month           text NOT NULL,
  edition         bigint NOT NULL,
  state           text NOT NULL CHECK (state IN ('draft', 'preview', 'published', 'superseded')),
  unfinished      boolean NOT NULL,
  reason          text NOT NULL,
  formulas        text NOT NULL,
  inputs          text NOT NULL,
  scores          text NOT NULL,
  objections_until timestamptz,
  made_by         bigint,
  made_at         timestamptz NOT NULL,
  worked_at       timestamptz NOT NULL,
  published_by    bigint,
  published_at    timestamptz,
  version         bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX rank_runs_edition ON rank_runs (month, edition);
CREATE UNIQUE INDEX rank_runs_unfinished ON rank_runs (month) WHERE unfinished;
CREATE UNIQUE INDEX rank_runs_published ON rank_runs (month) WHERE state = 'published';

-- What units are at fault for beside what is counted, with the reason.
CREATE TABLE rank_faults (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id  bigint NOT NULL REFERENCES rank_runs (id),
  unit_id bigint NOT NULL REFERENCES units (id),
  fault   text NOT NULL,
  count   bigint NOT NULL,
  reason  text NOT NULL,
  user_id bigint,
  at      timestamptz NOT NULL
);
CREATE INDEX rank_faults_of ON rank_faults (run_id, id);

CREATE TABLE rank_objections (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id      bigint NOT NULL REFERENCES rank_runs (id),
  unit_id     bigint NOT NULL REFERENCES units (id),
  text        text NOT NULL,
  user_id     bigint,
  at          timestamptz NOT NULL,
  answer      text NOT NULL DEFAULT '',
  upheld      boolean,
  answered_by bigint,
  answered_at timestamptz
);
CREATE INDEX rank_objections_of ON rank_objections (run_id, id);
