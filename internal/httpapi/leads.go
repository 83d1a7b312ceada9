package httpapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
)

// leads serves leads, their stage, custody and members.
type leads struct{ service *lead.Service }

func (h leads) routes(r *Router) {
	may := h.may
	route(r, http.MethodGet, "/leads", access.LeadRead, h.list, Summary("Leads the caller may see, one page."))
	route(r, http.MethodPost, "/leads", access.LeadCreate, h.create, Status(http.StatusCreated), ActingInBody(),
		Summary("Register a lead for one of the caller's units."))
	route(r, http.MethodGet, "/leads/{id}", access.LeadRead, h.get, Summary("One lead."))
	route(r, http.MethodPatch, "/leads/{id}", access.LeadEdit, h.edit, Versioned(), Precheck(may(access.LeadEdit, true)),
		Summary("Change fields of a lead."))
	route(r, http.MethodDelete, "/leads/{id}", access.LeadDelete, h.remove, Versioned(),
		Precheck(may(access.LeadDelete, true)), Summary("Take a lead out of every list."))
	route(r, http.MethodPost, "/leads/{id}/stage", access.LeadChangeStage, h.stage, Versioned(),
		Precheck(may(access.LeadChangeStage, true)), Summary("Move a lead to another stage."))
	route(r, http.MethodGet, "/leads/{id}/timeline", access.LeadRead, h.timeline, Summary("What happened to a lead."))
	route(r, http.MethodGet, "/leads/{id}/custody", access.LeadRead, h.custody, Summary("Who held a lead, and why it moved."))
	route(r, http.MethodGet, "/leads/{id}/why", access.LeadRead, h.why, Summary("Why the caller sees a lead."))
	route(r, http.MethodGet, "/leads/{id}/members", access.LeadRestrict, h.members, Summary("Who may see a restricted lead."))
	route(r, http.MethodPost, "/leads/{id}/members", access.LeadRestrict, h.nameMember,
		Precheck(may(access.LeadRestrict, false)), Summary("Let a person see a restricted lead."))
	route(r, http.MethodDelete, "/leads/{id}/members/{user_id}", access.LeadRestrict, h.endMember,
		Versioned(), Precheck(unchanging(h.memberAt)), Summary("End a person's sight of a restricted lead."))
	h.registerRoutes(r)
}

// may checks the row before the body is read: 404, 403, 428, 412 in this
// order.
func (h leads) may(p access.Permission, versioned bool) func(context.Context, access.Actor, Target) error {
	return func(ctx context.Context, actor access.Actor, t Target) error {
		leadID := id.Lead(t.ID("id"))
		if err := h.service.Check(ctx, actor, p, leadID, nil); err != nil || !versioned {
			return err
		}
		version, err := t.Version()
		if err != nil {
			return err
		}
		return h.service.Check(ctx, actor, p, leadID, &version)
	}
}

// LeadFilter is the query of a list of leads.
type LeadFilter struct {
	Stage              []lead.Stage           `query:"stage,explode"`
	UnitID             []id.Unit              `query:"unit_id,explode"`
	FirstContactUnitID []id.Unit              `query:"first_contact_unit_id,explode"`
	Chain              []string               `query:"chain,explode"`
	Track              []lead.Track           `query:"track,explode"`
	Part               []access.Part          `query:"part,explode"`
	Protection         []lead.ProtectionState `query:"protection,explode"`
	Ended              Opt[bool]              `query:"ended"`
	Invented           Opt[bool]              `query:"invented"`
	PlannedMin         Opt[int64]             `query:"planned_cents.gte"`
	PlannedMax         Opt[int64]             `query:"planned_cents.lte"`
	SignFrom           Opt[clock.Date]        `query:"expected_sign_on.gte"`
	SignUntil          Opt[clock.Date]        `query:"expected_sign_on.lte"`
	SignMonth          []string               `query:"sign_month,explode"`
	NextStepFrom       Opt[clock.Date]        `query:"next_step_on.gte"`
	NextStepUntil      Opt[clock.Date]        `query:"next_step_on.lte"`
	CreatedFrom        Opt[clock.Date]        `query:"created_on.gte"`
	CreatedUntil       Opt[clock.Date]        `query:"created_on.lte"`
	Quiet              bool                   `query:"quiet" doc:"Only leads without activity for longer than the city's number of quiet days."`
	Q                  string                 `query:"q" maxLength:"100"`
}

