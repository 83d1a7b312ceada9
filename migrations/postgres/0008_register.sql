-- +goose Up

-- The register of first reports. A lead's protection stands beside it, so
-- that a list shows it without a further look: active until protection_ends,
-- the earlier of the window's end and the end of the time without progress.
-- That it lapsed is read from the clock; a job only writes it down.
ALTER TABLE leads ADD COLUMN parent_name text;
ALTER TABLE leads ADD COLUMN parent_credit_code text;
ALTER TABLE leads ADD COLUMN website text;
ALTER TABLE leads ADD COLUMN protection_reference text;
ALTER TABLE leads ADD COLUMN protection_state text CHECK (protection_state IN ('pending', 'active', 'lapsed', 'ended', 'overruled', 'rejected'));
ALTER TABLE leads ADD COLUMN protection_from timestamptz;
ALTER TABLE leads ADD COLUMN protection_until timestamptz;
ALTER TABLE leads ADD COLUMN protection_idle_until timestamptz;
ALTER TABLE leads ADD COLUMN protection_ends timestamptz;
ALTER TABLE leads ADD COLUMN protection_renewals bigint NOT NULL DEFAULT 0;
ALTER TABLE leads ADD COLUMN protection_warned timestamptz; -- the end that was warned of
CREATE UNIQUE INDEX leads_protection_reference ON leads (protection_reference) WHERE protection_reference IS NOT NULL;
CREATE INDEX leads_protection_ends ON leads (protection_ends, id) WHERE protection_state = 'active' AND deleted_at IS NULL;

-- The keys of the duplicate check, worked out by the program, which writes
-- them anew when its rules have changed: near is what one slip of the pen
-- leaves alone, kin the trade name with its words of trade; phone is a keyed
-- hash; phone and mail come from contacts.
DROP TABLE match_keys;
CREATE TABLE match_keys (
  lead_id bigint NOT NULL REFERENCES leads (id),
  kind    text NOT NULL CHECK (kind IN ('credit_code', 'name', 'kin', 'near', 'domain', 'phone', 'mail')),
  key     text COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, key, lead_id)
);
CREATE INDEX match_keys_lead ON match_keys (lead_id);
CREATE TABLE match_rules (
  id      bigint NOT NULL PRIMARY KEY,
  version bigint NOT NULL
);
INSERT INTO match_rules (id, version) VALUES (1, 0);

-- Who is first is decided by the upsert of one row for each key: it locks
-- the key until the end of the transaction, and takes it only when whoever
-- had it has no protection any more.
CREATE TABLE claims (
  kind    text NOT NULL,
  key     text COLLATE "C" NOT NULL,
  lead_id bigint REFERENCES leads (id),
  until   timestamptz NOT NULL,
  PRIMARY KEY (kind, key)
);
CREATE INDEX claims_lead ON claims (lead_id);

-- Every registration that was accepted, in its order. The number of the
-- first one of a lead is in the reference.
CREATE TABLE registrations (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id         bigint NOT NULL REFERENCES leads (id),
  unit_id         bigint NOT NULL REFERENCES units (id),
  user_id         bigint,
  at              timestamptz NOT NULL,
  state           text NOT NULL CHECK (state IN ('clear', 'pending', 'confirmed', 'rejected', 'taken_over')),
  choice          text NOT NULL CHECK (choice IN ('', 'same', 'another')),
  reason          text NOT NULL,
  decided_at      timestamptz,
  decided_by      bigint,
  decision_reason text NOT NULL DEFAULT ''
);
CREATE INDEX registrations_lead ON registrations (lead_id, id);
CREATE INDEX registrations_user ON registrations (user_id, at);
CREATE INDEX registrations_pending ON registrations (id) WHERE state = 'pending';
CREATE TABLE registration_hits (
  registration_id bigint NOT NULL REFERENCES registrations (id),
  lead_id         bigint NOT NULL REFERENCES leads (id),
  exact           boolean NOT NULL,
  PRIMARY KEY (registration_id, lead_id)
);
CREATE INDEX registration_hits_lead ON registration_hits (lead_id);

CREATE TABLE protection_renewals (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id      bigint NOT NULL REFERENCES leads (id),
  at           timestamptz NOT NULL,
  unit_id      bigint REFERENCES units (id),
  user_id      bigint,
  reason       text NOT NULL,
  file_id      bigint REFERENCES files (id),
  note_id      bigint REFERENCES notes (id),
  until_before timestamptz NOT NULL,
  until_after  timestamptz NOT NULL
);
CREATE UNIQUE INDEX protection_renewals_lead ON protection_renewals (lead_id, id);

-- How often somebody asked the duplicate check, by slots of time.
CREATE TABLE check_counts (
  kind    text NOT NULL CHECK (kind IN ('person', 'unit')),
  who     bigint NOT NULL,
  slot    timestamptz NOT NULL,
  unit_id bigint NOT NULL,
  checks  bigint NOT NULL,
  hits    bigint NOT NULL,
  refused bigint NOT NULL,
  PRIMARY KEY (kind, who, slot)
);
CREATE INDEX check_counts_slot ON check_counts (slot);

-- What was reported before the register was kept: the windows of its first day.
INSERT INTO registrations (lead_id, unit_id, user_id, at, state, choice, reason)
SELECT id, COALESCE(first_contact_unit_id, unit_id), created_by, created_at, 'clear', '', '' FROM leads WHERE NOT as_reported ORDER BY id;
UPDATE leads SET
  protection_reference = (SELECT 'SB-' || to_char(l.created_at AT TIME ZONE 'UTC', 'YYYY') || '-' || lpad(r.id::text, 6, '0') FROM registrations r JOIN leads l ON l.id = r.lead_id WHERE r.lead_id = leads.id),
  protection_state = CASE WHEN stage IN ('lost', 'withdrawn', 'duplicate', 'transferred_out', 'invalid') THEN 'ended' ELSE 'active' END,
  protection_from = created_at,
  protection_until = created_at + interval '90 days',
  protection_idle_until = activity_at + interval '30 days',
  protection_ends = least(created_at + interval '90 days', activity_at + interval '30 days')
WHERE NOT as_reported;
