-- +goose Up

ALTER TABLE users ADD COLUMN email text;

-- What happened and is to be told, written with it; see event.Notice. units
-- and users are lists in JSON, never asked in a condition.
CREATE TABLE notice_events (
  id            integer PRIMARY KEY AUTOINCREMENT,
  at            datetime NOT NULL,
  kind          text NOT NULL,
  lead_id       integer REFERENCES leads (id),
  handoff_id    integer,
  object        text NOT NULL,
  object_id     integer NOT NULL,
  by_user       integer,
  heads         boolean NOT NULL,
  units         text NOT NULL,
  users         text NOT NULL,
  params        text NOT NULL,
  attempts      integer NOT NULL DEFAULT 0,
  next_at       datetime NOT NULL,
  last_error    text NOT NULL DEFAULT '',
  told_at       datetime
);
CREATE INDEX notice_events_waiting ON notice_events (next_at, id) WHERE told_at IS NULL;

-- One row per person who was ever told something. last_seq numbers the
-- person's notices in the order of their commits, which identifiers do not.
CREATE TABLE notice_feeds (
  user_id  integer NOT NULL PRIMARY KEY REFERENCES users (id),
  last_seq integer NOT NULL,
  unread   integer NOT NULL
) WITHOUT ROWID;

-- Mail on its way, written with the notices it is about. What it says is
-- worked out at sending, when the right is asked again.
CREATE TABLE mails (
  id            integer PRIMARY KEY AUTOINCREMENT,
  user_id       integer NOT NULL REFERENCES users (id),
  kind          text NOT NULL CHECK (kind IN ('notice', 'digest')),
  day           text,
  message_id    text NOT NULL UNIQUE,
  state         text NOT NULL CHECK (state IN ('waiting', 'sent', 'dropped', 'dead')),
  attempts      integer NOT NULL DEFAULT 0,
  next_at       datetime NOT NULL,
  claimed_until datetime,
  last_error    text NOT NULL DEFAULT '',
  created_at    datetime NOT NULL,
  ended_at      datetime
);
CREATE INDEX mails_waiting ON mails (next_at, id) WHERE state = 'waiting';
CREATE INDEX mails_dead ON mails (id) WHERE state = 'dead';
CREATE UNIQUE INDEX mails_digest ON mails (user_id, day) WHERE kind = 'digest';

CREATE TABLE notices (
  id         integer PRIMARY KEY AUTOINCREMENT,
  event_id   integer NOT NULL REFERENCES notice_events (id),
  user_id    integer NOT NULL REFERENCES users (id),
  seq        integer NOT NULL,
  lead_id    integer REFERENCES leads (id),
  topic      text NOT NULL,
  created_at datetime NOT NULL,
  read_at    datetime,
  mail_id    integer REFERENCES mails (id),
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
  user_id     integer NOT NULL PRIMARY KEY REFERENCES users (id),
  mail        text NOT NULL,
  quiet_from  integer,
  quiet_until integer,
  digest_hour integer NOT NULL,
  version     integer NOT NULL,
  updated_at  datetime NOT NULL
) WITHOUT ROWID;
