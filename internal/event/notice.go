package event

import "github.com/leadrelay/leadrelay/internal/id"

// Apart says to whom an event is told who may not read its lead. Such a notice
// names nothing of the lead but the words of its Params.
type Apart string

// The ways to tell an event apart from its lead. The first two are of events
// that end a right: who lost it learns that it is over. A notice that was told
// apart stays readable.
const (
	ApartTold   Apart = "told"   // who was told of the lead, or of the hand-off, before
	ApartUnit   Apart = "unit"   // everybody whom the event addresses
	ApartAlways Apart = "always" // the same, and it is no secret to any of them later
)

// Notice is something that happened and that persons should be told of. It
// is written in the transaction of what happened; who is told is worked out
// afterwards, among those who may read the lead at that moment.
type Notice struct {
	Kind     string    // dotted: handoff.offered, clock.warned, dispute.ruled …
	Lead     id.Lead   // the lead concerned; 0 for none
	Units    []id.Unit // told are their live members …
	Heads    bool      // … or of those their heads alone
	Users    []id.User // told beside them
	By       id.User   // never told of its own act; 0 for the program
	Handoff  id.Handoff
	Object   string // what else it is about: dispute, clock, protection …
	ObjectID int64
	// Params are words for the sentence: percent, due_at, reference. Nothing
	// of class money, contact or file, and no title: they go into mail.
	Params map[string]string
	Apart  Apart // empty: told to those alone who may read the lead
}
