package lead

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// filterOf narrows one branch. A field that the branch does not hold matches
// nothing there, so that searching cannot probe what is masked.
func (s *Store) filterOf(f lead.Filter, c columns) frag {
	var out []frag
	add := func(given bool, column, sql string, args ...any) {
		switch {
		case !given:
		case column == "":
			out = append(out, never())
		default:
			out = append(out, sqlf(column+" "+sql, args...))
		}
	}
	add(len(f.Stages) > 0, c.stage, "IN ?", f.Stages)
	add(len(f.Units) > 0, c.unit, "IN ?", f.Units)
	add(len(f.FirstContact) > 0, c.other("first_contact_unit_id"), "IN ?", f.FirstContact)
	add(len(f.Chains) > 0, c.chainOf(f), "IN ?", f.Chains)
	add(len(f.Months) > 0, c.dimension(lead.ByMonth), "IN ?", f.Months)
	add(len(f.Tracks) > 0, c.other("track"), "IN ?", f.Tracks)
	add(f.PlannedMin != nil, c.amount(), ">= ?", f.PlannedMin)
	add(f.PlannedMax != nil, c.amount(), "<= ?", f.PlannedMax)
	add(f.SignFrom != nil, c.other("expected_sign_on"), ">= ?", f.SignFrom)
	add(f.SignUntil != nil, c.other("expected_sign_on"), "<= ?", f.SignUntil)
	add(f.NextStepFrom != nil, c.other("next_step_on"), ">= ?", f.NextStepFrom)
	add(f.NextStepTo != nil, c.other("next_step_on"), "<= ?", f.NextStepTo)
	add(f.Invented != nil, c.other("invented"), "= ?", f.Invented)
	if len(f.Protection) > 0 {
		out = append(out, s.protectedAs(f, c))
	}
	add(f.CreatedFrom != nil, c.created, ">= ?", instantOf(f.CreatedFrom, clock.Date.Start))
	add(f.CreatedUntil != nil, c.created, "< ?", instantOf(f.CreatedUntil, clock.Date.End))
	add(f.QuietSince != nil, c.activity, "< ?", f.QuietSince)
	if f.Ended != nil {
		add(*f.Ended, c.stage, "IN ?", endedStages())
		add(!*f.Ended, c.stage, "NOT IN ?", endedStages())
	}
	if f.Q != "" {
		out = append(out, s.searchIn(f.Q, c))
	}
	return join(out, " AND ")
}

// instantOf is a bound of a day; nil without a day.
func instantOf(d *clock.Date, of func(clock.Date) time.Time) any {
	if d == nil {
		return nil
	}
	return of(*d)
}

// protectedAs narrows to leads whose protection is in one of the states now.
func (s *Store) protectedAs(f lead.Filter, c columns) frag {
	if c.other("id") == "" {
		return never()
	}
	state := protectionState(s.db.Present())
	return sqlf("("+state.sql+") IN ?", append(state.args, f.Protection)...)
}

// chainOf is the chain of a lead, or its key in the pipeline when leads
// without a chain are asked for: a figure and the list behind it agree.
func (c columns) chainOf(f lead.Filter) string {
	if slices.Contains(f.Chains, "") {
		return c.dimension(lead.ByChain)
	}
	return c.other("chain")
}

// other is a column of the lead that only readers of the whole lead may ask.
func (c columns) other(name string) string {
	if !c.open {
		return ""
	}
	return "l." + name
}

func (c columns) amount() string {
	if !c.money {
		return ""
	}
	return c.planned
}

func endedStages() []lead.Stage {
	var out []lead.Stage
	for _, s := range lead.Stages() {
		if s.Ended {
			out = append(out, s.Code)
		}
	}
	return out
}

// searchIn finds a text in title, investor, product or code: the index of
// character pairs narrows, the comparison decides. The comparison is no LIKE,
// of which PostgreSQL believes that hardly a row fits, so that it would rather
// read the whole table than the index.
func (s *Store) searchIn(q string, c columns) frag {
	position := "instr"
	if s.db.Dialect() == store.Postgres {
		position = "strpos"
	}
	var or []frag
	for _, column := range []string{c.title, c.investor, c.product, c.code} {
		if column != "" {
			or = append(or, sqlf(position+"(lower("+column+"), ?) > 0", strings.ToLower(q)))
		}
	}
	any := join(or, " OR ")
	exact := sqlf("("+any.sql+")", any.args...)
	grams := gramsOf(q)
	if !c.open || len(grams) == 0 {
		return exact
	}
	if s.db.Dialect() == store.Postgres {
		// In the text, where the planner sees how rare they are; grams are
		// letters and digits.
		return sqlf(c.id + " IN (SELECT g.lead_id FROM lead_search g WHERE g.grams @@ '" + strings.Join(grams, " & ") + "'::tsquery)").and(exact)
	}
	return sqlf(c.id+" IN (SELECT rowid FROM lead_search WHERE lead_search MATCH ?)", strings.Join(grams, " AND ")).and(exact)
}

// gramsOf returns the characters and pairs of neighbouring characters of a
// text, written in hexadecimal so that no database splits or reads them.
func gramsOf(texts ...string) []string {
	seen := map[string]bool{}
	var out []string
	put := func(runes ...rune) {
		gram := fmt.Sprintf("x%x", string(runes))
		if !seen[gram] {
			seen[gram] = true
			out = append(out, gram)
		}
	}
	for _, text := range texts {
		runes := []rune(strings.ToLower(strings.TrimSpace(text)))
		for i, r := range runes {
			if unicode.IsSpace(r) {
				continue
			}
			if len(runes) == 1 || len(texts) > 1 {
				put(r)
			}
			if i+1 < len(runes) && !unicode.IsSpace(runes[i+1]) {
				put(r, runes[i+1])
			}
		}
	}
	return out
}

// searchText is everything of a lead that its readers may find it by.
func searchText(l *lead.Lead) []string {
	texts := []string{l.Title, l.Code}
	for _, t := range []*string{l.InvestorName, l.Product} {
		if t != nil {
			texts = append(texts, *t)
		}
	}
	return texts
}
