package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/credit"
	"github.com/leadrelay/leadrelay/internal/id"
)

// credits serves the counting rules, what was counted, and its shares.
type credits struct{ service *credit.Service }

func (h credits) routes(r *Router) {
	there := Precheck(h.there)
	route(r, http.MethodGet, "/credit/rules", access.CreditRead, h.rules, Summary("Every version of every counting rule and of the default share."))
	route(r, http.MethodPost, "/credit/rules", access.CreditRule, h.addRule, Status(http.StatusCreated), Summary("Add a version of a counting rule from a later day on."))
	route(r, http.MethodPost, "/credit/share-rules", access.CreditRule, h.addShareRule, Status(http.StatusCreated), Summary("Set the default share from a later day on."))
	route(r, http.MethodGet, "/credit/figures", access.CreditRead, h.figures, Summary("What units and the city have of every indicator in a year."))
	route(r, http.MethodGet, "/credit/events", access.CreditRead, h.events, Summary("The list behind a figure; its lines add up to it."))
	route(r, http.MethodGet, "/credit/months", access.CreditRead, h.months, Summary("Which months of a year are closed."))
	route(r, http.MethodPost, "/credit/months/{month}/close", access.CreditClose, h.closeMonth, Summary("Close a month that is over, before its day."))
	route(r, http.MethodGet, "/credit/proposals", access.CreditRead, h.proposals, Summary("Open proposals of shares of the caller's units."))
	route(r, http.MethodGet, "/leads/{id}/credit", access.CreditRead, h.panel, Summary("The credit of a lead: shares, what was counted, proposals."))
	route(r, http.MethodPost, "/leads/{id}/credit/proposals", access.CreditAgree, h.propose, Status(http.StatusCreated), there, Summary("Propose a share to the other side."))
	route(r, http.MethodPost, "/leads/{id}/credit/proposals/{pid}/agree", access.CreditAgree, h.agree, there, Summary("Agree to a proposal of the other side."))
	route(r, http.MethodPost, "/leads/{id}/credit/proposals/{pid}/refuse", access.CreditAgree, h.refuse, there, Summary("Refuse a proposal of the other side."))
	route(r, http.MethodPost, "/leads/{id}/credit/proposals/{pid}/withdraw", access.CreditAgree, h.withdraw, there, Summary("Take back a proposal."))
	route(r, http.MethodPost, "/leads/{id}/credit/rulings", access.CreditRule, h.rule, Status(http.StatusCreated), there, Summary("Set a share over both sides, with a reason."))
	route(r, http.MethodPost, "/leads/{id}/credit/replacement", access.CreditRule, h.replace, Status(http.StatusCreated), there, Summary("Write down that the investor was replaced."))
}

// there asks for the lead before the body is read.
func (h credits) there(ctx context.Context, actor access.Actor, t Target) error {
	return h.service.Check(ctx, actor, id.Lead(t.ID("id")))
}

func (h credits) rules(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[credit.RulesView], error) {
	return answer(h.service.ListRules(ctx, actor))
}

type addCountRule struct {
	Body struct {
		Indicator  string           `json:"indicator"`
		Happening  credit.Happening `json:"happening" enum:"valid,signed,registered,started,started_in_year,producing,never"`
		Measure    credit.Measure   `json:"measure" enum:"project,planned,increment"`
		Basis      credit.Basis     `json:"basis" enum:"landing,first_contact,shared,double"`
		Class      credit.Class     `json:"class" enum:"lead,signing,landing,investment,expansion"`
		LowerCents int64            `json:"lower_cents,omitempty" doc:"Least planned amount; 0 for none."`
		Tracks     []string         `json:"tracks,omitempty" maxItems:"20" doc:"Taken in; empty for all."`
		Excluded   []string         `json:"excluded,omitempty" maxItems:"20" doc:"Left out."`
		UndoneBy   []string         `json:"undone_by,omitempty" maxItems:"20" doc:"Stages that take the count back."`
		Recount    bool             `json:"recount,omitempty"`
		LateMonths int64            `json:"late_months,omitempty"`
		StartsOn   clock.Date       `json:"starts_on" doc:"After today: what was counted until then stays."`
		EndsOn     *clock.Date      `json:"ends_on,omitempty" doc:"The last day."`
		Source     string           `json:"source"`
		Assumed    bool             `json:"assumed,omitempty"`
		Reason     string           `json:"reason"`
	}
}

func (h credits) addRule(ctx context.Context, actor access.Actor, in *addCountRule) (*Answer[credit.RuleView], error) {
	b := in.Body
	return answer(h.service.AddRule(ctx, actor, credit.Rule{
		Indicator: b.Indicator, Happening: b.Happening, Measure: b.Measure, Basis: b.Basis, Class: b.Class, LowerCents: b.LowerCents, Tracks: b.Tracks,
		Excluded: b.Excluded, UndoneBy: b.UndoneBy, Recount: b.Recount, LateMonths: b.LateMonths, StartsOn: b.StartsOn, EndsOn: b.EndsOn,
		Made: credit.Made{Source: b.Source, Assumed: b.Assumed, Reason: b.Reason},
	}))
}

type addShareRule struct {
	Body struct {
		FinderPPM int64      `json:"finder_ppm" doc:"The finder's share in parts per million."`
		Months    int64      `json:"months" doc:"So long from the month of signing."`
		StartsOn  clock.Date `json:"starts_on" doc:"After today."`
		Source    string     `json:"source"`
		Assumed   bool       `json:"assumed,omitempty"`
		Reason    string     `json:"reason"`
	}
}

