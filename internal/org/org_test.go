package org_test

import (
	"fmt"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/org"
)

func date(t *testing.T, text string) clock.Date {
	t.Helper()
	if text == "" {
		return clock.Date{}
	}
	d, err := clock.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNamesAreReadAsTheyAreTyped(t *testing.T) {
	for _, c := range []struct{ text, full, initials string }{
		{"黄圃镇", "huangpuzhen", "hpz"},
		{"重庆", "chongqing", "cq"},
		{"曾", "zeng", "z"},
		{"长三角工作组", "changsanjiaogongzuozu", "csjgzz"},
		{"大涌镇", "dachongzhen dayongzhen", "dcz dyz"},
		{"市委统战部(侨务、台港澳)", "shiweitongzhanbuqiaowutaigangao", "swtzbqwtga"},
		{"机器人与AI链", "jiqirenyuailian", "jqryail"},
		{"石岐 A1", "shiqia1", "sqa1"},
		{"", "", ""},
	} {
		full, initials := org.Read(c.text)
		if full != c.full || initials != c.initials {
			t.Errorf("Read(%q) = %q, %q; want %q, %q", c.text, full, initials, c.full, c.initials)
		}
	}
}

func TestAMembershipHoldsFromItsFirstDayUntilTheDayBeforeItsEnd(t *testing.T) {
	for _, c := range []struct {
		from, until, day string
		want             bool
	}{
		{"2026-03-01", "2026-03-09", "2026-02-28", false},
		{"2026-03-01", "2026-03-09", "2026-03-01", true},
		{"2026-03-01", "2026-03-09", "2026-03-08", true},
		{"2026-03-01", "2026-03-09", "2026-03-09", false},
		{"2026-03-01", "", "2099-01-01", true},
		{"2026-03-01", "2026-03-01", "2026-03-01", false},
	} {
		m := org.Membership{FromOn: date(t, c.from), UntilOn: date(t, c.until)}
		if got := m.LiveOn(date(t, c.day)); got != c.want {
			t.Errorf("%s to %s on %s: %v, want %v", c.from, c.until, c.day, got, c.want)
		}
	}
}

func TestTwoMembershipsOverlapWhenTheyShareADay(t *testing.T) {
	for _, c := range []struct {
		aFrom, aUntil, bFrom, bUntil string
		want                         bool
	}{
		{"2026-01-01", "2026-01-31", "2026-01-30", "", true},
		{"2026-01-01", "2026-01-31", "2026-01-31", "", false},
		{"2026-01-01", "", "2030-01-01", "2030-01-02", true},
		{"2026-01-01", "", "2020-01-01", "2026-01-01", false},
		{"2026-01-01", "2026-01-01", "2025-01-01", "", false}, // taken back on its first day
	} {
		a := org.Membership{FromOn: date(t, c.aFrom), UntilOn: date(t, c.aUntil)}
		b := org.Membership{FromOn: date(t, c.bFrom), UntilOn: date(t, c.bUntil)}
		if a.Overlaps(b) != c.want || b.Overlaps(a) != c.want {
			t.Errorf("%+v: %v and %v, want %v", c, a.Overlaps(b), b.Overlaps(a), c.want)
		}
	}
}

func TestARuleHoldsFromItsDayUntilTheNext(t *testing.T) {
	rules := org.NewRules([]org.Rule{
		{Key: "quiet_days", Value: 7, FromOn: date(t, "2026-05-01")},
		{Key: "quiet_days", Value: 14, FromOn: date(t, "2023-06-30")},
	})
	got := ""
	for _, day := range []string{"2023-06-29", "2023-06-30", "2026-04-30", "2026-05-01"} {
		value, ok := rules.On("quiet_days", date(t, day))
		got += fmt.Sprint(value, ok, " ")
	}
	if want := "0 false 14 true 14 true 7 true "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, ok := rules.On("unknown", date(t, "2026-05-01")); ok {
		t.Error("an unknown key has a value")
	}
}

func TestEveryViewDeclaresItsClasses(t *testing.T) {
	for name, shape := range map[string]func() (access.Shape, error){
		"unit": access.ShapeOf[org.UnitView], "membership": access.ShapeOf[org.MembershipView], "rule": access.ShapeOf[org.RuleView],
	} {
		if _, err := shape(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryRuleKeyHasBothNamesAndARange(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range org.RuleKeys() {
		if k.ZH == "" || k.EN == "" || k.Unit == "" || k.Max <= k.Min || seen[k.Key] {
			t.Errorf("%+v", k)
		}
		seen[k.Key] = true
	}
	if len(seen) < 40 {
		t.Errorf("%d keys only", len(seen))
	}
}
