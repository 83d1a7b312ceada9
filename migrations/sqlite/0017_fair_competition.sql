-- +goose Up

-- Conclusions of the fair-competition review of what is promised to an
-- investor; the latest one of a lead counts. None is changed afterwards.
CREATE TABLE fair_reviews (
  id          integer PRIMARY KEY AUTOINCREMENT,
  lead_id     integer NOT NULL REFERENCES leads (id),
  conclusion  text NOT NULL CHECK (conclusion IN ('passed', 'exception', 'failed')),
  reviewer    text NOT NULL,
  reviewed_on text NOT NULL,
  file_id     integer NOT NULL REFERENCES files (id),
  note        text NOT NULL DEFAULT '',
  unit_id     integer REFERENCES units (id),
  made_by     integer,
  made_at     datetime NOT NULL
);
CREATE INDEX fair_reviews_lead ON fair_reviews (lead_id, id);
