package admission

import (
	"context"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// ReviewView is a review as it leaves the server.
type ReviewView struct {
	ID             id.Review       `json:"id"`
	LeadID         id.Lead         `json:"lead_id"`
	Code           string          `json:"code"`
	Title          string          `json:"title"`
	Stage          string          `json:"stage"`
	UnitID         id.Unit         `json:"unit_id" doc:"The responsible unit."`
	State          State           `json:"state" enum:"asked,open,decided,withdrawn"`
	LocationCode   string          `json:"location_code"`
	DecidingUnitID id.Unit         `json:"deciding_unit_id"`
	ByPower        bool            `json:"by_power" doc:"By a power of its own; else as the bureau."`
	Ask            string          `json:"ask"`
	AskedAt        time.Time       `json:"asked_at"`
	AskedBy        string          `json:"asked_by"`
	AskedUnitID    *id.Unit        `json:"asked_unit_id"`
	Figures        *FiguresView    `json:"figures" doc:"As the lead said them when the review was asked for; none for readers who see no amounts."`
	FiguresNow     *FiguresView    `json:"figures_now" doc:"As the lead says them now, if they are no longer what is reviewed."`
	Opinions       []OpinionView   `json:"opinions"`
	Result         Result          `json:"result" enum:",passed,conditions,refused,deferred"`
	Number         string          `json:"number"`
	DecidedOn      *clock.Date     `json:"decided_on"`
	DecidedBy      string          `json:"decided_by"`
	MinutesFileID  *id.File        `json:"minutes_file_id"`
	Note           string          `json:"note"`
	Conditions     []ConditionView `json:"conditions"`
	Papers         []PaperView     `json:"papers" doc:"Files of the lead that the review looks at."`
	TakenOver      bool            `json:"taken_over" doc:"Made of minutes from the time before reviews were kept."`
	Holds          bool            `json:"holds" doc:"Whether the gate takes it: the newest result, passing, and for the place where the project lands now."`
	Version        int64           `json:"version"`
	Can            []string        `json:"can"`
}

// FiguresView is what is reviewed.
type FiguresView struct {
	Track            string `json:"track"`
	PlannedCents     *int64 `json:"planned_cents"`
	FixedAssetsCents *int64 `json:"fixed_assets_cents"`
	OutputCents      *int64 `json:"output_cents"`
	TaxCents         *int64 `json:"tax_cents"`
	LandSqm          *int64 `json:"land_sqm"`
	FloorSqm         *int64 `json:"floor_sqm"`
	Product          string `json:"product"`
}

// OpinionView is what a department is asked, and says.
type OpinionView struct {
	ID      id.Opinion `json:"id"`
	UnitID  id.Unit    `json:"unit_id"`
	DueOn   clock.Date `json:"due_on"`
	Overdue bool       `json:"overdue"`
	Word    Word       `json:"word" enum:",agree,conditions,object"`
	Text    string     `json:"text"`
	GivenBy string     `json:"given_by"`
	GivenAt *time.Time `json:"given_at"`
	Can     []string   `json:"can"`
}

// ConditionView is a condition of a result.
type ConditionView struct {
	ID      id.Condition `json:"id"`
	Text    string       `json:"text"`
	UnitID  id.Unit      `json:"unit_id"`
	DueOn   clock.Date   `json:"due_on"`
	Overdue bool         `json:"overdue"`
	Done    bool         `json:"done"`
	DoneAt  *time.Time   `json:"done_at"`
	DoneBy  string       `json:"done_by"`
	Note    string       `json:"note"`
	Version int64        `json:"version"`
	Can     []string     `json:"can"`
}

// PaperView is a file that the review looks at.
type PaperView struct {
	ID   id.File `json:"id"`
	Name string  `json:"name"`
	Kind string  `json:"kind"`
	Size int64   `json:"size"`
}

// viewer makes views for one actor.
type viewer struct {
	actor  access.Actor
	people map[id.User]string
	today  clock.Date
}

func (s *Service) views(ctx context.Context, actor access.Actor, found []Seen) ([]ReviewView, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	var users []id.User
	for _, f := range found {
		users = append(users, f.people()...)
	}
	v := viewer{actor: actor, today: clock.DateOf(now)}
	if v.people, err = s.store.People(ctx, users); err != nil {
		return nil, err
	}
	out := make([]ReviewView, 0, len(found))
	for _, f := range found {
		out = append(out, v.review(f))
	}
	return out, nil
}

func (s Seen) people() []id.User {
	var out []id.User
	add := func(users ...*id.User) {
		for _, u := range users {
			if u != nil {
				out = append(out, *u)
			}
		}
	}
	add(s.Review.AskedBy, s.Review.DecidedBy)
	for _, o := range s.Opinions {
		add(o.GivenBy)
	}
	for _, c := range s.Conditions {
		add(c.DoneBy)
	}
	return out
}

func (v viewer) name(user *id.User) string {
	if user == nil {
		return ""
	}
	return v.people[*user]
}

func (v viewer) review(s Seen) ReviewView {
	r := s.Review
	out := ReviewView{
		ID: r.ID, LeadID: r.LeadID, Code: s.Lead.Code, Title: s.Lead.Title, Stage: s.Lead.Stage, UnitID: s.Lead.UnitID, State: r.State,
		LocationCode: r.LocationCode, DecidingUnitID: r.DecidingUnitID, ByPower: r.PowerID != nil, Ask: r.Ask, AskedAt: r.AskedAt,
		AskedBy: v.name(r.AskedBy), AskedUnitID: r.AskedUnitID, Opinions: []OpinionView{}, Result: r.Result, Number: r.Number,
		DecidedOn: r.DecidedOn, DecidedBy: v.name(r.DecidedBy), MinutesFileID: r.MinutesFileID, Note: r.Note, Conditions: []ConditionView{},
		Papers: []PaperView{}, TakenOver: r.TakenOver, Version: r.Version, Can: s.can(v.actor),
		Holds: s.Counts && r.Result.Passes() && s.Lead.LocationCode != nil && *s.Lead.LocationCode == r.LocationCode,
	}
	v.judged(s, &out)
	for _, o := range s.Opinions {
		out.Opinions = append(out.Opinions, v.opinion(s, o))
	}
	for _, c := range s.Conditions {
		out.Conditions = append(out.Conditions, v.condition(s, c))
	}
	return out
}

// judged fills in what the review looks at, for those who see amounts and those
// who work on it, and for the first what it is now.
func (v viewer) judged(s Seen, out *ReviewView) {
	if !s.SeesMoney && !s.concerns(v.actor) {
		return
	}
	f := FiguresView(s.Review.Figures)
	out.Figures = &f
	for _, p := range s.Papers {
		out.Papers = append(out.Papers, PaperView{ID: p.ID, Name: p.Name, Kind: p.Kind, Size: p.Size})
	}
	if s.SeesMoney && !s.Review.TakenOver && s.Review.Figures.differ(s.Lead.Figures) {
		now := FiguresView(s.Lead.Figures)
		out.FiguresNow = &now
	}
}

func (v viewer) opinion(s Seen, o Opinion) OpinionView {
	out := OpinionView{
		ID: o.ID, UnitID: o.UnitID, DueOn: o.DueOn, Overdue: o.Word == "" && s.Review.State.Runs() && o.DueOn.Before(v.today),
		Word: o.Word, Text: o.Text, GivenBy: v.name(o.GivenBy), GivenAt: o.GivenAt, Can: []string{},
	}
	if s.Review.State.Runs() && acts(v.actor, access.ReviewOpine, o.UnitID) {
		out.Can = append(out.Can, "opine")
	}
	return out
}

func (v viewer) condition(s Seen, c Condition) ConditionView {
	out := ConditionView{
		ID: c.ID, Text: c.Text, UnitID: c.UnitID, DueOn: c.DueOn, Overdue: c.DoneAt == nil && c.DueOn.Before(v.today), Done: c.DoneAt != nil,
		DoneAt: c.DoneAt, DoneBy: v.name(c.DoneBy), Note: c.Note, Version: c.Version, Can: []string{},
	}
	if c.DoneAt == nil && c.mayFinish(v.actor, s.Review) {
		out.Can = append(out.Can, "finish")
	}
	if c.DoneAt != nil && acts(v.actor, access.ReviewOpine, s.Review.DecidingUnitID) {
		out.Can = append(out.Can, "reopen")
	}
	return out
}

// concerns tells whether one of the actor's units works on the review.
func (s Seen) concerns(a access.Actor) bool {
	for _, m := range a.Memberships {
		if slices.Contains(s.units(), m.Unit) {
			return true
		}
	}
	return false
}

// can lists what the actor may do with a review.
func (s Seen) can(a access.Actor) []string {
	out := []string{}
	if !s.Review.State.Runs() {
		return out
	}
	if s.MayAsk {
		out = append(out, "withdraw")
	}
	if acts(a, access.ReviewConduct, s.Review.DecidingUnitID) {
		out = append(out, "name", "minutes")
	}
	if acts(a, access.ReviewDecide, s.Review.DecidingUnitID) {
		out = append(out, "decide")
	}
	return out
}
