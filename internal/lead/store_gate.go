package lead

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
)

// GateReader is what the gate and the path of a lead read.
type GateReader interface {
	// Lifecycle returns the version that rules on a day. Error: Conflict
	// "lifecycle.none".
	Lifecycle(ctx context.Context, day clock.Date) (gate.Cycle, error)
	// Evidence returns what a lead has to show beside its fields.
	Evidence(ctx context.Context, seen Seen) (Evidence, error)
	// Confirmations returns those of a lead, newest first.
	Confirmations(ctx context.Context, seen Seen) ([]Confirmation, error)
}

// GateStore is the reading half outside transactions.
type GateStore interface {
	GateReader
	// Spans returns the times of a lead in its stages, in order.
	Spans(ctx context.Context, seen Seen) ([]Span, error)
	// Losses returns where a lead was lost to, newest first.
	Losses(ctx context.Context, seen Seen) ([]Loss, error)
	// FairReviews returns the fair-competition conclusions of a lead, newest
	// first.
	FairReviews(ctx context.Context, seen Seen) ([]FairReview, error)
	// Asked returns the leads inside the scope of which a confirmation is
	// asked, those asked first in front.
	Asked(ctx context.Context, scope access.Scope, limit int) ([]id.Lead, error)
}

// GateTx is the writing half.
type GateTx interface {
	GateReader
	// Move is Save for a lead whose stage changes: it ends the present span
	// and begins the given one. Save refuses such a lead.
	Move(ctx context.Context, before Seen, after *Lead, span Span) error
	// UseConfirmations marks those of the stages as used by a move.
	UseConfirmations(ctx context.Context, seen Seen, stages []string, at time.Time) error
	AddFairReview(ctx context.Context, seen Seen, r *FairReview) error
	AddLoss(ctx context.Context, seen Seen, loss Loss, actor access.Actor) error
	// AskConfirmation errors: Conflict "confirmation.open".
	AskConfirmation(ctx context.Context, seen Seen, c *Confirmation) error
	// AnswerConfirmation writes an answer over an open question. Error:
	// Conflict "confirmation.answered" when somebody was faster.
	AnswerConfirmation(ctx context.Context, seen Seen, c Confirmation) error
}
