package target

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
)

// SumRule says what the months of a unit have to come to.
type SumRule string

// The rules of sums.
const (
	Exact  SumRule = "exact"   // the year's figure
	AtMost SumRule = "at_most" // the year's figure or less
)

// Limit says within what a unit splits its year into months. The shares are
// those of one quarter in the year, in parts per million.
type Limit struct {
	ID            int64
	Year          int
	Indicator     string // empty: every indicator without a limit of its own
	SumRule       SumRule
	QuarterMinPPM int64 `gorm:"column:quarter_min_ppm"`
	QuarterMaxPPM int64 `gorm:"column:quarter_max_ppm"`
	Source        string
	MadeBy        id.User
	MadeAt        time.Time
}

const whole = 1_000_000

// limitOf returns the limit of an indicator: the last of its own, else the
// last for all, else that the months come to no more than the year.
func limitOf(limits []Limit, indicator string) Limit {
	out := Limit{SumRule: AtMost, QuarterMaxPPM: whole}
	own := false
	for _, l := range limits {
		if l.Indicator == indicator || l.Indicator == "" && !own {
			out, own = l, own || l.Indicator == indicator
		}
	}
	return out
}

// Breaks names the rule that a split breaks, or nothing. The quarters are
// compared only when the months come to the whole year: while some of it is
// still to be given out their shares say nothing.
func (l Limit) Breaks(year int64, months [12]int64) string {
	sum := int64(0)
	var quarters [4]int64
	for m, v := range months {
		sum += v
		quarters[m/3] += v
	}
	switch {
	case sum > year:
		return "target.months_above"
	case l.SumRule == Exact && sum != year:
		return "target.months_differ"
	case sum < year:
		return ""
	}
	for _, q := range quarters {
		if !atLeast(q, year, l.QuarterMinPPM) {
			return "target.quarter_low"
		}
		if !atLeast(year-q, year, whole-l.QuarterMaxPPM) {
			return "target.quarter_high"
		}
	}
	return ""
}

// atLeast tells whether part / all is at least the share, without overflow.
func atLeast(part, all, ppm int64) bool {
	need := all/whole*ppm + all%whole*ppm/whole
	return part >= need
}

func (l Limit) check() error {
	var bad broken
	bad.oneOf("sum_rule", l.SumRule == Exact || l.SumRule == AtMost)
	bad.between("quarter_min_ppm", l.QuarterMinPPM, 0, whole/4)
	bad.between("quarter_max_ppm", l.QuarterMaxPPM, whole/4, whole)
	bad.line("source", l.Source, maxText)
	return bad.err()
}
