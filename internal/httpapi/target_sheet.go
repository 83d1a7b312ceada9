package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/exchange"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/target"
)

// targetSheet serves the whole tree as a workbook and takes it back.
type targetSheet struct{ service *target.Service }

// sheetBytes holds the tree of a large city.
const sheetBytes = 16 << 20

func (h targetSheet) routes(r *Router) {
	route(r, http.MethodGet, "/targets/{year}/export", access.TargetRead, h.export, Summary("The tree of a year as an Excel file that can be edited and taken back."))
	route(r, http.MethodPost, "/targets/{year}/import", access.TargetSplit, h.take, ReceivesFile(sheetBytes), Summary("Take an exported file back: exactly the edited cells, all or none."))
}

type sheetWords struct{ unit, above, indicator, measure, year, month, of string }

func sheetIn(l language) sheetWords {
	if l == english {
		return sheetWords{"Unit", "Under", "Indicator", "In", "Year", "Month %d", "Targets of %d"}
	}
	return sheetWords{"单位", "上级", "指标", "计量单位", "全年", "%d月", "%d年目标任务"}
}

func measureIn(m target.Measure, l language) string {
	zh := map[target.Measure]string{target.Count: "个", target.CentsCNY: "万元", target.CentsUSD: "万美元", target.SquareM: "㎡"}
	en := map[target.Measure]string{target.Count: "count", target.CentsCNY: "10,000 yuan", target.CentsUSD: "10,000 USD", target.SquareM: "sq m"}
	if l == english {
		return en[m]
	}
	return zh[m]
}

// The hidden columns.
const (
	hiddenUnit      = "_unit"
	hiddenIndicator = "_indicator"
	hiddenWas       = "_was"
)

func (h targetSheet) export(ctx context.Context, actor access.Actor, in *struct{ TargetYear }) (*Download, error) {
	v, err := h.service.Tree(ctx, actor, in.Year, target.WantTree{})
	if err != nil {
		return nil, err
	}
	content, err := exchange.Workbook(sheetOf(v, callOf(ctx).lang))
	if err != nil {
		return nil, err
	}
	return NewDownload(fmt.Sprintf("targets-%d.xlsx", in.Year), exchange.MIME, int64(len(content)), io.NopCloser(bytes.NewReader(content))), nil
}

func sheetOf(v target.TreeView, l language) exchange.Sheet {
	w := sheetIn(l)
	out := exchange.Sheet{Name: strconv.Itoa(v.Year), Heading: []string{fmt.Sprintf(w.of, v.Year)}, Columns: []exchange.Column{
		{Title: w.unit, Width: 18}, {Title: w.above, Width: 14}, {Title: w.indicator, Width: 26}, {Title: w.measure, Width: 12}, {Title: w.year, Width: 16},
	}}
	for m := 1; m <= 12; m++ {
		out.Columns = append(out.Columns, exchange.Column{Title: fmt.Sprintf(w.month, m), Width: 12})
	}
	for _, name := range []string{hiddenUnit, hiddenIndicator, hiddenWas} {
		out.Columns = append(out.Columns, exchange.Column{Title: name, Width: 12, Hidden: true})
	}
	cells, names := rowsOf(v), map[id.Unit]string{}
	for _, u := range v.Units {
		names[u.UnitID] = nameIn(u, l)
	}
	for _, u := range v.Units {
		for _, i := range v.Indicators {
			if i.ValueSource == target.Derived {
				continue
			}
			above := ""
			if u.UnitID != target.TheCity {
				above = names[u.ParentUnitID]
			}
			title := i.NameZH
			if l == english {
				title = i.NameEN
			}
			row := []any{nameIn(u, l), above, title, measureIn(i.Unit, l)}
			line := cells[rowKey{u.UnitID, i.Code}]
			for _, c := range line {
				row = append(row, written(i.Unit, c.Value))
			}
			out.Rows = append(out.Rows, append(row, u.UnitID.String(), i.Code, target.Stamp(line)))
		}
	}
	return out
}

func written(m target.Measure, v *int64) any {
	if v == nil {
		return nil
	}
	return m.Written(*v)
}

func nameIn(u target.UnitView, l language) string {
	if l == english {
		return u.NameEN
	}
	return u.NameZH
}

type rowKey struct {
	unit      id.Unit
	indicator string
}

func rowsOf(v target.TreeView) map[rowKey][13]target.Cell {
	out := map[rowKey][13]target.Cell{}
	for _, c := range v.Cells {
		k := rowKey{c.UnitID, c.Indicator}
		line, m := out[k], 0
		if c.Month != nil {
			m = *c.Month
		}
		line[m] = target.Cell{Value: c.Value, Version: c.Version}
		out[k] = line
	}
	return out
}

type takeSheet struct {
	TargetYear
	DryRun Opt[bool] `query:"dry_run" doc:"Tell what would change and change nothing."`
	Reason string    `query:"reason" maxLength:"500" doc:"Needed once the year is approved."`
	Upload
}

func (h targetSheet) take(ctx context.Context, actor access.Actor, in *takeSheet) (*Answer[target.SheetView], error) {
	content, err := io.ReadAll(in.Content)
	if err != nil {
		return nil, err
	}
	table, err := exchange.Cells(bytes.NewReader(content), exchange.Limits{Rows: 10_000, Columns: 60, Bytes: 128 << 20})
	if errors.Is(err, exchange.ErrNotATable) {
		return nil, notSheet()
	}
	if err != nil {
		return nil, err
	}
	rows, err := sheetRows(table)
	if err != nil {
		return nil, err
	}
	return answer(h.service.Import(ctx, actor, target.Batch{Year: in.Year, Reason: in.Reason, DryRun: in.DryRun.Value}, rows))
}

func notSheet() error { return fault.BadField("file", "target.not_sheet") }

// sheetRows finds the rows of an exported file by its hidden columns; lines
// and columns may have been moved, sorted or added.
func sheetRows(table [][]string) ([]target.SheetRow, error) {
	head := slices.IndexFunc(table, func(line []string) bool { return slices.Contains(line, hiddenWas) })
	if head < 0 {
		return nil, notSheet()
	}
	unit, indicator, was := slices.Index(table[head], hiddenUnit), slices.Index(table[head], hiddenIndicator), slices.Index(table[head], hiddenWas)
	if unit < 13 || indicator < 0 {
		return nil, notSheet()
	}
	var out []target.SheetRow
	for n, line := range table[head+1:] {
		if !slices.ContainsFunc(line, func(text string) bool { return text != "" }) {
			continue
		}
		r := target.SheetRow{Line: head + n + 2, Indicator: cellAt(line, indicator), Was: cellAt(line, was)}
		number, err := strconv.ParseInt(cellAt(line, unit), 10, 64)
		if err != nil || number < 0 {
			r.Was = "" // a row that is not the program's is named as one
		}
		r.UnitID = id.Unit(number)
		for m := range r.Cells {
			r.Cells[m] = cellAt(line, unit-13+m)
		}
		out = append(out, r)
	}
	return out, nil
}

func cellAt(line []string, at int) string {
	if at < len(line) {
		return line[at]
	}
	return ""
}
