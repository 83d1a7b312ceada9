package supervise

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
	module "github.com/leadrelay/leadrelay/internal/supervise"
)

// walk is how a list is read: the table that is joined to the leads inside a
// scope, which rows of it, who owes them and since when.
type walk struct {
	join, where      string
	args             []any
	unit, row, since string
	detail           string
	day              bool // since is a day, not an instant
}

// offers are those that nobody answered in time and after which nothing was
// done: the lead still lies where it lay.
func offers(now any) walk {
	return walk{
		join: "JOIN handoffs x ON x.lead_id = l.id",
		where: "x.kind = 'offer' AND x.state IN ('offered', 'expired') AND x.due_at <= ? " +
			"AND NOT EXISTS (SELECT 1 FROM handoffs n WHERE n.lead_id = x.lead_id AND n.id > x.id AND n.state <> 'drafted')",
		args: []any{now}, unit: "x.to_unit_id", row: "x.id", since: "x.due_at", detail: "''",
	}
}

// steps are limits that ran out. What a lapsed offer owed stands in its own
// list; an objection is a right and no duty.
func steps(now any) walk {
	return walk{
		join:  "JOIN clocks x ON x.lead_id = l.id",
		where: "x.closed_at IS NULL AND x.paused_at IS NULL AND x.due_at <= ? AND x.kind NOT IN ('answer', 'object', 'reoffer')",
		args:  []any{now}, unit: "x.unit_id", row: "x.id", since: "x.due_at", detail: "x.kind",
	}
}

// slipped are planned signings that left a frozen month so often; c is the
// last time.
func slipped(b module.Bounds) walk {
	return walk{
		join: "JOIN signing_items x ON x.lead_id = l.id JOIN signing_changes c ON c.item_id = x.id AND c.kind = 'out'",
		where: "x.state = 'planned' AND NOT EXISTS (SELECT 1 FROM signing_changes n WHERE n.item_id = x.id AND n.kind = 'out' AND n.id > c.id) " +
			"AND (SELECT count(*) FROM signing_changes n WHERE n.item_id = x.id AND n.kind = 'out') >= ?",
		args: []any{b.Slips}, unit: "x.landing_unit_id", row: "x.id", since: "c.at",
		detail: "CAST((SELECT count(*) FROM signing_changes n WHERE n.item_id = x.id AND n.kind = 'out') AS text)",
	}
}

// notStarted are projects that were signed before a day and stand where no
// building has begun; the last time that they were signed counts.
func notStarted(b module.Bounds, dialect store.Dialect) walk {
	day := "COALESCE(x.happened_on, date(substr(x.from_at, 1, 19), '+8 hours'))"
	if dialect == store.Postgres {
		day = "COALESCE(x.happened_on, to_char(x.from_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD'))"
	}
	return walk{
		join: "JOIN stage_spans x ON x.lead_id = l.id AND x.stage = 'signed'",
		where: "l.stage IN ('signed', 'registered', 'site_secured', 'permitted') AND " + day + " < ? " +
			"AND NOT EXISTS (SELECT 1 FROM stage_spans n WHERE n.lead_id = x.lead_id AND n.stage = 'signed' AND n.id > x.id)",
		args: []any{b.Before}, unit: "l.unit_id", row: "x.id", since: day, detail: "''", day: true,
	}
}

// promises are commitments that were broken, or that nobody settled by their
// day.
func promises(b module.Bounds) walk {
	return walk{
		join:  "JOIN commitments x ON x.lead_id = l.id",
		where: "(x.state = 'broken' OR x.state = 'open' AND x.due_on < ?)",
		args:  []any{b.Today}, unit: "x.unit_id", row: "x.id", since: "x.due_on", detail: "x.state", day: true,
	}
}

func (q reads) walk(w module.Want) (walk, error) {
	switch w.List {
	case module.Unanswered:
		return offers(q.Now), nil
	case module.Overdue:
		return steps(q.Now), nil
	case module.Slipped:
		return slipped(w.Bounds), nil
	case module.NotStarted:
		return notStarted(w.Bounds, q.dialect), nil
	case module.Promises:
		return promises(w.Bounds), nil
	}
	return walk{}, fmt.Errorf("no list %q", w.List)
}

