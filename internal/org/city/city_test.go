package city_test

import (
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/org/city"
)

func load(t *testing.T) org.City {
	t.Helper()
	c, err := city.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheCityHasItsUnitsOfEveryKind(t *testing.T) {
	got := map[org.Kind]int{}
	for _, u := range load(t).Units {
		got[u.Kind]++
	}
	want := map[org.Kind]int{
		org.Bureau: 1, org.Department: 17, org.Group: 9, org.Town: 23, org.Platform: 3, org.ChainTeam: 10,
		org.Leading: 1, org.Other: 8,
	}
	for _, k := range org.Kinds() {
		if got[k] != want[k] {
			t.Errorf("%s: %d units, want %d", k, got[k], want[k])
		}
	}
}

func TestEveryUnitIsNamedAndSourced(t *testing.T) {
	seen := map[string]bool{}
	for _, u := range load(t).Units {
		if seen[u.Slug] || u.NameZH == "" || u.NameEN == "" || u.ShortZH == "" || u.Source == "" || u.OpenedOn.IsZero() {
			t.Errorf("%+v", u.Unit)
		}
		if strings.Contains(u.Source+u.Note, "src:") {
			t.Errorf("%s: a source key is left in %q %q", u.Slug, u.Source, u.Note)
		}
		seen[u.Slug] = true
	}
}

func TestNamesWithACommaAreWhole(t *testing.T) {
	want := map[string]string{
		"culture":           "Culture, Radio, TV and Tourism Bureau",
		"four-bodies":       "Four Leadership Bodies (Party Committee, People's Congress, Government, CPPCC)",
		"chain-home-living": "Home, Hardware and Consumer Goods Chain Team",
	}
	for _, u := range load(t).Units {
		if name, ok := want[u.Slug]; ok && u.NameEN != name {
			t.Errorf("%s: %q, want %q", u.Slug, u.NameEN, name)
		}
	}
}

func TestAnAssumptionIsNeverConfirmed(t *testing.T) {
	c, confirmed := load(t), 0
	for _, u := range c.Units {
		if u.Confirmed && u.Source == "assumption" {
			t.Errorf("%s is confirmed", u.Slug)
		}
		if u.Confirmed {
			confirmed++
		}
	}
	// 23 towns, 3 platforms, the bureau, the four bodies and the one chain team that a source names.
	if confirmed != 29 {
		t.Errorf("%d units are confirmed, want 29", confirmed)
	}
	for _, r := range c.Rules {
		if r.Confirmed {
			t.Errorf("rule %s is confirmed", r.Key)
		}
	}
}

func TestTwoTownsHaveAFormerCode(t *testing.T) {
	var got []string
	for _, u := range load(t).Units {
		if len(u.Codes) == 2 {
			for _, c := range u.Codes {
				got = append(got, u.Slug+" "+c.Code+" "+c.FromOn.String()+".."+c.UntilOn.String())
			}
		}
	}
	want := "minzhong 442000102 ..2023-06-29,minzhong 442000007 2023-06-30..,nanlang 442000113 ..2023-06-29,nanlang 442000008 2023-06-30.."
	if strings.Join(got, ",") != want {
		t.Errorf("got %q, want %q", strings.Join(got, ","), want)
	}
}

func TestLinksSayWhoCoordinatesAndWhoIsAPartner(t *testing.T) {
	var got []string
	for _, u := range load(t).Units {
		for _, l := range u.Links {
			got = append(got, string(l.Kind)[:1]+":"+u.Slug+">"+l.Other)
		}
	}
	want := "c:huoju>zhongshangang c:huoju>minzhong p:huoju>shaxi p:huoju>dayong c:cuiheng>nanlang p:cuiheng>wuguishan p:cuiheng>shenwan p:xiaolan>fusha p:xiaolan>banfu"
	if strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, " "), want)
	}
}

