package report

import "slices"

// Text is a text in both languages.
type Text struct{ ZH, EN string }

// Measure is one figure of the cockpit, defined here and nowhere else: what it
// is called, what it says in one sentence, what it is counted in, by which
// rule, and where the rule comes from.
type Measure struct {
	Code     string
	Name     Text
	Sentence Text
	Unit     string // leads, yuan, days or percent
	Counting Text
	Source   Text

	// has tells whether a lead counts; nil for the figures of the signing
	// board, which counts planned signings.
	has func(q asked, f Fact) bool
	// figure names the lines of the signing board.
	figure string
	// monthly tells whether the measure can be asked of one of twelve months.
	monthly bool
}

// asked is what a measure is asked for.
type asked struct {
	Day
	month string // empty: as the measure says
}

// The measures.
const (
	New           = "leads.new"
	NewBefore     = "leads.new_before"
	InTalks       = "leads.in_talks"
	Live          = "leads.live"
	Stage         = "leads.stage"
	Stuck         = "stuck"
	Amber         = "amber"
	SignedYear    = "signed.year"
	StartedYear   = "started.year"
	ProducingYear = "producing.year"
	LostYear      = "lost.year"
	Signed        = "signed"
	Started       = "started"
	Producing     = "producing"
	Lost          = "lost"
	TalksAtEnd    = "in_talks_at_end"
	PlanSigning   = "signing.planned"
	DoneSigning   = "signing.signed"
	OpenSigning   = "signing.open"
	SlipSigning   = "signing.slipped"
)

// leads, and where a rule comes from.
const inLeads = "leads"

func assumed() Text {
	return Text{"假设，待市投促局确认", "assumption, to be confirmed by the bureau"}
}

func capability() Text {
	return Text{"领导驾驶舱需求；假设，待市投促局确认", "what leaders asked for; assumption"}
}

func board() Text { return Text{"每月一签约看板", "the signing board of the month"} }

func reviewed() Text {
	return Text{"中山投促函〔2025〕78号：框架协议不算签约", "中山投促函〔2025〕78号: framework agreements are no signings"}
}

// Measures is the catalogue in the order of the page.
func Measures() []Measure {
	return slices.Concat(standing(), flows(), years(), signings())
}

func standing() []Measure { return slices.Concat(fresh(), present(), ageing()) }

func fresh() []Measure {
	return []Measure{
		{
			Code: New, Unit: inLeads, Name: Text{"新增线索", "New leads"}, Source: capability(), monthly: true,
			Sentence: Text{"本月登记的线索数，与上月同期比较。", "Leads registered this month, beside the same days of the month before."},
			Counting: Text{"按登记日；重复、无效的不计；金额只加已知的人民币投资额。", "By the day of registration, without duplicates and mistakes; sums take in known amounts in CNY."},
			has: func(q asked, f Fact) bool {
				s := q.soFar()
				if q.month != "" {
					s = q.inMonth(q.month)
				}
				return !mistaken(f.Stage) && s.has(f.CreatedOn)
			},
		},
		{
			Code: NewBefore, Unit: inLeads, Name: Text{"上月同期新增", "New in the same days of the month before"}, Source: capability(),
			Sentence: Text{"上月同期（相同天数）登记的线索数。", "Leads registered in as many days of the month before."},
			Counting: Text{"同“新增线索”；上月没有的日期按上月最后一天。", "As new leads; where the month before is shorter, until its last day."},
			has:      func(q asked, f Fact) bool { return !mistaken(f.Stage) && q.before().has(f.CreatedOn) },
		},
	}
}

