package lead_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/testkit/lifekit"
)

// missing are the links of what a refused move names.
func missing(err error) string {
	e := fault.As(err)
	if e == nil {
		return fmt.Sprint(err)
	}
	items, _ := e.Params["missing"].([]lead.GateItem)
	out := []string{e.Code}
	for _, i := range items {
		out = append(out, i.Link)
	}
	return strings.Join(out, " ")
}

func (w *world) move(t *testing.T, who access.Actor, l id.Lead, m lead.Move) error {
	t.Helper()
	v, err := w.lead.Get(context.Background(), who, l)
	must(t, err)
	_, err = w.lead.ChangeStage(context.Background(), who, l, v.Version, m)
	return err
}

func TestARefusedMoveNamesEverythingThatIsMissingAtOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		v := w.register(t, "huangpu", "示例光电")
		officer, head := w.as(t, "huangpu"), w.as(t, "huangpu-head")
		must(t, w.move(t, officer, v.ID, lead.Move{To: lead.Qualified}))
		for _, c := range []struct {
			who  access.Actor
			m    lead.Move
			want string
		}{
			{officer, lead.Move{To: lead.Negotiating}, "stage.gate file:visit_minutes"},
			{officer, lead.Move{To: lead.Signed, Reason: "快"}, "stage.pass"},
			{head, lead.Move{To: lead.Signed}, "input.invalid"},
			{
				head,
				lead.Move{To: lead.Signed, Reason: "快"},
				"stage.gate file:visit_minutes field:track field:location_code field:planned_cents field:fixed_assets_cents " +
					"field:output_cents field:tax_cents field:site_need file:due_diligence review:passed file:legal_opinion " +
					"field:binding file:agreement fair_competition:passed confirmation:signed",
			},
			{officer, lead.Move{To: lead.StageLead, Reason: "误"}, "stage.back"},
			{officer, lead.Move{To: lead.Suspended}, "input.invalid"},
		} {
			if got := missing(w.move(t, c.who, v.ID, c.m)); got != c.want {
				t.Errorf("%s: got %s, want %s", c.m.To, got, c.want)
			}
		}
		w.whole(t)
	})
}

func TestAProjectWalksItsWholeTrackAndLeasingHasNoPermit(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		by := lifekit.People{Owner: w.as(t, "huangpu-head"), Outside: w.as(t, "bureau"), Office: w.office(t)}
		v := w.register(t, "huangpu", "示例光电")
		var path []string
		for _, s := range lead.Stages()[1:15] {
			_, err := lifekit.Move(ctx, w.lead, by, v.ID, lead.Move{To: s.Code})
			must(t, err)
			path = append(path, string(s.Code))
		}
		p, err := w.lead.Path(ctx, by.Owner, v.ID)
		must(t, err)
		var got []string
		for _, s := range p.Items[1:] {
			if len(s.Visits) != 1 || !s.OnTrack || s.Visits[0].Entered != lead.ByGate {
				t.Errorf("%s: %+v", s.Stage, s)
			}
			got = append(got, string(s.Stage))
		}
		if !slices.Equal(got, path) {
			t.Errorf("path %v, want %v", got, path)
		}
		leased := w.register(t, "huangpu", "示例照明")
		_, err = w.lead.Edit(ctx, by.Owner, leased.ID, leased.Version, lead.Edit{Track: value(lead.Track("premises"))})
		must(t, err)
		if got := missing(w.move(t, by.Owner, leased.ID, lead.Move{To: lead.Permitted, Reason: "误"})); got != "stage.off_track" {
			t.Error(got)
		}
		_, err = lifekit.Move(ctx, w.lead, by, leased.ID, lead.Move{To: lead.SiteSecured, Reason: "同日签租"})
		must(t, err)
		_, err = lifekit.Move(ctx, w.lead, by, leased.ID, lead.Move{To: lead.Started})
		must(t, err)
		w.whole(t)
	})
}

func TestAFrameworkAgreementIsNotSigned(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		by := lifekit.People{Owner: w.as(t, "huangpu-head"), Outside: w.as(t, "bureau"), Office: w.office(t)}
		v := w.register(t, "huangpu", "示例光电")
		_, err := lifekit.Move(ctx, w.lead, by, v.ID, lead.Move{To: lead.ToSign, Reason: "材料齐备"})
		must(t, err)
		must(t, lifekit.Fulfil(ctx, w.lead, by, v.ID, lead.Signed))
		l, err := w.lead.Get(ctx, by.Owner, v.ID)
		must(t, err)
		_, err = w.lead.Edit(ctx, by.Owner, v.ID, l.Version, lead.Edit{Binding: value(false)})
		must(t, err)
		if got := missing(w.move(t, by.Owner, v.ID, lead.Move{To: lead.Signed})); got != "stage.gate field:binding" {
			t.Error(got)
		}
	})
}

