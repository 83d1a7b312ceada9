package lead_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// lot is one lead as a few rules on paper know it: against it the histories
// of the program are held.
type lot struct {
	Exists  bool
	Holder  id.Unit
	Past    string // the units that held it, sorted, as text: a state is compared with ==
	Offer   id.Handoff
	To      id.Unit
	Ended   bool
	Version int64
	Product string

	Pool     id.Unit // the bureau's unit
	By       string  // how the holder came to it: offer, referral, assignment, return; empty for who registered it
	Giver    id.Unit // who held it before
	Refusals int     // since the holder has it
}

// act is what somebody does with the lead.
type act struct {
	Kind    string // register, read, edit, end, offer, accept, refuse, withdraw, return, refer, assign
	Unit    id.Unit
	Any     bool // the bureau, which reads every lead
	Version int64
	Product string
	To      id.Unit
	Handoff id.Handoff
}

// told is what he was answered.
type told struct {
	Code    string // of the refusal; empty when it was done
	Holder  id.Unit
	Ended   bool
	Version int64
	Product string
	Handoff id.Handoff
}

func (l lot) was(unit id.Unit) bool { return slices.Contains(unitsIn(l.Past), unit) }

// live tells whether the unit sees the lead as it stands, and not only what it
// kept of it.
func (l lot) live(a act) bool {
	return l.Exists && (a.Any || l.Holder == a.Unit || l.Offer != 0 && l.To == a.Unit)
}

func (l lot) reads(a act) bool { return l.live(a) || l.Exists && l.was(a.Unit) }

// code is what the rules answer to an act; empty when they let it be done.
func (l lot) code(a act) string {
	switch a.Kind {
	case "register":
		return map[bool]string{true: "registered twice", false: ""}[l.Exists]
	case "accept", "refuse", "withdraw":
		return map[bool]string{true: "", false: "handoff.answered"}[l.Offer == a.Handoff]
	}
	if !l.reads(a) {
		return "lead.unknown"
	}
	versioned := a.Kind == "edit" || a.Kind == "end"
	switch {
	case a.Kind == "read":
		return ""
	case l.Holder != a.Unit:
		return "forbidden"
	case versioned && a.Version != l.Version:
		return "lead.stale"
	case !versioned && l.Offer != 0:
		return "handoff.pending"
	case a.Kind == "end" && l.Ended:
		return "stage.same"
	case l.Ended:
		return "lead.ended"
	case a.Kind == "end" && l.Offer != 0:
		return "handoff.pending"
	}
	return l.hinders(a)
}

// hinders is what stands against a move of a lead that is open and not on
// offer.
func (l lot) hinders(a act) string {
	switch {
	case (a.Kind == "offer" || a.Kind == "assign") && a.To == l.Holder:
		return "handoff.self"
	case a.Kind == "return" && l.By != "offer":
		return "handoff.not_returnable"
	case a.Kind == "refer" && l.By == "assignment":
		return "handoff.assigned"
	}
	return ""
}

// moved is the lead in other hands.
func (l lot) moved(to id.Unit, by string) lot {
	past := slices.DeleteFunc(unitsIn(l.Past), func(u id.Unit) bool { return u == to || u == l.Holder })
	past = append(past, l.Holder)
	slices.Sort(past)
	l.Past, l.Giver, l.Holder, l.By = fmt.Sprint(past), l.Holder, to, by
	l.Version, l.Offer, l.To, l.Refusals = l.Version+1, 0, 0, 0
	return l
}

