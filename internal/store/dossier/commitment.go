package dossier

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	module "github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/id"
)

type commitmentRow struct {
	Commitment module.Commitment `gorm:"embedded"`
}

// TableName is the table of commitments.
func (commitmentRow) TableName() string { return "commitments" }

type commitmentEventRow struct {
	Event module.CommitmentEvent `gorm:"embedded"`
}

// TableName is the table of their histories.
func (commitmentEventRow) TableName() string { return "commitment_events" }

type seenCommitmentRow struct {
	Commitment module.Commitment `gorm:"embedded"`
	Lead       leadRow           `gorm:"embedded"`
	PaperName  string
}

// Commitments returns commitments; see module.CommitmentStore.
func (s *Store) Commitments(ctx context.Context, r module.CommitmentReader, w module.CommitmentWant) ([]module.SeenCommitment, error) {
	return s.reads(ctx).commitments(r, w)
}

// Commitments is Store.Commitments within the transaction.
func (t Tx) Commitments(ctx context.Context, r module.CommitmentReader, w module.CommitmentWant) ([]module.SeenCommitment, error) {
	return t.reads(ctx).commitments(r, w)
}

func (q reads) commitments(r module.CommitmentReader, w module.CommitmentWant) ([]module.SeenCommitment, error) {
	if r.Read.Empty() {
		return nil, nil
	}
	query := q.DB.Table("(?) AS l JOIN commitments c ON c.lead_id = l.id LEFT JOIN files f ON f.id = c.file_id AND f.deleted_at IS NULL",
		q.Leads(r.Read)).Select("c.*, COALESCE(f.name, '') AS paper_name, " + leadColumns).Order("c.due_on, c.id").Limit(500)
	if w.Commitment != 0 {
		query = query.Where("c.id = ?", w.Commitment)
	}
	if w.Lead != 0 {
		query = query.Where("c.lead_id = ?", w.Lead)
	}
	if w.Units != nil {
		query = query.Where("c.unit_id IN ?", w.Units)
	}
	if len(w.States) > 0 {
		query = query.Where("c.state IN ?", w.States)
	}
	if w.DueBefore != nil {
		query = query.Where("c.due_on < ?", w.DueBefore)
	}
	var rows []seenCommitmentRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read commitments: %w", err)
	}
	return q.seen(r.Edit, rows)
}

// seen adds to commitments their histories and the reader's rights.
func (q reads) seen(edit access.Scope, rows []seenCommitmentRow) ([]module.SeenCommitment, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	leads, numbers, at := make([]id.Lead, 0, len(rows)), make([]id.Commitment, 0, len(rows)), map[id.Commitment]int{}
	out := make([]module.SeenCommitment, 0, len(rows))
	for n, r := range rows {
		leads, numbers, at[r.Commitment.ID] = append(leads, r.Commitment.LeadID), append(numbers, r.Commitment.ID), n
		out = append(out, module.SeenCommitment{Commitment: r.Commitment, Lead: r.Lead.lead(), FileName: r.PaperName})
	}
	may, err := q.Inside(edit, leads)
	if err != nil {
		return nil, err
	}
	var history []commitmentEventRow
	if err := q.DB.Raw("SELECT * FROM commitment_events WHERE commitment_id IN ? ORDER BY id", numbers).Scan(&history).Error; err != nil {
		return nil, fmt.Errorf("read the history of commitments: %w", err)
	}
	for _, e := range history {
		s := &out[at[e.Event.CommitmentID]]
		s.History = append(s.History, e.Event)
	}
	for n := range out {
		out[n].MayEdit = may[out[n].Lead.ID]
	}
	return out, nil
}

// InsertCommitment writes a new commitment and gives it its number.
func (t Tx) InsertCommitment(ctx context.Context, c *module.Commitment) error {
	row := commitmentRow{Commitment: *c}
	if err := t.DB(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("insert a commitment: %w", err)
	}
	*c = row.Commitment
	return nil
}

// SaveCommitment writes a commitment over the version before.
func (t Tx) SaveCommitment(ctx context.Context, c module.Commitment) error {
	return t.save(ctx, &commitmentRow{Commitment: c}, int64(c.ID), c.Version, "text", "promised_by", "promised_unit_id", "promised_on", "occasion", "file_id",
		"unit_id", "due_on", "state", "reason", "settled_by", "settled_at", "version")
}

// AddCommitmentEvent writes a line of a history.
func (t Tx) AddCommitmentEvent(ctx context.Context, e module.CommitmentEvent) error {
	if err := t.DB(ctx).Create(&commitmentEventRow{Event: e}).Error; err != nil {
		return fmt.Errorf("write the history of commitment %s: %w", e.CommitmentID, err)
	}
	return nil
}

// SettleGrants lets units read a lead as long as they owe something on it.
func (t Tx) SettleGrants(ctx context.Context, lead id.Lead, units []id.Unit, at time.Time) error {
	return t.grants(ctx, t.Tx, lead, units, at)
}
