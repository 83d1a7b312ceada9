package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// does sends a body for a person's first unit and demands success.
func does(t *testing.T, p *kit.Person, path, body string) kit.Answer {
	t.Helper()
	a := p.Do(t, kit.Request{Method: http.MethodPost, Path: path, Body: body, Unit: p.Roles[0].Unit})
	if a.Status >= http.StatusBadRequest {
		t.Fatalf("%s: POST %s: %d %s", p.Username, path, a.Status, a.Body)
	}
	return a
}

// longWay lets a lead be refused twice, go to the pool by rule, be assigned,
// objected to, helped with, accepted, returned and moved by a ruling. Every
// reason is a text that a spreadsheet program would run.
func longWay(t *testing.T, k *kit.Kit) kit.Cell {
	t.Helper()
	c := fresh(t, k, false)
	group, town, third, bureau := k.As(t, "group-officer"), k.As(t, "town-head"), k.As(t, "third"), k.As(t, "bureau-head")
	at := fmt.Sprintf("/leads/%d", c.Lead)
	offers := func(p *kit.Person, to, reason string) int64 {
		var h struct{ ID int64 }
		does(t, p, at+"/handoffs", fmt.Sprintf(`{"to_unit_id":%d,"reason":%q,"ask":"请联系"}`, k.Unit(context.Background(), to), reason)).Into(t, &h)
		return h.ID
	}
	answers := func(p *kit.Person, h int64, how, reason string) {
		does(t, p, fmt.Sprintf("/handoffs/%d/%s", h, how), fmt.Sprintf(`{"reason":%q}`, reason))
	}
	answers(town, offers(group, "huangpu", `=HYPERLINK("http://x")`), "refuse", "+86 不合适")
	answers(third, offers(group, "com", "-1+2"), "refuse", "@SUM(A1)")
	var assigned struct{ ID int64 }
	does(t, bureau, at+"/assign", fmt.Sprintf(`{"to_unit_id":%d,"reason":"＝1+1","ask":"承接"}`, k.Unit(context.Background(), "huangpu"))).Into(t, &assigned)
	answers(town, assigned.ID, "object", "=无地")
	does(t, bureau, fmt.Sprintf("/handoffs/%d/decide", assigned.ID), `{"decision":"uphold","reason":"-可腾挪"}`)
	does(t, town, at+"/helpers", fmt.Sprintf(`{"unit_id":%d,"reason":"+协助"}`, k.Unit(context.Background(), "iit")))
	answers(third, offers(town, "com", "\t=1+1"), "accept", "")
	does(t, third, at+"/return", `{"reason":"  =退"}`)
	d := disputes(t, k, c, "foreign")
	k.DB.SetOffset(10 * 24 * time.Hour)
	does(t, bureau, on(d, "rule"), fmt.Sprintf(`{"outcome":"single","holder_unit_id":%d,"reason":"@先会谈"}`, k.Unit(context.Background(), "xiaolan")))
	return c
}

// words are the expected words of the file in one language.
type words struct {
	lang          string
	sheets        [2]string
	titles, heads [2]string // heads joined by |
	asOf          string
	kinds, states map[string]string
	refusals      string
	objection     func(o lead.Objection) string
	unit          func(zh, en string) string
}

func custodyIn() []words {
	return []words{
		{
			lang: "zh-CN", sheets: [2]string{"交接链", "未成交接"}, titles: [2]string{"交接链", "未成交接"}, asOf: "截至 ",
			heads: [2]string{
				"#|责任单位|起|止|持有工作日|方式|事由|经办人|结果|异议与裁定", "#|转出单位|拟接收单位|转出时间|答复期限|状态|答复时间|转出理由|答复理由",
			},
			kinds:    map[string]string{"": "登记", "offer": "转出", "referral": "转入线索池", "assignment": "指派", "return": "交还", "dispute": "争议办结"},
			states:   map[string]string{"": "", "accepted": "已接收", "refused": "已退回", "returned": "已交还", "passed_on": "已转交"},
			refusals: "多次退回，按规则转入线索池",
			objection: func(o lead.Objection) string {
				return "异议：" + o.Reason + "；裁定维持：" + o.DecideReason
			},
			unit: func(zh, _ string) string { return zh },
		},
		{
			lang: "en", sheets: [2]string{"Custody", "Not moved"}, titles: [2]string{"Chain of custody", "Offers that did not move the lead"}, asOf: "As of ",
			heads: [2]string{
				"#|Holder|From|Until|Working days held|How|Why|By whom|Outcome|Objection and decision",
				"#|From|To|Offered|Due|State|Answered|Reason|Answer",
			},
			kinds: map[string]string{
				"": "Registered", "offer": "Offer", "referral": "Referral to the pool", "assignment": "Assignment", "return": "Return", "dispute": "Dispute settled",
			},
			states:   map[string]string{"": "", "accepted": "Accepted", "refused": "Refused", "returned": "Returned", "passed_on": "Passed on"},
			refusals: "Refused too often: to the pool by rule",
			objection: func(o lead.Objection) string {
				return "Objection: " + o.Reason + "; upheld: " + o.DecideReason
			},
			unit: func(_, en string) string { return en },
		},
	}
}

// plain is a text as a cell may hold it.
func plain(text string) string {
	if rest := strings.TrimLeft(text, " "); rest != "" && strings.ContainsAny(rest[:1], "=+-@\t") || strings.HasPrefix(text, "＝") {
		return "'" + text
	}
	return text
}

