// Package signing keeps the board 每月一签约: what is to be signed in a month,
// frozen on the cut-off day, and every difference since, so that
// frozen − out + in ± changes = actual for every unit, chain and the city.
package signing

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Grade says how sure a signing is.
type Grade string

// The grades.
const (
	Sure     Grade = "sure"
	Likely   Grade = "likely"
	Possible Grade = "possible"
)

// Grades lists the grades, the surest first.
func Grades() []Grade { return []Grade{Sure, Likely, Possible} }

// State says what became of a planned signing.
type State string

// The states. Planned and signed ones stand in their month.
const (
	Planned State = "planned"
	Signed  State = "signed"
	Lost    State = "lost"
	Dropped State = "dropped" // taken off the plan
)

// Ready is the list of what must be there before a signing.
type Ready struct {
	TextAgreed         bool `json:"text_agreed"`
	SiteReady          bool `json:"site_ready"`
	IncentivesReviewed bool `json:"incentives_reviewed"`
	LegalOpinion       bool `json:"legal_opinion"`
	FairCompetition    bool `json:"fair_competition"`
}

// Item is one planned signing of a lead.
type Item struct {
	ID            id.Signing
	LeadID        id.Lead
	Month         Month
	PlannedOn     *clock.Date
	Cents         int64 // planned investment in hundredths of a yuan
	LandingUnitID id.Unit
	FirstUnitID   id.Unit // the first-contact unit, taken from the lead
	Chain         string  // empty for none
	BatchID       *id.Ceremony
	StageOrder    int // on stage, from 1; 0 is unsaid
	MainVenue     bool
	Grade         Grade
	Ready
	Leader        string // who attends, by office and not by name
	InvestorSigns string // who signs, by office and not by name
	CitySigns     string
	State         State
	SignedOn      *clock.Date
	Version       int64
	CreatedBy     *id.User
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// stands tells whether the item counts in its month.
func (i Item) stands() bool { return i.State == Planned || i.State == Signed }

// Place is where an amount counts.
type Place struct {
	LandingUnitID id.Unit
	FirstUnitID   id.Unit
	Chain         string
}

func (i Item) place() Place {
	return Place{LandingUnitID: i.LandingUnitID, FirstUnitID: i.FirstUnitID, Chain: i.Chain}
}

// Kind says what sort of difference a change is.
type Kind string

// The kinds of change. Out and loss take away, in and early add, amount and
// place change what stays.
const (
	Out    Kind = "out"
	Loss   Kind = "loss"
	In     Kind = "in"
	Early  Kind = "early"
	Amount Kind = "amount"
	Moved  Kind = "place" // to another unit or chain: two rows, which together are 0
)

// Change is one difference between the frozen plan of a month and what stands.
type Change struct {
	ID         int64
	Month      Month
	ItemID     id.Signing
	LeadID     id.Lead
	Kind       Kind
	DeltaCents int64
	DeltaCount int
	Place
	OtherMonth Month // where it went or came from; empty for none
	Reason     string
	Refusal    string // the code with which the lead's door refused to sign; empty for none
	UserID     *id.User
	UnitID     *id.Unit
	At         time.Time
}

// Frozen is an item as it stood when its month froze.
type Frozen struct {
	Month  Month
	ItemID id.Signing
	LeadID id.Lead
	Cents  int64
	Place
	Grade Grade
}

// Changes returns what an edit of an item means for the months it touches,
// frozen or not. before and after are nil for what does not exist. The deltas
// of a month are always what stands after less what stood before.
func Changes(before, after *Item) []Change {
	was, is := standing(before), standing(after)
	switch {
	case was == nil && is == nil:
		return nil
	case was == nil:
		return []Change{entering(*is, "", arrival(*is, ""))}
	case is == nil:
		return []Change{leaving(*was, "", departure(after))}
	case was.Month != is.Month:
		return []Change{leaving(*was, is.Month, Out), entering(*is, was.Month, arrival(*is, was.Month))}
	}
	return within(*was, *is)
}

func standing(i *Item) *Item {
	if i == nil || !i.stands() {
		return nil
	}
	return i
}

// arrival tells an early signing from what only moved.
func arrival(i Item, from Month) Kind {
	if i.State == Signed && from > i.Month {
		return Early
	}
	return In
}

func departure(after *Item) Kind {
	if after != nil && after.State == Lost {
		return Loss
	}
	return Out
}

func of(i Item, kind Kind) Change {
	return Change{Month: i.Month, ItemID: i.ID, LeadID: i.LeadID, Kind: kind, Place: i.place()}
}

func leaving(i Item, to Month, kind Kind) Change {
	c := of(i, kind)
	c.DeltaCents, c.DeltaCount, c.OtherMonth = -i.Cents, -1, to
	return c
}

func entering(i Item, from Month, kind Kind) Change {
	c := of(i, kind)
	c.DeltaCents, c.DeltaCount, c.OtherMonth = i.Cents, 1, from
	return c
}

// within are the changes of an item that stays in its month.
func within(was, is Item) []Change {
	var out []Change
	if was.place() != is.place() {
		from, to := of(was, Moved), of(is, Moved)
		from.DeltaCents, from.DeltaCount = -was.Cents, -1
		to.DeltaCents, to.DeltaCount = was.Cents, 1
		out = append(out, from, to)
	}
	if was.Cents != is.Cents {
		c := of(is, Amount)
		c.DeltaCents = is.Cents - was.Cents
		out = append(out, c)
	}
	return out
}
