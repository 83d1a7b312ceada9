-- +goose Up

-- The targets of a year. unit_id 0 is the whole city; month 0 is the year.
-- What a parent keeps beyond its children, and a year beyond its months, is
-- worked out and never kept.
CREATE TABLE target_years (
  year     integer PRIMARY KEY,
  state    text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'submitted', 'approved')),
  edition  integer NOT NULL DEFAULT 0,
  version  integer NOT NULL DEFAULT 1
);

CREATE TABLE target_cells (
  year      integer NOT NULL REFERENCES target_years (year),
  indicator text NOT NULL,
  unit_id   integer NOT NULL,
  month     integer NOT NULL CHECK (month BETWEEN 0 AND 12),
  value     integer CHECK (value >= 0),
  version   integer NOT NULL,
  PRIMARY KEY (year, indicator, unit_id, month)
);

-- Every change of every cell, in the order in which they were made.
CREATE TABLE target_changes (
  id             integer PRIMARY KEY AUTOINCREMENT,
  year           integer NOT NULL,
  indicator      text NOT NULL,
  unit_id        integer NOT NULL,
  month          integer NOT NULL,
  was            integer,
  value          integer,
  version        integer NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('edit', 'correction', 'closed')),
  reason         text NOT NULL,
  user_id        integer NOT NULL,
  acting_unit_id integer NOT NULL,
  at             datetime NOT NULL
);
CREATE UNIQUE INDEX target_changes_cell ON target_changes (year, indicator, unit_id, month, version);

-- Who submitted, returned and approved a year, and with which change it ended.
CREATE TABLE target_acts (
  id             integer PRIMARY KEY AUTOINCREMENT,
  year           integer NOT NULL REFERENCES target_years (year),
  act            text NOT NULL CHECK (act IN ('submitted', 'returned', 'approved')),
  edition        integer NOT NULL,
  last_change    integer NOT NULL,
  reason         text NOT NULL,
  user_id        integer NOT NULL,
  acting_unit_id integer NOT NULL,
  at             datetime NOT NULL
);
CREATE INDEX target_acts_year ON target_acts (year, id);

-- Within which limits the units split their year; the last one of an
-- indicator counts, and one of no indicator for all others.
CREATE TABLE target_limits (
  id              integer PRIMARY KEY AUTOINCREMENT,
  year            integer NOT NULL,
  indicator       text NOT NULL,
  sum_rule        text NOT NULL CHECK (sum_rule IN ('exact', 'at_most')),
  quarter_min_ppm integer NOT NULL CHECK (quarter_min_ppm BETWEEN 0 AND 1000000),
  quarter_max_ppm integer NOT NULL CHECK (quarter_max_ppm BETWEEN 0 AND 1000000),
  source          text NOT NULL,
  made_by         integer NOT NULL,
  made_at         datetime NOT NULL
);
CREATE INDEX target_limits_year ON target_limits (year, indicator, id);

-- Figures that are not counted by the program. A corrected one stays.
CREATE TABLE reported_figures (
  id             integer PRIMARY KEY AUTOINCREMENT,
  year           integer NOT NULL,
  month          integer NOT NULL CHECK (month BETWEEN 1 AND 12),
  indicator      text NOT NULL,
  unit_id        integer NOT NULL,
  value          integer NOT NULL CHECK (value >= 0),
  standing       text NOT NULL CHECK (standing IN ('official', 'management')),
  evidence       text NOT NULL,
  reason         text NOT NULL,
  made_by        integer NOT NULL,
  made_unit_id   integer NOT NULL,
  made_at        datetime NOT NULL,
  replaced_at    datetime
);
CREATE UNIQUE INDEX reported_figures_one ON reported_figures (year, month, indicator, unit_id) WHERE replaced_at IS NULL;

-- Units that are compared with each other. A row is one version of a group.
CREATE TABLE comparison_groups (
  id        integer PRIMARY KEY AUTOINCREMENT,
  code      text NOT NULL,
  name_zh   text NOT NULL,
  name_en   text NOT NULL,
  position  integer NOT NULL,
  starts_on text NOT NULL,
  ends_on   text NOT NULL DEFAULT '9999-12-31',
  source    text NOT NULL,
  assumed   boolean NOT NULL,
  made_by   integer,
  made_at   datetime NOT NULL,
  CHECK (starts_on <= ends_on)
);
CREATE UNIQUE INDEX comparison_groups_code ON comparison_groups (code, starts_on);
CREATE UNIQUE INDEX comparison_groups_open ON comparison_groups (code) WHERE ends_on = '9999-12-31';

CREATE TABLE comparison_group_units (
  group_id integer NOT NULL REFERENCES comparison_groups (id),
  unit_id  integer NOT NULL REFERENCES units (id),
  PRIMARY KEY (group_id, unit_id)
);
