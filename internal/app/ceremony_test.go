package app_test

import (
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
	"github.com/leadrelay/leadrelay/internal/signing"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// open puts a life cycle in force whose stages need nothing: which papers the
// city asks for is no matter of the board.
func (b *signingBoard) open(t *testing.T) {
	t.Helper()
	all, err := b.App.Gate.All(b.ctx, access.Actor{})
	if err != nil {
		t.Fatal(err)
	}
	admin := b.Actor(b.ctx, "system-admin", "")
	made, err := b.App.Gate.Copy(b.ctx, admin, all[0].ID, "open gates")
	if err != nil {
		t.Fatal(err)
	}
	free := gate.Cycle{Note: made.Note, Source: "the tests"}
	for _, s := range made.Steps {
		step := s.Step()
		step.Needs = nil
		free.Steps = append(free.Steps, step)
	}
	if made, err = b.App.Gate.Edit(b.ctx, admin, made.ID, made.Version, free); err != nil {
		t.Fatal(err)
	}
	if _, err = b.App.Gate.PutInForce(b.ctx, admin, made.ID, made.Version, nil); err != nil {
		t.Fatal(err)
	}
}

// walk brings a lead to the stage before signing.
func (b *signingBoard) walk(t *testing.T, leadID id.Lead) {
	t.Helper()
	head := b.Actor(b.ctx, "town-head", "")
	for _, to := range []lead.Stage{lead.Qualified, lead.Negotiating, lead.Review, lead.ToSign} {
		v, err := b.App.Lead.Get(b.ctx, head, leadID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.App.Lead.ChangeStage(b.ctx, head, v.ID, v.Version, lead.Move{To: to, Reason: "按计划推进"}); err != nil {
			t.Fatalf("to %s: %v", to, err)
		}
	}
}

func (b *signingBoard) standing(t *testing.T, who access.Actor, m signing.Month, item id.Signing) signing.ItemView {
	t.Helper()
	v, err := b.App.Signing.Item(b.ctx, who, m, item)
	if err != nil {
		t.Fatalf("the card %s in %s: %v", item, m, err)
	}
	return v
}

// One act after a ceremony: what was signed has the stage, what was not and
// what the stage's door refuses stands in the next month with its reason.
func TestAConfirmedCeremonySignsThroughTheLeadsDoorAndSendsTheRestBack(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		b := newBoard(k)
		b.open(t)
		today := clock.System{}.Today()
		signs, waits, early := b.plan(t, b.this, 100_00), b.plan(t, b.this, 200_00), b.plan(t, b.this, 400_00)
		b.walk(t, signs.LeadID)
		b.walk(t, waits.LeadID)
		d := signing.CeremonyDraft{Name: "集中签约仪式", HeldOn: &today, Seats: []signing.Seat{
			{ItemID: early.ID}, {ItemID: signs.ID, InvestorSigns: "董事长", CitySigns: "镇长"}, {ItemID: waits.ID},
		}}
		c, err := b.App.Signing.AddCeremony(b.ctx, b.bureau, b.this, d)
		if err != nil || len(c.Items) != 3 || c.Items[1].ID != signs.ID || c.Items[1].InvestorSigns != "董事长" || c.Sum.Cents != 700_00 {
			t.Fatalf("the ceremony %+v: %v", c, err)
		}
		for who, want := range map[string]int{"leader": 1, "town-officer": 1, "foreign": 0, "third": 0} {
			if seen, err := b.App.Signing.Ceremonies(b.ctx, k.Actor(b.ctx, who, ""), b.this); err != nil || len(seen) != want {
				t.Errorf("%s sees %d ceremonies: %v", who, len(seen), err)
			}
		}
		unsigned := []signing.Unsigned{{ItemID: waits.ID, Reason: "协议文本未定稿"}}
		done, err := b.App.Signing.Confirm(b.ctx, b.bureau, c.ID, unsigned)
		if err != nil || done.State != "confirmed" || len(done.Items) != 1 || len(done.SentBack) != 2 {
			t.Fatalf("confirmed %+v: %v", done, err)
		}
		if v := b.standing(t, b.town, b.this, signs.ID); v.State != signing.Signed || v.Stage != "signed" || *v.SignedOn != today {
			t.Errorf("what was signed: %+v", v)
		}
		for _, i := range []signing.ItemView{waits, early} {
			if v := b.standing(t, b.town, b.this.Add(1), i.ID); v.State != signing.Planned || v.BatchID != nil {
				t.Errorf("what was not: %+v", v)
			}
		}
		page, err := b.App.Signing.Month(b.ctx, b.bureau, b.this)
		if err != nil {
			t.Fatal(err)
		}
		reasons := map[id.Signing]string{}
		for _, one := range page.Changes {
			if one.Kind == signing.Out {
				reasons[one.ItemID] = one.Reason + one.Refusal
			}
		}
		if page.State == "frozen" && (reasons[waits.ID] != "协议文本未定稿" || reasons[early.ID] != "forbidden") {
			t.Errorf("the reasons are %q", reasons)
		}
		if _, err := b.App.Signing.Confirm(b.ctx, b.bureau, c.ID, nil); fault.CodeOf(err) != "ceremony.confirmed" {
			t.Errorf("confirmed again: %v", err)
		}
		b.checkBooks(t.Errorf)
		if found := broken(t, b, leadstore.New(b.DB)); found != "[]" {
			t.Errorf("after the ceremony these rules are broken: %s", found)
		}
	})
}
