package lead_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// report is a first report without a word about earlier ones.
func report(investor string) lead.Draft {
	d := draft(investor)
	d.Duplicate = lead.Claimed{}
	return d
}

func (w *world) protection(t *testing.T, who string, l id.Lead) lead.ProtectionState {
	t.Helper()
	v, err := w.lead.Get(context.Background(), w.as(t, who), l)
	must(t, err)
	return v.Protection.State
}

func TestOfManyFirstReportsAtOnceExactlyOneIsProtected(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.withoutLimits(t)
		who := []string{"wg-shenzhen", "huangpu", "cuiheng", "xiaolan", "iit"}
		reports := testkit.Times(100, 25)
		for round := range testkit.Times(20, 3) {
			// Written differently each time, it stays one investor.
			names := []string{"星河%d精密科技有限公司", "星河 %d 精密科技有限公司", "星河%d精密科技（有限公司）", "星河%d精密科技股份有限公司"}
			errs := together(reports, func(i int) error {
				_, err := w.lead.Create(context.Background(), w.as(t, who[i%len(who)]), report(fmt.Sprintf(names[i%len(names)], 700+round)))
				return err
			})
			if n := wins(t, errs, "duplicate.conflict", "duplicate.possible"); n != 1 {
				t.Errorf("round %d: %d of %d reports were taken", round, n, reports)
			}
		}
		rounds := testkit.Times(20, 3)
		for what, sql := range map[string]string{
			"leads in protection": "SELECT count(*) FROM leads WHERE protection_state = 'active'",
			"registrations":       "SELECT count(*) FROM registrations",
			"lines of the audit":  "SELECT count(*) FROM audit_events WHERE kind = 'lead.created' AND outcome = 'done'",
			"references":          "SELECT count(DISTINCT protection_reference) FROM leads WHERE protection_reference IS NOT NULL",
		} {
			if n := w.count(t, sql); n != rounds {
				t.Errorf("%d %s after %d rounds", n, what, rounds)
			}
		}
	})
}

func TestAReportWithoutProgressLapsesAtItsInstantAndIsTakenOver(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		first, err := w.lead.Create(ctx, w.as(t, "wg-shenzhen"), report("星河精密科技有限公司"))
		must(t, err)
		same := report("星河精密科技股份有限公司")
		same.Duplicate = lead.Claimed{Choice: lead.SameProject}
		_, err = w.lead.Create(ctx, w.as(t, "huangpu"), same)
		wantCode(t, err, fault.Conflict, "duplicate.same_project")
		ends := *first.Protection.IdleUntil
		if want := clock.DateOf(first.Protection.Until.Add(0)); ends.After(want.End()) {
			t.Errorf("idle until %s, protected until %s", ends, want)
		}
		w.later(time.Until(ends) - 2*time.Second)
		if got := w.protection(t, "wg-shenzhen", first.ID); got != lead.ProtectionActive {
			t.Errorf("before its end the report is %s", got)
		}
		w.later(time.Until(ends) + time.Millisecond)
		if got := w.protection(t, "wg-shenzhen", first.ID); got != lead.ProtectionLapsed {
			t.Errorf("at its end the report is %s, without any job", got)
		}
		next, err := w.lead.Create(ctx, w.as(t, "huangpu"), same)
		must(t, err)
		if next.Protection.State != lead.ProtectionActive || next.Protection.Reference == first.Protection.Reference {
			t.Errorf("taken over as %+v after %+v", next.Protection, first.Protection)
		}
		_, err = w.lead.AddNote(ctx, w.as(t, "wg-shenzhen"), first.ID, "又联系上了")
		must(t, err)
		if got := w.protection(t, "wg-shenzhen", first.ID); got != lead.ProtectionLapsed {
			t.Errorf("late progress made a lapsed report %s", got)
		}
	})
}

func TestAWindowIsRenewedOnceAndOnlyWithEvidenceOfTheLead(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx, holder := context.Background(), w.as(t, "wg-shenzhen")
		v, err := w.lead.Create(ctx, holder, report("星河精密科技有限公司"))
		must(t, err)
		other, err := w.lead.Create(ctx, holder, report("拓新机电有限公司"))
		must(t, err)
		foreign, err := w.lead.AddNote(ctx, holder, other.ID, "另一条线索的记录")
		must(t, err)
		note, err := w.lead.AddNote(ctx, holder, v.ID, "已完成两轮选址")
		must(t, err)
		_, err = w.lead.RenewProtection(ctx, holder, v.ID, lead.Renewing{Reason: "推进中"})
		wantCode(t, err, fault.Invalid, "input.invalid")
		_, err = w.lead.RenewProtection(ctx, holder, v.ID, lead.Renewing{Reason: "推进中", NoteID: &foreign.ID})
		wantCode(t, err, fault.Invalid, "input.invalid")
		_, err = w.lead.RenewProtection(ctx, w.as(t, "huangpu"), v.ID, lead.Renewing{Reason: "推进中", NoteID: &note.ID})
		wantCode(t, err, fault.NotFound, "lead.unknown")
		errs := together(4, func(int) error {
			_, err := w.lead.RenewProtection(ctx, holder, v.ID, lead.Renewing{Reason: "推进中", NoteID: &note.ID})
			return err
		})
		if n := wins(t, errs, "protection.renewed"); n != 1 {
			t.Errorf("renewed %d times", n)
		}
		after, err := w.lead.Get(ctx, holder, v.ID)
		must(t, err)
		if after.Protection.Renewals != 1 || !after.Protection.Until.After(*v.Protection.Until) {
			t.Errorf("%+v after %+v", after.Protection, v.Protection)
		}
	})
}

func TestWhoChecksTooOftenIsStoppedAndListedForTheBureau(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx, town := context.Background(), w.as(t, "huangpu")
		name, refused := "星河精密科技有限公司", 0
		slot := func() time.Time {
			now, err := w.store.Now(ctx)
			must(t, err)
			return now.Truncate(10 * time.Minute)
		}
		began := slot()
		for range 125 {
			_, err := w.lead.CheckDuplicates(ctx, town, lead.Party{Name: &name})
			if err != nil {
				wantCode(t, err, fault.TooMany, "duplicate.too_often")
				refused++
			}
		}
		if refused != 5 && slot().Equal(began) || refused > 5 { // the ten minutes may turn meanwhile
			t.Errorf("%d of 125 checks were refused, the city allows 120", refused)
		}
		found, err := w.lead.CheckUsers(ctx, w.as(t, "bureau"))
		must(t, err)
		if len(found.Items) != 1 || found.Items[0].User.ID != town.User || found.Items[0].Checks < 120 {
			t.Errorf("the bureau sees %+v", found.Items)
		}
		if _, err := w.lead.CheckDuplicates(ctx, w.as(t, "cuiheng"), lead.Party{Name: &name}); err != nil {
			t.Errorf("another unit: %v", err)
		}
	})
}

// withoutLimits lets one person ask the register as often as a race in full
// counts does; that the questions are limited has tests of its own.
func (w *world) withoutLimits(t *testing.T) {
	t.Helper()
	must(t, w.db.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.DB(t.Context()).Exec(`UPDATE city_rules SET value = 1000000
			WHERE key IN ('duplicate_check_person', 'duplicate_check_unit', 'dispute_reference_person', 'dispute_reference_unit')`).Error
	}))
}
