-- +goose Up

-- What was known of each planned signing, and when: spans that tile its life,
-- so that the board of a past day is what stood on it then.
CREATE TABLE signing_spans (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item_id         bigint NOT NULL REFERENCES signing_items (id),
  from_at         timestamptz NOT NULL,
  until           timestamptz NOT NULL,
  month           text NOT NULL,
  cents           bigint NOT NULL,
  landing_unit_id bigint NOT NULL REFERENCES units (id),
  first_unit_id   bigint NOT NULL REFERENCES units (id),
  chain           text NOT NULL,
  grade           text NOT NULL,
  state           text NOT NULL,
  signed_on       text
);
CREATE UNIQUE INDEX signing_spans_one ON signing_spans (item_id) WHERE until = '9999-12-31 00:00:00+00:00';
CREATE INDEX signing_spans_item ON signing_spans (item_id, id);
CREATE INDEX signing_spans_month ON signing_spans (month, item_id);

-- Of earlier times only what is left: as it is now.
INSERT INTO signing_spans (item_id, from_at, until, month, cents, landing_unit_id, first_unit_id, chain, grade, state, signed_on)
SELECT id, created_at, '9999-12-31 00:00:00+00:00', month, cents, landing_unit_id, first_unit_id, chain, grade, state, signed_on
FROM signing_items;
