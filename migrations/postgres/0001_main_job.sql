-- +goose Up

-- Organisation -------------------------------------------------------------

CREATE TABLE units (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug            text NOT NULL UNIQUE,
  name_zh         text NOT NULL,
  name_en         text NOT NULL,
  short_zh        text NOT NULL,
  kind            text NOT NULL CHECK (kind IN ('bureau', 'department', 'group', 'town', 'platform', 'chain', 'leading', 'other')),
  parent_id       bigint REFERENCES units (id),
  pinyin          text NOT NULL,
  initials        text NOT NULL,
  confirmed       boolean NOT NULL,
  source          text NOT NULL,
  note            text NOT NULL DEFAULT '',
  admission_power boolean NOT NULL DEFAULT false,
  opened_on       text NOT NULL,
  closed_on       text,
  sort            bigint NOT NULL DEFAULT 0,
  version         bigint NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL
);
CREATE INDEX units_parent ON units (parent_id);

-- Division codes change when a town becomes a subdistrict; each is dated.
CREATE TABLE unit_codes (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id  bigint NOT NULL REFERENCES units (id),
  code     text NOT NULL,
  from_on  text,
  until_on text,
  source   text NOT NULL
);
CREATE UNIQUE INDEX unit_codes_current ON unit_codes (code) WHERE until_on IS NULL;
CREATE INDEX unit_codes_unit ON unit_codes (unit_id);

-- coordinates: a platform reads its towns' leads; partner: likely transfer routes.
CREATE TABLE unit_links (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind     text NOT NULL CHECK (kind IN ('coordinates', 'partner')),
  unit_id  bigint NOT NULL REFERENCES units (id),
  other_id bigint NOT NULL REFERENCES units (id),
  from_on  text NOT NULL,
  until_on text,
  source   text NOT NULL
);
CREATE INDEX unit_links_other ON unit_links (other_id, kind);
CREATE INDEX unit_links_unit ON unit_links (unit_id, kind);

