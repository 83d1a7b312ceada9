-- +goose Up
-- What was known of each lead, and when: spans that tile its life. Days are
-- facts of the world, from_at and until the time of knowing them, so that a
-- figure of a past day is what was known when that day ended.
CREATE TABLE lead_facts (
  id            integer PRIMARY KEY AUTOINCREMENT,
  lead_id       integer NOT NULL REFERENCES leads (id),
  from_at       datetime NOT NULL,
  until         datetime NOT NULL,
  stage         text NOT NULL,
  in_talks      boolean NOT NULL,
  track         text NOT NULL,
  unit_id       integer NOT NULL REFERENCES units (id),
  town_unit_id  integer NOT NULL, -- 0: no place yet
  first_unit_id integer NOT NULL REFERENCES units (id),
  chain         text NOT NULL,
  since_on      text NOT NULL,
  planned_cents integer,
  currency      text NOT NULL,
  created_on    text NOT NULL,
  signed_on     text NOT NULL,
  started_on    text NOT NULL,
  produced_on   text NOT NULL,
  lost_on       text NOT NULL,
  lost_to       text NOT NULL,
  restricted    boolean NOT NULL -- as the lead is now
);
CREATE UNIQUE INDEX lead_facts_one ON lead_facts (lead_id) WHERE until = '9999-12-31 00:00:00+00:00';
CREATE INDEX lead_facts_lead ON lead_facts (lead_id, id);
CREATE INDEX lead_facts_until ON lead_facts (until, from_at);
CREATE INDEX lead_facts_age ON lead_facts (stage, track, since_on, restricted, first_unit_id, town_unit_id, chain, planned_cents, currency, lead_id) WHERE until = '9999-12-31 00:00:00+00:00';
CREATE INDEX lead_facts_talks ON lead_facts (until, from_at, restricted, planned_cents, currency, lead_id) WHERE in_talks;
CREATE INDEX lead_facts_lost ON lead_facts (lost_on, until) WHERE lost_on <> '';

-- Since when nothing is missing in the spans: the last time that pasts were
-- put together from what was left of them.
CREATE TABLE lead_fact_marks (
  at   datetime NOT NULL,
  what text NOT NULL
);

-- Kept counters of the cockpit over the leads as they are now. Every lead has
-- one unit of first contact, so that dimension adds up to the city.
CREATE TABLE cockpit_counters (
  restricted boolean NOT NULL,
  kind       text NOT NULL, -- stage, or what happened on the day
  day        text NOT NULL,
  dimension  text NOT NULL CHECK (dimension IN ('first', 'town', 'chain')),
  key        text NOT NULL,
  stage      text NOT NULL,
  yi         integer NOT NULL, -- whole hundred million yuan; -1: not known in CNY
  leads      integer NOT NULL,
  known      integer NOT NULL,
  cents      integer NOT NULL,
  PRIMARY KEY (restricted, kind, day, dimension, key, stage, yi)
) WITHOUT ROWID;

-- What there is: stages as they were, the rest as it is now.
INSERT INTO lead_facts (lead_id, from_at, until, stage, in_talks, track, unit_id, town_unit_id, first_unit_id, chain, since_on, planned_cents,
  currency, created_on, signed_on, started_on, produced_on, lost_on, lost_to, restricted)
SELECT s.lead_id, s.from_at, CASE WHEN s.until = '9999-12-31 00:00:00+00:00' THEN COALESCE(l.deleted_at, s.until) ELSE s.until END, s.stage,
  s.stage IN ('negotiating', 'review', 'to_sign'), COALESCE(l.track, ''), l.unit_id,
  COALESCE((SELECT c.unit_id FROM unit_codes c WHERE c.code = l.location_code ORDER BY c.id DESC LIMIT 1),
    CASE WHEN u.kind IN ('town', 'platform') THEN u.id ELSE 0 END),
  COALESCE(l.first_contact_unit_id, l.unit_id), COALESCE(l.chain, ''),
  CASE WHEN s.until = '9999-12-31 00:00:00+00:00' THEN date(substr(l.stage_since, 1, 19), '+8 hours') ELSE date(substr(s.from_at, 1, 19), '+8 hours') END, l.planned_cents, l.currency, date(substr(l.created_at, 1, 19), '+8 hours'),
  CASE WHEN s.main_rank >= 6 AND COALESCE(l.binding, true) THEN COALESCE(l.signed_on, '') ELSE '' END,
  CASE WHEN s.main_rank >= 10 THEN COALESCE(l.started_on, '') ELSE '' END,
  CASE WHEN s.main_rank >= 13 THEN COALESCE((SELECT COALESCE(p.happened_on, date(substr(p.from_at, 1, 19), '+8 hours')) FROM stage_spans p WHERE p.lead_id = s.lead_id
    AND p.id <= s.id AND p.stage IN ('producing', 'full_capacity', 'aftercare') ORDER BY p.id LIMIT 1), '') ELSE '' END,
  CASE WHEN s.stage = 'lost' THEN COALESCE(s.happened_on, date(substr(s.from_at, 1, 19), '+8 hours')) ELSE '' END,
  CASE WHEN s.stage = 'lost' THEN COALESCE((SELECT o.place FROM lead_losses o WHERE o.lead_id = s.lead_id AND o.at >= s.from_at ORDER BY o.id LIMIT 1), '') ELSE '' END,
  l.restricted
