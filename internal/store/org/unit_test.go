package org_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/store"
)

func draft(slug string) module.UnitDraft {
	return module.UnitDraft{Slug: slug, NameZH: "市测试局", NameEN: "Test Bureau", Kind: module.Department, Source: "中府办〔2026〕1号"}
}

func TestANewUnitIsInTheDirectoryAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		d := draft("test-bureau")
		d.Parent = w.unit("zs-ipb")
		u, err := w.CreateUnit(t.Context(), w.system(), d)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := w.directory().Unit(u.ID)
		if !ok || got.Pinyin != "shiceshiju" || got.Initials != "scsj" || got.ShortZH != "市测试局" ||
			got.OpenedOn.String() != today || got.Version != 1 || got.Parent != d.Parent {
			t.Errorf("%+v", got)
		}
		if w.lines("unit.created", "done") != 1 {
			t.Error("no audit line")
		}
		_, err = w.CreateUnit(t.Context(), w.system(), d)
		wants(t, err, fault.Conflict, "unit.slug_taken")
		_, err = w.CreateUnit(t.Context(), w.security(), draft("other"))
		wants(t, err, fault.Forbidden, "forbidden")
	})
}

func TestEveryBrokenRuleOfANewUnitIsNamed(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		_, err := w.CreateUnit(t.Context(), w.system(), module.UnitDraft{
			Slug: "Bad Slug", NameZH: "<b>局</b>", NameEN: "a\x00b", ShortZH: strings.Repeat("长", 17), Kind: module.Bureau,
		})
		e := fault.As(err)
		if e == nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range e.Fields {
			got = append(got, f.Name+":"+f.Code)
		}
		want := "slug:slug.form kind:not_allowed name_zh:text.markup name_en:text.control_character short_zh:too_long source:required"
		if strings.Join(got, " ") != want {
			t.Errorf("got %s", strings.Join(got, " "))
		}
		d := draft("lost-child")
		d.Parent = 999
		if _, err = w.CreateUnit(t.Context(), w.system(), d); field(err) != "parent_id: unit.unknown" {
			t.Error(err)
		}
		if got := w.counts("units"); got != "units=72" {
			t.Error(got)
		}
	})
}

func TestAnEditChangesTheNamedFieldsAndRefusesOldVersions(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by, unit := w.system(), w.unit("chain-lighting")
		name, yes := "灯饰照明专班", true
		u, err := w.EditUnit(t.Context(), by, unit, 1, module.UnitEdit{NameZH: &name, Confirmed: &yes})
		if err != nil || u.Version != 2 {
			t.Fatal(u, err)
		}
		got, _ := w.directory().Unit(unit)
		if got.NameZH != name || got.Pinyin != "dengshizhaomingzhuanban dengshilian" || !got.Confirmed || got.NameEN != "Lighting Chain Team" {
			t.Errorf("%+v", got)
		}
		if chain, _ := w.directory().Chain("lighting"); !chain.Confirmed {
			t.Error("the chain did not take over the mark")
		}
		other := "别的名字"
		_, err = w.EditUnit(t.Context(), by, unit, 1, module.UnitEdit{NameZH: &other})
		wants(t, err, fault.Stale, "stale")
		if e := fault.As(err); fmt.Sprint(e.Params["version"], e.Params["differs"]) != "2 [confirmed name_zh]" {
			t.Errorf("tells %v", e.Params)
		}
		_, err = w.EditUnit(t.Context(), by, 999, 1, module.UnitEdit{NameZH: &other})
		wants(t, err, fault.NotFound, "unit.unknown")
		if w.lines("unit.edited", "done") != 1 || w.lines("unit.edited", "refused") != 1 {
			t.Error("not one line each for the edit and the refused attempt")
		}
	})
}

