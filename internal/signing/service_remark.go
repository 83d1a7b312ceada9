package signing

import (
	"context"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// RemarkDraft is what a leader writes on a card. Without a unit the one that
// is responsible for the lead is asked.
type RemarkDraft struct {
	Text   string
	UnitID id.Unit
	DueOn  clock.Date
}

// TaskView is a remark with its task as it leaves the server.
type TaskView struct {
	ID         id.Remark  `json:"id"`
	ItemID     id.Signing `json:"item_id"`
	LeadID     id.Lead    `json:"lead_id"`
	Code       string     `json:"code"`
	Title      string     `json:"title"`
	Month      Month      `json:"month"`
	Remark     string     `json:"remark"`
	RemarkedBy string     `json:"remarked_by"`
	UnitID     id.Unit    `json:"unit_id"`
	DueOn      clock.Date `json:"due_on"`
	Overdue    bool       `json:"overdue"`
	State      TaskState  `json:"state"`
	Report     string     `json:"report"`
	ReportedBy string     `json:"reported_by"`
	Closing    string     `json:"closing"`
	ClosedBy   string     `json:"closed_by"`
	Version    int64      `json:"version"`
	Can        []string   `json:"can"`
}

// Remark writes a leader's remark on a card: a task that a unit owes by a day.
//
// Errors: NotFound "signing.unknown"; Forbidden "forbidden"; Invalid by field.
func (s *Service) Remark(ctx context.Context, actor access.Actor, m Month, item id.Signing, d RemarkDraft) (TaskView, error) {
	seen, err := s.find(ctx, s.store.Items, actor, at{month: m, item: item})
	if err != nil {
		return TaskView{}, err
	}
	var t Task
	err = s.store.InTx(ctx, func(tx Tx) error {
		lead, err := tx.HoldLead(ctx, actor.Scope(access.SigningRead), seen.Lead.ID)
		if err != nil {
			return err
		}
		now := tx.Now(ctx)
		t = Task{ItemID: item, LeadID: lead.ID, Remark: d.Text, RemarkedBy: actor.User, UnitID: d.UnitID, DueOn: d.DueOn, State: TaskOpen, Version: 1, CreatedAt: now}
		if t.UnitID == 0 {
			t.UnitID = lead.UnitID
		}
		if err := checkTask(ctx, tx, t, lead, clock.DateOf(now)); err != nil {
			return err
		}
		if err := tx.InsertTask(ctx, &t); err != nil {
			return err
		}
		return told(ctx, tx, actor, t, lead, "signing.remarked")
	})
	if err != nil {
		return TaskView{}, err
	}
	return s.task(ctx, actor, t.ID)
}

func checkTask(ctx context.Context, tx Tx, t Task, lead Lead, today clock.Date) error {
	var bad rules
	bad.text("text", t.Remark, true, maxText)
	if t.DueOn.Before(today) {
		bad.add("due_on", "day.past")
	}
	if t.UnitID != lead.UnitID {
		reads, err := tx.Reads(ctx, t.UnitID, lead.ID)
		if err != nil {
			return err
		}
		if !reads {
			bad.add("unit_id", "task.unit_foreign")
		}
	}
	return fault.Broken("input.invalid", bad)
}

// told records what was done to a task and tells whom it concerns: the unit
// of a remark and of what comes back, the leader of a report.
func told(ctx context.Context, tx Tx, actor access.Actor, t Task, lead Lead, kind string) error {
	l := actor.Line(kind, "signing_task", int64(t.ID))
	l.Lead, l.Restricted = lead.ID, lead.Restricted
	l.Changes = []event.Change{{Field: "state", After: string(t.State)}}
	if err := tx.Record(ctx, l); err != nil {
		return err
	}
	n := event.Notice{
		Kind: kind, Lead: lead.ID, Units: []id.Unit{t.UnitID}, By: actor.User, Object: "signing_task", ObjectID: int64(t.ID),
		Params: map[string]string{"due_on": t.DueOn.String()},
	}
	if kind == "signing.task_reported" {
		n.Units, n.Users = nil, []id.User{t.RemarkedBy}
	}
	return tx.Notify(ctx, n)
}

// Tasks returns tasks of the actor's own units, or all on leads that the actor
// sees; without states those that are not closed.
func (s *Service) Tasks(ctx context.Context, actor access.Actor, mine bool, item id.Signing, states []TaskState) ([]TaskView, error) {
	w := TaskWant{Item: item, States: states}
	if mine {
		w.Units = []id.Unit{}
		for _, m := range actor.Memberships {
			w.Units = append(w.Units, m.Unit)
		}
	}
	found, err := s.store.Tasks(ctx, actor.Scope(access.SigningRead), w)
	if err != nil {
		return nil, err
	}
	return s.tasks(ctx, actor, found)
}

func (s *Service) tasks(ctx context.Context, actor access.Actor, found []SeenTask) ([]TaskView, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]TaskView, 0, len(found))
	for _, f := range found {
		t := f.Task
		out = append(out, TaskView{
			ID: t.ID, ItemID: t.ItemID, LeadID: t.LeadID, Code: f.Lead.Code, Title: f.Lead.Title, Month: f.Month, Remark: t.Remark,
			RemarkedBy: f.Remarker, UnitID: t.UnitID, DueOn: t.DueOn, Overdue: t.State != TaskClosed && t.DueOn.Before(clock.DateOf(now)),
			State: t.State, Report: t.Report, ReportedBy: f.Reporter, Closing: t.Closing, ClosedBy: f.Closer, Version: t.Version,
			Can: t.can(actor),
		})
	}
	return out, nil
}

