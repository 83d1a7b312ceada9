package lead_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// TestMergeThenUndoLeavesEveryRowAsItWas draws pairs of leads with contacts,
// notes, files, helpers and facts of all kinds, merges them with any choice of
// fields, and undoes it.
func TestMergeThenUndoLeavesEveryRowAsItWas(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		pairs := testkit.Times(500, 12)
		for name, value := range map[string]string{
			"rapid.checks": strconv.Itoa(pairs), "rapid.seed": strconv.FormatUint(testkit.Dice(t).Uint64()|1, 10), "rapid.nofailfile": "true",
		} {
			must(t, flag.Set(name, value))
		}
		fields := 0
		rapid.Check(t, func(r *rapid.T) {
			p := drawPair(t, r, w)
			before := p.export(t, w)
			fields += len(p.order.Fields)
			m, err := w.lead.Merge(t.Context(), w.as(t, "bureau-head"), p.from, p.order)
			if err != nil {
				r.Fatalf("merge: %v", err)
			}
			p.merged(t, r, w, m)
			if m, err = w.lead.UndoMerge(t.Context(), w.as(t, "bureau-head"), m.ID, "登记有误"); err != nil || len(m.Kept) > 0 {
				r.Fatalf("undo: %v, kept %v", err, m.Kept)
			}
			after := p.export(t, w)
			for _, table := range slices.Sorted(maps.Keys(before)) {
				if before[table] != after[table] {
					r.Errorf("%s before:\n%s\nafter merge and undo:\n%s", table, before[table], after[table])
				}
			}
		})
		t.Logf("%s: %d pairs, %d choices of fields", w.db.Dialect(), pairs, fields)
	})
}

// pair is two leads to be merged.
type pair struct {
	from, into id.Lead
	order      lead.MergeOrder
	contacts   int
	notes      int
	restricted bool
}

func drawPair(t *testing.T, r *rapid.T, w *world) pair {
	t.Helper()
	p := pair{restricted: rapid.Bool().Draw(r, "restricted")}
	firm := rapid.SampledFrom([]string{"示例光电", "示例光电科技", "样本医药", "样本精密制造"})
	currency := rapid.SampledFrom([]string{"CNY", "CNY", "USD"}).Draw(r, "currency")
	make := func(name string) id.Lead {
		d := draft(firm.Draw(r, name+" investor") + strconv.Itoa(rapid.IntRange(0, 3).Draw(r, name+" number")))
		drawFacts(r, name, &d.Facts)
		d.Currency, d.Restricted = currency, p.restricted
		who := rapid.SampledFrom([]string{"wg-shenzhen", "huangpu", "xiaolan"}).Draw(r, name+" unit")
		v, err := w.lead.Create(t.Context(), w.as(t, who), d)
		must(t, err)
		p.fill(t, r, w, v.ID, who, name == "from")
		return v.ID
	}
	p.from, p.into = make("from"), make("into")
	p.order = lead.MergeOrder{Into: p.into, Reason: "同一项目", Fields: map[string]string{}}
	for _, name := range lead.MergeFields() {
		if choice := rapid.SampledFrom([]string{"", "keep", "take"}).Draw(r, name); choice != "" {
			p.order.Fields[name] = choice
		}
	}
	return p
}

func drawFacts(r *rapid.T, name string, f *lead.Facts) {
	amount := rapid.Ptr(rapid.Int64Range(0, 900_000_000_00), true)
	f.PlannedCents, f.FixedAssetsCents = amount.Draw(r, name+" planned"), amount.Draw(r, name+" fixed")
	f.TaxCents, f.LandSqm = amount.Draw(r, name+" tax"), rapid.Ptr(rapid.Int64Range(0, 900_000), true).Draw(r, name+" land")
	f.Product = rapid.Ptr(rapid.SampledFrom([]string{"激光器", "注射器"}), true).Draw(r, name+" product")
	f.Chain = rapid.Ptr(rapid.SampledFrom([]string{"robots-ai", "biomed"}), true).Draw(r, name+" chain")
	f.Binding = rapid.Ptr(rapid.Bool(), true).Draw(r, name+" binding")
	if rapid.Bool().Draw(r, name+" has a day") {
		day := clock.NewDate(2026, time.Month(rapid.IntRange(1, 12).Draw(r, name+" month")), 9)
		f.ExpectedSignOn, f.NextStepOn = &day, &day
	}
}

