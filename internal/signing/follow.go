package signing

import (
	"context"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// StageMove is a lead that has changed its stage.
type StageMove struct {
	Lead     id.Lead
	From, To string
	On       *clock.Date // the day it happened; nil means today
	Reason   string
	User     *id.User
	Unit     *id.Unit
}

// beforeStages are the stages in which a signing can still be planned.
func beforeStages() []string {
	return []string{"lead", "qualified", "negotiating", "review", "to_sign", "suspended"}
}

func beforeSigning(stage string) bool { return slices.Contains(beforeStages(), stage) }

func endedStage(stage string) bool {
	return slices.Contains([]string{"lost", "withdrawn", "duplicate", "transferred_out", "invalid"}, stage)
}

// Follow writes down what a lead's new stage means for the board, in the
// transaction of the move: a signing, a loss, or a signing taken back. A lead
// that signs without a plan enters the month of its signing.
func (s *Service) Follow(ctx context.Context, tx Tx, m StageMove) error {
	lead, err := tx.HoldLead(ctx, access.System("the board follows the stage"), m.Lead)
	if err != nil {
		return err
	}
	before, err := standingOf(ctx, tx, m.Lead)
	if err != nil {
		return err
	}
	now := tx.Now(ctx)
	day := clock.DateOf(now)
	set(&day, m.On)
	after := m.follow(before, lead, day)
	if after == nil {
		return nil
	}
	after.Version, after.CreatedAt, after.UpdatedAt = 1, now, now
	months := []Month{after.Month}
	if before != nil {
		months = append(months, before.Month)
		after.Version, after.CreatedAt = before.Version+1, before.CreatedAt
	}
	cuts, err := s.cutOffs(ctx, months)
	if err != nil {
		return err
	}
	frozen, err := s.settle(ctx, tx, cuts, months...)
	if err != nil {
		return err
	}
	e := edit{before: before, after: after, frozen: frozen, lead: lead, kind: "signing.followed", reason: m.Reason, at: now}
	set(&e.actor.User, m.User)
	set(&e.actor.Acting, m.Unit)
	return write(ctx, tx, e)
}

// standingOf returns the item of a lead that stands on a board, or nil.
func standingOf(ctx context.Context, tx Tx, lead id.Lead) (*Item, error) {
	all, err := tx.Items(ctx, Reader{Read: access.System("one planned signing per lead")}, Want{Lead: lead})
	if err != nil {
		return nil, err
	}
	for _, seen := range all {
		if seen.Item.stands() {
			return &seen.Item, nil
		}
	}
	return nil, nil //nolint:nilnil // a lead without a plan is the usual case
}

// follow returns the item after the move, or nil when the board stays.
func (m StageMove) follow(before *Item, lead Lead, day clock.Date) *Item {
	signs := isSigned(m.To) && !isSigned(m.From)
	if before == nil {
		return m.unplanned(signs, lead, day)
	}
	switch {
	case before.State == Planned && signs:
		return before.signedOn(day)
	case before.State == Planned && endedStage(m.To):
		i := *before
		i.State, i.BatchID, i.StageOrder = Lost, nil, 0
		return &i
	case before.State == Signed && beforeSigning(m.To):
		i := *before
		i.State, i.SignedOn = Planned, nil
		return &i
	}
	return nil
}

// unplanned is the item of a lead that signs without a plan.
func (m StageMove) unplanned(signs bool, lead Lead, day clock.Date) *Item {
	if !signs || m.To != "signed" {
		return nil
	}
	i := Draft{Grade: Sure}.item(lead, MonthOf(day), day.Start(), 0)
	i.CreatedBy, i.State, i.SignedOn = m.User, Signed, &day
	return &i
}

func isSigned(stage string) bool { return !beforeSigning(stage) && !endedStage(stage) }

func (i Item) signedOn(day clock.Date) *Item {
	i.State, i.SignedOn = Signed, &day
	if m := MonthOf(day); i.Month != m {
		i.Month, i.PlannedOn = m, nil
	}
	return &i
}

// Standing tells what a lead's stage says of its signing.
func Standing(stage string) State {
	switch {
	case beforeSigning(stage):
		return Planned
	case endedStage(stage):
		return Lost
	}
	return Signed
}
