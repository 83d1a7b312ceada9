// Package lead keeps leads in SQL. This file alone names the tables of leads
// in a FROM clause for reading; everything else starts from what it opens.
package lead

import (
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
)

// frag is a piece of SQL with its arguments, which travel together so that
// they cannot get out of step.
type frag struct {
	sql  string
	args []any
}

func sqlf(sql string, args ...any) frag { return frag{sql: sql, args: args} }

func (f frag) and(g frag) frag {
	if g.sql == "" {
		return f
	}
	if f.sql == "" {
		return g
	}
	return frag{sql: f.sql + " AND " + g.sql, args: append(append([]any{}, f.args...), g.args...)}
}

// join puts pieces together with a separator.
func join(pieces []frag, separator string) frag {
	texts := make([]string, len(pieces))
	var args []any
	for i, p := range pieces {
		texts[i] = p.sql
		args = append(args, p.args...)
	}
	return frag{sql: strings.Join(texts, separator), args: args}
}

// word writes a part into a query. Were it a value, SQLite would compile the
// query anew each time, to see whether it fits an index of some parts only.
func word(p access.Part) string { return "'" + strings.ReplaceAll(string(p), "'", "''") + "'" }

// never is the condition of the empty scope: written by hand because GORM
// reads an empty condition as the whole table.
func never() frag { return sqlf("(1 = 0)") }

// live is the condition that a dated row holds at the instant.
func live(alias string, now clause.Expr) frag {
	return sqlf(alias+".from_at <= ? AND "+alias+".until > ?", now, now)
}

// allowed is the second half of every scope: the lead is normal, or the
// person is a live member of it.
func allowed(s access.Scope, alias, lead string, now clause.Expr) frag {
	if s.AnyRestricted() {
		return sqlf("(1 = 1)")
	}
	inner := sqlf("SELECT 1 FROM lead_members m WHERE m.lead_id = "+lead+" AND m.user_id = ?", s.User()).
		and(live("m", now))
	return sqlf("(NOT "+alias+".restricted OR EXISTS ("+inner.sql+"))", inner.args...)
}

// byLead is an alternative that never holds. It keeps SQLite from looking for
// a lead's parts among all those of a unit, since that index alone could
// answer too; PostgreSQL leaves it out.
func byLead() frag { return sqlf("1 = 0") }

// leadWhere compiles a scope to one condition in its own parentheses on the
// table of leads under the alias. An empty scope compiles to a condition that
// is never true.
func leadWhere(s access.Scope, alias string, now clause.Expr) frag {
	if s.Empty() {
		return never()
	}
	if s.Any() {
		return allowed(s, alias, alias+".id", now)
	}
	covered := plays(s, alias+".id", now).and(allowed(s, alias, alias+".id", now))
	return sqlf("("+covered.sql+")", covered.args...)
}

// plays is the first half of a scope of units: one of them plays one of its
// parts in the lead now, or a part that is given as a condition on e.
func plays(s access.Scope, lead string, now clause.Expr, or ...frag) frag {
	for _, p := range s.ByPart() {
		or = append(or, sqlf("e.part = "+word(p.Part)+" AND e.unit_id IN ?", p.Units))
	}
	if len(or) == 0 {
		return never()
	}
	part := join(append(or, byLead()), " OR ")
	inner := sqlf("SELECT 1 FROM lead_parts e WHERE e.lead_id = " + lead).
		and(live("e", now)).and(sqlf("("+part.sql+")", part.args...))
	return sqlf("EXISTS ("+inner.sql+")", inner.args...)
}

// leads returns the live leads inside s as the table "l".
//
// The scope is sealed in the FROM clause: no condition a caller adds later,
// with Or or otherwise, reaches a row outside it. Both databases flatten the
// subquery, so sealing costs nothing.
func leads(db *gorm.DB, s access.Scope, now clause.Expr) *gorm.DB {
	return db.Table("(?) AS l", Within(db, s, now))
}

// Within returns the live leads inside a scope as a sealed subquery, for what
// other packages keep of leads: they join it and never read a lead, or a row
// about one, in another way.
func Within(db *gorm.DB, s access.Scope, now clause.Expr) *gorm.DB {
	where := leadWhere(s, "leads", now)
	return db.Table("leads").Where("leads.deleted_at IS NULL").Where(where.sql, where.args...)
}

// columns says from which column of a branch a field of the list is read;
// an empty text means that the branch does not hold it.
type columns struct {
	id, activity, stage, stageSince, created, code, unit string
	planned, title, investor, product                    string
	open                                                 bool // whether the other fields of l may be asked
	money                                                bool
}

