package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/app/demo"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/signing"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	signingstore "github.com/leadrelay/leadrelay/internal/store/signing"
)

// buildSigningDemo puts the leads of the demo world on the boards of the
// months around today: a frozen last month with slips, this month, the next,
// and the signings of the months before. Days of signing are those that the
// leads carry.
func (a *App) buildSigningDemo(ctx context.Context, w demo.World) error {
	bureau, err := demo.Person(ctx, w, a.Policy, "bureau-head")
	if err != nil {
		return err
	}
	board := signingstore.New(a.DB, leadstore.Within)
	err = a.DB.InTx(ctx, func(tx *store.Tx) error {
		t := board.Within(tx)
		leads, err := t.Leads(ctx, access.System("the demo's boards"))
		if err != nil {
			return err
		}
		d := signingDemo{tx: t, now: tx.Now(ctx), service: a.Signing, bureau: bureau.User}
		d.this = signing.MonthOf(clock.DateOf(d.now))
		return d.make(ctx, leads)
	})
	if err != nil {
		return fmt.Errorf("make the demo's boards: %w", err)
	}
	if err := a.arrangeDemo(ctx, w, bureau); err != nil {
		return fmt.Errorf("arrange the demo's ceremony: %w", err)
	}
	return nil
}

// arrangeDemo arranges this month's ceremony and lets the leader write a
// remark on its largest signing.
func (a *App) arrangeDemo(ctx context.Context, w demo.World, bureau access.Actor) error {
	leader, err := demo.Person(ctx, w, a.Policy, "leader")
	if err != nil {
		return err
	}
	now, err := a.DB.Now(ctx)
	if err != nil {
		return err
	}
	today := clock.DateOf(now)
	m := signing.MonthOf(today)
	v, err := a.Signing.Month(ctx, bureau, m)
	if err != nil {
		return err
	}
	cards := slices.DeleteFunc(v.Items, func(i signing.ItemView) bool { return i.State != signing.Planned })
	slices.SortFunc(cards, func(a, b signing.ItemView) int { return cmp.Compare(b.Cents, a.Cents) })
	if len(cards) == 0 {
		return nil
	}
	last := m.Last()
	d := signing.CeremonyDraft{Name: ceremonyName(m), Place: "市行政中心会议厅", HeldOn: &last, StartsAt: "15:00", Host: "市投资促进局局长"}
	for _, i := range cards[:min(5, len(cards))] {
		d.Seats = append(d.Seats, signing.Seat{ItemID: i.ID, InvestorSigns: "董事长", CitySigns: "落地单位主要负责人"})
	}
	if _, err := a.Signing.AddCeremony(ctx, bureau, m, d); err != nil {
		return err
	}
	_, err = a.Signing.Remark(ctx, leader, m, cards[0].ID, signing.RemarkDraft{Text: "请抓紧落实用地与电力条件，确保本月签约。", DueOn: today.AddDays(5)})
	return err
}

func ceremonyName(m signing.Month) string {
	_, month, _ := strings.Cut(string(m), "-")
	return strings.TrimPrefix(month, "0") + "月集中签约仪式"
}

// signingDemo makes the boards in one transaction.
type signingDemo struct {
	tx      signing.Tx
	service *signing.Service
	bureau  id.User // who arranged the ceremonies
	this    signing.Month
	now     time.Time
}

// held keeps the ceremony at which the signings of last month were signed.
func (d signingDemo) held(ctx context.Context, items []*signing.Item) error {
	m := d.this.Add(-1)
	signed := slices.DeleteFunc(slices.Clone(items), func(i *signing.Item) bool { return i.Month != m || i.State != signing.Signed })
	if len(signed) == 0 {
		return nil
	}
	last := slices.MaxFunc(signed, func(a, b *signing.Item) int { return a.SignedOn.Start().Compare(b.SignedOn.Start()) }).SignedOn
	at := last.At(17 * time.Hour)
	c := signing.Ceremony{
		Month: m, Name: ceremonyName(m), Place: "市行政中心会议厅", HeldOn: last, StartsAt: "15:00", Host: "市投资促进局局长",
		State: "confirmed", ConfirmedAt: &at, ConfirmedBy: &d.bureau, Version: 2, CreatedBy: d.bureau, CreatedAt: m.First().Start(),
	}
	if err := d.tx.InsertCeremony(ctx, &c); err != nil {
		return err
	}
	for n, i := range signed {
		i.BatchID, i.StageOrder, i.InvestorSigns, i.CitySigns = &c.ID, n+1, "董事长", "落地单位主要负责人"
		if _, err := d.tx.Save(ctx, i, i.Version); err != nil {
			return err
		}
	}
	return nil
}

// make plans the leads in the order of their numbers: signed ones in the month
// that they name, others around today.
func (d signingDemo) make(ctx context.Context, leads []signing.Lead) error {
	var items []*signing.Item
	n := 0
	for _, l := range leads {
		i := d.item(l, n)
		if signing.Standing(l.Stage) == signing.Planned {
			n++
		}
		if i == nil {
			continue
		}
		if err := d.plan(ctx, i); err != nil {
			return err
		}
		items = append(items, i)
	}
	if err := d.freeze(ctx); err != nil {
		return err
	}
	for _, i := range items {
		if err := d.sign(ctx, i); err != nil {
			return err
		}
	}
	if err := d.held(ctx, items); err != nil {
		return err
	}
	return d.slip(ctx, items)
}

