package lead

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
	"github.com/leadrelay/leadrelay/internal/store"
	gatestore "github.com/leadrelay/leadrelay/internal/store/lead/gate"
)

// Lifecycle returns the version that rules on a day; see lead.GateReader.
func (s *Store) Lifecycle(ctx context.Context, day clock.Date) (gate.Cycle, error) {
	return gatestore.Ruling(s.db.Read(ctx), day)
}

// Lifecycle returns the version that rules on a day; see lead.GateReader.
func (t Tx) Lifecycle(ctx context.Context, day clock.Date) (gate.Cycle, error) {
	return gatestore.Ruling(t.DB(ctx), day)
}

// Evidence returns what a lead has to show at the gate.
func (s *Store) Evidence(ctx context.Context, seen lead.Seen) (lead.Evidence, error) {
	return evidence(s.db.Read(ctx), seen)
}

// Evidence returns what a locked lead has to show at the gate.
func (t Tx) Evidence(ctx context.Context, seen lead.Seen) (lead.Evidence, error) {
	return evidence(t.DB(ctx), seen)
}

func evidence(db *gorm.DB, seen lead.Seen) (lead.Evidence, error) {
	l := seen.Lead
	e := lead.Evidence{Files: map[string]bool{}, Confirmed: map[string]bool{}, Main: lead.StageLead}
	for _, question := range []struct {
		into map[string]bool
		sql  string
		args []any
	}{
		{e.Files, "SELECT DISTINCT kind FROM files WHERE lead_id = ? AND deleted_at IS NULL AND kind <> ''", []any{l.ID}},
		// Who confirmed saw the evidence of that moment: a file that came later was not seen.
		{e.Confirmed, "SELECT DISTINCT c.stage FROM stage_confirmations c WHERE c.lead_id = ? AND c.state = 'confirmed' AND c.used_at IS NULL " +
			"AND c.answered_unit_id <> ? AND NOT EXISTS (SELECT 1 FROM files f WHERE f.lead_id = c.lead_id AND f.deleted_at IS NULL " +
			"AND f.created_at > c.answered_at AND f.kind IN (SELECT n.name FROM lifecycle_needs n WHERE n.kind = 'file' AND n.stage = c.stage))", []any{l.ID, l.UnitID}},
	} {
		var names []string
		if err := db.Raw(question.sql, question.args...).Scan(&names).Error; err != nil {
			return e, fmt.Errorf("read the evidence of lead %s: %w", l.ID, err)
		}
		for _, name := range names {
			question.into[name] = true
		}
	}
	var err error
	if e.Fair, err = fair(db, l.ID); err != nil {
		return e, err
	}
	if e.Review, err = admitted(db, l); err != nil {
		return e, err
	}
	if e.Land, err = landSaid(db, l.ID); err != nil {
		return e, err
	}
	var stages []lead.Stage
	err = db.Raw("SELECT stage FROM stage_spans WHERE lead_id = ? AND stage IN ? ORDER BY id DESC LIMIT 1", l.ID, gate.Stages()).Scan(&stages).Error
	if err != nil {
		return e, fmt.Errorf("read the last stage of lead %s: %w", l.ID, err)
	}
	if len(stages) > 0 {
		e.Main = stages[0]
	}
	return e, nil
}

// Spans returns the times of a lead in its stages, in order.
func (s *Store) Spans(ctx context.Context, seen lead.Seen) ([]lead.Span, error) {
	var out []lead.Span
	err := s.db.Read(ctx).Raw("SELECT * FROM stage_spans WHERE lead_id = ? ORDER BY id", seen.Lead.ID).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read the stages of lead %s: %w", seen.Lead.ID, err)
	}
	return out, nil
}

// Losses returns where a lead was lost to, newest first.
func (s *Store) Losses(ctx context.Context, seen lead.Seen) ([]lead.Loss, error) {
	var out []lead.Loss
	err := s.db.Read(ctx).Raw("SELECT lost_on, place, province, country, reason FROM lead_losses WHERE lead_id = ? ORDER BY id DESC", seen.Lead.ID).
		Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read where lead %s was lost to: %w", seen.Lead.ID, err)
	}
	return out, nil
}

// Asked returns the leads inside the scope of which a confirmation is asked.
func (s *Store) Asked(ctx context.Context, scope access.Scope, limit int) ([]id.Lead, error) {
	var out []id.Lead
	err := leads(s.db.Read(ctx), scope, s.db.Present()).Select("l.id").
		Where("l.id IN (SELECT lead_id FROM stage_confirmations WHERE state = 'asked')").Order("l.id").Limit(limit).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("find what is to be confirmed: %w", err)
	}
	return out, nil
}

// spanRow is a span as it is written.
type spanRow struct {
	Span lead.Span `gorm:"embedded"`
}

// TableName is the table of spans.
func (spanRow) TableName() string { return "stage_spans" }

