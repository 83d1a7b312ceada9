package app

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	targetstore "github.com/leadrelay/leadrelay/internal/store/target"
	"github.com/leadrelay/leadrelay/internal/target"
)

func (a *App) buildTarget(_ []byte, _ page.Cursors) error {
	a.Target = target.New(targetstore.New(a.DB))
	return nil
}

// seedIndicators enters what the city counts its year by, unless somebody did.
func (a *App) seedIndicators(ctx context.Context) error {
	first, err := target.ReadIndicators(city.Indicators())
	if err != nil {
		return err
	}
	return a.Target.Seed(ctx, first)
}