func TestUnitsFormNoCircle(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		bureau, group := w.unit("zs-ipb"), w.unit("wg-xian")
		_, err := w.EditUnit(t.Context(), w.system(), bureau, 1, module.UnitEdit{Parent: &group})
		if field(err) != "parent_id: unit.circle" {
			t.Error(err)
		}
		_, err = w.EditUnit(t.Context(), w.system(), bureau, 1, module.UnitEdit{Parent: &bureau})
		if field(err) != "parent_id: unit.circle" {
			t.Error(err)
		}
	})
}

func TestAClosedUnitIsShutFromItsDayAndCanBeOpenedAgain(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by, unit, end, none := w.system(), w.unit("wg-xian"), day(t, "2026-04-01"), clock.Date{}
		if _, err := w.EditUnit(t.Context(), by, unit, 1, module.UnitEdit{ClosedOn: &end}); err != nil {
			t.Fatal(err)
		}
		d := w.directory()
		if !d.On(day(t, "2026-03-31")).UnitOpen(unit) || d.On(end).UnitOpen(unit) {
			t.Error("not open until the day before and shut from the day")
		}
		if w.lines("unit.closed", "done") != 1 {
			t.Error("no line about the closing")
		}
		if _, err := w.EditUnit(t.Context(), by, unit, 2, module.UnitEdit{ClosedOn: &none}); err != nil {
			t.Fatal(err)
		}
		if !w.directory().On(end).UnitOpen(unit) {
			t.Error("not opened again")
		}
		for _, slug := range []string{"zs-ipb", "four-bodies"} {
			_, err := w.EditUnit(t.Context(), by, w.unit(slug), 1, module.UnitEdit{ClosedOn: &end})
			wants(t, err, fault.Conflict, "unit.needed")
		}
		before := day(t, "2020-01-01")
		if _, err := w.EditUnit(t.Context(), by, unit, 3, module.UnitEdit{ClosedOn: &before}); field(err) != "closed_on: date.before_start" {
			t.Error(err)
		}
	})
}

func TestANewCodeEndsThePresentOneOnTheDayBefore(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by, unit := w.system(), w.unit("huangpu")
		next := module.CodeDraft{Code: "442000009", FromOn: day(t, "2026-07-01"), Source: "民政部公告"}
		if err := w.AddCode(t.Context(), by, unit, next); err != nil {
			t.Fatal(err)
		}
		d := w.directory()
		got := ""
		for _, c := range d.Codes(unit) {
			got += fmt.Sprintf("%s %s..%s ", c.Code, c.FromOn, c.UntilOn)
		}
		if want := "442000009 2026-07-01.. 442000101 ..2026-06-30 "; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		june, july := d.On(day(t, "2026-06-30")), d.On(day(t, "2026-07-01"))
		if !june.HasLocation("442000101") || june.HasLocation("442000009") || july.HasLocation("442000101") || !july.HasLocation("442000009") {
			t.Error("the codes do not change over on the day")
		}
		if len(d.Locations(day(t, today))) != 23 || len(d.Locations(day(t, "2026-07-01"))) != 23 {
			t.Error("not 23 codes on each day")
		}
		if u, _ := d.Unit(unit); u.Version != 2 || w.lines("unit.code_added", "done") != 1 {
			t.Errorf("version %d", u.Version)
		}
	})
}

func TestACodeThatCannotBeIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by, unit := w.system(), w.unit("minzhong")
		add := func(code, from string) error {
			return w.AddCode(t.Context(), by, unit, module.CodeDraft{Code: code, FromOn: day(t, from), Source: "公告"})
		}
		if err := add("44200", "2026-07-01"); field(err) != "code: unit_code.form" {
			t.Error(err)
		}
		if err := add("442000009", ""); field(err) != "from_on: required" {
			t.Error(err)
		}
		if err := add("442000009", "2023-06-30"); field(err) != "from_on: date.before_start" {
			t.Error(err)
		}
		wants(t, add("442000001", "2026-07-01"), fault.Conflict, "unit.code_taken")
		err := w.AddCode(t.Context(), by, 999, module.CodeDraft{Code: "442000009", FromOn: day(t, today), Source: "公告"})
		wants(t, err, fault.NotFound, "unit.unknown")
		if got := w.counts("unit_codes"); got != "unit_codes=25" {
			t.Error(got)
		}
		if u, _ := w.directory().Unit(unit); u.Version != 1 {
			t.Errorf("a refused attempt raised the version to %d", u.Version)
		}
	})
}

