package lead

import (
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead/firm"
)

// Choice is what somebody says who reports an investor that was reported
// before.
type Choice string

// The choices.
const (
	NoChoice       Choice = ""
	SameProject    Choice = "same"
	AnotherProject Choice = "another"
)

// Claimed is the choice with its reason and the references that it is about;
// none means all that are hit.
type Claimed struct {
	Choice     Choice
	Reason     string
	References []string
}

// MaxReferences is how many earlier reports one choice can name.
const MaxReferences = 20

func (c Claimed) broken(bad *rules) {
	if c.Choice == NoChoice {
		return
	}
	bad.oneOf("duplicate.choice", string(c.Choice), []string{string(SameProject), string(AnotherProject)})
	bad.text("duplicate.reason", c.Reason, c.Choice == AnotherProject, MaxReason)
	if len(c.References) > MaxReferences {
		bad.add("duplicate.references", "too_long")
	}
}

// Candidate is a lead that the index of keys gives for an investor; names
// are compared afterwards.
type Candidate struct {
	LeadID       id.Lead
	Code         string
	Reference    *string
	UnitID       id.Unit
	ReportedAt   time.Time
	Restricted   bool
	InvestorName *string
	ParentName   *string
	Stage        Stage
	State        *ProtectionState // as of now
	Sure         bool             // a credit code is equal
	Likely       bool             // a domain or telephone number is equal
}

// Hit is an earlier report of what may be the same investor.
type Hit struct {
	Candidate
	Exact bool
}

// hits compares the candidates with the party: what is left are the earlier
// reports, the certain ones first, each group in the order of reporting.
func (p Party) hits(found []Candidate) []Hit {
	own := p.names()
	var out []Hit
	for _, c := range found {
		near := likest(own, c)
		switch {
		case c.Sure:
			near = firm.Same
		case near == firm.Different && c.Likely:
			near = firm.Alike
		}
		if near != firm.Different {
			out = append(out, Hit{Candidate: c, Exact: near == firm.Same})
		}
	}
	slices.SortStableFunc(out, func(a, b Hit) int {
		switch {
		case a.Exact == b.Exact:
			return int(a.LeadID - b.LeadID)
		case a.Exact:
			return -1
		}
		return 1
	})
	return out
}

// likest compares the investor with the investor; a parent that is known
// again is only a likely hit.
func likest(own []firm.Name, c Candidate) firm.Likeness {
	best := firm.Different
	for i, a := range own {
		for j, b := range namesOf(c.InvestorName, c.ParentName) {
			near := firm.Compare(a, b)
			if near == firm.Same && (i > 0 || j > 0) {
				near = firm.Alike
			}
			best = max(best, near)
		}
	}
	return best
}

// blocks tells whether the hit keeps others from registering the investor
// without the bureau: the investor is certain, and the protection in force or
// waiting for the bureau.
func (h Hit) blocks() bool {
	return h.Exact && h.State != nil && (*h.State == ProtectionActive || *h.State == ProtectionPending) && !h.Stage.Ended()
}

// taken tells whether the project has a holder whose report still stands, so
// that nobody else can report it. A public project belongs to its holder too.
func (h Hit) taken() bool {
	switch {
	case h.Stage.Ended():
		return false
	case h.State == nil:
		return true
	}
	return *h.State == ProtectionActive || *h.State == ProtectionPending
}

// reference is what a stranger may call the report.
func (c Candidate) reference() string {
	if c.Reference != nil {
		return *c.Reference
	}
	return c.Code
}

// Verdict is what becomes of a registration that is not refused.
type Verdict struct {
	State RegistrationState
	Hits  []Hit
}

// RegistrationState is how a registration stands.
type RegistrationState string

// The states of a registration.
const (
	RegistrationClear     RegistrationState = "clear"      // first, or another project without the bureau
	RegistrationPending   RegistrationState = "pending"    // waits for the bureau
	RegistrationConfirmed RegistrationState = "confirmed"  // by the bureau
	RegistrationRejected  RegistrationState = "rejected"   // by the bureau
	RegistrationTakenOver RegistrationState = "taken_over" // the same project, whose protection was over
)

