package lead

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// Owed lists the clocks that run for the holder of a lead in a stage.
func (p Pace) Owed(stage Stage) []ClockKind { return p.owed(Lead{Stage: stage}) }

// Warned returns a running clock as it stands when every warning up to an
// instant was given, for a past that nobody is to be warned of any more.
func (p Pace) Warned(c Clock, now time.Time) Clock {
	due := c.DueAt
	for !c.WarnAt.After(now) {
		percent := p.next(c.Warned)
		if percent == 0 {
			break
		}
		c.Warned = percent
		c = p.timed(c)
	}
	c.DueAt = due
	return c
}

// Ended returns the clock as it is closed at an instant. What falls away
// after its deadline was late all the same.
func (c Clock) Ended(at time.Time, cancelled bool) Clock {
	c.PausedAt = nil
	return c.Closed(ClockClose{At: at, Cancelled: cancelled})
}

// Closed returns the clock as it is closed. What was paused in time is met in
// time.
func (c Clock) Closed(by ClockClose) Clock {
	stood, how := by.At, ClockMet
	if c.PausedAt != nil {
		stood = *c.PausedAt
	}
	switch {
	case !stood.Before(c.DueAt):
		how = ClockLate
	case by.Cancelled:
		how = ClockCancelled
	}
	c.ClosedAt, c.How, c.PausedAt, c.WarnAt = &by.At, &how, nil, clock.Forever()
	return c
}
