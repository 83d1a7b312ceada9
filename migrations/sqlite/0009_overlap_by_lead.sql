-- +goose Up

-- The rule of step 0002, word for word, but found by the lead: without the
-- plus sign SQLite walks all leads of the unit, since that index covers the
-- question, and every new part of a large unit took milliseconds.
DROP TRIGGER lead_parts_no_overlap;
DROP TRIGGER lead_parts_no_later_overlap;
-- +goose StatementBegin
CREATE TRIGGER lead_parts_no_overlap BEFORE INSERT ON lead_parts
WHEN EXISTS (
  SELECT 1 FROM lead_parts p
  WHERE p.lead_id = NEW.lead_id AND p.part = NEW.part AND +p.unit_id = NEW.unit_id
    AND p.from_at < NEW.until AND NEW.from_at < p.until
)
BEGIN
  SELECT RAISE(ABORT, 'the unit plays this part in the lead already');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER lead_parts_no_later_overlap BEFORE UPDATE OF lead_id, unit_id, part, from_at, until ON lead_parts
WHEN NEW.until > OLD.until OR NEW.from_at < OLD.from_at
  OR NEW.lead_id <> OLD.lead_id OR NEW.unit_id <> OLD.unit_id OR NEW.part <> OLD.part
BEGIN
  SELECT RAISE(ABORT, 'the unit plays this part in the lead already') WHERE EXISTS (
    SELECT 1 FROM lead_parts p
    WHERE p.id <> NEW.id AND p.lead_id = NEW.lead_id AND p.part = NEW.part AND +p.unit_id = NEW.unit_id
      AND p.from_at < NEW.until AND NEW.from_at < p.until
  );
END;
-- +goose StatementEnd
