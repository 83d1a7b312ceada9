package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/app/demo"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	rankstore "github.com/leadrelay/leadrelay/internal/store/rank"
	"github.com/leadrelay/leadrelay/internal/supervise"
)

// buildSupervisionDemo issues slips in several states, publishes the ranking
// of last month and opens the preview of this one.
func (a *App) buildSupervisionDemo(ctx context.Context, w demo.World) error {
	bureau, err := demo.Person(ctx, w, a.Policy, "bureau")
	if err != nil {
		return err
	}
	if err := a.demoSlips(ctx, w, bureau); err != nil {
		return fmt.Errorf("issue slips: %w", err)
	}
	head, err := demo.Person(ctx, w, a.Policy, "bureau-head")
	if err != nil {
		return err
	}
	today := clock.System{}.Today()
	last := clock.NewDate(today.Year(), today.Start().In(clock.Location()).Month(), 1).AddDays(-1)
	run, err := a.demoRanking(ctx, head, last.Month())
	if err != nil {
		return fmt.Errorf("rank %s: %w", last.Month(), err)
	}
	err = a.DB.InTx(ctx, rankstore.PastObjections(ctx, run, today.AddDays(-1).Start()))
	if err != nil {
		return err
	}
	if _, err := a.Rank.Publish(ctx, head, run); err != nil {
		return fmt.Errorf("publish the ranking of %s: %w", last.Month(), err)
	}
	_, err = a.demoRanking(ctx, head, today.Month())
	return err
}

func (a *App) demoRanking(ctx context.Context, head access.Actor, month string) (id.Run, error) {
	v, err := a.Rank.Begin(ctx, head, month, "")
	if err != nil {
		return 0, err
	}
	_, err = a.Rank.Show(ctx, head, v.ID)
	return v.ID, err
}

// demoSlip is a slip of the demo world; reply and closing are empty where it
// has not come so far.
type demoSlip struct {
	login, subject, matter, requirement, reply, closing string
}

func demoSlips() []demoSlip {
	const ask = "请逐项说明原因，明确责任人和完成时限，按期办理并书面答复。"
	return []demoSlip{
		{"huangpu", "推动签约项目开工", "部分签约项目满半年未动工，用地交付和报建进度滞后。", ask, "用地已全部交付，施工许可正在办理，预计下月上旬动工；已明确专人跟进。", "同意办结，请按计划推进。"},
		{"xiaolan", "限期办理逾期事项", "部分在谈项目超过时限未报告进展。", ask, "已补报全部项目进展，并建立每周调度。", ""},
		{"huangpu", "限期报告项目进展", "近期有项目超过时限未报告进展，请核实后补报。", ask, "", ""},
	}
}

func (a *App) demoSlips(ctx context.Context, w demo.World, bureau access.Actor) error {
	for _, d := range demoSlips() {
		town, err := demo.Person(ctx, w, a.Policy, d.login)
		if err != nil {
			return err
		}
		v, err := a.Supervise.Issue(ctx, bureau, supervise.Order{
			Draft: supervise.Draft{Subject: d.subject, Matter: d.matter, Requirement: d.requirement, Days: 5}, Unit: town.Acting,
		})
		if err == nil && d.reply != "" {
			_, received := a.Supervise.Receive(ctx, town, v.ID)
			_, replied := a.Supervise.Reply(ctx, town, v.ID, d.reply)
			err = errors.Join(received, replied)
		}
		if err == nil && d.closing != "" {
			_, err = a.Supervise.Close(ctx, bureau, v.ID, d.closing)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
