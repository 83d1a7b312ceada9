-- +goose Up

-- What became of a unit's offers in the last days stands on its workbench.
CREATE INDEX handoffs_answered ON handoffs (from_unit_id, answered_at);
