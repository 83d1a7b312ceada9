package lead

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
)

// The reason of a pause that follows from the lead's own.
const suspendedReason = "线索暂缓"

// holderKinds are the clocks that follow the holder of a lead.
func holderKinds() []ClockKind { return []ClockKind{ClockTriage, ClockFeedback, ClockProgress} }

// owed lists the clocks that run for the holder of a lead in its stage; the
// answer to the investor is owed once, from the registration.
func (p Pace) owed(l Lead) []ClockKind {
	at, _ := l.Stage.Info()
	switch {
	case at.Ended || !at.Side && at.Order > p.last:
		return nil
	case l.Stage == StageLead:
		return []ClockKind{ClockTriage, ClockProgress}
	}
	return []ClockKind{ClockProgress}
}

// begin starts clocks for the holder of a lead; those of a suspended lead
// stand still from the start.
func (p Pace) begin(ctx context.Context, tx Tx, l Lead, now time.Time, kinds ...ClockKind) error {
	seen := Seen{Lead: l}
	for _, kind := range kinds {
		start := ClockStart{Kind: kind, UnitID: l.UnitID, At: now, Pace: p}
		if err := tx.StartClock(ctx, seen, start); err != nil {
			return err
		}
	}
	if l.Stage == Suspended && len(kinds) > 0 {
		return p.suspend(ctx, tx, seen, now)
	}
	return nil
}

// registered starts the clocks of a new lead.
func (p Pace) registered(ctx context.Context, tx Tx, l Lead) error {
	return p.begin(ctx, tx, l, l.CreatedAt, append(p.owed(l), ClockFeedback)...)
}

// passed ends the former holder's clocks and starts the new holder's. What
// the former holder did not do in time was late; what was not yet due falls
// to the new one, with the whole limit.
func (p Pace) passed(ctx context.Context, tx Tx, before Seen, after Lead, now time.Time) error {
	open, err := tx.OpenClocks(ctx, before)
	if err != nil {
		return err
	}
	kinds := p.owed(after)
	for _, c := range open {
		if c.Kind == ClockFeedback && c.UnitID == before.Lead.UnitID {
			kinds = append(kinds, ClockFeedback)
		}
	}
	end := ClockClose{Kinds: holderKinds(), UnitID: &before.Lead.UnitID, At: now, Cancelled: true}
	if err := tx.CloseClocks(ctx, before, end); err != nil {
		return err
	}
	return p.begin(ctx, tx, after, now, kinds...)
}

// moved lets the clocks follow a change of stage: the assessment ends when
// the lead leaves the first stage, an ended lead owes nothing, a suspended
// one pauses.
func (p Pace) moved(ctx context.Context, tx Tx, seen Seen, to Stage, now time.Time) error {
	before, after := seen.Lead, seen.Lead
	after.Stage = to
	switch {
	case after.Stage == Suspended:
		return p.suspend(ctx, tx, seen, now)
	case before.Stage == Suspended:
		if err := p.wake(ctx, tx, seen, now); err != nil {
			return err
		}
	case before.Stage == StageLead:
		if err := tx.CloseClocks(ctx, seen, ClockClose{Kinds: []ClockKind{ClockTriage}, At: now}); err != nil {
			return err
		}
	}
	if after.Ended() {
		return tx.CloseClocks(ctx, seen, ClockClose{Kinds: append(holderKinds(), ClockReoffer), At: now, Cancelled: true})
	}
	return p.adjust(ctx, tx, seen, after, now)
}

// adjust ends the clocks that the new stage does not owe and starts those
// that it owes and that do not run.
func (p Pace) adjust(ctx context.Context, tx Tx, seen Seen, after Lead, now time.Time) error {
	from, _ := seen.Lead.Stage.Info()
	to, _ := after.Stage.Info()
	owed := p.owed(after)
	if !from.Side && to.Order > from.Order && p.counts["stage"] || len(owed) == 0 {
		if err := tx.CloseClocks(ctx, seen, ClockClose{Kinds: []ClockKind{ClockProgress}, At: now}); err != nil {
			return err
		}
	}
	open, err := tx.OpenClocks(ctx, seen)
	if err != nil {
		return err
	}
	return p.begin(ctx, tx, after, now, notRunning(owed, open, after)...)
}