func minute(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.In(clock.Location()).Format("2006-01-02 15:04")
}

func TestTheCustodyFileSaysCellByCellWhatTheProgramSays(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		t.Cleanup(func() { k.DB.SetOffset(0) })
		c := longWay(t, k)
		bureau := k.As(t, "bureau-head")
		var v lead.CustodyView
		bureau.Get(t, fmt.Sprintf("/leads/%d/custody", c.Lead), &v)
		units := []string{}
		for _, h := range v.Items {
			units = append(units, unitNames(t, k, h.UnitID)[2])
		}
		if got := strings.Join(units, " "); got != "xiaolan wg-shenzhen zs-ipb huangpu com huangpu xiaolan" || len(v.Branches) != 2 {
			t.Fatalf("the chain is %s with %d branches", got, len(v.Branches))
		}
		for _, w := range custodyIn() {
			a := bureau.Do(t, kit.Request{
				Method: "GET", Path: fmt.Sprintf("/leads/%d/custody.xlsx", c.Lead), Header: map[string]string{"Accept-Language": w.lang},
			})
			f, err := excelize.OpenReader(bytes.NewReader(a.Body))
			if err != nil {
				t.Fatal(err)
			}
			if got := f.GetSheetList(); !slices.Equal(got, w.sheets[:]) {
				t.Fatalf("sheets %q", got)
			}
			compare(t, f, w, 0, c, w.holdings(t, k, v))
			compare(t, f, w, 1, c, w.branches(t, k, v))
		}
	})
}

// unitNames are a unit's Chinese and English name and its slug.
func unitNames(t *testing.T, k *kit.Kit, unit id.Unit) [3]string {
	t.Helper()
	var n struct{ NameZH, NameEN, Slug string }
	if err := k.DB.Read(t.Context()).Raw("SELECT name_zh, name_en, slug FROM units WHERE id = ?", unit).Row().Scan(&n.NameZH, &n.NameEN, &n.Slug); err != nil {
		t.Fatal(err)
	}
	return [3]string{n.NameZH, n.NameEN, n.Slug}
}

func (w words) unitOf(t *testing.T, k *kit.Kit, unit id.Unit) string {
	n := unitNames(t, k, unit)
	return w.unit(n[0], n[1])
}

func (w words) why(cause lead.Cause, reason string) string {
	switch {
	case cause != "" && reason != "":
		return w.refusals + ": " + reason
	case cause != "":
		return w.refusals
	}
	return reason
}

func (w words) holdings(t *testing.T, k *kit.Kit, v lead.CustodyView) (rows [][]string) {
	for i, h := range v.Items {
		by, objection := "", ""
		if h.By != nil {
			by = h.By.Name
		}
		if h.Objection != nil {
			objection = w.objection(*h.Objection)
		}
		kind, known := w.kinds[string(h.Kind)]
		state, stated := w.states[string(h.State)]
		if !known || !stated {
			t.Fatalf("no word for %q or %q", h.Kind, h.State)
		}
		rows = append(rows, []string{
			strconv.Itoa(i + 1), w.unitOf(t, k, h.UnitID), minute(&h.FromAt), minute(h.Until), strconv.Itoa(h.WorkingDays), kind,
			w.why(h.Cause, h.Why), by, state, objection,
		})
	}
	return rows
}

func (w words) branches(t *testing.T, k *kit.Kit, v lead.CustodyView) (rows [][]string) {
	for i, b := range v.Branches {
		rows = append(rows, []string{
			strconv.Itoa(i + 1), w.unitOf(t, k, b.FromUnitID), w.unitOf(t, k, b.ToUnitID), minute(&b.OfferedAt), minute(&b.DueAt),
			w.states[string(b.State)], minute(b.AnsweredAt), w.why(b.Cause, b.Reason), b.AnswerReason,
		})
	}
	return rows
}

// compare reads every cell of a sheet, and none may be a formula.
func compare(t *testing.T, f *excelize.File, w words, n int, c kit.Cell, rows [][]string) {
	t.Helper()
	sheet, columns := w.sheets[n], strings.Split(w.heads[n], "|")
	got, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	want := append([][]string{{w.titles[n] + " · " + c.Code}, {c.Title()}, {w.asOf}, columns}, rows...)
	if len(got) != len(want) {
		t.Fatalf("%s has %d rows, want %d", sheet, len(got), len(want))
	}
	for r := range want {
		for col := range columns {
			text, should := textAt(got, r, col), textAt(want, r, col)
			if r == 2 && col == 0 {
				if !strings.HasPrefix(text, should) || len(text) != len(should)+len("2026-01-02 15:04") {
					t.Errorf("%s says %q of its instant", sheet, text)
				}
				continue
			}
			if r > 3 {
				should = plain(should)
			}
			name, err := excelize.CoordinatesToCellName(col+1, r+1)
			if err != nil {
				t.Fatal(err)
			}
			formula, err := f.GetCellFormula(sheet, name)
			if err != nil || formula != "" || text != should {
				t.Errorf("%s %s is %q (formula %q, %v), want %q", sheet, name, text, formula, err, should)
			}
		}
	}
}

func textAt(rows [][]string, r, c int) string {
	if c < len(rows[r]) {
		return rows[r][c]
	}
	return ""
}
