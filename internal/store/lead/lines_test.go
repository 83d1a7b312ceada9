package lead_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// lines returns the audit lines of a lead in their order, each as its kind,
// the person's login and what was recorded of the change.
func (w *world) lines(t *testing.T, l id.Lead) []string {
	t.Helper()
	var rows []struct{ Kind, Username, Changes, Reason string }
	must(t, w.db.Read(context.Background()).Raw("SELECT e.kind, COALESCE(u.username, '') AS username, e.changes, e.reason FROM audit_events e "+
		"LEFT JOIN users u ON u.id = e.user_id WHERE e.lead_id = ? AND e.outcome = 'done' ORDER BY e.id", l).Scan(&rows).Error)
	var out []string
	for _, r := range rows {
		out = append(out, r.Kind+" "+r.Username)
		for _, secret := range []string{"陈示例", "13800000000", "13800000001", "a@example.org"} {
			if strings.Contains(r.Changes+r.Reason, secret) {
				t.Errorf("%s holds the contact's %q: %s", r.Kind, secret, r.Changes)
			}
		}
	}
	return out
}

func value[T any](v T) lead.Opt[T] { return lead.Opt[T]{Set: true, Value: &v} }

func TestEveryActOnALeadLeavesItsAuditLine(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx, head := context.Background(), w.as(t, "wg-shenzhen-head")
		phone := "13800000000"
		d := draft("示例光电")
		d.Restricted = true
		d.Contact = &lead.ContactDraft{Name: "陈示例", Phone: &phone}
		v, err := w.lead.Create(ctx, head, d)
		must(t, err)
		l := v.ID
		_, err = w.lead.Edit(ctx, head, l, v.Version, lead.Edit{Title: value("新名称")})
		must(t, err)
		_, err = w.lead.ChangeStage(ctx, head, l, v.Version+1, lead.Move{To: lead.Qualified})
		must(t, err)
		n, err := w.lead.AddNote(ctx, head, l, "纪要")
		must(t, err)
		_, err = w.lead.EditNote(ctx, head, l, n.ID, n.Version, "改过的纪要")
		must(t, err)
		must(t, w.lead.DeleteNote(ctx, head, l, n.ID, n.Version+1))
		c, err := w.lead.AddContact(ctx, head, l, lead.ContactDraft{Name: "陈示例", Phone: &phone})
		must(t, err)
		_, err = w.lead.EditContact(ctx, head, l, c.ID, c.Version, lead.ContactEdit{Phone: value("13800000001"), Email: value("a@example.org")})
		must(t, err)
		must(t, w.lead.DeleteContact(ctx, head, l, c.ID, c.Version+1))
		f, err := w.lead.AddFile(ctx, head, l, "a.txt", strings.NewReader("x"))
		must(t, err)
		_, content, err := w.lead.OpenFile(ctx, head, l, f.ID)
		must(t, err)
		_, err = io.Copy(io.Discard, content)
		must(t, err)
		must(t, content.Close())
		must(t, w.lead.DeleteFile(ctx, head, l, f.ID))
		other := w.as(t, "wg-shenzhen").User
		must(t, w.lead.ChangeMember(ctx, head, l, other, true))
		must(t, w.lead.ChangeMember(ctx, head, l, other, false))
		_, err = w.lead.Edit(ctx, head, l, v.Version+2, lead.Edit{Confidentiality: value("normal")})
		must(t, err)
		w.relay(t, l)
		var contact id.Contact
		must(t, w.db.Read(ctx).Raw("SELECT min(id) FROM contacts WHERE lead_id = ?", l).Scan(&contact).Error)
		_, err = w.lead.Reveal(ctx, w.as(t, "leader"), l, contact, "陪同考察")
		must(t, err)
		town := w.as(t, "huangpu-head")
		now, err := w.lead.Get(ctx, town, l)
		must(t, err)
		must(t, w.lead.Delete(ctx, town, l, now.Version, "重复登记"))
		want := strings.Fields("contact.added/wg-shenzhen-head lead.created/wg-shenzhen-head lead.edited/wg-shenzhen-head " +
			"lead.stage_changed/wg-shenzhen-head note.added/wg-shenzhen-head note.edited/wg-shenzhen-head note.deleted/wg-shenzhen-head " +
			"contact.added/wg-shenzhen-head contact.edited/wg-shenzhen-head contact.deleted/wg-shenzhen-head file.added/wg-shenzhen-head " +
			"file.read/wg-shenzhen-head file.deleted/wg-shenzhen-head lead.member_named/wg-shenzhen-head lead.member_ended/wg-shenzhen-head " +
			"lead.edited/wg-shenzhen-head handoff.offered/wg-shenzhen handoff.refused/huangpu handoff.offered/wg-shenzhen " +
			"handoff.withdrawn/wg-shenzhen handoff.offered/wg-shenzhen handoff.expired/ handoff.offered/wg-shenzhen handoff.accepted/huangpu " +
			"contact.revealed/leader lead.deleted/huangpu-head")
		for i := range want {
			want[i] = strings.Replace(want[i], "/", " ", 1)
		}
		if got := w.lines(t, l); !slices.Equal(got, want) {
			t.Errorf("the audit holds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// relay offers the lead until it is accepted: refused, withdrawn, expired.
func (w *world) relay(t *testing.T, l id.Lead) {
	t.Helper()
	answer(t, w, "huangpu", offer(t, w, "wg-shenzhen", l, "huangpu").ID, lead.Refused)
	answer(t, w, "wg-shenzhen", offer(t, w, "wg-shenzhen", l, "huangpu").ID, lead.WithdrawnOffer)
	offer(t, w, "wg-shenzhen", l, "huangpu")
	w.later(60 * 24 * time.Hour)
	n, err := w.lead.ExpireOffers(context.Background())
	must(t, err)
	if n != 1 {
		t.Errorf("%d offers expired", n)
	}
	if got := offer(t, w, "wg-shenzhen", l, "huangpu"); got.State != lead.Offered {
		t.Errorf("the last offer is %s", got.State)
	} else {
		answer(t, w, "huangpu", got.ID, lead.Accepted)
	}
}
