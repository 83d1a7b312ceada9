package notice

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// tellBatch is how many events one claim takes.
const tellBatch = 20

// Tell gives every event that waits to the persons it concerns, and returns
// how many events were told. Any number of nodes may call it at once: each
// event is claimed by one of them, and what a node leaves half done when it
// dies was never done.
func (s *Service) Tell(ctx context.Context) (int, error) {
	for told := 0; ; {
		var claimed []Happened
		err := s.store.InTx(ctx, func(tx Tx) (err error) {
			claimed, err = tx.Claim(ctx, tellBatch)
			return err
		})
		if err != nil {
			return told, fmt.Errorf("claim events to tell: %w", err)
		}
		n, err := s.tellAll(ctx, claimed)
		if told += n; err != nil || len(claimed) < tellBatch {
			return told, err
		}
	}
}

// tellAll goes on after an event that cannot be told: one must not silence
// the others.
func (s *Service) tellAll(ctx context.Context, claimed []Happened) (n int, err error) {
	for _, h := range claimed {
		done, failed := s.tellOne(ctx, h)
		if done {
			n++
		}
		if failed == nil {
			continue
		}
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		err = errors.Join(err, fmt.Errorf("tell event %s (%s): %w", h.ID, h.Kind, failed))
		kept := s.store.InTx(ctx, func(tx Tx) error { return tx.Failed(ctx, h.ID, failed.Error()) })
		err = errors.Join(err, kept)
	}
	return n, err
}

func (s *Service) tellOne(ctx context.Context, h Happened) (done bool, err error) {
	people, err := s.concerned(ctx, h)
	if err != nil {
		return false, err
	}
	deliveries, err := s.deliveries(h, people)
	if err != nil {
		return false, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		if done, err = tx.Told(ctx, h.ID); err != nil || !done {
			return err
		}
		signal := event.Signal{}
		for _, d := range deliveries {
			if err := tx.Deliver(ctx, d); err != nil {
				return err
			}
			signal.Users = append(signal.Users, d.User)
			signal.Mails = signal.Mails || d.Mail != nil
		}
		tx.Announce(signal)
		return nil
	})
	return done && err == nil, err
}

// told is a person to be told; apart, when without the right to the lead.
type told struct {
	Person
	apart bool
}

// concerned returns whom an event is told to: those it addresses, but not who
// did it, each only if the lead is inside the person's reading scope now. Of
// a restricted lead that leaves its members. An event may be told beside that
// to those whose right it ended.
func (s *Service) concerned(ctx context.Context, h Happened) ([]told, error) {
	people, err := s.store.People(ctx, Who{Units: h.Units, Heads: h.Heads, Users: h.Users})
	if err != nil {
		return nil, fmt.Errorf("read whom it concerns: %w", err)
	}
	people = slices.DeleteFunc(people, func(p Person) bool { return p.ID == h.By })
	var out []told
	var without []Person
	for _, p := range people {
		may, err := s.mayKnow(ctx, p, h.Notice)
		if err != nil {
			return nil, err
		}
		if may {
			out = append(out, told{Person: p, apart: h.Apart == event.ApartAlways && p.addressed(h.Notice, s.actor(p))})
		} else {
			without = append(without, p)
		}
	}
	more, err := s.apart(ctx, h, without)
	return append(out, more...), err
}

// apart returns those of the persons without the right whom the event is told
// nevertheless.
func (s *Service) apart(ctx context.Context, h Happened, people []Person) ([]told, error) {
	if h.Lead == 0 || h.Apart == "" || len(people) == 0 {
		return nil, nil
	}
	ids := make([]id.User, 0, len(people))
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	if h.Apart == event.ApartTold {
		var err error
		if ids, err = s.store.ToldBefore(ctx, h, ids); err != nil {
			return nil, fmt.Errorf("read whom event %s was announced to: %w", h.ID, err)
		}
	}
	var out []told
	for _, p := range people {
		if slices.Contains(ids, p.ID) && p.addressed(h.Notice, s.actor(p)) {
			out = append(out, told{Person: p, apart: true})
		}
	}
	return out, nil
}

// mayKnow asks for the right of the moment.
func (s *Service) mayKnow(ctx context.Context, p Person, n event.Notice) (bool, error) {
	actor := s.actor(p)
	if n.Lead == 0 {
		return p.addressed(n, actor), nil
	}
	if !actor.Holds(access.LeadRead) {
		return false, nil
	}
	heads, err := s.leads.Heads(ctx, actor, []id.Lead{n.Lead})
	if err != nil {
		return false, fmt.Errorf("ask whether user %s reads lead %s: %w", p.ID, n.Lead, err)
	}
	_, may := heads[n.Lead]
	return may, nil
}

// deliveries says how each person is told. They come in the order of the
// persons' numbers, in which every transaction locks the inboxes.
func (s *Service) deliveries(h Happened, people []told) ([]Delivered, error) {
	topic := TopicOf(h.Kind)
	out := make([]Delivered, 0, len(people))
	for _, p := range people {
		d := Delivered{Event: h, User: p.ID, Apart: p.apart}
		way := p.Settings.Mail.Of(topic)
		if s.MailOn() && p.Email != "" && way != Off {
			if way == Daily {
				d.Digest = true
			} else {
				m, err := s.newMail()
				if err != nil {
					return nil, err
				}
				m.Quiet = p.Settings.Quiet
				d.Mail = &m
			}
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b Delivered) int { return int(a.User - b.User) })
	return out, nil
}
