package lead_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
)

// noted are the texts of the notes that a person reads of a lead.
func (w *world) noted(t *testing.T, who string, l id.Lead) string {
	t.Helper()
	notes, err := w.lead.Notes(t.Context(), w.as(t, who), l, lead.StreamPage{Limit: 100})
	if fault.KindOf(err) == fault.NotFound {
		return "nothing"
	}
	must(t, err)
	var out []string
	for _, n := range notes.Items {
		if n.LeadID != l {
			t.Errorf("%s is told of lead %d by a note of lead %d", who, n.LeadID, l)
		}
		out = append(out, n.Text)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// streamed are the notes and files that a person meets in a lead's stream.
func (w *world) streamed(t *testing.T, who string, l id.Lead) string {
	t.Helper()
	entries, _, err := w.lead.Timeline(t.Context(), w.as(t, who), l, lead.StreamPage{Limit: 100})
	if fault.KindOf(err) == fault.NotFound {
		return "nothing"
	}
	must(t, err)
	var out []string
	for _, e := range entries {
		if e.Note != nil {
			out = append(out, e.Note.Text)
		}
		if e.File != nil {
			out = append(out, e.File.Name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestWhoGaveToALeadReadsItsOwnAfterItWasMergedAway lets a group hand a lead
// to a town, both write, and the bureau merge it into a third unit's: each
// keeps what it gave and gets nothing else, and the undoing leaves no trace.
func TestWhoGaveToALeadReadsItsOwnAfterItWasMergedAway(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		a, b := w.register(t, "wg-shenzhen", "示例光电"), w.register(t, "xiaolan", "示例光电科技")
		note := func(who string, l id.Lead, text string) {
			t.Helper()
			_, err := w.lead.AddNote(ctx, w.as(t, who), l, text)
			must(t, err)
		}
		note("wg-shenzhen", a.ID, "深圳组记录")
		file, err := w.lead.AddFile(ctx, w.as(t, "wg-shenzhen"), a.ID, "minutes.txt", strings.NewReader("会谈纪要"))
		must(t, err)
		answer(t, w, "huangpu", offer(t, w, "wg-shenzhen", a.ID, "huangpu").ID, lead.Accepted)
		note("huangpu", a.ID, "黄圃记录")
		note("xiaolan", b.ID, "小榄记录")
		reads := func(when string, want map[string]string) {
			t.Helper()
			for key, texts := range want {
				who, l := strings.TrimSuffix(key, " own"), b.ID
				if who != key {
					l = a.ID
				}
				if got := w.noted(t, who, l); got != strings.ReplaceAll(texts, "minutes.txt ", "") {
					t.Errorf("%s %s reads the notes %q, want %q", when, key, got, texts)
				}
				if got := w.streamed(t, who, l); got != texts {
					t.Errorf("%s %s meets %q in the stream, want %q", when, key, got, texts)
				}
			}
		}
		apart := map[string]string{
			"wg-shenzhen own": "minutes.txt 深圳组记录", "huangpu own": "minutes.txt 深圳组记录 黄圃记录", "xiaolan own": "nothing",
			"wg-shenzhen": "nothing", "huangpu": "nothing", "xiaolan": "小榄记录",
		}
		reads("before", apart)
		m, err := w.lead.Merge(ctx, w.as(t, "bureau"), a.ID, lead.MergeOrder{Into: b.ID, Reason: "同一项目"})
		must(t, err)
		reads("merged", map[string]string{
			"wg-shenzhen own": "minutes.txt 深圳组记录", "huangpu own": "黄圃记录", "xiaolan own": "nothing",
			"wg-shenzhen": "nothing", "huangpu": "nothing", "xiaolan": "minutes.txt 小榄记录 深圳组记录 黄圃记录",
		})
		_, content, err := w.lead.OpenFile(ctx, w.as(t, "wg-shenzhen"), a.ID, file.ID)
		must(t, err)
		text, err := io.ReadAll(content)
		must(t, err)
		must(t, content.Close())
		if string(text) != "会谈纪要" {
			t.Errorf("the file that the group gave reads %q", text)
		}
		if _, _, err := w.lead.OpenFile(ctx, w.as(t, "huangpu"), a.ID, file.ID); fault.CodeOf(err) != "file.unknown" {
			t.Errorf("another unit's file of a lead that was merged away: %v", err)
		}
		_, err = w.lead.UndoMerge(ctx, w.as(t, "bureau"), m.ID, "")
		must(t, err)
		reads("undone", apart)
	})
}

// TestAMergedLeadIsCountedOnce compares the lists of running leads and the
// sums of their stages before the merge, after it, and after its undoing: a
// merged lead stands among the duplicates and in no running figure.
func TestAMergedLeadIsCountedOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		planned := int64(500_000_000_00)
		register := func(who, firm string) lead.View {
			t.Helper()
			d := draft(firm)
			d.PlannedCents = &planned
			v, err := w.lead.Create(ctx, w.as(t, who), d)
			must(t, err)
			return v
		}
		a, b := register("wg-shenzhen", "示例光电"), register("xiaolan", "示例光电科技")
		open := false
		figures := func(who string) string {
			t.Helper()
			actor := w.as(t, who)
			list, err := w.lead.List(ctx, actor, lead.Filter{Ended: &open}, page.Request{Limit: 100})
			must(t, err)
			found, err := w.lead.List(ctx, actor, lead.Filter{Ended: &open, Q: "示例光电"}, page.Request{Limit: 100})
			must(t, err)
			out := fmt.Sprintf("list %d found %d", list.Total.Count, len(found.Items))
			p, err := w.lead.Pipeline(ctx, actor, lead.ByStage)
			must(t, err)
			for _, tally := range p.Items {
				out += fmt.Sprintf(" %s %d %d", tally.Key, tally.Count, tally.SumCents/1_000_000_00)
			}
			return out
		}
		are := func(when string, want map[string]string) {
			t.Helper()
			for who, text := range want {
				if got := figures(who); got != text {
					t.Errorf("%s %s counts %q, want %q", when, who, got, text)
				}
			}
		}
		const two, one, none = "list 2 found 2 lead 2 1000", "list 1 found 1 lead 1 500", "list 0 found 0"
		apart := map[string]string{"bureau": two, "leader": two, "wg-shenzhen": one, "xiaolan": one, "huangpu": none}
		are("before", apart)
		m, err := w.lead.Merge(ctx, w.as(t, "bureau"), a.ID, lead.MergeOrder{Into: b.ID, Reason: "同一项目"})
		must(t, err)
		const merged = "list 1 found 1 duplicate 1 500 lead 1 500"
		are("merged", map[string]string{"bureau": merged, "leader": merged, "wg-shenzhen": "list 0 found 0 duplicate 1 500", "xiaolan": one, "huangpu": none})
		_, err = w.lead.UndoMerge(ctx, w.as(t, "bureau"), m.ID, "")
		must(t, err)
		are("undone", apart)
	})
}
