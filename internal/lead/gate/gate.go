// Package gate holds the rules by which a project moves through its life:
// versions of the life cycle as data, and the one answer to what is missing
// before a stage. It knows no database, no HTTP and no lead beyond the facts
// that it is given.
package gate

import (
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// General is the track of a project whose track is not known yet.
const General = "general"

// Tracks lists the tracks that every version describes.
func Tracks() []string {
	return []string{General, "land", "premises", "expansion", "headquarters", "agritourism", "renewal"}
}

// Stages lists the stages that a version may give a track.
func Stages() []string {
	return []string{
		"lead", "qualified", "negotiating", "review", "to_sign", "signed", "registered", "site_secured",
		"permitted", "started", "invested", "completed", "producing", "full_capacity", "aftercare",
	}
}

// State is what a version is for.
type State string

// The states of a version. Of those in force, the one with the latest day
// that has come rules.
const (
	Draft   State = "draft"
	InForce State = "in_force"
	Retired State = "retired"
)

// Confirm says who confirms from outside that a stage was reached.
type Confirm string

// The confirmations: nobody, any unit but the responsible one, the bureau.
const (
	None      Confirm = "none"
	OtherUnit Confirm = "other_unit"
	Bureau    Confirm = "bureau"
)

// NeedKind is what sort of thing a stage needs.
type NeedKind string

// The kinds of need. Register asks that the duplicate check has no open
// question; Confirmation follows from a step's Confirm and is not written as
// a need.
const (
	Field        NeedKind = "field"
	File         NeedKind = "file"
	Register     NeedKind = "register"
	Fair         NeedKind = "fair_competition"
	Review       NeedKind = "review" // the admission review let it pass
	Land         NeedKind = "land"   // of the land contract's record
	Confirmation NeedKind = "confirmation"
)

// Need is one thing that must be there before a stage.
type Need struct {
	Kind      NeedKind
	Name      string
	FromCents *int64 // asked only from this planned amount on; nil means always
	Source    string
}

// Step is a stage of a track.
type Step struct {
	Track        string
	Stage        string
	Position     int64
	LimitDays    *int64 // calendar days before the stage counts as late; nil for none
	LimitSource  string
	ChanceBP     *int64 // probability of production in basis points; nil where nobody says
	ChanceSource string
	Pass         access.Permission // who may move a project into it
	Confirm      Confirm
	Source       string // of passing and confirming
	Needs        []Need
}

// Cycle is one version of the life cycle.
type Cycle struct {
	ID        id.Lifecycle
	Number    int64
	State     State
	FromOn    *clock.Date // nil for a draft
	Note      string
	Source    string
	Version   int64
	MadeBy    *id.User
	MadeAt    time.Time
	ChangedAt time.Time
	Steps     []Step
}

// PassPermissions lists the permissions that a step may ask for.
func PassPermissions() []access.Permission {
	return []access.Permission{access.LeadChangeStage, access.LeadPassGate}
}

// Fields lists the fields of a lead that a step may need. site_need is the
// land or the floor area, whichever the project asks for; binding means an
// agreement that binds, which no framework agreement does.
func Fields() []string {
	return []string{
		"investor_name", "credit_code", "parent_name", "country", "introducer", "location_code", "park_id", "chain", "track",
		"planned_cents", "fixed_assets_cents", "output_cents", "tax_cents", "site_need", "product", "summary",
		"first_contact_on", "expected_sign_on", "binding",
	}
}

// FileKinds lists what a file can be evidence of.
func FileKinds() []string {
	return []string{
		"visit_minutes", "due_diligence", "review_minutes", "legal_opinion", "agreement", "licence", "land_contract",
		"fair_competition", "lease", "permit", "start_photo", "statistics", "acceptance", "production_proof", "audit_report", "progress_photo",
	}
}

// Names lists the names that a need of the kind may have.
func (k NeedKind) Names() []string {
	switch k {
	case Field:
		return Fields()
	case File:
		return FileKinds()
	case Register:
		return []string{"duplicate_clear"}
	case Fair, Review:
		return []string{"passed"}
	case Land:
		return []string{"number", "supervision_code", "signed_on", "scan"}
	}
	return nil
}

// Of returns the steps of a track in their order; those of the general track
// for a track that the version does not describe.
func (c Cycle) Of(track string) []Step {
	var out []Step
	for _, s := range c.Steps {
		if s.Track == track {
			out = append(out, s)
		}
	}
	if len(out) == 0 && track != General {
		return c.Of(General)
	}
	slices.SortStableFunc(out, func(a, b Step) int { return int(a.Position - b.Position) })
	return out
}

// Step returns the step of a track; false when the track leaves it out.
func (c Cycle) Step(track, stage string) (Step, bool) {
	for _, s := range c.Of(track) {
		if s.Stage == stage {
			return s, true
		}
	}
	return Step{}, false
}
