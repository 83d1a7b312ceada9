package lead

import (
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// ProtectionState says how a lead's protection stands. Lapsed is read from
// the clock; the others are written.
type ProtectionState string

// The states of protection.
const (
	ProtectionPending   ProtectionState = "pending"   // another project of a protected investor: the bureau confirms
	ProtectionActive    ProtectionState = "active"    //
	ProtectionLapsed    ProtectionState = "lapsed"    // the window is over, or nothing happened for too long
	ProtectionEnded     ProtectionState = "ended"     // the lead has ended
	ProtectionOverruled ProtectionState = "overruled" // by a recorded ruling
	ProtectionRejected  ProtectionState = "rejected"  // the bureau holds it for no project of its own
)

// ProtectionStates lists the states in the order of the filter.
func ProtectionStates() []ProtectionState {
	return []ProtectionState{
		ProtectionPending, ProtectionActive, ProtectionLapsed, ProtectionEnded, ProtectionOverruled, ProtectionRejected,
	}
}

// Known tells whether the state is on the list.
func (p ProtectionState) Known() bool {
	for _, s := range ProtectionStates() {
		if s == p {
			return true
		}
	}
	return false
}

// Protection is the first reporter's window on one project.
type Protection struct {
	Reference string          `json:"reference"`
	State     ProtectionState `json:"state"`
	Until     *time.Time      `json:"until"`      // end of the window; null while pending
	IdleUntil *time.Time      `json:"idle_until"` // when it lapses without progress
	Renewals  int64           `json:"renewals"`
}

// Reference returns the number of a first report, from its year and its
// number in the register.
func Reference(year int, registration int64) string {
	return fmt.Sprintf("SB-%04d-%06d", year, registration)
}

// protection returns the lead's protection as it was read; nil for a public
// project that nobody registered.
func (l *Lead) protection() *Protection {
	if l.ProtectionState == nil || l.ProtectionReference == nil {
		return nil
	}
	return &Protection{
		Reference: *l.ProtectionReference, State: *l.ProtectionState, Until: l.ProtectionUntil, IdleUntil: l.ProtectionIdleUntil,
		Renewals: l.ProtectionRenewals,
	}
}

// inProtection tells whether the lead's protection is in the state.
func (l *Lead) inProtection(state ProtectionState) bool {
	return l.ProtectionState != nil && *l.ProtectionState == state
}

// Terms are the city's numbers of protection with the office calendar.
type Terms struct {
	Days      int64 // of the window
	LargeDays int64 // of the window of a large project
	LargeWan  int64 // from which amount in 万元 a project is large
	IdleDays  int64 // without progress until it lapses
	WarnDays  int64 // before the end that a warning is given
	Renewals  int64 // how often it can be renewed
	Office    *clock.Office
	Counts    map[string]bool // which acts are progress
}

// window returns how many days a lead of this size is protected. Only
// amounts in yuan are compared: nobody fixes a rate for the others.
func (t Terms) window(l Lead) int {
	const centsOfWan = 10_000 * 100
	if l.PlannedCents != nil && l.Currency == "CNY" && *l.PlannedCents >= t.LargeWan*centsOfWan {
		return int(t.LargeDays)
	}
	return int(t.Days)
}

// Protect begins the lead's protection at an instant.
func (l *Lead) Protect(t Terms, at time.Time) {
	until := t.Office.DueCalendar(at, t.window(*l))
	l.setProtection(ProtectionActive)
	l.ProtectionFrom, l.ProtectionUntil = &at, &until
	l.ProtectionIdleUntil, l.ProtectionEnds, l.ProtectionWarned = nil, nil, nil
	l.progress(t, at)
}

func (l *Lead) setProtection(state ProtectionState) { l.ProtectionState = &state }

// progress moves on the end of the time without progress. A protection that
// has lapsed stays so: somebody else may have reported the project since.
func (l *Lead) progress(t Terms, at time.Time) bool {
	if !l.inProtection(ProtectionActive) || l.over(at) {
		return false
	}
	idle := t.Office.DueCalendar(at, int(t.IdleDays))
	if l.ProtectionIdleUntil != nil && idle.Before(*l.ProtectionIdleUntil) {
		return false
	}
	l.ProtectionIdleUntil = &idle
	l.bound()
	return true
}

// Worked moves on the end of the time without progress when the act counts
// as progress, and tells whether it did.
func (l *Lead) Worked(t Terms, act string, at time.Time) bool {
	return t.Counts[act] && l.progress(t, at)
}

// FollowStage moves the protection with a change of stage: it ends with the
// lead, and a move forward is progress where the city says so.
func (l *Lead) FollowStage(before Stage, t Terms, at time.Time) {
	from, _ := before.Info()
	to, _ := l.Stage.Info()
	switch {
	case to.Ended && !from.Ended:
		if l.inProtection(ProtectionActive) && !l.over(at) || l.inProtection(ProtectionPending) {
			l.setProtection(ProtectionEnded)
		}
	case !from.Side && !to.Side && to.Order > from.Order && t.Counts["stage"]:
		l.progress(t, at)
	}
}

// revive gives the protection back that ended with a lead whose end is taken
// back, within its window; one that waited for the bureau waits again.
func (l *Lead) revive(before Stage, at time.Time) {
	from, _ := before.Info()
	to, _ := l.Stage.Info()
	switch {
	case !from.Ended || to.Ended || !l.inProtection(ProtectionEnded):
	case l.ProtectionUntil == nil:
		l.setProtection(ProtectionPending)
	case !l.over(at):
		l.setProtection(ProtectionActive)
	}
}

// over tells whether the protection's end has come.
func (l *Lead) over(at time.Time) bool {
	return l.ProtectionEnds != nil && !at.Before(*l.ProtectionEnds)
}

// bound works out the earlier of the two ends.
func (l *Lead) bound() {
	ends := *l.ProtectionUntil
	if l.ProtectionIdleUntil.Before(ends) {
		ends = *l.ProtectionIdleUntil
	}
	l.ProtectionEnds = &ends
}

// Renew gives the lead a further window behind the present one.
//
// Errors: Conflict "protection.not_active"; Conflict "protection.renewed"
// when it was renewed as often as the city allows.
func (l *Lead) Renew(t Terms, at time.Time) error {
	switch {
	case !l.inProtection(ProtectionActive):
		return fault.New(fault.Conflict, "protection.not_active", "Only a protection in force is renewed.")
	case l.ProtectionRenewals >= t.Renewals:
		return fault.New(fault.Conflict, "protection.renewed", "The protection was renewed already.")
	}
	until := t.Office.DueCalendar(*l.ProtectionUntil, t.window(*l))
	l.ProtectionUntil = &until
	l.ProtectionRenewals++
	l.ProtectionWarned = nil
	l.progress(t, at)
	l.bound()
	return nil
}