// after is the lead once the act was done; t tells the names that the program
// gave.
func (l lot) after(a act, t told) lot {
	switch a.Kind {
	case "register":
		return lot{Exists: true, Holder: a.Unit, Version: 1, Pool: a.To}
	case "edit":
		l.Version, l.Product = l.Version+1, a.Product
	case "end":
		l.Version, l.Ended = l.Version+1, true
	case "offer":
		l.Offer, l.To = t.Handoff, a.To
	case "accept":
		return l.moved(l.To, "offer")
	case "return":
		return l.moved(l.Giver, "return")
	case "refer":
		return l.moved(l.Pool, "referral")
	case "assign":
		return l.moved(a.To, "assignment")
	case "withdraw":
		l.Offer, l.To = 0, 0
	case "refuse":
		l.Offer, l.To, l.Refusals = 0, 0, l.Refusals+1
		if l.Refusals == refusalsToPool && l.Holder != l.Pool {
			return l.moved(l.Pool, "referral")
		}
	}
	return l
}

// allows tells whether the program's answer is the one of the rules.
func (l lot) allows(a act, t told) bool {
	if want := l.code(a); t.Code != want {
		return false
	}
	if a.Kind != "read" || t.Code != "" {
		return true
	}
	if t.Holder != l.Holder || t.Ended != l.Ended {
		return false
	}
	return !l.live(a) || t.Version == l.Version && t.Product == l.Product
}

// refusalsToPool is the city's number of refusals after which a lead goes to
// the pool.
const refusalsToPool = 2

// unitsIn reads a list of units as lot keeps it.
func unitsIn(list string) []id.Unit {
	var out []id.Unit
	var n int64
	for _, c := range list {
		switch {
		case c >= '0' && c <= '9':
			n = n*10 + int64(c-'0')
		case n != 0:
			out, n = append(out, id.Unit(n)), 0
		}
	}
	return out
}

// player is somebody of the game.
type player struct {
	actor access.Actor
	any   bool
}

// players are eight people of five units; the bureau reads along.
func (w *world) players(t *testing.T) []player {
	t.Helper()
	var out []player
	for _, name := range []string{"wg-shenzhen", "wg-shenzhen-head", "huangpu", "huangpu-head", "xiaolan", "iit", "iit", "bureau"} {
		out = append(out, player{actor: w.as(t, name), any: name == "bureau"})
	}
	return out
}

// play does an act with the program and returns what it answers.
func (w *world) play(p player, on id.Lead, a act) (told, error) {
	t, err := w.playOn(p.actor, on, a)
	if err == nil {
		return t, nil
	}
	if kind := fault.KindOf(err); kind == fault.Internal || kind == fault.Unavailable {
		return t, err
	}
	return told{Code: fault.CodeOf(err)}, nil
}

func (w *world) playOn(who access.Actor, on id.Lead, a act) (told, error) {
	ctx := context.Background()
	answers := map[string]lead.HandoffState{"accept": lead.Accepted, "refuse": lead.Refused, "withdraw": lead.WithdrawnOffer}
	var h lead.HandoffView
	var err error
	switch a.Kind {
	case "read":
		var v lead.View
		if v, err = w.lead.Get(ctx, who, on); err != nil {
			return told{}, err
		}
		t := told{Holder: v.UnitID, Ended: v.Stage.Ended(), Version: v.Version}
		if v.Product != nil {
			t.Product = *v.Product
		}
		return t, nil
	case "edit":
		_, err = w.lead.Edit(ctx, who, on, a.Version, lead.Edit{Product: lead.Opt[string]{Set: true, Value: &a.Product}})
	case "end":
		_, err = w.lead.ChangeStage(ctx, who, on, a.Version, lead.Move{To: lead.Lost, Reason: "投往外市", LostTo: "外市"})
	case "offer":
		h, err = w.lead.HandOff(ctx, who, on, lead.Order{To: a.To, Reason: "适合落户", Ask: "请考察"})
	case "assign":
		h, err = w.lead.Assign(ctx, who, on, lead.Order{To: a.To, Reason: "适合落户", Ask: "请接手"})
	case "return":
		h, err = w.lead.Return(ctx, who, on, "不符合产业方向")
	case "refer":
		h, err = w.lead.Refer(ctx, who, on, "请市局统筹")
	default:
		_, err = w.lead.Answer(ctx, who, a.Handoff, lead.Answer{State: answers[a.Kind], Reason: "已研究"})
	}
	return told{Handoff: h.ID}, err
}
