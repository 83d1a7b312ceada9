-- +goose Up

-- How many disputes a person opened stands in the list of who checks most.
CREATE INDEX disputes_opened ON disputes (opened_by, opened_at);