func TestTheCityHasItsChainsParksRulesAndDays(t *testing.T) {
	c := load(t)
	parks := map[org.ParkKind]int{}
	for _, p := range c.Parks {
		parks[p.Kind]++
	}
	if len(c.Chains) != 10 || parks[org.ThemePark] != 10 || parks[org.ProvincialPark] != 7 ||
		parks[org.SpecialisedPark] != 3 || parks[org.MegaPark] != 5 {
		t.Errorf("%d chains, parks %v", len(c.Chains), parks)
	}
	keys := map[string]int{}
	for _, k := range org.RuleKeys() {
		keys[k.Key] = 0
	}
	for _, r := range c.Rules {
		if _, known := keys[r.Key]; !known {
			t.Errorf("rule %s is not known", r.Key)
		}
		keys[r.Key]++
	}
	for key, n := range keys {
		if n != 1 && (n != 0 || !strings.HasPrefix(key, org.Package)) {
			t.Errorf("rule %s stands %d times", key, n)
		}
	}
	if len(c.Days) != 108 {
		t.Errorf("%d days", len(c.Days))
	}
}

func TestProjectsKeepWhatTheReportsSayAndNothingElse(t *testing.T) {
	projects, err := city.Projects()
	if err != nil {
		t.Fatal(err)
	}
	if len(projects) != 16 {
		t.Fatalf("%d projects, want 16", len(projects))
	}
	withoutTown, withoutInvestor, withoutAmount := 0, 0, 0
	for _, p := range projects {
		if p.Town == "" {
			withoutTown++
		}
		if p.Investor == nil {
			withoutInvestor++
		}
		if p.PlannedCents == nil {
			withoutAmount++
		}
		if p.Stage == "" || p.Source == "" || p.Name == "" {
			t.Errorf("%+v", p)
		}
	}
	if withoutTown != 5 || withoutInvestor != 5 || withoutAmount != 8 {
		t.Errorf("without town %d, investor %d, amount %d", withoutTown, withoutInvestor, withoutAmount)
	}
	fridge := projects[6] // 长珠新材料: 25 亩, 2.5亿, 600万 per 亩
	if *fridge.LandSqm != 16667 || *fridge.PlannedCents != 25_000_000_000 || *fridge.PerMu.FixedCents != 600_000_000 ||
		fridge.SignedOn.String() != "2024-07-30" || fridge.Stage != "signed" {
		t.Errorf("%+v", fridge)
	}
	if got := strings.Join(projects[9].AtLeast, " "); got != "output_cents tax_cents" {
		t.Errorf("at least: %q", got)
	}
}

func TestDemoAccountsSayThatTheyAreInvented(t *testing.T) {
	var names []string
	for _, a := range city.DemoAccounts() {
		if !strings.HasPrefix(a.Name, "演示·") {
			t.Errorf("%s is called %s", a.Username, a.Name)
		}
		names = append(names, a.Username)
	}
	want := "wg-shenzhen wg-shenzhen-head huangpu huangpu-head cuiheng xiaolan iit iit-head bureau bureau-head leader sysadmin secadmin auditor viewer-huangpu"
	if strings.Join(names, " ") != want {
		t.Errorf("got %q, want %q", strings.Join(names, " "), want)
	}
}

func TestTheSourcesHaveTheirChinese(t *testing.T) {
	zh, err := city.Chinese()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"assumption": "系统预设",
		"Jiangmen 37/2024; triage within 3 days, counted in working days": "江门市〔2024〕37号；3天内研判，按工作日计",
	}
	for en, text := range want {
		if got := zh[en]; got != text {
			t.Errorf("%q: %q, want %q", en, got, text)
		}
	}
	for _, r := range load(t).Rules {
		if zh[r.Source] == "" {
			t.Errorf("the source %q of %s has no Chinese", r.Source, r.Key)
		}
	}
	if zh["one of the 17: assumption; leads AI+ and optoelectronics policy (中山投促函〔2025〕78号)"] !=
		"17 个部门之一：系统预设；牵头“人工智能+”和光电光学政策 (中山投促函〔2025〕78号)" {
		t.Error("the note of a department is not wholly Chinese")
	}
}