FROM (
  SELECT p.*, COALESCE((SELECT CASE m.stage WHEN 'signed' THEN 6 WHEN 'registered' THEN 6 WHEN 'site_secured' THEN 6 WHEN 'permitted' THEN 6 WHEN 'started' THEN 10 WHEN 'invested' THEN 10 WHEN 'completed' THEN 10 WHEN 'producing' THEN 13 WHEN 'full_capacity' THEN 13 WHEN 'aftercare' THEN 13 ELSE 1 END FROM stage_spans m WHERE m.lead_id = p.lead_id AND m.id <= p.id
    AND m.stage IN ('lead', 'qualified', 'negotiating', 'review', 'to_sign', 'signed', 'registered', 'site_secured', 'permitted', 'started', 'invested', 'completed', 'producing', 'full_capacity', 'aftercare') ORDER BY m.id DESC LIMIT 1), 1) AS main_rank FROM stage_spans p
) AS s JOIN leads l ON l.id = s.lead_id JOIN units u ON u.id = l.unit_id
WHERE l.deleted_at IS NULL OR s.from_at <= l.deleted_at
ORDER BY s.id;

INSERT INTO lead_fact_marks (at, what) SELECT strftime('%Y-%m-%d %H:%M:%S+00:00', 'now'), 'upgrade' WHERE EXISTS (SELECT 1 FROM leads);

INSERT INTO cockpit_counters (restricted, kind, day, dimension, key, stage, yi, leads, known, cents)
SELECT c.restricted, c.kind, c.day, c.dimension, c.key, c.stage, c.yi, count(*), CAST(sum(c.known) AS bigint), CAST(sum(c.cents) AS bigint)
FROM (
  SELECT f.restricted, k.kind, d.dimension,
    CASE d.dimension WHEN 'first' THEN CAST(f.first_unit_id AS text) WHEN 'town' THEN CAST(f.town_unit_id AS text) ELSE f.chain END AS key,
    CASE k.kind WHEN 'stage' THEN f.stage ELSE '' END AS stage,
    CASE WHEN k.kind <> 'stage' THEN 0 WHEN f.planned_cents IS NULL OR f.currency <> 'CNY' THEN -1
      WHEN f.planned_cents >= 10000000000000 THEN 1000 ELSE f.planned_cents / 10000000000 END AS yi,
    CASE k.kind WHEN 'leads.new' THEN CASE WHEN f.stage IN ('duplicate', 'invalid') THEN '' ELSE f.created_on END WHEN 'signed' THEN f.signed_on
      WHEN 'started' THEN f.started_on WHEN 'producing' THEN f.produced_on WHEN 'lost' THEN f.lost_on ELSE '' END AS day,
    CASE WHEN f.planned_cents IS NULL OR f.currency <> 'CNY' THEN 0 ELSE 1 END AS known,
    CASE WHEN f.planned_cents IS NULL OR f.currency <> 'CNY' THEN 0 ELSE f.planned_cents END AS cents
  FROM lead_facts f CROSS JOIN (SELECT 'first' AS dimension UNION ALL SELECT 'town' UNION ALL SELECT 'chain') AS d
  CROSS JOIN (SELECT 'stage' AS kind UNION ALL SELECT 'leads.new' UNION ALL SELECT 'signed' UNION ALL SELECT 'started' UNION ALL SELECT 'producing'
    UNION ALL SELECT 'lost') AS k
  WHERE f.until = '9999-12-31 00:00:00+00:00'
) AS c
WHERE c.kind = 'stage' OR c.day <> ''
GROUP BY c.restricted, c.kind, c.day, c.dimension, c.key, c.stage, c.yi;
