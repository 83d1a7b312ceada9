package app_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/signing"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	signingstore "github.com/leadrelay/leadrelay/internal/store/signing"
	"github.com/leadrelay/leadrelay/internal/testkit"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// signingBoard is the board of the office with leads of its own.
type signingBoard struct {
	*kit.Kit
	ctx    context.Context
	bureau access.Actor
	town   access.Actor
	head   access.Actor
	this   signing.Month
	units  []id.Unit
	n      int

	checked int  // how often the books were checked
	inTurn  bool // look at the lists of one month each time
	past    []seenMonth
}

func newBoard(k *kit.Kit) *signingBoard {
	ctx := context.Background()
	b := &signingBoard{
		Kit: k, ctx: ctx, bureau: k.Actor(ctx, "bureau-head", ""), town: k.Actor(ctx, "town-officer", ""),
		head: k.Actor(ctx, "leader", ""), this: signing.MonthOf(clock.System{}.Today()),
	}
	for _, slug := range []string{"huangpu", "cuiheng", "xiaolan"} {
		b.units = append(b.units, k.Unit(ctx, slug))
	}
	return b
}

func (b *signingBoard) lead(t *testing.T, cents int64) lead.View {
	t.Helper()
	b.n++
	investor, summary, chain := fmt.Sprintf("签约样例 %d 号企业", b.n), "生产基地", ""
	d := lead.Draft{Facts: lead.Facts{
		Title: fmt.Sprintf("签约样例 %d", b.n), InvestorName: &investor, SourceChannel: "visit", Summary: &summary, PlannedCents: &cents,
	}}
	if b.n%2 == 0 {
		codes, err := b.App.Org.Directory(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		chain = codes.Chains()[b.n%3].Code
		d.Facts.Chain = &chain
	}
	v, err := b.App.Lead.Create(b.ctx, b.town, d)
	if err != nil {
		t.Fatalf("register: %v", err)
	}
	return v
}

func (b *signingBoard) plan(t *testing.T, m signing.Month, cents int64) signing.ItemView {
	t.Helper()
	v, err := b.App.Signing.Plan(b.ctx, b.town, m, signing.Draft{LeadID: b.lead(t, cents).ID, Grade: signing.Likely, Reason: "列入计划"})
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	return v
}

// checkBooks tells that frozen − out + in + change = actual for the city and
// for every unit and chain of every frozen month, that the list behind every
// figure adds up to it, and that plain sums over the tables say the same.
func (b *signingBoard) checkBooks(fail func(format string, args ...any)) {
	b.checked++
	for n := range 4 {
		m := b.this.Add(n)
		v, err := b.App.Signing.Month(b.ctx, b.bureau, m)
		if err != nil {
			fail("%s: %v", m, err)
			return
		}
		all := map[string]signing.Sums{"the city": v.Sums}
		for _, u := range v.ByUnit {
			all["landing unit "+u.UnitID.String()] = u.Sums
		}
		for _, u := range v.ByFirst {
			all["first-contact unit "+u.UnitID.String()] = u.Sums
		}
		for _, c := range v.ByChain {
			all["chain "+c.Chain] = c.Sums
		}
		for who, s := range all {
			if v.State == "frozen" && !s.Adds() {
				fail("%s, %s: %+v does not add up", m, who, s)
			}
		}
		if !b.inTurn || b.checked%4 == n {
			b.checkLists(fail, v)
		}
		b.checkTables(fail, v)
	}
}

func (b *signingBoard) checkLists(fail func(format string, args ...any), v signing.MonthView) {
	for figure, want := range map[signing.Figure]signing.Sum{
		"frozen": v.Sums.Frozen, "out": v.Sums.Out, "in": v.Sums.In, "change": v.Sums.Change, "actual": v.Sums.Actual,
		"signed": v.Sums.Signed, "lost": v.Sums.Lost, "early": v.Sums.Early, "kept": v.Sums.Kept,
	} {
		rows, err := b.App.Signing.Rows(b.ctx, b.bureau, v.Month, signing.RowsQuery{Figure: figure})
		var sum signing.Sum
		for _, r := range rows.Items {
			sum.Count, sum.Cents = sum.Count+r.Count, sum.Cents+r.Cents
		}
		if err != nil || sum != want || rows.Sum != want {
			fail("%s: the list behind %s adds up to %+v, the figure is %+v: %v", v.Month, figure, sum, want, err)
		}
	}
}

func (b *signingBoard) checkTables(fail func(format string, args ...any), v signing.MonthView) {
	var kept struct{ Frozen, Delta, Stands int64 }
	err := b.DB.Read(b.ctx).Raw(`SELECT (SELECT COALESCE(SUM(cents), 0) FROM signing_frozen WHERE month = ?) AS frozen,
		(SELECT COALESCE(SUM(delta_cents), 0) FROM signing_changes WHERE month = ?) AS delta,
		(SELECT COALESCE(SUM(cents), 0) FROM signing_items WHERE month = ? AND state IN ('planned', 'signed')) AS stands`,
		v.Month, v.Month, v.Month).Scan(&kept).Error
	if err != nil || kept.Stands != v.Sums.Actual.Cents {
		fail("%s: the tables hold %+v, the page says %+v: %v", v.Month, kept, v.Sums, err)
	}
	if rows, err := b.App.Signing.Months(b.ctx, b.bureau, v.Month, v.Month); err != nil || rows[0].Sums != v.Sums {
		fail("%s: the head line says %+v, the board %+v: %v", v.Month, rows, v.Sums, err)
	}
	if v.State == "frozen" && kept.Frozen != 0 && kept.Frozen+kept.Delta != kept.Stands {
		fail("%s: the tables do not add up: %+v", v.Month, kept)
	}
}

// act does one random thing; what the rules refuse is fine.
func (b *signingBoard) act(t *testing.T, r *rapid.T) {
	month := func(name string) signing.Month { return b.this.Add(rapid.IntRange(0, 3).Draw(r, name)) }
	if rapid.IntRange(0, 3).Draw(r, "new") == 0 {
		b.plan(t, month("planned for"), rapid.Int64Range(1, 90_000_000_000_00).Draw(r, "cents"))
		return
	}
	board, err := b.App.Signing.Month(b.ctx, b.bureau, month("at"))
	if err != nil {
		r.Fatal(err)
	}
	if rapid.IntRange(0, 9).Draw(r, "freeze") == 0 {
		_, err = b.App.Signing.Freeze(b.ctx, b.bureau, board.Month)
		expected(r, err)
		return
	}
	if len(board.Items) == 0 {
		return
	}
	i := board.Items[rapid.IntRange(0, len(board.Items)-1).Draw(r, "card")]
	expected(r, b.edit(r, i, month("to")))
}

func expected(r *rapid.T, err error) {
	if err != nil && fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Invalid {
		r.Fatal(err)
	}
}

func (b *signingBoard) edit(r *rapid.T, i signing.ItemView, to signing.Month) error {
	s, at := b.App.Signing, signing.Target{Month: i.Month, Item: i.ID, Version: i.Version}
	cents, unit := rapid.Int64Range(1, 5_000_000_000_00).Draw(r, "new cents"), rapid.SampledFrom(b.units).Draw(r, "unit")
	var err error
	switch rapid.IntRange(0, 6).Draw(r, "what") {
	case 0:
		_, err = s.Change(b.ctx, b.town, at, signing.Edit{Month: &to, Reason: "客户要求改期"})
	case 1:
		_, err = s.Change(b.ctx, b.town, at, signing.Edit{Cents: &cents, Reason: "追加设备"})
	case 2:
		_, err = s.Change(b.ctx, b.bureau, at, signing.Edit{LandingUnitID: &unit, Cents: &cents, Month: &to, Reason: "换地块"})
	case 3:
		return s.Drop(b.ctx, b.town, at, "条件不成熟")
	case 4:
		return b.follow(i, lead.Negotiating, lead.Signed)
	case 5:
		return b.follow(i, lead.Negotiating, lead.Lost)
	case 6:
		return b.follow(i, lead.Signed, lead.Negotiating)
	}
	return err
}

// follow tells the board of a move of the lead's stage, as the lead's own
// store does in the transaction of the move; what the gate asks for before is
// no matter of the board.
func (b *signingBoard) follow(i signing.ItemView, from, to lead.Stage) error {
	board := signingstore.New(b.DB, leadstore.Within)
	return b.DB.InTx(b.ctx, func(tx *store.Tx) error {
		return b.App.Signing.Follow(b.ctx, board.Within(tx), signing.StageMove{Lead: i.LeadID, From: string(from), To: string(to), Reason: "按实际情况"})
	})
}

func TestFrozenLessOutPlusInPlusChangeIsAlwaysWhatStands(t *testing.T) {
	rapidly(t, testkit.Times(60, 6), 25)
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		b := newBoard(k)
		b.inTurn = true
		rapid.Check(t, func(r *rapid.T) {
			r.Repeat(map[string]func(*rapid.T){
				"act": func(r *rapid.T) { b.act(t, r) },
				"":    func(r *rapid.T) { b.checkBooks(r.Fatalf); b.checkPast(r) },
			})
		})
	})
}

