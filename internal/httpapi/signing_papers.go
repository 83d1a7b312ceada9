package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/exchange"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/signing"
)

// signingPapers serves the board of a month as a workbook and as a brief. Both
// are made of the very view that the page shows, so their totals are its.
type signingPapers struct {
	service *signing.Service
	org     *org.Service
}

func (h signingPapers) routes(r *Router) {
	route(r, http.MethodGet, "/signing-months/{month}/export", access.SigningRead, h.workbook, Summary("The board of a month as an Excel file."))
	route(r, http.MethodGet, "/signing-months/{month}/brief", access.SigningRead, h.brief, Summary("The board of a month as a Word brief."))
}

func (h signingPapers) read(ctx context.Context, actor access.Actor, month string) (signing.MonthView, signingWords, error) {
	m, err := signing.ParseMonth(month)
	if err != nil {
		return signing.MonthView{}, signingWords{}, err
	}
	v, err := h.service.Month(ctx, actor, m)
	if err != nil {
		return v, signingWords{}, err
	}
	slices.SortFunc(v.Items, byStanding)
	d, err := h.org.Directory(ctx)
	return v, signingWords{custodyWords{lang: callOf(ctx).lang, directory: d}}, err
}

func (h signingPapers) workbook(ctx context.Context, actor access.Actor, in *oneMonth) (*Download, error) {
	v, w, err := h.read(ctx, actor, in.Month)
	if err != nil {
		return nil, err
	}
	content, err := exchange.Workbook(w.cards(v), w.units(v), w.changes(v))
	if err != nil {
		return nil, err
	}
	return NewDownload("signing-"+in.Month+".xlsx", exchange.MIME, int64(len(content)), io.NopCloser(bytes.NewReader(content))), nil
}

func (h signingPapers) brief(ctx context.Context, actor access.Actor, in *oneMonth) (*Download, error) {
	v, w, err := h.read(ctx, actor, in.Month)
	if err != nil {
		return nil, err
	}
	content, err := exchange.Document(w.blocks(v)...)
	if err != nil {
		return nil, err
	}
	return NewDownload("signing-"+in.Month+".docx", exchange.DocumentMIME, int64(len(content)), io.NopCloser(bytes.NewReader(content))), nil
}

// byStanding orders cards as the page does: the signed, then the surest, then
// the largest first.
func byStanding(a, b signing.ItemView) int {
	rank := func(i signing.ItemView) int {
		if i.State == signing.Signed {
			return -1
		}
		return slices.Index(signing.Grades(), i.Grade)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Cents, a.Cents), cmp.Compare(a.ID, b.ID))
}

// signingWords puts a board into the caller's language.
type signingWords struct{ custodyWords }

func (w signingWords) chain(code string) string {
	if code == "" {
		return w.say("未定", "none")
	}
	c, _ := w.directory.Chain(code)
	return w.say(c.NameZH, c.NameEN)
}

// yuan is an amount in 10,000 yuan, as the papers write it.
func yuan(cents int64) float64 { return float64(cents) / 1_000_000 }

// amount writes an amount as people say it.
func (w signingWords) amount(cents int64) string {
	if w.lang == chinese {
		if cents >= 100_000_000_00 || cents <= -100_000_000_00 {
			return rounded(float64(cents)/100_000_000_00) + " 亿元"
		}
		return rounded(yuan(cents)) + " 万元"
	}
	return "¥" + rounded(yuan(cents)/100) + " million"
}

// figure is an amount in a table, where nothing is a dash.
func (w signingWords) figure(cents int64) string {
	if cents == 0 {
		return "—"
	}
	return w.amount(cents)
}

// change is an amount with its sign.
func (w signingWords) change(cents int64) string {
	if cents > 0 {
		return "+" + w.amount(cents)
	}
	return w.amount(cents)
}

// changed is a change in a table.
func (w signingWords) changed(cents int64) string {
	if cents == 0 {
		return "—"
	}
	return w.change(cents)
}

// rounded writes a number with separators and at most two places.
func rounded(n float64) string {
	text := strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", n), "0"), ".")
	whole, places, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if places != "" {
		whole += "." + places
	}
	if n < 0 && text != "-0" {
		return "-" + whole
	}
	return whole
}

func (w signingWords) title(v signing.MonthView) string {
	year, month, _ := strings.Cut(string(v.Month), "-")
	return w.say(year+"年"+strings.TrimLeft(month, "0")+"月签约计划（每月一签约）", "Signing plan "+string(v.Month))
}

func (w signingWords) state(v signing.MonthView) string {
	if v.State == "frozen" {
		return w.say("计划已于 ", "The plan was frozen on ") + v.CutOffOn.String() + w.say(" 冻结", "")
	}
	return w.say("计划将于 ", "The plan freezes on ") + v.CutOffOn.String() + w.say(" 冻结", "")
}

func (w signingWords) heading(v signing.MonthView) []string {
	return []string{w.title(v), w.state(v), w.sentence(v.Sums), w.say("金额单位：万元", "Amounts in 10,000 yuan")}
}

