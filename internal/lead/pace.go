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
	now, err := s.store.Now(ctx)
	if err != nil {
		return Pace{}, err
	}
	p := Pace{limits: map[ClockKind]Limit{}, counts: map[string]bool{}}
	if p.Office, err = s.city.Office(ctx); err != nil {
		return Pace{}, fmt.Errorf("read the office calendar: %w", err)
	}
	number := func(key string) int {
		value, failed := s.city.Rule(ctx, key, clock.DateOf(now))
		if failed != nil && err == nil {
			err = fmt.Errorf("read the pace of clocks: %w", failed)
		}
		return int(value)
	}
	for kind, rule := range limitRules() {
		p.limits[kind] = Limit{Days: number(rule.key), Calendar: rule.calendar}
	}
	for n := range warnings {
		p.percents = append(p.percents, number(ruleWarnPercent+strconv.Itoa(n+1)))
	}
	slices.Sort(p.percents)
	p.percents = slices.Compact(p.percents)
	for _, act := range ProgressActs() {
		p.counts[act] = number(ruleCounts+act) == 1
	}
	p.experts, p.last = number(ruleTriageExperts), number(ruleProgressUntil)
	return p, err
}
