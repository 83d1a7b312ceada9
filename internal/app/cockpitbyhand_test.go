package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/report"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// project is a line of the table: when it was registered (of 2031 unless it
// says the year), who brought it, where it lands, its amount in 万元, and the
// stages it went through.
type project struct {
	n       int
	created string
	by      string // unit of first contact
	place   string // H: Huangpu, X: Xiaolan
	chain   string
	wan     int64 // -1: not known
	moves   string
	note    string // usd, framework, restricted, held by another
}

// projects is the table that the expectations below were computed from by
// hand. In the comments amounts are in 亿.
func projects() []project {
	const group, iit, c1, c2 = "wg-shenzhen", "iit", "c1", "c2"
	return []project{
		{1, "03-01", group, "H", c1, 5000, "", ""}, // 0.5
		{2, "03-05", group, "X", c1, 10000, "", ""},
		{3, "03-12", group, "", c2, -1, "", ""},
		{4, "03-13", iit, "H", "", 20000, "", ""},
		{5, "02-03", iit, "X", c2, 30000, "", ""},
		{6, "02-14", iit, "", "", 40000, "", ""},
		{7, "02-15", "huangpu", "", c1, 60000, "", ""}, // lands with its holder, a town
		{8, "02-28", "xiaolan", "", c1, 70000, "", "usd"},
		{9, "01-05", group, "H", c1, 80000, "qualified 02-20", ""},
		{10, "01-06", group, "H", c1, 10000, "qualified 03-01", ""},
		{11, "01-07", group, "H", c1, 20000, "qualified 03-02", ""},
		{12, "01-08", group, "H", c1, 30000, "qualified 02-27", ""},
		{13, "2030-11-01", iit, "X", c2, 5000, "negotiating 2030-12-01", ""},
		{14, "2030-11-01", iit, "X", c2, 10000, "negotiating 2030-12-14", ""},
		{15, "2030-11-01", iit, "X", c2, 49999, "negotiating 01-01", ""},
		{16, "2030-11-01", iit, "X", c2, 40000, "negotiating 2030-12-31", "held"}, // 4 until 03-11, then 5
		{17, "2030-11-01", iit, "X", c2, 100000, "negotiating 03-01", ""},
		{18, "2030-11-01", group, "H", c1, 490000, "negotiating 03-01", ""},
		{19, "2030-11-01", group, "H", c1, 500000, "negotiating 03-01", ""},
		{20, "2030-11-01", group, "H", c1, 1000000, "negotiating 03-01", ""},
		{21, "2030-11-01", group, "H", c1, -1, "negotiating 03-01", ""},
		{22, "2030-11-01", group, "H", c1, 30000, "negotiating 03-01", "usd"},
		{23, "2030-11-01", group, "H", c1, 20000, "review 02-14", ""},
		{24, "2030-11-01", group, "H", c1, 30000, "review 02-13", ""},
		{25, "2030-11-01", group, "H", c1, -1, "review 03-10", ""},
		{26, "2030-11-01", group, "H", c1, 60000, "to_sign 02-11", ""},
		{27, "2030-11-01", group, "H", c1, 70000, "to_sign 03-01", ""},
		{28, "2030-11-01", iit, "X", c2, 100000, "signed 01-10", ""},
		{29, "2030-11-01", iit, "X", c2, 200000, "signed 02-10", "framework"},
		{30, "2030-11-01", iit, "X", c2, 300000, "signed 03-05", ""},
		{31, "2030-11-01", group, "H", c1, 50000, "signed 2030-12-20, started 03-02", ""},
		{32, "2030-11-01", group, "H", c1, 50000, "signed 01-20, negotiating 03-06", ""}, // moved back
		{33, "2030-11-01", group, "H", c1, 40000, "signed 03-08", "usd"},
		{34, "2030-09-01", group, "H", c1, 90000, "signed 2030-10-10, started 01-15", ""},
		{35, "2029-05-01", group, "H", c1, 120000, "signed 2029-08-01, started 2030-01-10, producing 02-20", ""},
		{36, "2028-05-01", group, "H", c1, 70000, "signed 2028-08-01, started 2029-01-10, producing 2030-06-01, full_capacity 2030-12-01", ""},
		{37, "2030-11-01", group, "H", c1, 30000, "lost 02-18", ""},
		{38, "2030-11-01", group, "H", c1, -1, "lost 03-09", ""},
		{39, "2030-11-01", group, "H", c1, 10000, "lost 2030-12-30", ""},
		{40, "03-03", group, "H", c1, 10000, "duplicate 03-04", ""},
		{41, "03-04", group, "H", c1, 20000, "withdrawn 03-06", ""},
		{42, "01-02", group, "H", c1, 80000, "suspended 01-20", ""},
		{43, "02-05", group, "H", c1, 110000, "negotiating 03-01", "restricted"},
		{44, "03-02", group, "H", c1, 10000, "", "held"}, // deleted on 03-12
	}
}

