package lead

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
)

// ConfirmState is what became of a question for confirmation.
type ConfirmState string

// The states of a confirmation.
const (
	ConfirmAsked     ConfirmState = "asked"
	ConfirmConfirmed ConfirmState = "confirmed"
	ConfirmDenied    ConfirmState = "denied"
)

// Confirmation is the question whether a project reached a stage, put by the
// responsible unit to one outside it, and the answer.
type Confirmation struct {
	ID             id.Confirm
	LeadID         id.Lead
	Stage          Stage
	ByWhom         gate.Confirm
	State          ConfirmState
	Ask            string
	AskedBy        *id.User
	AskedUnitID    *id.Unit
	AskedAt        time.Time
	Answer         string
	AnsweredBy     *id.User
	AnsweredUnitID *id.Unit
	AnsweredAt     *time.Time
	UsedAt         *time.Time
	Version        int64
}

// ConfirmView is a confirmation as it leaves the server.
type ConfirmView struct {
	ID             id.Confirm   `json:"id"`
	Lead           LeadRef      `json:"lead"`
	UnitID         id.Unit      `json:"unit_id" doc:"The responsible unit."`
	Stage          Stage        `json:"stage"`
	ByWhom         gate.Confirm `json:"by_whom" enum:"other_unit,bureau"`
	State          ConfirmState `json:"state" enum:"asked,confirmed,denied"`
	Ask            string       `json:"ask"`
	AskedAt        time.Time    `json:"asked_at"`
	AskedBy        *Person      `json:"asked_by"`
	AskedUnitID    *id.Unit     `json:"asked_unit_id"`
	Answer         string       `json:"answer"`
	AnsweredAt     *time.Time   `json:"answered_at"`
	AnsweredBy     *Person      `json:"answered_by"`
	AnsweredUnitID *id.Unit     `json:"answered_unit_id"`
	UsedAt         *time.Time   `json:"used_at" doc:"When a move used it; it counts once."`
	Version        int64        `json:"version"`
	Can            []string     `json:"can"`
}

// AskConfirmation asks that somebody outside the responsible unit confirms
// that the project reached a stage.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Conflict
// "lead.ended"; Conflict "confirmation.open" while one is asked; Conflict "confirmation.not_needed"
// when the stage asks for none; Invalid "input.invalid" on text.
func (s *Service) AskConfirmation(ctx context.Context, actor access.Actor, lead id.Lead, stage Stage, text string) (ConfirmView, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return ConfirmView{}, err
	}
	var made id.Confirm
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.LeadChangeStage, lead, nil)
		if err != nil {
			return err
		}
		if seen.Lead.Ended() {
			return fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
		}
		var bad rules
		bad.text("text", text, false, MaxReason)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		now := tx.Now(ctx)
		c := Confirmation{LeadID: lead, Stage: stage, State: ConfirmAsked, Ask: strings.TrimSpace(text), AskedBy: &actor.User, AskedAt: now, Version: 1}
		if actor.Acting != 0 {
			c.AskedUnitID = &actor.Acting
		}
		if c.ByWhom, err = confirmedBy(ctx, tx, seen, stage, places.Pool()); err != nil {
			return err
		}
		if err := tx.AskConfirmation(ctx, seen, &c); err != nil {
			return err
		}
		made = c.ID
		return tellAsked(ctx, tx, actor, seen, c, places.Pool())
	})
	if err != nil {
		return ConfirmView{}, err
	}
	return s.confirmation(ctx, actor, lead, made)
}

// confirmedBy says who confirms the stage: what the bureau holds itself,
// another unit confirms.
func confirmedBy(ctx context.Context, tx Tx, seen Seen, stage Stage, bureau id.Unit) (gate.Confirm, error) {
	cycle, err := tx.Lifecycle(ctx, clock.DateOf(tx.Now(ctx)))
	if err != nil {
		return "", err
	}
	step, known := cycle.Step(Evidence{}.facts(seen.Lead).Track, string(stage))
	if !known || step.Confirm == gate.None {
		return "", fault.New(fault.Conflict, "confirmation.not_needed", "The stage asks for no confirmation.")
	}
	if step.Confirm == gate.Bureau && seen.Lead.UnitID == bureau {
		return gate.OtherUnit, nil
	}
	return step.Confirm, nil
}