func TestOfManySuccessorsAtOnceEachUnitKeepsOneCode(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by, unit := w.system(), w.unit("guzhen")
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				_ = w.AddCode(t.Context(), by, unit, module.CodeDraft{
					Code: fmt.Sprint("44200020", i), FromOn: day(t, "2026-07-01").AddDays(i), Source: "公告",
				})
			})
		}
		group.Wait()
		open := 0
		codes := w.directory().Codes(unit)
		for i, c := range codes { // newest first
			if c.UntilOn.IsZero() {
				open++
			}
			if i > 0 && c.UntilOn.AddDays(1) != codes[i-1].FromOn {
				t.Errorf("gap between %v and %v", c, codes[i-1])
			}
		}
		if open != 1 {
			t.Errorf("%d present codes", open)
		}
	})
}

func TestAnotherNodesChangeIsSeenWithinASecond(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		other := open(t, w.db)
		u, err := other.CreateUnit(t.Context(), w.system(), draft("from-afar"))
		if err != nil {
			t.Fatal(err)
		}
		deadline := time.NewTimer(30 * time.Second)
		defer deadline.Stop()
		for {
			if _, ok := w.directory().Unit(u.ID); ok {
				return
			}
			select {
			case <-deadline.C:
				t.Fatal("not seen after half a minute")
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
}

func TestAnUnchangedOrganisationIsNotReadAgain(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		for range 5 { // a slow machine may let the second pass between the two
			if first := w.directory(); first == w.directory() {
				return
			}
		}
		t.Error("another picture within the second")
	})
}

func TestTheDirectoryKnowsWhoCoordinatesATown(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		on := w.directory().On(day(t, today))
		if got := on.Coordinators(w.unit("minzhong")); fmt.Sprint(got) != fmt.Sprint([]id.Unit{w.unit("huoju")}) {
			t.Errorf("minzhong: %v", got)
		}
		if got := on.Coordinators(w.unit("huangpu")); len(got) != 0 {
			t.Errorf("huangpu: %v", got)
		}
		if got := on.Partners(w.unit("banfu")); fmt.Sprint(got) != fmt.Sprint([]id.Unit{w.unit("xiaolan")}) {
			t.Errorf("banfu: %v", got)
		}
		if got := w.directory().On(day(t, "2023-06-29")).Coordinators(w.unit("minzhong")); len(got) != 0 {
			t.Errorf("before it began: %v", got)
		}
		if team, ok := on.ChainUnit("robots-ai"); !ok || team != w.unit("chain-robots-ai") {
			t.Errorf("robots-ai: %v", team)
		}
		if park, ok := w.directory().ParkBySlug("tp-newenergy"); !ok || len(park.Hosts) != 3 || !on.HasPark(park.ID) || on.HasPark(999) {
			t.Errorf("%+v", park)
		}
	})
}