// plan puts an item on its board ten days before the cut-off day, as planned
// whatever became of it.
func (d signingDemo) plan(ctx context.Context, i *signing.Item) error {
	cut, err := d.service.CutOff(ctx, i.Month)
	if err != nil {
		return err
	}
	if at := cut.Of(i.Month).AddDays(-10).At(10 * time.Hour); at.Before(d.now) {
		i.CreatedAt, i.UpdatedAt = at, at
	}
	planned := *i
	planned.State, planned.SignedOn = signing.Planned, nil
	if err := d.tx.Insert(ctx, &planned); err != nil {
		return err
	}
	i.ID = planned.ID
	return nil
}

// sign keeps that an item was signed on its day.
func (d signingDemo) sign(ctx context.Context, i *signing.Item) error {
	if i.State != signing.Signed {
		return nil
	}
	i.Version++
	if at := i.SignedOn.At(17 * time.Hour); at.Before(d.now) {
		i.UpdatedAt = at
	}
	_, err := d.tx.Save(ctx, i, i.Version-1)
	return err
}

// freeze keeps the plans of the last months whose cut-off day is over.
func (d signingDemo) freeze(ctx context.Context) error {
	for m := d.this.Add(-12); m <= d.this; m = m.Add(1) {
		cut, err := d.service.CutOff(ctx, m)
		if err != nil {
			return err
		}
		if d.now.Before(cut.Of(m).End()) {
			continue
		}
		if _, err := d.tx.HoldMonths(ctx, []signing.Month{m}); err != nil {
			return err
		}
		if _, err := d.tx.Freeze(ctx, m, cut.Of(m), 0, cut.Of(m).End()); err != nil {
			return err
		}
	}
	return nil
}

// item is the demo's plan for a lead, or nil.
func (d signingDemo) item(l signing.Lead, n int) *signing.Item {
	if l.PlannedCents == nil || *l.PlannedCents <= 0 {
		return nil
	}
	i := &signing.Item{
		LeadID: l.ID, Cents: *l.PlannedCents, LandingUnitID: l.UnitID, FirstUnitID: l.UnitID, State: signing.Planned,
		Grade: signing.Grades()[n%3], MainVenue: n%4 == 0, Version: 1, CreatedAt: d.now, UpdatedAt: d.now,
		Ready: signing.Ready{TextAgreed: n%3 != 2, SiteReady: n%2 == 0, IncentivesReviewed: n%3 == 0, LegalOpinion: n%4 != 3, FairCompetition: n%5 != 4},
	}
	if l.FirstUnitID != nil {
		i.FirstUnitID = *l.FirstUnitID
	}
	if l.Chain != nil {
		i.Chain = *l.Chain
	}
	if n%3 == 0 {
		i.Leader = "分管副市长"
	}
	switch {
	case signing.Standing(l.Stage) == signing.Signed && l.SignedOn != nil:
		i.State, i.SignedOn, i.Month = signing.Signed, l.SignedOn, signing.MonthOf(*l.SignedOn)
	case slices.Contains([]string{"negotiating", "review", "to_sign"}, l.Stage) && n%10 < len(ahead()):
		i.Month = d.this.Add(ahead()[n%10])
	default:
		return nil
	}
	return i
}

// ahead are the months, from this one, that six of ten leads are planned for;
// what last month was to sign slips to this one.
func ahead() []int { return []int{0, -1, 1, 0, 2, 1} }

// slip moves what last month left unsigned to this month, loses nothing, and
// changes one amount of this month, each with its reason.
func (d signingDemo) slip(ctx context.Context, items []*signing.Item) error {
	reasons := []string{"用地指标未落实，投资方同意顺延一个月", "投资协议文本仍有两条未议定", "投资方董事会改期"}
	n := 0
	for _, i := range items {
		if i.State != signing.Planned || i.Month != d.this.Add(-1) {
			continue
		}
		before, after := *i, *i
		after.Month = d.this
		if err := d.keep(ctx, before, after, reasons[n%len(reasons)], time.Duration(-72-n)*time.Hour); err != nil {
			return err
		}
		after.Version++
		*i = after
		n++
	}
	for _, i := range items {
		if i.State == signing.Planned && i.Month == d.this && i.Version == 1 {
			before, after := *i, *i
			after.Cents += after.Cents / 10
			return d.keep(ctx, before, after, "投资方追加二期设备投入", -30*time.Hour)
		}
	}
	return nil
}

// keep writes a change with the rows of the ledgers that it means.
func (d signingDemo) keep(ctx context.Context, before, after signing.Item, reason string, ago time.Duration) error {
	after.Version, after.UpdatedAt = before.Version+1, d.now.Add(ago)
	if _, err := d.tx.Save(ctx, &after, before.Version); err != nil {
		return err
	}
	rows, err := d.tx.HoldMonths(ctx, []signing.Month{before.Month, after.Month})
	if err != nil {
		return err
	}
	for _, c := range signing.Changes(&before, &after) {
		if !rows[c.Month].Frozen() {
			continue
		}
		c.ItemID, c.Reason, c.At, c.UnitID = after.ID, reason, d.now.Add(ago), unitOf(after)
		if err := d.tx.AddChange(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func unitOf(i signing.Item) *id.Unit { return &i.LandingUnitID }