// tellAsked tells who may answer: the bureau, and of a question to any other
// unit also those that help, follow the chain or coordinate.
func tellAsked(ctx context.Context, tx Tx, actor access.Actor, seen Seen, c Confirmation, bureau id.Unit) error {
	units := []id.Unit{bureau}
	if c.ByWhom == gate.OtherUnit {
		with, err := tx.UnitsWith(ctx, seen.Lead, []access.Part{access.Helper, access.Chain, access.Coordinator}, c.AskedAt)
		if err != nil {
			return err
		}
		units = append(units, with...)
	}
	units = slices.DeleteFunc(units, func(u id.Unit) bool { return u == seen.Lead.UnitID })
	slices.Sort(units)
	return tellConfirmation(ctx, tx, actor, confirmNews{seen, c, "confirmation.asked", slices.Compact(units)})
}

// confirmNews is a question or an answer, and the units to be told.
type confirmNews struct {
	seen  Seen
	c     Confirmation
	kind  string
	units []id.Unit
}

func tellConfirmation(ctx context.Context, tx Tx, actor access.Actor, n confirmNews) error {
	l, c := n.seen.Lead, n.c
	if err := tx.Touch(ctx, n.seen, tx.Now(ctx)); err != nil {
		return err
	}
	if len(n.units) > 0 {
		err := tx.Notify(ctx, event.Notice{
			Kind: n.kind, Lead: l.ID, Units: n.units, By: actor.User, Object: "confirmation", ObjectID: int64(c.ID),
			Params: map[string]string{"reference": l.Code, "stage": string(c.Stage)},
		})
		if err != nil {
			return err
		}
	}
	e := line(actor, l, n.kind)
	e.Object, e.ObjectID, e.Reason = "confirmation", int64(c.ID), c.Answer
	e.Changes = []event.Change{{Field: "stage", After: string(c.Stage)}, {Field: "state", After: string(c.State)}}
	return tx.Record(ctx, e)
}

// AnswerConfirmation confirms or denies, for a unit that is not responsible,
// that the project reached the stage. A confirmation allows one move.
//
// Errors: NotFound "lead.unknown" or "confirmation.unknown"; Forbidden
// "forbidden"; Forbidden "confirmation.own_unit" for somebody of the
// responsible unit, and "confirmation.bureau" where the bureau is asked;
// Conflict "confirmation.answered"; Invalid "input.invalid" on reason.
func (s *Service) AnswerConfirmation(
	ctx context.Context, actor access.Actor, lead id.Lead, which id.Confirm, a ConfirmAnswer,
) (ConfirmView, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return ConfirmView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.LeadConfirm, lead, nil)
		if err != nil {
			return err
		}
		if err := reasonOf(a.Reason, !a.Confirmed); err != nil {
			return err
		}
		c, err := oneConfirmation(ctx, tx, seen, which)
		if err != nil {
			return err
		}
		unit, err := outside(actor, seen.Lead, c, places.Pool())
		if err != nil {
			return err
		}
		now := tx.Now(ctx)
		c.State, c.Answer, c.AnsweredBy, c.AnsweredUnitID, c.AnsweredAt = ConfirmDenied, strings.TrimSpace(a.Reason), &actor.User, &unit, &now
		if a.Confirmed {
			c.State = ConfirmConfirmed
		}
		if err := tx.AnswerConfirmation(ctx, seen, c); err != nil {
			return err
		}
		return tellConfirmation(ctx, tx, actor, confirmNews{seen, c, "confirmation." + string(c.State), []id.Unit{seen.Lead.UnitID}})
	})
	if err != nil {
		return ConfirmView{}, err
	}
	return s.confirmation(ctx, actor, lead, which)
}

// ConfirmAnswer answers a question for confirmation.
type ConfirmAnswer struct {
	Confirmed bool
	Reason    string // needed for a no
}

