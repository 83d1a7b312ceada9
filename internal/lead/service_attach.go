package lead

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Contacts lists the persons on the investor's side, masked by class.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden" for a reader of the
// lead who may not know its contacts.
func (s *Service) Contacts(ctx context.Context, actor access.Actor, lead id.Lead) ([]ContactView, error) {
	seen, err := s.readWith(ctx, actor, actor.Scope(access.ContactRead), lead)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.Contacts(ctx, seen)
	if err != nil {
		return nil, err
	}
	out := make([]ContactView, 0, len(rows))
	for _, c := range rows {
		out = append(out, s.contactView(actor, seen, c))
	}
	return out, nil
}

func (s *Service) contactView(actor access.Actor, seen Seen, c Contact) ContactView {
	v := ContactView{
		ID: c.ID, LeadID: c.LeadID, Name: &c.Name, Title: c.Title, Phone: c.Phone, Email: c.Email, Wechat: c.Wechat,
		Consent: c.Consent, Version: c.Version, UnitID: c.UnitID, CreatedAt: c.CreatedAt,
	}
	classes := rightsOf(actor).sees(seen.Standing)
	classes.Public = true
	masked := s.contacts.Mask(&v, classes)
	v.Can, v.Masked = []string{}, masked
	if actor.ActScope(access.ContactEdit).Covers(seen.Standing) {
		v.Can = append(v.Can, "edit", "delete")
	}
	if !classes.Contact && actor.ActScope(access.ContactReveal).Covers(seen.Standing) {
		v.Can = append(v.Can, "reveal")
	}
	return v
}

// AddContact records a person on the investor's side.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" by field.
func (s *Service) AddContact(
	ctx context.Context, actor access.Actor, lead id.Lead, d ContactDraft,
) (ContactView, error) {
	var out ContactView
	pace, err := s.Pace(ctx)
	if err != nil {
		return ContactView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.ContactEdit, lead, nil)
		if err != nil {
			return err
		}
		if err := fault.Broken("input.invalid", d.broken("")); err != nil {
			return err
		}
		now := tx.Now(ctx)
		c, err := s.addContact(ctx, tx, actor, seen, d, now)
		if err != nil {
			return err
		}
		out = s.contactView(actor, seen, c)
		if err := pace.done(ctx, tx, actor, seen, deed{"contact", now}); err != nil {
			return err
		}
		return s.touch(ctx, tx, actor, seen, ActContact, now)
	})
	return out, err
}

// addContact writes a contact with its audit line, whose values are kept
// only as "changed".
func (s *Service) addContact(
	ctx context.Context, tx Tx, actor access.Actor, seen Seen, d ContactDraft, now time.Time,
) (Contact, error) {
	c := Contact{LeadID: seen.Lead.ID, Version: 1, CreatedBy: &actor.User, CreatedAt: now}
	if actor.Acting != 0 {
		c.UnitID = &actor.Acting
	}
	c.put(d.tidied())
	if err := tx.InsertContact(ctx, seen, &c); err != nil {
		return c, err
	}
	if err := tx.PutContactKeys(ctx, seen, s.ContactKeys); err != nil {
		return c, err
	}
	return c, tx.Record(ctx, contactLine(actor, seen.Lead, c, "contact.added", "name"))
}

func contactLine(actor access.Actor, l Lead, c Contact, kind string, fields ...string) event.Line {
	e := line(actor, l, kind)
	e.Object, e.ObjectID = "contact", int64(c.ID)
	for _, f := range fields {
		e.Changes = append(e.Changes, event.Change{Field: f, Secret: true})
	}
	return e
}

