package lead

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// DisputeQuery reads disputes. Read is which disputes the person sees, Leads
// which leads.
type DisputeQuery struct {
	Read   access.Scope
	Leads  access.Scope
	Mine   bool      // only those in which one of the units is a party
	Units  []id.Unit // the person's units
	Lead   id.Lead   // only those about this lead; 0 for all
	States []DisputeState
	Limit  int
	After  int64
	Now    time.Time
}

// DisputeReader is the reading half of what disputes and merges need.
type DisputeReader interface {
	// Dispute returns one dispute inside the scope. Error: NotFound
	// "dispute.unknown".
	Dispute(ctx context.Context, q DisputeQuery, dispute id.Dispute) (SeenDispute, error)
	Disputes(ctx context.Context, q DisputeQuery) ([]SeenDispute, page.Total, error)
	// DisputeOutcomes returns what was proposed and decided in disputes that
	// were read through a scope, oldest first, with shares.
	DisputeOutcomes(ctx context.Context, disputes []SeenDispute) (map[id.Dispute][]DisputeOutcome, error)
	DisputeSteps(ctx context.Context, d SeenDispute) ([]DisputeStep, error)
	DisputeFiles(ctx context.Context, d SeenDispute) ([]DisputeFile, error)
	// DueDisputes returns open disputes whose stage has run out unrecorded.
	DueDisputes(ctx context.Context, scope access.Scope, limit int) ([]Dispute, error)

	SharesOf(ctx context.Context, seen Seen) ([]Share, error)
	// MergedInto returns the lead that answers for a merged one, if any.
	MergedInto(ctx context.Context, seen Seen) (id.Lead, error)
	// Merges returns the merges of a lead that was read through a scope, as
	// the merged one or as the target, newest first.
	Merges(ctx context.Context, seen Seen) ([]Merge, error)
	// OneMerge returns a merge; whether the reader may know of it, its leads
	// decide. Error: NotFound "merge.unknown".
	OneMerge(ctx context.Context, merge id.Merge) (Merge, error)
	MergeRows(ctx context.Context, merge id.Merge) ([]MergeRow, error)
}

// DisputeTx is the writing half.
type DisputeTx interface {
	// LeadByReference returns the live lead with a code, or the one that
	// answers for it. Error: NotFound "dispute.reference_unknown".
	LeadByReference(ctx context.Context, scope access.Scope, reference string) (id.Lead, error)
	// DisputeFor reads a dispute for an act; behind the lock of its lead it
	// cannot change. Error: NotFound "dispute.unknown".
	DisputeFor(ctx context.Context, q DisputeQuery, dispute id.Dispute) (SeenDispute, error)
	OpenDisputes(ctx context.Context, seen Seen) (int64, error)
	// InsertDispute writes a new dispute. Error: Conflict "dispute.pending"
	// when there is an open one already.
	InsertDispute(ctx context.Context, seen Seen, d *Dispute) error
	// SaveDispute writes a dispute over the version that was read. Error:
	// Conflict "dispute.closed" when somebody else was faster.
	SaveDispute(ctx context.Context, d *Dispute) error
	AddDisputeStep(ctx context.Context, d Dispute, step DisputeStep) error
	InsertDisputeFile(ctx context.Context, d Dispute, f *DisputeFile) error
	// InsertOutcome writes a proposal or a decision; an open proposal before
	// it is replaced.
	InsertOutcome(ctx context.Context, d Dispute, o *DisputeOutcome) error
	Proposal(ctx context.Context, d Dispute) (*DisputeOutcome, error)
	AgreeOutcome(ctx context.Context, o DisputeOutcome) error

	SharesFor(ctx context.Context, seen Seen) ([]Share, error)
	// SetShares ends the shares of a locked lead and writes new ones.
	SetShares(ctx context.Context, seen Seen, outcome int64, shares []Share, now time.Time) error
	// HelpOnce makes a unit a helper that is neither that nor the holder.
	HelpOnce(ctx context.Context, seen Seen, unit id.Unit, now time.Time) (added bool, err error)

	// InsertMerge writes a merge. Error: Conflict "merge.merged" when the lead
	// is merged already.
	InsertMerge(ctx context.Context, m *Merge) error
	// MoveRows moves what a merged lead holds to the target and records it.
	MoveRows(ctx context.Context, m Merge, now time.Time) error
	// MoveBack undoes MoveRows for what is still where the merge put it.
	MoveBack(ctx context.Context, m Merge, now time.Time) error
	AddMergeRow(ctx context.Context, m Merge, row MergeRow) error
	KeepMergeRow(ctx context.Context, row MergeRow) error
	// MergeFor reads a merge for an act. Error: NotFound "merge.unknown".
	MergeFor(ctx context.Context, merge id.Merge) (Merge, error)
	MergeRowsFor(ctx context.Context, m Merge) ([]MergeRow, error)
	// UndoMerge marks a live merge as undone. Error: Conflict "merge.undone".
	UndoMerge(ctx context.Context, m Merge) error
	// LiveMerges counts the live merges of a locked lead: as the merged one,
	// and as the target of others.
	LiveMerges(ctx context.Context, seen Seen) (merged, target int64, err error)
	// UndoableMerges counts the merges of a locked lead that can be undone.
	UndoableMerges(ctx context.Context, seen Seen, now time.Time) (int64, error)
}