func present() []Measure {
	return []Measure{
		{
			Code: InTalks, Unit: inLeads, Name: Text{"在谈项目", "In talks"}, Source: capability(),
			Sentence: Text{"正在洽谈、评审或待签约的项目，按投资额分档。", "Projects in negotiation, in review or about to be signed, by amount."},
			Counting: Text{"阶段为洽谈、评审、待签约；投资额未知或非人民币的另列一档。", "In the stages negotiating, review, to sign; those without a known amount in CNY stand apart."},
			has:      func(_ asked, f Fact) bool { return inTalks(f.Stage) },
		},
		{
			Code: Live, Unit: inLeads, Name: Text{"在库项目", "Live leads"}, Source: capability(),
			Sentence: Text{"没有结束的全部线索和项目。", "All leads and projects that have not ended."},
			Counting: Text{"除流失、撤回、重复、转出、无效之外的各阶段，暂停的也计。", "In every stage but lost, withdrawn, duplicate, handed out of the city and invalid; paused ones count."},
			has:      func(_ asked, f Fact) bool { return live(f.Stage) },
		},
		{
			Code: Stage, Unit: inLeads, Name: Text{"漏斗", "Funnel"}, Source: capability(),
			Sentence: Text{"停在某一阶段的项目，及停留天数的中位数。", "Projects that stand in a stage, with the median of their days in it."},
			Counting: Text{"天数为自然日，从进入该阶段的当天算起。", "Days are calendar days since the day on which the stage began."},
			has:      func(_ asked, f Fact) bool { return slices.Contains(funnel(), f.Stage) },
		},
	}
}

func ageing() []Measure {
	return []Measure{
		{
			Code: Stuck, Unit: inLeads, Name: Text{"卡住的项目", "Stuck"}, Source: lifecycle(),
			Sentence: Text{"在当前阶段停留超过时限的项目。", "Projects that stand in their stage longer than its limit."},
			Counting: Text{"停留天数大于当日有效的生命周期为该类型、该阶段规定的天数。", "More days than the life cycle in force on the day gives the stage on the project's track."},
			has:      func(q asked, f Fact) bool { return live(f.Stage) && q.age(f.Track, f.Stage, f.Since).Red() },
		},
		{
			Code: Amber, Unit: inLeads, Name: Text{"临近超时", "Near the limit"}, Source: lifecycle(),
			Sentence: Text{"停留天数已过时限五分之四、尚未超时的项目。", "Projects past four fifths of the limit of their stage, not past all of it."},
			Counting: Text{"停留天数大于时限的 80%，不大于时限。", "More days than 80 % of the limit and no more than it."},
			has:      func(q asked, f Fact) bool { return live(f.Stage) && q.age(f.Track, f.Stage, f.Since).Amber() },
		},
		{
			Code: TalksAtEnd, Unit: inLeads, Name: Text{"月末在谈", "In talks at the month's end"}, Source: capability(), monthly: true,
			Sentence: Text{"每月最后一天在谈的项目，按当时所知。", "Projects in talks on the last day of each month, as was known then."},
			Counting: Text{"按月末一天结束时的记录；当月按所选日期。", "By what was on record when that day ended; for the running month the chosen day."},
			has:      func(_ asked, f Fact) bool { return inTalks(f.Stage) },
		},
	}
}

func lifecycle() Text {
	return Text{"生命周期中各阶段的时限", "the limits of the stages in the life cycle"}
}

// flow is what happened on a day of a lead.
type flow struct {
	kind string
	day  func(Fact) string
}

func flowsOf() []flow {
	return []flow{
		{New, func(f Fact) string {
			if mistaken(f.Stage) {
				return ""
			}
			return f.CreatedOn
		}},
		{Signed, func(f Fact) string { return f.SignedOn }},
		{Started, func(f Fact) string { return f.StartedOn }},
		{Producing, func(f Fact) string { return f.ProducedOn }},
		{Lost, func(f Fact) string { return f.LostOn }},
	}
}

// dayOf is the day on which something of the kind happened to a lead.
func dayOf(kind string, f Fact) string {
	for _, one := range flowsOf() {
		if one.kind == kind {
			return one.day(f)
		}
	}
	return ""
}

// happened are the words of a kind of event, for a month and for the year.
type happened struct {
	kind, year     string
	name, thisYear Text
	rule, source   Text
}