// sentence is the identity of the month in words.
func (w signingWords) sentence(s signing.Sums) string {
	return fmt.Sprintf(w.say("冻结计划 %d 项 %s − 调出 %d 项 %s + 调入 %d 项 %s + 金额调整 %s = 现计划 %d 项 %s；已签约 %d 项 %s。",
		"Frozen %d, %s − out %d, %s + in %d, %s + changes %s = now %d, %s; signed %d, %s."),
		s.Frozen.Count, w.amount(s.Frozen.Cents), s.Out.Count, w.amount(s.Out.Cents), s.In.Count, w.amount(s.In.Cents), w.amount(s.Change.Cents),
		s.Actual.Count, w.amount(s.Actual.Cents), s.Signed.Count, w.amount(s.Signed.Cents))
}

func (w signingWords) grade(g signing.Grade) string {
	switch g {
	case signing.Sure:
		return w.say("确定", "sure")
	case signing.Likely:
		return w.say("较大把握", "likely")
	}
	return w.say("争取", "possible")
}

func (w signingWords) standing(s signing.State) string {
	if s == signing.Signed {
		return w.say("已签约", "signed")
	}
	return w.say("待签约", "planned")
}

// ready lists what is still missing before a signing.
func (w signingWords) missing(i signing.ItemView) string {
	var out []string
	for _, one := range []struct {
		there  bool
		zh, en string
	}{
		{i.TextAgreed, "文本", "text"},
		{i.SiteReady, "载体", "site"},
		{i.IncentivesReviewed, "政策", "incentives"},
		{i.LegalOpinion, "法律意见", "legal opinion"},
		{i.FairCompetition, "公平竞争审查", "fair competition"},
	} {
		if !one.there {
			out = append(out, w.say(one.zh, one.en))
		}
	}
	if len(out) == 0 {
		return w.say("齐备", "ready")
	}
	return w.say("缺 ", "missing ") + strings.Join(out, w.say("、", ", "))
}

func day(i signing.ItemView) any {
	switch {
	case i.SignedOn != nil:
		return i.SignedOn.String()
	case i.PlannedOn != nil:
		return i.PlannedOn.String()
	}
	return nil
}

func (w signingWords) cards(v signing.MonthView) exchange.Sheet {
	out := exchange.Sheet{
		Name: w.say("签约计划", "Plan"), Heading: w.heading(v),
		Columns: []exchange.Column{
			{Title: "#", Width: 5},
			{Title: w.say("编号", "Code"), Width: 16},
			{Title: w.say("项目", "Project"), Width: 34},
			{Title: w.say("计划投资（万元）", "Amount"), Width: 14},
			{Title: w.say("落地单位", "Landing unit"), Width: 18},
			{Title: w.say("首谈单位", "First contact"), Width: 18},
			{Title: w.say("产业链", "Chain"), Width: 16},
			{Title: w.say("日期", "Day"), Width: 12},
			{Title: w.say("把握", "Grade"), Width: 10},
			{Title: w.say("准备", "Readiness"), Width: 28},
			{Title: w.say("主会场", "Main venue"), Width: 8},
			{Title: w.say("出席领导", "Leader"), Width: 16},
			{Title: w.say("状态", "State"), Width: 10},
		},
	}
	for n, i := range v.Items {
		out.Rows = append(out.Rows, []any{
			n + 1, i.Code, i.Title, yuan(i.Cents), w.unit(i.LandingUnitID), w.unit(i.FirstUnitID), w.chain(i.Chain), day(i), w.grade(i.Grade),
			w.missing(i), w.yes(i.MainVenue), i.Leader, w.standing(i.State),
		})
	}
	out.Totals = []int{len(out.Rows)}
	out.Rows = append(out.Rows, []any{nil, nil, w.say("合计", "Total"), yuan(v.Sums.Actual.Cents), nil, nil, nil, nil, nil, nil, nil, nil, nil})
	return out
}

func (w signingWords) yes(is bool) any {
	if is {
		return w.say("是", "yes")
	}
	return nil
}

func (w signingWords) units(v signing.MonthView) exchange.Sheet {
	out := exchange.Sheet{Name: w.say("分单位、分链", "Units and chains"), Heading: w.heading(v), Columns: []exchange.Column{{Title: w.say("单位或产业链", "Unit or chain"), Width: 26}}}
	for _, c := range w.figures() {
		out.Columns = append(out.Columns, exchange.Column{Title: c, Width: 14})
	}
	for _, u := range v.ByUnit {
		out.Rows = append(out.Rows, figuresOf(w.unit(u.UnitID), u.Sums))
	}
	out.Totals = []int{len(out.Rows)}
	out.Rows = append(out.Rows, figuresOf(w.say("全市", "City"), v.Sums))
	for _, c := range v.ByChain {
		out.Rows = append(out.Rows, figuresOf(w.say("产业链：", "Chain: ")+w.chain(c.Chain), c.Sums))
	}
	return out
}

func (w signingWords) figures() []string {
	return []string{
		w.say("冻结计划", "Frozen"), w.say("调出", "Out"), w.say("调入", "In"), w.say("调整", "Changes"), w.say("现计划", "Now"), w.say("已签约", "Signed"),
	}
}