// EditContact changes fields of a contact.
//
// Errors: NotFound "lead.unknown" or "contact.unknown"; Forbidden
// "forbidden"; Stale "contact.stale"; Invalid "input.invalid" by field.
func (s *Service) EditContact(
	ctx context.Context, actor access.Actor, lead id.Lead, contact id.Contact, version int64, e ContactEdit,
) (ContactView, error) {
	var out ContactView
	err := s.store.InTx(ctx, func(tx Tx) error {
		seen, c, err := s.contactAt(ctx, tx, actor, lead, contact, version)
		if err != nil {
			return err
		}
		d, bad := c.draft().edited(e)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		fields := changedContact(c.draft(), d)
		c.put(d)
		c.Version++
		out = s.contactView(actor, seen, c)
		if err := tx.SaveContact(ctx, seen, c); err != nil {
			return err
		}
		if err := tx.PutContactKeys(ctx, seen, s.ContactKeys); err != nil {
			return err
		}
		return tx.Record(ctx, contactLine(actor, seen.Lead, c, "contact.edited", fields...))
	})
	return out, err
}

// DeleteContact removes a contact and blanks its values, so that nothing of
// the person stays behind (个人信息保护法 art. 47).
//
// Errors: as EditContact.
func (s *Service) DeleteContact(
	ctx context.Context, actor access.Actor, lead id.Lead, contact id.Contact, version int64,
) error {
	return s.store.InTx(ctx, func(tx Tx) error {
		seen, c, err := s.contactAt(ctx, tx, actor, lead, contact, version)
		if err != nil {
			return err
		}
		now := tx.Now(ctx)
		c.put(ContactDraft{})
		c.DeletedAt = &now
		c.Version++
		if err := tx.SaveContact(ctx, seen, c); err != nil {
			return err
		}
		if err := tx.PutContactKeys(ctx, seen, s.ContactKeys); err != nil {
			return err
		}
		return tx.Record(ctx, contactLine(actor, seen.Lead, c, "contact.deleted"))
	})
}

func (s *Service) contactAt(
	ctx context.Context, tx Tx, actor access.Actor, lead id.Lead, contact id.Contact, version int64,
) (Seen, Contact, error) {
	seen, err := s.lock(ctx, tx, actor, access.ContactEdit, lead, nil)
	if err != nil {
		return Seen{}, Contact{}, err
	}
	c, err := tx.Contact(ctx, seen, contact)
	if err != nil {
		return Seen{}, Contact{}, err
	}
	return seen, c, staleContact(ctx, tx, c, version)
}

func changedContact(a, b ContactDraft) []string {
	var out []string
	differs := func(name string, x, y *string) {
		if (x == nil) != (y == nil) || x != nil && *x != *y {
			out = append(out, name)
		}
	}
	differs("name", &a.Name, &b.Name)
	differs("title", a.Title, b.Title)
	differs("phone", a.Phone, b.Phone)
	differs("email", a.Email, b.Email)
	differs("wechat", a.Wechat, b.Wechat)
	if a.Consent != b.Consent {
		out = append(out, "consent")
	}
	return out
}

// Reveal unmasks one contact for a reason that is logged.
//
// Errors: NotFound "lead.unknown" or "contact.unknown"; Forbidden
// "forbidden"; Invalid "input.invalid" on reason.
func (s *Service) Reveal(
	ctx context.Context, actor access.Actor, lead id.Lead, contact id.Contact, reason string,
) (Revealed, error) {
	var out Revealed
	err := s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.ContactReveal, lead, nil)
		if err != nil {
			return err
		}
		c, err := tx.Contact(ctx, seen, contact)
		if err != nil {
			return err
		}
		var bad rules
		bad.text("reason", reason, true, MaxReason)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		out = Revealed{ID: c.ID, Name: c.Name, Title: c.Title, Phone: c.Phone, Email: c.Email, Wechat: c.Wechat}
		a := activity(actor, seen.Lead, ActRevealed, tx.Now(ctx))
		if err := tx.AddActivity(ctx, &a); err != nil {
			return err
		}
		e := contactLine(actor, seen.Lead, c, "contact.revealed")
		e.Reason = reason
		return tx.Record(ctx, e)
	})
	return out, err
}

// touch writes a stream entry and moves the lead's activity forward.
func (s *Service) touch(
	ctx context.Context, tx Tx, actor access.Actor, seen Seen, kind ActivityKind, now time.Time,
) error {
	a := activity(actor, seen.Lead, kind, now)
	if err := tx.AddActivity(ctx, &a); err != nil {
		return err
	}
	return tx.Touch(ctx, seen, now)
}
