package lead_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
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
		if listed, err := w.lead.Files(ctx, who, v.ID); err != nil || len(listed) != len(all) {
			t.Errorf("%d of %d files are listed (%v)", len(listed), len(all), err)
		}
		other := w.register(t, "wg-shenzhen", "示例精密")
		for _, f := range []id.File{all[50], all[102] + 1, 1 << 62} {
			_, _, err := w.lead.OpenFile(ctx, who, other.ID, f)
			wantCode(t, err, fault.NotFound, "file.unknown")
		}
	})
}
