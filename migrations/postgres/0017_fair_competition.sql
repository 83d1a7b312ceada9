-- +goose Up

-- Conclusions of the fair-competition review of what is promised to an
-- investor; the latest one of a lead counts. None is changed afterwards.
CREATE TABLE fair_reviews (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id     bigint NOT NULL REFERENCES leads (id),
  conclusion  text NOT NULL CHECK (conclusion IN ('passed', 'exception', 'failed')),
  reviewer    text NOT NULL,
  reviewed_on text NOT NULL,
  file_id     bigint NOT NULL REFERENCES files (id),
  note        text NOT NULL DEFAULT '',
  unit_id     bigint REFERENCES units (id),
  made_by     bigint,
  made_at     timestamptz NOT NULL
);
CREATE INDEX fair_reviews_lead ON fair_reviews (lead_id, id);