// rows are the rows of a list that a reader sees: on leads inside its scope,
// and of those what its units owe or hold.
func (q reads) rows(r module.Reader, w module.Want, how walk) *gorm.DB {
	query := q.DB.Table("(?) AS l "+how.join, q.Leads(r.Read)).Where(how.where, how.args...)
	if !r.All() {
		units := r.Read.Units()
		query = query.Where("("+how.unit+" IN ? OR l.unit_id IN ?)", units, units)
	}
	if w.Unit != 0 {
		query = query.Where(how.unit+" = ?", w.Unit)
	}
	if w.Row != 0 {
		query = query.Where(how.row+" = ?", w.Row)
	}
	return query
}

type listRow struct {
	ID     int64
	LeadID id.Lead
	Code   string
	Title  string
	Stage  string
	Holder id.Unit
	UnitID id.Unit
	DueAt  *time.Time
	DueOn  clock.Date
	Detail string
}

func (q reads) list(r module.Reader, w module.Want) ([]module.Row, error) {
	how, err := q.walk(w)
	if err != nil || r.Read.Empty() {
		return nil, err
	}
	query := q.rows(r, w, how)
	since := how.since + " AS due_at"
	if how.day {
		since = how.since + " AS due_on"
	}
	if w.After != nil {
		var at any = w.After.Value
		if !how.day {
			if at, err = time.Parse(time.RFC3339Nano, w.After.Value); err != nil {
				return nil, fmt.Errorf("read the position in a list: %w", err)
			}
		}
		query = query.Where("("+how.since+" > ? OR "+how.since+" = ? AND "+how.row+" > ?)", at, at, w.After.ID)
	}
	var found []listRow
	err = query.Select(how.row + " AS id, l.id AS lead_id, l.code, l.title, l.stage, l.unit_id AS holder, " + how.unit + " AS unit_id, " + since + ", " + how.detail + " AS detail").
		Order(how.since + ", " + how.row).Limit(w.Limit).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("read the list %s: %w", w.List, err)
	}
	return q.supervised(r.Slips, w.List, found)
}

// supervised adds to rows the open slip that stands on them, where the reader
// may read it.
func (q reads) supervised(read access.Scope, list module.List, found []listRow) ([]module.Row, error) {
	if len(found) == 0 {
		return nil, nil
	}
	out, at, keys := make([]module.Row, 0, len(found)), map[int64]int{}, make([]int64, 0, len(found))
	for n, f := range found {
		out = append(out, module.Row{
			ID: f.ID, LeadID: f.LeadID, Code: f.Code, Title: f.Title, Stage: f.Stage, Holder: f.Holder, UnitID: f.UnitID, DueAt: f.DueAt, DueOn: f.DueOn, Detail: f.Detail,
		})
		at[f.ID], keys = n, append(keys, f.ID)
	}
	var slips []struct {
		RowID  int64
		SlipID id.Slip
	}
	err := q.slipsWith(read, " JOIN slip_rows r ON r.slip_id = s.id").Where("r.list = ? AND r.row_id IN ? AND s.state NOT IN ('closed', 'withdrawn')", list, keys).
		Select("r.row_id, s.id AS slip_id").Order("s.id").Scan(&slips).Error
	if err != nil {
		return nil, fmt.Errorf("read the slips of the list %s: %w", list, err)
	}
	for _, s := range slips {
		out[at[s.RowID]].Slip = &s.SlipID
	}
	return out, nil
}

// Rows returns rows of a list; see module.Store.
func (s *Store) Rows(ctx context.Context, r module.Reader, w module.Want) ([]module.Row, error) {
	return s.reads(ctx).list(r, w)
}

// Rows is Store.Rows within the transaction.
func (t Tx) Rows(ctx context.Context, r module.Reader, w module.Want) ([]module.Row, error) {
	return t.reads(ctx).list(r, w)
}

// Counts counts a list by who owes what stands in it; see module.Store.
func (s *Store) Counts(ctx context.Context, r module.Reader, w module.Want) ([]module.Count, error) {
	q := s.reads(ctx)
	how, err := q.walk(w)
	if err != nil || r.Read.Empty() {
		return nil, err
	}
	var out []module.Count
	err = q.rows(r, w, how).Select(how.unit + " AS unit_id, count(*) AS rows").Group(how.unit).Order("count(*) DESC, " + how.unit).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("count the list %s: %w", w.List, err)
	}
	return out, nil
}