// instantOf reads a day of the table as ten o'clock in the city.
func instantOf(t *testing.T, day string) time.Time {
	t.Helper()
	if len(day) == len("01-02") {
		day = "2031-" + day
	}
	d, err := clock.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	return d.At(10 * time.Hour)
}

// life is a line of the table as a lead with its past.
func (p project) life(t *testing.T, k *kit.Kit, chains [2]string) leadstore.Life {
	t.Helper()
	ctx := context.Background()
	created, first, name := instantOf(t, p.created), k.Unit(ctx, p.by), fmt.Sprintf("手算样例 %02d", p.n)
	yes := p.note != "framework"
	l := lead.Lead{
		Version: 1, Title: name, InvestorName: &name, SourceChannel: "visit", UnitID: first, FirstContactUnitID: &first, Stage: lead.StageLead,
		StageSince: created, Currency: "CNY", Summary: &name, Binding: &yes, Restricted: p.note == "restricted", CreatedAt: created, ActivityAt: created,
	}
	switch p.note {
	case "usd":
		l.Currency = "USD"
	case "held":
		l.UnitID = k.Unit(ctx, "zs-ipb")
	}
	if p.wan >= 0 {
		cents := p.wan * 10_000_00
		l.PlannedCents = &cents
	}
	if code := map[string]string{"H": "442000101", "X": "442000118"}[p.place]; code != "" {
		l.LocationCode = &code
	}
	if p.chain != "" {
		l.Chain = &chains[p.chain[1]-'1']
	}
	out := leadstore.Life{Lead: l, MovedAt: created, Parts: []lead.PartRow{{UnitID: l.UnitID, Part: access.Owner, FromAt: created, Until: clock.Forever()}}}
	for _, move := range strings.Split(p.moves, ", ") {
		if to, on, moved := strings.Cut(move, " "); moved {
			moveLife(&out, lead.Stage(to), instantOf(t, on))
		}
	}
	return out
}

func moveLife(l *leadstore.Life, to lead.Stage, at time.Time) {
	from, on := l.Lead.Stage, clock.DateOf(at)
	l.Activities = append(l.Activities, lead.Activity{At: at, Kind: "stage", FromStage: &from, ToStage: &to, HappenedOn: &on})
	l.Lead.Stage, l.Lead.StageSince, l.Lead.ActivityAt, l.MovedAt = to, at, at, at
	if to == lead.Signed {
		l.Lead.SignedOn = &on
	}
	if to == lead.Started {
		l.Lead.StartedOn = &on
	}
}

