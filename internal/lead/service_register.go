package lead

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// The city's numbers of the register.
const (
	ruleProtectionDays  = "protection_days"
	ruleProtectionLarge = "protection_large_days"
	ruleProtectionWan   = "protection_large_wan"
	ruleProtectionIdle  = "protection_idle_days"
	ruleProtectionWarn  = "protection_warn_days"
	ruleProtectionRenew = "protection_renewals"
)

// register is what a registration needs to know of the city, read before the
// transaction.
type register struct {
	terms Terms
	pool  id.Unit
}

func (s *Service) register(ctx context.Context) (register, error) {
	var r register
	var err error
	if r.terms, err = s.Terms(ctx); err != nil {
		return r, err
	}
	if r.pool, err = s.city.Pool(ctx); err != nil {
		return r, fmt.Errorf("read the bureau's unit: %w", err)
	}
	return r, nil
}

// Terms reads what protections run by. Call it before the transaction.
func (s *Service) Terms(ctx context.Context) (Terms, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return Terms{}, fmt.Errorf("read the city's places: %w", err)
	}
	return TermsOf(places.Office(), places.Rule), nil
}

// TermsOf returns the terms that a calendar and the city's numbers give.
func TermsOf(office *clock.Office, rule func(key string) (int64, bool)) Terms {
	number := func(key string) int64 {
		value, _ := rule(key)
		return value
	}
	t := Terms{
		Days: number(ruleProtectionDays), LargeDays: number(ruleProtectionLarge), LargeWan: number(ruleProtectionWan),
		IdleDays: number(ruleProtectionIdle), WarnDays: number(ruleProtectionWarn), Renewals: number(ruleProtectionRenew),
		Office: office, Counts: map[string]bool{},
	}
	for _, act := range ProgressActs() {
		t.Counts[act] = number(ruleCounts+act) == 1
	}
	return t
}

// claim decides a registration: it takes the investor's keys, waits for
// whoever registers the same investor, and only then looks who is first.
func (r register) claim(ctx context.Context, tx Tx, p Party, c Claimed, except id.Lead) (Verdict, error) {
	now := tx.Now(ctx)
	if err := tx.Claim(ctx, p.claims(), r.terms.Office.DueCalendar(now, int(r.terms.Days)), now); err != nil {
		return Verdict{}, err
	}
	probe := p.probe()
	probe.Except = except
	found, err := tx.Candidates(ctx, probe)
	if err != nil {
		return Verdict{}, err
	}
	return rank(p.hits(found), c, r.pool)
}

// enter writes an accepted registration with its reference and begins the
// protection, unless the bureau must confirm first.
func (r register) enter(ctx context.Context, tx Tx, actor access.Actor, l *Lead, v Verdict, c Claimed) error {
	if v.State == RegistrationPending {
		l.setProtection(ProtectionPending)
	} else {
		l.Protect(r.terms, l.CreatedAt)
	}
	entry := Registration{
		LeadID: l.ID, UnitID: l.UnitID, UserID: &actor.User, At: l.CreatedAt, State: v.State, Choice: c.Choice, Reason: c.Reason,
	}
	if err := tx.Register(ctx, &entry, v.Hits); err != nil {
		return err
	}
	reference := Reference(clock.DateOf(l.CreatedAt).Year(), entry.ID)
	l.ProtectionReference = &reference
	seen := Seen{Lead: *l}
	if err := tx.SaveProtection(ctx, seen); err != nil {
		return err
	}
	if err := tx.HoldClaims(ctx, seen, l.party().claims()); err != nil {
		return err
	}
	return r.tellEntered(ctx, tx, actor, *l)
}

func (r register) tellEntered(ctx context.Context, tx Tx, actor access.Actor, l Lead) error {
	n := protectionNotice(l, "protection.granted", l.UnitID)
	n.By, n.Heads = actor.User, true
	if l.inProtection(ProtectionPending) {
		n.Kind, n.Units, n.Heads = "protection.pending", []id.Unit{r.pool}, false
	}
	return tx.Notify(ctx, n)
}

