-- +goose Up

-- Kept counters of the clocks of live leads, by the day and the month on which
-- they ended, or run out while they are open and not paused. A day is one of
-- the city, eight hours before that of UTC. The rate in time is their sum.
CREATE TABLE clock_counters (
  unit_id    integer NOT NULL REFERENCES units (id),
  restricted boolean NOT NULL,
  grain      text NOT NULL CHECK (grain IN ('day', 'month')),
  span       text NOT NULL, -- YYYY-MM-DD or YYYY-MM
  kind       text NOT NULL,
  running    integer NOT NULL,
  met        integer NOT NULL,
  late       integer NOT NULL,
  cancelled  integer NOT NULL,
  PRIMARY KEY (unit_id, restricted, grain, span, kind)
) WITHOUT ROWID;

INSERT INTO clock_counters (unit_id, restricted, grain, span, kind, running, met, late, cancelled)
SELECT c.unit_id, l.restricted, 'day', date(substr(COALESCE(c.closed_at, c.due_at), 1, 19), '+8 hours'), c.kind,
  count(CASE WHEN c.closed_at IS NULL THEN 1 END), count(CASE WHEN c.how = 'met' THEN 1 END),
  count(CASE WHEN c.how = 'late' THEN 1 END), count(CASE WHEN c.how = 'cancelled' THEN 1 END)
FROM clocks c JOIN leads l ON l.id = c.lead_id
WHERE l.deleted_at IS NULL AND (c.closed_at IS NOT NULL OR c.paused_at IS NULL)
GROUP BY 1, 2, 4, 5;

INSERT INTO clock_counters (unit_id, restricted, grain, span, kind, running, met, late, cancelled)
SELECT unit_id, restricted, 'month', substr(span, 1, 7), kind, sum(running), sum(met), sum(late), sum(cancelled)
FROM clock_counters GROUP BY 1, 2, 4, 5;
