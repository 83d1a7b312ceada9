package demo

import (
	"fmt"
	"strings"

	"github.com/leadrelay/leadrelay/internal/lead"
)

// draft is the lead of a story as its unit registers it.
func (s *scene) draft(t story) (lead.Draft, error) {
	d := lead.Draft{Facts: lead.Facts{
		Title: t.Title, InvestorName: &t.Investor, Country: t.Country, SourceChannel: lead.Channel(t.Channel), Introducer: t.Introducer,
		Chain: t.Chain, PlannedCents: cents(t.Wan), FixedAssetsCents: cents(t.Fixed), OutputCents: cents(t.Output), TaxCents: cents(t.Tax),
		Currency: t.Currency, LandSqm: sqm(t.Mu), FloorSqm: t.Floor, Product: t.Product, Summary: &t.Summary,
		NextStep: t.Step, Restricted: t.Restricted,
	}}
	if t.Track != nil {
		d.Track = of(lead.Track(*t.Track))
	}
	if t.Credit != "" {
		d.CreditCode = of(withCheckDigit(t.Credit))
	}
	if t.Contact != "" {
		d.Contact = of(invented(t.Contact))
	}
	s.plan(t, &d)
	return d, s.site(t, &d)
}

// plan turns the days of a story into dates.
func (s *scene) plan(t story, d *lead.Draft) {
	if t.On != nil {
		d.NextStepOn = of(s.today.AddDays(*t.On))
	}
	if t.Sign != nil {
		d.ExpectedSignOn = of(s.monthEnd(*t.Sign))
	}
	if t.SignIn != nil {
		d.ExpectedSignOn = of(s.today.AddDays(*t.SignIn))
	}
}

// site turns the slugs of a story into the city's numbers.
func (s *scene) site(t story, d *lead.Draft) error {
	var err error
	if d.UnitID, err = s.unit(t.Unit); err != nil {
		return err
	}
	if t.Place != "" {
		town, err := s.unit(t.Place)
		if err != nil {
			return err
		}
		d.LocationCode = s.location(town)
	}
	if t.Park != "" {
		park, known := s.city.ParkBySlug(t.Park)
		if !known {
			return fmt.Errorf("park %q: %w", t.Park, ErrNoCity)
		}
		d.ParkID = of(park.ID)
	}
	return nil
}

// invented returns a contact that nobody can take for a person: the name,
// the number and the address say so.
func invented(letter string) lead.ContactDraft {
	n := max(0, strings.Index("甲乙丙丁戊己庚辛壬癸", letter)) / len("甲")
	titles := []string{"总经理", "投资总监", "项目经理", "董事长助理", "战略发展部经理"}
	return lead.ContactDraft{
		Name: "示例联系人" + letter, Title: of(titles[n%len(titles)]), Phone: of(fmt.Sprintf("0000-0000%04d", n+1)),
		Email: of(fmt.Sprintf("contact%02d@example.com", n+1)), Wechat: of(fmt.Sprintf("example-wechat-%02d", n+1)), Consent: true,
	}
}

// withCheckDigit completes the first 17 characters of a credit code.
func withCheckDigit(start string) string {
	for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if code, right := lead.CreditCode(start + string(c)); right {
			return code
		}
	}
	return start
}

const (
	centsPerWan  = 10_000 * 100
	sqmPer15Mu   = 10_000
	muPerHectare = 15
)

func cents(wan *int64) *int64 {
	if wan == nil {
		return nil
	}
	return of(*wan * centsPerWan)
}

// sqm rounds to the nearest whole square metre: 1 亩 is 10000/15 ㎡.
func sqm(mu *int64) *int64 {
	if mu == nil {
		return nil
	}
	return of((*mu*sqmPer15Mu*2 + muPerHectare) / (muPerHectare * 2))
}
