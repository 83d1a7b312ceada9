package credit

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Sum is what an indicator stands at in a month: of a unit, or of the city.
type Sum struct {
	Indicator string
	UnitID    id.Unit // 0 beside City: what has no place yet
	Month     Month
	Value     int64
	City      bool `gorm:"-"`
}

// Head is what a reader may see of a lead behind a line.
type Head struct {
	ID    id.Lead `json:"id"`
	Code  string  `json:"code"`
	Title *string `json:"title" doc:"Null where the reader may not see it."`
	Past  bool    `json:"past" doc:"The title is that of the day on which the reader's unit handed the lead on."`
	Gone  bool    `json:"gone" doc:"The lead was deleted."`
}

// SeenEntry is a line of the ledger with its lead; of a unit's figure also
// what the unit has of it.
type SeenEntry struct {
	Entry Entry
	Part  Part
	Lead  Head
}

// Lead is a lead whose credit the reader may see.
type Lead struct {
	ID         id.Lead
	Code       string
	Restricted bool
	Finder     id.Unit
	Landing    id.Unit // 0: no place yet
	SignedOn   string
}

// Reader are the scopes that lines are read with: whose, and of which leads
// the titles are seen.
type Reader struct{ Read, Leads access.Scope }

// Want asks for lines of the ledger.
type Want struct {
	Indicator   string
	Unit        *id.Unit
	City        bool
	From, Until Month
	Lead        id.Lead
	Limit       int
}

// ProposalWant asks for proposals.
type ProposalWant struct {
	Proposal id.Proposal
	Lead     id.Lead
	Open     bool
}

// Reads are what the store and a transaction on it both read.
type Reads interface {
	Rules(ctx context.Context) ([]Rule, error)
	ShareRules(ctx context.Context) ([]ShareRule, error)
	Closings(ctx context.Context) ([]Closing, error)
	// Lead returns a lead whose credit the reader may see: one of the two
	// parties, or who reads every lead. Error: NotFound "lead.unknown".
	Lead(ctx context.Context, read access.Scope, lead id.Lead) (Lead, error)
	// Steps returns the journal of a lead, in order.
	Steps(ctx context.Context, lead id.Lead) ([]Step, error)
	// Proposals returns proposals whose parties are units of the reader, the
	// newest first.
	Proposals(ctx context.Context, read access.Scope, w ProposalWant) ([]Proposal, error)
}

// Store keeps the rules and the ledger.
type Store interface {
	Reads
	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)
	// Figures returns what the reader's units have, and the city.
	Figures(ctx context.Context, read access.Scope, from, until Month) ([]Sum, error)
	// Events returns lines of the ledger, the oldest first.
	Events(ctx context.Context, r Reader, w Want) ([]SeenEntry, error)
	// Titles returns the heads of leads that the reader may see.
	Titles(ctx context.Context, read access.Scope, leads []id.Lead) (map[id.Lead]Head, error)
	// Uncounted returns leads after the given one that may count and have no
	// journal.
	Uncounted(ctx context.Context, after id.Lead, limit int) ([]id.Lead, error)
	// Journals returns the leads after the given one that have a journal.
	Journals(ctx context.Context, after id.Lead, limit int) ([]id.Lead, error)
	// Ledger returns every line of a lead, in order, with all its parts.
	Ledger(ctx context.Context, lead id.Lead) ([]Entry, error)
}

// Tx is a transaction on the ledger.
type Tx interface {
	Reads
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, l event.Line) error
	Notify(ctx context.Context, n event.Notice) error
	// HoldLead locks a lead whose credit the reader may see.
	HoldLead(ctx context.Context, read access.Scope, lead id.Lead) (Lead, error)
	// LockLead locks a lead for the program itself.
	LockLead(ctx context.Context, lead id.Lead) error
	// Facts returns what was known of a lead, as far as the journal lacks it.
	Facts(ctx context.Context, lead id.Lead) ([]Step, error)
	// ShareGate keeps months from being closed until the transaction ends;
	// began tells whether everything of before was counted.
	ShareGate(ctx context.Context) (began bool, err error)
	// HoldGate waits for everybody who counts and keeps others from it.
	HoldGate(ctx context.Context) error
	// Begin notes that everything of before was counted.
	Begin(ctx context.Context, at time.Time) error
	AddStep(ctx context.Context, s *Step) error
	// Entered tells how many lines the ledger of a lead has.
	Entered(ctx context.Context, lead id.Lead) (int, error)
	AddEntries(ctx context.Context, entries []Entry) error
	AddRule(ctx context.Context, r *Rule) error
	AddShareRule(ctx context.Context, r *ShareRule) error
	// Close writes that a month is closed; false when it was already.
	Close(ctx context.Context, c Closing) (bool, error)
	AddProposal(ctx context.Context, p *Proposal) error
	// Answer ends an open proposal; false when it was not open any more.
	Answer(ctx context.Context, p Proposal) (bool, error)
}

// City gives the dated facts of the city.
type City interface {
	// CloseDay is the day of the following month after which a month is
	// closed, in force on a day.
	CloseDay(ctx context.Context, on clock.Date) (int, error)
	UnitOpen(ctx context.Context, unit id.Unit) (bool, error)
}