// rapidly sets how often rapid tries, and how many steps a try has.
func rapidly(t *testing.T, checks, steps int) {
	t.Helper()
	seed := strconv.FormatUint(testkit.Dice(t).Uint64()>>1, 10)
	for name, value := range map[string]string{
		"rapid.checks": strconv.Itoa(checks), "rapid.seed": seed, "rapid.nofailfile": "true", "rapid.steps": strconv.Itoa(steps),
	} {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAMonthFreezesAtTheEndOfItsCutOffDayWhetherOrNotAJobRuns(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		b := newBoard(k)
		m := b.this.Add(2)
		i := b.plan(t, m, 100_00)
		cut := b.cutOff(t, m)
		for at, want := range map[int64]string{-1: "open", 0: "frozen"} {
			k.DB.SetOffset(clock.System{}.Since(cut.End())*-1 + 0)
			if at < 0 {
				k.DB.SetOffset(clock.System{}.Since(cut.Start()) * -1)
			}
			v, err := b.App.Signing.Month(b.ctx, b.bureau, m)
			if err != nil || v.State != want {
				t.Errorf("at %d: %s %v", at, v.State, err)
			}
		}
		// The first writer after it writes down the plan as it stood.
		k.DB.SetOffset(clock.System{}.Since(cut.End()) * -1)
		cents := int64(250_00)
		at := signing.Target{Month: m, Item: i.ID, Version: i.Version}
		if _, err := b.App.Signing.Change(b.ctx, b.town, at, signing.Edit{Cents: &cents}); fault.CodeOf(err) != "input.invalid" {
			t.Errorf("a change of a frozen plan without a reason: %v", err)
		}
		if _, err := b.App.Signing.Change(b.ctx, b.town, at, signing.Edit{Cents: &cents, Reason: "追加"}); err != nil {
			t.Fatal(err)
		}
		v, err := b.App.Signing.Month(b.ctx, b.bureau, m)
		if err != nil || v.Sums.Frozen.Cents != 100_00 || v.Sums.Change.Cents != 150_00 || v.Sums.Actual.Cents != 250_00 || len(v.Changes) != 1 {
			t.Errorf("after the change: %+v %v", v.Sums, err)
		}
		if n, err := b.App.Signing.FreezeDue(b.ctx); err != nil || n != 0 {
			t.Errorf("the job froze %d months again: %v", n, err)
		}
		k.DB.SetOffset(0)
	})
}

