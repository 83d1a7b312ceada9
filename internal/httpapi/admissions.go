package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/admission"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// admissions serves admission reviews and the power to decide them.
type admissions struct {
	service   *admission.Service
	files     *lead.Service
	fileBytes int64
}

func (h admissions) routes(r *Router) {
	there := Precheck(h.there)
	route(r, http.MethodGet, "/admission-reviews", access.ReviewRead, h.list, Summary("Admission reviews, newest first."))
	route(r, http.MethodPost, "/admission-reviews", access.ReviewAsk, h.ask, Status(http.StatusCreated), Summary("Ask for the admission review of a lead."))
	route(r, http.MethodGet, "/admission-reviews/{id}", access.ReviewRead, h.one, Summary("One admission review."))
	route(r, http.MethodPost, "/admission-reviews/{id}/withdraw", access.ReviewAsk, h.withdraw, there, Summary("Take a review back."))
	route(r, http.MethodPost, "/admission-reviews/{id}/opinions", access.ReviewConduct, h.name, there, Summary("Ask departments for their opinions by a day."))
	route(r, http.MethodPost, "/admission-reviews/{id}/opinion", access.ReviewOpine, h.opine, there, Summary("Give the opinion of the unit acted for."))
	route(r, http.MethodPost, "/admission-reviews/{id}/minutes", access.ReviewConduct, h.minutes, Status(http.StatusCreated), ReceivesFile(h.fileBytes), there,
		Summary("Attach the minutes of a review to its lead."))
	route(r, http.MethodPost, "/admission-reviews/{id}/decide", access.ReviewDecide, h.decide, there, Summary("Write down the result of a review."))
	route(r, http.MethodPatch, "/admission-reviews/{id}/conditions/{cid}", access.ReviewOpine, h.finish, Versioned(), Precheck(h.mayFinish),
		Summary("Say whether a condition is met."))
	route(r, http.MethodGet, "/admission-reviews/{id}/papers/{fid}/content", access.ReviewRead, h.paper, Summary("A file that the review looks at."))
	route(r, http.MethodGet, "/admission-decider", access.ReviewRead, h.decider, Summary("Who decides about a lead as it stands."))
	route(r, http.MethodGet, "/settings/admission-powers", access.Self, h.powers, Summary("Which units decide themselves, from when to when."))
	route(r, http.MethodPost, "/settings/admission-powers", access.UnitManage, h.addPower, Status(http.StatusCreated),
		Summary("Let a unit decide itself from a day on."))
	route(r, http.MethodPatch, "/settings/admission-powers/{id}", access.UnitManage, h.endPower, Versioned(), Precheck(h.mayEnd),
		Summary("End the power of a unit to decide itself."))
}

func (h admissions) there(ctx context.Context, actor access.Actor, t Target) error {
	return h.service.Check(ctx, actor, id.Review(t.ID("id")), nil)
}

// mayFinish checks the condition before the body is read: 404, 428, 412.
func (h admissions) mayFinish(ctx context.Context, actor access.Actor, t Target) error {
	at := admission.Target{Review: id.Review(t.ID("id")), Condition: id.Condition(t.ID("cid")), Version: -1}
	if err := h.service.Check(ctx, actor, at.Review, &at); err != nil {
		return err
	}
	version, err := t.Version()
	if err != nil {
		return err
	}
	at.Version = version
	return h.service.Check(ctx, actor, at.Review, &at)
}

func (h admissions) mayEnd(ctx context.Context, _ access.Actor, t Target) error {
	power := t.ID("id")
	if err := h.service.CheckPower(ctx, power, nil); err != nil {
		return err
	}
	version, err := t.Version()
	if err != nil {
		return err
	}
	return h.service.CheckPower(ctx, power, &version)
}

type listReviews struct {
	Box    string            `query:"box" enum:"all,decide,opine,conditions" default:"all" doc:"What the caller's units decide, owe an opinion on, or owe a condition of; or all that he sees."`
	LeadID Opt[id.Lead]      `query:"lead_id" minimum:"1"`
	State  []admission.State `query:"state,explode" enum:"asked,open,decided,withdrawn"`
}

func (h admissions) list(ctx context.Context, actor access.Actor, in *listReviews) (*Answer[items[admission.ReviewView]], error) {
	return listed(h.service.List(ctx, actor, admission.Query{Box: admission.Box(in.Box), Lead: in.LeadID.Value, States: in.State}))
}

type oneReview struct {
	ID id.Review `path:"id"`
}

func (h admissions) one(ctx context.Context, actor access.Actor, in *oneReview) (*Item[admission.ReviewView], error) {
	return reviewItem(h.service.One(ctx, actor, in.ID))
}

