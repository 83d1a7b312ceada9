-- +goose Up

-- What counts for an indicator, when and for whom. Versions are only added;
-- the one in force on the day of an event rules it for ever.
CREATE TABLE count_rules (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  indicator   text NOT NULL,
  version     bigint NOT NULL,
  happening   text NOT NULL CHECK (happening IN ('valid', 'signed', 'registered', 'started', 'started_in_year', 'producing', 'never')),
  measure     text NOT NULL CHECK (measure IN ('project', 'planned', 'increment')),
  basis       text NOT NULL CHECK (basis IN ('landing', 'first_contact', 'shared', 'double')),
  class       text NOT NULL CHECK (class IN ('lead', 'signing', 'landing', 'investment', 'expansion')),
  lower_cents bigint NOT NULL CHECK (lower_cents >= 0),
  tracks      text NOT NULL,
  excluded    text NOT NULL,
  undone_by   text NOT NULL,
  recount     boolean NOT NULL,
  late_months bigint NOT NULL CHECK (late_months >= 0),
  starts_on   text NOT NULL,
  ends_on     text,
  source      text NOT NULL,
  assumed     boolean NOT NULL,
  reason      text NOT NULL,
  made_by     bigint,
  made_at     timestamptz NOT NULL,
  CHECK (ends_on IS NULL OR starts_on <= ends_on)
);
CREATE UNIQUE INDEX count_rules_version ON count_rules (indicator, version);

-- The finder's share unless the two sides agree on another.
CREATE TABLE share_rules (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  finder_ppm bigint NOT NULL CHECK (finder_ppm BETWEEN 0 AND 1000000),
  months     bigint NOT NULL CHECK (months >= 0),
  starts_on  text NOT NULL,
  source     text NOT NULL,
  assumed    boolean NOT NULL,
  reason     text NOT NULL,
  made_by    bigint,
  made_at    timestamptz NOT NULL
);

-- One row: who counts shares it, who closes a month holds it alone.
CREATE TABLE count_gate (
  id       bigint PRIMARY KEY,
  began_at timestamptz,
  touched  bigint NOT NULL
);
INSERT INTO count_gate (id, touched) VALUES (1, 0);

-- Months that were closed before their day.
CREATE TABLE count_months (
  month     text PRIMARY KEY,
  closed_at timestamptz NOT NULL,
  closed_by bigint,
  reason    text NOT NULL
);

-- The journal of counting: what it learned of each lead, in order. The ledger
-- follows from it and from the rules.
CREATE TABLE count_steps (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id     bigint NOT NULL REFERENCES leads (id),
  at          timestamptz NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('facts', 'replaced', 'shares')),
  fact_id     bigint REFERENCES lead_facts (id),
  gone        boolean NOT NULL,
  on_day      text NOT NULL,
  class       text NOT NULL,
  finder_ppm  bigint CHECK (finder_ppm BETWEEN 0 AND 1000000),
  from_month  text NOT NULL,
  until_month text NOT NULL,
  proposal_id bigint,
  reason      text NOT NULL,
  user_id     bigint,
  unit_id     bigint REFERENCES units (id),
  CHECK ((kind = 'facts') = (fact_id IS NOT NULL)),
  CHECK ((kind = 'shares') = (finder_ppm IS NOT NULL))
);
CREATE INDEX count_steps_lead ON count_steps (lead_id, id);

-- The ledger: lines are added and never changed.
CREATE TABLE count_events (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  step_id   bigint NOT NULL REFERENCES count_steps (id),
  lead_id   bigint NOT NULL REFERENCES leads (id),
  seq       bigint NOT NULL,
  indicator text NOT NULL,
  count_no  bigint NOT NULL,
  kind      text NOT NULL CHECK (kind IN ('counted', 'late', 'increment', 'taken_back', 'recounted', 'shares', 'placed')),
  on_day    text NOT NULL,
  month     text NOT NULL,
  corrects  text NOT NULL,
  value     bigint NOT NULL,
  total     bigint NOT NULL,
  currency  text NOT NULL,
  rule_id   bigint NOT NULL REFERENCES count_rules (id),
  at        timestamptz NOT NULL
);
CREATE UNIQUE INDEX count_events_lead ON count_events (lead_id, seq);
CREATE INDEX count_events_month ON count_events (month, indicator, id);

-- What units have of each line; unit 0 while the place is not known.
CREATE TABLE count_parts (
  event_id  bigint NOT NULL REFERENCES count_events (id),
  unit_id   bigint NOT NULL,
  role      text NOT NULL CHECK (role IN ('finder', 'landing', 'one')),
  lead_id   bigint NOT NULL REFERENCES leads (id),
  indicator text NOT NULL,
  month     text NOT NULL,
  ppm       bigint NOT NULL,
  value     bigint NOT NULL,
  PRIMARY KEY (event_id, unit_id, role)
);
CREATE INDEX count_parts_unit ON count_parts (unit_id, month, indicator, event_id);
CREATE INDEX count_parts_month ON count_parts (month, unit_id, indicator, event_id);
CREATE INDEX count_parts_lead ON count_parts (lead_id, unit_id);

-- Shares that one side proposes and the other answers, or the bureau rules.
CREATE TABLE credit_proposals (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id         bigint NOT NULL REFERENCES leads (id),
  class           text NOT NULL CHECK (class IN ('lead', 'signing', 'landing', 'investment', 'expansion')),
  finder_ppm      bigint NOT NULL CHECK (finder_ppm BETWEEN 0 AND 1000000),
  from_month      text NOT NULL,
  until_month     text NOT NULL,
  finder_unit_id  bigint NOT NULL REFERENCES units (id),
  landing_unit_id bigint NOT NULL REFERENCES units (id),
  from_unit_id    bigint NOT NULL REFERENCES units (id),
  to_unit_id      bigint NOT NULL REFERENCES units (id),
  state           text NOT NULL CHECK (state IN ('open', 'agreed', 'refused', 'withdrawn', 'ruled')),
  reason          text NOT NULL,
  made_by         bigint,
  made_at         timestamptz NOT NULL,
  answer          text NOT NULL,
  answered_by     bigint,
  answered_at     timestamptz,
  version         bigint NOT NULL
);
CREATE UNIQUE INDEX credit_proposals_open ON credit_proposals (lead_id, class) WHERE state = 'open';
CREATE INDEX credit_proposals_to ON credit_proposals (to_unit_id, state);
CREATE INDEX credit_proposals_lead ON credit_proposals (lead_id, id);
