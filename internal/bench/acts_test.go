package bench_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/store"
)

// withoutLimits lets one person ask the duplicate check as often as a
// measurement does. A program that runs already has read the old number.
func withoutLimits(b *testing.B, db *store.DB) {
	b.Helper()
	ctx := context.Background()
	err := db.InTx(ctx, func(tx *store.Tx) error {
		return tx.DB(ctx).Exec("UPDATE city_rules SET value = 1000000000 WHERE key IN ('duplicate_check_person', 'duplicate_check_unit')").Error
	})
	if err != nil {
		b.Fatal(err)
	}
}

// investor is how a reported investor is known.
type investor struct {
	Name string  `json:"investor_name"`
	Code *string `json:"credit_code"`
}

// known returns an investor of a lead that the person holds; with a credit
// code.
func (c *client) known(b *testing.B, who string) investor {
	b.Helper()
	var page struct{ Items []investor }
	c.into(b, &page, c.do(b, http.StatusOK, who, http.MethodGet, "/leads?part=owner&limit=100", nil))
	for _, i := range page.Items {
		if i.Code != nil && i.Name != "" {
			return i
		}
	}
	b.Fatalf("%s holds no investor with a code", who)
	return investor{}
}

// duplicates asks whether somebody reported an investor: by what is exactly
// the same, by what is alike, by words that thousands of names share, and for
// somebody whom nobody knows. All of it is asked by the group, so that its
// own lead and that of another unit can be compared.
func (c *client) duplicates(b *testing.B) {
	check := func(name string, body map[string]any) {
		measure(b, "duplicates/"+name, func(b *testing.B) {
			c.do(b, http.StatusOK, group, http.MethodPost, "/duplicates/check", body)
		})
	}
	own, foreign := c.known(b, group), c.known(b, town)
	slip := []rune(foreign.Name)
	slip[4] = '鑫'
	check("own-name", map[string]any{"investor_name": own.Name})
	check("foreign-name", map[string]any{"investor_name": foreign.Name})
	check("own-code", map[string]any{"credit_code": *own.Code})
	check("foreign-code", map[string]any{"credit_code": *foreign.Code})
	check("name-and-code", map[string]any{"investor_name": foreign.Name, "credit_code": *foreign.Code})
	check("a-slip", map[string]any{"investor_name": string(slip)})
	check("common-words", map[string]any{"investor_name": "中山市示例电子科技有限公司"})
	check("unknown-name", map[string]any{"investor_name": "从未出现过的公司"})
	check("unknown-code", map[string]any{"credit_code": "91442000MAX9K7P2QA"})
}

// circulation reads what moves leads on: inbox, clocks, pool, custody.
func (c *client) circulation(b *testing.B) {
	var page struct{ Items []struct{ ID int64 } }
	c.into(b, &page, c.do(b, http.StatusOK, town, http.MethodGet, "/leads?part=owner&limit=1", nil))
	lead := fmt.Sprintf("/leads/%d", page.Items[0].ID)
	c.get(b, "inbox", town, "/notices")
	c.get(b, "clocks/town", town, "/clocks?result=running")
	c.get(b, "clocks/bureau", bureau, "/clocks?result=running")
	c.get(b, "clocks/lead", town, lead+"/clocks")
	c.get(b, "on-time/town", town, "/clocks/ontime")
	c.get(b, "on-time/leader", leader, "/clocks/ontime")
	c.get(b, "custody", town, lead+"/custody")
	c.get(b, "handoffs/in", town, "/handoffs?box=in")
	c.get(b, "handoffs/out", town, "/handoffs?box=out")
	c.get(b, "handoffs/lapsed", bureau, "/handoffs/lapsed")
	c.get(b, "pool/idle", bureau, "/handoffs/pool")
	c.get(b, "registrations", bureau, "/registrations")
	c.get(b, "disputes", town, "/disputes")
	c.get(b, "check-users", bureau, "/duplicates/users")
	c.get(b, "workbench/leader", leader, "/workbench")
	c.get(b, "workbench/bureau", bureau, "/workbench")
}

// offer hands a lead on with everything that its amount and its track demand,
// and takes the offer back.
func (c *client) offer(b *testing.B) {
	var made struct{ ID int64 }
	c.into(b, &made, c.do(b, http.StatusCreated, group, http.MethodPost, "/leads", map[string]any{
		"title": "基准打包项目", "investor_name": "示例基准打包实业有限公司", "source_channel": "visit", "summary": "演示：基准测试的虚构线索。",
		"planned_cents": 1_500_000_000_00, "track": "land", "land_sqm": 66_667, "next_step": "现场看地",
	}))
	lead := fmt.Sprintf("/leads/%d", made.ID)
	c.do(b, http.StatusCreated, group, http.MethodPost, lead+"/contacts", map[string]any{"name": "示例联系人", "title": "投资总监"})
	measure(b, "offer-with-package", func(b *testing.B) {
		var offer struct{ ID int64 }
		c.into(b, &offer, c.do(b, http.StatusCreated, group, http.MethodPost, lead+"/handoffs", map[string]any{
			"to_unit_id": c.units[town], "reason": "用地在镇里", "ask": "请安排看地", "parts": []string{"contacts", "files", "notes"},
		}))
		c.do(b, http.StatusOK, group, http.MethodPost, fmt.Sprintf("/handoffs/%d/withdraw", offer.ID), map[string]any{"reason": "基准测试"})
	})
}

// calendar edits one day of the office calendar: every open clock on whose
// time it lies follows in the same transaction.
func (c *client) calendar(b *testing.B) {
	var year struct{ Today string }
	c.into(b, &year, c.do(b, http.StatusOK, admin, http.MethodGet, "/calendar", nil))
	today, err := clock.ParseDate(year.Today)
	if err != nil {
		b.Fatal(err)
	}
	off, moved := false, 0
	measure(b, "calendar-day", func(b *testing.B) {
		off = !off
		moved = c.editDay(b, today.AddDays(1), !off)
	})
	if moved == 0 {
		b.Error("the edit moved no clock")
	}
	b.Logf("each edit moved %d clocks", moved)
}

// editDay says whether a day is worked, and returns how many clocks followed.
func (c *client) editDay(b *testing.B, day clock.Date, working bool) int {
	b.Helper()
	var year struct {
		Days []struct {
			Date    clock.Date
			Version int64
		}
	}
	c.into(b, &year, c.do(b, http.StatusOK, admin, http.MethodGet, fmt.Sprintf("/calendar?year=%d", day.Year()), nil))
	var version int64
	for _, d := range year.Days {
		if d.Date == day {
			version = d.Version
		}
	}
	c.match = fmt.Sprintf("\"%d\"", version)
	defer func() { c.match = "" }()
	var change struct{ Moved int }
	c.into(b, &change, c.do(b, http.StatusOK, admin, http.MethodPut, "/calendar/days/"+day.String(),
		map[string]any{"working": working, "name": "停工", "source": "基准测试"}))
	return change.Moved
}
