-- +goose Up

-- The running clocks of the whole city, the one that ends first in front.
CREATE INDEX clocks_running ON clocks (due_at, id) WHERE closed_at IS NULL;
