package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// disputeFacts is what a dispute needs to know of the city.
type disputeFacts struct {
	places        Places
	pace          Pace
	city          cityFacts
	pool, leading id.Unit
}

func (s *Service) disputeFacts(ctx context.Context) (f disputeFacts, err error) {
	if f.city, err = s.cityFacts(ctx); err != nil {
		return f, err
	}
	f.places = f.city.places
	if f.pace, err = s.Pace(ctx); err != nil {
		return f, err
	}
	if f.pool, err = s.city.Pool(ctx); err != nil {
		return f, fmt.Errorf("read the bureau's unit: %w", err)
	}
	f.leading, err = s.city.LeadingBody(ctx)
	return f, err
}

// disputing is the scope in which a dispute's leads are locked: a claimant is
// a party to a lead that it may not read. Its rights were checked on the
// dispute before.
func disputing() access.Scope { return access.System("decide a dispute between its parties") }

// OpenDispute opens a dispute for the unit acted for, against the holder of
// the lead at this instant; the bureau answers for a restricted one.
//
// A reference that nobody has answers like one that may not be known.
//
// How often somebody may name a reference is limited, whatever comes of it.
//
// Errors: TooMany "dispute.too_often"; NotFound "dispute.reference_unknown" or "lead.unknown"; Conflict
// "dispute.holder" when the unit holds the lead itself; Conflict
// "dispute.pending" while one is open; Invalid "input.invalid" by field.
func (s *Service) OpenDispute(ctx context.Context, actor access.Actor, o DisputeOrder) (DisputeView, error) {
	if err := fault.Broken("input.invalid", o.broken()); err != nil {
		return DisputeView{}, err
	}
	if o.Reference != "" { // counted before it is looked up: a try that finds nothing is one too
		if err := s.countCheck(ctx, actor, AskedReference, false); err != nil {
			return DisputeView{}, err
		}
	}
	facts, err := s.disputeFacts(ctx)
	if err != nil {
		return DisputeView{}, err
	}
	var opened id.Dispute
	err = s.store.InTx(ctx, func(tx Tx) error {
		target, own, err := s.lockDisputed(ctx, tx, actor, o)
		if err != nil {
			return err
		}
		opened, err = s.openDispute(ctx, tx, actor, disputed{target: target, own: own, order: o}, facts)
		return err
	})
	if err != nil {
		return DisputeView{}, err
	}
	return s.dispute(ctx, actor, opened)
}

// lockDisputed finds and locks the disputed lead and the claimant's own, the
// lower number first.
func (s *Service) lockDisputed(
	ctx context.Context, tx Tx, actor access.Actor, o DisputeOrder,
) (target Seen, own *Seen, err error) {
	scope, unknown, leadID := actor.Scope(access.LeadRead), unknownLead(), o.LeadID
	if o.Reference != "" {
		scope, unknown = disputing(), unknownReference()
		if leadID, err = tx.LeadByReference(ctx, scope, o.Reference); err != nil {
			return Seen{}, nil, err
		}
	}
	if o.OwnLeadID == leadID {
		return Seen{}, nil, fault.BadField("own_lead_id", "dispute.same_lead")
	}
	ownFirst := o.OwnLeadID != 0 && o.OwnLeadID < leadID
	if ownFirst {
		if own, err = lockOwn(ctx, tx, actor, o.OwnLeadID); err != nil {
			return Seen{}, nil, err
		}
	}
	if target, err = tx.Lock(ctx, scope, scope, leadID); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = unknown
		}
		return Seen{}, nil, err
	}
	if !ownFirst {
		own, err = lockOwn(ctx, tx, actor, o.OwnLeadID)
	}
	return target, own, err
}

// lockOwn locks the claimant's own lead; nil without one.
func lockOwn(ctx context.Context, tx Tx, actor access.Actor, lead id.Lead) (*Seen, error) {
	if lead == 0 {
		return nil, nil
	}
	read := actor.Scope(access.LeadRead)
	seen, err := tx.Lock(ctx, read, read, lead)
	if err == nil && seen.Lead.UnitID != actor.Acting {
		err = fault.BadField("own_lead_id", "dispute.own_foreign")
	}
	return &seen, err
}

func unknownLead() error { return fault.New(fault.NotFound, "lead.unknown", "No such lead.") }

func unknownReference() error {
	return fault.New(fault.NotFound, "dispute.reference_unknown", "No lead has this reference.")
}

// disputed is a dispute to be opened with its locked leads.
type disputed struct {
	target Seen
	own    *Seen
	order  DisputeOrder
}

func (s *Service) openDispute(
	ctx context.Context, tx Tx, actor access.Actor, o disputed, facts disputeFacts,
) (id.Dispute, error) {
	now := tx.Now(ctx)
	l := o.target.Lead
	d := Dispute{
		LeadID: l.ID, ClaimantUnitID: actor.Acting, RespondentUnitID: l.UnitID, LeadingUnitID: facts.leading,
		StandsIn: l.Restricted, State: DisputeTalking, Claim: o.order.Claim, Reason: o.order.Reason,
		OpenedBy: actor.User, OpenedAt: now, TalkDueAt: facts.pace.Due(ClockTalk, now), Version: 1,
	}
	d.RuleDueAt = facts.pace.Due(ClockRule, d.TalkDueAt)
	if d.StandsIn {
		d.RespondentUnitID = facts.pool
	}
	if d.RespondentUnitID == d.ClaimantUnitID {
		return 0, fault.New(fault.Conflict, "dispute.holder", "The unit holds the lead itself.")
	}
	if o.own != nil {
		own := o.own.Lead.ID
		low, high := min(own, l.ID), max(own, l.ID)
		d.OwnLeadID, d.PairLow, d.PairHigh = &own, &low, &high
	}
	if err := tx.InsertDispute(ctx, o.target, &d); err != nil {
		return 0, err
	}
	w := disputeWork{dispute: d, target: o.target, own: o.own, now: now, facts: facts}
	if err := w.start(ctx, tx, ClockTalk, now); err != nil {
		return 0, err
	}
	return d.ID, w.tell(ctx, tx, actor, DisputeStep{Kind: StepOpened, Text: d.Reason})
}

