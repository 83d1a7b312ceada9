-- +goose Up

-- What a POST under an Idempotency-Key was answered, written in the
-- transaction of its effect. The body holds neither secrets nor values of
-- class contact. sum is that of the request's query and body, leads a list of
-- ids with commas.
CREATE TABLE idempotency_keys (
  user_id    bigint NOT NULL REFERENCES users (id),
  key        text NOT NULL,
  route      text NOT NULL,
  unit_id    bigint REFERENCES units (id),
  sum        text NOT NULL DEFAULT '',
  status     bigint NOT NULL DEFAULT 0,
  etag       text NOT NULL DEFAULT '',
  location   text NOT NULL DEFAULT '',
  body       text NOT NULL DEFAULT '',
  leads      text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
