package signing

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// TaskState says how far a remark's task is.
type TaskState string

// The states of a task: owed, reported on, closed.
const (
	TaskOpen     TaskState = "open"
	TaskReported TaskState = "reported"
	TaskClosed   TaskState = "closed"
)

// Task is a leader's remark (批示) on a card and what a unit owes on it.
type Task struct {
	ID         id.Remark
	ItemID     id.Signing
	LeadID     id.Lead
	Remark     string
	RemarkedBy id.User
	UnitID     id.Unit
	DueOn      clock.Date
	State      TaskState
	Report     string
	ReportedBy *id.User
	ReportedAt *time.Time
	Closing    string
	ClosedBy   *id.User
	ClosedAt   *time.Time
	Version    int64
	CreatedAt  time.Time
}

// SeenTask is a task that was read through a scope, with its lead and the
// names of the persons.
type SeenTask struct {
	Task     Task
	Lead     Lead
	Month    Month
	Remarker string
	Reporter string
	Closer   string
}

// TaskWant asks for tasks.
type TaskWant struct {
	Task   id.Remark
	Item   id.Signing
	Units  []id.Unit // owed by; nil for all
	States []TaskState
}

// RemarkStore reads tasks.
type RemarkStore interface {
	// Tasks returns tasks on leads inside the scope, by due day.
	Tasks(ctx context.Context, read access.Scope, w TaskWant) ([]SeenTask, error)
	// OpenTasks counts the tasks of items that are not closed.
	OpenTasks(ctx context.Context, items []id.Signing) (map[id.Signing]int, error)
}

// RemarkTx writes tasks.
type RemarkTx interface {
	// HoldTask locks a task and returns it as it is now.
	HoldTask(ctx context.Context, t id.Remark) (Task, error)
	InsertTask(ctx context.Context, t *Task) error
	// SaveTask writes a task over the given version.
	SaveTask(ctx context.Context, t *Task, version int64) (bool, error)
	// Reads tells whether a unit reads a lead: it holds it, helps, follows its
	// chain or coordinates its town.
	Reads(ctx context.Context, unit id.Unit, lead id.Lead) (bool, error)
}