// Dispute returns a dispute with its steps.
//
// Errors: NotFound "dispute.unknown" for whoever is no party, not of the
// bureau and, before it was raised, not of the leading body.
func (s *Service) Dispute(ctx context.Context, actor access.Actor, dispute id.Dispute) (DisputePage, error) {
	q, err := s.disputeQuery(ctx, actor)
	if err != nil {
		return DisputePage{}, err
	}
	d, err := s.store.Dispute(ctx, q, dispute)
	if err != nil {
		return DisputePage{}, err
	}
	views, err := s.disputeViews(ctx, actor, q.Now)
	if err != nil {
		return DisputePage{}, err
	}
	found, err := s.store.DisputeOutcomes(ctx, []SeenDispute{d})
	if err != nil {
		return DisputePage{}, err
	}
	out := DisputePage{DisputeView: views.view(d, found[d.ID])}
	out.Entries, err = s.disputeEntries(ctx, d, found[d.ID])
	return out, err
}

func (s *Service) dispute(ctx context.Context, actor access.Actor, dispute id.Dispute) (DisputeView, error) {
	p, err := s.Dispute(ctx, actor, dispute)
	return p.DisputeView, err
}

func (s *Service) disputeEntries(ctx context.Context, d SeenDispute, found []DisputeOutcome) ([]DisputeEntryView, error) {
	steps, err := s.store.DisputeSteps(ctx, d)
	if err != nil {
		return nil, err
	}
	files, err := s.store.DisputeFiles(ctx, d)
	if err != nil {
		return nil, err
	}
	var users []id.User
	for _, e := range steps {
		if e.UserID != nil {
			users = append(users, *e.UserID)
		}
	}
	people, err := s.store.People(ctx, users)
	if err != nil {
		return nil, err
	}
	out := make([]DisputeEntryView, 0, len(steps))
	for _, e := range steps {
		out = append(out, disputeEntryView(e, people, files, found))
	}
	return out, nil
}

func disputeEntryView(
	e DisputeStep, people map[id.User]Person, files []DisputeFile, found []DisputeOutcome,
) DisputeEntryView {
	v := DisputeEntryView{ID: e.ID, At: e.At, Kind: e.Kind, UnitID: e.UnitID, Text: e.Text}
	if e.UserID != nil {
		if p, known := people[*e.UserID]; known {
			v.By = &p
		}
	}
	for _, f := range files {
		if e.FileID != nil && f.ID == *e.FileID {
			v.File = &DisputeFileView{ID: f.ID, Name: f.Name, Mime: f.Mime, Size: f.Size, SHA256: f.SHA256}
		}
	}
	for i := range found {
		if e.OutcomeID != nil && found[i].ID == *e.OutcomeID {
			v.Outcome = outcomeView(&found[i])
		}
	}
	return v
}

func (s *Service) disputeQuery(ctx context.Context, actor access.Actor) (DisputeQuery, error) {
	now, err := s.store.Now(ctx)
	return DisputeQuery{
		Read: actor.Scope(access.DisputeRead), Leads: actor.Scope(access.LeadRead),
		Units: actor.UnitsWith(access.DisputeRead), Now: now,
	}, err
}

func (s *Service) disputeViews(ctx context.Context, actor access.Actor, now time.Time) (disputeViews, error) {
	office, err := s.city.Office(ctx)
	if err != nil {
		return disputeViews{}, fmt.Errorf("read the office calendar: %w", err)
	}
	return disputeViews{actor: actor, rights: rightsOf(actor), shape: s.shape, office: office, now: now}, nil
}

// DisputeBox asks for a list of disputes.
type DisputeBox struct {
	Mine   bool
	Lead   id.Lead
	States []DisputeState
	Limit  int
	Cursor string
}

// Disputes returns one page of the disputes that the actor may read, newest
// first.
//
// Errors: Invalid "input.invalid" on cursor.
func (s *Service) Disputes(ctx context.Context, actor access.Actor, b DisputeBox) (page.Of[DisputeView], error) {
	out := page.Of[DisputeView]{Items: []DisputeView{}}
	q, err := s.disputeQuery(ctx, actor)
	if err != nil {
		return out, err
	}
	bound := fmt.Sprintf("disputes|%d|%t|%d|%v", actor.User, b.Mine, b.Lead, b.States)
	if q.After, err = s.position(b.Cursor, bound); err != nil {
		return out, err
	}
	q.Mine, q.Lead, q.States, q.Limit = b.Mine, b.Lead, b.States, b.Limit
	rows, total, err := s.store.Disputes(ctx, q)
	if err != nil {
		return out, fmt.Errorf("list disputes: %w", err)
	}
	found, err := s.store.DisputeOutcomes(ctx, rows)
	if err != nil {
		return out, err
	}
	views, err := s.disputeViews(ctx, actor, q.Now)
	if err != nil {
		return out, err
	}
	out.Total = total
	out.Next = s.nextOf(len(rows) > b.Limit, func() int64 { return int64(rows[b.Limit-1].ID) }, bound)
	for _, d := range rows[:min(len(rows), b.Limit)] {
		out.Items = append(out.Items, views.view(d, found[d.ID]))
	}
	return out, nil
}
