package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/target"
)

// targets serves the tree of a year's targets and how far the units are.
type targets struct{ service *target.Service }

// batchBytes holds 500 cells with room to spare.
const batchBytes = 1 << 20

func (h targets) routes(r *Router) {
	route(r, http.MethodGet, "/targets/{year}", access.TargetRead, h.tree, Summary("The tree of a year's targets with every remainder."))
	route(r, http.MethodPut, "/targets/{year}/cells", access.TargetSplit, h.edit, BodyLimit(batchBytes), Summary("Write a batch of cells, all or none; each carries its version."))
	route(r, http.MethodPost, "/targets/{year}/correct", access.TargetCorrect, h.correct, BodyLimit(batchBytes), Summary("Correct cells with a reason, those of closed months too."))
	route(r, http.MethodPost, "/targets/{year}/submit", access.TargetEdit, h.submit, Versioned(), Precheck(h.versioned), Summary("Put a year's targets before the bureau's head."))
	route(r, http.MethodPost, "/targets/{year}/approve", access.TargetApprove, h.approve, Versioned(), Precheck(h.versioned), Summary("Put the submitted targets in force as the next edition."))
	route(r, http.MethodPost, "/targets/{year}/return", access.TargetApprove, h.giveBack, Versioned(), Precheck(h.versioned), Summary("Give submitted targets back to be worked on."))
	route(r, http.MethodPost, "/targets/{year}/limits", access.TargetEdit, h.limit, Status(http.StatusCreated), Summary("Set within what the units split a year."))
	route(r, http.MethodGet, "/targets/{year}/history", access.TargetRead, h.history, Summary("Every change of one cell, the oldest first."))
	route(r, http.MethodGet, "/targets/{year}/progress", access.TargetRead, h.progress, Summary("Actual, target, share of time, year on year, forecast and gap."))
	route(r, http.MethodGet, "/targets/{year}/figures", access.TargetRead, h.figures, Summary("The reported figures of a year, corrected ones too."))
	route(r, http.MethodPost, "/targets/{year}/figures", access.TargetReport, h.report, Status(http.StatusCreated), Summary("Report figures that the program does not count, all or none."))
	route(r, http.MethodGet, "/comparison-groups", access.Self, h.groups, Summary("Every version of every group of units that are compared."))
	route(r, http.MethodPost, "/comparison-groups", access.IndicatorManage, h.setGroup, Status(http.StatusCreated), Summary("Set a comparison group, or a new version of one, from a day on."))
}

// TargetYear is the year in the path.
type TargetYear struct {
	Year int `path:"year" minimum:"2000" maximum:"2100"`
}

func (h targets) versioned(ctx context.Context, _ access.Actor, t Target) error {
	version, err := t.Version()
	if err != nil {
		return err
	}
	return h.service.CheckYear(ctx, int(t.ID("year")), version)
}

type readTree struct {
	TargetYear
	Indicator []string  `query:"indicator,explode" maxItems:"50"`
	UnitID    []id.Unit `query:"unit_id,explode" maxItems:"100"`
	Edition   int64     `query:"edition" minimum:"0" doc:"As it was approved; left out: as it stands."`
}

func (h targets) tree(ctx context.Context, actor access.Actor, in *readTree) (*Answer[target.TreeView], error) {
	return answer(h.service.Tree(ctx, actor, in.Year, target.WantTree{Indicators: in.Indicator, Units: in.UnitID, Edition: in.Edition}))
}

// CellBody is one new value over the version that the person saw.
type CellBody struct {
	UnitID    id.Unit `json:"unit_id" minimum:"0" doc:"0: the city."`
	Indicator string  `json:"indicator" maxLength:"32"`
	Month     *int    `json:"month" doc:"None: the year."`
	Value     *int64  `json:"value" doc:"None takes the target back."`
	Version   int64   `json:"version" minimum:"0" doc:"0: there was none."`
}

// BatchBody is a batch of cells.
type BatchBody struct {
	Cells  []CellBody `json:"cells" maxItems:"500"`
	Reason string     `json:"reason,omitempty" doc:"Needed once the year is approved."`
}

func (b BatchBody) batch(year int) target.Batch {
	out := target.Batch{Year: year, Reason: b.Reason}
	for _, c := range b.Cells {
		e := target.CellEdit{Key: target.Key{Indicator: c.Indicator, UnitID: c.UnitID}, Value: c.Value, Version: c.Version}
		if c.Month != nil {
			e.Month = *c.Month
			if e.Month == 0 {
				e.Month = -1 // the year is named by leaving the month out
			}
		}
		out.Edits = append(out.Edits, e)
	}
	return out
}

type editCells struct {
	TargetYear
	Body BatchBody
}

type cellsSaved struct {
	Saved int `json:"saved"`
}

func saved(n int, err error) (*Answer[cellsSaved], error) { return answer(cellsSaved{n}, err) }

func (h targets) edit(ctx context.Context, actor access.Actor, in *editCells) (*Answer[cellsSaved], error) {
	return saved(h.service.Edit(ctx, actor, in.Body.batch(in.Year)))
}

func (h targets) correct(ctx context.Context, actor access.Actor, in *editCells) (*Answer[cellsSaved], error) {
	b := in.Body.batch(in.Year)
	b.Correct = true
	return saved(h.service.Edit(ctx, actor, b))
}

type actOnYear struct {
	TargetYear
	Match
	Body struct {
		Reason string `json:"reason,omitempty"`
	}
}