// notRunning are the kinds that the holder owes and of which none runs.
func notRunning(owed []ClockKind, open []Clock, after Lead) []ClockKind {
	running := map[ClockKind]bool{}
	for _, c := range open {
		running[c.Kind] = running[c.Kind] || c.UnitID == after.UnitID
	}
	var missing []ClockKind
	for _, kind := range owed {
		if !running[kind] {
			missing = append(missing, kind)
		}
	}
	return missing
}

// suspend pauses the holder's running clocks.
func (p Pace) suspend(ctx context.Context, tx Tx, seen Seen, now time.Time) error {
	return p.each(ctx, tx, seen, func(c Clock, pauses []Pause) error {
		if c.PausedAt != nil {
			return nil
		}
		pause := Pause{ClockID: c.ID, FromAt: now, Reason: suspendedReason, ByStage: true}
		if err := tx.AddPause(ctx, seen, pause); err != nil {
			return err
		}
		return tx.SaveClock(ctx, seen, p.replayed(c, append(pauses, pause)))
	})
}

// wake resumes what was paused because the lead was.
func (p Pace) wake(ctx context.Context, tx Tx, seen Seen, now time.Time) error {
	return p.each(ctx, tx, seen, func(c Clock, pauses []Pause) error {
		if len(pauses) == 0 || c.PausedAt == nil || !pauses[len(pauses)-1].ByStage {
			return nil
		}
		last := &pauses[len(pauses)-1]
		last.Until = &now
		if err := tx.EndPause(ctx, seen, *last); err != nil {
			return err
		}
		return tx.SaveClock(ctx, seen, p.replayed(c, pauses))
	})
}

// each runs work for the holder's open clocks with their pauses.
func (p Pace) each(ctx context.Context, tx Tx, seen Seen, work func(Clock, []Pause) error) error {
	open, err := tx.OpenClocks(ctx, seen)
	if err != nil {
		return err
	}
	for _, c := range open {
		if c.Kind != ClockTriage && c.Kind != ClockFeedback && c.Kind != ClockProgress {
			continue
		}
		pauses, err := tx.Pauses(ctx, seen, c.ID)
		if err != nil {
			return err
		}
		if err := work(c, pauses); err != nil {
			return err
		}
	}
	return nil
}

// deed is something that somebody did to a lead.
type deed struct {
	act string // one of ProgressActs
	at  time.Time
}

// done lets the clocks know that somebody worked on the lead: an answer to
// the investor was given, and what counts as progress begins the next report's
// time. Only the holder and its helpers make progress.
func (p Pace) done(ctx context.Context, tx Tx, actor access.Actor, seen Seen, d deed) error {
	if !worksOn(seen, actor.Acting) {
		return nil
	}
	if err := p.terms.progressed(ctx, tx, seen, d.act, d.at); err != nil {
		return err
	}
	if d.act == string(NoteFeedback) {
		if err := tx.CloseClocks(ctx, seen, ClockClose{Kinds: []ClockKind{ClockFeedback}, At: d.at}); err != nil {
			return err
		}
	}
	if !p.counts[d.act] || seen.Lead.Stage == Suspended || len(p.owed(seen.Lead)) == 0 {
		return nil
	}
	if err := tx.CloseClocks(ctx, seen, ClockClose{Kinds: []ClockKind{ClockProgress}, At: d.at}); err != nil {
		return err
	}
	return p.begin(ctx, tx, seen.Lead, d.at, ClockProgress)
}

func worksOn(seen Seen, unit id.Unit) bool {
	for _, f := range seen.Standing.Facts {
		if f.Unit == unit && (f.Part == access.Owner || f.Part == access.Helper) {
			return true
		}
	}
	return false
}
