package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/signing"
)

// ceremonies serves the ceremonies of a month and leaders' remarks.
type ceremonies struct{ service *signing.Service }

func (h ceremonies) routes(r *Router) {
	route(r, http.MethodGet, "/signing-months/{month}/ceremonies", access.SigningRead, h.list, Summary("The ceremonies of a month."))
	route(r, http.MethodPost, "/signing-months/{month}/ceremonies", access.SigningCeremony, h.add, Status(http.StatusCreated),
		Summary("Arrange a ceremony."))
	route(r, http.MethodPatch, "/ceremonies/{id}", access.SigningCeremony, h.edit, Versioned(), Precheck(h.may(true)),
		Summary("Arrange a ceremony anew."))
	route(r, http.MethodPost, "/ceremonies/{id}/confirm", access.SigningConfirm, h.confirm, Precheck(h.may(false)),
		Summary("Say after a ceremony what was signed."))
	route(r, http.MethodPost, "/signing-months/{month}/items/{id}/remarks", access.SigningRemark, h.remark, Status(http.StatusCreated),
		Precheck(h.mayRemark), Summary("Write a leader's remark on a card."))
	route(r, http.MethodGet, "/signing-tasks", access.SigningRead, h.tasks, Summary("Tasks of leaders' remarks."))
	route(r, http.MethodPost, "/signing-tasks/{id}/report", access.SigningPlan, h.work(signing.TaskReport),
		Precheck(h.mayWork(signing.TaskReport)), Summary("Report on a task."))
	route(r, http.MethodPost, "/signing-tasks/{id}/close", access.SigningRemark, h.work(signing.TaskClose),
		Precheck(h.mayWork(signing.TaskClose)), Summary("Close a task."))
	route(r, http.MethodPost, "/signing-tasks/{id}/return", access.SigningRemark, h.work(signing.TaskReturn),
		Precheck(h.mayWork(signing.TaskReturn)), Summary("Give a task back to its unit."))
}

func (h ceremonies) may(versioned bool) func(context.Context, access.Actor, Target) error {
	return func(ctx context.Context, _ access.Actor, t Target) error {
		c := id.Ceremony(t.ID("id"))
		if err := h.service.CheckCeremony(ctx, c, nil); err != nil || !versioned {
			return err
		}
		version, err := t.Version()
		if err != nil {
			return err
		}
		return h.service.CheckCeremony(ctx, c, &version)
	}
}

func (h ceremonies) mayRemark(ctx context.Context, actor access.Actor, t Target) error {
	m, err := signing.ParseMonth(t.Text("month"))
	if err != nil {
		return err
	}
	_, err = h.service.Item(ctx, actor, m, id.Signing(t.ID("id")))
	return err
}

func (h ceremonies) mayWork(act signing.TaskAct) func(context.Context, access.Actor, Target) error {
	return func(ctx context.Context, actor access.Actor, t Target) error {
		return h.service.CheckTask(ctx, actor, act, id.Remark(t.ID("id")))
	}
}

func (h ceremonies) list(ctx context.Context, actor access.Actor, in *oneMonth) (*Answer[items[signing.CeremonyView]], error) {
	m, err := signing.ParseMonth(in.Month)
	if err != nil {
		return nil, err
	}
	return listed(h.service.Ceremonies(ctx, actor, m))
}

// CeremonyBody is a ceremony as it is arranged.
type CeremonyBody struct {
	Name     string      `json:"name"`
	Place    string      `json:"place,omitempty"`
	HeldOn   *clock.Date `json:"held_on,omitempty"`
	StartsAt string      `json:"starts_at,omitempty"`
	Host     string      `json:"host,omitempty"`
	Seats    []SeatBody  `json:"seats,omitempty" maxItems:"100"`
}

// SeatBody is one signing on the stage.
type SeatBody struct {
	ItemID        id.Signing `json:"item_id"`
	InvestorSigns string     `json:"investor_signs,omitempty"`
	CitySigns     string     `json:"city_signs,omitempty"`
}

