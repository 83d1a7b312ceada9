package lead

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// The city's numbers that clocks run by.
const (
	ruleTriageWithin   = "triage_within_days"
	ruleTriageExperts  = "triage_experts_days"
	ruleFeedbackWithin = "feedback_within_days"
	ruleProgressWithin = "progress_within_days"
	ruleObjectWithin   = "object_within_days"
	ruleTalkWithin     = "talk_within_days"
	ruleRuleWithin     = "rule_within_days"
	ruleReofferAfter   = "reoffer_after_days"
	ruleProgressUntil  = "progress_last_stage"
	ruleWarnPercent    = "warn_percent_"    // followed by 1 to 4
	ruleCounts         = "progress_counts." // followed by what somebody did
)

// warnings is how many warnings a clock gives.
const warnings = 4

// limitRules names the rule of each kind and whether it counts calendar days.
func limitRules() map[ClockKind]struct {
	key      string
	calendar bool
} {
	type rule = struct {
		key      string
		calendar bool
	}
	return map[ClockKind]rule{
		ClockAnswer: {key: ruleAnswerWithin}, ClockTriage: {key: ruleTriageWithin}, ClockFeedback: {key: ruleFeedbackWithin},
		ClockProgress: {key: ruleProgressWithin}, ClockObject: {key: ruleObjectWithin}, ClockTalk: {key: ruleTalkWithin},
		ClockRule: {key: ruleRuleWithin}, ClockReoffer: {key: ruleReofferAfter, calendar: true},
	}
}

// ProgressActs lists what somebody may do to a lead that can count as
// progress; which of it does is a rule of the city.
func ProgressActs() []string {
	return []string{"progress", "feedback", "note", "stage", "edit", "file", "contact"}
}

// Pace reads what clocks run by. Call it before the transaction.
func (s *Service) Pace(ctx context.Context) (Pace, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return Pace{}, fmt.Errorf("read the city's places: %w", err)
	}
	return PaceOf(places.Office(), places.Rule), nil
}

func paceOf(places Places) Pace { return PaceOf(places.Office(), places.Rule) }

// PaceOf returns the pace that a calendar and the city's numbers give.
func PaceOf(office *clock.Office, rule func(key string) (int64, bool)) Pace {
	number := func(key string) int {
		value, _ := rule(key)
		return int(value)
	}
	p := Pace{Office: office, limits: map[ClockKind]Limit{}, counts: map[string]bool{}}
	for kind, r := range limitRules() {
		p.limits[kind] = Limit{Days: number(r.key), Calendar: r.calendar}
	}
	for n := range warnings {
		if percent := number(ruleWarnPercent + strconv.Itoa(n+1)); percent > 0 {
			p.percents = append(p.percents, percent)
		}
	}
	slices.Sort(p.percents)
	p.percents = slices.Compact(p.percents)
	for _, act := range ProgressActs() {
		p.counts[act] = number(ruleCounts+act) == 1
	}
	p.terms = TermsOf(office, rule)
	p.experts, p.last = number(ruleTriageExperts), number(ruleProgressUntil)
	return p
}
