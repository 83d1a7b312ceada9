package lead

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Sight returns the classes of fields that the actor sees of a lead by now,
// for an answer that is given once more.
//
// Errors: NotFound "lead.unknown".
func (s *Service) Sight(ctx context.Context, actor access.Actor, lead id.Lead) (access.Seen, error) {
	seen, err := s.read(ctx, actor, lead)
	if err != nil {
		return access.Seen{}, err
	}
	return rightsOf(actor).sees(seen.Standing), nil
}

// ContactAgain returns a contact as it stands, for an answer that is given
// once more: the answer itself is kept without the contact's values.
//
// Errors: NotFound "lead.unknown" or "contact.unknown"; Forbidden "forbidden".
func (s *Service) ContactAgain(ctx context.Context, actor access.Actor, kept ContactView) (ContactView, error) {
	all, err := s.Contacts(ctx, actor, kept.LeadID)
	if err != nil {
		return ContactView{}, err
	}
	for _, c := range all {
		if c.ID == kept.ID {
			return c, nil
		}
	}
	return ContactView{}, fault.New(fault.NotFound, "contact.unknown", "No such contact.")
}
