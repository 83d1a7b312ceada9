package dossier

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// IncentiveKind says what sort of thing an incentive is.
type IncentiveKind string

// The kinds of incentive. The bound ones and the tax refund are always warned
// about.
const (
	IncentiveLand         IncentiveKind = "land"
	IncentivePremises     IncentiveKind = "premises"
	IncentiveEquipment    IncentiveKind = "equipment"
	IncentiveTalent       IncentiveKind = "talent"
	IncentiveFinance      IncentiveKind = "finance"
	IncentiveService      IncentiveKind = "service"
	IncentiveReward       IncentiveKind = "fiscal_reward"
	IncentiveTax          IncentiveKind = "tax_refund"
	IncentiveRegistration IncentiveKind = "registration_bound"
	IncentiveStatistics   IncentiveKind = "statistics_bound"
	IncentiveOther        IncentiveKind = "other"
)

// IncentiveKinds lists the kinds of incentive.
func IncentiveKinds() []IncentiveKind {
	return []IncentiveKind{
		IncentiveLand, IncentivePremises, IncentiveEquipment, IncentiveTalent, IncentiveFinance, IncentiveService,
		IncentiveReward, IncentiveTax, IncentiveRegistration, IncentiveStatistics, IncentiveOther,
	}
}

// IncentiveState says whether an incentive is still on offer.
type IncentiveState string

// The states of an incentive.
const (
	IncentiveOffered   IncentiveState = "offered"
	IncentiveWithdrawn IncentiveState = "withdrawn"
)

// Incentive is something of value that a unit offers to an investor.
type Incentive struct {
	ID          id.Incentive
	LeadID      id.Lead
	Kind        IncentiveKind
	Text        string
	AmountCents *int64
	LegalBasis  string
	UnitID      id.Unit // that offers it
	OfferedOn   clock.Date
	State       IncentiveState
	Reason      string // of the withdrawal
	WithdrawnAt *time.Time
	WithdrawnBy *id.User
	MadeBy      *id.User
	MadeUnitID  *id.Unit
	MadeAt      time.Time
	Version     int64
}

// SeenIncentive is an incentive that was read through a scope.
type SeenIncentive struct {
	Incentive Incentive
	Lead      Lead
}

// IncentiveStore reads incentives.
type IncentiveStore interface {
	// Incentives returns the incentives of leads inside the scope, of one
	// lead or the one with a number, in the order they were written down.
	Incentives(ctx context.Context, read access.Scope, lead id.Lead, incentive id.Incentive) ([]SeenIncentive, error)
}

// IncentiveTx writes incentives.
type IncentiveTx interface {
	IncentiveStore
	InsertIncentive(ctx context.Context, i *Incentive) error
	// SaveIncentive writes over the version before. Error: Conflict
	// "dossier.busy".
	SaveIncentive(ctx context.Context, i Incentive) error
}

// IncentiveDraft is an incentive as it is written down.
type IncentiveDraft struct {
	Kind             IncentiveKind
	Text, LegalBasis string
	AmountCents      *int64
	UnitID           id.Unit // left out: the responsible unit, or who offered before
	OfferedOn        clock.Date
}

func (d IncentiveDraft) onto(i Incentive) Incentive {
	i.Kind, i.Text, i.LegalBasis, i.AmountCents, i.OfferedOn = d.Kind, strings.TrimSpace(d.Text), strings.TrimSpace(d.LegalBasis), d.AmountCents, d.OfferedOn
	if d.UnitID != 0 {
		i.UnitID = d.UnitID
	}
	return i
}

func (i Incentive) check(ctx context.Context, tx Tx, city City, was Incentive) error {
	var bad rules
	if !slices.Contains(IncentiveKinds(), i.Kind) {
		bad.add("kind", "unknown_value")
	}
	bad.text("text", i.Text, true, maxText)
	bad.text("legal_basis", i.LegalBasis, false, maxText)
	bad.between("amount_cents", i.AmountCents, 0, maxCents, "incentive.amount")
	bad.past("offered_on", i.OfferedOn, clock.DateOf(tx.Now(ctx)))
	if i.UnitID != was.UnitID { // who offered it then may be closed today
		open, err := city.UnitOpen(ctx, i.UnitID)
		if err != nil {
			return err
		}
		if !open {
			bad.add("unit_id", "unknown_value")
		}
	}
	return fault.Broken("input.invalid", bad)
}

func noIncentive() error {
	return fault.New(fault.NotFound, "incentive.unknown", "No such incentive.")
}

func (i Incentive) seen(version int64) error {
	if i.Version == version {
		return nil
	}
	return fault.New(fault.Stale, "incentive.stale", "Somebody else changed the incentive.").With("version", i.Version).With("differs", []string{})
}

