package lead

import (
	"context"
	"math/big"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
)

// PerMuView is a figure for each mu of the land: what the project's own
// figures come to, and what was promised.
type PerMuView struct {
	What          string `json:"what" enum:"fixed_assets,output,tax"`
	OwnCents      *int64 `json:"own_cents" doc:"The project's figure divided by its land, cut to the hundredth; null while one of both is unknown."`
	PromisedCents *int64 `json:"promised_cents"`
	Reached       *bool  `json:"reached" doc:"Whether the own figures reach the promise; null when there is nothing to compare."`
}

// PerMu returns fixed assets, output and tax for each mu of a lead's land
// beside what was promised; nothing for a reader who does not see amounts.
//
// Errors: NotFound "lead.unknown".
func (s *Service) PerMu(ctx context.Context, actor access.Actor, lead id.Lead) ([]PerMuView, error) {
	seen, err := s.read(ctx, actor, lead)
	if err != nil {
		return nil, err
	}
	sees := rightsOf(actor).sees(seen.Standing)
	if seen.Past != nil || !sees.Money || !sees.Open {
		return []PerMuView{}, nil
	}
	return seen.Lead.perMu(), nil
}

// perMu works out the figures that the lead knows or promised.
func (l *Lead) perMu() []PerMuView {
	out := []PerMuView{}
	for _, f := range []struct {
		what     string
		own      *int64
		promised *int64
	}{
		{"fixed_assets", l.FixedAssetsCents, l.PromisedFixedAssetsPerMuCents},
		{"output", l.OutputCents, l.PromisedOutputPerMuCents},
		{"tax", l.TaxCents, l.PromisedTaxPerMuCents},
	} {
		v := PerMuView{What: f.what, PromisedCents: f.promised}
		if f.own != nil && l.LandSqm != nil && *l.LandSqm > 0 {
			each := eachMu(*f.own, *l.LandSqm)
			v.OwnCents = &each
		}
		if v.OwnCents != nil && v.PromisedCents != nil {
			reached := reaches(*f.own, *l.LandSqm, *f.promised)
			v.Reached = &reached
		}
		if v.OwnCents != nil || v.PromisedCents != nil {
			out = append(out, v)
		}
	}
	return out
}

// eachMu divides a figure by the land: 1 mu is 2000/3 square metres.
func eachMu(cents, sqm int64) int64 {
	n := new(big.Int).Mul(big.NewInt(cents), big.NewInt(2000))
	return n.Quo(n, big.NewInt(3*sqm)).Int64()
}

// reaches compares without rounding. Land is kept to the square metre, so half
// a metre is given: 25 mu stand here as 16,667 and not as 16,666.67.
func reaches(cents, sqm, promised int64) bool {
	own := new(big.Int).Mul(big.NewInt(cents), big.NewInt(4000))
	asked := new(big.Int).Mul(big.NewInt(promised), big.NewInt(3))
	return own.Cmp(asked.Mul(asked, big.NewInt(2*sqm-1))) >= 0
}
