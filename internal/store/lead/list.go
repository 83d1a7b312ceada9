package lead

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
)

// List returns a page of leads and one row more when there is a next page:
// the keys from one walk along an index for each branch of the scope, and of
// these keys alone the rows, with the facts that the reader's rights rest on.
func (s *Store) List(ctx context.Context, q lead.Query) ([]lead.Seen, error) {
	return s.list(ctx, q, s.db.Present())
}

func (s *Store) list(ctx context.Context, q lead.Query, now clause.Expr) ([]lead.Seen, error) {
	walks := s.walks(q, now)
	if len(walks) == 0 {
		return nil, nil
	}
	order := orderOf(q.Page.Sort)
	keys := pageKeys(walks, order, q.Page)
	beside, fields := factsWhere(q.Read, now), factFields(now)
	db := s.db.Read(ctx)
	all := leadFields(now)
	args := slices.Concat(all.args, fields.args, keys.args, beside.args)
	rows, facts, err := readPage(db.Raw("SELECT "+all.sql+", "+fields.sql+" FROM ("+keys.sql+") AS d JOIN leads l ON l.id = d.id "+
		"LEFT JOIN lead_parts f ON f.lead_id = d.id AND "+beside.sql+
		" WHERE l.deleted_at IS NULL ORDER BY d.k "+order.direction+", d.id "+order.direction, args...))
	if err != nil {
		return nil, fmt.Errorf("walk the leads: %w", err)
	}
	out, err := standingsWith(db, q.Read, rows, facts, now)
	if err != nil {
		return nil, err
	}
	return out, s.addClocks(ctx, db, out)
}

// pageKeys is the query for the identifiers of a page, without repeats.
func pageKeys(walks []branch, order order, p page.Request) frag {
	limit := p.Limit + 1
	pieces := make([]frag, len(walks))
	for i, b := range walks {
		where := b.where.and(order.after(b.columns, p.After))
		key := order.column(b.columns)
		pieces[i] = sqlf(fmt.Sprintf("SELECT * FROM (SELECT %s AS id, %s AS k FROM %s WHERE %s ORDER BY %s %s, %s %s LIMIT %d) AS b%d",
			b.columns.id, key, b.from(where.sql, key), where.sql, key, order.direction, b.columns.id, order.direction, limit, i), where.args...)
	}
	all := join(pieces, " UNION ALL ")
	return sqlf(fmt.Sprintf("SELECT %sid, k FROM (%s) AS a ORDER BY k %s, id %s LIMIT %d",
		distinct(walks), all.sql, order.direction, order.direction, limit), all.args...)
}

// distinct is asked of walks that may meet: a unit can play two parts in a
// lead, but each of them once at a time, and a lead is either normal or
// restricted.
func distinct(walks []branch) string {
	if len(walks) == 1 || walks[0].part == access.Any {
		return ""
	}
	return "DISTINCT "
}

// walks are the branches of the query's scope, each narrowed by the filter.
func (s *Store) walks(q lead.Query, now clause.Expr) []branch {
	var out []branch
	read := q.Read
	if len(q.Filter.Parts) > 0 && !holds(q.Filter.Parts, access.Any) {
		// Who sees everything may still ask for what the own unit holds.
		read = read.Without(access.Any).Without(access.AnyRestricted)
	}
	for _, b := range branches(read, q.Money, now) {
		if len(q.Filter.Parts) > 0 && !holds(q.Filter.Parts, b.part) {
			continue
		}
		if q.Page.Sort.Name == "planned_cents" && !b.columns.money {
			b.where = b.where.and(unless(priced(read, q), now))
		}
		b.where = b.where.and(s.filterOf(q.Filter, s.narrowed(q, b))).and(signingBounds(q, b))
		out = append(out, b)
	}
	return out
}

// signingBounds says again, in the words of the index for the order by the
// expected signing, between which days that is: whoever walks all leads would
// otherwise walk past most of them.
func signingBounds(q lead.Query, b branch) frag {
	var where frag
	if b.part != access.Any || q.Page.Sort.Name != "expected_sign_on" {
		return where
	}
	column := orderOf(q.Page.Sort).column(b.columns)
	if q.Filter.SignFrom != nil {
		where = where.and(sqlf(column+" >= ?", q.Filter.SignFrom))
	}
	if q.Filter.SignUntil != nil {
		where = where.and(sqlf(column+" <= ?", q.Filter.SignUntil))
	}
	return where
}

