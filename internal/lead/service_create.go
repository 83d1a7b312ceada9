package lead

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
)

// founding is all that a new lead is made from.
type founding struct {
	draft    Draft
	places   Places
	register register
}

// insert registers a lead. Who is first is decided before its instant is
// read, so that the order of the instants is that of the decisions.
func (s *Service) insert(ctx context.Context, tx Tx, actor access.Actor, f founding) (id.Lead, error) {
	l, err := f.draft.Lead(tx.Now(ctx), f.places)
	if err != nil {
		return 0, err
	}
	party := l.party()
	if f.draft.Contact != nil {
		var c Contact
		c.put(f.draft.Contact.tidied())
		party = party.with(s.ContactKeys(c))
	}
	verdict, err := f.register.claim(ctx, tx, party, f.draft.Duplicate, 0)
	if err != nil {
		return 0, err
	}
	l.beginAt(tx.Now(ctx))
	l.CreatedBy = &actor.User
	if err := tx.Insert(ctx, &l); err != nil {
		return 0, err
	}
	if err := f.register.enter(ctx, tx, actor, &l, verdict, f.draft.Duplicate); err != nil {
		return 0, err
	}
	return l.ID, s.found(ctx, tx, actor, l, f)
}

// beginAt dates a new lead.
func (l *Lead) beginAt(at time.Time) { l.CreatedAt, l.StageSince, l.ActivityAt = at, at, at }

// found writes what belongs to a new lead: rights, members, contact, stream
// and audit.
func (s *Service) found(ctx context.Context, tx Tx, actor access.Actor, l Lead, f founding) error {
	if err := addFirstParts(ctx, tx, l, f.places); err != nil {
		return err
	}
	if err := joinBureau(ctx, tx, l, f.places, l.CreatedAt); err != nil {
		return err
	}
	seen := Seen{Lead: l}
	if l.Restricted {
		if err := tx.AddMember(ctx, seen, actor.User, actor.User, l.CreatedAt); err != nil {
			return err
		}
	}
	if f.draft.Contact != nil {
		if _, err := s.addContact(ctx, tx, actor, seen, *f.draft.Contact, l.CreatedAt); err != nil {
			return err
		}
	}
	if err := paceOf(f.places).registered(ctx, tx, l); err != nil {
		return err
	}
	created := activity(actor, l, ActCreated, l.CreatedAt)
	if err := tx.AddActivity(ctx, &created); err != nil {
		return err
	}
	e := line(actor, l, "lead.created")
	e.Changes = Differences(Lead{}, l, s.shape)
	return tx.Record(ctx, e)
}
