package notice

import (
	"fmt"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
)

// Letter is a mail as it is handed over. It leaves the house: it names codes
// and what happened to them, never a title, an amount, a firm or a person.
type Letter struct {
	To        string
	MessageID string // without its brackets
	Subject   string
	Text      string
	At        time.Time
}

func mailSignal() event.Signal { return event.Signal{Mails: true} }

const english = "en"

// letter writes the mail in the language of its reader.
func (s *Service) letter(p Person, m Mail, lines []line) Letter {
	w := chinese()
	if p.Locale == english {
		w = englishWords()
	}
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s  %s\n", l.notice.What.At.In(clock.Location()).Format("2006-01-02 15:04"), w.sentence(l))
		if s.site != "" {
			b.WriteString("  " + s.link(l) + "\n")
		}
	}
	subject := fmt.Sprintf(w.digest, len(lines))
	if m.Kind == mailNotice {
		subject = w.sentence(lines[0])
	}
	return Letter{
		To: p.Email, MessageID: m.MessageID, At: m.At, Subject: "[" + s.product + "] " + subject,
		Text: b.String() + "\n" + fmt.Sprintf(w.foot, s.product) + "\n",
	}
}

func (s *Service) link(l line) string {
	if l.head == nil {
		return s.site + "/notices"
	}
	return s.site + "/leads/" + l.head.ID.String()
}

// words are the sentences of letters in one language.
type words struct {
	kinds  map[string]string
	topics map[Topic]string
	digest string
	foot   string
	join   string
}

// sentence says what happened, with the code of the lead.
func (w words) sentence(l line) string {
	what, known := w.kinds[l.notice.What.Kind]
	if !known {
		what = w.topics[TopicOf(l.notice.What.Kind)]
	}
	code := l.notice.What.Params["reference"]
	if l.head != nil {
		code = l.head.Code
	}
	if code == "" {
		return what
	}
	return code + w.join + what
}

func chinese() words {
	return words{
		join: ":", digest: "今日消息 %d 条", foot: "此邮件由 %s 自动发出,请勿回复。是否接收邮件、免打扰时段和每日汇总可在“我的 · 消息设置”中更改。",
		topics: map[Topic]string{
			Handoffs: "移交有新的进展", Clocks: "有时限需要关注", Protection: "首报保护有变化", Disputes: "争议有新的进展", Leads: "线索有新的动态",
		},
		kinds: with(chineseYear(), map[string]string{
			"handoff.offered": "有线索移交给贵单位,待答复", "handoff.accepted": "移交已被接收", "handoff.refused": "移交被退回", "handoff.expired": "移交逾期未答复",
			"handoff.withdrawn": "移交已撤回", "handoff.returned": "线索已退回", "handoff.assigned": "线索已由投促局指派", "handoff.objected": "接收单位对指派提出异议",
			"handoff.passed_on": "线索已转交", "handoff.completed": "移交已办结", "handoff.decided": "对指派的异议已裁定", "pool.idle": "线索池中有线索闲置,尚无合适单位",
			"pool.referred": "线索已提交线索池", "pool.reoffered": "线索池中的线索已按规则再次移交,等待对方答复", "helper.added": "贵单位被列为协办", "helper.ended": "协办已结束",
			"clock.warned": "时限临近或已超过", "clock.paused": "时限已暂停", "clock.resumed": "时限已恢复", "clock.experts": "研判时限因需专家而延长", "protection.granted": "首报保护已生效",
			"protection.pending": "首报待确认", "protection.confirmed": "首报已确认", "protection.rejected": "首报未获确认", "protection.lapsing": "首报保护即将到期",
			"protection.lapsed": "首报保护已失效", "protection.renewed": "首报保护已续期", "protection.overruled": "首报保护已被裁定变更", "dispute.opened": "有新的争议",
			"dispute.statement": "争议有新的陈述", "dispute.settled": "争议已协商解决", "dispute.ruled": "争议已裁定", "dispute.escalated": "争议已提请上级研究",
			"dispute.proposed": "争议有新的解决方案", "dispute.withdrawn": "争议已撤回", "lead.merged": "线索已合并", "lead.unmerged": "合并已撤销", "lead.deleted": "线索已删除",
			"stage.changed": "阶段有变化", "confirmation.asked": "有项目阶段待贵单位确认", "confirmation.confirmed": "项目阶段已获外部确认", "confirmation.denied": "项目阶段未获外部确认",
			"note.added": "有新的跟进记录", "member.named": "您被列为该线索的知悉人员",
		}),
	}
}

func englishWords() words {
	return words{
		join: ": ", digest: "%d notices today",
		foot: "Sent by %s without anybody at the keyboard; please do not answer. Mail, quiet hours and the daily digest are set under Me · Notice settings.",
		topics: map[Topic]string{
			Handoffs: "news of a hand-off", Clocks: "a time limit needs attention", Protection: "first-report protection changed",
			Disputes: "news of a dispute", Leads: "news of the lead",
		},
		kinds: with(englishYear(), map[string]string{
			"handoff.offered": "offered to your unit, waiting for an answer", "handoff.accepted": "the hand-off was accepted",
			"handoff.refused": "the hand-off was refused", "handoff.expired": "nobody answered the hand-off in time",
			"handoff.withdrawn": "the hand-off was withdrawn", "handoff.returned": "the lead was returned", "handoff.assigned": "the bureau assigned the lead",
			"handoff.objected": "the receiver objects to the assignment", "handoff.passed_on": "the lead was passed on",
			"handoff.completed": "the hand-off is complete", "handoff.decided": "the objection to the assignment was decided",
			"pool.idle": "the lead lies idle in the pool and nobody is left to ask", "pool.referred": "the lead went to the bureau's pool",
			"pool.reoffered": "the pool's lead was offered again by rule and waits for an answer", "helper.added": "your unit was named a helper",
			"helper.ended": "the help has ended", "clock.warned": "a time limit is near or over", "clock.paused": "a time limit was paused",
			"clock.resumed": "a time limit runs again", "clock.experts": "an assessment got the longer limit for experts",
			"protection.granted": "first-report protection began", "protection.pending": "the first report waits for confirmation",
			"protection.confirmed": "the first report was confirmed", "protection.rejected": "the first report was not confirmed",
			"protection.lapsing": "first-report protection ends soon", "protection.lapsed": "first-report protection ended",
			"protection.renewed": "first-report protection was renewed", "protection.overruled": "a ruling changed first-report protection",
			"dispute.opened": "a dispute was opened", "dispute.statement": "a statement in the dispute", "dispute.settled": "the dispute was settled",
			"dispute.ruled": "the dispute was ruled", "dispute.escalated": "the dispute went to the next body",
			"dispute.proposed": "an outcome of the dispute was proposed", "dispute.withdrawn": "the dispute was withdrawn", "lead.merged": "the lead was merged",
			"lead.unmerged": "the merge was undone", "lead.deleted": "the lead was deleted", "stage.changed": "the stage changed",
			"confirmation.asked": "a stage waits for your unit's confirmation", "confirmation.confirmed": "the stage was confirmed from outside",
			"confirmation.denied": "the stage was not confirmed from outside", "note.added": "a new note", "member.named": "you were named a member of the lead",
		}),
	}
}
