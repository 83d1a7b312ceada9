package lead

import "github.com/leadrelay/leadrelay/internal/fault"

// settled refuses an edit of what was reviewed and let through: from the stage
// before signing on, place and track stay as they are, since other places have
// other reviewers and other tracks other gates. Who wants another one steps
// the lead back first, and passes the gates again. What is not known yet, and
// what a public report says, may be filled in.
//
// Errors: Conflict "lead.settled" with the field.
func (l Lead) settled(after Lead) error {
	info, _ := l.Stage.Info()
	sign, _ := ToSign.Info()
	if l.AsReported || info.Side && l.SignedOn == nil || !info.Side && info.Order < sign.Order {
		return nil
	}
	for name, changed := range map[string]bool{
		"track":         differs(l.Track, after.Track),
		"location_code": differs(l.LocationCode, after.LocationCode),
	} {
		if changed {
			return fault.New(fault.Conflict, "lead.settled", "Place and track stay as they were reviewed; step the lead back to change them.").With("field", name)
		}
	}
	return nil
}

// differs tells whether something known is something else now, or unknown.
func differs[T comparable](was, is *T) bool { return was != nil && (is == nil || *is != *was) }