// byHand puts the table into the office and does what happened to two of its
// projects later; the office's day is 2031-03-14 then.
func byHand(t *testing.T, k *kit.Kit) {
	t.Helper()
	ctx := context.Background()
	d, err := k.App.Org.Directory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	head := k.Actor(ctx, "bureau-head", "")
	today := func(day string) { k.DB.SetOffset(-clock.System{}.Since(instantOf(t, day))) }
	today("03-10")
	ids := map[int]id.Lead{}
	var lives []leadstore.Life
	for _, p := range projects() {
		lives = append(lives, p.life(t, k, [2]string{d.Chains()[0].Code, d.Chains()[1].Code}))
	}
	err = k.DB.InTx(ctx, func(tx *store.Tx) error { return leadstore.InsertLives(ctx, tx, lives) })
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range projects() {
		var row []id.Lead
		if err := k.DB.Read(ctx).Raw("SELECT id FROM leads WHERE title = ?", lives[i].Lead.Title).Scan(&row).Error; err != nil || len(row) != 1 {
			t.Fatal(row, err)
		}
		ids[p.n] = row[0]
	}
	today("03-11")
	v, err := k.App.Lead.Get(ctx, head, ids[16])
	if err == nil {
		_, err = k.App.Lead.Edit(ctx, head, v.ID, v.Version, lead.Edit{PlannedCents: some(int64(500_000_000_00))})
	}
	if err != nil {
		t.Fatal(err)
	}
	today("03-12")
	if v, err = k.App.Lead.Get(ctx, head, ids[44]); err == nil {
		err = k.App.Lead.Delete(ctx, head, v.ID, v.Version, "录入错误")
	}
	if err != nil {
		t.Fatal(err)
	}
	today("03-14")
}

// yi is a sum as the comments write it: leads, of them with an amount, 亿.
func yi(count, known int64, hundredMillions float64) report.Sum {
	return report.Sum{Count: count, Known: known, Cents: int64(hundredMillions*10_000+0.5) * 10_000_00}
}

// page is what is compared of a page, each figure under its name.
func pageTable(v report.View) map[string]report.Sum {
	out := map[string]report.Sum{}
	for _, f := range v.Figures {
		out[f.Measure] = f.Sum
		if f.Before != nil {
			out["before"] = *f.Before
		}
	}
	for i, b := range v.Bands {
		out[fmt.Sprintf("band %d", i)] = b.Sum
	}
	for _, f := range v.Funnel {
		out[f.Stage] = f.Sum
		out[f.Stage+" amber, red"] = report.Sum{Count: f.Amber, Known: f.Red}
	}
	for _, s := range v.Trend.Series {
		for i, m := range v.Trend.Months {
			out[s.Measure+" "+m] = s.Points[i]
		}
	}
	for kind, rows := range map[string][]report.GroupView{"town": v.Towns, "department": v.Departments, "group": v.Groups, "chain": v.Chains} {
		for i, g := range rows {
			name := kind + " " + g.NameEN
			if kind == "chain" && g.Key != "" {
				name = fmt.Sprintf("chain %d", i+1)
			}
			out[name+" talks"], out[name+" fresh"], out[name+" signed"] = g.InTalks, g.Fresh, g.Signed
			out[name+" stuck"] = report.Sum{Count: g.Stuck}
		}
	}
	return out
}

func expect(t *testing.T, k *kit.Kit, who, day string, want map[string]report.Sum) {
	t.Helper()
	ctx := context.Background()
	var q report.Query
	if day != "" {
		on := clock.DateOf(instantOf(t, day))
		q.AsOf = &on
	}
	actor := k.Actor(ctx, who, "")
	v, err := k.App.Report.Cockpit(ctx, actor, q)
	if err != nil {
		t.Fatalf("%s on %s: %v", who, day, err)
	}
	got := pageTable(v)
	for name, sum := range want {
		if have, there := got[name]; !there || have != sum {
			t.Errorf("%s on %q: %s is %+v, by hand it is %+v", who, day, name, have, sum)
		}
	}
	for about, f := range figuresOf(v) {
		f.query.AsOf = q.AsOf
		list, err := k.App.Report.List(ctx, actor, f.query)
		if err != nil || list.Total != f.sum {
			t.Errorf("%s on %q: %s is %+v, its list gives %+v, %v", who, day, about, f.sum, list.Total, err)
		}
	}
}

