package app_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/target"
	"github.com/leadrelay/leadrelay/internal/testkit"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// workbook is an exported tree in the hands of somebody with a spreadsheet.
type workbook struct {
	t     *testing.T
	file  *excelize.File
	sheet string
	rows  [][]string
}

func openTree(t *testing.T, p *kit.Person, year int) workbook {
	t.Helper()
	a := p.Do(t, ask("GET", "/targets/%d/export", year))
	f, err := excelize.OpenReader(bytes.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	w := workbook{t: t, file: f, sheet: f.GetSheetName(0)}
	if w.rows, err = f.GetRows(w.sheet); err != nil {
		t.Fatal(err)
	}
	return w
}

// write puts a value into the month of an indicator of a unit; 0 is the year.
func (w workbook) write(unit, indicator string, month int, value any) {
	w.t.Helper()
	for n, line := range w.rows {
		if len(line) < 20 || line[0] != unit || line[18] != indicator {
			continue
		}
		name, err := excelize.CoordinatesToCellName(5+month, n+1)
		if err == nil {
			err = w.file.SetCellValue(w.sheet, name, value)
		}
		if err != nil {
			w.t.Fatal(err)
		}
		return
	}
	w.t.Fatalf("no row %s %s", unit, indicator)
}

func (w workbook) taken(p *kit.Person, year int, query string) kit.Answer {
	w.t.Helper()
	var out bytes.Buffer
	if err := w.file.Write(&out); err != nil {
		w.t.Fatal(err)
	}
	return p.Do(w.t, kit.Request{
		Method: "POST", Path: fmt.Sprintf("/targets/%d/import%s", year, query), File: &kit.File{Name: "targets.xlsx", Content: out.String()},
	})
}

func TestTheWholeTreeGoesToExcelAndBackAndChangesExactlyTheEditedCells(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		ctx := context.Background()
		year := clock.System{}.Today().Year() + 1
		bureau, town := k.As(t, "bureau-officer"), k.As(t, "town-officer")
		actor := k.Actor(ctx, "bureau-officer", "")
		fillTree(t, k, actor, year)
		cells := number(t, k, "SELECT count(*) FROM target_cells")
		before := tableSum(t, k, "target_cells")
		brief := func(a kit.Answer) string {
			var v target.SheetView
			if a.Status != 200 {
				return a.Brief()
			}
			a.Into(t, &v)
			return fmt.Sprintf("%t %d changes %d problems", v.Saved, len(v.Changes), len(v.Problems))
		}
		if got := brief(openTree(t, bureau, year).taken(bureau, year, "")); got != "false 0 changes 0 problems" {
			t.Errorf("the same file again: %s", got)
		}
		edited := openTree(t, bureau, year)
		edited.write("黄圃", "SIGN_AMT", 3, 12345.678901) // 万元, to the 分
		edited.write("小榄", "SIGN_AMT", 0, "3.5亿")
		edited.write("小榄", "REG_N", 2, nil)
		if got := brief(edited.taken(bureau, year, "?dry_run=true")); got != "false 3 changes 0 problems" {
			t.Errorf("a dry run: %s", got)
		}
		if tableSum(t, k, "target_cells") != before {
			t.Error("the dry run changed the targets")
		}
		if got := brief(edited.taken(bureau, year, "")); got != "true 3 changes 0 problems" {
			t.Errorf("the edited file: %s", got)
		}
		if n := number(t, k, "SELECT count(*) FROM target_cells WHERE version = 2"); n != 3 || number(t, k, "SELECT count(*) FROM target_cells") != cells {
			t.Errorf("%d cells changed", n)
		}
		if v := number(t, k, "SELECT value FROM target_cells WHERE unit_id = ? AND indicator = 'SIGN_AMT' AND month = 3", k.Unit(ctx, "huangpu")); v != 12_345_678_901 {
			t.Errorf("the amount is %d", v)
		}
		if v := number(t, k, "SELECT value FROM target_cells WHERE unit_id = ? AND indicator = 'SIGN_AMT' AND month = 0", k.Unit(ctx, "xiaolan")); v != 35_000_000_000 {
			t.Errorf("the amount is %d", v)
		}
		if got := brief(edited.taken(bureau, year, "")); got != "409 target.clash" {
			t.Errorf("the same edits over the older file: %s", got)
		}
		wrong := openTree(t, bureau, year)
		wrong.write("黄圃", "REG_N", 1, 77)
		wrong.write("黄圃", "REG_N", 2, "大约三个")
		before = tableSum(t, k, "target_cells")
		a := wrong.taken(bureau, year, "")
		if a.Brief() != "409 target.sheet" || !strings.Contains(string(a.Body), `"code":"not_a_number","text":"大约三个"`) || tableSum(t, k, "target_cells") != before {
			t.Errorf("a file with a wrong row: %s", a.Body)
		}
		if a := (kit.Request{Method: "POST", Path: fmt.Sprintf("/targets/%d/import", year), File: &kit.File{Name: "x.xlsx", Content: "no workbook"}}); bureau.Do(t, a).Brief() != "400 input.invalid" {
			t.Error("what is no workbook was read")
		}
		// The town's file has its own rows; another's file it cannot bring.
		if got := brief(openTree(t, town, year).taken(town, year, "")); got != "false 0 changes 0 problems" {
			t.Errorf("the town's own file: %s", got)
		}
		stolen := openTree(t, bureau, year)
		stolen.write("小榄", "REG_N", 1, 99)
		if got := brief(stolen.taken(town, year, "")); got != "404 target.unknown" {
			t.Errorf("another's row: %s", got)
		}
	})
}

