package demo

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// The hours in which generated work is done. An answer comes in the morning
// after the offer, an offer that is still open was made after closing time,
// so that it lives through the whole first day.
const (
	opening  = 9 * time.Hour
	working  = 8 * time.Hour
	answered = 8*time.Hour + 40*time.Minute
	evening  = 18 * time.Hour
)

// lead makes the n-th lead of the generated world.
func (g *generator) lead(n int) (leadstore.Life, error) {
	d := g.dice(n)
	// Leads come evenly over the working time of the span, in the order of
	// their numbers.
	place := (float64(n) + d.Float64()) / float64(g.Leads) * float64(len(g.days))
	day := min(int(place), len(g.days)-1)
	at := clock.Cut(g.days[day].At(opening + time.Duration((place-float64(day))*float64(working))))
	f, err := g.begin(g.draftOf(d, n, g.days[day]), at)
	if err != nil {
		return leadstore.Life{}, err
	}
	f.Lead.SourceNote = &g.note
	c := course{generator: g, life: f, dice: d, day: day}
	err = c.run()
	return f.Life, err
}

// course is the way of one generated lead through the days.
type course struct {
	*generator
	*life
	dice
	day int // index of the working day
}

// run plays what happens to the lead until today.
func (c *course) run() error {
	hops := 0
	if c.in(300) && !c.Lead.Restricted {
		hops = 1 + c.IntN(10)/7 + c.IntN(10)/8 // mostly one, at times two or three
	}
	for _, to := range c.path() {
		if err := c.between(&hops); err != nil {
			return err
		}
		if !c.wait() {
			return c.tail()
		}
		if err := c.step(to); err != nil {
			return err
		}
	}
	if c.Lead.Ended() {
		return nil
	}
	return c.tail()
}

// path is the stages that the lead will go through.
func (c *course) path() []lead.Stage {
	var out []lead.Stage
	for i, s := range lead.Stages() {
		switch {
		case i == 0:
			continue
		case s.Side || !c.in(870):
			if c.in(350) {
				out = append(out, pick(c.dice, []lead.Stage{
					lead.Suspended, lead.Lost, lead.Lost, lead.Withdrawn, lead.Duplicate, lead.TransferredOut, lead.InvalidStage,
				}))
			}
			return out
		case i > 3 && c.in(400): // not every project stops at every station
			continue
		}
		out = append(out, s.Code)
	}
	return out
}

func (c *course) step(to lead.Stage) error {
	m := lead.Move{To: to}
	if info, _ := to.Info(); info.Side {
		m.Reason = pick(c.dice, []string{"企业调整投资计划", "条件未谈拢", "核实后不再推进"})
		if to == lead.Lost {
			m.LostTo = pick(c.dice, []string{"外省某市", "省内其他地市", "原址扩建"})
		}
	}
	return c.move(m, c.now())
}

// between is what happens from one stage to the next: notes, and hand-offs.
func (c *course) between(hops *int) error {
	if c.in(350) && c.wait() {
		c.life.note(pick(c.dice, []string{
			"与企业电话沟通，意向不变。", "企业来访，实地看了两处载体。", "补充了投资计划书。", "企业提出用能与人才公寓诉求。", "对接上下游配套企业。",
		}), c.now())
	}
	if *hops > 0 && c.in(600) {
		*hops--
		return c.hop()
	}
	return nil
}

// hop offers the lead to another unit, which mostly accepts.
func (c *course) hop() error {
	if !c.wait() || c.day+1 >= len(c.days) {
		return nil
	}
	if err := c.give(c.now()); err != nil {
		return err
	}
	c.day++ // the answer, or the end of the time for it
	if c.in(40) {
		return c.expire()
	}
	answer := lead.Answer{State: lead.Accepted}
	switch {
	case c.in(120):
		answer = lead.Answer{State: lead.Refused, Reason: "与本地产业方向不符"}
	case c.in(40):
		answer = lead.Answer{State: lead.WithdrawnOffer, Reason: "企业要求暂缓"}
	}
	return c.life.answer(answer, c.days[c.day].At(answered))
}

func (c *course) give(at time.Time) error {
	to := c.Lead.UnitID
	for to == c.Lead.UnitID {
		to = c.unit(c.towns, c.total[1])
	}
	return c.offer(lead.Order{To: to, Reason: "与该地产业方向契合", Ask: "请承接洽谈并反馈落地条件"}, at)
}

// tail leaves some leads on offer this morning.
func (c *course) tail() error {
	if !c.in(15) || c.Lead.Restricted || c.day >= len(c.days)-1 {
		return nil
	}
	c.day = len(c.days) - 1
	return c.give(c.days[c.day].At(evening + time.Duration(c.IntN(100))*time.Minute))
}

// wait goes on by some working days; false when today has come.
func (c *course) wait() bool {
	next := c.day + 1 + c.IntN(40)
	if next >= len(c.days) {
		return false
	}
	c.day = next
	return true
}

// now is a time of the present day, by the second.
func (c *course) now() time.Time {
	return c.days[c.day].At(opening + time.Duration(c.IntN(int(working/time.Second)))*time.Second)
}
