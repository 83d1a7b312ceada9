-- +goose Up

-- What is offered to investors, by which unit and on what basis.
CREATE TABLE incentives (
  id           integer PRIMARY KEY AUTOINCREMENT,
  lead_id      integer NOT NULL REFERENCES leads (id),
  kind         text NOT NULL CHECK (kind IN ('land', 'premises', 'equipment', 'talent', 'finance', 'service', 'fiscal_reward',
    'tax_refund', 'registration_bound', 'statistics_bound', 'other')),
  text         text NOT NULL,
  amount_cents integer,
  legal_basis  text NOT NULL DEFAULT '',
  unit_id      integer NOT NULL REFERENCES units (id),
  offered_on   text NOT NULL,
  state        text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'withdrawn')),
  reason       text NOT NULL DEFAULT '',
  withdrawn_at datetime,
  withdrawn_by integer,
  made_by      integer,
  made_unit_id integer REFERENCES units (id),
  made_at      datetime NOT NULL,
  version      integer NOT NULL DEFAULT 1
);
CREATE INDEX incentives_lead ON incentives (lead_id, id);
