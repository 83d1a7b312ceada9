// Package credit decides what counts, when and for whom: dated counting rules
// make events of the lives of projects, and dated shares divide each event
// between the unit that found the project and the unit where it lands. It
// knows no database and no HTTP.
package credit

import (
	"cmp"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Whole is the value of one project: projects are counted in millionths, so
// that two units can each have half of one.
const Whole = 1_000_000

// million is the whole of a share in parts per million.
const million = 1_000_000

// Happening is what has to happen to a project for it to count.
type Happening string

// The happenings. Never ends the counting of an indicator.
const (
	BecameValid   Happening = "valid"
	SignedBinding Happening = "signed"
	Registered    Happening = "registered"
	Started       Happening = "started"
	StartedInYear Happening = "started_in_year" // in the year of its signing
	Producing     Happening = "producing"
	Never         Happening = "never"
)

// Happenings lists the happenings in the order of a project's life.
func Happenings() []Happening {
	return []Happening{BecameValid, SignedBinding, Registered, Started, StartedInYear, Producing, Never}
}

// Measure is what of a project is counted.
type Measure string

// The measures. Increment leaves out the amount at the first event and counts
// what is added later.
const (
	OneProject Measure = "project"
	Planned    Measure = "planned"
	Increment  Measure = "increment"
)

// Measures lists the measures.
func Measures() []Measure { return []Measure{OneProject, Planned, Increment} }

// Basis says which units an event is credited to.
type Basis string

// The bases of credit. Double gives the whole to either unit; such figures are
// never added up.
const (
	ToLanding Basis = "landing"
	ToFinder  Basis = "first_contact"
	Shared    Basis = "shared"
	Double    Basis = "double"
)

// Bases lists the bases.
func Bases() []Basis { return []Basis{ToLanding, ToFinder, Shared, Double} }

// Class is a group of indicators whose shares are agreed together.
type Class string

// The classes of indicators.
const (
	ClassLead       Class = "lead"
	ClassSigning    Class = "signing"
	ClassLanding    Class = "landing"
	ClassInvestment Class = "investment"
	ClassExpansion  Class = "expansion"
)

// Classes lists the classes.
func Classes() []Class {
	return []Class{ClassLead, ClassSigning, ClassLanding, ClassInvestment, ClassExpansion}
}

// Rule is one version of what counts for an indicator, in force from a day
// until a later version. The version that was in force on the day of an event
// rules it for ever.
type Rule struct {
	ID         int64
	Indicator  string
	Version    int64
	Happening  Happening
	Measure    Measure
	Basis      Basis
	Class      Class
	LowerCents int64    // least planned amount; 0 for none
	Tracks     []string // taken in; empty for all
	Excluded   []string // tracks left out
	UndoneBy   []string // stages that take the count back
	Recount    bool     // counted anew, once, when the investor is replaced
	LateMonths int64    // so long after its month an event is still counted, in the open month
	StartsOn   clock.Date
	EndsOn     *clock.Date // the last day; nil while no end is set
	Made       Made
}

// Made says where a version comes from, why it was made, and by whom.
type Made struct {
	Source  string
	Assumed bool // nobody confirmed it yet
	Reason  string
	MadeBy  *id.User
	MadeAt  time.Time
}

// takes tells whether the rule counts projects of a track.
func (r Rule) takes(track string) bool {
	return (len(r.Tracks) == 0 || slices.Contains(r.Tracks, track)) && !slices.Contains(r.Excluded, track)
}

// ShareRule is the share of the finder unless the two sides agree on another:
// so much for so many months, afterwards all is the landing unit's. The one in
// force on the day of a project's signing, else of the event, holds.
type ShareRule struct {
	ID        int64
	FinderPPM int64 `gorm:"column:finder_ppm"`
	Months    int64
	StartsOn  clock.Date
	Made      Made `gorm:"embedded"`
}

// Book holds the rules and when months are closed. Versions are only added,
// and each begins later than it is made, so what counted on a day stays so.
type Book struct {
	Rules    []Rule
	Shares   []ShareRule
	ClosedAt func(Month) time.Time
}

// knownAt tells whether a version was written down by an instant; first content
// always was.
func (m Made) knownAt(at time.Time) bool { return m.MadeBy == nil || !m.MadeAt.After(at) }

// on returns the version that rules an indicator on a day, as far as versions
// were written down by an instant.
func (b Book) on(indicator, day string, at time.Time) (Rule, bool) {
	best, found := Rule{}, false
	for _, r := range b.Rules {
		if r.Indicator == indicator && r.StartsOn.String() <= day && r.Made.knownAt(at) && (!found || best.before(r)) {
			best, found = r, true
		}
	}
	return best, found && (best.EndsOn == nil || best.EndsOn.String() >= day)
}

// before tells whether another version comes after this one.
func (r Rule) before(o Rule) bool {
	return cmp.Or(r.StartsOn.Compare(o.StartsOn), cmp.Compare(r.Version, o.Version)) < 0
}

// share returns the default share of a day, as far as it was written down by
// an instant.
func (b Book) share(day string, at time.Time) (ShareRule, bool) {
	best, found := ShareRule{}, false
	for _, r := range b.Shares {
		if r.StartsOn.String() > day || !r.Made.knownAt(at) {
			continue
		}
		if c := r.StartsOn.Compare(best.StartsOn); !found || c > 0 || c == 0 && r.ID > best.ID {
			best, found = r, true
		}
	}
	return best, found
}

// indicators lists what is counted, in order.
func (b Book) indicators() []string {
	var out []string
	for _, r := range b.Rules {
		out = append(out, r.Indicator)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Known is what counting reads of a project, as it is known at a moment. Days
// are texts, empty while it did not happen; SignedOn is empty for a framework
// agreement.
type Known struct {
	Stage      string
	SinceOn    string
	SignedOn   string
	StartedOn  string
	ProducedOn string
	Cents      *int64
	Currency   string
	Track      string
	Finder     id.Unit
	Landing    id.Unit // 0: no place yet
	Gone       bool    // the lead was deleted
}

// Same tells whether two states count alike.
func (k Known) Same(o Known) bool {
	a, b := k.Cents, o.Cents
	if (a == nil) != (b == nil) || a != nil && *a != *b {
		return false
	}
	k.Cents = b
	return k == o
}

// StepKind says what a project's journal of counting learned.
type StepKind string

// The kinds of steps.
const (
	Learned  StepKind = "facts"    // something about the project changed
	Replaced StepKind = "replaced" // the investor was replaced
	Divided  StepKind = "shares"   // shares were agreed or set
)

// Step is one line of a project's journal: what was learned, and when it was
// counted. Everything that counts follows from the journal and the rules.
type Step struct {
	ID         int64
	LeadID     id.Lead
	At         time.Time
	Kind       StepKind
	FactID     *int64 // what was known: a span of facts
	Gone       bool
	OnDay      string // of the replacement
	Class      Class
	FinderPPM  *int64 `gorm:"column:finder_ppm"`
	FromMonth  Month
	UntilMonth Month // the last; empty for no end
	ProposalID *id.Proposal
	Reason     string
	UserID     *id.User
	UnitID     *id.Unit

	Known Known `gorm:"-"`
}

// EntryKind says why a line stands in the ledger.
type EntryKind string

// The kinds of entries.
const (
	Counted   EntryKind = "counted"
	Late      EntryKind = "late"      // known too long after: of no value
	Increased EntryKind = "increment" // the amount changed later
	TakenBack EntryKind = "taken_back"
	Recounted EntryKind = "recounted" // the investor was replaced
	Divide    EntryKind = "shares"    // other shares, or other units, in an open month
	Placed    EntryKind = "placed"    // a closed month's event whose place was not known
)

// Entry is one line of the ledger. Value is the city's; the parts are the
// units'. It is never changed: what turns out otherwise is a further line.
type Entry struct {
	ID        int64
	StepID    int64
	LeadID    id.Lead
	Seq       int64 // of the project, from 1
	Indicator string
	CountNo   int64 // which count of the project this belongs to
	Kind      EntryKind
	OnDay     string
	Month     Month
	Corrects  Month // the closed month that is corrected; empty for none
	Value     int64
	Total     int64 // what the count stands at after it
	Currency  string
	RuleID    int64
	At        time.Time
	Parts     []Part `gorm:"-"`
}

// Role says for what a unit has a part.
type Role string

// The roles. One is a unit that found the project and is its place too.
const (
	Finder  Role = "finder"
	Landing Role = "landing"
	One     Role = "one"
)

// Part is what a unit gets of an entry.
type Part struct {
	Unit  id.Unit // 0: no place yet
	Role  Role
	PPM   int64
	Value int64
}
