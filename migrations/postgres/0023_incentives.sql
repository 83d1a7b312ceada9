-- +goose Up

-- What is offered to investors, by which unit and on what basis.
CREATE TABLE incentives (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id      bigint NOT NULL REFERENCES leads (id),
  kind         text NOT NULL CHECK (kind IN ('land', 'premises', 'equipment', 'talent', 'finance', 'service', 'fiscal_reward',
    'tax_refund', 'registration_bound', 'statistics_bound', 'other')),
  text         text NOT NULL,
  amount_cents bigint,
  legal_basis  text NOT NULL DEFAULT '',
  unit_id      bigint NOT NULL REFERENCES units (id),
  offered_on   text NOT NULL,
  state        text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'withdrawn')),
  reason       text NOT NULL DEFAULT '',
  withdrawn_at timestamptz,
  withdrawn_by bigint,
  made_by      bigint,
  made_unit_id bigint REFERENCES units (id),
  made_at      timestamptz NOT NULL,
  version      bigint NOT NULL DEFAULT 1
);
CREATE INDEX incentives_lead ON incentives (lead_id, id);
