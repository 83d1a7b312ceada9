package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/org"
)

// peopleShown bounds the answer: it is for picking somebody, not a list of
// the staff.
const peopleShown = 20

// peopleSearch finds the persons whom one can name to a restricted lead.
type peopleSearch struct{ service *org.Service }

func (h peopleSearch) routes(r *Router) {
	route(r, http.MethodGet, "/people", access.LeadRestrict, h.find,
		Summary("Up to 20 active people with a role in a unit, to name them to a restricted lead."))
}

type findPeople struct {
	Q    string       `query:"q" maxLength:"60" doc:"Part of the name or login name."`
	Unit Opt[id.Unit] `query:"unit_id" minimum:"1"`
}

type peopleFound struct {
	Items []org.Person `json:"items"`
}

func (h peopleSearch) find(ctx context.Context, _ access.Actor, in *findPeople) (*Answer[peopleFound], error) {
	people, err := h.service.People(ctx, org.PeopleFilter{Query: in.Q, Unit: in.Unit.Value, Limit: peopleShown})
	if err != nil {
		return nil, err
	}
	return NewAnswer(peopleFound{Items: people}), nil
}