// fill gives a lead contacts, notes, files and helpers.
func (p *pair) fill(t *testing.T, r *rapid.T, w *world, l id.Lead, who string, moves bool) {
	t.Helper()
	actor := w.as(t, who)
	n := rapid.IntRange(0, 2)
	contacts, notes := n.Draw(r, "contacts"), n.Draw(r, "notes")
	for i := range contacts {
		phone := fmt.Sprintf("1380000%04d", i)
		_, err := w.lead.AddContact(t.Context(), actor, l, lead.ContactDraft{Name: "测试员", Phone: &phone, Consent: i == 0})
		must(t, err)
	}
	for range notes {
		_, err := w.lead.AddNote(t.Context(), actor, l, "记录")
		must(t, err)
	}
	for range n.Draw(r, "files") {
		_, err := w.lead.AddFile(t.Context(), actor, l, "plan.txt", strings.NewReader("plan"))
		must(t, err)
	}
	for _, slug := range []string{"huangpu", "iit", "nanlang"}[:rapid.IntRange(0, 3).Draw(r, "helpers")] {
		if slug == who {
			continue
		}
		exec(t, w, "INSERT INTO lead_parts (lead_id, unit_id, part, from_at, until, activity_at, stage, restricted) "+
			"SELECT id, ?, 'helper', created_at, ?, activity_at, stage, restricted FROM leads WHERE id = ?", w.unit(t, slug), clock.Forever(), l)
	}
	if moves {
		p.contacts, p.notes = contacts, notes
	}
}

// merged asks what a merge must have left: everything with the target, the
// other a duplicate that the check answers for, one holder each.
func (p *pair) merged(t *testing.T, r *rapid.T, w *world, m lead.MergeView) {
	t.Helper()
	if m.Moved.Contacts != p.contacts || m.Moved.Notes != p.notes {
		r.Errorf("moved %+v, want %d contacts and %d notes", m.Moved, p.contacts, p.notes)
	}
	for sql, want := range map[string]string{
		"SELECT stage FROM leads WHERE id = ?":                                                          "duplicate",
		"SELECT count(*) FROM contacts WHERE lead_id = ?":                                               "0",
		"SELECT count(*) FROM notes WHERE lead_id = ?":                                                  "0",
		"SELECT count(*) FROM lead_parts WHERE part = 'owner' AND until > '9999-01-01' AND lead_id = ?": "1",
	} {
		var got string
		must(t, w.db.Read(t.Context()).Raw(sql, p.from).Row().Scan(&got))
		if got != want {
			r.Errorf("%s gives %s, want %s", sql, got, want)
		}
	}
}

func exec(t *testing.T, w *world, sql string, args ...any) {
	t.Helper()
	must(t, w.db.InTx(t.Context(), func(tx *store.Tx) error { return tx.DB(t.Context()).Exec(sql, args...).Error }))
}

