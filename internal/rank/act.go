package rank

import (
	"context"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// on locks a run that is open and does something with it.
func (s *Service) on(ctx context.Context, actor access.Actor, run id.Run, work func(Tx, Run) error) (RunView, error) {
	if err := s.On(ctx); err != nil {
		return RunView{}, err
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		if err := tx.Hold(ctx, run); err != nil {
			return err
		}
		now, err := tx.Run(ctx, actor.Scope(access.RankingRead), run)
		if err != nil {
			return err
		}
		if !now.open() {
			return wrongState()
		}
		return work(tx, now)
	})
	if err != nil {
		return RunView{}, err
	}
	return s.Run(ctx, actor, run)
}

func wrongState() error {
	return fault.New(fault.Conflict, "ranking.state", "The assessment's state does not allow this.")
}

func (s *Service) worked(ctx context.Context, actor access.Actor, tx Tx, r Run, act, reason string) error {
	if err := s.scored(ctx, actor, tx, &r); err != nil {
		return err
	}
	r.WorkedAt = tx.Now(ctx)
	r.Version++
	if err := tx.SaveRun(ctx, r); err != nil {
		return err
	}
	return tx.Record(ctx, line(actor, r, act, reason))
}

// Recompute works the scores out anew from what is known now.
//
// Errors: NotFound "ranking.unknown", "ranking.off"; Conflict "ranking.state",
// "ranking.no_formula".
func (s *Service) Recompute(ctx context.Context, actor access.Actor, run id.Run) (RunView, error) {
	return s.on(ctx, actor, run, func(tx Tx, r Run) error { return s.worked(ctx, actor, tx, r, "recomputed", "") })
}

// Charge enters a fault by hand, with its reason, and works the scores out
// anew.
//
// Errors: as Recompute; Invalid by field.
func (s *Service) Charge(ctx context.Context, actor access.Actor, run id.Run, b Blame) (RunView, error) {
	return s.on(ctx, actor, run, func(tx Tx, r Run) error {
		var bad rules
		bad.text("reason", b.Reason, true, maxText)
		if !slices.Contains(r.units(), b.UnitID) {
			bad.add("unit_id", "unknown_value")
		}
		if b.Count < -99 || b.Count > 99 || b.Count == 0 {
			bad.add("count", "ranking.count")
		}
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		b.RunID, b.UserID, b.At = run, &actor.User, tx.Now(ctx)
		if err := tx.AddBlame(ctx, b); err != nil {
			return err
		}
		return s.worked(ctx, actor, tx, r, "charged", b.Reason)
	})
}

// Show lets every unit see its own row and object to it until a day.
//
// Errors: as Recompute.
func (s *Service) Show(ctx context.Context, actor access.Actor, run id.Run) (RunView, error) {
	office, err := s.city.Office(ctx)
	if err != nil {
		return RunView{}, err
	}
	days, err := s.rule(ctx, ruleDays)
	if err != nil {
		return RunView{}, err
	}
	return s.on(ctx, actor, run, func(tx Tx, r Run) error {
		if r.State != Draft {
			return wrongState()
		}
		until := office.Due(tx.Now(ctx), int(days))
		r.State, r.ObjectionsUntil = Preview, &until
		r.Version++
		if err := tx.SaveRun(ctx, r); err != nil {
			return err
		}
		if err := tx.Record(ctx, line(actor, r, "previewed", "")); err != nil {
			return err
		}
		return tx.Notify(ctx, tell("previewed", r, actor.User, r.units()))
	})
}

// Object says what a unit holds against its row.
//
// Errors: as Recompute; Conflict "ranking.objections_over" after the day;
// Forbidden "forbidden" for a unit that is not ranked; Invalid on text.
func (s *Service) Object(ctx context.Context, actor access.Actor, run id.Run, text string) (RunView, error) {
	pool, err := s.city.Pool(ctx)
	if err != nil {
		return RunView{}, err
	}
	return s.on(ctx, actor, run, func(tx Tx, r Run) error {
		switch {
		case r.State != Preview:
			return wrongState()
		case !slices.Contains(r.units(), actor.Acting):
			return fault.New(fault.Forbidden, "forbidden", "The unit is not ranked.")
		case tx.Now(ctx).After(*r.ObjectionsUntil):
			return fault.New(fault.Conflict, "ranking.objections_over", "The time to object is over.")
		}
		var bad rules
		bad.text("text", text, true, maxText)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		o := Objection{RunID: run, UnitID: actor.Acting, Text: text, UserID: &actor.User, At: tx.Now(ctx)}
		if err := tx.AddObjection(ctx, &o); err != nil {
			return err
		}
		if err := tx.Record(ctx, line(actor, r, "objected", text)); err != nil {
			return err
		}
		return tx.Notify(ctx, tell("objected", r, actor.User, []id.Unit{pool}))
	})
}

// Answer answers an objection.
//
// Errors: as Recompute; NotFound "ranking.objection_unknown"; Conflict
// "ranking.answered"; Invalid on text.
func (s *Service) Answer(ctx context.Context, actor access.Actor, run id.Run, o id.Objection, text string, upheld bool) (RunView, error) {
	return s.on(ctx, actor, run, func(tx Tx, r Run) error {
		var bad rules
		bad.text("text", text, true, maxText)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		all, err := tx.Objections(ctx, run)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(one Objection) bool { return one.ID == o })
		if at < 0 {
			return fault.New(fault.NotFound, "ranking.objection_unknown", "No such objection.")
		}
		now := tx.Now(ctx)
		done, err := tx.AnswerObjection(ctx, Objection{ID: o, Answer: text, Upheld: &upheld, AnsweredBy: &actor.User, AnsweredAt: &now})
		if err != nil {
			return err
		}
		if !done {
			return fault.New(fault.Conflict, "ranking.answered", "The objection has its answer.")
		}
		if err := tx.Record(ctx, line(actor, r, "answered", text)); err != nil {
			return err
		}
		return tx.Notify(ctx, tell("answered", r, actor.User, []id.Unit{all[at].UnitID}))
	})
}

// Publish puts a previewed run in force once the time to object is over and
// every objection has its answer; what was published of the month before stays
// readable.
//
// Errors: as Recompute; Conflict "ranking.objections_open", "ranking.busy".
func (s *Service) Publish(ctx context.Context, actor access.Actor, run id.Run) (RunView, error) {
	return s.on(ctx, actor, run, func(tx Tx, r Run) error {
		if r.State != Preview {
			return wrongState()
		}
		all, err := tx.Objections(ctx, run)
		if err != nil {
			return err
		}
		waits := slices.ContainsFunc(all, func(o Objection) bool { return o.AnsweredAt == nil })
		now := tx.Now(ctx)
		if waits || now.Before(*r.ObjectionsUntil) {
			return fault.New(fault.Conflict, "ranking.objections_open", "The time to object is not over, or an objection waits for its answer.")
		}
		if err := tx.Supersede(ctx, r.Month); err != nil {
			return err
		}
		r.State, r.PublishedBy, r.PublishedAt = Published, &actor.User, &now
		r.Version++
		if err := tx.SaveRun(ctx, r); err != nil {
			return err
		}
		if err := tx.Record(ctx, line(actor, r, "published", r.Reason)); err != nil {
			return err
		}
		return tx.Notify(ctx, tell("published", r, actor.User, r.units()))
	})
}