func (s *Service) task(ctx context.Context, actor access.Actor, t id.Remark) (TaskView, error) {
	found, err := s.store.Tasks(ctx, actor.Scope(access.SigningRead), TaskWant{Task: t})
	if err != nil {
		return TaskView{}, err
	}
	if len(found) == 0 {
		return TaskView{}, fault.New(fault.NotFound, "task.unknown", "No such task.")
	}
	views, err := s.tasks(ctx, actor, found)
	if err != nil {
		return TaskView{}, err
	}
	return views[0], nil
}

// TaskAct is what may be done with a task.
type TaskAct string

// The acts: the unit reports, who may remark closes or gives it back.
const (
	TaskReport TaskAct = "report"
	TaskClose  TaskAct = "close"
	TaskReturn TaskAct = "return"
)

func (t Task) can(actor access.Actor) []string {
	out := []string{}
	works := slices.Contains(actor.UnitsWith(access.SigningPlan), t.UnitID) && (actor.Acting == 0 || actor.Acting == t.UnitID)
	if t.State == TaskOpen && works {
		out = append(out, string(TaskReport))
	}
	if t.State != TaskClosed && actor.Holds(access.SigningRemark) {
		out = append(out, string(TaskClose))
	}
	if t.State == TaskReported && actor.Holds(access.SigningRemark) {
		out = append(out, string(TaskReturn))
	}
	return out
}

// CheckTask refuses a task that the actor may not know of, or not work on.
//
// Errors: NotFound "task.unknown"; Forbidden "forbidden".
func (s *Service) CheckTask(ctx context.Context, actor access.Actor, act TaskAct, task id.Remark) error {
	v, err := s.task(ctx, actor, task)
	if err != nil {
		return err
	}
	if act == TaskReport && !slices.Contains(actor.UnitsWith(access.SigningPlan), v.UnitID) {
		return fault.New(fault.Forbidden, "forbidden", "Another unit is asked.")
	}
	return nil
}

// Work does something with a task.
//
// Errors: as CheckTask; Conflict "task.state"; Invalid with the field text.
func (s *Service) Work(ctx context.Context, actor access.Actor, act TaskAct, task id.Remark, text string) (TaskView, error) {
	seen, err := s.task(ctx, actor, task)
	if err != nil {
		return TaskView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		lead, err := tx.HoldLead(ctx, actor.Scope(access.SigningRead), seen.LeadID)
		if err != nil {
			return err
		}
		t, err := tx.HoldTask(ctx, task)
		if err != nil {
			return err
		}
		version := t.Version
		if err := t.work(act, text, actor, tx.Now(ctx)); err != nil {
			return err
		}
		if ok, err := tx.SaveTask(ctx, &t, version); err != nil || !ok {
			return err
		}
		kinds := map[TaskAct]string{TaskReport: "signing.task_reported", TaskClose: "signing.task_closed", TaskReturn: "signing.task_returned"}
		return told(ctx, tx, actor, t, lead, kinds[act])
	})
	if err != nil {
		return TaskView{}, err
	}
	return s.task(ctx, actor, task)
}

// work does something with the task, if its state and the actor allow it.
func (t *Task) work(act TaskAct, text string, actor access.Actor, now time.Time) error {
	if !slices.Contains(t.can(actor), string(act)) {
		return fault.New(fault.Conflict, "task.state", "The task's state does not allow this.").With("state", string(t.State))
	}
	var bad rules
	bad.text("text", text, act != TaskClose, maxText)
	if err := fault.Broken("input.invalid", bad); err != nil {
		return err
	}
	t.Version++
	switch act {
	case TaskReport:
		t.State, t.Report, t.ReportedBy, t.ReportedAt = TaskReported, text, &actor.User, &now
	case TaskClose:
		t.State, t.Closing, t.ClosedBy, t.ClosedAt = TaskClosed, text, &actor.User, &now
	case TaskReturn:
		t.State, t.Closing = TaskOpen, text
	}
	return nil
}
