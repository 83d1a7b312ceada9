-- +goose Up

-- A unit plays a part in a lead once at a time. A list walks a unit's rows and
-- counts them against the page, so two rows for one part would end it early.
CREATE UNIQUE INDEX lead_parts_one_open ON lead_parts (lead_id, unit_id, part) WHERE until = '9999-12-31 00:00:00+00:00';

-- +goose StatementBegin
CREATE FUNCTION lead_parts_refuse_overlap() RETURNS trigger AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM lead_parts p
    WHERE p.id <> NEW.id AND p.lead_id = NEW.lead_id AND p.part = NEW.part AND p.unit_id = NEW.unit_id
      AND p.from_at < NEW.until AND NEW.from_at < p.until
  ) THEN
    RAISE EXCEPTION 'the unit plays this part in the lead already';
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER lead_parts_no_overlap BEFORE INSERT ON lead_parts
FOR EACH ROW EXECUTE FUNCTION lead_parts_refuse_overlap();
CREATE TRIGGER lead_parts_no_later_overlap BEFORE UPDATE OF lead_id, unit_id, part, from_at, until ON lead_parts
FOR EACH ROW WHEN (
  NEW.until > OLD.until OR NEW.from_at < OLD.from_at
  OR NEW.lead_id <> OLD.lead_id OR NEW.unit_id <> OLD.unit_id OR NEW.part <> OLD.part
) EXECUTE FUNCTION lead_parts_refuse_overlap();