func TestNobodyConfirmsTheWorkOfTheOwnUnitAndAConfirmationCountsOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		head := w.as(t, "huangpu-head")
		by := lifekit.People{Owner: head, Outside: w.as(t, "bureau"), Office: w.office(t)}
		v := w.register(t, "huangpu", "示例光电")
		_, err := w.lead.AskConfirmation(ctx, head, v.ID, lead.Qualified, "")
		wantCode(t, err, fault.Conflict, "confirmation.not_needed")
		_, err = lifekit.Move(ctx, w.lead, by, v.ID, lead.Move{To: lead.ToSign, Reason: "材料齐备"})
		must(t, err)
		asked, err := w.lead.AskConfirmation(ctx, head, v.ID, lead.Signed, "请核")
		must(t, err)
		_, err = w.lead.AskConfirmation(ctx, head, v.ID, lead.Signed, "请核")
		wantCode(t, err, fault.Conflict, "confirmation.open")
		yes := lead.ConfirmAnswer{Confirmed: true}
		_, err = w.lead.AnswerConfirmation(ctx, head, v.ID, asked.ID, yes)
		wantCode(t, err, fault.Forbidden, "forbidden")
		// Somebody of the bureau who also belongs to the town is not outside.
		both := access.NewActor(by.Outside.User, []access.Membership{
			{Unit: w.unit(t, "zs-ipb"), Role: access.BureauOfficer}, {Unit: w.unit(t, "huangpu"), Role: access.TownOfficer},
		}, w.policy)
		both.Acting = w.unit(t, "zs-ipb")
		_, err = w.lead.AnswerConfirmation(ctx, both, v.ID, asked.ID, yes)
		wantCode(t, err, fault.Forbidden, "confirmation.own_unit")
		box, err := w.lead.AskedOfMe(ctx, by.Outside)
		must(t, err)
		if len(box) != 1 || box[0].ID != asked.ID {
			t.Errorf("the bureau's box has %+v", box)
		}
		_, err = w.lead.AnswerConfirmation(ctx, by.Outside, v.ID, asked.ID, yes)
		must(t, err)
		_, err = w.lead.AnswerConfirmation(ctx, by.Outside, v.ID, asked.ID, yes)
		wantCode(t, err, fault.Conflict, "confirmation.answered")
		_, err = lifekit.Move(ctx, w.lead, by, v.ID, lead.Move{To: lead.Signed})
		must(t, err)
		must(t, w.move(t, head, v.ID, lead.Move{To: lead.ToSign, Reason: "文本有误"}))
		if got := missing(w.move(t, head, v.ID, lead.Move{To: lead.Signed})); got != "stage.gate confirmation:signed" {
			t.Error(got)
		}
		w.whole(t)
	})
}

func TestAConfirmationCountsForTheEvidenceThatWasThere(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		by := lifekit.People{Owner: w.as(t, "huangpu-head"), Outside: w.as(t, "bureau"), Office: w.office(t)}
		v := w.register(t, "huangpu", "示例光电")
		_, err := lifekit.Move(ctx, w.lead, by, v.ID, lead.Move{To: lead.ToSign, Reason: "材料齐备"})
		must(t, err)
		must(t, lifekit.Fulfil(ctx, w.lead, by, v.ID, lead.Signed))
		for _, name := range []string{"site.txt", "agreement.txt"} {
			kind := map[string]string{"agreement.txt": "agreement"}[name]
			_, err = w.lead.Attach(ctx, by.Owner, v.ID, lead.Document{Name: name, Kind: kind, Content: strings.NewReader("另一份")})
			must(t, err)
			g, err := w.lead.Gate(ctx, by.Owner, v.ID, lead.Signed)
			must(t, err)
			if want := kind == ""; g.Open != want {
				t.Errorf("after %s: the gate is open: %t", name, g.Open)
			}
		}
		if got := missing(w.move(t, by.Owner, v.ID, lead.Move{To: lead.Signed})); got != "stage.gate confirmation:signed" {
			t.Error(got)
		}
		must(t, lifekit.Fulfil(ctx, w.lead, by, v.ID, lead.Signed))
		must(t, w.move(t, by.Owner, v.ID, lead.Move{To: lead.Signed}))
		w.whole(t)
	})
}

func TestAReviewLetsAProjectPassOnlyWhereItWasReviewed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		by := lifekit.People{Owner: w.as(t, "huangpu-head"), Outside: w.as(t, "bureau"), Office: w.office(t)}
		v := w.register(t, "huangpu", "示例光电")
		_, err := lifekit.Move(ctx, w.lead, by, v.ID, lead.Move{To: lead.Review, Reason: "材料齐备"})
		must(t, err)
		must(t, lifekit.Fulfil(ctx, w.lead, by, v.ID, lead.ToSign))
		home, err := w.lead.Get(ctx, by.Owner, v.ID)
		must(t, err)
		for _, place := range []string{"442000007", *home.LocationCode} {
			l, err := w.lead.Get(ctx, by.Owner, v.ID)
			must(t, err)
			_, err = w.lead.Edit(ctx, by.Owner, v.ID, l.Version, lead.Edit{LocationCode: value(place)})
			must(t, err)
			g, err := w.lead.Gate(ctx, by.Owner, v.ID, lead.ToSign)
			must(t, err)
			if want := place == *home.LocationCode; g.Open != want {
				t.Errorf("landing in %s: the gate is open: %t", place, g.Open)
			}
		}
		must(t, w.move(t, by.Owner, v.ID, lead.Move{To: lead.ToSign}))
		w.whole(t)
	})
}

func TestALostProjectSaysWhereItWentAndComesBackThroughTheGate(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		head := w.as(t, "huangpu-head")
		v := w.register(t, "huangpu", "示例光电")
		must(t, w.move(t, head, v.ID, lead.Move{To: lead.Qualified}))
		must(t, w.move(t, head, v.ID, lead.Move{To: lead.Lost, Reason: "电价", LostTo: "合肥", LostProvince: "安徽", LostCountry: "CN"}))
		p, err := w.lead.Path(ctx, head, v.ID)
		must(t, err)
		if len(p.Losses) != 1 || p.Losses[0].Place != "合肥" || p.Losses[0].Province != "安徽" || p.Losses[0].Country != "CN" || p.Losses[0].Reason != "电价" {
			t.Errorf("losses %+v", p.Losses)
		}
		if got := missing(w.move(t, head, v.ID, lead.Move{To: lead.Negotiating, Reason: "回流"})); got != "stage.gate file:visit_minutes" {
			t.Error(got)
		}
		must(t, w.move(t, head, v.ID, lead.Move{To: lead.Qualified, Reason: "回流"}))
		w.whole(t)
	})
}