CREATE TABLE chains (
  code         text NOT NULL PRIMARY KEY,
  name_zh      text NOT NULL,
  name_en      text NOT NULL,
  tier         text NOT NULL DEFAULT '',
  unit_id      bigint NOT NULL REFERENCES units (id),
  lead_unit_id bigint REFERENCES units (id),
  confirmed    boolean NOT NULL,
  source       text NOT NULL,
  sort         bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX chains_unit ON chains (unit_id);

CREATE TABLE parks (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug      text NOT NULL UNIQUE,
  name_zh   text NOT NULL,
  name_en   text NOT NULL,
  kind      text NOT NULL CHECK (kind IN ('theme', 'provincial', 'specialised', 'mega')),
  confirmed boolean NOT NULL,
  source    text NOT NULL,
  note      text NOT NULL DEFAULT ''
);
CREATE TABLE park_hosts (
  park_id bigint NOT NULL REFERENCES parks (id),
  unit_id bigint NOT NULL REFERENCES units (id),
  PRIMARY KEY (park_id, unit_id)
);

-- Numbers of the city: dated, sourced, edited by an administrator.
CREATE TABLE city_rules (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key        text NOT NULL,
  value      bigint NOT NULL,
  from_on    text NOT NULL,
  source     text NOT NULL,
  confirmed  boolean NOT NULL,
  changed_by bigint,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX city_rules_key ON city_rules (key, from_on);

-- Days that differ from the week: holidays on weekdays, workdays at weekends.
CREATE TABLE calendar_days (
  day     text NOT NULL PRIMARY KEY,
  working boolean NOT NULL,
  name    text NOT NULL,
  source  text NOT NULL
);

-- People -------------------------------------------------------------------

CREATE TABLE users (
  id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username            text NOT NULL UNIQUE,
  name                text NOT NULL,
  password_hash       text NOT NULL,
  must_change         boolean NOT NULL,
  password_changed_at timestamptz NOT NULL,
  active              boolean NOT NULL DEFAULT true,
  demo                boolean NOT NULL DEFAULT false,
  locale              text NOT NULL DEFAULT 'zh-CN',
  last_login_at       timestamptz,
  version             bigint NOT NULL DEFAULT 1,
  created_at          timestamptz NOT NULL
);

CREATE TABLE password_history (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    bigint NOT NULL REFERENCES users (id),
  hash       text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX password_history_user ON password_history (user_id, id);

CREATE TABLE memberships (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    bigint NOT NULL REFERENCES users (id),
  unit_id    bigint NOT NULL REFERENCES units (id),
  role       text NOT NULL,
  from_on    text NOT NULL,
  until_on   text,
  granted_by bigint,
  version    bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL
);
CREATE INDEX memberships_user ON memberships (user_id);
CREATE INDEX memberships_unit ON memberships (unit_id);
CREATE UNIQUE INDEX memberships_open ON memberships (user_id, unit_id, role) WHERE until_on IS NULL;

CREATE TABLE sessions (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    bigint NOT NULL REFERENCES users (id),
  created_at timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at   timestamptz,
  end_reason text NOT NULL DEFAULT '',
  address    text NOT NULL DEFAULT '',
  agent      text NOT NULL DEFAULT ''
);
CREATE INDEX sessions_user ON sessions (user_id, ended_at);

-- One session is one family of refresh tokens; only hashes are kept.
CREATE TABLE refresh_tokens (
  hash       text NOT NULL PRIMARY KEY,
  session_id bigint NOT NULL REFERENCES sessions (id),
  issued_at  timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- Failed log-ins by the name that was tried, known or not.
CREATE TABLE login_guards (
  name_hash    text NOT NULL PRIMARY KEY,
  failures     bigint NOT NULL,
  last_at      timestamptz NOT NULL,
  locked_until timestamptz
);

-- Leads --------------------------------------------------------------------

CREATE TABLE leads (
  id                    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code                  text NOT NULL UNIQUE,
  version               bigint NOT NULL DEFAULT 1,
  title                 text NOT NULL,
  investor_name         text,
  credit_code           text,
  country               text,
  source_channel        text NOT NULL,
  introducer            text,
  unit_id               bigint NOT NULL REFERENCES units (id),
  first_contact_unit_id bigint REFERENCES units (id),
  location_code         text,
  park_id               bigint REFERENCES parks (id),
  chain                 text REFERENCES chains (code),
  track                 text,
  stage                 text NOT NULL,
  stage_since           timestamptz NOT NULL,
  planned_cents         bigint,
  fixed_assets_cents    bigint,
  output_cents          bigint,
  tax_cents             bigint,
  currency              text NOT NULL DEFAULT 'CNY',
  at_least              text NOT NULL DEFAULT '',
  promised_fixed_assets_per_mu_cents bigint,
  promised_output_per_mu_cents       bigint,
  promised_tax_per_mu_cents          bigint,
  land_sqm              bigint,
  floor_sqm             bigint,
  product               text,
  summary               text,
  restricted            boolean NOT NULL DEFAULT false,
  first_contact_on      text,
  expected_sign_on      text,
  signed_on             text,
  started_on            text,
  signing_event         text,
  binding               boolean,
  next_step             text,
  next_step_on          text,
  as_reported           boolean NOT NULL DEFAULT false,
  stage_assumed         boolean NOT NULL DEFAULT false,
  invented              boolean NOT NULL DEFAULT false,
  source_note           text,
  created_by            bigint,
  created_at            timestamptz NOT NULL,
  activity_at           timestamptz NOT NULL,
  deleted_at            timestamptz
);
CREATE INDEX leads_activity ON leads (activity_at DESC, id DESC) WHERE deleted_at IS NULL AND NOT restricted;
CREATE INDEX leads_stage ON leads (stage, activity_at DESC, id DESC) WHERE deleted_at IS NULL AND NOT restricted;
CREATE INDEX leads_unit ON leads (unit_id, activity_at DESC, id DESC) WHERE deleted_at IS NULL AND NOT restricted;
CREATE INDEX leads_chain ON leads (chain, activity_at DESC, id DESC) WHERE deleted_at IS NULL AND NOT restricted;
-- One index for each order that the list has. Unknown comes last both ways, as the query writes it.
CREATE INDEX leads_created ON leads (created_at DESC, id DESC) WHERE deleted_at IS NULL AND NOT restricted;
CREATE INDEX leads_stage_since ON leads (stage_since DESC, id DESC) WHERE deleted_at IS NULL AND NOT restricted;
CREATE INDEX leads_planned_down ON leads (COALESCE(planned_cents, -1) DESC, id DESC) WHERE deleted_at IS NULL AND NOT restricted;
CREATE INDEX leads_planned_up ON leads (COALESCE(planned_cents, 9223372036854775807), id) WHERE deleted_at IS NULL AND NOT restricted;
CREATE INDEX leads_sign_down ON leads (COALESCE(expected_sign_on, '') DESC, id DESC) WHERE deleted_at IS NULL AND NOT restricted;
CREATE INDEX leads_sign_up ON leads (COALESCE(expected_sign_on, '9999-99-99'), id) WHERE deleted_at IS NULL AND NOT restricted;
CREATE INDEX leads_restricted ON leads (activity_at DESC, id DESC) WHERE deleted_at IS NULL AND restricted;
CREATE INDEX leads_next_step ON leads (unit_id, next_step_on) WHERE deleted_at IS NULL AND next_step_on IS NOT NULL;

CREATE TABLE handoffs (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id            bigint NOT NULL REFERENCES leads (id),
  from_unit_id       bigint NOT NULL REFERENCES units (id),
  to_unit_id         bigint NOT NULL REFERENCES units (id),
  state              text NOT NULL CHECK (state IN ('offered', 'accepted', 'refused', 'expired', 'withdrawn')),
  reason             text NOT NULL,
  ask                text NOT NULL,
  offered_at         timestamptz NOT NULL,
  offered_by         bigint,
  due_at             timestamptz NOT NULL,
  answered_at        timestamptz,
  answered_by        bigint,
  answer_reason      text NOT NULL DEFAULT '',
  -- what the giver keeps seeing: the values at the moment of acceptance
  snap_title         text,
  snap_investor_name text,
  snap_planned_cents bigint,
  snap_currency      text,
  snap_version       bigint,
  invented           boolean NOT NULL DEFAULT false,
  version            bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX handoffs_one_open ON handoffs (lead_id) WHERE state = 'offered';
CREATE INDEX handoffs_due ON handoffs (due_at, id) WHERE state = 'offered';
CREATE INDEX handoffs_lead ON handoffs (lead_id, id);
CREATE INDEX handoffs_in ON handoffs (to_unit_id, state, id);
CREATE INDEX handoffs_out ON handoffs (from_unit_id, state, id);

-- Every fact that gives a unit a right to a lead, dated. activity_at and
-- stage are copies that let a unit's list be one walk along an index; for the
-- part "past" activity_at moves only with stage and holder.
CREATE TABLE lead_parts (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id     bigint NOT NULL REFERENCES leads (id),
  unit_id     bigint NOT NULL REFERENCES units (id),
  part        text NOT NULL CHECK (part IN ('owner', 'helper', 'offered', 'past', 'chain', 'coordinator', 'granted')),
  from_at     timestamptz NOT NULL,
  until       timestamptz NOT NULL,
  handoff_id  bigint REFERENCES handoffs (id),
  activity_at timestamptz NOT NULL,
  stage       text NOT NULL,
  restricted  boolean NOT NULL
);
-- The columns behind lead_id let a walk and a count stay inside the index.
CREATE INDEX lead_parts_walk ON lead_parts (unit_id, part, activity_at DESC, lead_id DESC, until, from_at, restricted, stage, handoff_id);
CREATE INDEX lead_parts_lead ON lead_parts (lead_id, part, unit_id);
CREATE UNIQUE INDEX lead_parts_one_owner ON lead_parts (lead_id) WHERE part = 'owner' AND until = '9999-12-31 00:00:00+00:00';

-- Persons who may see a restricted lead.
CREATE TABLE lead_members (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id  bigint NOT NULL REFERENCES leads (id),
  user_id  bigint NOT NULL REFERENCES users (id),
  from_at  timestamptz NOT NULL,
  until    timestamptz NOT NULL,
  named_by bigint
);
CREATE INDEX lead_members_user ON lead_members (user_id, lead_id);
CREATE INDEX lead_members_lead ON lead_members (lead_id);

CREATE TABLE match_keys (
  lead_id bigint NOT NULL REFERENCES leads (id),
  kind    text NOT NULL CHECK (kind IN ('credit_code', 'name')),
  key     text COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, key, lead_id)
);
CREATE INDEX match_keys_lead ON match_keys (lead_id);

CREATE TABLE contacts (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id    bigint NOT NULL REFERENCES leads (id),
  name       text NOT NULL,
  title      text,
  phone      text,
  email      text,
  wechat     text,
  consent    boolean NOT NULL,
  version    bigint NOT NULL DEFAULT 1,
  unit_id    bigint REFERENCES units (id),
  created_by bigint,
  created_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE INDEX contacts_lead ON contacts (lead_id, id);

CREATE TABLE notes (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id    bigint NOT NULL REFERENCES leads (id),
  unit_id    bigint REFERENCES units (id),
  user_id    bigint,
  text       text NOT NULL,
  invented   boolean NOT NULL DEFAULT false,
  version    bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz,
  deleted_at timestamptz
);
CREATE INDEX notes_lead ON notes (lead_id, id);

CREATE TABLE files (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id     bigint NOT NULL REFERENCES leads (id),
  unit_id     bigint REFERENCES units (id),
  user_id     bigint,
  name        text NOT NULL,
  stored_name text NOT NULL UNIQUE,
  mime        text NOT NULL,
  size        bigint NOT NULL,
  sha256      text NOT NULL,
  created_at  timestamptz NOT NULL,
  deleted_at  timestamptz
);
CREATE INDEX files_lead ON files (lead_id, id);

-- The stream of a lead's page: what happened, in order.
CREATE TABLE activities (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_id    bigint NOT NULL REFERENCES leads (id),
  at         timestamptz NOT NULL,
  kind       text NOT NULL,
  unit_id    bigint REFERENCES units (id),
  user_id    bigint,
  note_id    bigint REFERENCES notes (id),
  file_id    bigint REFERENCES files (id),
  handoff_id bigint REFERENCES handoffs (id),
  from_stage text,
  to_stage   text,
  happened_on text,
  reason     text NOT NULL DEFAULT '',
  fields     text NOT NULL DEFAULT '',
  lead_version bigint, -- the version that an edit or a move made
  invented   boolean NOT NULL DEFAULT false
);
CREATE INDEX activities_lead ON activities (lead_id, id);

-- Kept counters of live leads: the unit's leads by one dimension. cents sums
-- the CNY amounts that are known, known counts them.
CREATE TABLE lead_counters (
  unit_id    bigint NOT NULL REFERENCES units (id),
  dimension  text NOT NULL CHECK (dimension IN ('stage', 'month', 'chain')),
  key        text NOT NULL,
  restricted boolean NOT NULL,
  leads      bigint NOT NULL,
  known      bigint NOT NULL,
  cents      bigint NOT NULL,
  PRIMARY KEY (dimension, restricted, unit_id, key)
);

-- Audit --------------------------------------------------------------------

CREATE TABLE audit_events (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL,
  kind       text NOT NULL,
  user_id    bigint,
  unit_id    bigint,
  session_id bigint,
  address    text NOT NULL,
  request_id text NOT NULL,
  object     text NOT NULL,
  object_id  bigint NOT NULL,
  lead_id    bigint,
  restricted boolean NOT NULL,
  outcome    text NOT NULL CHECK (outcome IN ('done', 'refused')),
  code       text NOT NULL,
  reason     text NOT NULL,
  changes    text NOT NULL
);
CREATE INDEX audit_events_lead ON audit_events (lead_id, id);
CREATE INDEX audit_events_user ON audit_events (user_id, id);
CREATE INDEX audit_events_unit ON audit_events (unit_id, id);
CREATE INDEX audit_events_at ON audit_events (at);
CREATE INDEX audit_events_refused ON audit_events (id) WHERE outcome = 'refused';
CREATE INDEX audit_events_kind ON audit_events (kind, id);
CREATE INDEX audit_events_object ON audit_events (object, object_id, id);

-- Lines written but not yet chained; filled in the line's own transaction.
CREATE TABLE audit_unsealed (
  event_id bigint PRIMARY KEY REFERENCES audit_events (id)
);

-- The chain, in the order of sealing: hash = HMAC(hash before, line).
CREATE TABLE audit_links (
  seq       bigint PRIMARY KEY,
  event_id  bigint NOT NULL UNIQUE,
  hash      text NOT NULL,
  sealed_at timestamptz NOT NULL
);

-- Two-character search over title, investor, product and code.
CREATE TABLE lead_search (
  lead_id bigint PRIMARY KEY REFERENCES leads (id),
  grams   tsvector NOT NULL
);
CREATE INDEX lead_search_grams ON lead_search USING gin (grams);

-- +goose StatementBegin
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_events_frozen BEFORE UPDATE OR DELETE ON audit_events
  FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_events_kept BEFORE TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_links_kept BEFORE TRUNCATE ON audit_links
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_links_frozen BEFORE UPDATE OR DELETE ON audit_links
  FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
