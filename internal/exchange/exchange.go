// Package exchange writes tables as Excel workbooks. It is the only package
// that knows the format.
package exchange

import (
	"bytes"
	"fmt"
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
}

// Column is the head of a column and its width in characters.
type Column struct {
	Title string
	Width float64
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
			if err := put(f, s.Name, at(c, len(s.Heading)+1+r), value, styles.cell); err != nil {
				return err
			}
		}
	}
	return page(f, s.Name)
}

// addColumns writes the heading and, under it, the titles of the columns.
func addColumns(f *excelize.File, s Sheet, styles styles) error {
	for n, line := range s.Heading {
		if err := f.SetCellStr(s.Name, at(0, n), Plain(line)); err != nil {
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
		if err := put(f, s.Name, at(c, len(s.Heading)), column.Title, styles.head); err != nil {
			return err
		}
	}
	return nil
}

type styles struct{ head, cell int }

func stylesOf(f *excelize.File) (styles, error) {
	thin := []excelize.Border{}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		thin = append(thin, excelize.Border{Type: side, Color: "808080", Style: 1})
	}
	wrapped := &excelize.Alignment{WrapText: true, Vertical: "top"}
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Border: thin, Alignment: wrapped})
	if err != nil {
		return styles{}, err
	}
	cell, err := f.NewStyle(&excelize.Style{Border: thin, Alignment: wrapped})
	return styles{head: head, cell: cell}, err
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

// page lays the sheet on A4, across, as wide as the paper.
func page(f *excelize.File, sheet string) error {
	size, orientation, wide, high := 9, "landscape", 1, 0
	err := f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high})
	if err != nil {
		return err
	}
	fit := true
	return f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit})
}

// at is the name of a cell by its column and row, counted from 0.
func at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row+1)
	if err != nil {
		return "A1" // cannot be: a table has few columns
	}
	return name
}
