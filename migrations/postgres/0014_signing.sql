-- +goose Up

-- 每月一签约: what is planned to be signed, by month. A row stays one and the
-- same when it moves to another month; a lead has one that stands.
CREATE TABLE signing_batches (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  month        text NOT NULL,
  name         text NOT NULL,
  place        text NOT NULL,
  held_on      text,
  starts_at    text NOT NULL,
  host         text NOT NULL,
  state        text NOT NULL CHECK (state IN ('planned', 'confirmed')),
  confirmed_at timestamptz,
  confirmed_by bigint,
  version      bigint NOT NULL DEFAULT 1,
  created_by   bigint NOT NULL,
  created_at   timestamptz NOT NULL
);
CREATE INDEX signing_batches_month ON signing_batches (month, id);

CREATE TABLE signing_items (
  id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id             bigint NOT NULL REFERENCES leads (id),
  month               text NOT NULL,
  planned_on          text,
  cents               bigint NOT NULL CHECK (cents >= 0),
  landing_unit_id     bigint NOT NULL REFERENCES units (id),
  first_unit_id       bigint NOT NULL REFERENCES units (id),
  chain               text NOT NULL,
  batch_id            bigint REFERENCES signing_batches (id),
  stage_order         bigint NOT NULL DEFAULT 0,
  main_venue          boolean NOT NULL,
  grade               text NOT NULL CHECK (grade IN ('sure', 'likely', 'possible')),
  text_agreed         boolean NOT NULL,
  site_ready          boolean NOT NULL,
  incentives_reviewed boolean NOT NULL,
  legal_opinion       boolean NOT NULL,
  fair_competition    boolean NOT NULL,
  leader              text NOT NULL,
  investor_signs      text NOT NULL,
  city_signs          text NOT NULL,
  state               text NOT NULL CHECK (state IN ('planned', 'signed', 'lost', 'dropped')),
  signed_on           text,
  version             bigint NOT NULL DEFAULT 1,
  created_by          bigint,
  created_at          timestamptz NOT NULL,
  updated_at          timestamptz NOT NULL
);
CREATE UNIQUE INDEX signing_items_one ON signing_items (lead_id) WHERE state <> 'lost' AND state <> 'dropped';
CREATE INDEX signing_items_lead ON signing_items (lead_id, id);
CREATE INDEX signing_items_month ON signing_items (month, id);
CREATE INDEX signing_items_batch ON signing_items (batch_id, stage_order, id);

-- A month is frozen from the end of its cut-off day, or when the bureau froze
-- it earlier. The row is also what writers of the month wait at.
CREATE TABLE signing_months (
  month      text NOT NULL PRIMARY KEY,
  cut_off_on text,
  frozen_at  timestamptz,
  frozen_by  bigint,
  touched    bigint NOT NULL DEFAULT 0
);

-- What stood in the month when it was frozen.
CREATE TABLE signing_frozen (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  month           text NOT NULL REFERENCES signing_months (month),
  item_id         bigint NOT NULL REFERENCES signing_items (id),
  lead_id         bigint NOT NULL REFERENCES leads (id),
  cents           bigint NOT NULL,
  landing_unit_id bigint NOT NULL REFERENCES units (id),
  first_unit_id   bigint NOT NULL REFERENCES units (id),
  chain           text NOT NULL,
  grade           text NOT NULL
);
CREATE UNIQUE INDEX signing_frozen_one ON signing_frozen (month, item_id);
CREATE INDEX signing_frozen_lead ON signing_frozen (lead_id, month);

-- Every difference since: frozen + all deltas of the month = what stands now.
CREATE TABLE signing_changes (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  month           text NOT NULL REFERENCES signing_months (month),
  item_id         bigint NOT NULL REFERENCES signing_items (id),
  lead_id         bigint NOT NULL REFERENCES leads (id),
  kind            text NOT NULL CHECK (kind IN ('out', 'loss', 'in', 'early', 'amount', 'place')),
  delta_cents     bigint NOT NULL,
  delta_count     bigint NOT NULL CHECK (delta_count IN (-1, 0, 1)),
  landing_unit_id bigint NOT NULL REFERENCES units (id),
  first_unit_id   bigint NOT NULL REFERENCES units (id),
  chain           text NOT NULL,
  other_month     text NOT NULL,
  reason          text NOT NULL,
  user_id         bigint,
  unit_id         bigint,
  at              timestamptz NOT NULL
);
CREATE INDEX signing_changes_month ON signing_changes (month, id);
CREATE INDEX signing_changes_item ON signing_changes (item_id, id);
CREATE INDEX signing_changes_lead ON signing_changes (lead_id, id);

-- A leader's remark on a card, which a unit answers by a day.
CREATE TABLE signing_tasks (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item_id     bigint NOT NULL REFERENCES signing_items (id),
  lead_id     bigint NOT NULL REFERENCES leads (id),
  remark      text NOT NULL,
  remarked_by bigint NOT NULL,
  unit_id     bigint NOT NULL REFERENCES units (id),
  due_on      text NOT NULL,
  state       text NOT NULL CHECK (state IN ('open', 'reported', 'closed')),
  report      text NOT NULL,
  reported_by bigint,
  reported_at timestamptz,
  closing     text NOT NULL,
  closed_by   bigint,
  closed_at   timestamptz,
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL
);
CREATE INDEX signing_tasks_unit ON signing_tasks (unit_id, state, due_on, id);
CREATE INDEX signing_tasks_item ON signing_tasks (item_id, id);
CREATE INDEX signing_tasks_lead ON signing_tasks (lead_id, id);
