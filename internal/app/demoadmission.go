package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/admission"
	"github.com/leadrelay/leadrelay/internal/app/demo"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
)

// buildAdmissionDemo lets people of the demo world review projects: one waits
// for opinions, one waits to be taken up, one passed with a condition.
func (a *App) buildAdmissionDemo(ctx context.Context, w demo.World) error {
	d := admissionDemo{app: a, world: w, today: clock.System{}.Today()}
	d.bureau, d.elsewhere = []admissionStep{d.opinions, d.passed}, []admissionStep{d.asked}
	for _, login := range []string{"huangpu", "wg-shenzhen", "xiaolan", "cuiheng"} {
		holder, err := demo.Person(ctx, w, a.Policy, login)
		if err != nil {
			return err
		}
		found, err := a.Lead.List(ctx, holder, lead.Filter{
			Stages: []lead.Stage{lead.Review, lead.Negotiating}, Parts: []access.Part{access.Owner},
		}, page.Request{Limit: 20})
		if err != nil {
			return fmt.Errorf("find what to review: %w", err)
		}
		for _, l := range found.Items {
			if err := d.next(ctx, holder, l); err != nil {
				return fmt.Errorf("review %s: %w", l.Code, err)
			}
		}
	}
	return nil
}

// next lets a lead have the review that comes next of those of the bureau, or
// of those that are decided elsewhere.
func (d *admissionDemo) next(ctx context.Context, holder access.Actor, l lead.View) error {
	steps := &d.elsewhere
	who, err := d.app.Admission.Decider(ctx, holder, l.ID)
	if err != nil {
		return err
	}
	if who.UnitID != nil && !who.ByPower {
		steps = &d.bureau
	}
	if len(*steps) == 0 || who.Refused != "" || l.Confidentiality != "normal" {
		return nil
	}
	step := (*steps)[0]
	*steps = (*steps)[1:]
	return step(ctx, holder, l)
}

type admissionStep func(context.Context, access.Actor, lead.View) error

type admissionDemo struct {
	app   *App
	world demo.World
	today clock.Date

	bureau    []admissionStep
	elsewhere []admissionStep // where nobody who logs in to the demo decides
}

func (d admissionDemo) asked(ctx context.Context, holder access.Actor, l lead.View) error {
	_, err := d.app.Admission.Ask(ctx, holder, l.ID, "选址和投资规模已与企业谈定，请安排评审。")
	return err
}

// opened asks for the review and for opinions, and returns who decides.
func (d admissionDemo) opened(ctx context.Context, holder access.Actor, l lead.View) (admission.ReviewView, access.Actor, error) {
	r, err := d.app.Admission.Ask(ctx, holder, l.ID, "尽职调查已完成，请按准入规则评审。")
	if err != nil {
		return r, access.Actor{}, err
	}
	head, err := demo.Person(ctx, d.world, d.app.Policy, "bureau-head")
	if err != nil {
		return r, head, err
	}
	directory, err := d.app.Org.Directory(ctx)
	if err != nil {
		return r, head, err
	}
	var units []id.Unit
	for _, slug := range []string{"iit", "eco", "land"} {
		unit, _ := directory.BySlug(slug)
		units = append(units, unit.ID)
	}
	r, err = d.app.Admission.Name(ctx, head, r.ID, units, d.today.AddDays(5))
	return r, head, err
}

func (d admissionDemo) opinions(ctx context.Context, holder access.Actor, l lead.View) error {
	r, _, err := d.opened(ctx, holder, l)
	if err != nil {
		return err
	}
	expert, err := demo.Person(ctx, d.world, d.app.Policy, "iit-head")
	if err != nil {
		return err
	}
	if err := d.promise(ctx, holder, l.ID); err != nil {
		return err
	}
	_, err = d.app.Admission.Opine(ctx, expert, r.ID, admission.AgreeConditions, "同意引进；设备投资占比应在投资协议中写明。")
	return err
}

func (d admissionDemo) passed(ctx context.Context, holder access.Actor, l lead.View) error {
	expert, err := demo.Person(ctx, d.world, d.app.Policy, "iit-head")
	if err != nil {
		return err
	}
	r, err := d.app.Admission.Ask(ctx, holder, l.ID, "补充材料后再次申请评审。")
	if err != nil {
		return err
	}
	head, err := demo.Person(ctx, d.world, d.app.Policy, "bureau-head")
	if err != nil {
		return err
	}
	if _, err = d.app.Admission.Name(ctx, head, r.ID, []id.Unit{expert.Acting}, d.today.AddDays(5)); err != nil {
		return err
	}
	if _, err = d.app.Admission.Opine(ctx, expert, r.ID, admission.Agree, "符合产业方向。"); err != nil {
		return err
	}
	minutes, err := d.app.Lead.AttachWithin(ctx, head, head.Scope(access.ReviewRead), l.ID, lead.Document{
		Name: "准入评审纪要.txt", Kind: "review_minutes", Content: strings.NewReader("演示用纪要：同意引进，附条件一项。\n"),
	})
	if err != nil {
		return err
	}
	_, err = d.app.Admission.Decide(ctx, head, r.ID, admission.Ruling{
		Result: admission.WithConditions, Number: "准入评审〔演示〕1号", DecidedOn: d.today, Minutes: minutes.ID, Note: "同意引进，签约前落实条件。",
		Conditions: []admission.Condition{{Text: "签约前提交节能评估报告", UnitID: holder.Acting, DueOn: d.today.AddDays(30)}},
	})
	return err
}

// promise registers what was promised to the investor: one promise is late,
// one is kept by a department.
func (d admissionDemo) promise(ctx context.Context, holder access.Actor, l id.Lead) error {
	directory, err := d.app.Org.Directory(ctx)
	if err != nil {
		return err
	}
	trans, _ := directory.BySlug("trans")
	for _, c := range []dossier.CommitmentDraft{
		{Text: "签约前提供厂区用电接入方案", PromisedBy: "镇政府分管负责人", PromisedOn: d.today.AddDays(-40), Occasion: "企业第一次来访座谈会", DueOn: d.today.AddDays(-5)},
		{Text: "开工前修通厂区东侧道路", PromisedBy: "镇政府主要负责人", PromisedOn: d.today.AddDays(-20), Occasion: "赴企业总部洽谈", DueOn: d.today.AddDays(120), UnitID: trans.ID},
	} {
		if _, err := d.app.Dossier.Register(ctx, holder, l, c); err != nil {
			return fmt.Errorf("register a commitment: %w", err)
		}
	}
	return d.offer(ctx, holder, l)
}

// offer writes down what is offered to the investor: one incentive is plain,
// one is measured by the tax paid and is warned about.
func (d admissionDemo) offer(ctx context.Context, holder access.Actor, l id.Lead) error {
	rent, reward := int64(180_000_000), int64(500_000_000)
	for _, i := range []dossier.IncentiveDraft{
		{Kind: dossier.IncentivePremises, Text: "标准厂房前两年租金优惠，面向全部入园企业", AmountCents: &rent, LegalBasis: "镇工业园入园办法（演示）", OfferedOn: d.today.AddDays(-30)},
		{Kind: dossier.IncentiveReward, Text: "投产后三年按地方留成的一定比例给予奖励", AmountCents: &reward, OfferedOn: d.today.AddDays(-20)},
	} {
		if _, err := d.app.Dossier.Offer(ctx, holder, l, i); err != nil {
			return fmt.Errorf("offer an incentive: %w", err)
		}
	}
	return nil
}