func figuresOf(name string, s signing.Sums) []any {
	return []any{name, yuan(s.Frozen.Cents), yuan(s.Out.Cents), yuan(s.In.Cents), yuan(s.Change.Cents), yuan(s.Actual.Cents), yuan(s.Signed.Cents)}
}

func (w signingWords) kind(k signing.Kind) string {
	names := map[signing.Kind]Text{
		signing.Out: {"调出", "moved out"}, signing.Loss: {"流失", "lost"}, signing.In: {"调入", "moved in"},
		signing.Early: {"提前签约", "signed early"}, signing.Amount: {"金额调整", "amount"}, signing.Moved: {"调整单位或产业链", "unit or chain"},
	}
	return names[k].in(w.lang)
}

func (w signingWords) changes(v signing.MonthView) exchange.Sheet {
	out := exchange.Sheet{
		Name: w.say("冻结后变动", "Changes"), Heading: w.heading(v),
		Columns: []exchange.Column{
			{Title: w.say("时间", "At"), Width: 17},
			{Title: w.say("变动", "Change"), Width: 18},
			{Title: w.say("项目", "Project"), Width: 34},
			{Title: w.say("金额（万元）", "Amount"), Width: 14},
			{Title: w.say("落地单位", "Landing unit"), Width: 18},
			{Title: w.say("另一月份", "Other month"), Width: 12},
			{Title: w.say("原因", "Reason"), Width: 44},
		},
	}
	var sum int64
	for _, c := range v.Changes {
		sum += c.DeltaCents
		out.Rows = append(out.Rows, []any{c.At, w.kind(c.Kind), c.Title, yuan(c.DeltaCents), w.unit(c.LandingUnitID), string(c.OtherMonth), w.reason(c)})
	}
	out.Totals = []int{len(out.Rows)}
	out.Rows = append(out.Rows, []any{nil, nil, w.say("合计", "Total"), yuan(sum), nil, nil, nil})
	return out
}

// reason is why something changed: what somebody wrote, or that the lead's own
// door refused.
func (w signingWords) reason(c signing.ChangeView) string {
	if c.Refusal != "" {
		return w.say("仪式后确认时未达到“签约”阶段的条件", "the conditions of the stage “signed” were not met when the ceremony was confirmed")
	}
	return c.Reason
}

// blocks is the brief for the meeting.
func (w signingWords) blocks(v signing.MonthView) []exchange.Block {
	right := map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true}
	units := &exchange.Table{Columns: append([]string{w.say("单位", "Unit")}, w.figures()...), Right: right, Shares: []int{15, 10, 10, 10, 10, 10, 10}}
	for _, u := range v.ByUnit {
		units.Rows = append(units.Rows, w.row(w.unit(u.UnitID), u.Sums))
	}
	units.Rows = append(units.Rows, w.row(w.say("全市", "City"), v.Sums))
	cards := &exchange.Table{
		Columns: []string{w.say("项目", "Project"), w.say("金额", "Amount"), w.say("落地单位", "Landing unit"), w.say("把握", "Grade"), w.say("状态与准备", "State and readiness")},
		Right:   map[int]bool{1: true}, Shares: []int{30, 14, 18, 12, 26},
	}
	for _, i := range v.Items {
		state := w.standing(i.State)
		if i.State != signing.Signed {
			state = w.missing(i)
		}
		cards.Rows = append(cards.Rows, []string{i.Title, w.amount(i.Cents), w.unit(i.LandingUnitID), w.grade(i.Grade), state})
	}
	out := []exchange.Block{
		{Title: w.title(v)},
		{Text: w.state(v) + w.say("。", ".")},
		{Heading: w.say("一、总体情况", "1. Overall")},
		{Text: w.sentence(v.Sums)},
		{Heading: w.say("二、分单位情况", "2. By unit")},
		{Table: units},
		{Heading: w.say("三、签约项目", "3. Projects")},
		{Table: cards},
	}
	if len(v.Changes) > 0 {
		out = append(out, exchange.Block{Heading: w.say("四、冻结后变动及原因", "4. Changes since the freeze, and why")})
	}
	for n, c := range v.Changes {
		out = append(out, exchange.Block{Text: fmt.Sprintf(w.say("%d. %s，%s（%s）：%s", "%d. %s, %s (%s): %s"), n+1, c.Title, w.kind(c.Kind)+w.other(c), w.change(c.DeltaCents), w.reason(c))})
	}
	return out
}

// other tells where a signing went or came from.
func (w signingWords) other(c signing.ChangeView) string {
	switch {
	case c.OtherMonth == "":
		return ""
	case c.DeltaCount < 0:
		return w.say("至 ", " to ") + string(c.OtherMonth)
	}
	return w.say("自 ", " from ") + string(c.OtherMonth)
}

func (w signingWords) row(name string, s signing.Sums) []string {
	return []string{
		name, w.figure(s.Frozen.Cents), w.figure(s.Out.Cents), w.figure(s.In.Cents), w.changed(s.Change.Cents), w.figure(s.Actual.Cents), w.figure(s.Signed.Cents),
	}
}