// narrowed are the columns by which a filter narrows a branch. Where the
// signings of a month do, SQLite must not begin with all leads of the stages
// or of the unit instead.
func (s *Store) narrowed(q lead.Query, b branch) columns {
	c := b.columns
	if s.db.Dialect() == store.SQLite && b.part == access.Any && signingMonth(q) {
		c.stage, c.unit = "+l.stage", "+l.unit_id"
	}
	return c
}

// signingMonth tells whether the signings of a month or less are asked for,
// which are few among all leads.
func signingMonth(q lead.Query) bool {
	const month = 31
	from, until := q.Filter.SignFrom, q.Filter.SignUntil
	return q.Page.Sort.Name == "expected_sign_on" && from != nil && until != nil && !from.AddDays(month).Before(*until)
}

// priced are the grants of a query whose rows show their amount. A row that
// one of them reaches stands in the order by its amount, and must not stand
// among the unknown ones as well.
func priced(read access.Scope, q lead.Query) access.Scope {
	return read.Filter(func(g access.Grant) bool {
		asked := len(q.Filter.Parts) == 0 || holds(q.Filter.Parts, g.Part)
		return asked && g.Part != access.Past && (q.Money.Any() || q.Money.Has(g))
	})
}

// unless leaves what the scope does not hold.
func unless(s access.Scope, now clause.Expr) frag {
	inside := leadWhere(s, "l", now)
	return sqlf("NOT "+inside.sql, inside.args...)
}

func holds(parts []access.Part, part access.Part) bool {
	for _, p := range parts {
		if p == part {
			return true
		}
	}
	return false
}

// Count returns how many leads the query has: from kept counters where the
// reader sees everything and the filter is plain, else counted up to a cap.
func (s *Store) Count(ctx context.Context, q lead.Query) (page.Total, error) {
	if q.Read.Empty() {
		return page.Total{Exact: true}, nil
	}
	now := s.db.Present()
	if q.Read.Any() && q.Filter.Plain() {
		return s.keptCount(ctx, q, now)
	}
	return s.walkedCount(ctx, q, now)
}

// walkedCount counts row by row along the walks, up to a cap.
func (s *Store) walkedCount(ctx context.Context, q lead.Query, now clause.Expr) (page.Total, error) {
	if q.Filter.SignFrom != nil || q.Filter.SignUntil != nil {
		q.Page.Sort = page.Sort{Name: "expected_sign_on"} // a count has no order, but this one has the index
	}
	walks := s.walks(q, now)
	if len(walks) == 0 {
		return page.Total{Exact: true}, nil
	}
	pieces := make([]frag, len(walks))
	for i, b := range walks {
		pieces[i] = sqlf(fmt.Sprintf("SELECT * FROM (SELECT %s AS id FROM %s WHERE %s LIMIT %d) AS b%d",
			b.columns.id, b.from(b.where.sql), b.where.sql, page.CountCap+1, i), b.where.args...)
	}
	all := join(pieces, " UNION ALL ")
	count := sqlf(fmt.Sprintf("(SELECT count(*) FROM (SELECT %sid FROM (%s) AS a LIMIT %d) AS d)", distinct(walks), all.sql, page.CountCap+1), all.args...)
	if held := heldBy(q); held.sql != "" {
		// Who holds more than is counted need not be counted row by row.
		count = sqlf(fmt.Sprintf("CASE WHEN (%s) > %d THEN %d ELSE %s END", held.sql, page.CountCap, page.CountCap+1, count.sql),
			append(held.args, count.args...)...)
	}
	n, err := amountOf(s.db.Read(ctx).Raw("SELECT "+count.sql, count.args...))
	if err != nil {
		return page.Total{}, fmt.Errorf("count leads: %w", err)
	}
	if n > page.CountCap {
		return page.Total{Count: page.CountCap}, nil
	}
	return page.Total{Count: n, Exact: true}, nil
}

// heldBy adds the kept counters of the normal leads that the reader's units
// hold: the query has at least so many. Empty where the counters do not know.
func heldBy(q lead.Query) frag {
	if !q.Filter.Plain() {
		return frag{}
	}
	for _, p := range q.Read.ByPart() {
		if p.Part == access.Owner {
			return keptSum(q.Filter).and(sqlf("restricted = ? AND unit_id IN ?", false, p.Units))
		}
	}
	return frag{}
}

