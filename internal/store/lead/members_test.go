package lead_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// secret registers a restricted lead for the Shenzhen group and offers it to
// the bureau, naming the bureau's officer, who by the role alone sees every
// normal lead.
func secret(t *testing.T, w *world, l id.Lead) lead.HandoffView {
	t.Helper()
	h, err := w.lead.HandOff(context.Background(), w.as(t, "wg-shenzhen"), l, lead.Order{
		To: w.unit(t, "zs-ipb"), Reason: "请定去向", Ask: "请安排考察", Members: []id.User{w.as(t, "bureau").User},
	})
	must(t, err)
	return h
}

func TestWhoWasNamedForAnOfferThatLedNowhereSeesARestrictedLeadNoMore(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		d := draft("示例光电")
		d.Restricted = true
		v, err := w.lead.Create(context.Background(), w.as(t, "wg-shenzhen"), d)
		must(t, err)
		sees := func(when string, want ...string) {
			t.Helper()
			if got := w.titles(t, "bureau", lead.Filter{}); !slices.Equal(got, want) {
				t.Errorf("%s the officer sees %v", when, got)
			}
		}
		h := secret(t, w, v.ID)
		sees("while it is on offer", "示例光电项目")
		answer(t, w, "bureau", h.ID, lead.Refused)
		sees("after refusing")
		h = secret(t, w, v.ID)
		answer(t, w, "wg-shenzhen", h.ID, lead.WithdrawnOffer)
		sees("after the withdrawal")
		h = secret(t, w, v.ID)
		w.later(time.Until(h.DueAt) + time.Millisecond)
		sees("after the deadline")
		h = secret(t, w, v.ID)
		answer(t, w, "bureau", h.ID, lead.Accepted)
		w.later(time.Until(h.DueAt) + time.Hour)
		sees("after accepting, whatever the deadline was", "示例光电项目")
	})
}

func TestWhoIsAMemberForAnotherReasonStaysOneWhenTheOfferLeadsNowhere(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		d := draft("示例光电")
		d.Restricted = true
		v, err := w.lead.Create(ctx, w.as(t, "wg-shenzhen"), d)
		must(t, err)
		officer := w.as(t, "bureau").User
		h := secret(t, w, v.ID)
		must(t, w.lead.ChangeMember(ctx, w.as(t, "wg-shenzhen"), v.ID, officer, true))
		members, err := w.lead.Members(ctx, w.as(t, "wg-shenzhen"), v.ID)
		must(t, err)
		if len(members) != 2 {
			t.Errorf("the lead has the members %+v", members)
		}
		answer(t, w, "bureau", h.ID, lead.Refused)
		h = secret(t, w, v.ID)
		answer(t, w, "wg-shenzhen", h.ID, lead.WithdrawnOffer)
		if got := w.titles(t, "bureau", lead.Filter{}); !slices.Equal(got, []string{"示例光电项目"}) {
			t.Errorf("the named officer sees %v", got)
		}
		must(t, w.lead.ChangeMember(ctx, w.as(t, "wg-shenzhen"), v.ID, officer, false))
		if got := w.titles(t, "bureau", lead.Filter{}); len(got) != 0 {
			t.Errorf("who is no member any more sees %v", got)
		}
	})
}

func TestWhoWasNamedForHelpSeesARestrictedLeadNoMoreWhenTheHelpEnds(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx, holder := context.Background(), w.as(t, "wg-shenzhen")
		d := draft("示例光电")
		d.Restricted = true
		v, err := w.lead.Create(ctx, holder, d)
		must(t, err)
		help := func() lead.HelperView {
			t.Helper()
			list, err := w.lead.AddHelper(ctx, holder, v.ID, lead.HelperDraft{
				UnitID: w.unit(t, "zs-ipb"), Reason: "产业政策", Members: []id.User{w.as(t, "bureau").User},
			})
			must(t, err)
			return list[len(list)-1]
		}
		sees := func(when string, want ...string) {
			t.Helper()
			if got := w.titles(t, "bureau", lead.Filter{}); !slices.Equal(got, want) {
				t.Errorf("%s the officer sees %v", when, got)
			}
		}
		helper := help()
		sees("while the bureau helps", "示例光电项目")
		must(t, w.lead.EndHelper(ctx, holder, v.ID, helper.ID))
		sees("after the help")
		must(t, w.lead.ChangeMember(ctx, holder, v.ID, w.as(t, "bureau").User, true))
		helper = help()
		must(t, w.lead.EndHelper(ctx, holder, v.ID, helper.ID))
		sees("named for good before the help", "示例光电项目")
	})
}
