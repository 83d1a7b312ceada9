package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/rank"
)

// rankings serves the assessments of months and the formulas behind them.
type rankings struct{ service *rank.Service }

func (h rankings) routes(r *Router) {
	there := Precheck(h.there)
	route(r, http.MethodGet, "/rankings", access.RankingRead, h.list, Summary("Assessments, the newest month first."))
	route(r, http.MethodPost, "/rankings", access.RankingPrepare, h.begin, Status(http.StatusCreated), Summary("Work the assessment of a month out as a draft."))
	route(r, http.MethodGet, "/rankings/{id}", access.RankingRead, h.one, Summary("An assessment: scores with every step, boards, races."))
	route(r, http.MethodPost, "/rankings/{id}/recompute", access.RankingPrepare, h.recompute, there, Summary("Work the scores out anew."))
	route(r, http.MethodPost, "/rankings/{id}/faults", access.RankingPrepare, h.charge, there, Summary("Enter a fault by hand, with its reason."))
	route(r, http.MethodPost, "/rankings/{id}/preview", access.RankingPrepare, h.preview, there, Summary("Let the units see their rows and object."))
	route(r, http.MethodPost, "/rankings/{id}/objections", access.RankingObject, h.object, there, Summary("Object to the unit's own row."))
	route(r, http.MethodPost, "/rankings/{id}/objections/{oid}/answer", access.RankingPrepare, h.answer, there, Summary("Answer an objection."))
	route(r, http.MethodPost, "/rankings/{id}/publish", access.RankingPublish, h.publish, there, Summary("Publish an assessment; the edition before stays readable."))
	route(r, http.MethodGet, "/ranking-formulas", access.RankingRead, h.formulas, Summary("The formulas by group and month."))
	route(r, http.MethodPost, "/ranking-formulas", access.RankingPublish, h.setFormula, Status(http.StatusCreated), Summary("Set a formula from a month on."))
}

func (h rankings) there(ctx context.Context, actor access.Actor, t Target) error {
	return h.service.Check(ctx, actor, id.Run(t.ID("id")))
}

func (h rankings) list(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[rank.RunsView], error) {
	return answer(h.service.Runs(ctx, actor))
}

type beginRanking struct {
	Body struct {
		Month  string `json:"month" doc:"YYYY-MM"`
		Reason string `json:"reason,omitempty" doc:"Why there is another edition of a published month."`
	}
}

func (h rankings) begin(ctx context.Context, actor access.Actor, in *beginRanking) (*Item[rank.RunView], error) {
	return runItem(h.service.Begin(ctx, actor, in.Body.Month, in.Body.Reason))
}

func runItem(v rank.RunView, err error) (*Item[rank.RunView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type oneRanking struct {
	ID id.Run `path:"id"`
}

func (h rankings) one(ctx context.Context, actor access.Actor, in *oneRanking) (*Answer[rank.RunView], error) {
	return answer(h.service.Run(ctx, actor, in.ID))
}

func (h rankings) recompute(ctx context.Context, actor access.Actor, in *oneRanking) (*Item[rank.RunView], error) {
	return runItem(h.service.Recompute(ctx, actor, in.ID))
}

func (h rankings) preview(ctx context.Context, actor access.Actor, in *oneRanking) (*Item[rank.RunView], error) {
	return runItem(h.service.Show(ctx, actor, in.ID))
}

func (h rankings) publish(ctx context.Context, actor access.Actor, in *oneRanking) (*Item[rank.RunView], error) {
	return runItem(h.service.Publish(ctx, actor, in.ID))
}

type chargeInRanking struct {
	ID   id.Run `path:"id"`
	Body struct {
		UnitID id.Unit    `json:"unit_id"`
		Fault  rank.Fault `json:"fault" enum:"overdue_start,falsified,band_short"`
		Count  int64      `json:"count" doc:"Below 0 takes back."`
		Reason string     `json:"reason"`
	}
}

func (h rankings) charge(ctx context.Context, actor access.Actor, in *chargeInRanking) (*Item[rank.RunView], error) {
	b := in.Body
	return runItem(h.service.Charge(ctx, actor, in.ID, rank.Blame{UnitID: b.UnitID, Fault: b.Fault, Count: b.Count, Reason: b.Reason}))
}

type objectToRanking struct {
	ID   id.Run `path:"id"`
	Body struct {
		Text string `json:"text"`
	}
}

func (h rankings) object(ctx context.Context, actor access.Actor, in *objectToRanking) (*Item[rank.RunView], error) {
	return runItem(h.service.Object(ctx, actor, in.ID, in.Body.Text))
}

type answerObjection struct {
	ID   id.Run       `path:"id"`
	OID  id.Objection `path:"oid"`
	Body struct {
		Text   string `json:"text"`
		Upheld bool   `json:"upheld"`
	}
}

func (h rankings) answer(ctx context.Context, actor access.Actor, in *answerObjection) (*Item[rank.RunView], error) {
	return runItem(h.service.Answer(ctx, actor, in.ID, in.OID, in.Body.Text, in.Body.Upheld))
}

func (h rankings) formulas(ctx context.Context, _ access.Actor, _ *struct{}) (*Answer[items[rank.FormulaView]], error) {
	found, err := h.service.Formulas(ctx)
	if err != nil {
		return nil, err
	}
	return NewAnswer(items[rank.FormulaView]{Items: found}), nil
}

type setRankingFormula struct {
	Body struct {
		GroupCode string     `json:"group_code,omitempty"`
		FromMonth string     `json:"from_month"`
		Rules     rank.Rules `json:"rules"`
		Source    string     `json:"source"`
		Assumed   bool       `json:"assumed,omitempty"`
	}
}

func (h rankings) setFormula(ctx context.Context, actor access.Actor, in *setRankingFormula) (*Answer[rank.FormulaView], error) {
	b := in.Body
	return answer(h.service.SetFormula(ctx, actor, rank.Formula{GroupCode: b.GroupCode, FromMonth: b.FromMonth, Rules: b.Rules, Source: b.Source, Assumed: b.Assumed}))
}
