package demo

import (
	"regexp"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

func TestTheDemoWorldKeepsEveryRuleAndIsMadeOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		db := w.DB
		sound(t, db)
		const all = "SELECT count(*), max(activity_at), max(version) FROM leads"
		before := rows(t, db, all)
		if err := Build(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if after := rows(t, db, all); after != before {
			t.Errorf("a second building changed %q to %q", before, after)
		}
	})
}

func TestEveryDemoLoginFindsWorkOnMondayMorning(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		db := w.DB
		// unit | own, offered to it, offered by it, answered lately, due, quiet, to be signed this month, past, along
		const want = "chain-robots-ai|1|0|0|0|1|0|0|0|9\n" +
			"cuiheng|8|3|1|1|3|4|1|1|3\n" +
			"huangpu|13|3|1|1|3|5|2|1|0\n" +
			"iit|4|1|1|1|2|3|0|2|0\n" +
			"wg-shenzhen|17|0|7|4|6|3|2|5|0\n" +
			"xiaolan|7|2|1|1|2|2|1|2|0\n" +
			"zs-ipb|13|1|1|1|3|5|1|1|0"
		if got := rows(t, db, loginSQL, loginArgs(t)...); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestTheDemoShowsEveryStageAndEveryEndOfAnOffer(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		db := w.DB
		for _, s := range lead.Stages() {
			if got := rows(t, db, "SELECT min(stage) FROM leads WHERE invented AND stage = ?", string(s.Code)); got != string(s.Code) {
				t.Errorf("no invented lead is in stage %s", s.Code)
			}
		}
		const want = "accepted|13\nexpired|1\noffered|13\npassed_on|4\nrefused|2\nwithdrawn|1"
		if got := rows(t, db, "SELECT state, count(*) FROM handoffs GROUP BY state ORDER BY state"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if got := rows(t, db, "SELECT max(n) FROM (SELECT count(*) AS n FROM lead_parts WHERE part = 'owner' GROUP BY lead_id) AS o"); got != "4" {
			t.Errorf("the longest chain of custody has %s holders", got)
		}
	})
}

func TestWhatIsInventedSaysSo(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		db := w.DB
		for _, sql := range []string{
			"SELECT title FROM leads WHERE invented AND (investor_name NOT LIKE '示例%' AND investor_name NOT LIKE 'Example %' OR source_note IS NULL)",
			"SELECT title FROM leads WHERE NOT invented AND NOT as_reported",
			"SELECT text FROM notes WHERE NOT invented",
			"SELECT kind FROM activities WHERE NOT invented AND kind <> 'reported'",
			"SELECT id FROM handoffs WHERE NOT invented",
			"SELECT name FROM contacts WHERE name NOT LIKE '示例联系人%' OR phone NOT LIKE '0000-0000%' OR email NOT LIKE '%@example.com'",
			"SELECT kind FROM audit_events WHERE lead_id IS NOT NULL AND request_id <> 'demo'",
			"SELECT changes FROM audit_events WHERE changes LIKE '%示例联系人%' OR changes LIKE '%example.com%'",
		} {
			if got := rows(t, db, sql); got != "" {
				t.Errorf("%s:\n%s", sql, got)
			}
		}
	})
}

func TestEqualDaysGiveEqualDemoWorlds(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		other := emptyLike(t, w)
		other.DB.SetOffset(day(t, monday).At(22 * time.Hour).Sub(clock.System{}.Now())) // the same day, late
		if err := Build(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		if a, b := content(t, w.DB), content(t, other.DB); a != b {
			t.Error("two worlds made on one day differ")
		}
	})
}

func TestTheStoriesCanBeToldOnWorkingDaysAndHolidays(t *testing.T) {
	w := opened(cityTemplate().Open(t, store.SQLite))
	for _, span := range [][2]string{{"2026-02-08", "2026-03-04"}, {"2026-09-24", "2026-10-12"}, {"2026-12-28", "2027-01-06"}} {
		for d := day(t, span[0]); d.Before(day(t, span[1])); d = d.AddDays(1) {
			w.Today = d
			tellOn(t, w)
		}
	}
}

func tellOn(t *testing.T, w World) {
	t.Helper()
	s, err := w.scene(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lives, err := s.stories()
	if err != nil {
		t.Fatalf("%s: %v", w.Today, err)
	}
	live, noon := 0, w.Today.At(12*time.Hour)
	for _, l := range lives {
		if l.Lead.ActivityAt.After(w.Today.Start()) {
			t.Errorf("%s: %s has something to come", w.Today, l.Lead.Title)
		}
		for _, h := range l.Handoffs {
			if h.At(noon).State == lead.Offered {
				live++
			}
		}
	}
	if live < 12 {
		t.Errorf("%s: %d live offers at noon", w.Today, live)
	}
}

func TestATownFindsOwnOfferedAndPastLeadsAndNoOther(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		db := w.DB
		s, err := w.scene(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		service, err := lead.NewService(lead.Needs{
			Store: leadstore.New(db), City: cityOf{s}, Cursors: page.NewCursors([]byte("a key of the tests, 32 bytes long")),
		})
		if err != nil {
			t.Fatal(err)
		}
		town := access.NewActor(s.people["huangpu"], []access.Membership{{Unit: s.unitOf("huangpu"), Role: access.TownOfficer}}, policy(t))
		got, err := service.List(t.Context(), town, lead.Filter{}, page.Request{Limit: 100, Sort: page.Sort{Name: "activity_at", Desc: true}})
		if err != nil {
			t.Fatal(err)
		}
		parts := map[access.Part]int{}
		for _, v := range got.Items {
			parts[v.Part]++
		}
		if parts[access.Owner] != 13 || parts[access.Offered] != 3 || parts[access.Past] != 1 || len(got.Items) != 17 {
			t.Errorf("%d leads: %v", len(got.Items), parts)
		}
		found, err := service.List(t.Context(), town, lead.Filter{Q: "激光雷达"}, page.Request{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Items) != 1 || found.Items[0].Title != "车规级激光雷达模组生产基地" {
			t.Errorf("the search finds %+v", found.Items)
		}
		check, err := service.CheckDuplicates(t.Context(), town, lead.Party{Name: of("深圳市示例光电(深圳)有限公司")})
		if err != nil || check.Result != "conflict" || len(check.Items) != 1 {
			t.Errorf("the duplicate check answers %+v, %v", check, err)
		}
	})
}

// content is everything that a world holds, in one text. Only the instants
// at which accounts and the city were entered differ between two runs.
func content(t testing.TB, db *store.DB) string {
	t.Helper()
	out := ""
	for _, table := range []string{
		"leads", "handoffs", "lead_parts", "lead_members", "contacts", "notes", "activities", "registrations",
	} {
		out += table + "\n" + rows(t, db, "SELECT * FROM "+table+" ORDER BY id") + "\n"
	}
	out += rows(t, db, "SELECT * FROM match_keys ORDER BY kind, key, lead_id") + "\n"
	// Whether a clock of that day has run out depends on the hour; what it counts from and to does not.
	out += rows(t, db, "SELECT lead_id, kind, unit_id, started_at, due_at FROM clocks ORDER BY lead_id, kind, unit_id, started_at, due_at") + "\n"
	out += rows(t, db, "SELECT * FROM lead_counters ORDER BY dimension, restricted, unit_id, key") + "\n"
	return regexp.MustCompile(`\s+$`).ReplaceAllString(out+rows(t, db, "SELECT * FROM audit_events WHERE lead_id IS NOT NULL ORDER BY id"), "")
}
