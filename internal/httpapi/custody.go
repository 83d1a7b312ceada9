package httpapi

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/exchange"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org"
)

// custodyFile serves the chain of custody as a workbook.
type custodyFile struct {
	service *lead.Service
	org     *org.Service
}

func (h custodyFile) routes(r *Router) {
	route(r, "GET", "/leads/{id}/custody.xlsx", access.LeadRead, h.workbook,
		Summary("Who held a lead, and why it moved, as an Excel file."))
}

func (h custodyFile) workbook(ctx context.Context, actor access.Actor, in *oneLead) (*Download, error) {
	sheet, err := h.service.ExportCustody(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	d, err := h.org.Directory(ctx)
	if err != nil {
		return nil, err
	}
	w := custodyWords{lang: callOf(ctx).lang, directory: d}
	content, err := exchange.Workbook(w.holdings(sheet), w.branches(sheet))
	if err != nil {
		return nil, err
	}
	name := "custody-" + sheet.Code + ".xlsx"
	return NewDownload(name, exchange.MIME, int64(len(content)), io.NopCloser(bytes.NewReader(content))), nil
}

// custodyWords puts a chain of custody into the caller's language.
type custodyWords struct {
	lang      language
	directory *org.Directory
}

func (w custodyWords) say(zh, en string) string {
	return Text{zh, en}.in(w.lang)
}

func (w custodyWords) unit(unit id.Unit) string {
	u, _ := w.directory.Unit(unit)
	return w.say(u.NameZH, u.NameEN)
}

func (w custodyWords) label(labels []Label, code string) string {
	l := byCode(labels)[code]
	return w.say(l.ZH, l.EN)
}

func (w custodyWords) heading(s lead.CustodySheet, title string) []string {
	return []string{
		title + " · " + s.Code, s.Title,
		w.say("截至 ", "As of ") + s.At.In(clock.Location()).Format("2006-01-02 15:04"),
	}
}

func (w custodyWords) holdings(s lead.CustodySheet) exchange.Sheet {
	out := exchange.Sheet{
		Name: w.say("交接链", "Custody"), Heading: w.heading(s, w.say("交接链", "Chain of custody")),
		Columns: []exchange.Column{
			{Title: "#", Width: 5},
			{Title: w.say("责任单位", "Holder"), Width: 28},
			{Title: w.say("起", "From"), Width: 17},
			{Title: w.say("止", "Until"), Width: 17},
			{Title: w.say("持有工作日", "Working days held"), Width: 12},
			{Title: w.say("方式", "How"), Width: 16},
			{Title: w.say("事由", "Why"), Width: 40},
			{Title: w.say("经办人", "By whom"), Width: 14},
			{Title: w.say("结果", "Outcome"), Width: 12},
			{Title: w.say("异议与裁定", "Objection and decision"), Width: 40},
		},
	}
	for i, h := range s.Items {
		out.Rows = append(out.Rows, []any{
			i + 1, w.unit(h.UnitID), h.FromAt, instantOf(h.Until), h.WorkingDays, w.how(h.Kind), w.why(h.Cause, h.Why),
			nameOf(h.By), w.label(handoffLabels(), string(h.State)), w.objection(h.Objection),
		})
	}
	return out
}

func (w custodyWords) branches(s lead.CustodySheet) exchange.Sheet {
	out := exchange.Sheet{
		Name: w.say("未成交接", "Not moved"), Heading: w.heading(s, w.say("未成交接", "Offers that did not move the lead")),
		Columns: []exchange.Column{
			{Title: "#", Width: 5},
			{Title: w.say("转出单位", "From"), Width: 28},
			{Title: w.say("拟接收单位", "To"), Width: 28},
			{Title: w.say("转出时间", "Offered"), Width: 17},
			{Title: w.say("答复期限", "Due"), Width: 17},
			{Title: w.say("状态", "State"), Width: 12},
			{Title: w.say("答复时间", "Answered"), Width: 17},
			{Title: w.say("转出理由", "Reason"), Width: 40},
			{Title: w.say("答复理由", "Answer"), Width: 40},
		},
	}
	for i, b := range s.Branches {
		out.Rows = append(out.Rows, []any{
			i + 1, w.unit(b.FromUnitID), w.unit(b.ToUnitID), b.OfferedAt, b.DueAt, w.label(handoffLabels(), string(b.State)),
			instantOf(b.AnsweredAt), w.why(b.Cause, b.Reason), b.AnswerReason,
		})
	}
	return out
}

func (w custodyWords) how(kind lead.HandoffKind) string {
	if kind == "" {
		return w.say("登记", "Registered")
	}
	return w.label(handoffKindLabels(), string(kind))
}

// why is the rule that moved the lead and what was said.
func (w custodyWords) why(cause lead.Cause, reason string) string {
	switch {
	case cause == "":
		return reason
	case reason == "":
		return w.label(causeLabels(), string(cause))
	}
	return w.label(causeLabels(), string(cause)) + ": " + reason
}

func (w custodyWords) objection(o *lead.Objection) any {
	if o == nil {
		return nil
	}
	text := w.say("异议：", "Objection: ") + o.Reason
	switch o.Decision {
	case lead.Uphold:
		text += w.say("；裁定维持：", "; upheld: ") + o.DecideReason
	case lead.Cancel:
		text += w.say("；裁定撤销：", "; cancelled: ") + o.DecideReason
	}
	return text
}

func instantOf(t *time.Time) any {
	if t == nil {
		return nil
	}
	return *t
}

func nameOf(p *lead.Person) any {
	if p == nil {
		return nil
	}
	return p.Name
}
