-- +goose Up

-- What a project reports each month, as data: an administrator may end a
-- figure or begin another one on a day.
CREATE TABLE update_fields (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code      text NOT NULL,
  position  bigint NOT NULL,
  starts_on text NOT NULL,
  ends_on   text NOT NULL DEFAULT '9999-12-31',
  kind      text NOT NULL CHECK (kind IN ('amount', 'count', 'text', 'day')),
  unit      text NOT NULL DEFAULT '',
  indicator text NOT NULL DEFAULT '',
  carry     text NOT NULL CHECK (carry IN ('zero', 'last')),
  required  boolean NOT NULL,
  name_zh   text NOT NULL,
  name_en   text NOT NULL,
  source    text NOT NULL,
  assumed   boolean NOT NULL
);
CREATE UNIQUE INDEX update_fields_code ON update_fields (code, starts_on);

-- Stages in which a project owes a report.
CREATE TABLE update_stages (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stage     text NOT NULL,
  starts_on text NOT NULL,
  ends_on   text NOT NULL DEFAULT '9999-12-31',
  source    text NOT NULL,
  assumed   boolean NOT NULL
);
CREATE UNIQUE INDEX update_stages_stage ON update_stages (stage, starts_on);

-- One row per project and period; filed_at locks it.
CREATE TABLE update_rows (
  lead_id   bigint NOT NULL REFERENCES leads (id),
  period    text NOT NULL,
  unit_id   bigint NOT NULL REFERENCES units (id),
  filed_at  timestamptz,
  filed_by  bigint,
  late_days bigint,
  version   bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (lead_id, period)
);
CREATE INDEX update_rows_unit ON update_rows (unit_id, period);

CREATE TABLE update_cells (
  lead_id bigint NOT NULL REFERENCES leads (id),
  field   text NOT NULL,
  period  text NOT NULL,
  number  bigint,
  words   text NOT NULL DEFAULT '',
  same    boolean NOT NULL,
  user_id bigint NOT NULL,
  unit_id bigint NOT NULL REFERENCES units (id),
  at      timestamptz NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (lead_id, field, period)
);

-- Every value that a cell ever had: what a unit wrote stays readable to it.
CREATE TABLE update_cell_log (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id bigint NOT NULL REFERENCES leads (id),
  field   text NOT NULL,
  period  text NOT NULL,
  number  bigint,
  words   text NOT NULL DEFAULT '',
  same    boolean NOT NULL,
  user_id bigint NOT NULL,
  unit_id bigint NOT NULL REFERENCES units (id),
  at      timestamptz NOT NULL,
  version bigint NOT NULL
);
CREATE INDEX update_cell_log_of ON update_cell_log (lead_id, period, unit_id, id);

-- Figures as they were filed last; they stay while a row is unlocked.
CREATE TABLE update_figures (
  lead_id   bigint NOT NULL REFERENCES leads (id),
  field     text NOT NULL,
  period    text NOT NULL,
  indicator text NOT NULL DEFAULT '',
  number    bigint,
  words     text NOT NULL DEFAULT '',
  unit_id   bigint NOT NULL REFERENCES units (id),
  filed_at  timestamptz NOT NULL,
  PRIMARY KEY (lead_id, field, period)
);
CREATE INDEX update_figures_indicator ON update_figures (indicator, period, unit_id);

CREATE TABLE update_filings (
  unit_id        bigint NOT NULL REFERENCES units (id),
  period         text NOT NULL,
  filed_at       timestamptz,
  filed_by       bigint,
  late_days      bigint,
  unlocked_until text NOT NULL DEFAULT '',
  unlocked_by    bigint,
  reason         text NOT NULL DEFAULT '',
  version        bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (unit_id, period)
);

-- What a unit was told of a period, so that each is told once.
CREATE TABLE update_told (
  unit_id bigint NOT NULL REFERENCES units (id),
  period  text NOT NULL,
  kind    text NOT NULL,
  at      timestamptz NOT NULL,
  PRIMARY KEY (unit_id, period, kind)
);