func TestTheFiguresOfFortyFourProjectsAreThoseComputedByHand(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		byHand(t, k)
		expect(t, k, "leader", "", presentByHand())
		expect(t, k, "leader", "03-10", earlierByHand())
		expect(t, k, "leader", "02-19", februaryByHand())
		// The restricted one (43: 11 亿, registered 02-05) is the head's too.
		expect(t, k, "bureau-head", "", map[string]report.Sum{
			"before":         yi(3, 3, 18),         // 5, 6, 43: 3 + 4 + 11
			"leads.in_talks": yi(17, 14, 254.4999), // 243.4999 + 11
			"leads.live":     yi(38, 32, 385.9999),
			"band 3":         yi(3, 3, 70), // 10 + 49 + 11
		})
		// A town sees what it holds: 7.
		expect(t, k, "town-officer", "", map[string]report.Sum{
			"leads.live": yi(1, 1, 6), "leads.in_talks": {}, "stuck": yi(1, 1, 6), "leads.new": {}, "leads.new 2031-02": yi(1, 1, 6),
		})
	})
}

// presentByHand is 2031-03-14. 43 is restricted, 44 deleted.
func presentByHand() map[string]report.Sum {
	out := map[string]report.Sum{
		"leads.new":      yi(5, 4, 5.5),        // 1 2 3 4 41: .5 + 1 + ? + 2 + 2; 40 is a duplicate
		"before":         yi(2, 2, 7),          // 02-01 to 02-14: 5 6: 3 + 4
		"leads.in_talks": yi(16, 13, 243.4999), // negotiating 225.4999 + review 5 + to_sign 13
		"leads.live":     yi(37, 31, 374.9999), // 44 lines without 37 to 41, 43, 44
		"stuck":          yi(12, 11, 51),       // 1 2 5 6 7 8(?) 9 13 24 26 28 34: .5+1+3+4+6+8+.5+3+6+10+9
		"signed.year":    yi(3, 2, 40),         // 28 30 33(USD); 29 is a framework, 31 of last year, 32 moved back
		"started.year":   yi(2, 2, 14),         // 31 34: 5 + 9
		"producing.year": yi(1, 1, 12),         // 35
		"lost.year":      yi(2, 1, 3),          // 37 38(?); 39 of last year
		"band 0":         yi(1, 1, .5),         // 13
		"band 1":         yi(4, 4, 10.9999),    // 14 15 23 24: 1 + 4.9999 + 2 + 3
		"band 2":         yi(4, 4, 23),         // 16 26 27 32: 5 + 6 + 7 + 5
		"band 3":         yi(2, 2, 59),         // 17 18: 10 + 49
		"band 4":         yi(1, 1, 50),         // 19
		"band 5":         yi(1, 1, 100),        // 20
		"band 6":         yi(3, 0, 0),          // 21 22(USD) 25
		"lead":           yi(8, 6, 16.5),       // 1 to 8: .5+1+?+2+3+4+6+USD
		"qualified":      yi(4, 4, 14),         // 9 to 12: 8+1+2+3
		"negotiating":    yi(11, 9, 225.4999),  // 13 to 22, 32: .5+1+4.9999+5+10+49+50+100+?+USD+5
		"review":         yi(3, 2, 5),          // 23 to 25: 2+3+?
		"to_sign":        yi(2, 2, 13),         // 26 27
		"signed":         yi(4, 3, 60),         // 28 29 30 33: 10+20+30+USD
		"started":        yi(2, 2, 14),
		"producing":      yi(1, 1, 12), "full_capacity": yi(1, 1, 7), "suspended": yi(1, 1, 8),
	}
	// Amber past four fifths of the limit, red past it (3, 15, 90, 28, 30, 60, 31 days).
	ages := map[string][2]int64{
		"lead": {0, 6}, "qualified": {2, 1}, "negotiating": {2, 1}, "review": {1, 1}, "to_sign": {0, 1}, "signed": {0, 1}, "started": {0, 1},
	}
	for stage, n := range ages {
		out[stage+" amber, red"] = report.Sum{Count: n[0], Known: n[1]}
	}
	for name, sum := range groupsByHand() {
		out[name] = sum
	}
	for name, sum := range trendByHand() {
		out[name] = sum
	}
	return out
}

