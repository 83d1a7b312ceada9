package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/page"
)

// settings are the numbers of the city: dated, sourced, never overwritten.
type settings struct{ service *org.Service }

func (h settings) routes(r *Router) {
	route(r, http.MethodGet, "/settings/rules", access.Self, h.list,
		Summary("Every number of the city, past and coming ones too, the newest first."))
	route(r, http.MethodGet, "/settings/rules/keys", access.Self, h.keys,
		Summary("Every number that the program reads, set or not, with the values that it may have."))
	route(r, http.MethodPost, "/settings/rules", access.UnitManage, h.set, Status(http.StatusCreated),
		Summary("Set a number of the city from a day on."))
}

func (h settings) list(ctx context.Context, actor access.Actor, in *listUnits) (*Answer[page.Of[org.RuleView]], error) {
	list, err := h.service.RuleList(ctx, actor, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return NewAnswer(list), nil
}

// ruleKeys is every number that the program reads.
type ruleKeys struct {
	Items []org.RuleKeyView `json:"items"`
}

func (h settings) keys(context.Context, access.Actor, *struct{}) (*Answer[ruleKeys], error) {
	return NewAnswer(ruleKeys{Items: org.RuleKeyViews()}), nil
}

type setRule struct {
	Body struct {
		Key       string      `json:"key"`
		Value     int64       `json:"value"`
		FromOn    *clock.Date `json:"from_on,omitempty" doc:"Today or later; left out: today."`
		Source    string      `json:"source" doc:"The document that sets it."`
		Confirmed bool        `json:"confirmed,omitempty"`
	}
}

func (h settings) set(ctx context.Context, actor access.Actor, in *setRule) (*Answer[org.RuleView], error) {
	rule, err := h.service.SetRule(ctx, actor, org.Rule{
		Key: in.Body.Key, Value: in.Body.Value, FromOn: dayOrNone(in.Body.FromOn), Source: in.Body.Source,
		Confirmed: in.Body.Confirmed,
	})
	if err != nil {
		return nil, err
	}
	return NewAnswer(rule.View(actor)), nil
}
