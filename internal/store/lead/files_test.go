package lead_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

func TestEveryFileOfALeadCanBeReadHoweverManyThereAre(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx, who := context.Background(), w.as(t, "wg-shenzhen")
		v := w.register(t, "wg-shenzhen", "示例光电")
		var all []id.File
		for i := range 103 {
			f, err := w.lead.AddFile(ctx, who, v.ID, fmt.Sprintf("%d.txt", i), strings.NewReader(fmt.Sprint(i)))
			must(t, err)
			all = append(all, f.ID)
		}
		for i, f := range all {
			opened, content, err := w.lead.OpenFile(ctx, who, v.ID, f)
			if err != nil {
				t.Errorf("file %d of %d: %v", i+1, len(all), err)
				continue
			}
			text, err := io.ReadAll(content)
			must(t, err)
			must(t, content.Close())
			if string(text) != fmt.Sprint(i) || opened.ID != f {
				t.Errorf("file %d of %d is %d and reads %q", i+1, len(all), opened.ID, text)
			}
		}
		var listed []id.File
		for p := (lead.StreamPage{Limit: 50}); ; {
			found, err := w.lead.Files(ctx, who, v.ID, p)
			must(t, err)
			if !found.Total.Exact || found.Total.Count != int64(len(all)) || len(found.Items) > p.Limit {
				t.Fatalf("a page of %d has %d of %+v", p.Limit, len(found.Items), found.Total)
			}
			for _, f := range found.Items {
				listed = append(listed, f.ID)
			}
			if found.Next == nil {
				break
			}
			p.Cursor = *found.Next
		}
		slices.Reverse(listed)
		if !slices.Equal(listed, all) {
			t.Errorf("the pages list %v, want each of %v once", listed, all)
		}
		other := w.register(t, "wg-shenzhen", "示例精密")
		for _, f := range []id.File{all[50], all[102] + 1, 1 << 62} {
			_, _, err := w.lead.OpenFile(ctx, who, other.ID, f)
			wantCode(t, err, fault.NotFound, "file.unknown")
		}
	})
}

// lay puts a content into the world's vault that no file has, as a program
// leaves it that is killed before its commit.
func lay(t *testing.T, dir, name string, age time.Duration) string {
	t.Helper()
	path := filepath.Join(dir, name[:2], name)
	then := time.Now().Add(-age)
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(t, os.WriteFile(path, []byte("x"), 0o600))
	must(t, os.Chtimes(path, then, then))
	return path
}

func TestAContentThatNoFileHasIsRemovedAfterADayAndNoOther(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx, who := context.Background(), w.as(t, "wg-shenzhen")
		const day = 24 * time.Hour
		old := lay(t, w.files, "AAAAAAAAAAAAAAAAAAAAAAAAAA", day+time.Minute)
		if n, err := w.lead.TidyFiles(ctx); err != nil || n != 0 {
			t.Errorf("of a folder in which the database has nothing %d contents were removed (%v)", n, err)
		}
		v := w.register(t, "wg-shenzhen", "示例光电")
		var kept []string
		for _, name := range []string{"kept.txt", "taken off.txt"} {
			f, err := w.lead.AddFile(ctx, who, v.ID, name, strings.NewReader(name))
			must(t, err)
			if name != "kept.txt" {
				must(t, w.lead.DeleteFile(ctx, who, v.ID, f.ID))
			}
		}
		stored, err := filepath.Glob(filepath.Join(w.files, "*", "*"))
		must(t, err)
		for _, path := range stored {
			if path != old {
				must(t, os.Chtimes(path, time.Time{}, time.Now().Add(-9*day)))
				kept = append(kept, path)
			}
		}
		cut := lay(t, w.files, "CCCCCCCCCCCCCCCCCCCCCCCCCC.part", day+time.Minute)
		kept = append(kept, lay(t, w.files, "BBBBBBBBBBBBBBBBBBBBBBBBBB", day-time.Minute),
			lay(t, w.files, "DDDDDDDDDDDDDDDDDDDDDDDDDD.part", day-time.Minute), lay(t, w.files, "not ours.txt", 9*day))
		if n, err := w.lead.TidyFiles(ctx); err != nil || n != 1 {
			t.Errorf("%d contents were removed (%v)", n, err)
		}
		for _, path := range []string{old, cut} {
			if _, err := os.Stat(path); !os.IsNotExist(err) {
				t.Errorf("%s is still there: %v", path, err)
			}
		}
		for _, path := range kept {
			if _, err := os.Stat(path); err != nil {
				t.Errorf("gone: %v", err)
			}
		}
	})
}
