package credit

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Span is a share over a period.
type Span struct {
	FromMonth  Month  `json:"from_month"`
	UntilMonth Month  `json:"until_month" doc:"The last; empty for no end."`
	FinderPPM  int64  `json:"finder_ppm"`
	LandingPPM int64  `json:"landing_ppm"`
	From       string `json:"from" enum:"rule,agreed,ruled"`
	RuleID     int64  `json:"rule_id"`
	Reason     string `json:"reason"`
}

// ClassShares are the shares of a class of indicators, in order and without a
// gap.
type ClassShares struct {
	Class Class  `json:"class"`
	Spans []Span `json:"spans"`
}

// PanelView is the credit of a lead.
type PanelView struct {
	LeadID        id.Lead        `json:"lead_id"`
	Code          string         `json:"code"`
	FinderUnitID  id.Unit        `json:"finder_unit_id"`
	LandingUnitID *id.Unit       `json:"landing_unit_id" doc:"Null while no place is known."`
	SignedOn      string         `json:"signed_on"`
	ReplacedOn    string         `json:"replaced_on"`
	FirstOpen     Month          `json:"first_open" doc:"The first month that is not closed."`
	Shares        []ClassShares  `json:"shares"`
	Events        []EventView    `json:"events"`
	Proposals     []ProposalView `json:"proposals"`
	Classes       []Class        `json:"classes" doc:"Those of which a share can be agreed."`
	Can           []string       `json:"can"`
}

// ProposalView is a proposal as it leaves the server.
type ProposalView struct {
	ID         id.Proposal `json:"id"`
	LeadID     id.Lead     `json:"lead_id"`
	LeadCode   string      `json:"lead_code"`
	LeadTitle  *string     `json:"lead_title"`
	Class      Class       `json:"class"`
	FinderPPM  int64       `json:"finder_ppm"`
	LandingPPM int64       `json:"landing_ppm"`
	FromMonth  Month       `json:"from_month"`
	UntilMonth Month       `json:"until_month"`
	FromUnitID id.Unit     `json:"from_unit_id"`
	ToUnitID   id.Unit     `json:"to_unit_id"`
	State      State       `json:"state" enum:"open,agreed,refused,withdrawn,ruled"`
	Reason     string      `json:"reason"`
	MadeAt     time.Time   `json:"made_at"`
	Answer     string      `json:"answer"`
	AnsweredAt *time.Time  `json:"answered_at"`
	Can        []string    `json:"can"`
}

func (p Proposal) view(actor access.Actor, title *string) ProposalView {
	v := ProposalView{
		ID: p.ID, LeadID: p.LeadID, LeadCode: p.LeadCode, LeadTitle: title, Class: p.Class, FinderPPM: p.FinderPPM, LandingPPM: million - p.FinderPPM,
		FromMonth: p.FromMonth, UntilMonth: p.UntilMonth, FromUnitID: p.FromUnitID, ToUnitID: p.ToUnitID, State: p.State, Reason: p.Reason,
		MadeAt: p.MadeAt, Answer: p.Answer, AnsweredAt: p.AnsweredAt, Can: []string{},
	}
	if p.State != Open {
		return v
	}
	for _, unit := range actor.ActScope(access.CreditAgree).Units() {
		if unit == p.ToUnitID {
			v.Can = append(v.Can, "agree", "refuse")
		}
		if unit == p.FromUnitID {
			v.Can = append(v.Can, "withdraw")
		}
	}
	return v
}

// Proposals returns the open proposals of the reader's units.
func (s *Service) Proposals(ctx context.Context, actor access.Actor) ([]ProposalView, error) {
	found, err := s.store.Proposals(ctx, actor.Scope(access.CreditRead), ProposalWant{Open: true})
	if err != nil {
		return nil, err
	}
	return s.proposalViews(ctx, actor, found)
}

func (s *Service) proposalViews(ctx context.Context, actor access.Actor, found []Proposal) ([]ProposalView, error) {
	leads := make([]id.Lead, 0, len(found))
	for _, p := range found {
		leads = append(leads, p.LeadID)
	}
	heads, err := s.store.Titles(ctx, actor.Scope(access.LeadRead), leads)
	if err != nil {
		return nil, err
	}
	out := make([]ProposalView, 0, len(found))
	for _, p := range found {
		out = append(out, p.view(actor, heads[p.LeadID].Title))
	}
	return out, nil
}

