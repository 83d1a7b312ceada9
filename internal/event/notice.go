package event

import "github.com/leadrelay/leadrelay/internal/id"

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
}
