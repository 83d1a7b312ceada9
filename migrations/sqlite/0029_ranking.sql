-- +goose Up

-- The formulas by which units are scored: of a group of units, or '' for all
-- that have none of their own; in force from a month on.
CREATE TABLE rank_formulas (
  id         integer PRIMARY KEY AUTOINCREMENT,
  group_code text NOT NULL,
  from_month text NOT NULL,
  rules      text NOT NULL,
  source     text NOT NULL,
  assumed    boolean NOT NULL,
  made_by    integer,
  made_at    datetime NOT NULL
);
CREATE UNIQUE INDEX rank_formulas_one ON rank_formulas (group_code, from_month);

-- The assessment of a month, in editions. What was published is kept with its
-- formulas and every input.
CREATE TABLE rank_runs (
  id              integer PRIMARY KEY AUTOINCREMENT,
  month           text NOT NULL,
  edition         integer NOT NULL,
  state           text NOT NULL CHECK (state IN ('draft', 'preview', 'published', 'superseded')),
  unfinished      boolean NOT NULL,
  reason          text NOT NULL,
  formulas        text NOT NULL,
  inputs          text NOT NULL,
  scores          text NOT NULL,
  objections_until datetime,
  made_by         integer,
  made_at         datetime NOT NULL,
  worked_at       datetime NOT NULL,
  published_by    integer,
  published_at    datetime,
  version         integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX rank_runs_edition ON rank_runs (month, edition);
CREATE UNIQUE INDEX rank_runs_unfinished ON rank_runs (month) WHERE unfinished;
CREATE UNIQUE INDEX rank_runs_published ON rank_runs (month) WHERE state = 'published';

-- What units are at fault for beside what is counted, with the reason.
CREATE TABLE rank_faults (
  id      integer PRIMARY KEY AUTOINCREMENT,
  run_id  integer NOT NULL REFERENCES rank_runs (id),
  unit_id integer NOT NULL REFERENCES units (id),
  fault   text NOT NULL,
  count   integer NOT NULL,
  reason  text NOT NULL,
  user_id integer,
  at      datetime NOT NULL
);
CREATE INDEX rank_faults_of ON rank_faults (run_id, id);

CREATE TABLE rank_objections (
  id          integer PRIMARY KEY AUTOINCREMENT,
  run_id      integer NOT NULL REFERENCES rank_runs (id),
  unit_id     integer NOT NULL REFERENCES units (id),
  text        text NOT NULL,
  user_id     integer,
  at          datetime NOT NULL,
  answer      text NOT NULL DEFAULT '',
  upheld      boolean,
  answered_by integer,
  answered_at datetime
);
CREATE INDEX rank_objections_of ON rank_objections (run_id, id);
