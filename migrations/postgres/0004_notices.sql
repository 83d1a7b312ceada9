-- +goose Up

ALTER TABLE users ADD COLUMN email text;

-- What happened and is to be told, written with it; see event.Notice. units
-- and users are lists in JSON, never asked in a condition.
CREATE TABLE notice_events (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at            timestamptz NOT NULL,
  kind          text NOT NULL,
  lead_id       bigint REFERENCES leads (id),
  handoff_id    bigint,
  object        text NOT NULL,
  object_id     bigint NOT NULL,
  by_user       bigint,
  heads         boolean NOT NULL,
  units         text NOT NULL,
  users         text NOT NULL,
  params        text NOT NULL,
  attempts      bigint NOT NULL DEFAULT 0,
  next_at       timestamptz NOT NULL,
  last_error    text NOT NULL DEFAULT '',
  told_at       timestamptz
);
CREATE INDEX notice_events_waiting ON notice_events (next_at, id) WHERE told_at IS NULL;

-- One row per person who was ever told something. last_seq numbers the
-- person's notices in the order of their commits, which identifiers do not.
CREATE TABLE notice_feeds (
  user_id  bigint NOT NULL PRIMARY KEY REFERENCES users (id),
  last_seq bigint NOT NULL,
  unread   bigint NOT NULL
);

-- Mail on its way, written with the notices it is about. What it says is
-- worked out at sending, when the right is asked again.
CREATE TABLE mails (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id       bigint NOT NULL REFERENCES users (id),
  kind          text NOT NULL CHECK (kind IN ('notice', 'digest')),
  day           text,
  message_id    text NOT NULL UNIQUE,
  state         text NOT NULL CHECK (state IN ('waiting', 'sent', 'dropped', 'dead')),
  attempts      bigint NOT NULL DEFAULT 0,
  next_at       timestamptz NOT NULL,
  claimed_until timestamptz,
  last_error    text NOT NULL DEFAULT '',
  created_at    timestamptz NOT NULL,
  ended_at      timestamptz
);
CREATE INDEX mails_waiting ON mails (next_at, id) WHERE state = 'waiting';
CREATE INDEX mails_dead ON mails (id) WHERE state = 'dead';
CREATE UNIQUE INDEX mails_digest ON mails (user_id, day) WHERE kind = 'digest';

CREATE TABLE notices (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id   bigint NOT NULL REFERENCES notice_events (id),
  user_id    bigint NOT NULL REFERENCES users (id),
  seq        bigint NOT NULL,
  lead_id    bigint REFERENCES leads (id),
  topic      text NOT NULL,
  created_at timestamptz NOT NULL,
  read_at    timestamptz,
  mail_id    bigint REFERENCES mails (id),
  digest     boolean NOT NULL
);
CREATE UNIQUE INDEX notices_once ON notices (event_id, user_id);
CREATE UNIQUE INDEX notices_seq ON notices (user_id, seq);
CREATE INDEX notices_lead ON notices (user_id, lead_id, seq);
CREATE INDEX notices_unread ON notices (user_id, seq) WHERE read_at IS NULL;
CREATE INDEX notices_mail ON notices (mail_id);
CREATE INDEX notices_digest ON notices (user_id) WHERE digest AND mail_id IS NULL;

-- Own choices of a person; who has none has those of the program. quiet_from
-- and quiet_until are minutes of the local day.
CREATE TABLE notice_settings (
  user_id     bigint NOT NULL PRIMARY KEY REFERENCES users (id),
  mail        text NOT NULL,
  quiet_from  bigint,
  quiet_until bigint,
  digest_hour bigint NOT NULL,
  version     bigint NOT NULL,
  updated_at  timestamptz NOT NULL
);
