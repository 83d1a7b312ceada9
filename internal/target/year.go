package target

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Submit puts the targets of a year before the bureau's head; until the answer
// nobody edits them.
//
// Errors: Stale "target.stale"; Conflict "target.state"; Conflict
// "target.empty" for a year without any target.
func (s *Service) Submit(ctx context.Context, actor access.Actor, year int, version int64, reason string) (YearView, error) {
	return s.act(ctx, actor, step{year: year, version: version, act: "submitted", reason: reason, from: []YearState{Draft}, to: Submitted})
}

// Approve puts the submitted targets in force as the next edition.
//
// Errors: Stale "target.stale"; Conflict "target.state".
func (s *Service) Approve(ctx context.Context, actor access.Actor, year int, version int64, reason string) (YearView, error) {
	return s.act(ctx, actor, step{year: year, version: version, act: "approved", reason: reason, from: []YearState{Submitted}, to: Approved})
}

// Return gives submitted targets back to be worked on, or opens approved ones
// for the next edition; a reason is needed.
//
// Errors: Stale "target.stale"; Conflict "target.state"; Invalid by field.
func (s *Service) Return(ctx context.Context, actor access.Actor, year int, version int64, reason string) (YearView, error) {
	var bad broken
	bad.line("reason", reason, maxText)
	if err := bad.err(); err != nil {
		return YearView{}, err
	}
	return s.act(ctx, actor, step{year: year, version: version, act: "returned", reason: reason, from: []YearState{Submitted}, to: Draft})
}

// step is an act on a year as a whole.
type step struct {
	year    int
	version int64
	act     string
	reason  string
	from    []YearState
	to      YearState
}

func (s *Service) act(ctx context.Context, actor access.Actor, a step) (YearView, error) {
	a.reason = strings.TrimSpace(a.reason)
	var bad broken
	if a.reason != "" {
		bad.line("reason", a.reason, maxText)
	}
	if err := bad.err(); err != nil {
		return YearView{}, err
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		y, err := tx.HoldYear(ctx, a.year, true)
		if err != nil {
			return err
		}
		switch {
		case y.Version != a.version:
			return staleYear(y)
		case !slices.Contains(a.from, y.State):
			return fault.New(fault.Conflict, "target.state", "The state of the year does not allow this.")
		}
		if err := filled(ctx, tx, a.year); err != nil {
			return err
		}
		y.State = a.to
		y.Version++
		if a.to == Approved {
			y.Edition++
		}
		act := Act{Year: a.year, Act: a.act, Edition: y.Edition, Reason: a.reason, UserID: actor.User, ActingUnitID: actor.Acting, At: tx.Now(ctx)}
		if err := tx.SaveYear(ctx, y, act); err != nil {
			return err
		}
		return tx.Record(ctx, line(actor, "target."+a.act, a.year, a.reason))
	})
	if err != nil {
		return YearView{}, err
	}
	return s.Year(ctx, actor, a.year)
}

func filled(ctx context.Context, tx Tx, year int) error {
	cells, err := tx.Cells(ctx, year, nil)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(cells, func(c Cell) bool { return c.Value != nil }) {
		return fault.New(fault.Conflict, "target.empty", "The year has no target.")
	}
	return nil
}

func staleYear(y Year) error {
	return fault.New(fault.Stale, "target.stale", "Somebody else acted on the year.").With("version", y.Version).With("differs", []string{"state"})
}

// CheckYear compares the version that the caller saw, before the body is read.
//
// Errors: Stale "target.stale".
func (s *Service) CheckYear(ctx context.Context, year int, version int64) error {
	y, err := s.store.Year(ctx, year)
	if err != nil || y.Version == version {
		return err
	}
	return staleYear(y)
}

// YearView is a year as a whole.
type YearView struct {
	Year    int       `json:"year"`
	State   YearState `json:"state"`
	Edition int64     `json:"edition" doc:"How often the year was approved."`
	Version int64     `json:"version"`
	Acts    []ActView `json:"acts"`
	Can     []string  `json:"can"`
}

// ActView is a step of the year.
type ActView struct {
	Act     string    `json:"act"`
	Edition int64     `json:"edition"`
	Reason  string    `json:"reason"`
	UserID  id.User   `json:"user_id"`
	Person  string    `json:"person"`
	UnitID  id.Unit   `json:"unit_id"`
	At      time.Time `json:"at"`
}

// Year tells how far a year is, and who brought it there.
func (s *Service) Year(ctx context.Context, actor access.Actor, year int) (YearView, error) {
	y, err := s.store.Year(ctx, year)
	if err != nil {
		return YearView{}, err
	}
	acts, err := s.store.Acts(ctx, year)
	if err != nil {
		return YearView{}, err
	}
	var users []id.User
	for _, a := range acts {
		users = append(users, a.UserID)
	}
	names, err := s.store.People(ctx, users)
	v := YearView{Year: y.Year, State: y.State, Edition: y.Edition, Version: y.Version, Acts: make([]ActView, 0, len(acts)), Can: y.can(actor)}
	for _, a := range acts {
		v.Acts = append(v.Acts, ActView{Act: a.Act, Edition: a.Edition, Reason: a.Reason, UserID: a.UserID, Person: names[a.UserID], UnitID: a.ActingUnitID, At: a.At})
	}
	return v, err
}

func (y Year) can(actor access.Actor) []string {
	out := []string{}
	edits, approves := actor.Scope(access.TargetEdit).Any(), actor.Scope(access.TargetApprove).Any()
	switch {
	case y.State == Draft && edits && y.Version > 0:
		out = append(out, "submit")
	case y.State == Submitted && approves:
		out = append(out, "approve", "return")
	}
	if edits {
		out = append(out, "edit", "limit")
	}
	if actor.Scope(access.TargetCorrect).Any() {
		out = append(out, "correct")
	}
	if !actor.Scope(access.TargetReport).Empty() {
		out = append(out, "report")
	}
	return out
}