// Offer writes down an incentive on a lead. Nothing that is warned about is
// refused: the warning stays beside it.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Conflict
// "lead.ended"; Invalid by field.
func (s *Service) Offer(ctx context.Context, actor access.Actor, lead id.Lead, d IncentiveDraft) (IncentiveView, error) {
	var made Incentive
	err := s.store.InTx(ctx, func(tx Tx) error {
		l, err := hold(ctx, tx, actor, access.CommitmentRead, access.CommitmentEdit, lead)
		if err != nil {
			return err
		}
		made = Incentive{LeadID: lead, UnitID: l.UnitID, State: IncentiveOffered, MadeBy: &actor.User, MadeAt: tx.Now(ctx), Version: 1}
		made = d.onto(made)
		if actor.Acting != 0 {
			made.MadeUnitID = &actor.Acting
		}
		if err := made.check(ctx, tx, s.city, Incentive{UnitID: l.UnitID}); err != nil {
			return err
		}
		if err := tx.InsertIncentive(ctx, &made); err != nil {
			return err
		}
		return recordIncentive(ctx, tx, line(actor, l, "incentive.offered"), Incentive{}, made)
	})
	if err != nil {
		return IncentiveView{}, err
	}
	return s.incentive(ctx, actor, lead, made.ID)
}

// Reword corrects what is written of an incentive that is on offer.
//
// Errors: NotFound "incentive.unknown"; Forbidden "forbidden"; Stale
// "incentive.stale"; Conflict "lead.ended", "incentive.withdrawn"; Invalid by
// field.
func (s *Service) Reword(ctx context.Context, actor access.Actor, i id.Incentive, version int64, d IncentiveDraft) (IncentiveView, error) {
	return s.onIncentive(ctx, actor, i, "incentive.changed", func(tx Tx, was Incentive) (Incentive, error) {
		if err := was.seen(version); err != nil {
			return was, err
		}
		now := d.onto(was)
		return now, now.check(ctx, tx, s.city, was)
	})
}

// Withdraw takes an offered incentive back; what it said is kept.
//
// Errors: as Reword, without "incentive.stale".
func (s *Service) Withdraw(ctx context.Context, actor access.Actor, i id.Incentive, reason string) (IncentiveView, error) {
	return s.onIncentive(ctx, actor, i, "incentive.withdrawn", func(tx Tx, was Incentive) (Incentive, error) {
		at, now := tx.Now(ctx), was
		now.State, now.Reason, now.WithdrawnAt, now.WithdrawnBy = IncentiveWithdrawn, strings.TrimSpace(reason), &at, &actor.User
		return now, reasoned(reason)
	})
}

// onIncentive locks the lead of an incentive that is on offer, changes it and
// logs what changed.
func (s *Service) onIncentive(ctx context.Context, actor access.Actor, i id.Incentive, act string, change func(Tx, Incentive) (Incentive, error)) (IncentiveView, error) {
	found, err := s.findIncentive(ctx, s.store, actor, i)
	if err != nil {
		return IncentiveView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		l, err := hold(ctx, tx, actor, access.CommitmentRead, access.CommitmentEdit, found.LeadID)
		if err != nil {
			return err
		}
		was, err := s.findIncentive(ctx, tx, actor, i)
		if err != nil {
			return err
		}
		now, err := change(tx, was)
		switch {
		case err != nil:
			return err
		case was.State != IncentiveOffered:
			return fault.New(fault.Conflict, "incentive.withdrawn", "The incentive was withdrawn.")
		}
		now.Version++
		if err := tx.SaveIncentive(ctx, now); err != nil {
			return err
		}
		return recordIncentive(ctx, tx, line(actor, l, act), was, now)
	})
	if err != nil {
		return IncentiveView{}, err
	}
	return s.incentive(ctx, actor, found.LeadID, i)
}

func (s *Service) findIncentive(ctx context.Context, from IncentiveStore, actor access.Actor, i id.Incentive) (Incentive, error) {
	found, err := from.Incentives(ctx, actor.Scope(access.CommitmentRead), 0, i)
	if err != nil {
		return Incentive{}, err
	}
	if len(found) == 0 {
		return Incentive{}, noIncentive()
	}
	return found[0].Incentive, nil
}

// CheckIncentive tells before the body is read whether the actor may change
// an incentive, and with a version whether it is the one that he saw.
//
// Errors: NotFound "incentive.unknown"; Forbidden "forbidden"; Stale
// "incentive.stale".
func (s *Service) CheckIncentive(ctx context.Context, actor access.Actor, i id.Incentive, version *int64) error {
	found, err := s.findIncentive(ctx, s.store, actor, i)
	if err != nil {
		return err
	}
	in, err := s.store.Inside(ctx, actor.ActScope(access.CommitmentEdit), found.LeadID)
	switch {
	case err != nil:
		return err
	case !in[found.LeadID]:
		return forbidden()
	case version != nil:
		return found.seen(*version)
	}
	return nil
}

func recordIncentive(ctx context.Context, tx Tx, l event.Line, was, now Incentive) error {
	l.Object, l.ObjectID, l.Reason, l.Changes = "incentive", int64(now.ID), now.Reason, now.texts().Since(was.texts())
	return tx.Record(ctx, l)
}

func (i Incentive) texts() event.Values {
	out := event.Values{
		{"kind", string(i.Kind)},
		{"text", i.Text},
		{"amount_cents", ""},
		{"legal_basis", i.LegalBasis},
		{"unit_id", ""},
		{"offered_on", dayOrNone(i.OfferedOn)},
		{"state", string(i.State)},
	}
	if i.AmountCents != nil {
		out[2][1] = strconv.FormatInt(*i.AmountCents, 10)
	}
	if i.UnitID != 0 {
		out[4][1] = i.UnitID.String()
	}
	return out
}