// keptSum adds the kept counters that fit a plain filter.
func keptSum(f lead.Filter) frag {
	sum := sqlf("SELECT COALESCE(SUM(leads), 0) FROM lead_counters WHERE dimension = 'stage'")
	if len(f.Stages) > 0 {
		sum = sum.and(sqlf("key IN ?", f.Stages))
	}
	if len(f.Units) > 0 {
		sum = sum.and(sqlf("unit_id IN ?", f.Units))
	}
	return sum
}

// keptCount adds the kept counters; restricted leads of a reader who is only
// their member are counted one by one, since there are few.
func (s *Store) keptCount(ctx context.Context, q lead.Query, now clause.Expr) (page.Total, error) {
	sum := keptSum(q.Filter)
	if !q.Read.AnyRestricted() {
		sum = sum.and(sqlf("restricted = ?", false))
		for _, b := range s.walks(q, now)[1:] {
			sum = join([]frag{
				sqlf("SELECT ("+sum.sql+")", sum.args...),
				sqlf("(SELECT count(*) FROM "+b.from(b.where.sql)+" WHERE "+b.where.sql+")", b.where.args...),
			}, " + ")
		}
	}
	n, err := amountOf(s.db.Read(ctx).Raw(sum.sql, sum.args...))
	if err != nil {
		return page.Total{}, fmt.Errorf("add the kept counters: %w", err)
	}
	return page.Total{Count: n, Exact: true}, nil
}

// order is a sort as SQL.
type order struct {
	name      string
	direction string
	desc      bool
}

func orderOf(s page.Sort) order {
	if s.Desc {
		return order{name: s.Name, direction: "DESC", desc: true}
	}
	return order{name: s.Name, direction: "ASC"}
}

// column is the sorted expression in a branch; unknown values come last in
// both directions.
func (o order) column(c columns) string {
	switch o.name {
	case "created_at":
		return c.created
	case "stage_since":
		return c.stageSince
	case "code":
		return c.code
	case "planned_cents":
		planned := c.planned
		if !c.money { // hidden sorts like unknown
			planned = "CAST(NULL AS bigint)"
		}
		if o.desc {
			return "COALESCE(" + planned + ", -1)"
		}
		return "COALESCE(" + planned + ", 9223372036854775807)"
	case "expected_sign_on":
		day := "NULL"
		if c.open {
			day = "l.expected_sign_on"
		}
		if o.desc {
			return "COALESCE(" + day + ", '')"
		}
		return "COALESCE(" + day + ", '9999-99-99')"
	}
	return c.activity
}

// after continues behind the last row of the page before.
func (o order) after(c columns, p *page.Position) frag {
	if p == nil {
		return frag{}
	}
	sign := ">"
	if o.desc {
		sign = "<"
	}
	return sqlf(fmt.Sprintf("(%s, %s) %s (?, ?)", o.column(c), c.id, sign), o.value(p.Value), p.ID)
}

// value reads a cursor's text back into what the column holds.
func (o order) value(text string) any {
	switch o.name {
	case "planned_cents":
		n, _ := strconv.ParseInt(text, 10, 64) // sealed by PositionOf
		return n
	case "code", "expected_sign_on":
		return text
	}
	t, _ := time.Parse(time.RFC3339Nano, text) // sealed by PositionOf
	return t.UTC()
}

// PositionOf returns where a row stands in the order, as List sorts it.
func (s *Store) PositionOf(row lead.Seen, by page.Sort) page.Position {
	l := row.Lead
	activity, planned, sign := l.ActivityAt, l.PlannedCents, l.ExpectedSignOn
	if row.Past != nil {
		activity, planned, sign = row.Past.ActivityAt, row.Past.PlannedCents, nil
	}
	p := page.Position{ID: int64(l.ID)}
	switch by.Name {
	case "created_at":
		p.Value = l.CreatedAt.UTC().Format(time.RFC3339Nano)
	case "stage_since":
		p.Value = l.StageSince.UTC().Format(time.RFC3339Nano)
	case "code":
		p.Value = l.Code
	case "planned_cents":
		p.Value = amountKey(planned, by.Desc)
	case "expected_sign_on":
		p.Value = dayKey(sign, by.Desc)
	default:
		p.Value = activity.UTC().Format(time.RFC3339Nano)
	}
	return p
}

func amountKey(cents *int64, desc bool) string {
	switch {
	case cents != nil:
		return strconv.FormatInt(*cents, 10)
	case desc:
		return "-1"
	}
	return "9223372036854775807"
}

func dayKey(day *clock.Date, desc bool) string {
	switch {
	case day != nil:
		return day.String()
	case desc:
		return ""
	}
	return "9999-99-99"
}