// rank says what becomes of a registration with these hits.
//
// Errors: Conflict "duplicate.conflict" for a certain hit in protection
// without a choice; Conflict "duplicate.possible" for any other hit without
// one; Conflict "duplicate.same_project" for the same project while its
// report stands; all with the items that a stranger may know.
func rank(hits []Hit, c Claimed, pool id.Unit) (Verdict, error) {
	blocked := slices.ContainsFunc(hits, Hit.blocks)
	switch {
	case len(hits) == 0:
		return Verdict{State: RegistrationClear}, nil
	case c.Choice == NoChoice || !c.covers(hits):
		return Verdict{}, duplicate(blocked, hits, pool)
	case c.Choice == AnotherProject && blocked:
		return Verdict{State: RegistrationPending, Hits: hits}, nil
	case c.Choice == AnotherProject:
		return Verdict{State: RegistrationClear, Hits: hits}, nil
	}
	meant := c.meant(hits)
	taken := slices.DeleteFunc(slices.Clone(meant), func(h Hit) bool { return !h.taken() })
	if len(taken) > 0 {
		return Verdict{}, fault.New(fault.Conflict, "duplicate.same_project", "The project was reported before.").
			With("items", itemsOf(taken, pool)).With("reference", taken[0].reference())
	}
	if slices.ContainsFunc(hits, func(h Hit) bool { return h.blocks() && !slices.ContainsFunc(meant, h.is) }) {
		return Verdict{State: RegistrationPending, Hits: hits}, nil
	}
	return Verdict{State: RegistrationTakenOver, Hits: hits}, nil
}

func (h Hit) is(other Hit) bool { return h.LeadID == other.LeadID }

func duplicate(blocked bool, hits []Hit, pool id.Unit) error {
	code, text := "duplicate.possible", "The investor may have been reported before."
	if blocked {
		code, text = "duplicate.conflict", "The investor was reported before."
	}
	return fault.New(fault.Conflict, code, text).With("items", itemsOf(hits, pool))
}

// covers tells whether the choice was made in sight of every hit: one that
// came meanwhile is asked about again. Only what a page shows can be named.
func (c Claimed) covers(hits []Hit) bool {
	if len(c.References) == 0 || c.Choice == SameProject {
		return true
	}
	for _, h := range shown(hits) {
		if !slices.Contains(c.References, h.reference()) {
			return false
		}
	}
	return true
}

// meant are the hits that the choice names; all without a name.
func (c Claimed) meant(hits []Hit) []Hit {
	var out []Hit
	for _, h := range hits {
		if slices.Contains(c.References, h.reference()) {
			out = append(out, h)
		}
	}
	if len(out) == 0 {
		return hits
	}
	return out
}

// shown are the hits that an answer names.
func shown(hits []Hit) []Hit { return hits[:min(len(hits), maxMatches)] }

// itemsOf is all that a stranger may learn of hits: the reference, the
// holder, the day. A restricted lead answers with the bureau as its unit.
func itemsOf(hits []Hit, pool id.Unit) []MatchView {
	out := make([]MatchView, 0, len(hits))
	for _, h := range shown(hits) {
		unit := h.UnitID
		if h.Restricted {
			unit = pool
		}
		out = append(out, MatchView{Reference: h.reference(), UnitID: unit, ReportedOn: clock.DateOf(h.ReportedAt)})
	}
	return out
}

// Registration is one accepted registration.
type Registration struct {
	ID             int64
	LeadID         id.Lead
	UnitID         id.Unit
	UserID         *id.User
	At             time.Time
	State          RegistrationState
	Choice         Choice
	Reason         string
	DecidedAt      *time.Time
	DecidedBy      *id.User
	DecisionReason string
}

// PendingEntry is a registration that waits for the bureau, with its lead and
// the earlier reports as the reader sees them.
type PendingEntry struct {
	Registration
	By   *Person
	Seen Seen
	Hits []HitEntry
}

// HitEntry is an earlier report behind a registration.
type HitEntry struct {
	Seen  Seen
	Exact bool
}

// Renewal is one renewal with its evidence.
type Renewal struct {
	LeadID      id.Lead
	At          time.Time
	UnitID      *id.Unit
	UserID      *id.User
	Reason      string
	FileID      *id.File
	NoteID      *id.Note
	UntilBefore time.Time
	UntilAfter  time.Time
}

// Asked is in which way somebody asked what others reported. Each way is
// counted by itself.
type Asked string

// The ways to ask.
const (
	AskedCheck     Asked = "check"     // the duplicate check, and a registration that it refused
	AskedReference Asked = "reference" // a dispute about a reference that the person names
)

// CheckCount is one question to the register, to be counted.
type CheckCount struct {
	Asked       Asked
	User        id.User
	Unit        id.Unit
	Slot        time.Time // the beginning of the window that it counts in
	Hit         bool      // it told of an earlier report
	PersonLimit int64
	UnitLimit   int64
}

// CheckUser is how much one person asked the duplicate check.
type CheckUser struct {
	User       Person
	UnitID     id.Unit
	Checks     int64
	Hits       int64
	Refused    int64
	Registered int64 // leads registered in the same time
	References int64 // tries to open a dispute by a reference
	Disputes   int64 // disputes opened in the same time
	LastAt     time.Time
}