func (b *signingBoard) cutOff(t *testing.T, m signing.Month) clock.Date {
	t.Helper()
	cut, err := b.App.Signing.CutOff(b.ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	return cut.Of(m)
}

// A freeze that ends in the middle leaves nothing; many at once freeze once.
func TestAFreezeIsWholeOrNotAtAllAndHappensOnce(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		b := newBoard(k)
		m := b.this.Add(3)
		for range 5 {
			b.plan(t, m, 100_00)
		}
		board := signingstore.New(k.DB, leadstore.Within)
		broken := errors.New("the power went off")
		err := k.DB.InTx(b.ctx, func(tx *store.Tx) error {
			on := board.Within(tx)
			if _, err := on.HoldMonths(b.ctx, []signing.Month{m}); err != nil {
				return err
			}
			if n, err := on.Freeze(b.ctx, m, m.First(), 0, tx.Now(b.ctx)); err != nil || n != 5 {
				t.Errorf("kept %d: %v", n, err)
			}
			return broken
		})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if v, err := b.App.Signing.Month(b.ctx, b.bureau, m); err != nil || v.State != "open" {
			t.Errorf("after the power went off: %s %v", v.State, err)
		}
		var at sync.WaitGroup
		errs := make([]error, 8)
		for n := range errs {
			at.Add(1)
			go func() {
				defer at.Done()
				_, errs[n] = b.App.Signing.Freeze(b.ctx, b.bureau, m)
			}()
		}
		at.Wait()
		if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
			t.Error(errs[i])
		}
		v, err := b.App.Signing.Month(b.ctx, b.bureau, m)
		if err != nil || v.Sums.Frozen != (signing.Sum{Count: 5, Cents: 500_00}) {
			t.Errorf("frozen %+v: %v", v.Sums.Frozen, err)
		}
		b.checkBooks(t.Errorf)
	})
}

