package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/notice"
	"github.com/leadrelay/leadrelay/internal/testkit/smtpsink"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// left counts what is kept: notices, mails by state, events.
func (o *office) left(t *testing.T) string {
	t.Helper()
	var out []string
	for _, query := range []string{
		"SELECT count(*) FROM notices", "SELECT count(*) FROM mails WHERE state = 'sent'", "SELECT count(*) FROM mails WHERE state = 'dead'",
		"SELECT count(*) FROM mails WHERE state = 'waiting'", "SELECT count(*) FROM notice_events e WHERE EXISTS (SELECT 1 FROM notices n WHERE n.event_id = e.id)",
	} {
		var n int64
		if err := o.DB.Read(context.Background()).Raw(query).Scan(&n).Error; err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(n))
	}
	return strings.Join(out, " ")
}

func TestWhatWasReadAndSentIsTidiedAfterItsDaysAndNothingElse(t *testing.T) {
	eachMailingOffice(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		if err := o.Exec(ctx, "DELETE FROM notice_events"); err != nil {
			t.Fatal(err)
		}
		o.sink.Plan(smtpsink.Never) // the first letter is given up, the second goes out
		o.offers(t)
		o.posts(t, "{dead 1}")
		o.offers(t)
		o.posts(t, "{dead 1} {sent 1}")
		o.offers(t) // the third waits, and is not read
		town := o.As(t, "town-officer")
		var v notice.InboxView
		town.Get(t, "/notices", &v)
		town.Do(t, kit.Request{Method: "POST", Path: "/notices/read", Body: fmt.Sprintf(`{"up_to":%d}`, v.Items[1].ID)})
		tidies := func(days int, want string) {
			t.Helper()
			o.DB.SetOffset(time.Duration(days) * 24 * time.Hour)
			if _, err := o.mail.Notice.Tidy(ctx); err != nil {
				t.Fatal(err)
			}
			if got := o.left(t); got != want {
				t.Errorf("after %d days %q is left (notices, mails sent, dead, waiting, events), want %q", days, got, want)
			}
		}
		all := o.left(t) // three offers, each told to four people of the town
		tidies(89, all)
		tidies(91, strings.Replace(all, " 1 1 1 ", " 0 1 1 ", 1))
		tidies(179, strings.Replace(all, " 1 1 1 ", " 0 1 1 ", 1))
		// Of twelve notices one was read whose mail is gone; the other's mail was given up.
		tidies(181, "11 0 1 1 3")
		if n, err := o.mail.Notice.Digest(ctx); err != nil || n != 0 {
			t.Errorf("%d digests were written of what was sent before: %v", n, err)
		}
		o.DB.SetOffset(0)
		var rest notice.InboxView
		town.Get(t, "/notices", &rest)
		if rest.Unread != 1 || len(rest.Items) != 2 {
			t.Errorf("%d unread in %d threads are left", rest.Unread, len(rest.Items))
		}
		var dead struct{ Items []struct{ ID int64 } }
		o.As(t, "system-admin").Get(t, "/settings/mails", &dead)
		if len(dead.Items) != 1 {
			t.Errorf("%d dead letters are shown", len(dead.Items))
		}
	})
}
