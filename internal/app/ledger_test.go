package app_test

import (
	"slices"
	"strings"

	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// ledger is the world as somebody keeps it by hand: the plan's steps, who
// plays which part in each lead at their end, and of each text where it
// stands. It reads the plan and the policy, nothing of the program.
type ledger struct {
	oracle oracle
	leads  []*entry
}

// entry is one lead in the ledger.
type entry struct {
	plan     kit.Plan
	unit     string
	parts    map[string][]string // by unit
	members  []string
	hidden   bool // restricted
	deleted  bool
	stage    string
	chain    string
	now      int            // the step
	handed   map[string]int // the step in which a unit handed it on last
	kept     map[string]head
	head     head
	offers   []*handover
	texts    map[string]text
	counters map[string]int
}

// head is what a past holder keeps.
type head struct {
	title, investor string
	cents           int64
}

type handover struct {
	from, to, state     string
	offered, answered   int
	reason, ask, answer string
}

// text says who may read a token.
type text func(v viewer) bool

// viewer is a person before a lead.
type viewer struct {
	*kit.Person
	o oracle
	e *entry
}

func newLedger(o oracle) *ledger {
	l := &ledger{oracle: o}
	for _, p := range kit.World() {
		e := &entry{
			plan: p, parts: map[string][]string{}, hidden: p.Restricted, stage: "lead", handed: map[string]int{},
			kept: map[string]head{}, texts: map[string]text{}, counters: map[string]int{},
		}
		e.register()
		for _, s := range p.List() {
			e.now++
			e.step(s)
		}
		l.leads = append(l.leads, e)
	}
	return l
}

// unitOf is the unit that a login of the plan acts for.
func unitOf(who string) string {
	username, unit, _ := strings.Cut(who, "@")
	for _, p := range kit.WorldPeople() {
		if p.Username == username && unit == "" {
			unit = p.Roles[0].Unit
		}
	}
	return unit
}

func (e *entry) token(field string) string {
	e.counters[field]++
	return kit.Token(e.plan.No, field, e.counters[field])
}

func (e *entry) register() {
	e.hold(unitOf(e.plan.By))
	if e.hidden {
		e.members = []string{e.plan.By}
	}
	e.chainTo(e.plan.Chain)
	e.rename()
	for _, field := range []string{"product", "summary", "next"} {
		e.texts[e.token(field)] = func(v viewer) bool { return v.shown("open") }
	}
	e.texts[e.token("introducer")] = func(v viewer) bool { return v.shown("contact") }
	e.contact()
	e.price()
}

// hold gives the lead to a unit; nanlang's leads are coordinated by cuiheng.
func (e *entry) hold(unit string) {
	e.unit = unit
	e.drop("coordinator", "")
	e.parts[unit] = append(e.parts[unit], "owner")
	if unit == "nanlang" {
		e.parts["cuiheng"] = append(e.parts["cuiheng"], "coordinator")
	}
}

func (e *entry) drop(part, unit string) {
	for u := range e.parts {
		if unit == "" || u == unit {
			e.parts[u] = slices.DeleteFunc(e.parts[u], func(p string) bool { return p == part })
		}
	}
}

func (e *entry) chainTo(chain string) {
	e.drop("chain", "")
	e.chain = chain
	if chain != "" {
		e.parts["chain-"+chain] = append(e.parts["chain-"+chain], "chain")
	}
}

func (e *entry) rename() {
	e.head.title, e.head.investor = e.token("title"), e.token("investor")
	for _, t := range []string{e.head.title, e.head.investor} {
		e.texts[t] = func(v viewer) bool { h, ok := v.sees(); return ok && (h.title == t || h.investor == t) }
	}
}

func (e *entry) price() {
	e.counters["cents"]++
	e.head.cents = kit.Cents(e.plan.No, e.counters["cents"])
	cents := e.head.cents
	e.texts[decimal(cents)] = func(v viewer) bool { return v.amount() == cents }
}

func (e *entry) contact() {
	see := func(v viewer) bool { return v.can("contact.read") && v.shown("contact") }
	for _, field := range []string{"name", "job", "wechat", "email"} {
		e.texts[e.token(field)] = see
	}
	e.texts[kit.Phone(e.plan.No, e.counters["name"])] = see
}

func (e *entry) step(s kit.Step) {
	unit := unitOf(s.Who)
	switch s.Do {
	case "note", "file":
		at := e.now
		e.texts[e.token(s.Do)] = func(v viewer) bool { return v.attached(unit, at) }
	case "contact":
		e.contact()
	case "title":
		e.rename()
	case "amount":
		e.price()
	case "chain":
		e.chainTo(s.Word)
	case "restrict":
		e.hidden, e.members = true, append(e.members, s.Who)
	case "name":
		e.members = append(e.members, s.Member)
	case "help":
		e.parts[s.Unit] = append(e.parts[s.Unit], "helper")
	case "grant":
		e.parts[s.Unit] = append(e.parts[s.Unit], "granted")
	default:
		e.move(s, unit)
	}
}

func (e *entry) move(s kit.Step, unit string) {
	at := e.now
	switch s.Do {
	case "stage", "lost":
		e.stage = s.Word
		e.texts[e.token("moved")] = func(v viewer) bool { return v.follows(at) }
		if s.Do == "lost" {
			e.stage = "lost"
			e.texts[e.token("lostto")] = func(v viewer) bool { return v.follows(at) }
		}
	case "delete":
		e.deleted = true
		e.texts[e.token("deleted")] = func(viewer) bool { return false }
	case "offer":
		e.offer(s, unit)
	default:
		e.answer(s)
	}
}

func (e *entry) offer(s kit.Step, unit string) {
	h := &handover{from: unit, to: s.Unit, state: "offered", offered: e.now, reason: e.token("reason"), ask: e.token("ask")}
	if e.plan.Old {
		h.state = "expired"
	} else {
		e.parts[s.Unit] = append(e.parts[s.Unit], "offered")
	}
	if s.Member != "" {
		e.members = append(e.members, s.Member)
	}
	e.offers = append(e.offers, h)
	e.texts[h.reason] = func(v viewer) bool { return v.reason(h) }
	e.texts[h.ask] = func(v viewer) bool { return v.ask(h) }
}

func (e *entry) answer(s kit.Step) {
	h := e.offers[len(e.offers)-1]
	h.state = map[string]string{"accept": "accepted", "refuse": "refused", "withdraw": "withdrawn"}[s.Do]
	h.answered, h.answer = e.now, e.token("answer")
	e.texts[h.answer] = func(v viewer) bool { return v.reason(h) }
	e.drop("offered", h.to)
	if h.state != "accepted" {
		return
	}
	for _, part := range []string{"past", "helper"} {
		e.drop(part, h.from)
		e.drop(part, h.to)
	}
	e.drop("owner", "")
	e.parts[h.from] = append(e.parts[h.from], "past")
	e.handed[h.from], e.kept[h.from] = e.now, e.head
	e.hold(h.to)
}

// covers tells whether a right of one of the person's roles reaches the lead.
func (v viewer) covers(parts func(role string) []string) bool {
	if v.e.deleted {
		return false
	}
	for _, held := range v.Roles {
		for _, part := range parts(string(held.Role)) {
			open := part == "any_restricted" || !v.e.hidden || slices.Contains(v.e.members, v.Username)
			if open && (part == "any" || part == "any_restricted" || slices.Contains(v.e.parts[held.Slug], part)) {
				return true
			}
		}
	}
	return false
}

func (v viewer) can(permission string) bool {
	return v.covers(func(role string) []string { return v.o.may(role, permission) })
}

func (v viewer) canBut(permission, part string) bool {
	return v.covers(func(role string) []string {
		return slices.DeleteFunc(v.o.may(role, permission), func(p string) bool { return p == part })
	})
}

func (v viewer) shown(class string) bool {
	return v.covers(func(role string) []string { return v.o.sees(role, class) })
}

// onlyPast tells that the person reads the lead as a past holder alone, and
// for which unit.
func (v viewer) onlyPast() (string, bool) {
	if v.canBut("lead.read", "past") || !v.can("lead.read") {
		return "", false
	}
	for _, held := range v.Roles {
		if slices.Contains(v.e.parts[held.Slug], "past") {
			return held.Slug, true
		}
	}
	return "", false
}

// sees is the head line that the person reads.
func (v viewer) sees() (head, bool) {
	if unit, past := v.onlyPast(); past {
		return v.e.kept[unit], true
	}
	return v.e.head, v.can("lead.read")
}

// amount is the planned sum that the person reads; 0 for none.
func (v viewer) amount() int64 {
	if unit, past := v.onlyPast(); past {
		return v.e.kept[unit].cents
	}
	if v.shown("money") {
		return v.e.head.cents
	}
	return 0
}

// attached tells whether the person reads a note or file that a unit added in
// a step: as a full reader, or as the past holder that added it.
func (v viewer) attached(unit string, at int) bool {
	if v.canBut("file.read", "past") {
		return true
	}
	if !v.can("file.read") {
		return false
	}
	return slices.ContainsFunc(v.Roles, func(r kit.Role) bool {
		return r.Slug == unit && slices.Contains(v.e.parts[unit], "past") && at <= v.e.handed[unit]
	})
}

// follows tells whether the person reads why the stage changed in a step.
func (v viewer) follows(at int) bool {
	if unit, past := v.onlyPast(); past {
		return at <= v.e.handed[unit]
	}
	return v.can("lead.read")
}

// side tells whether one of the person's units gave the lead in the hand-off,
// or is its receiver while it is open or accepted.
func (v viewer) side(h *handover) bool {
	live := h.state == "offered" || h.state == "accepted"
	return slices.ContainsFunc(v.Roles, func(r kit.Role) bool { return r.Slug == h.from || r.Slug == h.to && live })
}

// reason tells whether the person reads why a lead was offered, and the
// answer: of an offer that led nowhere only both sides and full readers do;
// a past holder reads what happened up to its own hand-off.
func (v viewer) reason(h *handover) bool {
	if unit, past := v.onlyPast(); past {
		return h.offered <= v.e.handed[unit] || v.side(h)
	}
	return v.can("lead.read") && (h.state == "accepted" || v.shown("file") || v.side(h))
}

// ask tells whether the person reads what the receiver was asked to do.
func (v viewer) ask(h *handover) bool {
	if unit, past := v.onlyPast(); past {
		return v.side(h) || h.state == "accepted" && h.answered <= v.e.handed[unit]
	}
	return v.reason(h)
}
