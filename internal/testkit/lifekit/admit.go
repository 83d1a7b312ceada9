package lifekit

import (
	"context"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/admission"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	admissionstore "github.com/leadrelay/leadrelay/internal/store/admission"
	dossierstore "github.com/leadrelay/leadrelay/internal/store/dossier"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	orgstore "github.com/leadrelay/leadrelay/internal/store/org"
	"github.com/leadrelay/leadrelay/rbac"
)

// Office is who reviews: the use cases over a database, the bureau's head, and
// a department that is asked for its opinion.
type Office struct {
	Reviews *admission.Service
	Dossier *dossier.Service
	Head    access.Actor
	Expert  access.Actor
	city    places
}

// NewOffice returns the office of a database that holds the city.
func NewOffice(ctx context.Context, db *store.DB) (Office, error) {
	c := places{org.NewService(orgstore.New(db), clock.System{}, page.Cursors{})}
	d, err := c.Directory(ctx)
	if err != nil {
		return Office{}, err
	}
	model, err := rbac.FS.ReadFile("model.conf")
	if err != nil {
		return Office{}, err
	}
	lines, err := rbac.FS.ReadFile("policy.csv")
	if err != nil {
		return Office{}, err
	}
	policy, err := access.Load(string(model), string(lines))
	if err != nil {
		return Office{}, err
	}
	as := func(slug string, role access.Role) access.Actor {
		unit, _ := d.BySlug(slug)
		a := access.NewActor(1, []access.Membership{{Unit: unit.ID, Role: role}}, policy)
		a.Acting = unit.ID
		return a
	}
	return Office{
		Reviews: admission.New(admissionstore.New(db, leadstore.Within, leadstore.SettleGrants), c),
		Dossier: dossier.New(dossierstore.New(db, leadstore.Within, leadstore.SettleGrants), c),
		Head:    as("zs-ipb", access.BureauHead), Expert: as("iit", access.DepartmentHead), city: c,
	}, nil
}

// Decide brings an admission review of a lead, asked for by its owner, to a
// result of the bureau.
func (o Office) Decide(ctx context.Context, s *lead.Service, owner access.Actor, leadID id.Lead, result admission.Result) error {
	today := clock.System{}.Today()
	r, err := o.Reviews.Ask(ctx, owner, leadID, "请评审")
	if err != nil {
		return err
	}
	if _, err := o.Reviews.Name(ctx, o.Head, r.ID, []id.Unit{o.Expert.Acting}, today.AddDays(3)); err != nil {
		return err
	}
	if _, err := o.Reviews.Opine(ctx, o.Expert, r.ID, admission.Agree, ""); err != nil {
		return err
	}
	minutes, err := s.AttachWithin(ctx, o.Head, o.Head.Scope(access.ReviewRead), leadID, lead.Document{Name: "minutes.txt", Kind: "review_minutes", Content: strings.NewReader("纪要")})
	if err != nil {
		return err
	}
	ruling := admission.Ruling{Result: result, Number: "准入评审〔2026〕1号", DecidedOn: today, Minutes: minutes.ID, Note: "评审意见"}
	if result == admission.WithConditions {
		ruling.Conditions = []admission.Condition{{Text: "补充能评", UnitID: o.Expert.Acting, DueOn: today.AddDays(30)}}
	}
	_, err = o.Reviews.Decide(ctx, o.Head, r.ID, ruling)
	return err
}

// Land records a complete contract of a lead's land.
func (o Office) Land(ctx context.Context, s *lead.Service, owner access.Actor, leadID id.Lead) error {
	f, err := s.Attach(ctx, owner, leadID, lead.Document{Name: "land.txt", Kind: "land_contract", Content: strings.NewReader("合同")})
	if err != nil {
		return err
	}
	number, code, day := "442000-2026-000001", "4420002026B00012", clock.System{}.Today()
	signed, file := &day, &f.ID
	_, err = o.Dossier.AddLand(ctx, owner, leadID, dossier.LandEdit{Number: &number, SupervisionCode: &code, SignedOn: &signed, FileID: &file})
	return err
}

// places is the city as the reviews ask for it.
type places struct{ *org.Service }

// Place returns who is concerned with a division code.
func (c places) Place(ctx context.Context, code string) (admission.Place, error) {
	d, err := c.Directory(ctx)
	if err != nil {
		return admission.Place{}, err
	}
	day := d.On(clock.System{}.Today())
	out := admission.Place{Bureau: d.Pool().ID}
	if town, known := day.LocationUnit(code); known {
		out.Town, out.Coordinators = town, day.Coordinators(town)
	}
	return out, nil
}

// UnitOpen tells whether a unit works today.
func (c places) UnitOpen(ctx context.Context, unit id.Unit) (bool, error) {
	d, err := c.Directory(ctx)
	if err != nil {
		return false, err
	}
	return d.On(clock.System{}.Today()).UnitOpen(unit), nil
}