func events() []happened {
	return []happened{
		{
			Signed, SignedYear,
			Text{"签约项目", "Signed"},
			Text{"今年签约", "Signed this year"},
			Text{"按签约日；只计有约束力的协议，框架协议不计；退回到签约之前的不计。", "By the day of signing; binding agreements only, never a framework agreement, and not what was moved back."},
			reviewed(),
		},
		{
			Started, StartedYear,
			Text{"开工项目", "Started"},
			Text{"今年开工", "Started this year"},
			Text{"按开工日；退回到开工之前的不计。", "By the day of the start, without what was moved back."},
			assumed(),
		},
		{
			Producing, ProducingYear,
			Text{"投产项目", "Producing"},
			Text{"今年投产", "Producing this year"},
			Text{"按投产日；退回到投产之前的不计。", "By the day on which production began, without what was moved back."},
			assumed(),
		},
		{
			Lost, LostYear,
			Text{"流失项目", "Lost"},
			Text{"今年流失", "Lost this year"},
			Text{"按流失日；重新启动的不计；列出流向地。", "By the day of the loss, without what was reopened; the list names where it went."},
			assumed(),
		},
	}
}

func flows() []Measure {
	var out []Measure
	for _, e := range events() {
		out = append(out, Measure{
			Code: e.kind, Name: e.name, Unit: inLeads, Counting: e.rule, Source: e.source, monthly: true,
			Sentence: Text{"一个月内的" + e.name.ZH + "。", e.name.EN + " within a month."},
			has: func(q asked, f Fact) bool {
				month := q.month
				if month == "" {
					month = q.On.Month()
				}
				return q.inMonth(month).has(dayOf(e.kind, f))
			},
		})
	}
	return out
}

func years() []Measure {
	var out []Measure
	for _, e := range events() {
		out = append(out, Measure{
			Code: e.year, Name: e.thisYear, Unit: inLeads, Counting: e.rule, Source: e.source,
			Sentence: Text{"今年 1 月 1 日以来的" + e.name.ZH + "。", e.name.EN + " since the first of January."},
			has:      func(q asked, f Fact) bool { return q.year().has(dayOf(e.kind, f)) },
		})
	}
	return out
}

func signings() []Measure {
	return []Measure{
		{
			Code: PlanSigning, figure: "plan", Unit: inLeads, Source: board(), Name: Text{"本月计划签约", "Planned for this month"},
			Sentence: Text{"本月签约计划：冻结后为冻结的计划。", "The month's signing plan; the frozen one once it froze."},
			Counting: Text{"金额为看板上的计划金额。", "Amounts are those of the board."},
		},
		{
			Code: DoneSigning, figure: "signed", Unit: inLeads, Source: board(), Name: Text{"本月已签约", "Signed this month"},
			Sentence: Text{"本月看板上已签约的项目。", "What of the month's board is signed."},
			Counting: Text{"计划内和提前、追加签约的都计。", "Planned ones as well as early and added ones."},
		},
		{
			Code: OpenSigning, figure: "open", Unit: inLeads, Source: board(), Name: Text{"本月待签约", "Still to sign"},
			Sentence: Text{"本月看板上尚未签约的项目。", "What stands on the month's board and is not signed."},
			Counting: Text{"金额为看板上的计划金额。", "Amounts are those of the board."},
		},
		{
			Code: SlipSigning, figure: "slipped", Unit: inLeads, Source: board(), Name: Text{"本月移出", "Slipped"},
			Sentence: Text{"冻结后移出本月或流失的项目。", "What left the month, or was lost, after the plan froze."},
			Counting: Text{"金额为冻结时及之后变更后的计划金额。", "Amounts as they stood when they left."},
		},
	}
}

// measure returns the measure of a code.
func measure(code string) (Measure, bool) {
	for _, m := range Measures() {
		if m.Code == code {
			return m, true
		}
	}
	return Measure{}, false
}
