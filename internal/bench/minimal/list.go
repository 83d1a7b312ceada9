package main

import (
	"database/sql"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	size = 50   // rows of a page
	most = 1000 // where counting stops
)

// answer is a page of the product's list.
type answer struct {
	Items []row   `json:"items"`
	Next  *string `json:"next"`
	Total total   `json:"total"`
}

type total struct {
	Count int64 `json:"count"`
	Exact bool  `json:"exact"`
}

// The offer of a lead, if one is open.
const offerJoin = ` LEFT JOIN lead_parts o ON o.lead_id = l.id AND o.part = 'offered' AND o.from_at <= $1 AND o.until > $1`

// The clock of a lead that ends first, paused ones last.
const clockJoin = ` LEFT JOIN clocks c ON c.id = (SELECT d.id FROM clocks d WHERE d.lead_id = l.id AND d.closed_at IS NULL
	AND d.kind IN ('answer', 'triage', 'feedback', 'progress') ORDER BY CASE WHEN d.paused_at IS NULL THEN 0 ELSE 1 END, d.due_at, d.id LIMIT 1)`

const cityPageSQL = `SELECT ` + leadColumns + ` FROM leads l` + offerJoin + clockJoin + `
	WHERE l.deleted_at IS NULL AND NOT l.restricted ORDER BY l.activity_at DESC, l.id DESC LIMIT 51`

const cityTotalSQL = `SELECT sum(leads) FROM lead_counters WHERE dimension = 'stage' AND NOT restricted`

// What a town's officer may read, one walk for each part. $1 now, $2 town, $3
// user. The + 0 leads SQLite along the lead's few parts, not the town's many.
const (
	walkFrom = ` FROM lead_parts p WHERE p.unit_id = $2 AND p.from_at <= $1 AND p.until > $1 AND (NOT p.restricted OR EXISTS (SELECT 1 FROM lead_members m
			WHERE m.lead_id = p.lead_id AND m.user_id = $3 AND m.from_at <= $1 AND m.until > $1))`
	isOwner   = ` AND p.part = 'owner'`
	isOffered = ` AND p.part = 'offered'`
	isPast    = ` AND p.part = 'past' AND NOT EXISTS (SELECT 1 FROM lead_parts q WHERE q.lead_id = p.lead_id AND q.unit_id + 0 = $2
		AND q.from_at <= $1 AND q.until > $1 AND (q.part IN ('owner', 'offered', 'helper', 'coordinator', 'granted') OR q.part = 'past' AND q.id > p.id))`
	walk  = `SELECT * FROM (SELECT p.lead_id, p.part, p.handoff_id, p.activity_at, p.id` + walkFrom
	first = ` ORDER BY p.activity_at DESC, p.lead_id DESC LIMIT 51) AS `
	each  = `SELECT * FROM (SELECT p.lead_id` + walkFrom
)

const townPageSQL = `SELECT ` + leadColumns + `, w.part, h.snap_title, h.snap_investor_name, h.snap_currency, h.snap_planned_cents,
	h.snap_version, w.activity_at, r.return_by FROM (` +
	walk + isOwner + first + `a UNION ALL ` + walk + isOffered + first + `b UNION ALL ` + walk + isPast + first + `c) AS w
	JOIN leads l ON l.id = w.lead_id` + offerJoin + clockJoin + `
	LEFT JOIN handoffs h ON h.id = w.handoff_id AND w.part = 'past' LEFT JOIN lead_parts r ON r.id = w.id
	ORDER BY w.activity_at DESC, w.lead_id DESC LIMIT 51`

const townTotalSQL = `SELECT count(*) FROM (` + each + isOwner + ` LIMIT 1001) AS a UNION ALL ` +
	each + isOffered + ` LIMIT 1001) AS b UNION ALL ` + each + isPast + ` LIMIT 1001) AS c LIMIT 1001) AS w`

func (s *server) cityLeads(c *gin.Context) {
	ctx := c.Request.Context()
	out := answer{Items: make([]row, 0, size+1)}
	at := now()
	rows, err := s.cityPage.QueryContext(ctx, at)
	if err == nil {
		err = read(rows, func() error {
			var r row
			err := r.scan(rows, s.office, at)
			r.forLeader()
			out.Items = append(out.Items, r)
			return err
		})
	}
	if err == nil {
		out.Total.Exact = true
		err = s.cityTotal.QueryRowContext(ctx).Scan(&out.Total.Count)
	}
	send(c, out, err)
}

func (s *server) townLeads(c *gin.Context) {
	ctx, at, user := c.Request.Context(), now(), c.GetInt64("user")
	out := answer{Items: make([]row, 0, size+1)}
	rows, err := s.townPage.QueryContext(ctx, at, s.town, user)
	if err == nil {
		err = read(rows, func() error {
			var r row
			var p snapshot
			var returnBy sql.NullTime
			err := r.scan(rows, s.office, at, &r.Part, &p.title, &p.investor, &p.currency, &p.planned, &p.version, &p.activity, &returnBy)
			r.forTown(p, returnBy.Valid && returnBy.Time.After(at))
			out.Items = append(out.Items, r)
			return err
		})
	}
	if err == nil {
		err = s.townTotal.QueryRowContext(ctx, at, s.town, user).Scan(&out.Total.Count)
		out.Total.Exact = out.Total.Count <= most
		out.Total.Count = min(out.Total.Count, most)
	}
	send(c, out, err)
}

func read(rows *sql.Rows, each func() error) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := each(); err != nil {
			return err
		}
	}
	return rows.Err()
}

func send(c *gin.Context, out answer, err error) {
	if err != nil {
		_ = c.AbortWithError(http.StatusInternalServerError, err)
		return
	}
	if len(out.Items) > size {
		out.Items = out.Items[:size]
		last := out.Items[size-1]
		next := last.ActivityAt.Format(time.RFC3339Nano) + "," + strconv.FormatInt(last.ID, 10)
		out.Next = &next
	}
	c.JSON(http.StatusOK, out)
}
