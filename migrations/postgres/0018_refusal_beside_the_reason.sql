-- +goose Up

-- Why the lead's own door refused a signing is the program's word and stands
-- beside the reason that somebody wrote.
ALTER TABLE signing_changes ADD COLUMN refusal text NOT NULL DEFAULT '';
UPDATE signing_changes SET refusal = substr(reason, 10), reason = '' WHERE reason LIKE 'refused: %' AND substr(reason, 10) NOT LIKE '% %';