type listLeads struct {
	LeadFilter
	Sort   string `query:"sort"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor string `query:"cursor" maxLength:"1000"`
}

func (f LeadFilter) filter() (lead.Filter, error) {
	out := lead.Filter{
		Stages: f.Stage, Units: f.UnitID, FirstContact: f.FirstContactUnitID, Chains: orNone(f.Chain), Tracks: f.Track, Q: f.Q, Parts: f.Part, Protection: f.Protection,
		Months: orNone(f.SignMonth), NextStepFrom: optional(f.NextStepFrom), NextStepTo: optional(f.NextStepUntil),
		Ended: optional(f.Ended), Invented: optional(f.Invented), PlannedMin: optional(f.PlannedMin),
		PlannedMax: optional(f.PlannedMax), SignFrom: optional(f.SignFrom), SignUntil: optional(f.SignUntil),
		CreatedFrom: optional(f.CreatedFrom), CreatedUntil: optional(f.CreatedUntil),
	}
	return out, fault.Broken("input.invalid", f.unknown())
}

// unknown names the filters whose value is not on its list.
func (f LeadFilter) unknown() []fault.Field {
	var bad []fault.Field
	refuse := func(name string, refused bool) {
		if refused {
			bad = append(bad, fault.Field{Name: name, Code: "unknown_value"})
		}
	}
	refuse("stage", slices.ContainsFunc(f.Stage, func(s lead.Stage) bool { _, known := s.Info(); return !known }))
	refuse("track", slices.ContainsFunc(f.Track, func(t lead.Track) bool { return !t.Known() }))
	refuse("protection", slices.ContainsFunc(f.Protection, func(p lead.ProtectionState) bool { return !p.Known() }))
	refuse("part", slices.ContainsFunc(f.Part, func(p access.Part) bool { return !knownPart(p) }))
	refuse("sign_month", slices.ContainsFunc(orNone(f.SignMonth), func(m string) bool {
		_, err := time.Parse("2006-01", m)
		return m != "" && err != nil
	}))
	return bad
}

// orNone reads "none" as the key of leads that do not say.
func orNone(keys []string) []string {
	out := make([]string, 0, len(keys))
	for _, k := range keys {
		if k == "none" {
			k = ""
		}
		out = append(out, k)
	}
	return out
}

func knownPart(part access.Part) bool {
	for _, p := range access.Parts() {
		if p == part {
			return true
		}
	}
	return false
}

func optional[T any](o Opt[T]) *T {
	if !o.Set {
		return nil
	}
	return &o.Value
}

// sortOf reads "-activity_at".
func sortOf(text string) page.Sort {
	if len(text) > 1 && text[0] == '-' {
		return page.Sort{Name: text[1:], Desc: true}
	}
	return page.Sort{Name: text}
}

func (h leads) list(ctx context.Context, actor access.Actor, in *listLeads) (*Answer[page.Of[lead.View]], error) {
	f, err := in.filter()
	if err == nil && in.Quiet {
		f, err = h.service.Quiet(ctx, f)
	}
	if err != nil {
		return nil, err
	}
	request := page.Request{Limit: in.Limit, Sort: sortOf(in.Sort)}
	if in.Cursor != "" {
		if request.After, err = h.service.OpenCursor(actor, f, request.Sort, in.Cursor); err != nil {
			return nil, err
		}
	}
	out, err := h.service.List(ctx, actor, f, request)
	if err != nil {
		return nil, err
	}
	return NewAnswer(out), nil
}

type oneLead struct {
	ID id.Lead `path:"id"`
}

func (h leads) get(ctx context.Context, actor access.Actor, in *oneLead) (*Item[lead.View], error) {
	return leadItem(h.service.Get(ctx, actor, in.ID))
}

func leadItem(v lead.View, err error) (*Item[lead.View], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type removeLead struct {
	ID id.Lead `path:"id"`
	Match
	Reason string `query:"reason"`
}

func (h leads) remove(ctx context.Context, actor access.Actor, in *removeLead) (*None, error) {
	return none(h.service.Delete(ctx, actor, in.ID, in.Version(), in.Reason))
}

func none(err error) (*None, error) {
	if err != nil {
		return nil, err
	}
	return &None{}, nil
}

type stageLead struct {
	ID id.Lead `path:"id"`
	Match
	Body struct {
		To         lead.Stage  `json:"to"`
		Reason     string      `json:"reason,omitempty"`
		HappenedOn *clock.Date `json:"happened_on,omitempty"`
		LostTo     string      `json:"lost_to,omitempty" doc:"The city or place that a lost project went to."`
		Province   string      `json:"lost_to_province,omitempty"`
		Country    string      `json:"lost_to_country,omitempty" doc:"ISO 3166-1 alpha-2."`
	}
}

func (h leads) stage(ctx context.Context, actor access.Actor, in *stageLead) (*Item[lead.View], error) {
	b := in.Body
	move := lead.Move{To: b.To, Reason: b.Reason, HappenedOn: b.HappenedOn, LostTo: b.LostTo, LostProvince: b.Province, LostCountry: b.Country}
	return leadItem(h.service.ChangeStage(ctx, actor, in.ID, in.Version(), move))
}

type timelineOf struct {
	ID     id.Lead             `path:"id"`
	Kind   []lead.ActivityKind `query:"kind,explode"`
	Limit  int                 `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor string              `query:"cursor" maxLength:"1000"`
}

