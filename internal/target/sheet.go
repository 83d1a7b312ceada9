package target

import (
	"context"
	"math/big"
	"strconv"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// scale is how many of the smallest unit make the one that people write:
// 10,000 yuan for money.
func (m Measure) scale() int64 {
	if m == CentsCNY || m == CentsUSD {
		return 1_000_000
	}
	return 1
}

// Written is a value in the unit that people write: 万元, 万美元, ㎡, 个.
func (m Measure) Written(v int64) float64 { return float64(v) / float64(m.scale()) }

// read reads what a person wrote in a cell: a number in the written unit, or
// with 亿 or 万 behind it. Empty is no value.
func (m Measure) read(written string) (*int64, string) {
	t := strings.NewReplacer(",", "", "，", "", " ", "", "\u3000", "", "元", "", "美", "").Replace(strings.TrimPrefix(strings.TrimSpace(written), "'"))
	if t == "" {
		return nil, ""
	}
	t, times := m.times(t)
	n, ok := number(t)
	if !ok {
		return nil, "not_a_number"
	}
	n.Mul(n, new(big.Rat).SetInt64(times))
	switch {
	case !n.IsInt():
		return nil, "too_precise"
	case n.Sign() < 0 || n.Num().Cmp(big.NewInt(maxValue)) > 0:
		return nil, "out_of_range"
	}
	v := n.Num().Int64()
	return &v, ""
}

// times takes 亿 or 万 off a sum of money and tells what it stands for.
func (m Measure) times(t string) (string, int64) {
	if m.scale() == 1 {
		return t, 1
	}
	if head, found := strings.CutSuffix(t, "亿"); found {
		return head, 10_000_000_000
	}
	return strings.TrimSuffix(t, "万"), m.scale()
}

// number reads a decimal number, with an exponent as spreadsheets write it.
func number(t string) (*big.Rat, bool) {
	if len(t) > 40 || strings.ContainsAny(t, "/_xXpPiInN") || exponent(t) > 30 {
		return nil, false
	}
	return new(big.Rat).SetString(t)
}

// exponent is the size of the exponent of a number; a huge one would fill the
// memory.
func exponent(t string) int {
	at := strings.IndexAny(t, "eE")
	if at < 0 {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimLeft(t[at+1:], "+-"))
	if err != nil {
		return 1 << 20
	}
	return n
}

// SheetRow is one row of the workbook: the year and the months of one
// indicator of one unit, and what the file says that they were.
type SheetRow struct {
	Line      int // in the file, from 1
	UnitID    id.Unit
	Indicator string
	Cells     [13]string
	Was       string
}

const stamp = "v1"

// Stamp is what the hidden column of a row keeps: the value and the version of
// each of its cells.
func Stamp(cells [13]Cell) string {
	parts := []string{stamp}
	for _, c := range cells {
		parts = append(parts, text(c.Value)+"@"+strconv.FormatInt(c.Version, 10))
	}
	return strings.Join(parts, "|")
}

func unstamp(t string) (out [13]Cell, ok bool) {
	parts := strings.Split(t, "|")
	if len(parts) != 14 || parts[0] != stamp {
		return out, false
	}
	for m, p := range parts[1:] {
		value, version, found := strings.Cut(p, "@")
		n, err := strconv.ParseInt(version, 10, 64)
		if !found || err != nil || n < 0 {
			return out, false
		}
		out[m].Version = n
		if value == "" {
			continue
		}
		v, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return out, false
		}
		out[m].Value = &v
	}
	return out, true
}

// SheetProblem names a place of the file that does not fit.
type SheetProblem struct {
	Line  int    `json:"line"`
	Month int    `json:"month" doc:"0: the year, -1: the row."`
	Code  string `json:"code" enum:"unknown_row,not_a_number,too_precise,out_of_range"`
	Text  string `json:"text"`
}

// SheetChange is an edited cell of the file.
type SheetChange struct {
	Line      int     `json:"line"`
	UnitID    id.Unit `json:"unit_id"`
	Indicator string  `json:"indicator"`
	Month     int     `json:"month" doc:"0: the year."`
	Was       *int64  `json:"was"`
	Value     *int64  `json:"value"`
}

// SheetView tells what a file would change, or changed.
type SheetView struct {
	Rows     int            `json:"rows"`
	Changes  []SheetChange  `json:"changes"`
	Problems []SheetProblem `json:"problems"`
	Saved    bool           `json:"saved"`
}

// Edited compares the rows of a file with what they were when it was written
// and returns exactly the edited cells, and every place that does not fit.
func Edited(known []Indicator, rows []SheetRow) (SheetView, []CellEdit) {
	v := SheetView{Rows: len(rows), Changes: []SheetChange{}, Problems: []SheetProblem{}}
	units := map[string]Measure{}
	for _, i := range known {
		units[i.Code] = i.Unit
	}
	var edits []CellEdit
	for _, r := range rows {
		was, ok := unstamp(r.Was)
		unit, counts := units[r.Indicator]
		if !ok || !counts {
			v.Problems = append(v.Problems, SheetProblem{Line: r.Line, Month: -1, Code: "unknown_row", Text: r.Indicator})
			continue
		}
		for m, written := range r.Cells {
			value, code := unit.read(written)
			switch {
			case code != "":
				v.Problems = append(v.Problems, SheetProblem{Line: r.Line, Month: m, Code: code, Text: cut(written)})
			case !equal(value, was[m].Value):
				v.Changes = append(v.Changes, SheetChange{Line: r.Line, UnitID: r.UnitID, Indicator: r.Indicator, Month: m, Was: was[m].Value, Value: value})
				edits = append(edits, CellEdit{Key: Key{r.Indicator, r.UnitID, m}, Value: value, Version: was[m].Version})
			}
		}
	}
	return v, edits
}

func cut(t string) string {
	if r := []rune(t); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return t
}

func badSheet(v SheetView) error {
	return fault.New(fault.Conflict, "target.sheet", "Places of the file do not fit.").With("count", len(v.Problems)).With("problems", v.Problems)
}

// Import takes a file back that was edited elsewhere: exactly the edited cells
// are written, all or none. A dry run tells what would be.
//
// Errors: Conflict "target.sheet" that names each place that does not fit; and
// those of Edit.
func (s *Service) Import(ctx context.Context, actor access.Actor, b Batch, rows []SheetRow) (SheetView, error) {
	known, err := s.store.Indicators(ctx)
	if err != nil {
		return SheetView{}, err
	}
	v, edits := Edited(lastIn(known, b.Year), rows)
	if len(v.Problems) > 0 {
		if b.DryRun {
			return v, nil
		}
		return v, badSheet(v)
	}
	if len(edits) == 0 {
		return v, nil
	}
	b.Edits = edits
	_, err = s.Edit(ctx, actor, b)
	v.Saved = err == nil && !b.DryRun
	return v, err
}