// fillTree gives every unit a target in every month of every indicator.
func fillTree(t *testing.T, k *kit.Kit, actor access.Actor, year int) {
	t.Helper()
	ctx := context.Background()
	tree, err := k.App.Target.Tree(ctx, actor, year, target.WantTree{})
	if err != nil {
		t.Fatal(err)
	}
	b := target.Batch{Year: year}
	for _, u := range tree.Units {
		for _, i := range tree.Indicators {
			if i.ValueSource == target.Derived {
				continue
			}
			for m := range 13 {
				v := int64(u.UnitID)*1_000_001 + int64(m)
				b.Edits = append(b.Edits, target.CellEdit{Key: target.Key{Indicator: i.Code, UnitID: u.UnitID, Month: m}, Value: &v})
			}
		}
	}
	if _, err := k.App.Target.Edit(ctx, actor, b); err != nil {
		t.Fatal(err)
	}
}

// TestParallelEditsKeepTheSumsAndLoseNothing lets ten people edit the same
// cells at once: every sum is right at every reading, and each cell is what
// its last accepted edit made it, by an unbroken chain of versions.
func TestParallelEditsKeepTheSumsAndLoseNothing(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		ctx := context.Background()
		year, each := clock.System{}.Today().Year()+1, testkit.Times(100, 20)
		units := []id.Unit{0, k.Unit(ctx, "huangpu"), k.Unit(ctx, "xiaolan"), k.Unit(ctx, "zs-ipb"), k.Unit(ctx, "wg-shenzhen")}
		draw := testkit.Dice(t)
		var people sync.WaitGroup
		results := make([]map[string]int64, 10)
		faults := make([]error, 10)
		for n := range 10 {
			seed := draw.Uint64()
			people.Add(1)
			go func() {
				defer people.Done()
				e := editor{k: k, actor: k.Actor(ctx, []string{"bureau-officer", "bureau-head"}[n%2], ""), year: year, units: units, r: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // repeatable
				results[n], faults[n] = e.run(ctx, each)
			}()
		}
		people.Wait()
		accepted := map[string]int64{}
		for n, r := range results {
			if faults[n] != nil {
				t.Fatal(faults[n])
			}
			for edit, value := range r {
				if _, twice := accepted[edit]; twice {
					t.Errorf("two edits were accepted as %s", edit)
				}
				accepted[edit] = value
			}
		}
		var kept []struct {
			Indicator     string
			UnitID        id.Unit
			Month         int
			Version       int64
			Value, IsNow  int64
			LatestVersion int64
		}
		err := k.DB.Read(ctx).Raw("SELECT h.indicator, h.unit_id, h.month, h.version, h.value, c.value AS is_now, c.version AS latest_version FROM target_changes h JOIN target_cells c " +
			"ON c.year = h.year AND c.indicator = h.indicator AND c.unit_id = h.unit_id AND c.month = h.month").Scan(&kept).Error
		if err != nil {
			t.Fatal(err)
		}
		if len(kept) != len(accepted) || len(kept) == 0 {
			t.Errorf("%d edits were accepted, %d are kept", len(accepted), len(kept))
		}
		for _, c := range kept {
			key := fmt.Sprint(c.Indicator, c.UnitID, c.Month, c.Version)
			if accepted[key] != c.Value || c.Version == c.LatestVersion && c.IsNow != c.Value {
				t.Errorf("%s: accepted %d, kept %d, now %d", key, accepted[key], c.Value, c.IsNow)
			}
		}
		t.Logf("%d edits accepted", len(accepted))
	})
}

