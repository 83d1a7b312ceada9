-- +goose Up

-- Two units that both claim a lead. Time alone moves a dispute on: the units
-- talk until talk_due_at, the bureau rules until rule_due_at, then the leading
-- body does. state says only what somebody did.
CREATE TABLE disputes (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id            bigint NOT NULL REFERENCES leads (id),
  own_lead_id        bigint REFERENCES leads (id),
  -- both leads, the lower number first, so that one index knows the pair
  pair_low           bigint,
  pair_high          bigint,
  claimant_unit_id   bigint NOT NULL REFERENCES units (id),
  respondent_unit_id bigint NOT NULL REFERENCES units (id),
  leading_unit_id    bigint NOT NULL REFERENCES units (id),
  -- the bureau answers for the holder of a restricted lead
  stands_in          boolean NOT NULL,
  state              text NOT NULL CHECK (state IN ('talking', 'ruling', 'leading', 'settled', 'ruled', 'withdrawn')),
  claim              text NOT NULL,
  reason             text NOT NULL,
  opened_by          bigint NOT NULL,
  opened_at          timestamptz NOT NULL,
  talk_due_at        timestamptz NOT NULL,
  rule_due_at        timestamptz NOT NULL,
  raised_at          timestamptz,
  closed_at          timestamptz,
  closed_by          bigint,
  outcome_id         bigint,
  version            bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX disputes_one_open ON disputes (lead_id, claimant_unit_id) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX disputes_one_pair ON disputes (pair_low, pair_high) WHERE closed_at IS NULL;
CREATE INDEX disputes_lead ON disputes (lead_id, id);
CREATE INDEX disputes_own_lead ON disputes (own_lead_id, id);
CREATE INDEX disputes_claimant ON disputes (claimant_unit_id, id);
CREATE INDEX disputes_respondent ON disputes (respondent_unit_id, id);
CREATE INDEX disputes_talk_due ON disputes (talk_due_at, id) WHERE closed_at IS NULL;

CREATE TABLE dispute_files (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dispute_id  bigint NOT NULL REFERENCES disputes (id),
  unit_id     bigint NOT NULL REFERENCES units (id),
  user_id     bigint NOT NULL,
  name        text NOT NULL,
  stored_name text NOT NULL UNIQUE,
  mime        text NOT NULL,
  size        bigint NOT NULL,
  sha256      text NOT NULL,
  created_at  timestamptz NOT NULL
);
CREATE INDEX dispute_files_dispute ON dispute_files (dispute_id, id);

-- What a party proposes, and what was agreed or ruled.
CREATE TABLE dispute_outcomes (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dispute_id     bigint NOT NULL REFERENCES disputes (id),
  lead_id        bigint NOT NULL REFERENCES leads (id),
  state          text NOT NULL CHECK (state IN ('proposed', 'replaced', 'agreed', 'ruled')),
  outcome        text NOT NULL CHECK (outcome IN ('single', 'shared', 'reassigned', 'duplicate')),
  holder_unit_id bigint REFERENCES units (id),
  -- for a duplicate: which lead ends, the disputed one or the claimant's own
  closes         text NOT NULL CHECK (closes IN ('', 'disputed', 'own')),
  merges         boolean NOT NULL,
  reason         text NOT NULL,
  -- who decides: the parties, the bureau, the leading body
  body           text NOT NULL CHECK (body IN ('parties', 'bureau', 'leading')),
  unit_id        bigint NOT NULL REFERENCES units (id),
  user_id        bigint NOT NULL,
  at             timestamptz NOT NULL
);
CREATE UNIQUE INDEX dispute_outcomes_one_proposal ON dispute_outcomes (dispute_id) WHERE state = 'proposed';
CREATE INDEX dispute_outcomes_dispute ON dispute_outcomes (dispute_id, id);
CREATE INDEX dispute_outcomes_lead ON dispute_outcomes (lead_id, id);

-- Hundredths of a per cent; those of one outcome make 10,000.
CREATE TABLE dispute_shares (
  outcome_id   bigint NOT NULL REFERENCES dispute_outcomes (id),
  unit_id      bigint NOT NULL REFERENCES units (id),
  basis_points bigint NOT NULL CHECK (basis_points BETWEEN 1 AND 10000),
  PRIMARY KEY (outcome_id, unit_id)
);

-- What happened in a dispute, in order.
CREATE TABLE dispute_entries (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dispute_id bigint NOT NULL REFERENCES disputes (id),
  at         timestamptz NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('opened', 'statement', 'file', 'proposed', 'agreed', 'escalated', 'raised', 'ruled', 'withdrawn')),
  unit_id    bigint REFERENCES units (id),
  user_id    bigint,
  text       text NOT NULL,
  file_id    bigint REFERENCES dispute_files (id),
  outcome_id bigint REFERENCES dispute_outcomes (id)
);
CREATE INDEX dispute_entries_dispute ON dispute_entries (dispute_id, id);

