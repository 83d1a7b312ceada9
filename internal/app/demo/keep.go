package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// Acts are the use cases with which the people of the demo act.
type Acts interface {
	HandOff(ctx context.Context, actor access.Actor, lead id.Lead, o lead.Order) (lead.HandoffView, error)
	List(ctx context.Context, actor access.Actor, f lead.Filter, p page.Request) (page.Of[lead.View], error)
	AddFile(ctx context.Context, actor access.Actor, lead id.Lead, name string, content io.Reader) (lead.FileView, error)
	checked
	disputed
}

// cast is the people of the demo, ready to act.
type cast struct {
	*scene
	acts   Acts
	policy *access.Policy
}

func (w World) cast(ctx context.Context, acts Acts, policy *access.Policy) (*cast, error) {
	s, err := w.scene(ctx)
	if err != nil {
		return nil, err
	}
	return &cast{scene: s, acts: acts, policy: policy}, nil
}

// officers returns who acts for the units of the demo logins: the first
// account of each.
func (c *cast) officers() map[id.Unit]access.Actor {
	out := map[id.Unit]access.Actor{}
	for _, a := range city.DemoAccounts() {
		for _, r := range a.Roles {
			unit, known := c.city.BySlug(r.Unit)
			if _, taken := out[unit.ID]; taken || !known {
				continue
			}
			actor := access.NewActor(c.people[a.Username], []access.Membership{{Unit: unit.ID, Role: r.Role}}, c.policy)
			actor.Acting, actor.Origin.RequestID = unit.ID, mark
			out[unit.ID] = actor
		}
	}
	return out
}

// Person returns who logs in to the demo under a name, acting for the first of
// his units.
func Person(ctx context.Context, w World, policy *access.Policy, login string) (access.Actor, error) {
	c, err := w.cast(ctx, nil, policy)
	if err != nil {
		return access.Actor{}, err
	}
	for _, a := range city.DemoAccounts() {
		unit, known := c.city.BySlug(a.Roles[0].Unit)
		if a.Username != login || !known {
			continue
		}
		actor := access.NewActor(c.people[login], []access.Membership{{Unit: unit.ID, Role: a.Roles[0].Role}}, policy)
		actor.Acting, actor.Origin.RequestID = unit.ID, mark
		return actor, nil
	}
	return access.Actor{}, fmt.Errorf("no demo account %s", login)
}

// most bounds how many offers one start makes again.
const most = 20

// OfferAgain makes offers of the made world again that ran out, where their
// receiver has nothing else to answer, and returns how many: whoever opens a
// demo that is days old finds work in every inbox. They are offers like any
// other, done by the giver's officer, with the reason and the request of the
// lapsed one; what a visitor began himself is left alone.
func OfferAgain(ctx context.Context, w World, acts Acts, policy *access.Policy) (int, error) {
	c, err := w.cast(ctx, acts, policy)
	if err != nil {
		return 0, err
	}
	officers := c.officers()
	units := make([]id.Unit, 0, len(officers))
	for unit := range officers {
		units = append(units, unit)
	}
	lapsed, err := leadstore.LapsedOffers(ctx, w.DB, access.System("offer again"), units, most)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, l := range lapsed {
		giver, known := officers[l.FromUnitID]
		if !known {
			continue
		}
		_, err := acts.HandOff(ctx, giver, l.LeadID, lead.Order{To: l.ToUnitID, Reason: l.Reason, Ask: l.Ask})
		var refused *fault.Error
		switch {
		case errors.As(err, &refused) && refused.Kind != fault.Internal && refused.Kind != fault.Unavailable:
			// Ended, deleted, moved on or restricted meanwhile: no offer to make again.
		case err != nil:
			return done, fmt.Errorf("offer lead %s of the demo again: %w", l.LeadID, err)
		default:
			done++
		}
	}
	return done, nil
}

// paper is a file that a demo lead gets.
type paper struct {
	unit, title, name string
	content           func() ([]byte, error)
}

func papers() []paper {
	return []paper{
		{"wg-shenzhen", "固态储能电芯中试线", "示例-合作意向要点.pdf", func() ([]byte, error) {
			return pagePDF("合作意向要点（示例）", "一、拟建固态储能电芯中试线，分两期实施。", "二、首期租用标准厂房，设备投资由企业自筹。", "三、本文件为演示而虚构，与任何真实企业无关。"), nil
		}},
		{"wg-shenzhen", "车规级激光雷达模组生产基地", "示例-用地需求清单.pdf", func() ([]byte, error) {
			return pagePDF("用地需求清单（示例）", "净地 40 亩，110 千伏供电，人才公寓 60 套。", "本文件为演示而虚构，与任何真实企业无关。"), nil
		}},
		{"huangpu", "智能家电精密模具生产基地", "示例-地块位置示意.png", sketchPNG},
	}
}

// AttachFiles adds a few invented files to leads of the made world, so that
// the page of a lead shows what files look like.
func AttachFiles(ctx context.Context, w World, acts Acts, policy *access.Policy) error {
	c, err := w.cast(ctx, acts, policy)
	if err != nil {
		return err
	}
	officers := c.officers()
	for _, p := range papers() {
		unit, err := c.unit(p.unit)
		if err != nil {
			return err
		}
		found, err := acts.List(ctx, officers[unit], lead.Filter{Q: p.title}, page.Request{Limit: 1})
		if err != nil {
			return fmt.Errorf("find %s: %w", p.title, err)
		}
		content, err := p.content()
		if err != nil {
			return fmt.Errorf("make %s: %w", p.name, err)
		}
		if len(found.Items) == 0 {
			return fmt.Errorf("attach %s: no lead %s", p.name, p.title)
		}
		if _, err := acts.AddFile(ctx, officers[unit], found.Items[0].ID, p.name, bytes.NewReader(content)); err != nil {
			return fmt.Errorf("attach %s: %w", p.name, err)
		}
	}
	return nil
}
