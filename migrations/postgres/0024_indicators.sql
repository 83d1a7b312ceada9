-- +goose Up

-- What the city counts its year by. A row is one version of an indicator, in
-- force from starts_on to ends_on, both included.
CREATE TABLE indicators (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code          text NOT NULL,
  name_zh       text NOT NULL,
  name_en       text NOT NULL,
  unit          text NOT NULL CHECK (unit IN ('count', 'cents_cny', 'cents_usd', 'sqm', 'ppm')),
  credit_basis  text NOT NULL CHECK (credit_basis IN ('landing', 'first_contact', 'shared', 'double')),
  value_source  text NOT NULL CHECK (value_source IN ('counted', 'reported', 'derived')),
  numerator     text NOT NULL DEFAULT '',
  denominator   text NOT NULL DEFAULT '',
  official      boolean NOT NULL,
  position      bigint NOT NULL,
  starts_on     text NOT NULL,
  ends_on       text NOT NULL DEFAULT '9999-12-31',
  source        text NOT NULL,
  assumed       boolean NOT NULL,
  made_by       bigint,
  made_at       timestamptz NOT NULL,
  CHECK (starts_on <= ends_on),
  CHECK ((unit = 'ppm') = (value_source = 'derived'))
);
CREATE UNIQUE INDEX indicators_code ON indicators (code, starts_on);
CREATE UNIQUE INDEX indicators_open ON indicators (code) WHERE ends_on = '9999-12-31';