func oneConfirmation(ctx context.Context, from GateReader, seen Seen, which id.Confirm) (Confirmation, error) {
	all, err := from.Confirmations(ctx, seen)
	if err != nil {
		return Confirmation{}, err
	}
	for _, c := range all {
		if c.ID == which {
			return c, nil
		}
	}
	return Confirmation{}, fault.New(fault.NotFound, "confirmation.unknown", "No such confirmation.")
}

// outside returns the unit for which the actor confirms. Nobody who belongs
// to the responsible unit does, whichever unit he acts for.
func outside(actor access.Actor, l Lead, c Confirmation, bureau id.Unit) (id.Unit, error) {
	var others []id.Unit
	for _, m := range actor.Memberships {
		if m.Unit == l.UnitID {
			return 0, fault.New(fault.Forbidden, "confirmation.own_unit", "The responsible unit does not confirm its own work.")
		}
	}
	for _, u := range actor.UnitsWith(access.LeadConfirm) {
		if (actor.Acting == 0 || u == actor.Acting) && (c.ByWhom != gate.Bureau || u == bureau) {
			others = append(others, u)
		}
	}
	if len(others) == 0 {
		return 0, fault.New(fault.Forbidden, "confirmation.bureau", "The bureau confirms this stage.")
	}
	return others[0], nil
}

// Confirmations lists what was asked of the lead and answered, newest first.
//
// Errors: NotFound "lead.unknown".
func (s *Service) Confirmations(ctx context.Context, actor access.Actor, lead id.Lead) ([]ConfirmView, error) {
	seen, err := s.read(ctx, actor, lead)
	if err != nil || !rightsOf(actor).sees(seen.Standing).Open {
		return []ConfirmView{}, err
	}
	return s.confirmationsOf(ctx, actor, seen)
}

func (s *Service) confirmationsOf(ctx context.Context, actor access.Actor, seen Seen) ([]ConfirmView, error) {
	rows, err := s.store.Confirmations(ctx, seen)
	if err != nil {
		return nil, err
	}
	places, err := s.city.Places(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]ConfirmView, 0, len(rows))
	for _, c := range rows {
		v := ConfirmView{
			ID: c.ID, Lead: s.ref(actor, seen), UnitID: seen.Lead.UnitID, Stage: c.Stage, ByWhom: c.ByWhom, State: c.State, Ask: c.Ask,
			AskedAt: c.AskedAt, AskedUnitID: c.AskedUnitID, Answer: c.Answer, AnsweredAt: c.AnsweredAt,
			AnsweredUnitID: c.AnsweredUnitID, UsedAt: c.UsedAt, Version: c.Version, Can: []string{},
		}
		if c.AskedBy != nil {
			v.AskedBy = s.person(ctx, *c.AskedBy)
		}
		if c.AnsweredBy != nil {
			v.AnsweredBy = s.person(ctx, *c.AnsweredBy)
		}
		_, not := outside(actor, seen.Lead, c, places.Pool())
		if c.State == ConfirmAsked && not == nil && actor.ActScope(access.LeadConfirm).Covers(seen.Standing) {
			v.Can = append(v.Can, "answer")
		}
		out = append(out, v)
	}
	return out, nil
}

func (s *Service) confirmation(ctx context.Context, actor access.Actor, lead id.Lead, which id.Confirm) (ConfirmView, error) {
	all, err := s.Confirmations(ctx, actor, lead)
	for _, v := range all {
		if v.ID == which {
			return v, nil
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "confirmation.unknown", "No such confirmation.")
	}
	return ConfirmView{}, err
}

// maxAsked is how many leads the box of confirmations shows.
const maxAsked = 50

// AskedOfMe lists the confirmations that wait for the actor's answer, those
// asked first in front.
func (s *Service) AskedOfMe(ctx context.Context, actor access.Actor) ([]ConfirmView, error) {
	scope := actor.ActScope(access.LeadConfirm)
	ids, err := s.store.Asked(ctx, scope, maxAsked)
	if err != nil {
		return nil, err
	}
	out := []ConfirmView{}
	for _, lead := range ids {
		all, err := s.Confirmations(ctx, actor, lead)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		for _, v := range all {
			if slices.Contains(v.Can, "answer") {
				out = append(out, v)
			}
		}
	}
	return out, nil
}