// export is every row of both leads as text, without what only grows: the
// versions, the instant of the last activity, the streams, the dates of rights.
func (p *pair) export(t *testing.T, w *world) map[string]string {
	t.Helper()
	both := []any{p.from, p.into}
	out := map[string]string{}
	for table, q := range map[string]string{
		"leads":      "SELECT * FROM leads WHERE id IN (?, ?) ORDER BY id",
		"contacts":   "SELECT * FROM contacts WHERE lead_id IN (?, ?) ORDER BY id",
		"notes":      "SELECT * FROM notes WHERE lead_id IN (?, ?) ORDER BY id",
		"files":      "SELECT * FROM files WHERE lead_id IN (?, ?) ORDER BY id",
		"members":    "SELECT * FROM lead_members WHERE lead_id IN (?, ?) ORDER BY id",
		"shares":     "SELECT * FROM lead_shares WHERE lead_id IN (?, ?) ORDER BY id",
		"keys":       "SELECT * FROM match_keys WHERE lead_id IN (?, ?) ORDER BY lead_id, kind, key",
		"handoffs":   "SELECT * FROM handoffs WHERE lead_id IN (?, ?) ORDER BY id",
		"rights":     "SELECT lead_id, unit_id, part, until, handoff_id, stage, restricted FROM lead_parts WHERE lead_id IN (?, ?) AND until > '9999-01-01' ORDER BY lead_id, part, unit_id",
		"note marks": "SELECT lead_id, note_id, file_id FROM activities WHERE lead_id IN (?, ?) AND (note_id IS NOT NULL OR file_id IS NOT NULL) ORDER BY id",
	} {
		out[table] = allRows(t, w, q, both...)
	}
	out["counters"] = allRows(t, w, "SELECT * FROM lead_counters WHERE leads <> 0 OR known <> 0 OR cents <> 0 ORDER BY dimension, restricted, unit_id, key")
	for _, word := range []string{"激光", "注射", "光电", "医药"} {
		out["search "+word] = strings.Join(w.found(t, word, p), " ")
	}
	return out
}

// found is which of the pair a search finds.
func (w *world) found(t *testing.T, word string, p *pair) []string {
	t.Helper()
	all, err := w.lead.List(t.Context(), w.as(t, "bureau-head"), lead.Filter{Q: word}, page.Request{Limit: 100})
	must(t, err)
	var out []string
	for _, v := range all.Items {
		if v.ID == p.from || v.ID == p.into {
			out = append(out, v.ID.String())
		}
	}
	slices.Sort(out)
	return out
}

// allRows reads a query as text, one line a row, without the columns that
// only grow.
func allRows(t *testing.T, w *world, query string, args ...any) string {
	t.Helper()
	rows, err := w.db.Read(context.Background()).Raw(query, args...).Rows()
	must(t, err)
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	must(t, err)
	var out strings.Builder
	for rows.Next() {
		out.WriteString(oneRow(t, rows, names) + "\n")
	}
	must(t, rows.Err())
	return out.String()
}

func oneRow(t *testing.T, rows *sql.Rows, names []string) string {
	t.Helper()
	values := make([]any, len(names))
	targets := make([]any, len(names))
	for i := range values {
		targets[i] = &values[i]
	}
	must(t, rows.Scan(targets...))
	var out []string
	for i, name := range names {
		if name != "version" && name != "activity_at" {
			out = append(out, fmt.Sprintf("%s=%v", name, values[i]))
		}
	}
	return strings.Join(out, " ")
}

