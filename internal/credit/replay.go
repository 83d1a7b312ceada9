package credit

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
)

// Replay works out the ledger of one project from its journal. It is a fold:
// a further step adds entries and changes none before it, since the rules of a
// day never change and a month that is closed takes nothing more.
//
// A project counts once, at its first event, by the rule of that day. If the
// event's month is closed when it becomes known, it is entered in the open
// month and names the month it corrects; too long after, it has no value.
// Later changes of the amount count in the month in which they are recorded.
// What turns out not to count is taken back where it stands, or, if that is
// closed, in the open month.
func Replay(steps []Step, book Book) []Entry {
	l := life{book: book, counts: map[string]*count{}}
	for _, s := range steps {
		l.learn(s)
		for _, indicator := range book.indicators() {
			l.count(indicator)
		}
	}
	return l.out
}

// life is a project while its journal is read.
type life struct {
	book         Book
	step         Step
	known        Known
	validOn      string
	registeredOn string
	replacedOn   string
	divided      []Step
	counts       map[string]*count
	out          []Entry
}

// count is one count of an indicator while it stands.
type count struct {
	no    int64
	open  bool
	day   string
	rule  Rule
	total int64
	lines map[Month]*line
}

// line is what a count has in one month.
type line struct {
	value int64
	parts map[key]Part
}

type key struct {
	unit id.Unit
	role Role
}

func (c *count) line(m Month) *line {
	if c.lines[m] == nil {
		c.lines[m] = &line{parts: map[key]Part{}}
	}
	return c.lines[m]
}

// rank is how far a stage of the main line is; 0 for states beside it.
func rank(stage string) int {
	return 1 + slices.Index([]string{
		"lead", "qualified", "negotiating", "review", "to_sign", "signed", "registered", "site_secured", "permitted", "started", "invested",
		"completed", "producing", "full_capacity", "aftercare",
	}, stage)
}

const (
	rankValid      = 2
	rankRegistered = 7
)

func (l *life) learn(s Step) {
	l.step = s
	switch s.Kind {
	case Learned:
		l.known = s.Known
		if r := rank(s.Known.Stage); r > 0 {
			l.validOn = reached(r >= rankValid, l.validOn, s.Known.SinceOn)
			l.registeredOn = reached(r >= rankRegistered, l.registeredOn, s.Known.SinceOn)
		}
	case Replaced:
		l.replacedOn = cmp.Or(l.replacedOn, s.OnDay)
	case Divided:
		l.divided = append(l.divided, s)
	}
}

func reached(now bool, before, since string) string {
	if !now {
		return ""
	}
	return cmp.Or(before, since)
}

// day is when something happened to the project; empty when it did not.
func (l *life) day(h Happening) string {
	k := l.known
	switch h {
	case BecameValid:
		return l.validOn
	case SignedBinding:
		return k.SignedOn
	case Registered:
		return l.registeredOn
	case Started:
		return k.StartedOn
	case StartedInYear:
		return k.startedInYear()
	case Producing:
		return k.ProducedOn
	case Never:
	}
	return ""
}

// startedInYear is the day of a start in the year of the signing.
func (k Known) startedInYear() string {
	if k.SignedOn == "" || !strings.HasPrefix(k.StartedOn, k.SignedOn[:4]) {
		return ""
	}
	return k.StartedOn
}

// wish is what an indicator should count now.
type wish struct {
	day   string
	rule  Rule
	total int64
}

// wanted tells what an indicator should count of the project as it is known;
// false for nothing. Each day has its own version, so every happening that a
// version names is tried.
func (l *life) wanted(indicator string) (wish, bool) {
	if l.known.Gone {
		return wish{}, false
	}
	for _, h := range Happenings() {
		day := l.day(h)
		rule, ok := l.ruled(indicator, h, day)
		if ok && rule.Recount && l.replacedOn > day {
			day = l.replacedOn
			rule, ok = l.ruled(indicator, h, day)
		}
		if !ok {
			continue
		}
		if total, ok := l.worth(rule); ok {
			return wish{day: day, rule: rule, total: total}, true
		}
	}
	return wish{}, false
}

// ruled is the version of a day, if it counts what happened on it.
func (l *life) ruled(indicator string, h Happening, day string) (Rule, bool) {
	if day == "" {
		return Rule{}, false
	}
	r, ok := l.book.on(indicator, day, l.step.At)
	return r, ok && r.Happening == h
}

// worth is what the project is worth by a rule; false when it does not count.
func (l *life) worth(r Rule) (int64, bool) {
	k := l.known
	if slices.Contains(r.UndoneBy, k.Stage) || !r.takes(k.Track) {
		return 0, false
	}
	if r.LowerCents == 0 && r.Measure == OneProject {
		return Whole, true
	}
	if k.Cents == nil || k.Currency != "CNY" || *k.Cents < r.LowerCents {
		return 0, false
	}
	if r.Measure == OneProject {
		return Whole, true
	}
	return *k.Cents, true
}