func leadColumns() columns {
	return columns{
		id: "l.id", activity: "l.activity_at", stage: "l.stage", stageSince: "l.stage_since", created: "l.created_at",
		code: "l.code", unit: "l.unit_id", planned: "l.planned_cents", title: "l.title", investor: "l.investor_name",
		product: "l.product", open: true, money: true,
	}
}

// branch is one disjoint way to walk a scope: each is one walk along an
// index, so that a page costs its own length and not the scope's.
type branch struct {
	part    access.Part
	table   string // where the walk goes along, with its alias
	joins   []joined
	where   frag
	columns columns
}

// joined is a table beside the walk.
type joined struct{ alias, sql string }

// from is the FROM clause of a query with these texts: the walk, and of the
// tables beside it those that a text mentions. A walk that needs none of them
// reads its index alone; no other alias ends in the letter of these.
func (b branch) from(texts ...string) string {
	sql := b.table
	for _, j := range b.joins {
		for _, text := range texts {
			if strings.Contains(text, j.alias+".") {
				sql += " " + j.sql
				break
			}
		}
	}
	return sql
}

func leadOfPart() joined { return joined{alias: "l", sql: "JOIN leads l ON l.id = p.lead_id"} }

func handoffOfPart() joined { return joined{alias: "h", sql: "JOIN handoffs h ON h.id = p.handoff_id"} }

// branches opens a reading scope as walks. The same grants that leadWhere
// compiles to one condition become one walk each; a test on random scopes
// holds the two together. That a lead is deleted need not be asked along
// lead_parts: with the lead all its parts ended.
func branches(s, money access.Scope, now clause.Expr) []branch {
	if s.Any() {
		return anyBranches(s, now)
	}
	var out []branch
	for _, g := range s.Without(access.Past).Grants() {
		if g.Unit == 0 {
			continue
		}
		c := leadColumns()
		c.id, c.activity, c.stage = "p.lead_id", "p.activity_at", "p.stage"
		c.money = money.Has(g) || money.Any()
		if g.Part == access.Owner { // then the lead's unit is the one of the walk, and a filter by it stays in the index
			c.unit = "p.unit_id"
		}
		where := sqlf("p.unit_id = ? AND p.part = "+word(g.Part), g.Unit).and(live("p", now)).
			and(allowed(s, "p", "p.lead_id", now))
		out = append(out, branch{
			part: g.Part, table: "lead_parts p", joins: []joined{leadOfPart()}, where: where, columns: c,
		})
	}
	return append(out, pastBranches(s, now)...)
}

func anyBranches(s access.Scope, now clause.Expr) []branch {
	normal := branch{
		part: access.Any, table: "leads l", where: sqlf("l.deleted_at IS NULL AND NOT l.restricted"), columns: leadColumns(),
	}
	if s.AnyRestricted() {
		rest := branch{
			part: access.Any, table: "leads l", where: sqlf("l.deleted_at IS NULL AND l.restricted"), columns: leadColumns(),
		}
		return []branch{normal, rest}
	}
	// A person who is named twice walks each lead once.
	again := sqlf("SELECT 1 FROM lead_members n WHERE n.user_id = m.user_id AND n.lead_id = m.lead_id AND n.id > m.id").and(live("n", now))
	mine := sqlf("m.user_id = ?", s.User()).and(live("m", now)).and(sqlf("NOT EXISTS ("+again.sql+")", again.args...)).
		and(sqlf("l.deleted_at IS NULL AND l.restricted"))
	member := branch{
		part: access.Any, table: "lead_members m JOIN leads l ON l.id = m.lead_id", where: mine, columns: leadColumns(),
	}
	return []branch{normal, member}
}

// pastBranches walks what the units handed on and do not see otherwise. Its
// fields are those at the moment of the hand-off.
func pastBranches(s access.Scope, now clause.Expr) []branch {
	var out []branch
	for _, p := range s.Only(access.Past).ByPart() {
		c := columns{
			id: "p.lead_id", activity: "p.activity_at", stage: "p.stage", stageSince: "l.stage_since",
			created: "l.created_at", code: "l.code", unit: "l.unit_id", planned: "h.snap_planned_cents",
			title: "h.snap_title", investor: "h.snap_investor_name", money: true,
		}
		newer := sqlf("e.part = 'past' AND e.id > p.id AND e.unit_id IN ?", p.Units)
		better := plays(s.Without(access.Past), "p.lead_id", now, newer)
		where := sqlf("p.part = 'past' AND p.unit_id IN ?", p.Units).and(live("p", now)).
			and(allowed(s, "p", "p.lead_id", now)).and(sqlf("NOT "+better.sql, better.args...))
		out = append(out, branch{
			part: access.Past, where: where, columns: c,
			table: "lead_parts p", joins: []joined{leadOfPart(), handoffOfPart()},
		})
	}
	return out
}
