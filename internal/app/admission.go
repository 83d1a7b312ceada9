package app

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/admission"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
	admissionstore "github.com/leadrelay/leadrelay/internal/store/admission"
	dossierstore "github.com/leadrelay/leadrelay/internal/store/dossier"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// firstPowers is the document by which the first units got the power.
const firstPowers = "中山招商办字〔2023〕12号"

func (a *App) buildAdmission(_ []byte, _ page.Cursors) error {
	a.Admission = admission.New(a.admissionStore(), admissionCity{leadCity{org: a.Org}})
	a.Dossier = dossier.New(dossierstore.New(a.DB, leadstore.Within, leadstore.SettleGrants), admissionCity{leadCity{org: a.Org}})
	return nil
}

func (a *App) admissionStore() *admissionstore.Store {
	return admissionstore.New(a.DB, leadstore.Within, leadstore.SettleGrants)
}

// seedPowers enters which units decide themselves about projects, unless
// somebody did.
func (a *App) seedPowers(ctx context.Context) error {
	if err := a.admissionStore().SeedPowers(ctx, firstPowers); err != nil {
		return fmt.Errorf("enter the city's data: %w", err)
	}
	return nil
}

// admissionCity gives reviews the dated facts of the city.
type admissionCity struct{ leadCity }

// Place returns who is concerned with a division code; a code that holds no
// longer concerns the bureau alone.
func (c admissionCity) Place(ctx context.Context, code string) (admission.Place, error) {
	d, err := c.org.Directory(ctx)
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

// UnitOpen tells whether a unit exists and works today.
func (c admissionCity) UnitOpen(ctx context.Context, unit id.Unit) (bool, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return false, err
	}
	return d.On(clock.System{}.Today()).UnitOpen(unit), nil
}
