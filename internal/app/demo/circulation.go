package demo

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Circulate lets people of the made world act on its leads, so that the
// register and the disputes show what they are for: a lead waits for the
// bureau as another project of an investor who was reported before, and a
// lead is disputed between two units.
func Circulate(ctx context.Context, w World, acts Acts, policy *access.Policy) error {
	c, err := w.cast(ctx, acts, policy)
	if err != nil {
		return err
	}
	if err := c.anotherProject(ctx); err != nil {
		return fmt.Errorf("report another project: %w", err)
	}
	if err := c.dispute(ctx); err != nil {
		return fmt.Errorf("dispute a lead: %w", err)
	}
	return nil
}

// find returns a lead by its title as the unit's officer sees it.
func (c *cast) find(ctx context.Context, slug, title string) (access.Actor, lead.View, error) {
	unit, err := c.unit(slug)
	if err != nil {
		return access.Actor{}, lead.View{}, err
	}
	officer := c.officers()[unit]
	found, err := c.acts.List(ctx, officer, lead.Filter{Q: title}, page.Request{Limit: 1})
	if err != nil {
		return officer, lead.View{}, fmt.Errorf("find %s: %w", title, err)
	}
	if len(found.Items) == 0 {
		return officer, lead.View{}, fmt.Errorf("no lead %s", title)
	}
	return officer, found.Items[0], nil
}

// anotherProject learns who invests in a lead: a firm whose other project
// somebody else reported.
func (c *cast) anotherProject(ctx context.Context) error {
	officer, l, err := c.find(ctx, "iit", "工业大模型应用示范中心")
	if err != nil {
		return err
	}
	investor := "示例机器人(深圳)有限公司"
	known, err := c.acts.CheckDuplicates(ctx, officer, lead.Party{Name: &investor})
	if err != nil {
		return err
	}
	claimed := lead.Claimed{Choice: lead.AnotherProject, Reason: "同一投资方的算法团队另设中心，与已报的关节模组生产项目无关。"}
	for _, item := range known.Items {
		claimed.References = append(claimed.References, item.Reference)
	}
	_, err = c.acts.Edit(ctx, officer, l.ID, l.Version, lead.Edit{
		InvestorName: lead.Opt[string]{Set: true, Value: &investor}, Duplicate: claimed,
	})
	return err
}

// dispute opens one by the lead's code, which is all that the claimant may
// know of it, and lets the holder answer.
func (c *cast) dispute(ctx context.Context) error {
	holder, l, err := c.find(ctx, "wg-shenzhen", "半导体封测材料研发中心")
	if err != nil {
		return err
	}
	unit, err := c.unit("xiaolan")
	if err != nil {
		return err
	}
	d, err := c.acts.OpenDispute(ctx, c.officers()[unit], lead.DisputeOrder{
		Reference: l.Code, Claim: "由小榄作为责任单位，深圳组保留首报。", Reason: "企业上季度已考察我镇两处研发楼并谈妥租金，登记在后但接洽在先。",
	})
	if err != nil {
		return err
	}
	_, err = c.acts.State(ctx, holder, d.ID, "首次接洽和企业来函均在登记前由本组完成，愿与贵镇商定落地分工。")
	return err
}

// disputed names the use cases of a dispute; see Acts.
type disputed interface {
	OpenDispute(ctx context.Context, actor access.Actor, o lead.DisputeOrder) (lead.DisputeView, error)
	State(ctx context.Context, actor access.Actor, dispute id.Dispute, text string) (lead.DisputeView, error)
}

// checked names the use cases of the register; see Acts.
type checked interface {
	CheckDuplicates(ctx context.Context, actor access.Actor, ask lead.Party) (lead.CheckView, error)
	Edit(ctx context.Context, actor access.Actor, lead id.Lead, version int64, e lead.Edit) (lead.View, error)
}
