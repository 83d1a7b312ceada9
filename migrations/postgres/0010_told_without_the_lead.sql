-- +goose Up

-- Whom an event is told to who may not read its lead; see event.Apart. A
-- notice that was told so shows its own words whatever becomes of the right.
ALTER TABLE notice_events ADD COLUMN apart text NOT NULL DEFAULT '' CHECK (apart IN ('', 'told', 'unit', 'always'));
ALTER TABLE notices ADD COLUMN apart boolean NOT NULL DEFAULT false;

-- News of a dispute stand with the other news of its lead from now on.
UPDATE notice_events SET apart = 'always', lead_id = (SELECT d.lead_id FROM disputes d WHERE d.id = notice_events.object_id)
WHERE object = 'dispute' AND lead_id IS NULL;
UPDATE notices SET apart = true, lead_id = (SELECT e.lead_id FROM notice_events e WHERE e.id = notices.event_id)
WHERE lead_id IS NULL AND event_id IN (SELECT e.id FROM notice_events e WHERE e.object = 'dispute');

-- What is tidied after its days: read notices and mail that has ended well.
CREATE INDEX notices_read ON notices (read_at) WHERE read_at IS NOT NULL;
CREATE INDEX mails_ended ON mails (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX notice_events_told ON notice_events (told_at) WHERE told_at IS NOT NULL;

-- How often somebody named a reference to open a dispute, by slots of time.
CREATE TABLE reference_counts (
  kind    text NOT NULL CHECK (kind IN ('person', 'unit')),
  who     bigint NOT NULL,
  slot    timestamptz NOT NULL,
  unit_id bigint NOT NULL,
  checks  bigint NOT NULL,
  hits    bigint NOT NULL,
  refused bigint NOT NULL,
  PRIMARY KEY (kind, who, slot)
);
CREATE INDEX reference_counts_slot ON reference_counts (slot);