func TestTwoLeadersWhoEditOneCardAreToldWhatDiffers(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		b := newBoard(k)
		i := b.plan(t, b.this.Add(1), 100_00)
		at := signing.Target{Month: i.Month, Item: i.ID, Version: i.Version}
		grade, leader := signing.Sure, "市长"
		if _, err := b.App.Signing.Change(b.ctx, b.bureau, at, signing.Edit{Grade: &grade, Leader: &leader, Reason: "核实"}); err != nil {
			t.Fatal(err)
		}
		_, err := b.App.Signing.Change(b.ctx, b.town, at, signing.Edit{Grade: &grade, Reason: "核实"})
		f := fault.As(err)
		if f == nil || f.Code != "signing.stale" || fmt.Sprint(f.Params["differs"]) != "[grade leader]" || f.Params["version"] != i.Version+1 {
			t.Errorf("the second edit: %v %+v", err, f)
		}
	})
}

// Who does not see a lead sees nothing of its signing, in no sum either.
func TestABoardShowsOnlyTheLeadsThatItsReaderSees(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		b := newBoard(k)
		m := b.this.Add(1)
		i := b.plan(t, m, 100_00)
		if _, err := b.App.Signing.Freeze(b.ctx, b.bureau, m); err != nil {
			t.Fatal(err)
		}
		for who, want := range map[string]int{"leader": 1, "bureau-officer": 1, "town-officer": 1, "town-viewer": 1, "foreign": 0, "third": 0, "group-head": 0} {
			actor := k.Actor(b.ctx, who, "")
			v, err := b.App.Signing.Month(b.ctx, actor, m)
			if err != nil || len(v.Items) != want || v.Sums.Frozen.Count != want || v.Sums.Actual.Count != want || len(v.ByUnit) != want {
				t.Errorf("%s: %d cards, %+v: %v", who, len(v.Items), v.Sums, err)
			}
			rows, err := b.App.Signing.Rows(b.ctx, actor, m, signing.RowsQuery{Figure: signing.FigureFrozen})
			if err != nil || len(rows.Items) != want {
				t.Errorf("%s: %d rows: %v", who, len(rows.Items), err)
			}
			_, err = b.App.Signing.Item(b.ctx, actor, m, i.ID)
			if want == 0 && fault.CodeOf(err) != "signing.unknown" || want == 1 && err != nil {
				t.Errorf("%s: the card: %v", who, err)
			}
		}
	})
}