func reviewItem(v admission.ReviewView, err error) (*Item[admission.ReviewView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type askReview struct {
	Body struct {
		LeadID id.Lead `json:"lead_id"`
		Text   string  `json:"text,omitempty" doc:"What the reviewers should know."`
	}
}

func (h admissions) ask(ctx context.Context, actor access.Actor, in *askReview) (*Item[admission.ReviewView], error) {
	return reviewItem(h.service.Ask(ctx, actor, in.Body.LeadID, in.Body.Text))
}

type withdrawReview struct {
	ID   id.Review `path:"id"`
	Body struct {
		Reason string `json:"reason"`
	}
}

func (h admissions) withdraw(ctx context.Context, actor access.Actor, in *withdrawReview) (*Item[admission.ReviewView], error) {
	return reviewItem(h.service.Withdraw(ctx, actor, in.ID, in.Body.Reason))
}

type nameDepartments struct {
	ID   id.Review `path:"id"`
	Body struct {
		UnitIDs []id.Unit  `json:"unit_ids" maxItems:"30"`
		DueOn   clock.Date `json:"due_on"`
	}
}

func (h admissions) name(ctx context.Context, actor access.Actor, in *nameDepartments) (*Item[admission.ReviewView], error) {
	return reviewItem(h.service.Name(ctx, actor, in.ID, in.Body.UnitIDs, in.Body.DueOn))
}

type giveOpinion struct {
	ID   id.Review `path:"id"`
	Body struct {
		Word admission.Word `json:"word" enum:"agree,conditions,object"`
		Text string         `json:"text,omitempty" doc:"Needed unless the unit agrees."`
	}
}

func (h admissions) opine(ctx context.Context, actor access.Actor, in *giveOpinion) (*Item[admission.ReviewView], error) {
	return reviewItem(h.service.Opine(ctx, actor, in.ID, in.Body.Word, in.Body.Text))
}

type addMinutes struct {
	ID id.Review `path:"id"`
	Upload
}

func (h admissions) minutes(ctx context.Context, actor access.Actor, in *addMinutes) (*Answer[lead.FileView], error) {
	leadID, err := h.service.Minutes(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	d := lead.Document{Name: in.FileName, Kind: "review_minutes", Content: in.Content}
	return answer(h.files.AttachWithin(ctx, actor, actor.Scope(access.ReviewRead), leadID, d))
}

type decideReview struct {
	ID   id.Review `path:"id"`
	Body struct {
		Result        admission.Result `json:"result" enum:"passed,conditions,refused,deferred"`
		Number        string           `json:"number,omitempty" doc:"Of the minutes or of the decision; needed unless deferred."`
		DecidedOn     clock.Date       `json:"decided_on"`
		MinutesFileID *id.File         `json:"minutes_file_id,omitempty" doc:"A file of the lead of the kind review_minutes; needed unless deferred."`
		Note          string           `json:"note,omitempty" doc:"Needed for a refusal, a deferral, and a pass against an objection."`
		Conditions    []struct {
			Text   string     `json:"text"`
			UnitID id.Unit    `json:"unit_id"`
			DueOn  clock.Date `json:"due_on"`
		} `json:"conditions,omitempty" maxItems:"30"`
	}
}

func (h admissions) decide(ctx context.Context, actor access.Actor, in *decideReview) (*Item[admission.ReviewView], error) {
	b := in.Body
	d := admission.Ruling{Result: b.Result, Number: b.Number, DecidedOn: b.DecidedOn, Note: b.Note}
	if b.MinutesFileID != nil {
		d.Minutes = *b.MinutesFileID
	}
	for _, c := range b.Conditions {
		d.Conditions = append(d.Conditions, admission.Condition{Text: c.Text, UnitID: c.UnitID, DueOn: c.DueOn})
	}
	return reviewItem(h.service.Decide(ctx, actor, in.ID, d))
}

type finishCondition struct {
	ID  id.Review    `path:"id"`
	CID id.Condition `path:"cid"`
	Match
	Body struct {
		Done bool   `json:"done"`
		Note string `json:"note"`
	}
}

func (h admissions) finish(ctx context.Context, actor access.Actor, in *finishCondition) (*Answer[admission.ReviewView], error) {
	at := admission.Target{Review: in.ID, Condition: in.CID, Version: in.Version()}
	return answer(h.service.Finish(ctx, actor, at, in.Body.Done, in.Body.Note))
}

type reviewPaper struct {
	ID  id.Review `path:"id"`
	FID id.File   `path:"fid"`
}

func (h admissions) paper(ctx context.Context, actor access.Actor, in *reviewPaper) (*Download, error) {
	leadID, err := h.service.Paper(ctx, actor, in.ID, in.FID)
	if err != nil {
		return nil, err
	}
	f, content, err := h.files.OpenWithin(ctx, actor, actor.Scope(access.ReviewRead), leadID, in.FID)
	if err != nil {
		return nil, err
	}
	return NewDownload(f.Name, f.Mime, f.Size, content), nil
}

func (h admissions) decider(ctx context.Context, actor access.Actor, in *ofLead) (*Answer[admission.DeciderView], error) {
	return answer(h.service.Decider(ctx, actor, in.LeadID))
}

func (h admissions) powers(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[items[admission.PowerView]], error) {
	return listed(h.service.Powers(ctx, actor))
}

type addPower struct {
	Body struct {
		UnitID id.Unit     `json:"unit_id"`
		FromOn *clock.Date `json:"from_on,omitempty" doc:"Today or later; left out: today."`
		Source string      `json:"source" doc:"The document that gives the power."`
	}
}

func (h admissions) addPower(ctx context.Context, actor access.Actor, in *addPower) (*Item[admission.PowerView], error) {
	return powerItem(h.service.AddPower(ctx, actor, admission.Power{UnitID: in.Body.UnitID, FromOn: dayOrNone(in.Body.FromOn), Source: in.Body.Source}))
}

func powerItem(v admission.PowerView, err error) (*Item[admission.PowerView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type endPower struct {
	ID int64 `path:"id"`
	Match
	Body struct {
		UntilOn clock.Date `json:"until_on" doc:"The first day without the power."`
		Source  string     `json:"source" doc:"The document that ends it."`
	}
}

func (h admissions) endPower(ctx context.Context, actor access.Actor, in *endPower) (*Item[admission.PowerView], error) {
	return powerItem(h.service.EndPower(ctx, actor, in.ID, in.Version(), in.Body.UntilOn, in.Body.Source))
}