// stream is a page of a lead's stream; it has no total.
type stream struct {
	Items []lead.EntryView `json:"items"`
	Next  *string          `json:"next"`
}

func (h leads) timeline(ctx context.Context, actor access.Actor, in *timelineOf) (*Answer[stream], error) {
	for _, k := range in.Kind {
		if !knownKind(k) {
			return nil, fault.BadField("kind", "unknown_value")
		}
	}
	items, next, err := h.service.Timeline(ctx, actor, in.ID, lead.StreamPage{Kinds: in.Kind, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return NewAnswer(stream{Items: items, Next: next}), nil
}

func knownKind(kind lead.ActivityKind) bool {
	for _, k := range lead.ActivityKinds() {
		if k == kind {
			return true
		}
	}
	return false
}

func (h leads) custody(ctx context.Context, actor access.Actor, in *oneLead) (*Answer[lead.CustodyView], error) {
	return answer(h.service.Custody(ctx, actor, in.ID))
}

// answer turns a use case's result into an answer.
func answer[T any](body T, err error) (*Answer[T], error) {
	if err != nil {
		return nil, err
	}
	return NewAnswer(body), nil
}

// items is a short list without pages.
type items[T any] struct {
	Items []T `json:"items"`
}

func listed[T any](all []T, err error) (*Answer[items[T]], error) {
	return answer(items[T]{Items: all}, err)
}

func (h leads) why(ctx context.Context, actor access.Actor, in *oneLead) (*Answer[items[lead.WhyView]], error) {
	return listed(h.service.Why(ctx, actor, in.ID))
}

func (h leads) members(ctx context.Context, actor access.Actor, in *oneLead) (*Answer[items[lead.Member]], error) {
	return listed(h.service.Members(ctx, actor, in.ID))
}

type nameMember struct {
	ID   id.Lead `path:"id"`
	Body struct {
		UserID id.User `json:"user_id"`
	}
}

func (h leads) nameMember(ctx context.Context, actor access.Actor, in *nameMember) (*Answer[items[lead.Member]], error) {
	if err := h.service.ChangeMember(ctx, actor, in.ID, in.Body.UserID, true); err != nil {
		return nil, err
	}
	return listed(h.service.Members(ctx, actor, in.ID))
}

// memberAt checks the member who is to be ended.
func (h leads) memberAt(ctx context.Context, actor access.Actor, t Target) error {
	return h.service.CheckMember(ctx, actor, id.Lead(t.ID("id")), id.User(t.ID("user_id")))
}

type endMember struct {
	ID     id.Lead `path:"id"`
	UserID id.User `path:"user_id"`
	Match
}

func (h leads) endMember(ctx context.Context, actor access.Actor, in *endMember) (*None, error) {
	return none(h.service.ChangeMember(ctx, actor, in.ID, in.UserID, false))
}
