package signing

import (
	"fmt"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

func planned(month Month, cents int64, unit id.Unit) *Item {
	return &Item{ID: 7, LeadID: 70, Month: month, Cents: cents, LandingUnitID: unit, FirstUnitID: 1, State: Planned, Grade: Likely}
}

func with(i *Item, change func(*Item)) *Item {
	out := *i
	change(&out)
	return &out
}

func TestWhatAnEditMeansForTheLedgersOfItsMonths(t *testing.T) {
	was := planned("2026-05", 300, 3)
	cases := map[string]struct {
		before, after *Item
		want          string
	}{
		"a new one enters":          {nil, was, "2026-05 in +300 +1 u3 other="},
		"nothing changed":           {was, was, ""},
		"a larger amount":           {was, with(was, func(i *Item) { i.Cents = 350 }), "2026-05 amount +50 +0 u3 other="},
		"another unit and amount":   {was, with(was, func(i *Item) { i.LandingUnitID, i.Cents = 4, 350 }), "2026-05 place -300 -1 u3 other=; 2026-05 place +300 +1 u4 other=; 2026-05 amount +50 +0 u4 other="},
		"moved to the next month":   {was, with(was, func(i *Item) { i.Month = "2026-06" }), "2026-05 out -300 -1 u3 other=2026-06; 2026-06 in +300 +1 u3 other=2026-05"},
		"signed in its month":       {was, with(was, func(i *Item) { i.State = Signed }), ""},
		"signed a month early":      {was, with(was, func(i *Item) { i.State, i.Month = Signed, "2026-04" }), "2026-05 out -300 -1 u3 other=2026-04; 2026-04 early +300 +1 u3 other=2026-05"},
		"signed a month late":       {was, with(was, func(i *Item) { i.State, i.Month = Signed, "2026-06" }), "2026-05 out -300 -1 u3 other=2026-06; 2026-06 in +300 +1 u3 other=2026-05"},
		"lost":                      {was, with(was, func(i *Item) { i.State = Lost }), "2026-05 loss -300 -1 u3 other="},
		"taken off the plan":        {was, with(was, func(i *Item) { i.State = Dropped }), "2026-05 out -300 -1 u3 other="},
		"lost after it was dropped": {with(was, func(i *Item) { i.State = Dropped }), with(was, func(i *Item) { i.State = Lost }), ""},
	}
	for name, c := range cases {
		got := ""
		for _, ch := range Changes(c.before, c.after) {
			if got != "" {
				got += "; "
			}
			got += fmt.Sprintf("%s %s %+d %+d u%d other=%s", ch.Month, ch.Kind, ch.DeltaCents, ch.DeltaCount, ch.LandingUnitID, ch.OtherMonth)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAPlanFreezesAtTheEndOfItsCutOffDayInTheCitysTime(t *testing.T) {
	cut := CutOff{Day: 25, MonthsBefore: 1}
	if got := cut.Of("2026-01").String(); got != "2025-12-25" {
		t.Errorf("January's plan freezes on %s", got)
	}
	end := time.Date(2025, time.December, 25, 16, 0, 0, 0, time.UTC) // midnight in Shanghai
	if cut.due("2026-01", end.Add(-time.Microsecond)) || !cut.due("2026-01", end) {
		t.Error("the cut-off is not the end of the day in the city's time")
	}
}

func TestAMonthThatIsNotOverIsShownAndCountsInNoAccuracy(t *testing.T) {
	heads := []Head{{Month: "2026-03", Over: true}, {Month: "2026-04"}}
	r := accuracyRow(3, heads).
		with(0, Sums{Frozen: Sum{Count: 4, Cents: 400}, Kept: Sum{Count: 3, Cents: 300}}).
		with(1, Sums{Frozen: Sum{Count: 2, Cents: 200}})
	if r.Frozen != (Sum{Count: 4, Cents: 400}) || r.Kept != (Sum{Count: 3, Cents: 300}) {
		t.Errorf("the row sums to %+v of %+v", r.Kept, r.Frozen)
	}
	if !r.Cells[1].Running || r.Cells[0].Running || r.Cells[1].Frozen.Count != 2 {
		t.Errorf("the months are %+v", r.Cells)
	}
}

func TestAMonthIsReadStrictly(t *testing.T) {
	for _, text := range []string{"", "2026", "2026-13", "2026-1", "1999-12", "2100-01", "2026-01-01", " 2026-01"} {
		if m, err := ParseMonth(text); err == nil {
			t.Errorf("%q was read as %s", text, m)
		}
	}
	m, err := ParseMonth("2026-12")
	if err != nil || m.Add(1) != "2027-01" || m.Last().String() != "2026-12-31" || !m.has(clock.NewDate(2026, time.December, 31)) {
		t.Errorf("December 2026: %s %v", m, err)
	}
}