// protectionNotice starts a notice about a lead's protection to units.
func protectionNotice(l Lead, kind string, units ...id.Unit) event.Notice {
	n := event.Notice{Kind: kind, Lead: l.ID, Object: "protection", ObjectID: int64(l.ID), Params: map[string]string{}}
	for _, u := range units {
		if u != 0 && !slices.Contains(n.Units, u) {
			n.Units = append(n.Units, u)
		}
	}
	if l.ProtectionReference != nil {
		n.Params["reference"] = *l.ProtectionReference
	}
	if l.ProtectionEnds != nil {
		n.Params["until"] = clock.DateOf(*l.ProtectionEnds).String()
	}
	return n
}

// concerned are the holder of a lead and the unit that reported it first.
func concerned(l Lead) []id.Unit {
	out := []id.Unit{l.UnitID}
	if l.FirstContactUnitID != nil {
		out = append(out, *l.FirstContactUnitID)
	}
	return out
}

// reclaim runs the decision of a registration again when an edit changes what
// the investor is known by. The same project cannot be said of a lead that
// stands beside the other already.
func (r register) reclaim(
	ctx context.Context, tx Tx, actor access.Actor, before Lead, after *Lead, c Claimed,
) error {
	if slices.Equal(MatchKeys(before), MatchKeys(*after)) {
		return nil
	}
	v, err := r.claim(ctx, tx, after.party(), c, after.ID)
	if err != nil {
		return err
	}
	if len(v.Hits) > 0 {
		entry := Registration{
			LeadID: after.ID, UnitID: after.UnitID, UserID: &actor.User, At: tx.Now(ctx), State: v.State, Choice: c.Choice, Reason: c.Reason,
		}
		if err := tx.Register(ctx, &entry, v.Hits); err != nil {
			return err
		}
	}
	if v.State == RegistrationPending && after.inProtection(ProtectionActive) {
		after.setProtection(ProtectionPending)
		n := protectionNotice(*after, "protection.pending", r.pool)
		n.By = actor.User
		if err := tx.Notify(ctx, n); err != nil {
			return err
		}
	}
	return tx.HoldClaims(ctx, Seen{Lead: *after}, after.party().claims())
}

// progressed moves on the end of the time without progress when the act
// counts as progress.
func (t Terms) progressed(ctx context.Context, tx Tx, seen Seen, act string, at time.Time) error {
	l := seen.Lead
	if !l.Worked(t, act, at) {
		return nil
	}
	seen.Lead = l
	return tx.SaveProtection(ctx, seen)
}

// protectionStep is one thing that happened to a protection.
type protectionStep struct {
	kind   ActivityKind
	reason string
	at     time.Time
}

// keepProtection writes a protection that changed, with its entry in the
// stream and its audit line.
func keepProtection(ctx context.Context, tx Tx, actor access.Actor, seen Seen, after Lead, s protectionStep) error {
	before := seen.Lead
	seen.Lead = after
	if err := tx.SaveProtection(ctx, seen); err != nil {
		return err
	}
	a := activity(actor, after, s.kind, s.at)
	a.Reason = s.reason
	if actor.User == 0 {
		a.UserID = nil
	}
	if err := tx.AddActivity(ctx, &a); err != nil {
		return err
	}
	e := line(actor, after, "protection."+string(s.kind)[len("protection_"):])
	e.Reason = s.reason
	e.Changes = protectionChanges(before, after)
	return tx.Record(ctx, e)
}

func protectionChanges(before, after Lead) []event.Change {
	var out []event.Change
	differ := func(field, a, b string) {
		if a != b {
			out = append(out, event.Change{Field: field, Before: a, After: b})
		}
	}
	state := func(l Lead) string {
		if l.ProtectionState == nil {
			return ""
		}
		return string(*l.ProtectionState)
	}
	until := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	differ("protection_state", state(before), state(after))
	differ("protection_until", until(before.ProtectionUntil), until(after.ProtectionUntil))
	return out
}
