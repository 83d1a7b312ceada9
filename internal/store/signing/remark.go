package signing

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/signing"
	"github.com/leadrelay/leadrelay/internal/store"
)

type taskRow struct {
	Task module.Task `gorm:"embedded"`
}

// TableName is the table of tasks.
func (taskRow) TableName() string { return "signing_tasks" }

type seenTaskRow struct {
	Task     module.Task `gorm:"embedded"`
	Lead     leadRow     `gorm:"embedded"`
	Month    module.Month
	Remarker string
	Reporter string
	Closer   string
}

const taskTables = `(?) AS l JOIN signing_tasks t ON t.lead_id = l.id JOIN signing_items i ON i.id = t.item_id
	JOIN users u ON u.id = t.remarked_by LEFT JOIN users v ON v.id = t.reported_by LEFT JOIN users w ON w.id = t.closed_by`

// Tasks returns tasks through the scope; see module.RemarkStore.
func (s *Store) Tasks(ctx context.Context, read access.Scope, w module.TaskWant) ([]module.SeenTask, error) {
	if read.Empty() {
		return nil, nil
	}
	q := s.db.Sealed(ctx, s.leads)
	query := q.DB.Table(taskTables, q.Leads(read)).
		Select("t.*, i.month AS month, u.name AS remarker, COALESCE(v.name, '') AS reporter, COALESCE(w.name, '') AS closer, " + leadColumns).
		Order("t.due_on, t.id").Limit(500)
	if w.Task != 0 {
		query = query.Where("t.id = ?", w.Task)
	}
	if w.Item != 0 {
		query = query.Where("t.item_id = ?", w.Item)
	}
	if w.Units != nil {
		query = query.Where("t.unit_id IN ?", w.Units)
	}
	if w.States != nil {
		query = query.Where("t.state IN ?", w.States)
	}
	var rows []seenTaskRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read tasks of the board: %w", err)
	}
	out := make([]module.SeenTask, 0, len(rows))
	for _, r := range rows {
		out = append(out, module.SeenTask{
			Task: r.Task, Lead: r.Lead.lead(r.Task.LeadID), Month: r.Month, Remarker: r.Remarker, Reporter: r.Reporter, Closer: r.Closer,
		})
	}
	return out, nil
}

// OpenTasks counts what is owed on items; see module.RemarkStore.
func (s *Store) OpenTasks(ctx context.Context, items []id.Signing) (map[id.Signing]int, error) {
	out := map[id.Signing]int{}
	if len(items) == 0 {
		return out, nil
	}
	var rows []struct {
		ItemID id.Signing
		N      int
	}
	err := s.db.Read(ctx).Raw("SELECT item_id, count(*) AS n FROM signing_tasks WHERE item_id IN ? AND state <> 'closed' GROUP BY item_id", items).
		Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count tasks of the board: %w", err)
	}
	for _, r := range rows {
		out[r.ItemID] = r.N
	}
	return out, nil
}

// HoldTask locks a task; see module.RemarkTx.
func (t Tx) HoldTask(ctx context.Context, task id.Remark) (module.Task, error) {
	lock := ""
	if t.Dialect() == store.Postgres {
		lock = " FOR UPDATE"
	}
	var rows []taskRow
	if err := t.DB(ctx).Raw("SELECT * FROM signing_tasks WHERE id = ?"+lock, task).Scan(&rows).Error; err != nil {
		return module.Task{}, fmt.Errorf("lock task %s: %w", task, err)
	}
	if len(rows) == 0 {
		return module.Task{}, fault.New(fault.NotFound, "task.unknown", "No such task.")
	}
	return rows[0].Task, nil
}

// InsertTask writes a new task and gives it its number.
func (t Tx) InsertTask(ctx context.Context, task *module.Task) error {
	r := taskRow{Task: *task}
	if err := t.DB(ctx).Create(&r).Error; err != nil {
		return fmt.Errorf("insert a task of the board: %w", err)
	}
	*task = r.Task
	return nil
}

// SaveTask writes a task over a version; see module.RemarkTx.
func (t Tx) SaveTask(ctx context.Context, task *module.Task, version int64) (bool, error) {
	done := t.DB(ctx).Model(&taskRow{}).Where("id = ? AND version = ?", task.ID, version).
		Select("state", "report", "reported_by", "reported_at", "closing", "closed_by", "closed_at", "version").
		Updates(&taskRow{Task: *task})
	if done.Error != nil {
		return false, fmt.Errorf("save task %s: %w", task.ID, done.Error)
	}
	return done.RowsAffected == 1, nil
}

// Reads tells whether a unit reads a lead by a part of its own.
func (t Tx) Reads(ctx context.Context, unit id.Unit, lead id.Lead) (bool, error) {
	scope := access.NewScope(0, access.Grant{Part: access.Owner, Unit: unit}, access.Grant{Part: access.Helper, Unit: unit},
		access.Grant{Part: access.Chain, Unit: unit}, access.Grant{Part: access.Coordinator, Unit: unit})
	in, err := t.reads(ctx).Inside(scope, []id.Lead{lead})
	return in[lead], err
}
