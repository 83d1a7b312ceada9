package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/lead"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// shared is who has which share of the credit of a lead now.
func shared(t *testing.T, k *kit.Kit, c kit.Cell) string {
	t.Helper()
	var rows []struct {
		Slug        string
		BasisPoints int64
	}
	err := k.DB.Read(t.Context()).Raw("SELECT u.slug, s.basis_points FROM lead_shares s JOIN units u ON u.id = s.unit_id WHERE s.lead_id = ? AND s.until > ? ORDER BY s.basis_points DESC",
		c.Lead, time.Now().UTC().Add(100*24*time.Hour)).Scan(&rows).Error
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(rows)
}

func TestCoHoldersOfARulingHelpAndNobodyEndsThatByHand(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		t.Cleanup(func() { k.DB.SetOffset(0) })
		ctx, begin := context.Background(), evening()
		k.DB.SetOffset(begin)
		c := fresh(t, k, false)
		quietly(t, k)
		d := disputes(t, k, c, "town-officer")
		k.DB.SetOffset(begin + 10*24*time.Hour)
		does(t, k.As(t, "bureau-head"), on(d, "rule"), fmt.Sprintf(`{"outcome":"shared","holder_unit_id":%d,"reason":"共同引荐","shares":[`+
			`{"unit_id":%d,"percent":60},{"unit_id":%d,"percent":30},{"unit_id":%d,"percent":10}]}`,
			k.Unit(ctx, "wg-shenzhen"), k.Unit(ctx, "wg-shenzhen"), k.Unit(ctx, "huangpu"), k.Unit(ctx, "com")))
		if got := shared(t, k, c); got != "[{wg-shenzhen 6000} {huangpu 3000} {com 1000}]" {
			t.Errorf("the shares are %s", got)
		}
		// A party learns it by the ruling, who is none as a new helper.
		tell(t, k)
		finds(t, k.As(t, "third"), 1, c.Title()+" helper.added")
		finds(t, k.As(t, "staff-huangpu"), 3, c.Title()+" dispute.ruled dispute.escalated dispute.opened")
		head := k.As(t, "group-head")
		var v struct{ Items []lead.HelperView }
		head.Get(t, fmt.Sprintf("/leads/%d/helpers", c.Lead), &v)
		if len(v.Items) != 2 {
			t.Fatalf("%d helpers", len(v.Items))
		}
		for _, h := range v.Items {
			if !h.ByRule || len(h.Can) != 0 {
				t.Errorf("the co-holder is %+v", h)
			}
			end := kit.Request{Method: "DELETE", Path: fmt.Sprintf("/leads/%d/helpers/%d", c.Lead, h.ID), IfMatch: "1", Unit: head.Roles[0].Unit}
			if got := head.Do(t, end).Brief(); got != "409 helper.by_rule" {
				t.Errorf("ending the help of a co-holder: %s", got)
			}
		}
		// A later ruling takes the shares from them and leaves one holder.
		again := disputes(t, k, c, "foreign")
		k.DB.SetOffset(begin + 20*24*time.Hour)
		does(t, k.As(t, "bureau-head"), on(again, "rule"), fmt.Sprintf(`{"outcome":"reassigned","holder_unit_id":%d,"reason":"重新核定"}`, k.Unit(ctx, "iit")))
		if got, now := shared(t, k, c), holder(t, k, c); got != "[]" && got != "[{iit 10000}]" || now != k.Unit(ctx, "iit") {
			t.Errorf("the shares are %s, the holder is %d", got, now)
		}
	})
}