// Move writes a change of stage with its spans; see lead.GateTx.
func (t Tx) Move(ctx context.Context, before lead.Seen, after *lead.Lead, span lead.Span) error {
	if err := t.save(ctx, before, after, true); err != nil {
		return err
	}
	result := t.DB(ctx).Exec("UPDATE stage_spans SET until = ? WHERE lead_id = ? AND until = ?", span.FromAt, before.Lead.ID, clock.Forever())
	if result.Error != nil || result.RowsAffected != 1 {
		return fmt.Errorf("end the stage of lead %s (%d spans): %w", before.Lead.ID, result.RowsAffected, result.Error)
	}
	if err := t.begin(ctx, span); err != nil {
		return err
	}
	on := clock.DateOf(span.FromAt).String()
	if span.HappenedOn != nil && !span.HappenedOn.IsZero() {
		on = span.HappenedOn.String()
	}
	return t.keepFacts(ctx, &before.Lead, after, on)
}

func (t Tx) begin(ctx context.Context, span lead.Span) error {
	if err := t.DB(ctx).Create(&spanRow{Span: span}).Error; err != nil {
		return fmt.Errorf("begin a stage of lead %s: %w", span.LeadID, err)
	}
	return nil
}

// UseConfirmations marks confirmations as used by a move.
func (t Tx) UseConfirmations(ctx context.Context, seen lead.Seen, stages []string, at time.Time) error {
	err := t.DB(ctx).Exec("UPDATE stage_confirmations SET used_at = ? WHERE lead_id = ? AND stage IN ? AND state = 'confirmed' AND used_at IS NULL",
		at, seen.Lead.ID, stages).Error
	if err != nil {
		return fmt.Errorf("use the confirmations of lead %s: %w", seen.Lead.ID, err)
	}
	return nil
}

// AddLoss writes where a locked lead was lost to.
func (t Tx) AddLoss(ctx context.Context, seen lead.Seen, loss lead.Loss, actor access.Actor) error {
	var unit any
	if actor.Acting != 0 {
		unit = actor.Acting
	}
	err := t.DB(ctx).Exec("INSERT INTO lead_losses (lead_id, at, lost_on, place, province, country, reason, unit_id, lost_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		seen.Lead.ID, t.Now(ctx), loss.LostOn, loss.Place, loss.Province, loss.Country, loss.Reason, unit, actor.User).Error
	if err != nil {
		return fmt.Errorf("write where lead %s was lost to: %w", seen.Lead.ID, err)
	}
	// The span begins with the loss, a moment ago in this transaction.
	err = t.DB(ctx).Exec("UPDATE lead_facts SET lost_to = ? WHERE lead_id = ? AND until = ?", loss.Place, seen.Lead.ID, clock.Forever()).Error
	return wrap(err, "keep where lead %s was lost to", seen.Lead.ID)
}

type confirmRow struct {
	Confirmation lead.Confirmation `gorm:"embedded"`
}

// TableName is the table of confirmations.
func (confirmRow) TableName() string { return "stage_confirmations" }

// Confirmations returns those of a lead, newest first.
func (s *Store) Confirmations(ctx context.Context, seen lead.Seen) ([]lead.Confirmation, error) {
	return confirmations(s.db.Read(ctx), seen)
}

// Confirmations returns those of a locked lead, newest first.
func (t Tx) Confirmations(ctx context.Context, seen lead.Seen) ([]lead.Confirmation, error) {
	return confirmations(t.DB(ctx), seen)
}

func confirmations(db *gorm.DB, seen lead.Seen) ([]lead.Confirmation, error) {
	var out []lead.Confirmation
	err := db.Raw("SELECT * FROM stage_confirmations WHERE lead_id = ? ORDER BY id DESC LIMIT 100", seen.Lead.ID).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read the confirmations of lead %s: %w", seen.Lead.ID, err)
	}
	return out, nil
}

// AskConfirmation writes a question; see lead.GateTx.
func (t Tx) AskConfirmation(ctx context.Context, seen lead.Seen, c *lead.Confirmation) error {
	r := confirmRow{Confirmation: *c}
	r.Confirmation.LeadID = seen.Lead.ID
	err := t.DB(ctx).Create(&r).Error
	c.ID = r.Confirmation.ID
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "confirmation.open", "A confirmation of the stage is asked already.").Because(err)
	}
	return wrap(err, "ask a confirmation of lead %s", seen.Lead.ID)
}

// AnswerConfirmation writes an answer; see lead.GateTx.
func (t Tx) AnswerConfirmation(ctx context.Context, seen lead.Seen, c lead.Confirmation) error {
	result := t.DB(ctx).Exec("UPDATE stage_confirmations SET state = ?, answer = ?, answered_by = ?, answered_unit_id = ?, answered_at = ?, version = version + 1 "+
		"WHERE id = ? AND lead_id = ? AND state = 'asked'", c.State, c.Answer, c.AnsweredBy, c.AnsweredUnitID, c.AnsweredAt, c.ID, seen.Lead.ID)
	if result.Error != nil {
		return fmt.Errorf("answer confirmation %s: %w", c.ID, result.Error)
	}
	if result.RowsAffected != 1 {
		return fault.New(fault.Conflict, "confirmation.answered", "The confirmation was answered already.")
	}
	return nil
}
