package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/update"
)

// updates serves the monthly reports of projects.
type updates struct{ service *update.Service }

func (h updates) routes(r *Router) {
	route(r, http.MethodGet, "/updates", access.UpdateRead, h.due, Summary("The periods that have opened and how far a unit is with each."))
	route(r, http.MethodGet, "/updates/{period}", access.UpdateRead, h.grid, Summary("A unit's report of a period."))
	route(r, http.MethodPut, "/updates/{period}", access.UpdateEdit, h.write,
		Summary("Keep cells, each over the version that its writer saw. The cells of a project are kept together or not at all."))
	route(r, http.MethodGet, "/updates/{period}/filings", access.UpdateRead, h.filings, Summary("How far units are with a period."))
	route(r, http.MethodPost, "/updates/{period}/submit", access.UpdateEdit, h.submit, Summary("File the report of the unit acted for."))
	route(r, http.MethodPost, "/updates/{period}/unlock", access.UpdateUnlock, h.unlock, Summary("Open a unit's report again."))
	route(r, http.MethodGet, "/leads/{id}/updates", access.UpdateRead, h.figures, Summary("The figures of a project as they were filed last, with their age."))
}

type dueUpdates struct {
	UnitID Opt[id.Unit] `query:"unit_id" minimum:"1" doc:"Left out: the unit acted for, or the first of the caller's."`
}

func (h updates) due(ctx context.Context, actor access.Actor, in *dueUpdates) (*Answer[items[update.DuePeriod]], error) {
	return listed(h.service.Due(ctx, actor, in.UnitID.Value))
}

type gridUpdates struct {
	Period string       `path:"period"`
	UnitID Opt[id.Unit] `query:"unit_id" minimum:"1" doc:"Left out: the unit acted for, or the first of the caller's."`
}

func (h updates) grid(ctx context.Context, actor access.Actor, in *gridUpdates) (*Answer[update.GridView], error) {
	p, err := update.ParsePeriod(in.Period)
	if err != nil {
		return nil, err
	}
	return answer(h.service.Grid(ctx, actor, p, in.UnitID.Value))
}

// UpdatedCell is a cell as its writer saw and wants it.
type UpdatedCell struct {
	Field   string `json:"field"`
	Version int64  `json:"version" doc:"The version that was seen; 0 where nobody had written."`
	Number  *int64 `json:"number,omitempty" doc:"Of amounts and counts; amounts in 分."`
	Words   string `json:"words,omitempty" doc:"Of texts and days."`
	Same    bool   `json:"same,omitempty" doc:"No change: the server takes the value from the last period."`
}

// UpdatedRow is the cells of one project.
type UpdatedRow struct {
	LeadID id.Lead       `json:"lead_id"`
	Cells  []UpdatedCell `json:"cells"`
}

type writeUpdates struct {
	Period string `path:"period"`
	Body   struct {
		Rows []UpdatedRow `json:"rows"`
	}
}

func (h updates) write(ctx context.Context, actor access.Actor, in *writeUpdates) (*Answer[items[update.RowView]], error) {
	p, err := update.ParsePeriod(in.Period)
	if err != nil {
		return nil, err
	}
	rows := make([]update.RowWrite, 0, len(in.Body.Rows))
	for _, r := range in.Body.Rows {
		row := update.RowWrite{LeadID: r.LeadID}
		for _, c := range r.Cells {
			row.Cells = append(row.Cells, update.CellWrite{Field: c.Field, Version: c.Version, Value: update.Value{Number: c.Number, Words: c.Words}, Same: c.Same})
		}
		rows = append(rows, row)
	}
	return listed(h.service.Write(ctx, actor, p, rows))
}

type periodUpdates struct {
	Period string `path:"period"`
}

func (h updates) filings(ctx context.Context, actor access.Actor, in *periodUpdates) (*Answer[update.FilingsView], error) {
	p, err := update.ParsePeriod(in.Period)
	if err != nil {
		return nil, err
	}
	return answer(h.service.Filings(ctx, actor, p))
}

func (h updates) submit(ctx context.Context, actor access.Actor, in *periodUpdates) (*Answer[update.GridView], error) {
	p, err := update.ParsePeriod(in.Period)
	if err != nil {
		return nil, err
	}
	return answer(h.service.Submit(ctx, actor, p))
}

type unlockUpdates struct {
	Period string `path:"period"`
	Body   struct {
		UnitID id.Unit `json:"unit_id"`
		Reason string  `json:"reason"`
	}
}

func (h updates) unlock(ctx context.Context, actor access.Actor, in *unlockUpdates) (*Answer[update.GridView], error) {
	p, err := update.ParsePeriod(in.Period)
	if err != nil {
		return nil, err
	}
	return answer(h.service.Unlock(ctx, actor, p, in.Body.UnitID, in.Body.Reason))
}

type leadUpdates struct {
	ID id.Lead `path:"id"`
}

func (h updates) figures(ctx context.Context, actor access.Actor, in *leadUpdates) (*Answer[items[update.FigureView]], error) {
	return listed(h.service.Figures(ctx, actor, in.ID))
}
