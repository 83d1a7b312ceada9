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
		kinds: map[string]string{
			"handoff.offered": "有线索移交给贵单位,待答复", "handoff.accepted": "移交已被接收", "handoff.refused": "移交被退回",
			"handoff.expired": "移交逾期未答复", "handoff.withdrawn": "移交已撤回", "handoff.returned": "线索已退回",
			"handoff.assigned": "线索已由投促局指派", "handoff.objected": "接收单位对指派提出异议", "handoff.passed_on": "线索已转交",
			"handoff.completed": "移交已办结", "handoff.decided": "对指派的异议已裁定", "pool.idle": "线索池中有线索闲置,尚无合适单位", "pool.referred": "线索已提交线索池", "pool.reoffered": "线索池中的线索已按规则再次移交,等待对方答复", "helper.added": "贵单位被列为协办",
			"helper.ended": "协办已结束", "clock.warned": "时限临近或已超过", "clock.paused": "时限已暂停", "clock.resumed": "时限已恢复",
			"clock.experts":      "研判时限因需专家而延长",
			"protection.granted": "首报保护已生效", "protection.pending": "首报待确认", "protection.confirmed": "首报已确认",
			"protection.rejected": "首报未获确认", "protection.lapsing": "首报保护即将到期", "protection.lapsed": "首报保护已失效",
			"protection.renewed": "首报保护已续期", "protection.overruled": "首报保护已被裁定变更", "dispute.opened": "有新的争议",
			"dispute.statement": "争议有新的陈述", "dispute.settled": "争议已协商解决", "dispute.ruled": "争议已裁定",
			"dispute.escalated": "争议已提请上级研究", "dispute.proposed": "争议有新的解决方案", "dispute.withdrawn": "争议已撤回", "signing.remarked": "市领导对签约计划有批示,请按期落实", "signing.task_reported": "批示任务已反馈", "signing.task_returned": "批示任务被退回,请继续落实", "signing.task_closed": "批示任务已办结", "review.asked": "有项目申请准入评审", "review.opinion_asked": "有准入评审征求贵单位意见", "review.opinion_given": "准入评审收到部门意见", "review.decided": "准入评审已有结论", "review.withdrawn": "准入评审已撤回", "review.condition_met": "准入评审条件已落实", "review.condition_reopened": "准入评审条件被退回继续落实", "ranking.previewed": "考核得分已可预览，请在异议期内核对", "ranking.objected": "有单位对考核提出异议", "ranking.answered": "考核异议已答复", "ranking.published": "考核结果已公布", "slip.issued": "收到督办单，请按期办理并答复", "slip.changed": "督办单内容有更正", "slip.received": "督办单已被签收", "slip.replied": "督办单已答复", "slip.returned": "督办单被退回，请继续办理", "slip.closed": "督办单已办结", "slip.withdrawn": "督办单已撤回", "slip.due_soon": "督办单即将到期", "slip.overdue": "督办单已逾期", "commitment.registered": "有对投资方的承诺由贵单位承办", "commitment.changed": "对投资方的承诺有修改", "commitment.handed_over": "对投资方的承诺已移交承办", "commitment.kept": "对投资方的承诺已兑现", "commitment.broken": "对投资方的承诺未能兑现", "commitment.released": "对投资方的承诺已解除", "commitment.reopened": "对投资方的承诺重新开启", "lead.merged": "线索已合并", "lead.unmerged": "合并已撤销", "lead.deleted": "线索已删除",
			"stage.changed": "阶段有变化", "confirmation.asked": "有项目阶段待贵单位确认", "confirmation.confirmed": "项目阶段已获外部确认", "confirmation.denied": "项目阶段未获外部确认", "update.opened": "本期项目月度更新开始填报", "update.due_soon": "项目月度更新即将到报送期限", "update.overdue": "项目月度更新已逾期未报送", "update.unlocked": "市投促局已解锁贵单位的月度更新", "note.added": "有新的跟进记录", "member.named": "您被列为该线索的知悉人员",
			"credit.proposed": "有指标分算提议待贵单位答复", "credit.agreed": "指标分算提议已获同意", "credit.refused": "指标分算提议未获同意", "credit.withdrawn": "指标分算提议已撤回", "credit.ruled": "指标分算比例已裁定", "credit.investor_replaced": "项目更换投资方,已重新计数",
		},
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
		kinds: map[string]string{
			"handoff.offered": "offered to your unit, waiting for an answer", "handoff.accepted": "the hand-off was accepted",
			"handoff.refused": "the hand-off was refused", "handoff.expired": "nobody answered the hand-off in time",
			"handoff.withdrawn": "the hand-off was withdrawn", "handoff.returned": "the lead was returned",
			"handoff.assigned": "the bureau assigned the lead", "handoff.objected": "the receiver objects to the assignment",
			"handoff.passed_on": "the lead was passed on", "handoff.completed": "the hand-off is complete",
			"handoff.decided": "the objection to the assignment was decided", "pool.idle": "the lead lies idle in the pool and nobody is left to ask",
			"pool.referred": "the lead went to the bureau's pool", "pool.reoffered": "the pool's lead was offered again by rule and waits for an answer",
			"helper.added": "your unit was named a helper", "helper.ended": "the help has ended",
			"clock.warned": "a time limit is near or over", "clock.paused": "a time limit was paused", "clock.resumed": "a time limit runs again",
			"clock.experts":      "an assessment got the longer limit for experts",
			"protection.granted": "first-report protection began", "protection.pending": "the first report waits for confirmation",
			"protection.confirmed": "the first report was confirmed", "protection.rejected": "the first report was not confirmed",
			"protection.lapsing": "first-report protection ends soon", "protection.lapsed": "first-report protection ended",
			"protection.renewed": "first-report protection was renewed", "protection.overruled": "a ruling changed first-report protection",
			"dispute.opened": "a dispute was opened", "dispute.statement": "a statement in the dispute", "dispute.settled": "the dispute was settled",
			"dispute.ruled": "the dispute was ruled", "dispute.escalated": "the dispute went to the next body",
			"dispute.proposed": "an outcome of the dispute was proposed", "dispute.withdrawn": "the dispute was withdrawn",
			"signing.remarked": "a leader's remark on the planned signing asks your unit to act", "signing.task_reported": "the unit reported on the remark",
			"signing.task_returned": "the remark's task was given back", "signing.task_closed": "the remark's task was closed",
			"review.asked": "an admission review is asked for", "review.opinion_asked": "an admission review asks for your unit's opinion",
			"review.opinion_given": "a department gave its opinion in the admission review", "review.decided": "the admission review is decided", "review.withdrawn": "the admission review was withdrawn",
			"review.condition_met": "a condition of the admission review is met", "review.condition_reopened": "a condition of the admission review is not met yet",
			"ranking.previewed": "the scores of your unit can be checked and objected to", "ranking.objected": "a unit objected to an assessment",
			"ranking.answered": "an objection to an assessment was answered", "ranking.published": "an assessment was published",
			"slip.issued": "your unit has a supervision slip to answer", "slip.changed": "a supervision slip was corrected", "slip.received": "a supervision slip was received",
			"slip.replied": "a supervision slip was answered", "slip.returned": "a supervision slip was sent back for more work", "slip.closed": "a supervision slip was closed",
			"slip.withdrawn": "a supervision slip was withdrawn", "slip.due_soon": "a supervision slip is due soon", "slip.overdue": "a supervision slip is overdue",
			"commitment.registered": "your unit keeps a commitment to the investor", "commitment.changed": "a commitment to the investor was corrected",
			"commitment.handed_over": "a commitment to the investor was handed over", "commitment.kept": "a commitment to the investor was kept", "commitment.broken": "a commitment to the investor was broken",
			"commitment.released": "the investor released a commitment", "commitment.reopened": "a commitment to the investor is open again",
			"credit.proposed": "a share of credit waits for your unit's answer", "credit.agreed": "the proposed share of credit was agreed to",
			"credit.refused": "the proposed share of credit was refused", "credit.withdrawn": "the proposed share of credit was taken back",
			"credit.ruled": "the share of credit was ruled", "credit.investor_replaced": "the investor was replaced and the project counted anew",
			"lead.merged": "the lead was merged", "lead.unmerged": "the merge was undone", "lead.deleted": "the lead was deleted", "stage.changed": "the stage changed",
			"confirmation.asked": "a stage waits for your unit's confirmation", "confirmation.confirmed": "the stage was confirmed from outside", "confirmation.denied": "the stage was not confirmed from outside",
			"update.opened": "the monthly report of projects has opened", "update.due_soon": "the monthly report of projects is due soon",
			"update.overdue": "the monthly report of projects is overdue", "update.unlocked": "the bureau opened your unit's monthly report again",
			"note.added": "a new note", "member.named": "you were named a member of the lead",
		},
	}
}
