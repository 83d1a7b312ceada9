-- +goose Up

-- A hand-off has nine states.
ALTER TABLE handoffs DROP CONSTRAINT handoffs_state_check;
ALTER TABLE handoffs ADD CONSTRAINT handoffs_state_check CHECK (state IN
  ('drafted', 'offered', 'accepted', 'refused', 'expired', 'withdrawn', 'returned', 'passed_on', 'completed'));

-- kind: how responsibility moves. cause: the rule that moved it when no
-- person did. parts: what goes with the lead. named: the receiver's members
-- of a restricted lead while the order is a draft. ended_at: when the holding
-- that the hand-off began was returned, passed on or completed.
ALTER TABLE handoffs ADD COLUMN kind text NOT NULL DEFAULT 'offer' CHECK (kind IN ('offer', 'referral', 'assignment', 'return', 'dispute'));
ALTER TABLE handoffs ADD COLUMN cause text NOT NULL DEFAULT '';
ALTER TABLE handoffs ADD COLUMN parts text NOT NULL DEFAULT 'contacts,files,notes';
ALTER TABLE handoffs ADD COLUMN named text NOT NULL DEFAULT '';
ALTER TABLE handoffs ADD COLUMN ended_at timestamptz;
ALTER TABLE handoffs ADD COLUMN objected_at timestamptz;
ALTER TABLE handoffs ADD COLUMN objected_by bigint;
ALTER TABLE handoffs ADD COLUMN object_reason text NOT NULL DEFAULT '';
ALTER TABLE handoffs ADD COLUMN decided_at timestamptz;
ALTER TABLE handoffs ADD COLUMN decided_by bigint;
ALTER TABLE handoffs ADD COLUMN decision text NOT NULL DEFAULT '' CHECK (decision IN ('', 'uphold', 'cancel'));
ALTER TABLE handoffs ADD COLUMN decide_reason text NOT NULL DEFAULT '';
CREATE UNIQUE INDEX handoffs_one_draft ON handoffs (lead_id) WHERE state = 'drafted';
CREATE INDEX handoffs_objected ON handoffs (objected_at, id) WHERE objected_at IS NOT NULL AND decided_at IS NULL;
CREATE INDEX handoffs_offered_at ON handoffs (offered_at, to_unit_id) WHERE kind = 'offer' AND state <> 'drafted';

-- return_by: until when the holder may give the lead back. reason and added_by:
-- why and by whom a unit helps.
ALTER TABLE lead_parts ADD COLUMN return_by timestamptz;
ALTER TABLE lead_parts ADD COLUMN reason text NOT NULL DEFAULT '';
ALTER TABLE lead_parts ADD COLUMN added_by bigint;

-- held_by: the unit that kept the row to itself when it handed the lead on.
ALTER TABLE contacts ADD COLUMN held_by bigint REFERENCES units (id);
ALTER TABLE notes ADD COLUMN held_by bigint REFERENCES units (id);
ALTER TABLE files ADD COLUMN held_by bigint REFERENCES units (id);

-- Hand-offs of before say how the holding ended that they began.
UPDATE handoffs SET state = 'passed_on', version = version + 1,
  ended_at = (SELECT p.until FROM lead_parts p WHERE p.handoff_id = handoffs.id AND p.part = 'owner')
  WHERE state = 'accepted' AND EXISTS (SELECT 1 FROM lead_parts p WHERE p.handoff_id = handoffs.id AND p.part = 'owner'
    AND p.until < '9999-12-31 00:00:00+00:00');
UPDATE handoffs SET state = 'completed', version = version + 1,
  ended_at = (SELECT l.stage_since FROM leads l WHERE l.id = handoffs.lead_id)
  WHERE state = 'accepted' AND EXISTS (SELECT 1 FROM leads l JOIN lead_parts p ON p.lead_id = l.id AND p.part = 'owner'
    AND p.until = '9999-12-31 00:00:00+00:00' WHERE p.handoff_id = handoffs.id AND l.stage IN ('started', 'invested', 'completed', 'producing', 'full_capacity', 'aftercare',
      'lost', 'withdrawn', 'duplicate', 'transferred_out', 'invalid'));
