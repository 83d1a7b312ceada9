-- +goose Up

-- Only SQLite had to be told by which index to find a lead's parts.
SELECT 1;