func (h credits) addShareRule(ctx context.Context, actor access.Actor, in *addShareRule) (*Answer[credit.ShareRuleView], error) {
	b := in.Body
	return answer(h.service.AddShareRule(ctx, actor, credit.ShareRule{
		FinderPPM: b.FinderPPM, Months: b.Months, StartsOn: b.StartsOn, Made: credit.Made{Source: b.Source, Assumed: b.Assumed, Reason: b.Reason},
	}))
}

type creditYear struct {
	Year int `query:"year" required:"true" minimum:"2000" maximum:"2099"`
}

func (h credits) figures(ctx context.Context, actor access.Actor, in *creditYear) (*Answer[credit.FiguresView], error) {
	return answer(h.service.Figures(ctx, actor, in.Year))
}

func (h credits) months(ctx context.Context, actor access.Actor, in *creditYear) (*Answer[items[credit.MonthView]], error) {
	return listed(h.service.Months(ctx, actor, in.Year))
}

type creditEvents struct {
	Indicator string       `query:"indicator" maxLength:"32"`
	Unit      Opt[id.Unit] `query:"unit_id" doc:"Left out: the city's figure; to who does not read every unit his own."`
	Year      int          `query:"year" required:"true" minimum:"2000" maximum:"2099"`
	Month     Opt[string]  `query:"month" doc:"One month of the year, 2026-03."`
}

func (h credits) events(ctx context.Context, actor access.Actor, in *creditEvents) (*Answer[credit.EventsView], error) {
	q := credit.EventQuery{Indicator: in.Indicator, Unit: optional(in.Unit), Year: in.Year}
	if in.Month.Set {
		m, err := credit.ParseMonth("month", in.Month.Value)
		if err != nil {
			return nil, err
		}
		q.Month = m
	}
	return answer(h.service.Events(ctx, actor, q))
}

type closeMonth struct {
	Month string `path:"month"`
	Body  struct {
		Reason string `json:"reason"`
	}
}

func (h credits) closeMonth(ctx context.Context, actor access.Actor, in *closeMonth) (*Answer[credit.MonthView], error) {
	m, err := credit.ParseMonth("month", in.Month)
	if err != nil {
		return nil, err
	}
	return answer(h.service.Close(ctx, actor, m, in.Body.Reason))
}

func (h credits) proposals(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[items[credit.ProposalView]], error) {
	return listed(h.service.Proposals(ctx, actor))
}

type creditOf struct {
	ID id.Lead `path:"id"`
}

func (h credits) panel(ctx context.Context, actor access.Actor, in *creditOf) (*Answer[credit.PanelView], error) {
	return answer(h.service.Panel(ctx, actor, in.ID))
}

// CreditShareBody is a share for a class of indicators over a period.
type CreditShareBody struct {
	Class      credit.Class `json:"class" enum:"lead,signing,landing,investment,expansion"`
	FinderPPM  int64        `json:"finder_ppm" doc:"The finder's share in parts per million; the rest is the landing unit's."`
	FromMonth  string       `json:"from_month" doc:"No closed month."`
	UntilMonth string       `json:"until_month,omitempty" doc:"The last; left out: no end."`
	Reason     string       `json:"reason"`
}

func (b CreditShareBody) draft() (credit.ShareDraft, error) {
	d := credit.ShareDraft{Class: b.Class, FinderPPM: b.FinderPPM, Reason: b.Reason}
	var err error
	if d.FromMonth, err = credit.ParseMonth("from_month", b.FromMonth); err != nil {
		return d, err
	}
	if b.UntilMonth != "" {
		d.UntilMonth, err = credit.ParseMonth("until_month", b.UntilMonth)
	}
	return d, err
}

type shareOf struct {
	ID   id.Lead `path:"id"`
	Body CreditShareBody
}

func (h credits) propose(ctx context.Context, actor access.Actor, in *shareOf) (*Answer[credit.PanelView], error) {
	d, err := in.Body.draft()
	if err != nil {
		return nil, err
	}
	return answer(h.service.Propose(ctx, actor, in.ID, d))
}

func (h credits) rule(ctx context.Context, actor access.Actor, in *shareOf) (*Answer[credit.PanelView], error) {
	d, err := in.Body.draft()
	if err != nil {
		return nil, err
	}
	return answer(h.service.Rule(ctx, actor, in.ID, d))
}

type oneProposal struct {
	ID  id.Lead     `path:"id"`
	PID id.Proposal `path:"pid"`
}

func (h credits) agree(ctx context.Context, actor access.Actor, in *oneProposal) (*Answer[credit.PanelView], error) {
	return answer(h.service.Agree(ctx, actor, in.ID, in.PID))
}

type dropProposal struct {
	ID   id.Lead     `path:"id"`
	PID  id.Proposal `path:"pid"`
	Body struct {
		Reason string `json:"reason"`
	}
}

func (h credits) refuse(ctx context.Context, actor access.Actor, in *dropProposal) (*Answer[credit.PanelView], error) {
	return answer(h.service.Refuse(ctx, actor, in.ID, in.PID, in.Body.Reason))
}

func (h credits) withdraw(ctx context.Context, actor access.Actor, in *dropProposal) (*Answer[credit.PanelView], error) {
	return answer(h.service.Withdraw(ctx, actor, in.ID, in.PID, in.Body.Reason))
}

type replaceInvestor struct {
	ID   id.Lead `path:"id"`
	Body struct {
		On     clock.Date `json:"on" doc:"The day on which the new investor took over."`
		Reason string     `json:"reason"`
	}
}

func (h credits) replace(ctx context.Context, actor access.Actor, in *replaceInvestor) (*Answer[credit.PanelView], error) {
	return answer(h.service.Replace(ctx, actor, in.ID, in.Body.On, in.Body.Reason))
}
