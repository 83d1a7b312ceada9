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
ALTER TABLE leads ADD COLUMN protection_from datetime;
ALTER TABLE leads ADD COLUMN protection_until datetime;
ALTER TABLE leads ADD COLUMN protection_idle_until datetime;
ALTER TABLE leads ADD COLUMN protection_ends datetime;
ALTER TABLE leads ADD COLUMN protection_renewals integer NOT NULL DEFAULT 0;
ALTER TABLE leads ADD COLUMN protection_warned datetime; -- the end that was warned of
CREATE UNIQUE INDEX leads_protection_reference ON leads (protection_reference) WHERE protection_reference IS NOT NULL;
CREATE INDEX leads_protection_ends ON leads (protection_ends, id) WHERE protection_state = 'active' AND deleted_at IS NULL;

-- The keys of the duplicate check, worked out by the program, which writes
-- them anew when its rules have changed: near is what one slip of the pen
-- leaves alone, kin the trade name with its words of trade; phone is a keyed
-- hash; phone and mail come from contacts.
DROP TABLE match_keys;
CREATE TABLE match_keys (
  lead_id integer NOT NULL REFERENCES leads (id),
  kind    text NOT NULL CHECK (kind IN ('credit_code', 'name', 'kin', 'near', 'domain', 'phone', 'mail')),
  key     text NOT NULL,
  PRIMARY KEY (kind, key, lead_id)
) WITHOUT ROWID;
CREATE INDEX match_keys_lead ON match_keys (lead_id);
CREATE TABLE match_rules (
  id      integer NOT NULL PRIMARY KEY,
  version integer NOT NULL
);
INSERT INTO match_rules (id, version) VALUES (1, 0);

-- Who is first is decided by the upsert of one row for each key: it locks
-- the key until the end of the transaction, and takes it only when whoever
-- had it has no protection any more.
CREATE TABLE claims (
  kind    text NOT NULL,
  key     text NOT NULL,
  lead_id integer REFERENCES leads (id),
  until   datetime NOT NULL,
  PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE INDEX claims_lead ON claims (lead_id);

-- Every registration that was accepted, in its order. The number of the
-- first one of a lead is in the reference.
CREATE TABLE registrations (
  id              integer PRIMARY KEY AUTOINCREMENT,
  lead_id         integer NOT NULL REFERENCES leads (id),
  unit_id         integer NOT NULL REFERENCES units (id),
  user_id         integer,
  at              datetime NOT NULL,
  state           text NOT NULL CHECK (state IN ('clear', 'pending', 'confirmed', 'rejected', 'taken_over')),
  choice          text NOT NULL CHECK (choice IN ('', 'same', 'another')),
  reason          text NOT NULL,
  decided_at      datetime,
  decided_by      integer,
  decision_reason text NOT NULL DEFAULT ''
);
CREATE INDEX registrations_lead ON registrations (lead_id, id);
CREATE INDEX registrations_user ON registrations (user_id, at);
CREATE INDEX registrations_pending ON registrations (id) WHERE state = 'pending';
CREATE TABLE registration_hits (
  registration_id integer NOT NULL REFERENCES registrations (id),
  lead_id         integer NOT NULL REFERENCES leads (id),
  exact           boolean NOT NULL,
  PRIMARY KEY (registration_id, lead_id)
) WITHOUT ROWID;
CREATE INDEX registration_hits_lead ON registration_hits (lead_id);

CREATE TABLE protection_renewals (
  id           integer PRIMARY KEY AUTOINCREMENT,
  lead_id      integer NOT NULL REFERENCES leads (id),
  at           datetime NOT NULL,
  unit_id      integer REFERENCES units (id),
  user_id      integer,
  reason       text NOT NULL,
  file_id      integer REFERENCES files (id),
  note_id      integer REFERENCES notes (id),
  until_before datetime NOT NULL,
  until_after  datetime NOT NULL
);
CREATE UNIQUE INDEX protection_renewals_lead ON protection_renewals (lead_id, id);

-- How often somebody asked the duplicate check, by slots of time.
CREATE TABLE check_counts (
  kind    text NOT NULL CHECK (kind IN ('person', 'unit')),
  who     integer NOT NULL,
  slot    datetime NOT NULL,
  unit_id integer NOT NULL,
  checks  integer NOT NULL,
  hits    integer NOT NULL,
  refused integer NOT NULL,
  PRIMARY KEY (kind, who, slot)
) WITHOUT ROWID;
CREATE INDEX check_counts_slot ON check_counts (slot);

-- What was reported before the register was kept: the windows of its first day.
INSERT INTO registrations (lead_id, unit_id, user_id, at, state, choice, reason)
SELECT id, COALESCE(first_contact_unit_id, unit_id), created_by, created_at, 'clear', '', '' FROM leads WHERE NOT as_reported ORDER BY id;
UPDATE leads SET
  protection_reference = (SELECT 'SB-' || substr(l.created_at, 1, 4) || '-' || printf('%06d', r.id) FROM registrations r JOIN leads l ON l.id = r.lead_id WHERE r.lead_id = leads.id),
  protection_state = CASE WHEN stage IN ('lost', 'withdrawn', 'duplicate', 'transferred_out', 'invalid') THEN 'ended' ELSE 'active' END,
  protection_from = created_at,
  protection_until = strftime('%Y-%m-%d %H:%M:%S+00:00', created_at, '+90 days'),
  protection_idle_until = strftime('%Y-%m-%d %H:%M:%S+00:00', activity_at, '+30 days'),
  protection_ends = min(strftime('%Y-%m-%d %H:%M:%S+00:00', created_at, '+90 days'), strftime('%Y-%m-%d %H:%M:%S+00:00', activity_at, '+30 days'))
WHERE NOT as_reported;
