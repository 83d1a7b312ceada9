package app

import (
	"context"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/app/demo"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/credit"
	"github.com/leadrelay/leadrelay/internal/id"
)

// buildCreditDemo counts the demo world, and lets the working group and the
// town agree on a share, propose one, and take a ruling of the bureau.
func (a *App) buildCreditDemo(ctx context.Context, w demo.World) error {
	if _, err := a.Credit.CatchUp(ctx); err != nil {
		return err
	}
	var people [3]access.Actor
	for n, login := range []string{"wg-shenzhen-head", "huangpu-head", "bureau-head"} {
		var err error
		if people[n], err = demo.Person(ctx, w, a.Policy, login); err != nil {
			return err
		}
	}
	leads, err := a.sharedLeads(ctx, people[2])
	if err != nil {
		return err
	}
	acts := []demoAct{
		{people[:2], func(l id.Lead) error { return a.agreeDemo(ctx, people[0], people[1], l) }},
		{people[:1], func(l id.Lead) error { return a.proposeDemo(ctx, people[0], l) }},
		{people[1:2], func(l id.Lead) error { return a.proposeDemo(ctx, people[1], l) }},
		{people[:1], func(l id.Lead) error {
			_, err := a.Credit.Rule(ctx, people[2], l, demoShare(600_000, "两地协商未果，按实际招引投入裁定"))
			return err
		}},
	}
	for _, act := range acts {
		for n, l := range leads {
			may, err := a.sides(ctx, l, act.by)
			if err != nil {
				return err
			}
			if may {
				if err := act.do(l); err != nil {
					return err
				}
				leads = slices.Delete(leads, n, n+1)
				break
			}
		}
	}
	return nil
}

// demoAct is something done about the credit of a lead of which people speak
// for a side.
type demoAct struct {
	by []access.Actor
	do func(id.Lead) error
}

func demoShare(ppm int64, reason string) credit.ShareDraft {
	return credit.ShareDraft{Class: credit.ClassSigning, FinderPPM: ppm, FromMonth: credit.MonthOf(clock.System{}.Today()), Reason: reason}
}

// sharedLeads are the leads that were signed this year or the last.
func (a *App) sharedLeads(ctx context.Context, bureau access.Actor) ([]id.Lead, error) {
	var out []id.Lead
	this := clock.System{}.Today().Year()
	for _, year := range []int{this, this - 1, this - 2} {
		v, err := a.Credit.Events(ctx, bureau, credit.EventQuery{Indicator: "SIGN_N", Year: year})
		if err != nil {
			return nil, err
		}
		for _, e := range v.Items {
			if !slices.Contains(out, e.Lead.ID) && !e.Lead.Gone {
				out = append(out, e.Lead.ID)
			}
		}
	}
	return out, nil
}

// sides tells whether each of the people speaks for a side of a lead.
func (a *App) sides(ctx context.Context, l id.Lead, people []access.Actor) (bool, error) {
	for _, p := range people {
		if a.Credit.Check(ctx, p, l) != nil {
			return false, nil
		}
		v, err := a.Credit.Panel(ctx, p, l)
		if err != nil || !slices.Contains(v.Can, "propose") {
			return false, err
		}
	}
	return true, nil
}

func (a *App) proposeDemo(ctx context.Context, by access.Actor, l id.Lead) error {
	_, err := a.Credit.Propose(ctx, by, l, demoShare(400_000, "落地后服务由镇街承担较多，建议调整比例"))
	return err
}

func (a *App) agreeDemo(ctx context.Context, by, other access.Actor, l id.Lead) error {
	v, err := a.Credit.Propose(ctx, by, l, demoShare(550_000, "首谈与跟进由工作组完成"))
	if err != nil {
		return err
	}
	_, err = a.Credit.Agree(ctx, other, l, v.Proposals[0].ID)
	return err
}
