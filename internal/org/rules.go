package org

import (
	"sort"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// The keys of the city's numbers. The numbers themselves are data.
const (
	AnswerWithin      = "answer_within_days"
	QuietDays         = "quiet_days"
	DueSoonDays       = "due_soon_days"
	AnsweredRecent    = "answered_recent_days"
	MergeUndo         = "merge_undo_days"
	OfficeOpenMinute  = "office_open_minute"
	OfficeCloseMinute = "office_close_minute"
)

// Unit words of rule values.
const (
	inDays        = "days"
	inWorkingDays = "working_days"
	inMinutes     = "minutes_after_midnight"
)

// RuleKey describes one number of the city: what it is called, in what it is
// counted, and which values make sense.
type RuleKey struct {
	Key      string
	ZH, EN   string
	Unit     string
	Min, Max int64
}

// RuleKeys lists the numbers that an administrator may set, in the order of
// the page.
func RuleKeys() []RuleKey {
	keys := []RuleKey{
		{AnswerWithin, "答复转入线索的时限", "Time to answer an offered lead", inWorkingDays, 1, 60},
		{QuietDays, "多少天无跟进即提醒", "Days without follow-up before a reminder", inDays, 1, 365},
		{DueSoonDays, "提前多少天提示待办", "Days ahead that a next step is shown", inDays, 0, 60},
		{AnsweredRecent, "已答复流转保留显示的天数", "Days that answered hand-offs stay on the workbench", inDays, 1, 90},
		{MergeUndo, "线索合并后可撤销的天数", "Days in which a merge can be undone", inDays, 1, 365},
		{OfficeOpenMinute, "上班时间", "Offices open at", inMinutes, 0, 1439},
		{OfficeCloseMinute, "下班时间", "Offices close at", inMinutes, 1, 1440},
	}
	keys = append(keys, clockKeys()...)
	keys = append(keys, protocolKeys()...)
	keys = append(keys, registerKeys()...)
	keys = append(keys, noticeKeys()...)
	keys = append(keys, signingKeys()...)
	keys = append(keys, cockpitKeys()...)
	keys = append(keys, targetKeys()...)
	keys = append(keys, superviseKeys()...)
	keys = append(keys, updateKeys()...)
	keys = append(keys, creditKeys()...)
	return keys
}

// named is a word of a family of rules with its names.
type named struct{ code, zh, en string }

func ruleNames() []string {
	var out []string
	for _, k := range RuleKeys() {
		out = append(out, k.Key)
	}
	return out
}

func ruleKey(key string) (RuleKey, bool) {
	for _, k := range RuleKeys() {
		if k.Key == key {
			return k, true
		}
	}
	return RuleKey{}, false
}

// Rule is one number of the city, in force from a day until a later rule of
// the same key.
type Rule struct {
	ID        int64
	Key       string
	Value     int64
	FromOn    clock.Date
	Source    string
	Confirmed bool    // false: a default that the bureau has not confirmed
	ChangedBy id.User // 0: first content
	CreatedAt time.Time
}

// check returns every broken rule of a new number.
func (r Rule) check(today clock.Date) error {
	var c check
	k, known := ruleKey(r.Key)
	switch {
	case !known:
		c.allowed("key", ruleNames())
	case r.Value < k.Min || r.Value > k.Max:
		c.fields = append(c.fields, fault.Field{
			Name: "value", Code: "out_of_range", Params: map[string]any{"min": k.Min, "max": k.Max},
		})
	}
	if r.FromOn.Before(today) {
		// A limit that ran yesterday was worked out with yesterday's number.
		c.add("from_on", "date.past")
	}
	c.text("source", r.Source, maxSource, true)
	return c.err()
}

// Rules answers which number was in force on a day. It does not change once
// built.
type Rules struct{ byKey map[string][]Rule }

// NewRules returns the numbers in their order of time.
func NewRules(rules []Rule) Rules {
	r := Rules{byKey: map[string][]Rule{}}
	for _, rule := range rules {
		r.byKey[rule.Key] = append(r.byKey[rule.Key], rule)
	}
	for _, list := range r.byKey {
		sort.Slice(list, func(i, j int) bool { return list[i].FromOn.Before(list[j].FromOn) })
	}
	return r
}

// On returns the value of a key on a day, or false when the city has set
// none for that day.
func (r Rules) On(key string, day clock.Date) (int64, bool) {
	rule, ok := r.InForce(key, day)
	return rule.Value, ok
}

// InForce returns the rule of a key that holds on a day.
func (r Rules) InForce(key string, day clock.Date) (Rule, bool) {
	var found Rule
	ok := false
	for _, rule := range r.byKey[key] {
		if rule.FromOn.After(day) {
			break
		}
		found, ok = rule, true
	}
	return found, ok
}

// First returns the first rule of a key.
func (r Rules) First(key string) (Rule, bool) {
	if len(r.byKey[key]) == 0 {
		return Rule{}, false
	}
	return r.byKey[key][0], true
}