// TestWhatWasEditedAfterAMergeGoesBackAsItIsNow edits a moved note and a field
// that the merge took over, and then undoes it.
func TestWhatWasEditedAfterAMergeGoesBackAsItIsNow(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		from, into := w.register(t, "wg-shenzhen", "示例光电"), w.register(t, "huangpu", "示例光电科技")
		sz, hp, bureau := w.as(t, "wg-shenzhen"), w.as(t, "huangpu"), w.as(t, "bureau")
		n, err := w.lead.AddNote(ctx, sz, from.ID, "旧")
		must(t, err)
		m, err := w.lead.Merge(ctx, bureau, from.ID, lead.MergeOrder{
			Into: into.ID, Reason: "同一项目", Fields: map[string]string{"title": "take", "investor_name": "take"},
		})
		must(t, err)
		if fmt.Sprint(m.Moved) != "{0 1 0 0 [investor_name title]}" || m.DaysLeft != 30 || len(m.Can) != 1 {
			t.Errorf("merged as %+v", m)
		}
		if _, err := w.lead.EditNote(ctx, hp, into.ID, n.ID, n.Version, "改"); fault.CodeOf(err) != "note.foreign" {
			t.Errorf("another unit edits a moved note: %v", err)
		}
		exec(t, w, "UPDATE notes SET text = '新', version = version + 1 WHERE id = ?", n.ID)
		v, err := w.lead.Get(ctx, hp, into.ID)
		must(t, err)
		title := "新名称"
		_, err = w.lead.Edit(ctx, hp, into.ID, v.Version, lead.Edit{Title: lead.Opt[string]{Set: true, Value: &title}})
		must(t, err)
		if m, err = w.lead.UndoMerge(ctx, bureau, m.ID, ""); err != nil || fmt.Sprint(m.Kept) != "[title]" || len(m.Can) != 0 {
			t.Errorf("undone as %+v, %v", m, err)
		}
		notes, err := w.lead.Notes(ctx, sz, from.ID, lead.StreamPage{Limit: 100})
		must(t, err)
		if len(notes.Items) != 1 || notes.Items[0].Text != "新" {
			t.Errorf("the note went back as %+v", notes)
		}
		v, err = w.lead.Get(ctx, hp, into.ID)
		must(t, err)
		if v.Title != title || *v.InvestorName != "示例光电科技" {
			t.Errorf("the target is left as %q of %q", v.Title, *v.InvestorName)
		}
		if _, err := w.lead.UndoMerge(ctx, bureau, m.ID, ""); fault.CodeOf(err) != "merge.undone" {
			t.Errorf("a second undoing: %v", err)
		}
	})
}

// TestAMergedLeadPointsOnlyThoseToTheTargetWhoMayReadIt reads it as both
// holders, and asks the duplicate check, chains of merges and the time limit.
func TestAMergedLeadPointsOnlyThoseToTheTargetWhoMayReadIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		a, b, c := w.register(t, "wg-shenzhen", "示例光电"), w.register(t, "huangpu", "样本医药"), w.register(t, "huangpu", "样本精密")
		bureau := w.as(t, "bureau")
		merge := func(from, into id.Lead) id.Merge {
			t.Helper()
			m, err := w.lead.Merge(ctx, bureau, from, lead.MergeOrder{Into: into, Reason: "同一项目"})
			must(t, err)
			return m.ID
		}
		first := merge(a.ID, b.ID)
		for who, want := range map[string]id.Lead{"bureau": b.ID, "wg-shenzhen": 0} {
			v, err := w.lead.Get(ctx, w.as(t, who), a.ID)
			must(t, err)
			if (v.MergedInto == nil) != (want == 0) || want != 0 && v.MergedInto.ID != want || slices.Contains(v.Can, "reopen") {
				t.Errorf("%s is pointed to %+v, want %d", who, v.MergedInto, want)
			}
		}
		second := merge(b.ID, c.ID)
		if v, err := w.lead.Get(ctx, bureau, a.ID); err != nil || v.MergedInto.ID != c.ID {
			t.Errorf("after a later merge the first points to %+v, %v", v.MergedInto, err)
		}
		if _, err := w.lead.UndoMerge(ctx, bureau, first, ""); fault.CodeOf(err) != "merge.later" {
			t.Errorf("undoing under a later merge: %v", err)
		}
		if _, err := w.lead.Merge(ctx, bureau, a.ID, lead.MergeOrder{Into: c.ID, Reason: "再次"}); fault.CodeOf(err) != "merge.merged" {
			t.Errorf("merging a merged lead: %v", err)
		}
		w.later(31 * 24 * time.Hour)
		if _, err := w.lead.UndoMerge(ctx, bureau, second, ""); fault.CodeOf(err) != "merge.undo_expired" {
			t.Errorf("undoing after a month: %v", err)
		}
		w.later(0)
		_, err := w.lead.UndoMerge(ctx, bureau, second, "")
		must(t, err)
		if v, err := w.lead.Get(ctx, bureau, a.ID); err != nil || v.MergedInto.ID != b.ID {
			t.Errorf("after undoing the later merge the first points to %+v, %v", v.MergedInto, err)
		}
	})
}