func TestARuleIsSetFromADayOnAndTheOldNumberStaysBefore(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by, before := w.system(), w.counts("city_rules")
		rule := module.Rule{Key: module.QuietDays, Value: 10, FromOn: day(t, "2026-04-01"), Source: "局务会纪要", Confirmed: true}
		if _, err := w.SetRule(t.Context(), by, rule); err != nil {
			t.Fatal(err)
		}
		rules := w.directory().Rules()
		march, _ := rules.On(module.QuietDays, day(t, "2026-03-31"))
		april, _ := rules.On(module.QuietDays, day(t, "2026-04-01"))
		if march != 14 || april != 10 {
			t.Errorf("%d and %d, want 14 and 10", march, april)
		}
		_, err := w.SetRule(t.Context(), by, rule)
		wants(t, err, fault.Conflict, "rule.exists")
		for _, c := range []struct {
			change func(*module.Rule)
			want   string
		}{
			{func(r *module.Rule) { r.Key = "speed_of_light" }, "key: not_allowed"},
			{func(r *module.Rule) { r.Value = 0 }, "value: out_of_range"},
			{func(r *module.Rule) { r.FromOn = day(t, "2026-03-08") }, "from_on: date.past"},
			{func(r *module.Rule) { r.Source = "" }, "source: required"},
		} {
			bad := rule
			c.change(&bad)
			if _, err := w.SetRule(t.Context(), by, bad); field(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		}
		_, err = w.SetRule(t.Context(), w.security(), rule)
		wants(t, err, fault.Forbidden, "forbidden")
		var n int
		if _, err := fmt.Sscanf(before, "city_rules=%d", &n); err != nil || w.counts("city_rules") != fmt.Sprintf("city_rules=%d", n+1) {
			t.Errorf("%s, then %s, %v", before, w.counts("city_rules"), err)
		}
	})
}

func TestTheOfficeKeepsTheHoursAndHolidaysOfTheCity(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		office := w.directory().Office()
		// Friday evening: the limit begins on Monday at 08:30 and ends on Tuesday.
		due := office.Due(day(t, "2026-03-06").At(20*time.Hour), 1)
		if want := day(t, "2026-03-10").At(8*time.Hour + 30*time.Minute); !due.Equal(want) {
			t.Errorf("due %s, want %s", due, want)
		}
		if office.IsWorkingDay(day(t, "2026-10-01")) || !office.IsWorkingDay(day(t, "2026-10-10")) {
			t.Error("the national holiday is not kept")
		}
	})
}

func TestPeopleAreFoundByNameAndUnitButNotAdministrators(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		find := func(q, slug string) string {
			f := module.PeopleFilter{Query: q, Limit: 20}
			if slug != "" {
				f.Unit = w.unit(slug)
			}
			people, err := w.People(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, p := range people {
				out = append(out, fmt.Sprint(p.Username, len(p.UnitIDs)))
			}
			return strings.Join(out, " ")
		}
		for _, c := range []struct{ q, unit, want string }{
			{"黄圃", "", "huangpu1 huangpu-head1 viewer-huangpu1"},
			{"HUANGPU", "", "huangpu1 huangpu-head1 viewer-huangpu1"},
			{"", "iit", "iit1 iit-head2"},
			{"", "zs-ipb", "bureau1 bureau-head1"},
			{"admin", "", ""},
			{"%", "", ""},
			{"_", "", ""},
		} {
			if got := find(c.q, c.unit); got != c.want {
				t.Errorf("%q in %q: got %q, want %q", c.q, c.unit, got, c.want)
			}
		}
		if err := w.db.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.DB(t.Context()).Exec("UPDATE users SET active = ? WHERE username = ?", false, "iit").Error
		}); err != nil {
			t.Fatal(err)
		}
		if got := find("", "iit"); got != "iit-head2" {
			t.Errorf("a disabled person is found: %q", got)
		}
		if people, err := w.People(t.Context(), module.PeopleFilter{Unit: 1 << 62, Limit: 20}); err != nil || len(people) != 0 {
			t.Errorf("a number that no unit has: %v, %v", people, err)
		}
	})
}

func TestACodeFromTheFirstDayThatCanBeEnteredLeavesTheCityReadable(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		unit := w.unit("huangpu")
		err := w.AddCode(t.Context(), w.system(), unit, module.CodeDraft{Code: "442000901", FromOn: day(t, "1900-01-01"), Source: "公告"})
		if err != nil {
			t.Fatal(err)
		}
		codes := w.directory().Codes(unit)
		if len(codes) != 2 || codes[0].FromOn.String() != "1900-01-01" || codes[1].UntilOn.String() != "1899-12-31" {
			t.Errorf("the codes are %+v", codes)
		}
	})
}
