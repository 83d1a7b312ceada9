package credit

// quote is the share of the finder in a month, and where it comes from.
type quote struct {
	FinderPPM  int64
	LandingPPM int64
	From       string // rule, agreed, ruled
	RuleID     int64
	Reason     string
}

// split divides what a count has in a month between the two units. A remainder
// of a cent is the landing unit's, so that the parts add up to the whole.
func (l *life) split(c *count, m Month, value int64) []Part {
	finder, landing := l.known.Finder, l.known.Landing
	switch {
	case c.rule.Basis == ToLanding:
		return []Part{{Unit: landing, Role: Landing, PPM: million, Value: value}}
	case c.rule.Basis == ToFinder:
		return []Part{{Unit: finder, Role: Finder, PPM: million, Value: value}}
	case finder == landing:
		return []Part{{Unit: finder, Role: One, PPM: million, Value: value}}
	case c.rule.Basis == Double:
		return []Part{{Unit: finder, Role: Finder, PPM: million, Value: value}, {Unit: landing, Role: Landing, PPM: million, Value: value}}
	}
	q := l.quote(c.rule.Class, m, c.day)
	share := part(value, q.FinderPPM)
	return []Part{
		{Unit: finder, Role: Finder, PPM: q.FinderPPM, Value: share},
		{Unit: landing, Role: Landing, PPM: q.LandingPPM, Value: value - share},
	}
}

// quote returns the share that holds for a class in a month: what was agreed
// or ruled last for it, else the city's rule of the day of signing.
func (l *life) quote(c Class, m Month, day string) quote {
	q := quote{From: "rule"}
	if l.known.SignedOn != "" {
		day = l.known.SignedOn
	}
	if r, ok := l.book.share(day, l.step.At); ok {
		q.RuleID = r.ID
		if m < monthOfDay(day).Add(int(r.Months)) {
			q.FinderPPM = r.FinderPPM
		}
	}
	for _, s := range l.divided {
		if s.Class == c && s.holdsIn(m) {
			q = quote{From: "ruled", FinderPPM: *s.FinderPPM, Reason: s.Reason}
			if s.ProposalID != nil {
				q.From = "agreed"
			}
		}
	}
	q.LandingPPM = million - q.FinderPPM
	return q
}

// holdsIn tells whether a share that was agreed or ruled is for a month.
func (s Step) holdsIn(m Month) bool {
	return s.FinderPPM != nil && s.FromMonth <= m && (s.UntilMonth == "" || m <= s.UntilMonth)
}

// part is so many millionths of a value, cut towards zero.
func part(value, ppm int64) int64 {
	return value/million*ppm + value%million*ppm/million
}
