-- +goose Up

-- Which units decide themselves about projects that land with them, from when
-- to when; everything else the bureau decides.
CREATE TABLE admission_powers (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id  bigint NOT NULL REFERENCES units (id),
  from_on  text NOT NULL,
  until_on text,
  source   text NOT NULL,
  made_by  bigint,
  made_at  timestamptz NOT NULL,
  version  bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX admission_powers_from ON admission_powers (unit_id, from_on);

-- Admission reviews. What is reviewed is kept as the lead said it when the
-- review was asked for; the newest result of a lead counts at the gate.
CREATE TABLE admission_reviews (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id            bigint NOT NULL REFERENCES leads (id),
  state              text NOT NULL CHECK (state IN ('asked', 'open', 'decided', 'withdrawn')),
  location_code      text NOT NULL,
  deciding_unit_id   bigint NOT NULL REFERENCES units (id),
  power_id           bigint REFERENCES admission_powers (id),
  ask                text NOT NULL DEFAULT '',
  asked_by           bigint,
  asked_unit_id      bigint REFERENCES units (id),
  asked_at           timestamptz NOT NULL,
  track              text NOT NULL DEFAULT '',
  planned_cents      bigint,
  fixed_assets_cents bigint,
  output_cents       bigint,
  tax_cents          bigint,
  land_sqm           bigint,
  floor_sqm          bigint,
  product            text NOT NULL DEFAULT '',
  opened_by          bigint,
  opened_at          timestamptz,
  result             text NOT NULL DEFAULT '' CHECK (result IN ('', 'passed', 'conditions', 'refused', 'deferred')),
  number             text NOT NULL DEFAULT '',
  decided_on         text,
  minutes_file_id    bigint REFERENCES files (id),
  note               text NOT NULL DEFAULT '',
  decided_by         bigint,
  decided_at         timestamptz,
  taken_over         boolean NOT NULL DEFAULT false,
  version            bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX admission_reviews_one ON admission_reviews (lead_id) WHERE state <> 'decided' AND state <> 'withdrawn';
CREATE INDEX admission_reviews_lead ON admission_reviews (lead_id, id);
CREATE INDEX admission_reviews_deciding ON admission_reviews (deciding_unit_id, id);

CREATE TABLE admission_opinions (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  review_id bigint NOT NULL REFERENCES admission_reviews (id),
  lead_id   bigint NOT NULL REFERENCES leads (id),
  unit_id   bigint NOT NULL REFERENCES units (id),
  due_on    text NOT NULL,
  word      text NOT NULL DEFAULT '' CHECK (word IN ('', 'agree', 'conditions', 'object')),
  text      text NOT NULL DEFAULT '',
  given_by  bigint,
  given_at  timestamptz,
  version   bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX admission_opinions_one ON admission_opinions (review_id, unit_id);
CREATE INDEX admission_opinions_unit ON admission_opinions (unit_id, review_id);
CREATE INDEX admission_opinions_lead ON admission_opinions (lead_id, unit_id);

CREATE TABLE admission_conditions (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  review_id bigint NOT NULL REFERENCES admission_reviews (id),
  lead_id   bigint NOT NULL REFERENCES leads (id),
  text      text NOT NULL,
  unit_id   bigint NOT NULL REFERENCES units (id),
  due_on    text NOT NULL,
  note      text NOT NULL DEFAULT '',
  done_by   bigint,
  done_at   timestamptz,
  version   bigint NOT NULL DEFAULT 1
);
CREATE INDEX admission_conditions_review ON admission_conditions (review_id, id);
CREATE INDEX admission_conditions_unit ON admission_conditions (unit_id, review_id);
CREATE INDEX admission_conditions_lead ON admission_conditions (lead_id, unit_id);

-- Contracts of land, which are signed on paper; the program only records them.
CREATE TABLE land_contracts (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id          bigint NOT NULL REFERENCES leads (id),
  number           text NOT NULL DEFAULT '',
  supervision_code text NOT NULL DEFAULT '',
  signed_on        text,
  area_sqm         bigint,
  price_cents      bigint,
  file_id          bigint REFERENCES files (id),
  note             text NOT NULL DEFAULT '',
  made_by          bigint,
  made_at          timestamptz NOT NULL,
  version          bigint NOT NULL DEFAULT 1
);
CREATE INDEX land_contracts_lead ON land_contracts (lead_id, id);

-- Minutes that stand with a project before its signing are its review, decided
-- as the bureau; a scan of a land contract is its record, to be completed.
INSERT INTO admission_reviews (lead_id, state, location_code, deciding_unit_id, asked_at, result, decided_on, minutes_file_id, decided_at, taken_over, version)
SELECT l.id, 'decided', l.location_code, (SELECT min(u.id) FROM units u WHERE u.kind = 'bureau'), f.created_at, 'passed', to_char(f.created_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD'), f.id, f.created_at, true, 1
FROM files f JOIN leads l ON l.id = f.lead_id
WHERE f.kind = 'review_minutes' AND f.deleted_at IS NULL AND l.deleted_at IS NULL AND l.location_code IS NOT NULL
  AND l.stage IN ('lead', 'qualified', 'negotiating', 'review', 'suspended')
  AND EXISTS (SELECT 1 FROM units u WHERE u.kind = 'bureau')
  AND NOT EXISTS (SELECT 1 FROM files g WHERE g.lead_id = f.lead_id AND g.kind = 'review_minutes' AND g.deleted_at IS NULL AND g.id > f.id)
ORDER BY f.id;

INSERT INTO land_contracts (lead_id, file_id, made_by, made_at, version)
SELECT f.lead_id, f.id, f.user_id, f.created_at, 1 FROM files f
WHERE f.kind = 'land_contract' AND f.deleted_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM files g WHERE g.lead_id = f.lead_id AND g.kind = 'land_contract' AND g.deleted_at IS NULL AND g.id > f.id)
ORDER BY f.id;

-- The gate asks for the review's result instead of its minutes, and for the
-- land contract's record instead of its scan alone.
UPDATE lifecycle_needs SET kind = 'review', name = 'passed' WHERE kind = 'file' AND name = 'review_minutes';
INSERT INTO lifecycle_needs (lifecycle_id, track, stage, sort, kind, name, from_cents, source)
SELECT n.lifecycle_id, n.track, n.stage, n.sort, 'land', w.name, n.from_cents, n.source
FROM lifecycle_needs n CROSS JOIN (
  SELECT 'number' AS name UNION ALL SELECT 'supervision_code' UNION ALL SELECT 'signed_on' UNION ALL SELECT 'scan'
) AS w
WHERE n.kind = 'file' AND n.name = 'land_contract';
DELETE FROM lifecycle_needs WHERE kind = 'file' AND name = 'land_contract';
