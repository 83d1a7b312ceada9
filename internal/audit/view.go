package audit

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// View is a line as it leaves the server. Its texts, before and after a
// change and the reason, are of class open and masked where the lead is
// restricted: the auditor sees that something was done, by whom and when.
type View struct {
	ID        id.Event      `json:"id" class:"public"`
	At        time.Time     `json:"at" class:"public"`
	Kind      string        `json:"kind" class:"public" find:"equal"`
	User      *Person       `json:"user" class:"public"`
	UnitID    *id.Unit      `json:"unit_id" class:"public" find:"equal"`
	Address   string        `json:"address" class:"public"`
	Object    string        `json:"object" class:"public"`
	ObjectID  int64         `json:"object_id" class:"public"`
	LeadID    *id.Lead      `json:"lead_id" class:"public" find:"equal"`
	Outcome   event.Outcome `json:"outcome" class:"public" find:"equal"`
	Code      string        `json:"code" class:"public"`
	Reason    string        `json:"reason" class:"open"`
	Changes   []Change      `json:"changes" class:"open"`
	RequestID string        `json:"request_id" class:"public"`
	Sealed    bool          `json:"sealed" class:"public"`
	Can       []string      `json:"can" class:"public"`
	Masked    []string      `json:"masked" class:"public"`
}

// Person is who did it.
type Person struct {
	ID   id.User `json:"id"`
	Name string  `json:"name"`
}

// Account is somebody whose lines can be asked for. Closed accounts have
// lines too.
type Account struct {
	ID       id.User `json:"id"`
	Name     string  `json:"name"`
	Username string  `json:"username"`
	Active   bool    `json:"active"`
}

// Change is one field before and after. Secret says that the values are not
// shown, or were never kept.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
	Secret bool   `json:"secret"`
}

// VerifyView is the outcome of a check as it leaves the server.
type VerifyView struct {
	OK        bool      `json:"ok"`
	Events    int64     `json:"events"`
	Sealed    int64     `json:"sealed"`
	Unsealed  int64     `json:"unsealed"`
	Head      *string   `json:"head"`
	FirstBad  *BadView  `json:"first_bad"`
	CheckedAt time.Time `json:"checked_at"`
}

// BadView is the first bad place as it leaves the server.
type BadView struct {
	EventID *id.Event `json:"event_id"`
	Seq     *int64    `json:"seq"`
	Why     Why       `json:"why"`
}

func (s *Service) view(e Entry) View {
	v := View{
		ID: e.ID, At: e.At, Kind: e.Kind, UnitID: some(e.Unit), Address: e.Address, Object: e.Object,
		ObjectID: e.ObjectID, LeadID: some(e.Lead), Outcome: e.Outcome, Code: e.Code, Reason: e.Reason,
		Changes: []Change{}, RequestID: e.RequestID, Sealed: e.Sealed, Can: []string{},
	}
	if e.User != 0 {
		v.User = &Person{ID: e.User, Name: e.UserName}
	}
	// A lead that is restricted today masks its past too, and a line written
	// while it was restricted stays masked.
	hidden := e.Restricted || e.RestrictedNow
	v.Masked = s.shape.Mask(&v, access.Seen{Public: true, Open: !hidden})
	v.Changes = shown(e.changes(), hidden)
	return v
}

// shown keeps the names of the changed fields also where the texts are
// hidden.
func shown(changes []event.Change, hidden bool) []Change {
	out := make([]Change, 0, len(changes))
	for _, c := range changes {
		s := Change{Field: c.Field, Before: c.Before, After: c.After, Secret: c.Secret || hidden}
		if s.Secret {
			s.Before, s.After = "", ""
		}
		out = append(out, s)
	}
	return out
}

func (r Report) view() VerifyView {
	v := VerifyView{
		OK: r.OK(), Events: r.Events, Sealed: r.Counts.Sealed, Unsealed: r.Unsealed, CheckedAt: r.CheckedAt,
	}
	if r.Head.Hash != "" {
		v.Head = &r.Head.Hash
	}
	if bad := r.FirstBad; bad != nil {
		v.FirstBad = &BadView{EventID: some(bad.Event), Seq: some(bad.Seq), Why: bad.Why}
	}
	return v
}

func some[T ~int64](n T) *T {
	if n == 0 {
		return nil
	}
	return &n
}
