// Package exchange writes tables as Excel workbooks. It is the only package
// that knows the format.
package exchange

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// MIME is the type of a workbook.
const MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Sheet is one table with its heading. A cell is a text, a number, an instant
// (shown to the minute in the city's time) or nil.
type Sheet struct {
	Name    string
	Heading []string // lines above the table
	Columns []Column
	Rows    [][]any
	Totals  []int // the rows that add others up, counted from 0; they are bold
}

// Column is the head of a column and its width in characters. A hidden one
// holds what the program needs when the file comes back.
type Column struct {
	Title  string
	Width  float64
	Hidden bool
}

// formulaStarts are the characters with which a spreadsheet program takes a
// text for a formula, their full-width forms included.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// Plain returns the text as a cell may hold it: what a spreadsheet program
// would run as a formula begins with an apostrophe.
func Plain(text string) string {
	if rest := strings.TrimLeft(text, " \u3000\u00a0"); rest != "" && strings.ContainsRune(formulaStarts, []rune(rest)[0]) {
		return "'" + text
	}
	return text
}

// Workbook returns the sheets as a file.
func Workbook(sheets ...Sheet) ([]byte, error) {
	f := excelize.NewFile()
	for i, s := range sheets {
		if err := add(f, i, s); err != nil {
			return nil, fmt.Errorf("write sheet %s: %w", s.Name, err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		return nil, fmt.Errorf("write the workbook: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("close the workbook: %w", err)
	}
	return out.Bytes(), nil
}

func add(f *excelize.File, i int, s Sheet) error {
	if i == 0 {
		if err := f.SetSheetName(f.GetSheetName(0), s.Name); err != nil {
			return err
		}
	} else if _, err := f.NewSheet(s.Name); err != nil {
		return err
	}
	styles, err := stylesOf(f)
	if err != nil {
		return err
	}
	if err := addColumns(f, s, styles); err != nil {
		return err
	}
	for r, row := range s.Rows {
		for c, value := range row {
			if err := put(f, s.Name, at(c, len(s.Heading)+1+r), value, styles.of(value, slices.Contains(s.Totals, r))); err != nil {
				return err
			}
		}
		if err := f.SetRowHeight(s.Name, len(s.Heading)+2+r, lineHeight*float64(s.lines(row))); err != nil {
			return err
		}
	}
	return page(f, s)
}

// lineHeight is the height of one line in points.
const lineHeight = 15

// lines is how many lines the fullest text of a row takes: not every program
// fits the rows of a file that it opens.
func (s Sheet) lines(row []any) int {
	most := 1
	for c, value := range row {
		text, is := value.(string)
		if !is || c >= len(s.Columns) {
			continue
		}
		most = max(most, int(math.Ceil(wide(text)/s.Columns[c].Width)))
	}
	return most
}

// wide is the width of a text in characters; a Chinese one counts as two.
func wide(text string) float64 {
	n := 0.0
	for _, r := range text {
		if n++; r >= 0x1100 {
			n++
		}
	}
	return n
}

// addColumns writes the heading and, under it, the titles of the columns.
func addColumns(f *excelize.File, s Sheet, styles styles) error {
	for n, line := range s.Heading {
		if err := f.SetCellStr(s.Name, at(0, n), Plain(line)); err != nil {
			return err
		}
	}
	if len(s.Heading) > 0 {
		if err := f.SetCellStyle(s.Name, "A1", "A1", styles.title); err != nil {
			return err
		}
	}
	for c, column := range s.Columns {
		name, err := excelize.ColumnNumberToName(c + 1)
		if err != nil {
			return err
		}
		if err := f.SetColWidth(s.Name, name, name, column.Width); err != nil {
			return err
		}
		if err := f.SetColVisible(s.Name, name, !column.Hidden); err != nil {
			return err
		}
		if err := put(f, s.Name, at(c, len(s.Heading)), column.Title, styles.head); err != nil {
			return err
		}
	}
	return nil
}

// styles are the looks of cells: texts, whole numbers and numbers with a
// fraction, each plain and bold.
type styles struct {
	title, head int
	cells       [2][3]int
}

// of returns the look of a value: numbers have separators, and as many places
// as they need to be exact.
func (s styles) of(value any, bold bool) int {
	kind, weight := 0, 0
	if n, number := value.(float64); number {
		kind = 1
		if n != math.Trunc(n) {
			kind = 2
		}
	}
	if bold {
		weight = 1
	}
	return s.cells[weight][kind]
}

func font(bold bool, size float64) *excelize.Font {
	return &excelize.Font{Bold: bold, Size: size, Family: "Calibri"}
}

func stylesOf(f *excelize.File) (styles, error) {
	var out styles
	thin := []excelize.Border{}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		thin = append(thin, excelize.Border{Type: side, Color: "808080", Style: 1})
	}
	wrapped := &excelize.Alignment{WrapText: true, Vertical: "top"}
	var err error
	if out.title, err = f.NewStyle(&excelize.Style{Font: font(true, 14)}); err != nil {
		return out, err
	}
	grey := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EDF0"}}
	if out.head, err = f.NewStyle(&excelize.Style{Font: font(true, 11), Border: thin, Alignment: wrapped, Fill: grey}); err != nil {
		return out, err
	}
	whole, exact := "#,##0", "#,##0.00####"
	for weight, bold := range []bool{false, true} {
		for kind, format := range []*string{nil, &whole, &exact} {
			look := &excelize.Style{Font: font(bold, 11), Border: thin, Alignment: wrapped, CustomNumFmt: format}
			if out.cells[weight][kind], err = f.NewStyle(look); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// put writes one cell. Texts are written as texts, never as formulas.
func put(f *excelize.File, sheet, cell string, value any, style int) error {
	var err error
	switch v := value.(type) {
	case nil:
	case string:
		err = f.SetCellStr(sheet, cell, Plain(v))
	case time.Time:
		err = f.SetCellStr(sheet, cell, v.In(clock.Location()).Format("2006-01-02 15:04"))
	default:
		err = f.SetCellValue(sheet, cell, v)
	}
	if err != nil {
		return err
	}
	return f.SetCellStyle(sheet, cell, cell, style)
}

// page lays the sheet on A4, across, as wide as the paper, and keeps the titles
// of the columns in sight.
func page(f *excelize.File, s Sheet) error {
	size, orientation, wide, high, below := 9, "landscape", 1, 0, len(s.Heading)+1
	err := f.SetPanes(s.Name, &excelize.Panes{Freeze: true, YSplit: below, TopLeftCell: at(0, below), ActivePane: "bottomLeft"})
	if err != nil {
		return err
	}
	err = f.SetPageLayout(s.Name, &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high})
	if err != nil {
		return err
	}
	fit := true
	return f.SetSheetProps(s.Name, &excelize.SheetPropsOptions{FitToPage: &fit})
}

// at is the name of a cell by its column and row, counted from 0.
func at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row+1)
	if err != nil {
		return "A1" // cannot be: a table has few columns
	}
	return name
}
