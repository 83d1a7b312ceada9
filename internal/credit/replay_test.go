package credit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/credit"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/org/city"
)

func day(t testing.TB, text string) clock.Date {
	t.Helper()
	d, err := clock.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// byTheFifth closes a month at the end of the fifth of the next one.
func byTheFifth(m credit.Month) time.Time { return m.Add(1).First().AddDays(4).End() }

func firstBook(t testing.TB) credit.Book {
	t.Helper()
	rules, shares, err := credit.ReadFirst(city.Counting())
	if err != nil {
		t.Fatal(err)
	}
	for n := range rules {
		rules[n].ID, rules[n].Version = int64(n+1), 1
	}
	shares[0].ID = 1
	return credit.Book{Rules: rules, Shares: shares, ClosedAt: byTheFifth}
}

// at is a step of a journal at noon of a day.
func at(t testing.TB, steps []credit.Step, on string, s credit.Step) []credit.Step {
	t.Helper()
	s.ID, s.LeadID, s.At = int64(len(steps)+1), 1, day(t, on).At(12*time.Hour)
	return append(steps, s)
}

func learned(k credit.Known) credit.Step { return credit.Step{Kind: credit.Learned, Known: k} }

func cents(yi int64) *int64 {
	c := yi * 100_000_000 * 100
	return &c
}

// lines are the lines of an indicator, one each: why, in which month, what it
// corrects, the value, and what units have of it.
func lines(entries []credit.Entry, indicator string) string {
	var out []string
	for _, e := range entries {
		if e.Indicator != indicator {
			continue
		}
		line := fmt.Sprintf("%s %s", e.Kind, e.Month)
		if e.Corrects != "" {
			line += " for " + string(e.Corrects)
		}
		line += fmt.Sprintf(" %d:", e.Value)
		for _, p := range e.Parts {
			line += fmt.Sprintf(" %s %d=%d", p.Role, p.Unit, p.Value)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if want = strings.TrimSpace(strings.ReplaceAll(want, "\t", "")); got != want {
		t.Errorf("%s:\n%s\nwant\n%s", what, got, want)
	}
}

// TestTheLifeOfAProjectCountsAsWorkedOutByHand follows one project through
// everything that the rules speak of.
func TestTheLifeOfAProjectCountsAsWorkedOutByHand(t *testing.T) {
	k := credit.Known{Stage: "lead", SinceOn: "2026-01-10", Currency: "CNY", Cents: cents(8), Track: "land", Finder: 10}
	s := at(t, nil, "2026-01-10", learned(k))
	k.Stage, k.SinceOn = "qualified", "2026-01-20"
	s = at(t, s, "2026-01-20", learned(k))
	// A framework agreement: the stage is signed, no binding day.
	k.Stage, k.SinceOn, k.Landing = "signed", "2026-03-10", 20
	s = at(t, s, "2026-03-10", learned(k))
	if e := credit.Replay(s, firstBook(t)); lines(e, "SIGN_N") != "" {
		t.Error("a framework agreement counts:", lines(e, "SIGN_N"))
	}
	k.SignedOn = "2026-03-12"
	s = at(t, s, "2026-03-12", learned(k))
	k.Cents = cents(11) // in the same month
	s = at(t, s, "2026-03-20", learned(k))
	k.Cents = cents(15) // after the month was closed
	s = at(t, s, "2026-04-20", learned(k))
	forty := int64(400_001)
	s = at(t, s, "2026-04-21", credit.Step{Kind: credit.Divided, Class: credit.ClassSigning, FinderPPM: &forty, FromMonth: "2026-04"})
	s = at(t, s, "2026-05-20", credit.Step{Kind: credit.Replaced, OnDay: "2026-05-18"})
	k.Stage, k.SinceOn, k.SignedOn = "negotiating", "2026-06-20", "" // going back
	s = at(t, s, "2026-06-20", learned(k))
	e := credit.Replay(s, firstBook(t))
	expect(t, "valid", lines(e, "LEAD_VALID"), "counted 2026-01 1000000: finder 10=1000000")
	expect(t, "signed", lines(e, "SIGN_N"), `counted 2026-03 1000000: finder 10=500000 landing 20=500000
		taken_back 2026-05 for 2026-03 -1000000: finder 10=-500000 landing 20=-500000
		recounted 2026-05 1000000: finder 10=400001 landing 20=599999
		taken_back 2026-06 for 2026-05 -1000000: finder 10=-400001 landing 20=-599999`)
	expect(t, "from a thousand million", lines(e, "SIGN_N_10"), `counted 2026-03 1000000: finder 10=500000 landing 20=500000
		taken_back 2026-05 for 2026-03 -1000000: finder 10=-500000 landing 20=-500000
		recounted 2026-05 1000000: finder 10=400001 landing 20=599999
		taken_back 2026-06 for 2026-05 -1000000: finder 10=-400001 landing 20=-599999`)
	expect(t, "amount", lines(e, "SIGN_AMT"), `counted 2026-03 80000000000: finder 10=40000000000 landing 20=40000000000
		increment 2026-03 30000000000: finder 10=15000000000 landing 20=15000000000
		increment 2026-04 40000000000: finder 10=20000000000 landing 20=20000000000
		shares 2026-04 0: finder 10=-3999960000 landing 20=3999960000
		taken_back 2026-05 for 2026-03 -110000000000: finder 10=-55000000000 landing 20=-55000000000
		taken_back 2026-05 for 2026-04 -40000000000: finder 10=-16000040000 landing 20=-23999960000
		recounted 2026-05 150000000000: finder 10=60000150000 landing 20=89999850000
		taken_back 2026-06 for 2026-05 -150000000000: finder 10=-60000150000 landing 20=-89999850000`)
	expect(t, "expansion", lines(e, "EXPAND_N"), "")
}

// TestWhatIsKnownLateIsEnteredInTheOpenMonthOrNotAtAll has one project signed
// in a closed month and one signed years ago.
func TestWhatIsKnownLateIsEnteredInTheOpenMonthOrNotAtAll(t *testing.T) {
	k := credit.Known{Stage: "signed", SinceOn: "2026-06-20", SignedOn: "2026-02-11", Currency: "CNY", Cents: cents(2), Finder: 10, Landing: 10}
	expect(t, "four months", lines(credit.Replay(at(t, nil, "2026-06-20", learned(k)), firstBook(t)), "SIGN_N"),
		"counted 2026-06 for 2026-02 1000000: one 10=1000000")
	k.SignedOn = "2024-02-11"
	s := at(t, nil, "2026-06-20", learned(k))
	k.Cents = cents(3)
	s = at(t, s, "2026-07-20", learned(k))
	e := credit.Replay(s, firstBook(t))
	expect(t, "years", lines(e, "SIGN_N"), "late 2026-06 for 2024-02 0:")
	expect(t, "what came on top", lines(e, "SIGN_AMT"), "late 2026-06 for 2024-02 0:\nincrement 2026-07 10000000000: one 10=10000000000")
}

// TestAnExpansionOfALocalFirmCountsOnItsOwnTrackOnly and a place that becomes
// known after the month was closed gets its part in the open month.
func TestAnExpansionOfALocalFirmCountsOnItsOwnTrackOnly(t *testing.T) {
	k := credit.Known{Stage: "signed", SinceOn: "2026-02-11", SignedOn: "2026-02-11", Currency: "CNY", Cents: cents(2), Track: "expansion", Finder: 10}
	s := at(t, nil, "2026-02-11", learned(k))
	k.Landing = 20
	s = at(t, s, "2026-04-11", learned(k))
	e := credit.Replay(s, firstBook(t))
	for _, indicator := range []string{"LEAD_VALID", "SIGN_N", "SIGN_AMT"} {
		expect(t, indicator, lines(e, indicator), "")
	}
	expect(t, "expansion", lines(e, "EXPAND_AMT"), `counted 2026-02 20000000000: landing 0=20000000000
		placed 2026-04 for 2026-02 0: landing 0=-20000000000 landing 20=20000000000`)
}

// TestFiveYearsAfterTheSigningEverythingIsTheLandingUnits by the default rule.
func TestFiveYearsAfterTheSigningEverythingIsTheLandingUnits(t *testing.T) {
	k := credit.Known{Stage: "signed", SignedOn: "2026-02-11", SinceOn: "2026-02-11", Currency: "CNY", Cents: cents(2), Finder: 10, Landing: 20}
	s := at(t, nil, "2026-02-11", learned(k))
	k.Cents = cents(3)
	s = at(t, s, "2031-01-11", learned(k))
	k.Cents = cents(4)
	s = at(t, s, "2031-02-11", learned(k))
	expect(t, "amount", lines(credit.Replay(s, firstBook(t)), "SIGN_AMT"), `counted 2026-02 20000000000: finder 10=10000000000 landing 20=10000000000
		increment 2031-01 10000000000: finder 10=5000000000 landing 20=5000000000
		increment 2031-02 10000000000: landing 20=10000000000`)
}

// aLife draws the journal of a project: stages forward and back, amounts,
// places, tracks, shares and replaced investors, over three years.
func aLife(t *rapid.T) []credit.Step {
	var steps []credit.Step
	now := clock.NewDate(2024, time.January, 1).At(9 * time.Hour)
	k := credit.Known{Currency: "CNY", Finder: id.Unit(rapid.IntRange(1, 3).Draw(t, "finder"))}
	for n := range rapid.IntRange(1, 25).Draw(t, "steps") {
		now = now.Add(time.Duration(rapid.Int64Range(1, 60*24*3600).Draw(t, "wait")) * time.Second)
		s := credit.Step{ID: int64(n + 1), LeadID: 1, At: now, Kind: credit.Learned}
		today := clock.DateOf(now)
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			ppm := rapid.Int64Range(0, 1_000_000).Draw(t, "ppm")
			from := credit.MonthOf(today).Add(rapid.IntRange(-2, 3).Draw(t, "from"))
			s.Kind, s.Class, s.FinderPPM, s.FromMonth = credit.Divided, credit.ClassSigning, &ppm, from
			if rapid.Bool().Draw(t, "ends") {
				s.UntilMonth = from.Add(rapid.IntRange(0, 12).Draw(t, "until"))
			}
		case 1:
			s.Kind, s.OnDay = credit.Replaced, today.String()
		default:
			aState(t, &k, today)
			s.Known = k
		}
		steps = append(steps, s)
	}
	return steps
}

func aState(t *rapid.T, k *credit.Known, today clock.Date) {
	k.Stage = rapid.SampledFrom([]string{"lead", "qualified", "negotiating", "signed", "signed", "registered", "started", "producing", "lost", "suspended", "invalid", "duplicate"}).Draw(t, "stage")
	k.SinceOn = today.String()
	back := today.AddDays(-rapid.IntRange(0, 500).Draw(t, "ago")).String()
	set := func(day *string, name string) {
		switch rapid.IntRange(0, 2).Draw(t, name) {
		case 0:
			*day = ""
		case 1:
			if *day == "" {
				*day = back
			}
		}
	}
	set(&k.SignedOn, "signed")
	set(&k.StartedOn, "started")
	set(&k.ProducedOn, "produced")
	if rapid.Bool().Draw(t, "amount") {
		c := rapid.Int64Range(0, 3_000_000_000_000).Draw(t, "cents")
		k.Cents = &c
	}
	k.Landing = id.Unit(rapid.IntRange(0, 3).Draw(t, "landing"))
	k.Track = rapid.SampledFrom([]string{"", "land", "expansion"}).Draw(t, "track")
	k.Gone = rapid.IntRange(0, 30).Draw(t, "gone") == 0
}

// closedSums are the sums of the months that are closed at an instant.
func closedSums(entries []credit.Entry, b credit.Book, at time.Time) string {
	sums := map[string]int64{}
	for _, e := range entries {
		if b.ClosedAt(e.Month).After(at) {
			continue
		}
		sums[fmt.Sprint(e.Month, e.Indicator)] += e.Value
		for _, p := range e.Parts {
			sums[fmt.Sprint(e.Month, e.Indicator, p.Unit, p.Role)] += p.Value
		}
	}
	for k, v := range sums {
		if v == 0 {
			delete(sums, k)
		}
	}
	return fmt.Sprint(sums)
}

// stands is what each indicator stands at after the entries.
func stands(entries []credit.Entry) (value, total map[string]int64, late map[string]bool) {
	value, total, late = map[string]int64{}, map[string]int64{}, map[string]bool{}
	for _, e := range entries {
		value[e.Indicator] += e.Value
		total[e.Indicator] = e.Total
		if e.Kind == credit.Counted || e.Kind == credit.Recounted || e.Kind == credit.Late {
			late[e.Indicator] = e.Kind == credit.Late
		}
	}
	return value, total, late
}

// TestRandomLivesCountOnceAndClosedMonthsStay is the promise of the ledger:
// a project counts once, increments add up to its last amount, the parts are
// the whole in every month, and what is closed is the same to the cent
// whatever happens later and whatever rule begins later.
func TestRandomLivesCountOnceAndClosedMonthsStay(t *testing.T) {
	first := firstBook(t)
	rapid.Check(t, func(rt *rapid.T) {
		steps, b := aLife(rt), first
		all := credit.Replay(steps, b)
		for n := range steps {
			before := credit.Replay(steps[:n], b)
			if len(before) > len(all) || lines(before, "SIGN_AMT")+lines(before, "REG_N") != lines(all[:len(before)], "SIGN_AMT")+lines(all[:len(before)], "REG_N") {
				rt.Fatal("a later act changed an earlier line")
			}
			if was, is := closedSums(before, b, steps[n].At), closedSums(all, b, steps[n].At); was != is {
				rt.Fatalf("closed months: %s, later %s", was, is)
			}
			count(rt, before)
		}
		count(rt, all)
		later(rt, steps, all, b)
	})
}

// count holds what a ledger says against what it promises.
func count(t *rapid.T, entries []credit.Entry) {
	value, total, late := stands(entries)
	for indicator, v := range value {
		amount := indicator == "SIGN_AMT" || indicator == "EXPAND_AMT"
		if !amount && (v != 0 && v != credit.Whole || !late[indicator] && v != total[indicator]) {
			t.Fatalf("%s counts %d times a millionth, stands at %d", indicator, v, total[indicator])
		}
		if amount && !late[indicator] && v != total[indicator] {
			t.Fatalf("%s: the lines add up to %d, the amount is %d", indicator, v, total[indicator])
		}
	}
	parts, whole := map[string]int64{}, map[string]int64{}
	for _, e := range entries {
		key := fmt.Sprint(e.Indicator, e.Month)
		whole[key] += e.Value
		for _, p := range e.Parts {
			parts[key] += p.Value
		}
	}
	for key, v := range whole {
		if parts[key] != v {
			t.Fatalf("%s: the parts are %d, the whole %d", key, parts[key], v)
		}
	}
}

// later adds rules that begin after the last step, and one more act.
func later(t *rapid.T, steps []credit.Step, all []credit.Entry, b credit.Book) {
	last := steps[len(steps)-1].At
	by := id.User(1)
	next := b
	for _, r := range b.Rules {
		if rapid.Bool().Draw(t, "new rule") {
			r.ID, r.Version, r.StartsOn, r.Made.MadeBy, r.Made.MadeAt = r.ID+100, 2, clock.DateOf(last).AddDays(1), &by, last
			r.LowerCents, r.Basis = rapid.Int64Range(0, 1_000_000_000_000).Draw(t, "lower"), rapid.SampledFrom([]credit.Basis{credit.ToLanding, credit.Shared}).Draw(t, "basis")
			next.Rules = append(next.Rules[:len(next.Rules):len(next.Rules)], r)
		}
	}
	if again := credit.Replay(steps, next); fmt.Sprint(again) != fmt.Sprint(all) {
		t.Fatal("a rule with a later start changed what was counted")
	}
	k := credit.Known{Currency: "CNY", Finder: 1}
	aState(t, &k, clock.DateOf(last).AddDays(40))
	s := credit.Step{ID: 99, LeadID: 1, At: last.Add(40 * 24 * time.Hour), Kind: credit.Learned, Known: k}
	more := credit.Replay(append(steps[:len(steps):len(steps)], s), next)
	if was, is := closedSums(all, b, s.At), closedSums(more, next, s.At); was != is {
		t.Fatalf("closed months: %s, by a later rule %s", was, is)
	}
	count(t, more)
}