func groupsByHand() map[string]report.Sum {
	out := map[string]report.Sum{}
	put := func(name string, talks, fresh, signed report.Sum, stuck int64) {
		out[name+" talks"], out[name+" fresh"], out[name+" signed"], out[name+" stuck"] = talks, fresh, signed, report.Sum{Count: stuck}
	}
	// 13 to 17: .5+1+4.9999+5+10; 4; 28 30; 5 6 13 28
	put("department Industry and Information Technology Bureau", yi(5, 5, 21.4999), yi(1, 1, 2), yi(2, 2, 40), 4)
	// the rest of the talks; 1 2 3 41; 33; 1 2 9 24 26 34
	put("group Shenzhen Group", yi(11, 8, 222), yi(4, 3, 3.5), yi(1, 0, 0), 6)
	put("town Xiaolan Town", yi(5, 5, 21.4999), yi(1, 1, 1), yi(2, 2, 40), 5) // 13 to 17; 2; 28 30; 2 5 8 13 28
	put("town Huangpu Town", yi(11, 8, 222), yi(3, 3, 4.5), yi(1, 0, 0), 6)   // fresh 1 4 41; stuck 1 7 9 24 26 34
	put("town No place yet", yi(0, 0, 0), yi(1, 0, 0), yi(0, 0, 0), 1)        // 3; stuck 6
	put("chain 1", yi(11, 8, 222), yi(3, 3, 3.5), yi(1, 0, 0), 8)             // fresh 1 2 41; stuck 1 2 7 8 9 24 26 34
	put("chain 2", yi(5, 5, 21.4999), yi(1, 0, 0), yi(2, 2, 40), 3)           // fresh 3; stuck 5 13 28
	put("chain No chain yet", yi(0, 0, 0), yi(1, 1, 2), yi(0, 0, 0), 1)       // fresh 4; stuck 6
	return out
}

func trendByHand() map[string]report.Sum {
	return map[string]report.Sum{
		"leads.new 2031-01":       yi(5, 5, 22), // 9 to 12, 42: 8+1+2+3+8
		"leads.new 2031-02":       yi(4, 3, 13), // 5 6 7 8(USD)
		"leads.new 2031-03":       yi(5, 4, 5.5),
		"signed 2030-12":          yi(1, 1, 5),  // 31
		"signed 2031-01":          yi(1, 1, 10), // 28; 32 was moved back
		"signed 2031-02":          yi(0, 0, 0),  // 29 is a framework
		"signed 2031-03":          yi(2, 1, 30), // 30 33(USD)
		"started 2031-01":         yi(1, 1, 9),
		"started 2031-03":         yi(1, 1, 5),
		"producing 2031-02":       yi(1, 1, 12),
		"producing 2030-06":       yi(1, 1, 7),
		"lost 2030-12":            yi(1, 1, 1),
		"lost 2031-02":            yi(1, 1, 3),
		"lost 2031-03":            yi(1, 0, 0),
		"in_talks_at_end 2030-11": yi(0, 0, 0),
		"in_talks_at_end 2030-12": yi(3, 3, 5.5),     // 13 14 16: .5+1+4
		"in_talks_at_end 2031-01": yi(4, 4, 10.4999), // and 15
		"in_talks_at_end 2031-02": yi(7, 7, 21.4999), // and 23 24 26: 2+3+6
		"in_talks_at_end 2031-03": yi(16, 13, 243.4999),
	}
}