func (l *life) count(indicator string) {
	c := l.counts[indicator]
	if c == nil {
		c = &count{}
		l.counts[indicator] = c
	}
	w, wants := l.wanted(indicator)
	if c.open && (!wants || !c.isOf(w)) {
		l.takeBack(c)
	}
	switch {
	case wants && !c.open:
		l.begin(c, w)
	case c.open && c.total != w.total:
		l.increase(c, w.total)
	}
	if c.open {
		l.settle(c)
	}
}

// isOf tells whether a count is of the event that is wanted.
func (c *count) isOf(w wish) bool { return w.day == c.day && w.rule.ID == c.rule.ID }

func (l *life) closed(m Month) bool { return !l.step.At.Before(l.book.ClosedAt(m)) }

func (l *life) present() Month { return monthAt(l.step.At) }

// begin counts the project.
func (l *life) begin(c *count, w wish) {
	*c = count{no: c.no + 1, open: true, day: w.day, rule: w.rule, total: w.total, lines: map[Month]*line{}}
	e := Entry{Kind: Counted, Month: monthOfDay(w.day), Value: w.total}
	if w.day == l.replacedOn && c.no > 1 {
		e.Kind = Recounted
	}
	if l.closed(e.Month) {
		e.Corrects, e.Month = e.Month, l.present()
		if int64(e.Corrects.until(e.Month)) > w.rule.LateMonths {
			e.Kind, e.Value = Late, 0
		}
	}
	if w.rule.Measure == Increment {
		e.Value = 0
	}
	l.write(c, e)
}

// increase enters what the amount changed by, in the month of recording it.
func (l *life) increase(c *count, total int64) {
	e := Entry{Kind: Increased, Month: l.present(), Value: total - c.total}
	if began := monthOfDay(c.day); e.Value < 0 && l.closed(began) {
		e.Corrects = began
	}
	c.total = total
	l.write(c, e)
}

// write enters a value and divides what the count then has in the month.
func (l *life) write(c *count, e Entry) {
	ln := c.line(e.Month)
	ln.value += e.Value
	e.Parts = ln.become(l.split(c, e.Month, ln.value))
	l.enter(c, e)
}

// become changes the parts of a line and returns the differences.
func (ln *line) become(parts []Part) []Part {
	next := map[key]Part{}
	for _, p := range parts {
		next[key{p.Unit, p.Role}] = p
	}
	keys := slices.Collect(maps.Keys(next))
	for k := range ln.parts {
		if _, stays := next[k]; !stays {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.role, b.role), cmp.Compare(a.unit, b.unit))
	})
	var out []Part
	for _, k := range keys {
		p := Part{Unit: k.unit, Role: k.role, PPM: next[k].PPM, Value: next[k].Value - ln.parts[k].Value}
		if p.Value != 0 {
			out = append(out, p)
		}
	}
	ln.parts = next
	return out
}

// takeBack takes back whatever stands of a count, month by month.
func (l *life) takeBack(c *count) {
	c.open, c.total = false, 0
	for _, m := range slices.Sorted(maps.Keys(c.lines)) {
		ln := c.lines[m]
		e := Entry{Kind: TakenBack, Month: m, Value: -ln.value, Parts: ln.become(nil)}
		if e.Value == 0 && len(e.Parts) == 0 {
			continue
		}
		if l.closed(m) {
			e.Month, e.Corrects = l.present(), m
		}
		l.enter(c, e)
	}
}

// settle divides anew what the count has in open months, and gives a closed
// month's part without a place to the place, once it is known.
func (l *life) settle(c *count) {
	for _, m := range slices.Sorted(maps.Keys(c.lines)) {
		ln := c.lines[m]
		e := Entry{Kind: Divide, Month: m}
		if l.closed(m) {
			e.Kind, e.Month, e.Corrects = Placed, l.present(), m
			e.Parts = ln.place(l.known.Landing)
		} else {
			e.Parts = ln.become(l.split(c, m, ln.value))
		}
		if len(e.Parts) > 0 {
			l.enter(c, e)
		}
	}
}

// place moves the part of a line without a place to one.
func (ln *line) place(landing id.Unit) []Part {
	open, there := ln.parts[key{0, Landing}]
	if !there || landing == 0 || open.Value == 0 {
		return nil
	}
	next := make([]Part, 0, len(ln.parts))
	for k, p := range ln.parts {
		if k.unit != 0 {
			next = append(next, p)
		}
	}
	placed := open
	placed.Unit = landing
	return ln.become(append(next, placed))
}

func (l *life) enter(c *count, e Entry) {
	e.StepID, e.LeadID, e.At = l.step.ID, l.step.LeadID, l.step.At
	e.Seq, e.CountNo, e.OnDay, e.Total = int64(len(l.out)+1), c.no, c.day, c.total
	e.Indicator, e.RuleID = c.rule.Indicator, c.rule.ID
	if c.rule.Measure != OneProject {
		e.Currency = l.known.Currency
	}
	l.out = append(l.out, e)
}

// Closing is a month that was closed before its day.
type Closing struct {
	Month    Month
	ClosedAt time.Time
	ClosedBy *id.User
	Reason   string
}