// Panel returns the credit of a lead: its shares, what was counted of it, and
// what was proposed.
//
// Errors: NotFound "lead.unknown".
func (s *Service) Panel(ctx context.Context, actor access.Actor, lead id.Lead) (PanelView, error) {
	read := actor.Scope(access.CreditRead)
	l, err := s.store.Lead(ctx, read, lead)
	if err != nil {
		return PanelView{}, err
	}
	v := PanelView{LeadID: l.ID, Code: l.Code, FinderUnitID: l.Finder, LandingUnitID: orNone(l.Landing), SignedOn: l.SignedOn, Can: []string{}}
	if err := s.shares(ctx, l, &v); err != nil {
		return v, err
	}
	events, err := s.events(ctx, actor, Want{Lead: lead, City: read.Any(), Limit: mostLines + 1})
	if err != nil {
		return v, err
	}
	v.Events = events.Items
	found, err := s.store.Proposals(ctx, read, ProposalWant{Lead: lead})
	if err != nil {
		return v, err
	}
	if v.Proposals, err = s.proposalViews(ctx, actor, found); err != nil {
		return v, err
	}
	v.Can = l.can(actor, len(v.Classes) > 0, v.ReplacedOn == "")
	return v, nil
}

// can lists what the actor may do about the credit of a lead.
func (l Lead) can(actor access.Actor, shared, whole bool) []string {
	out := []string{}
	two := shared && l.Landing != 0 && l.Landing != l.Finder
	if mine, _ := l.side(actor); two && mine != 0 {
		out = append(out, "propose")
	}
	if actor.Holds(access.CreditRule) {
		if two {
			out = append(out, "rule")
		}
		if whole && l.SignedOn != "" {
			out = append(out, "replace")
		}
	}
	return out
}

// shares works out the shares of a lead by class and period.
func (s *Service) shares(ctx context.Context, l Lead, v *PanelView) error {
	b, failed, err := s.book(ctx, s.store)
	if err != nil {
		return err
	}
	steps, err := s.store.Steps(ctx, l.ID)
	if err != nil {
		return err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	day := l.SignedOn
	if day == "" {
		day = clock.DateOf(now).String()
	}
	known := life{book: b, known: Known{SignedOn: l.SignedOn, Finder: l.Finder, Landing: l.Landing}}
	for _, step := range steps {
		if step.Kind != Learned {
			known.learn(step)
		}
	}
	known.step, v.ReplacedOn = Step{At: now}, known.replacedOn
	v.FirstOpen, v.Classes, v.Shares = firstOpen(b, now), sharedClasses(b, now), []ClassShares{}
	if v.Classes == nil {
		v.Classes = []Class{}
	}
	for _, c := range v.Classes {
		v.Shares = append(v.Shares, ClassShares{Class: c, Spans: known.spans(c, day)})
	}
	return failed()
}

// spans are the shares of a class from the month of a day on, in order and
// without a gap; the last one has no end.
func (l *life) spans(c Class, day string) []Span {
	m := monthOfDay(day)
	end := m.Add(maxMonths)
	if r, ok := l.book.share(day, l.step.At); ok {
		end = m.Add(int(r.Months))
	}
	for _, s := range l.divided {
		end = max(end, s.FromMonth, s.UntilMonth.Add(1))
	}
	var out []Span
	for ; m <= end; m = m.Add(1) {
		q := l.quote(c, m, day)
		n := len(out) - 1
		if n < 0 || out[n].FinderPPM != q.FinderPPM || out[n].From != q.From {
			if n >= 0 {
				out[n].UntilMonth = m.Add(-1)
			}
			out = append(out, Span{FromMonth: m, FinderPPM: q.FinderPPM, LandingPPM: q.LandingPPM, From: q.From, RuleID: q.RuleID, Reason: q.Reason})
		}
	}
	return out
}

// Check tells whether the actor may see the credit of a lead.
//
// Errors: NotFound "lead.unknown".
func (s *Service) Check(ctx context.Context, actor access.Actor, lead id.Lead) error {
	_, err := s.store.Lead(ctx, actor.Scope(access.CreditRead), lead)
	return err
}