-- Who holds which share of a lead's credit, dated; a lead without rows is its
-- holder's alone.
CREATE TABLE lead_shares (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id      bigint NOT NULL REFERENCES leads (id),
  unit_id      bigint NOT NULL REFERENCES units (id),
  basis_points bigint NOT NULL CHECK (basis_points BETWEEN 1 AND 10000),
  from_at      timestamptz NOT NULL,
  until        timestamptz NOT NULL,
  outcome_id   bigint NOT NULL REFERENCES dispute_outcomes (id)
);
CREATE UNIQUE INDEX lead_shares_one_open ON lead_shares (lead_id, unit_id) WHERE until = '9999-12-31 00:00:00+00:00';
CREATE INDEX lead_shares_unit ON lead_shares (unit_id, lead_id);

-- A lead that was merged into another. answer_lead_id is the lead that now
-- answers for it, at the end of the row of merges.
CREATE TABLE merges (
  id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id              bigint NOT NULL REFERENCES leads (id),
  into_lead_id         bigint NOT NULL REFERENCES leads (id),
  answer_lead_id       bigint NOT NULL REFERENCES leads (id),
  dispute_id           bigint REFERENCES disputes (id),
  reason               text NOT NULL,
  merged_by            bigint NOT NULL,
  unit_id              bigint REFERENCES units (id),
  merged_at            timestamptz NOT NULL,
  undo_until           timestamptz NOT NULL,
  -- what the merged lead goes back to
  stage_before         text NOT NULL,
  stage_since_before   timestamptz NOT NULL,
  as_reported_before   boolean NOT NULL,
  stage_assumed_before boolean NOT NULL,
  undone_at            timestamptz,
  undone_by            bigint,
  undo_reason          text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX merges_one_live ON merges (lead_id) WHERE undone_at IS NULL;
CREATE INDEX merges_lead ON merges (lead_id, id);
CREATE INDEX merges_into ON merges (into_lead_id, id);
CREATE INDEX merges_answer ON merges (answer_lead_id, id);

-- Every row that a merge moved and every field that it took over, so that it
-- can be undone row by row.
CREATE TABLE merge_rows (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  merge_id    bigint NOT NULL REFERENCES merges (id),
  kind        text NOT NULL CHECK (kind IN ('contact', 'note', 'file', 'activity', 'helper', 'merge', 'field')),
  row_id      bigint NOT NULL,
  field       text NOT NULL DEFAULT '',
  was         text NOT NULL DEFAULT '',
  became      text NOT NULL DEFAULT '',
  -- for a field at the undoing: edited since, and so left as it is
  kept        boolean NOT NULL DEFAULT false
);
CREATE INDEX merge_rows_merge ON merge_rows (merge_id, kind, row_id);

-- A unit may owe several disputes about one lead; of everything else it has
-- one open clock of a kind.
DROP INDEX clocks_one_open;
CREATE UNIQUE INDEX clocks_one_open ON clocks (lead_id, kind, unit_id) WHERE closed_at IS NULL AND dispute_id IS NULL;
CREATE UNIQUE INDEX clocks_one_of_dispute ON clocks (dispute_id, kind) WHERE closed_at IS NULL;
