package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// passages serves the gate before a stage, the path of a lead and the
// confirmations from outside.
type passages struct{ service *lead.Service }

func (h passages) routes(r *Router) {
	may := leads(h).may
	route(r, http.MethodGet, "/leads/{id}/gate", access.LeadChangeStage, h.gate, Summary("What a move to a stage would need."))
	route(r, http.MethodGet, "/leads/{id}/path", access.LeadRead, h.path, Summary("The stages of a lead's track, with the days in each."))
	route(r, http.MethodGet, "/leads/{id}/confirmations", access.LeadRead, h.confirmations, Summary("What was asked of units outside, and answered."))
	route(r, http.MethodPost, "/leads/{id}/confirmations", access.LeadChangeStage, h.ask, Status(http.StatusCreated),
		Precheck(may(access.LeadChangeStage, false)), Summary("Ask a unit outside to confirm that a stage was reached."))
	route(r, http.MethodPost, "/leads/{id}/confirmations/{cid}/answer", access.LeadConfirm, h.answer,
		Precheck(may(access.LeadConfirm, false)), Summary("Confirm or deny for a unit outside that a stage was reached."))
	route(r, http.MethodGet, "/leads/{id}/per-mu", access.LeadRead, h.perMu, Summary("Figures for each mu of land, beside what was promised."))
	route(r, http.MethodGet, "/leads/{id}/fair-reviews", access.LeadRead, h.fairReviews, Summary("Fair-competition conclusions about a lead."))
	route(r, http.MethodPost, "/leads/{id}/fair-reviews", access.LeadEdit, h.addFairReview, Status(http.StatusCreated),
		Precheck(may(access.LeadEdit, false)), Summary("Record a fair-competition conclusion."))
	route(r, http.MethodGet, "/confirmations", access.LeadConfirm, h.box, Summary("Confirmations that wait for the caller."))
}

type gateOf struct {
	ID id.Lead    `path:"id"`
	To lead.Stage `query:"to" required:"true"`
}

func (h passages) gate(ctx context.Context, actor access.Actor, in *gateOf) (*Answer[lead.GateView], error) {
	return answer(h.service.Gate(ctx, actor, in.ID, in.To))
}

func (h passages) path(ctx context.Context, actor access.Actor, in *oneLead) (*Answer[lead.PathView], error) {
	return answer(h.service.Path(ctx, actor, in.ID))
}

func (h passages) confirmations(ctx context.Context, actor access.Actor, in *oneLead) (*Answer[items[lead.ConfirmView]], error) {
	return listed(h.service.Confirmations(ctx, actor, in.ID))
}

type askConfirmation struct {
	ID   id.Lead `path:"id"`
	Body struct {
		Stage lead.Stage `json:"stage"`
		Text  string     `json:"text,omitempty" doc:"What the confirming unit should know."`
	}
}

func (h passages) ask(ctx context.Context, actor access.Actor, in *askConfirmation) (*Answer[lead.ConfirmView], error) {
	return answer(h.service.AskConfirmation(ctx, actor, in.ID, in.Body.Stage, in.Body.Text))
}

type answerConfirmation struct {
	ID   id.Lead    `path:"id"`
	CID  id.Confirm `path:"cid"`
	Body struct {
		Confirmed bool   `json:"confirmed"`
		Reason    string `json:"reason,omitempty" doc:"Needed for a no."`
	}
}

func (h passages) answer(ctx context.Context, actor access.Actor, in *answerConfirmation) (*Answer[lead.ConfirmView], error) {
	return answer(h.service.AnswerConfirmation(ctx, actor, in.ID, in.CID, lead.ConfirmAnswer{Confirmed: in.Body.Confirmed, Reason: in.Body.Reason}))
}

func (h passages) perMu(ctx context.Context, actor access.Actor, in *oneLead) (*Answer[items[lead.PerMuView]], error) {
	return listed(h.service.PerMu(ctx, actor, in.ID))
}

func (h passages) fairReviews(ctx context.Context, actor access.Actor, in *oneLead) (*Answer[items[lead.FairReviewView]], error) {
	return listed(h.service.FairReviews(ctx, actor, in.ID))
}

type addFairReview struct {
	ID   id.Lead `path:"id"`
	Body struct {
		Conclusion lead.FairConclusion `json:"conclusion" enum:"passed,exception,failed"`
		Reviewer   string              `json:"reviewer" doc:"The unit or office that reviewed."`
		ReviewedOn clock.Date          `json:"reviewed_on"`
		FileID     id.File             `json:"file_id" doc:"The opinion, a file of the lead."`
		Note       string              `json:"note,omitempty" doc:"Needed for an exception: its reasons."`
	}
}

func (h passages) addFairReview(ctx context.Context, actor access.Actor, in *addFairReview) (*Answer[items[lead.FairReviewView]], error) {
	b := in.Body
	return listed(h.service.AddFairReview(ctx, actor, in.ID, lead.FairReview{
		Conclusion: b.Conclusion, Reviewer: b.Reviewer, ReviewedOn: b.ReviewedOn, FileID: b.FileID, Note: b.Note,
	}))
}

func (h passages) box(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[items[lead.ConfirmView]], error) {
	return listed(h.service.AskedOfMe(ctx, actor))
}
