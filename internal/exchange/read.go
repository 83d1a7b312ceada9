package exchange

import (
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Limits bound what a workbook from outside may make the reader keep: a file
// of some KiB can unpack to GiB.
type Limits struct {
	Rows, Columns int
	Bytes         int64 // unpacked
}

// ErrNotATable is returned for a file that is no workbook or too large.
var ErrNotATable = errors.New("not a workbook of the size that is read")

// Cells returns the cells of the first sheet as they are kept: numbers without
// their format.
//
// Errors: ErrNotATable.
func Cells(content io.Reader, l Limits) ([][]string, error) {
	f, err := excelize.OpenReader(content, excelize.Options{RawCellValue: true, UnzipSizeLimit: l.Bytes, UnzipXMLSizeLimit: l.Bytes})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotATable, err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotATable, err)
	}
	defer func() { _ = rows.Close() }()
	var out [][]string
	for rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotATable, err)
		}
		if len(out) == l.Rows || len(cells) > l.Columns {
			return nil, ErrNotATable
		}
		out = append(out, cells)
	}
	if err := rows.Error(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotATable, err)
	}
	return out, nil
}
