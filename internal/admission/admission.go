// Package admission holds the admission review (准入评审): who decides about a
// project where it lands, the opinions of departments, the conditions, the
// result with its minutes. It knows no database and no HTTP.
package admission

import (
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// State says how far a review is.
type State string

// The states of a review: asked for, departments asked, decided, taken back.
const (
	Asked     State = "asked"
	Open      State = "open"
	Decided   State = "decided"
	Withdrawn State = "withdrawn"
)

// Runs tells whether the review is still to be decided.
func (s State) Runs() bool { return s == Asked || s == Open }

// Result is what a review came to.
type Result string

// The results. The first two let the project pass.
const (
	Passed         Result = "passed"
	WithConditions Result = "conditions"
	Refused        Result = "refused"
	Deferred       Result = "deferred"
)

// Results lists the results.
func Results() []Result { return []Result{Passed, WithConditions, Refused, Deferred} }

// Passes tells whether the result lets the project pass.
func (r Result) Passes() bool { return r == Passed || r == WithConditions }

// Word is what a department says.
type Word string

// The words of an opinion.
const (
	Agree           Word = "agree"
	AgreeConditions Word = "conditions"
	Object          Word = "object"
)

// Figures are what is reviewed, as the lead said it when the review was asked
// for.
type Figures struct {
	Track            string
	PlannedCents     *int64
	FixedAssetsCents *int64
	OutputCents      *int64
	TaxCents         *int64
	LandSqm          *int64
	FloorSqm         *int64
	Product          string
}

// differ tells whether anything of what is reviewed is something else now.
func (f Figures) differ(now Figures) bool {
	for _, pair := range [][2]*int64{
		{f.PlannedCents, now.PlannedCents},
		{f.FixedAssetsCents, now.FixedAssetsCents},
		{f.OutputCents, now.OutputCents},
		{f.TaxCents, now.TaxCents},
		{f.LandSqm, now.LandSqm},
		{f.FloorSqm, now.FloorSqm},
	} {
		if number(pair[0]) != number(pair[1]) {
			return true
		}
	}
	return f.Track != now.Track || f.Product != now.Product
}

// number is a figure that can be compared; no figure is negative.
func number(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}

// Review is one admission review of a lead.
type Review struct {
	ID             id.Review
	LeadID         id.Lead
	State          State
	LocationCode   string
	DecidingUnitID id.Unit
	PowerID        *int64 // the power it decides by; nil for the bureau
	Ask            string
	AskedBy        *id.User
	AskedUnitID    *id.Unit
	AskedAt        time.Time
	Figures        Figures `gorm:"embedded"`
	OpenedBy       *id.User
	OpenedAt       *time.Time
	Result         Result
	Number         string
	DecidedOn      *clock.Date
	MinutesFileID  *id.File
	Note           string
	DecidedBy      *id.User
	DecidedAt      *time.Time
	TakenOver      bool // from the time before reviews were kept
	Version        int64
}

// Opinion is what a department is asked, and says.
type Opinion struct {
	ID       id.Opinion
	ReviewID id.Review
	LeadID   id.Lead
	UnitID   id.Unit
	DueOn    clock.Date
	Word     Word // empty until given
	Text     string
	GivenBy  *id.User
	GivenAt  *time.Time
	Version  int64
}

// Condition is what a unit has to see to after a review.
type Condition struct {
	ID       id.Condition
	ReviewID id.Review
	LeadID   id.Lead
	Text     string
	UnitID   id.Unit
	DueOn    clock.Date
	Note     string
	DoneBy   *id.User
	DoneAt   *time.Time // nil while it is owed
	Version  int64
}

// Lead is what a review needs of a lead that the reader may see.
type Lead struct {
	ID           id.Lead
	Code         string
	Title        string
	Stage        string
	UnitID       id.Unit
	LocationCode *string
	Restricted   bool
	Figures      Figures
}

// ended and past tell where a lead stands.
func (l Lead) ended() bool {
	return slices.Contains([]string{"lost", "withdrawn", "duplicate", "transferred_out", "invalid"}, l.Stage)
}

func (l Lead) before() bool {
	return slices.Contains([]string{"lead", "qualified", "negotiating", "review"}, l.Stage)
}

// Paper is a file of the lead that the review may look at.
type Paper struct {
	ID     id.File
	LeadID id.Lead
	Name   string
	Kind   string
	Size   int64
}

// PaperKinds are the kinds of files that whoever is concerned with a review
// may open.
func PaperKinds() []string { return []string{"due_diligence", "review_minutes"} }

// Seen is a review that was read through a scope, with all that belongs to it.
type Seen struct {
	Review     Review
	Lead       Lead
	Opinions   []Opinion
	Conditions []Condition
	Papers     []Paper
	MayAsk     bool // inside the actor's scope of asking
	SeesMoney  bool
	Counts     bool // the newest decided one of the lead
}

// units are the units that a review concerns beside the holder.
func (s Seen) units() []id.Unit {
	out := []id.Unit{s.Review.DecidingUnitID}
	for _, o := range s.Opinions {
		out = append(out, o.UnitID)
	}
	for _, c := range s.Conditions {
		out = append(out, c.UnitID)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// opinionOf returns the place of a unit's opinion, or -1.
func (s Seen) opinionOf(unit id.Unit) int {
	return slices.IndexFunc(s.Opinions, func(o Opinion) bool { return o.UnitID == unit })
}

// acts tells whether the actor does something for the unit under a permission.
// In reviews the policy's part "owner" means that the unit is the one asked.
func acts(a access.Actor, p access.Permission, unit id.Unit) bool {
	return (a.Acting == 0 || a.Acting == unit) && slices.Contains(a.UnitsWith(p), unit)
}

// The longest texts.
const (
	maxText  = 1000
	maxShort = 200
	maxRows  = 30
)

// rules gathers broken rules by field.
type rules []fault.Field

func (r *rules) add(name, code string) { *r = append(*r, fault.Field{Name: name, Code: code}) }

func (r *rules) text(name, value string, required bool, limit int) {
	*r = append(*r, fault.Text(name, value, required, limit)...)
}