// editor makes random edits of few cells, several at once.
type editor struct {
	k     *kit.Kit
	actor access.Actor
	year  int
	units []id.Unit
	r     *rand.Rand
}

func (e editor) run(ctx context.Context, times int) (map[string]int64, error) {
	accepted := map[string]int64{}
	for range times {
		tree, err := e.k.App.Target.Tree(ctx, e.actor, e.year, target.WantTree{Indicators: []string{"REG_N", "SIGN_AMT"}})
		if err != nil {
			return nil, err
		}
		versions, err := sums(tree)
		if err != nil {
			return nil, err
		}
		batch := map[target.Key]target.CellEdit{}
		for range 1 + e.r.IntN(4) {
			key := target.Key{Indicator: []string{"REG_N", "SIGN_AMT"}[e.r.IntN(2)], UnitID: e.units[e.r.IntN(len(e.units))], Month: e.r.IntN(4)}
			value := e.r.Int64N(1_000_000)
			batch[key] = target.CellEdit{Key: key, Value: &value, Version: versions[key]}
		}
		_, err = e.k.App.Target.Edit(ctx, e.actor, target.Batch{Year: e.year, Edits: slices.Collect(maps.Values(batch))})
		switch fault.CodeOf(err) {
		case "target.clash", "database.busy":
			continue // nothing of the batch may be there
		}
		if err != nil {
			return nil, err
		}
		for key, edit := range batch {
			accepted[fmt.Sprint(key.Indicator, key.UnitID, key.Month, edit.Version+1)] = *edit.Value
		}
	}
	return accepted, nil
}

// sums adds a tree up by itself and compares every remainder; it returns the
// versions of the cells.
func sums(v target.TreeView) (map[target.Key]int64, error) {
	versions, below, months := map[target.Key]int64{}, map[target.Key]int64{}, map[target.Key]int64{}
	key := func(c target.CellView) target.Key {
		k := target.Key{Indicator: c.Indicator, UnitID: c.UnitID}
		if c.Month != nil {
			k.Month = *c.Month
		}
		return k
	}
	for _, c := range v.Cells {
		k := key(c)
		versions[k] = c.Version
		if k.Month > 0 {
			months[target.Key{Indicator: k.Indicator, UnitID: k.UnitID}] += *c.Value
		}
		if k.UnitID != target.TheCity {
			below[target.Key{Indicator: k.Indicator, UnitID: c.ParentUnitID, Month: k.Month}] += *c.Value
		}
	}
	for _, c := range v.Cells {
		k := key(c)
		if *c.Value != below[k]+*c.Remainder || c.MonthRemainder != nil && *c.Value != months[k]+*c.MonthRemainder {
			return nil, fmt.Errorf("the sums of %s %d %s do not hold", k.Indicator, k.UnitID, strconv.Itoa(k.Month))
		}
	}
	return versions, nil
}
