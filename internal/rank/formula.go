package rank

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
)

const (
	maxText  = 1000
	maxItems = 20
	maxPoint = 100_000 // hundredths of a point
)

// rules gathers broken rules by field.
type rules []fault.Field

func (r *rules) add(name, code string) { *r = append(*r, fault.Field{Name: name, Code: code}) }

func (r *rules) text(name, value string, required bool, limit int) {
	*r = append(*r, fault.Text(name, value, required, limit)...)
}

// check returns every broken rule of a formula's lines.
func (f Rules) check(bad *rules) {
	if len(f.Items) == 0 || len(f.Items) > maxItems || len(f.Deductions) > maxItems {
		bad.add("items", "ranking.items")
	}
	for n, i := range f.Items {
		i.check(bad, "items["+strconv.Itoa(n)+"]")
	}
	for n, d := range f.Deductions {
		d.check(bad, "deductions["+strconv.Itoa(n)+"]")
	}
}

func (i Item) check(bad *rules, name string) {
	want := 1
	if i.Kind == Halves {
		want = 2
	}
	if !slices.Contains([]ItemKind{Completion, Halves, Efficacy}, i.Kind) {
		bad.add(name+".kind", "unknown_value")
	}
	if len(i.Indicators) != want {
		bad.add(name+".indicators", "ranking.indicator")
	}
	bad.codes(name, i.Indicators)
	if !within(i.Weight, 1, maxPoint) || !within(i.Cap, 0, 10*million) || !within(i.Base, 0, million) {
		bad.add(name+".weight", "ranking.weight")
	}
}

func (d Deduction) check(bad *rules, name string) {
	if !slices.Contains([]Fault{OverdueStart, Falsified, BandShort}, d.Fault) {
		bad.add(name+".fault", "unknown_value")
	}
	bad.codes(name, d.Indicators)
	if !within(d.Step, 1, maxPoint) || !within(d.Most, 0, maxPoint) || len(d.Indicators) > maxItems {
		bad.add(name+".step", "ranking.weight")
	}
}

func within(n, low, high int64) bool { return n >= low && n <= high }

// codes checks the codes of indicators.
func (r *rules) codes(name string, all []string) {
	code := regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,30}$`)
	for _, c := range all {
		if !code.MatchString(c) {
			r.add(name+".indicators", "ranking.indicator")
		}
	}
}

// SetFormula enters the formula of a group, or of all, from a month on. What
// was scored before keeps the formula that it was scored by.
//
// Errors: NotFound "ranking.off"; Conflict "ranking.formula_exists"; Invalid
// by field.
func (s *Service) SetFormula(ctx context.Context, actor access.Actor, f Formula) (FormulaView, error) {
	if err := s.On(ctx); err != nil {
		return FormulaView{}, err
	}
	var bad rules
	f.Rules.check(&bad)
	bad.text("source", f.Source, true, 200)
	if _, err := clock.ParseDate(f.FromMonth + "-01"); err != nil {
		bad.add("from_month", "ranking.month")
	}
	if !regexp.MustCompile(`^[a-z0-9_]{0,40}$`).MatchString(f.GroupCode) {
		bad.add("group_code", "unknown_value")
	}
	if err := fault.Broken("input.invalid", bad); err != nil {
		return FormulaView{}, err
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		f.MadeBy, f.MadeAt = &actor.User, tx.Now(ctx)
		if err := tx.InsertFormula(ctx, &f); err != nil {
			return err
		}
		l := actor.Line("ranking.formula", "ranking_formula", int64(f.ID))
		text, err := json.Marshal(f.Rules)
		if err != nil {
			return fmt.Errorf("write a formula down: %w", err)
		}
		l.Changes = event.Values{{"group", f.GroupCode}, {"from_month", f.FromMonth}, {"rules", string(text)}}.Since(nil)
		return tx.Record(ctx, l)
	})
	return f.view(), err
}

// Seed enters the first formula unless there is any.
func (s *Service) Seed(ctx context.Context, text []byte, from, source string) error {
	return s.store.InTx(ctx, func(tx Tx) error {
		all, err := tx.Formulas(ctx)
		if err != nil || len(all) > 0 {
			return err
		}
		f := Formula{FromMonth: from, Source: source, Assumed: true, MadeAt: tx.Now(ctx)}
		if err := json.Unmarshal(text, &f.Rules); err != nil {
			return fmt.Errorf("read the first formula: %w", err)
		}
		var bad rules
		f.Rules.check(&bad)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return fmt.Errorf("check the first formula: %w", err)
		}
		return tx.InsertFormula(ctx, &f)
	})
}