func (b CeremonyBody) draft() signing.CeremonyDraft {
	d := signing.CeremonyDraft{Name: b.Name, Place: b.Place, HeldOn: b.HeldOn, StartsAt: b.StartsAt, Host: b.Host}
	for _, s := range b.Seats {
		d.Seats = append(d.Seats, signing.Seat(s))
	}
	return d
}

type addCeremony struct {
	Month string `path:"month"`
	Body  CeremonyBody
}

func (h ceremonies) add(ctx context.Context, actor access.Actor, in *addCeremony) (*Item[signing.CeremonyView], error) {
	m, err := signing.ParseMonth(in.Month)
	if err != nil {
		return nil, err
	}
	return ceremonyItem(h.service.AddCeremony(ctx, actor, m, in.Body.draft()))
}

func ceremonyItem(v signing.CeremonyView, err error) (*Item[signing.CeremonyView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type editCeremony struct {
	ID id.Ceremony `path:"id"`
	Match
	Body CeremonyBody
}

func (h ceremonies) edit(ctx context.Context, actor access.Actor, in *editCeremony) (*Item[signing.CeremonyView], error) {
	return ceremonyItem(h.service.EditCeremony(ctx, actor, in.ID, in.Version(), in.Body.draft()))
}

type confirmCeremony struct {
	ID   id.Ceremony `path:"id"`
	Body struct {
		Unsigned []struct {
			ItemID  id.Signing `json:"item_id"`
			Reason  string     `json:"reason"`
			ToMonth string     `json:"to_month,omitempty"`
		} `json:"unsigned,omitempty" maxItems:"100"`
	}
}

func (h ceremonies) confirm(ctx context.Context, actor access.Actor, in *confirmCeremony) (*Item[signing.CeremonyView], error) {
	var unsigned []signing.Unsigned
	for _, u := range in.Body.Unsigned {
		one := signing.Unsigned{ItemID: u.ItemID, Reason: u.Reason}
		if u.ToMonth != "" {
			var err error
			if one.ToMonth, err = signing.ParseMonth(u.ToMonth); err != nil {
				return nil, fault.BadField("unsigned", "month.unknown")
			}
		}
		unsigned = append(unsigned, one)
	}
	return ceremonyItem(h.service.Confirm(ctx, actor, in.ID, unsigned))
}

type remarkSigning struct {
	Month string     `path:"month"`
	ID    id.Signing `path:"id"`
	Body  struct {
		Text   string     `json:"text"`
		UnitID id.Unit    `json:"unit_id,omitempty"`
		DueOn  clock.Date `json:"due_on"`
	}
}

func (h ceremonies) remark(ctx context.Context, actor access.Actor, in *remarkSigning) (*Answer[signing.TaskView], error) {
	m, err := signing.ParseMonth(in.Month)
	if err != nil {
		return nil, err
	}
	b := in.Body
	return answer(h.service.Remark(ctx, actor, m, in.ID, signing.RemarkDraft{Text: b.Text, UnitID: b.UnitID, DueOn: b.DueOn}))
}

type listTasks struct {
	Box    string              `query:"box" default:"mine" enum:"mine,all"`
	ItemID id.Signing          `query:"item_id"`
	State  []signing.TaskState `query:"state,explode" enum:"open,reported,closed"`
}

func (h ceremonies) tasks(ctx context.Context, actor access.Actor, in *listTasks) (*Answer[items[signing.TaskView]], error) {
	return listed(h.service.Tasks(ctx, actor, in.Box == "mine", in.ItemID, in.State))
}

type workTask struct {
	ID   id.Remark `path:"id"`
	Body struct {
		Text string `json:"text,omitempty"`
	}
}

func (h ceremonies) work(act signing.TaskAct) func(context.Context, access.Actor, *workTask) (*Answer[signing.TaskView], error) {
	return func(ctx context.Context, actor access.Actor, in *workTask) (*Answer[signing.TaskView], error) {
		return answer(h.service.Work(ctx, actor, act, in.ID, in.Body.Text))
	}
}
