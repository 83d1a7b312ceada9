package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/app/demo"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/org/city"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	updatestore "github.com/leadrelay/leadrelay/internal/store/update"
	"github.com/leadrelay/leadrelay/internal/update"
)

// buildUpdateDemo fills the reports of the units that have a demo login: the
// last two periods are filed, this one is half filled.
func (a *App) buildUpdateDemo(ctx context.Context, w demo.World) error {
	now, err := a.DB.Now(ctx)
	if err != nil {
		return err
	}
	reports := updatestore.New(a.DB, leadstore.Within)
	this := update.PeriodOf(clock.DateOf(now))
	done := map[id.Unit]bool{}
	for _, account := range city.DemoAccounts() {
		actor, err := demo.Person(ctx, w, a.Policy, account.Username)
		if err != nil {
			return err
		}
		if done[actor.Acting] || !actor.HasIn(access.UpdateEdit, actor.Acting) {
			continue
		}
		done[actor.Acting] = true
		for n := -2; n <= 0; n++ {
			shape, err := reports.Shape(ctx, this.Add(n).Last())
			if err != nil {
				return err
			}
			r := updateDemo{actor: actor, period: this.Add(n), shape: shape, filed: n < 0, now: now}
			if err := reports.InTx(ctx, func(tx update.Tx) error { return r.make(ctx, tx) }); err != nil {
				return fmt.Errorf("make the demo's report of %s: %w", r.period, err)
			}
		}
	}
	return nil
}

// updateDemo is one unit's report of one period.
type updateDemo struct {
	actor  access.Actor
	period update.Period
	shape  update.Shape
	filed  bool
	now    time.Time
}

// at is when the report was written: in the last days of its period, and in
// any case before now.
func (d updateDemo) at() time.Time {
	at := d.period.Last().AddDays(1).At(10 * time.Hour)
	if at.Before(d.now) {
		return at
	}
	return d.now.Add(-3 * time.Hour)
}

func (d updateDemo) make(ctx context.Context, tx update.Tx) error {
	var stages []string
	for _, r := range d.shape.Stages {
		stages = append(stages, r.Stage)
	}
	leads, err := tx.Leads(ctx, d.actor.ActScope(access.UpdateEdit), update.Want{
		Period: d.period, Unit: d.actor.Acting, Stages: stages, Before: d.period.Last().End(), Live: true,
	})
	if err != nil || len(leads) == 0 {
		return err
	}
	return d.fill(ctx, tx, leads)
}

func (d updateDemo) fill(ctx context.Context, tx update.Tx, leads []update.Lead) error {
	f, err := tx.HoldFiling(ctx, d.actor.Acting, d.period)
	if err != nil {
		return err
	}
	at, none := d.at(), int64(0)
	f.FiledAt, f.FiledBy, f.LateDays = &at, &d.actor.User, &none
	for n, l := range leads {
		if l.Restricted || !d.filed && n%2 == 1 {
			continue
		}
		if err := d.row(ctx, tx, l, n, f); err != nil {
			return err
		}
	}
	if !d.filed {
		return nil
	}
	return tx.SaveFiling(ctx, f)
}

func (d updateDemo) row(ctx context.Context, tx update.Tx, l update.Lead, n int, f update.Filing) error {
	if _, err := tx.HoldRow(ctx, l.ID, d.period, d.actor.Acting); err != nil {
		return err
	}
	var figures []update.Figure
	for _, field := range d.shape.Fields {
		v := d.value(field, l, n)
		if v.Empty() {
			continue
		}
		c := update.Cell{
			LeadID: l.ID, Field: field.Code, Period: d.period, Value: v, UserID: d.actor.User, UnitID: d.actor.Acting, At: d.at(), Version: 1,
		}
		if _, err := tx.SaveCell(ctx, c); err != nil {
			return err
		}
		figures = append(figures, update.Figure{
			LeadID: l.ID, Field: field.Code, Period: d.period, Indicator: field.Indicator, Value: v, UnitID: d.actor.Acting, FiledAt: d.at(),
		})
	}
	if !d.filed {
		return nil
	}
	r := update.Row{LeadID: l.ID, Period: d.period, UnitID: d.actor.Acting, FiledAt: f.FiledAt, FiledBy: f.FiledBy, LateDays: f.LateDays}
	return tx.File(ctx, r, figures)
}

// value is what the demo reports of a project: more the further it is.
func (d updateDemo) value(f update.Field, l update.Lead, n int) update.Value {
	far := slices.IndexFunc(d.shape.Stages, func(r update.StageRule) bool { return r.Stage == l.Stage })
	switch f.Kind {
	case update.Text:
		return update.Value{Words: demoWords(f.Code, far, n)}
	case update.Day:
		if n%3 != 2 {
			return update.Value{Words: d.period.Add(2).Day(1 + (n*7)%28).String()}
		}
	case update.Count:
		if far >= 7 {
			jobs := int64(40 + 30*(n%7) + 5*d.period.Month())
			return update.Value{Number: &jobs}
		}
	case update.Amount:
		var cents int64
		if far >= 3 {
			cents = int64((n*37+d.period.Month()*13)%60) * 5_000_000_00
		}
		return update.Value{Number: &cents}
	}
	return update.Value{}
}

// demoWords are the words of the demo's reports: a problem here and there.
func demoWords(field string, far, n int) string {
	if field != "problem" {
		all := demoProgress()
		return all[max(0, min(far, len(all)-1))]
	}
	if n%5 != 2 {
		return ""
	}
	return []string{"用电增容审批进度慢，请协调供电部门", "施工许可资料补正两次，请协调住建部门"}[n%2]
}

// demoProgress are the words for each stage that reports.
func demoProgress() []string {
	return []string{
		"双方就用地和设备投入继续洽谈", "已提交准入评审材料", "投资协议文本基本议定", "协议已签，正在办理公司注册", "公司已注册，正在落实用地",
		"用地已落实，开展勘察设计", "施工许可已取得，桩机进场", "基础施工完成60%", "主体结构封顶，设备陆续到货", "厂房竣工，设备安装调试", "产线投产，产能爬坡",
	}
}
