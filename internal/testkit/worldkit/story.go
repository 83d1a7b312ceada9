//go:build unix

package worldkit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// pace is the time between two steps of the world.
const pace = 5 * time.Minute

// story makes one lead of the world through the use cases.
type story struct {
	kit  *Kit
	plan Plan
	lead id.Lead
	open id.Handoff
	made map[string]int // how many of each field there are
}

// BuildWorld makes every lead of the world, step by step, ending now.
func BuildWorld(ctx context.Context, k *Kit) error {
	k.DB.SetOffset(-60 * day)
	if err := k.openGates(ctx); err != nil {
		return fmt.Errorf("open the gates: %w", err)
	}
	steps := 0
	for _, p := range World() {
		steps += len(p.List()) + 1
	}
	at := -time.Duration(steps) * pace
	for _, p := range World() {
		s := &story{kit: k, plan: p, made: map[string]int{}}
		for i := -1; i < len(p.List()); i++ {
			k.DB.SetOffset(at)
			if p.Old {
				k.DB.SetOffset(at - 30*day)
			}
			at += pace
			if err := s.step(ctx, i); err != nil {
				return fmt.Errorf("lead %d, step %d: %w", p.No, i+1, err)
			}
		}
	}
	return nil
}

func (s *story) step(ctx context.Context, i int) error {
	if i < 0 {
		return s.register(ctx)
	}
	step := s.plan.List()[i]
	switch step.Do {
	case "help":
		return s.kit.AddPart(ctx, s.lead, s.kit.Unit(ctx, step.Unit), access.Helper)
	case "grant":
		return s.kit.AddPart(ctx, s.lead, s.kit.Unit(ctx, step.Unit), access.Granted)
	}
	who := s.actor(ctx, step.Who)
	switch step.Do {
	case "note", "file", "contact":
		return s.attach(ctx, who, step.Do)
	case "offer", "accept", "refuse", "withdraw":
		return s.handOn(ctx, who, step)
	case "name":
		return s.kit.App.Lead.ChangeMember(ctx, who, s.lead, s.kit.People[step.Member].ID, true)
	}
	v, err := s.kit.App.Lead.Get(ctx, who, s.lead)
	if err != nil {
		return err
	}
	return s.change(ctx, who, step, v.Version)
}

// actor reads "login" or "login@unit".
func (s *story) actor(ctx context.Context, text string) access.Actor {
	username, unit, _ := strings.Cut(text, "@")
	return s.kit.Actor(ctx, username, unit)
}

// token is the next text of a field.
func (s *story) token(field string) string {
	s.made[field]++
	return Token(s.plan.No, field, s.made[field])
}

func (s *story) cents() *int64 {
	s.made["cents"]++
	cents := Cents(s.plan.No, s.made["cents"])
	return &cents
}

func (s *story) register(ctx context.Context) error {
	title, investor, product, summary := s.token("title"), s.token("investor"), s.token("product"), s.token("summary")
	next, introducer := s.token("next"), s.token("introducer")
	c := s.contact()
	d := lead.Draft{Contact: &c, Facts: lead.Facts{
		Title: title, InvestorName: &investor, Product: &product, Summary: &summary, NextStep: &next, Introducer: &introducer,
		SourceChannel: "visit", PlannedCents: s.cents(), Restricted: s.plan.Restricted,
	}}
	if s.plan.Chain != "" {
		d.Chain = &s.plan.Chain
	}
	v, err := s.kit.App.Lead.Create(ctx, s.actor(ctx, s.plan.By), d)
	s.lead = v.ID
	return err
}

func (s *story) contact() lead.ContactDraft {
	name, title, wechat := s.token("name"), s.token("job"), s.token("wechat")
	email := s.token("email") + "@example.com"
	phone := Phone(s.plan.No, s.made["name"])
	return lead.ContactDraft{Name: name, Title: &title, Wechat: &wechat, Email: &email, Phone: &phone, Consent: true}
}

func (s *story) attach(ctx context.Context, who access.Actor, what string) (err error) {
	switch what {
	case "note":
		_, err = s.kit.App.Lead.AddNote(ctx, who, s.lead, s.token("note"))
	case "file":
		name := s.token("file") + ".txt"
		_, err = s.kit.App.Lead.AddFile(ctx, who, s.lead, name, strings.NewReader(Content(name)))
	default:
		_, err = s.kit.App.Lead.AddContact(ctx, who, s.lead, s.contact())
	}
	return err
}

func (s *story) handOn(ctx context.Context, who access.Actor, step Step) error {
	if step.Do == "offer" {
		o := lead.Order{To: s.kit.Unit(ctx, step.Unit), Reason: s.token("reason"), Ask: s.token("ask")}
		if step.Member != "" {
			o.Members = []id.User{s.kit.People[step.Member].ID}
		}
		h, err := s.kit.App.Lead.HandOff(ctx, who, s.lead, o)
		s.open = h.ID
		return err
	}
	state := map[string]lead.HandoffState{"accept": lead.Accepted, "refuse": lead.Refused, "withdraw": lead.WithdrawnOffer}[step.Do]
	_, err := s.kit.App.Lead.Answer(ctx, who, s.open, lead.Answer{State: state, Reason: s.token("answer")})
	return err
}

func (s *story) change(ctx context.Context, who access.Actor, step Step, version int64) (err error) {
	leads := s.kit.App.Lead
	switch step.Do {
	case "title":
		title, investor := s.token("title"), s.token("investor")
		_, err = leads.Edit(ctx, who, s.lead, version, lead.Edit{
			Title: lead.Opt[string]{Set: true, Value: &title}, InvestorName: lead.Opt[string]{Set: true, Value: &investor},
		})
	case "amount":
		_, err = leads.Edit(ctx, who, s.lead, version, lead.Edit{PlannedCents: lead.Opt[int64]{Set: true, Value: s.cents()}})
	case "chain":
		_, err = leads.Edit(ctx, who, s.lead, version, lead.Edit{Chain: lead.Opt[string]{Set: true, Value: &step.Word}})
	case "restrict":
		word := "restricted"
		_, err = leads.Edit(ctx, who, s.lead, version, lead.Edit{Confidentiality: lead.Opt[string]{Set: true, Value: &word}})
	case "stage":
		_, err = leads.ChangeStage(ctx, who, s.lead, version, lead.Move{To: lead.Stage(step.Word), Reason: s.token("moved")})
	case "lost":
		_, err = leads.ChangeStage(ctx, who, s.lead, version, lead.Move{To: lead.Lost, Reason: s.token("moved"), LostTo: s.token("lostto")})
	case "delete":
		err = leads.Delete(ctx, who, s.lead, version, s.token("deleted"))
	}
	return err
}
