package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/target"
)

// indicators are what the city counts its year by: dated, sourced, never
// overwritten.
type indicators struct{ service *target.Service }

func (h indicators) routes(r *Router) {
	route(r, http.MethodGet, "/indicators", access.Self, h.list, Summary("Every version of every indicator, past and coming ones too."))
	route(r, http.MethodPost, "/indicators", access.IndicatorManage, h.set, Status(http.StatusCreated),
		Summary("Set an indicator, or a new version of one, from a day on."))
}

type indicatorList struct {
	Items []target.IndicatorView `json:"items"`
}

func (h indicators) list(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[indicatorList], error) {
	items, err := h.service.IndicatorList(ctx, actor)
	if err != nil {
		return nil, err
	}
	return NewAnswer(indicatorList{Items: items}), nil
}

type setIndicator struct {
	Body struct {
		Code        string             `json:"code"`
		NameZH      string             `json:"name_zh"`
		NameEN      string             `json:"name_en"`
		Unit        target.Measure     `json:"unit" enum:"count,cents_cny,cents_usd,sqm,ppm"`
		CreditBasis target.Basis       `json:"credit_basis" enum:"landing,first_contact,shared,double"`
		ValueSource target.ValueSource `json:"value_source" enum:"counted,reported,derived"`
		Numerator   string             `json:"numerator,omitempty"`
		Denominator string             `json:"denominator,omitempty"`
		Official    bool               `json:"official,omitempty"`
		StartsOn    *clock.Date        `json:"starts_on,omitempty" doc:"Today or later; left out: today."`
		EndsOn      *clock.Date        `json:"ends_on,omitempty" doc:"The last day; left out: no end is known."`
		Source      string             `json:"source" doc:"The document that sets it."`
		Assumed     bool               `json:"assumed,omitempty"`
	}
}

func (h indicators) set(ctx context.Context, actor access.Actor, in *setIndicator) (*Answer[target.IndicatorView], error) {
	b := in.Body
	return answer(h.service.SetIndicator(ctx, actor, target.Indicator{
		Code: b.Code, NameZH: b.NameZH, NameEN: b.NameEN, Unit: b.Unit, CreditBasis: b.CreditBasis, ValueSource: b.ValueSource,
		Numerator: b.Numerator, Denominator: b.Denominator, Official: b.Official, StartsOn: dayOrNone(b.StartsOn), EndsOn: dayOrNone(b.EndsOn),
		Source: b.Source, Assumed: b.Assumed,
	}))
}