func yearItem(v target.YearView, err error) (*Item[target.YearView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

func (h targets) submit(ctx context.Context, actor access.Actor, in *actOnYear) (*Item[target.YearView], error) {
	return yearItem(h.service.Submit(ctx, actor, in.Year, in.Version(), in.Body.Reason))
}

func (h targets) approve(ctx context.Context, actor access.Actor, in *actOnYear) (*Item[target.YearView], error) {
	return yearItem(h.service.Approve(ctx, actor, in.Year, in.Version(), in.Body.Reason))
}

func (h targets) giveBack(ctx context.Context, actor access.Actor, in *actOnYear) (*Item[target.YearView], error) {
	return yearItem(h.service.Return(ctx, actor, in.Year, in.Version(), in.Body.Reason))
}

type setLimit struct {
	TargetYear
	Body struct {
		Indicator     string         `json:"indicator,omitempty" doc:"Left out: every indicator without a limit of its own."`
		SumRule       target.SumRule `json:"sum_rule" enum:"exact,at_most"`
		QuarterMinPPM int64          `json:"quarter_min_ppm,omitempty"`
		QuarterMaxPPM int64          `json:"quarter_max_ppm"`
		Source        string         `json:"source"`
	}
}

func (h targets) limit(ctx context.Context, actor access.Actor, in *setLimit) (*Answer[target.LimitView], error) {
	b := in.Body
	return answer(h.service.SetLimit(ctx, actor, target.Limit{
		Year: in.Year, Indicator: b.Indicator, SumRule: b.SumRule, QuarterMinPPM: b.QuarterMinPPM, QuarterMaxPPM: b.QuarterMaxPPM, Source: b.Source,
	}))
}

type readHistory struct {
	TargetYear
	UnitID    id.Unit `query:"unit_id" required:"true" minimum:"0"`
	Indicator string  `query:"indicator" required:"true" maxLength:"32"`
	Month     int     `query:"month" minimum:"0" maximum:"12" doc:"0 or left out: the year."`
}

type cellHistory struct {
	Items []target.ChangeView `json:"items"`
}

func (h targets) history(ctx context.Context, actor access.Actor, in *readHistory) (*Answer[cellHistory], error) {
	items, err := h.service.History(ctx, actor, in.Year, target.Key{Indicator: in.Indicator, UnitID: in.UnitID, Month: in.Month})
	return answer(cellHistory{items}, err)
}

type readProgress struct {
	TargetYear
	AsOf Opt[clock.Date] `query:"as_of" doc:"A day of the year; left out: today, or the last day of a year that is over."`
}

func (h targets) progress(ctx context.Context, actor access.Actor, in *readProgress) (*Answer[target.ProgressView], error) {
	return answer(h.service.Progress(ctx, actor, in.Year, in.AsOf.Value))
}

type figureList struct {
	Items []target.FigureView `json:"items"`
}

func (h targets) figures(ctx context.Context, actor access.Actor, in *struct{ TargetYear }) (*Answer[figureList], error) {
	items, err := h.service.Figures(ctx, actor, in.Year)
	return answer(figureList{items}, err)
}

// FigureBody is a reported figure.
type FigureBody struct {
	UnitID    id.Unit         `json:"unit_id" minimum:"0" doc:"0: the city."`
	Indicator string          `json:"indicator" maxLength:"32"`
	Month     int             `json:"month"`
	Value     int64           `json:"value"`
	Standing  target.Standing `json:"standing" enum:"official,management"`
	Evidence  string          `json:"evidence" doc:"The document or the facts that it stands on."`
	Reason    string          `json:"reason,omitempty" doc:"Of a correction."`
	Corrects  int64           `json:"corrects,omitempty" minimum:"0" doc:"The number of the figure that it corrects."`
}

type reportFigures struct {
	TargetYear
	Body struct {
		Figures []FigureBody `json:"figures" minItems:"1" maxItems:"500"`
	}
}

func (h targets) report(ctx context.Context, actor access.Actor, in *reportFigures) (*Answer[figureList], error) {
	drafts := make([]target.FigureDraft, 0, len(in.Body.Figures))
	for _, b := range in.Body.Figures {
		drafts = append(drafts, target.FigureDraft{Saw: b.Corrects, Figure: target.Figure{
			Year: in.Year, Month: b.Month, Indicator: b.Indicator, UnitID: b.UnitID, Value: b.Value, Standing: b.Standing, Evidence: b.Evidence, Reason: b.Reason,
		}})
	}
	items, err := h.service.Report(ctx, actor, drafts)
	return answer(figureList{items}, err)
}

type groupList struct {
	Items []target.GroupView `json:"items"`
}

func (h targets) groups(ctx context.Context, _ access.Actor, _ *struct{}) (*Answer[groupList], error) {
	items, err := h.service.Groups(ctx)
	return answer(groupList{items}, err)
}

type setGroup struct {
	Body struct {
		Code     string      `json:"code"`
		NameZH   string      `json:"name_zh"`
		NameEN   string      `json:"name_en"`
		UnitIDs  []id.Unit   `json:"unit_ids" maxItems:"200"`
		StartsOn *clock.Date `json:"starts_on,omitempty" doc:"Today or later; left out: today."`
		Source   string      `json:"source"`
		Assumed  bool        `json:"assumed,omitempty"`
	}
}

func (h targets) setGroup(ctx context.Context, actor access.Actor, in *setGroup) (*Answer[target.GroupView], error) {
	b := in.Body
	return answer(h.service.SetGroup(ctx, actor, target.Group{
		Code: b.Code, NameZH: b.NameZH, NameEN: b.NameEN, Units: b.UnitIDs, StartsOn: dayOrNone(b.StartsOn), Source: b.Source, Assumed: b.Assumed,
	}))
}
