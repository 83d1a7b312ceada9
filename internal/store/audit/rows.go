package audit

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// columns are those of audit_events. All may be missing: a link whose line
// is gone is read too.
type columns struct {
	ID         *int64
	At         *time.Time
	Kind       *string
	UserID     *int64
	UnitID     *int64
	SessionID  *int64
	Address    *string
	RequestID  *string
	Object     *string
	ObjectID   *int64
	LeadID     *int64
	Restricted *bool
	Outcome    *string
	Code       *string
	Reason     *string
	Changes    *string
}

// linkRow is a link with its line.
type linkRow struct {
	Seq      int64
	EventID  int64
	Hash     string
	SealedAt time.Time
	Line     columns `gorm:"embedded"`
}

// entryRow is a line of the list.
type entryRow struct {
	Line          columns `gorm:"embedded"`
	RestrictedNow *bool
	UserName      *string
	Sealed        bool
}

func (c columns) row() audit.Row {
	return audit.Row{
		ID: id.Event(or(c.ID)), At: or(c.At), Kind: or(c.Kind), User: id.User(or(c.UserID)),
		Unit: id.Unit(or(c.UnitID)), Session: id.Session(or(c.SessionID)), Address: or(c.Address),
		RequestID: or(c.RequestID), Object: or(c.Object), ObjectID: or(c.ObjectID),
		Lead: id.Lead(or(c.LeadID)), Restricted: or(c.Restricted), Outcome: event.Outcome(or(c.Outcome)),
		Code: or(c.Code), Reason: or(c.Reason), Changes: or(c.Changes),
	}
}

func (r linkRow) sealed() audit.Sealed {
	s := audit.Sealed{Link: audit.Link{
		Seq: r.Seq, Event: id.Event(r.EventID), Hash: r.Hash, SealedAt: r.SealedAt,
	}}
	if r.Line.ID != nil {
		row := r.Line.row()
		s.Row = &row
	}
	return s
}

func (r entryRow) entry() audit.Entry {
	return audit.Entry{
		Row: r.Line.row(), Sealed: r.Sealed, RestrictedNow: or(r.RestrictedNow), UserName: or(r.UserName),
	}
}

// or returns what p points to, or the zero value for NULL.
func or[T any](p *T) (value T) {
	if p != nil {
		return *p
	}
	return value
}
