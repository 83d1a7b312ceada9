package lead

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// following is a running clock before and after a change of the calendar.
type following struct{ before, after lead.Clock }

// saveMoved writes clocks that follow the calendar, all of them in one
// statement. Error: Conflict "clock.closed" when one does not run any more.
func (t Tx) saveMoved(ctx context.Context, clocks []following, restricted map[id.Lead]bool) error {
	rows := make([][]any, len(clocks))
	for i, m := range clocks {
		c := m.after
		rows[i] = []any{c.ID, c.Version, c.AnchorAt, c.Used.Microseconds(), c.DueAt, c.PausedAt, c.WarnAt, c.Revision}
	}
	n, err := t.update(ctx, "UPDATE clocks SET anchor_at = v.column3, used = v.column4, due_at = v.column5, paused_at = v.column6, "+
		"warn_at = v.column7, revision = v.column8, version = version + 1",
		"clocks.id = v.column1 AND clocks.version = v.column2 AND clocks.revision <= v.column8 AND clocks.closed_at IS NULL", rows)
	if err != nil {
		return fmt.Errorf("save %d clocks that follow the calendar: %w", len(clocks), err)
	}
	if n != int64(len(clocks)) {
		return fault.New(fault.Conflict, "clock.closed", "The clock does not run any more.")
	}
	for _, m := range clocks {
		t.countClock(restricted[m.before.LeadID], &m.before, &m.after)
	}
	return nil
}

// restricted lists the leads that are restricted.
func (t Tx) restricted(ctx context.Context) (map[id.Lead]bool, error) {
	out := map[id.Lead]bool{}
	err := each(t.DB(ctx).Raw("SELECT l.id FROM leads l WHERE l.deleted_at IS NULL AND l.restricted"), func(rows *sql.Rows) error {
		var l id.Lead
		err := rows.Scan(&l)
		out[l] = true
		return err
	})
	return out, wrap(err, "list the restricted leads")
}

// deadlines moves what the ends of clocks decide: open offers with the rights
// that they give, and disputes.
func (t Tx) deadlines(ctx context.Context, change lead.CalendarChange, clocks []following) error {
	var offers, rights, talks, rulings [][]any
	for _, m := range clocks {
		c := m.after
		switch {
		case c.Kind == lead.ClockAnswer && c.HandoffID != nil:
			offers = append(offers, []any{*c.HandoffID, c.DueAt})
			rights = append(rights, []any{c.LeadID, *c.HandoffID, m.before.DueAt, c.DueAt})
		case c.Kind == lead.ClockTalk && c.DisputeID != nil:
			talks = append(talks, []any{*c.DisputeID, c.DueAt, change.RuleDue(c.DueAt)})
		case c.Kind == lead.ClockRule && c.DisputeID != nil:
			rulings = append(rulings, []any{*c.DisputeID, c.DueAt})
		}
	}
	for _, step := range []struct {
		set, where string
		rows       [][]any
	}{
		{"UPDATE handoffs SET due_at = v.column2", "handoffs.id = v.column1 AND handoffs.state = 'offered'", offers},
		{"UPDATE lead_parts SET until = v.column4", "lead_parts.lead_id = v.column1 AND lead_parts.handoff_id = v.column2 AND " +
			"lead_parts.part = 'offered' AND lead_parts.until = v.column3", rights},
		{"UPDATE lead_members SET until = v.column4", "lead_members.lead_id = v.column1 AND lead_members.until = v.column3", rights},
		{"UPDATE disputes SET talk_due_at = v.column2, rule_due_at = v.column3", "disputes.id = v.column1 AND disputes.state = 'talking'", talks},
		{"UPDATE disputes SET rule_due_at = v.column2", "disputes.id = v.column1 AND disputes.state = 'ruling'", rulings},
	} {
		if _, err := t.update(ctx, step.set, step.where, step.rows); err != nil {
			return fmt.Errorf("move what clocks decide: %w", err)
		}
	}
	return nil
}

// update changes many rows of a table in one statement, each by its own
// values: v.column1, v.column2 and so on. It returns how many it found.
func (t Tx) update(ctx context.Context, set, where string, rows [][]any) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	lines := make([]string, len(rows))
	args := make([]any, 0, len(rows)*len(rows[0]))
	for i, row := range rows {
		marks := make([]string, len(row))
		for j, value := range row {
			marks[j] = "?"
			if i == 0 && t.Dialect() == store.Postgres { // the first row says of what kind they all are
				marks[j] = "CAST(? AS " + kindOf(value) + ")"
			}
		}
		lines[i] = "(" + strings.Join(marks, ", ") + ")"
		args = append(args, row...)
	}
	result := t.DB(ctx).Exec(set+" FROM (VALUES "+strings.Join(lines, ", ")+") AS v WHERE "+where, args...)
	return result.RowsAffected, result.Error
}

// kindOf is what PostgreSQL calls the kind of a value.
func kindOf(value any) string {
	switch value.(type) {
	case time.Time, *time.Time:
		return "timestamptz"
	}
	return "bigint"
}
