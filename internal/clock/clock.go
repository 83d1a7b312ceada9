// Package clock is the only place that knows the present instant, and holds
// the days and the office calendar of the city: which days are worked, when a
// limit of so many working days runs out.
package clock

import (
	"sync"
	"time"
	_ "time/tzdata" // a bare server has no zone files; days would then be cut at the wrong hour
)

// ZoneName is the zone in which a day begins and ends.
const ZoneName = "Asia/Shanghai"

// System is the clock of the machine. Inside a transaction the store's clock
// serves instead.
type System struct{}

// Now returns the present instant in UTC, cut to microseconds, the finest
// step that both databases keep.
func (System) Now() time.Time { return Cut(time.Now()) }

// Since returns how long ago an instant was.
func (s System) Since(t time.Time) time.Duration { return s.Now().Sub(t) }

// Today returns the present day of the city.
func (s System) Today() Date { return DateOf(s.Now()) }

// Cut returns the instant as it is kept: in UTC, to the microsecond.
func Cut(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Forever returns the end of what has no end: the last day that both
// databases and every browser can write.
func Forever() time.Time { return time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC) }

// IsForever tells whether an end stands for "no end".
func IsForever(t time.Time) bool { return !t.Before(Forever()) }

// Location returns the zone of the city.
func Location() *time.Location { return shanghai() }

// The zone is parsed once: reading it again for every date would cost more
// than the rest of a list row.
var shanghai = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation(ZoneName)
	if err != nil { // cannot happen while tzdata is linked in; the offset of today is then right
		return time.FixedZone(ZoneName, 8*60*60)
	}
	return loc
})
