package lead

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// told writes an error as its code and the fields it names.
func told(err error) string {
	if err == nil {
		return ""
	}
	var e *fault.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	out := e.Code
	for _, f := range e.Fields {
		out += " " + f.Name + ":" + f.Code
	}
	return out
}

func day(t *testing.T, text string) *clock.Date {
	t.Helper()
	d, err := clock.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

func TestAMoveNeedsAReasonUnlessItGoesForward(t *testing.T) {
	today, long := *day(t, "2026-03-09"), strings.Repeat("长", MaxReason+1)
	for name, c := range map[string]struct {
		from Stage
		move Move
		head bool
		want string
	}{
		"forward":                       {StageLead, Move{To: Qualified}, false, ""},
		"forward over several":          {StageLead, Move{To: Signed}, false, ""},
		"back":                          {Signed, Move{To: Negotiating}, false, "input.invalid reason:required"},
		"back with a reason":            {Signed, Move{To: Negotiating, Reason: "重谈"}, false, ""},
		"into a side state":             {Review, Move{To: Suspended}, false, "input.invalid reason:required"},
		"out of a side state":           {Suspended, Move{To: Aftercare}, false, "input.invalid reason:required"},
		"out of it with a reason":       {Suspended, Move{To: Review, Reason: "恢复"}, false, ""},
		"lost without a place":          {Review, Move{To: Lost, Reason: "条件"}, false, "input.invalid lost_to:required"},
		"lost":                          {Review, Move{To: Lost, Reason: "条件", LostTo: "外市"}, false, ""},
		"to where it is":                {Review, Move{To: Review}, true, "stage.same"},
		"to nowhere":                    {Review, Move{To: "nowhere"}, true, "input.invalid to:unknown_value"},
		"reopened by an officer":        {Lost, Move{To: Review, Reason: "回流"}, false, "stage.reopen"},
		"reopened by a head":            {Lost, Move{To: Review, Reason: "回流"}, true, ""},
		"from one end to another":       {Lost, Move{To: InvalidStage, Reason: "误报"}, false, "stage.reopen"},
		"today":                         {StageLead, Move{To: Signed, HappenedOn: &today}, false, ""},
		"tomorrow":                      {StageLead, Move{To: Signed, HappenedOn: day(t, "2026-03-10")}, false, "input.invalid happened_on:day.future"},
		"before all time":               {StageLead, Move{To: Signed, HappenedOn: day(t, "1989-12-31")}, false, "input.invalid happened_on:day.out_of_range"},
		"for a reason that is a book":   {StageLead, Move{To: Signed, Reason: long}, false, "input.invalid reason:too_long"},
		"every broken rule at one time": {Review, Move{To: Lost, HappenedOn: day(t, "2026-03-10")}, false, "input.invalid reason:required lost_to:required happened_on:day.future"},
	} {
		before := Lead{Stage: c.from, AsReported: true, StageAssumed: true}
		after, err := before.Moved(c.move, today, c.head)
		if got := told(err); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if err == nil && (after.Stage != c.move.To || after.AsReported || after.StageAssumed) {
			t.Errorf("%s: the lead is %+v", name, after)
		}
		if err != nil && after.Stage != c.from {
			t.Errorf("%s: refused, and yet the lead is in %s", name, after.Stage)
		}
	}
}

func TestTheDayOfSigningIsThatOfTheFirstTime(t *testing.T) {
	today, earlier := *day(t, "2026-03-09"), *day(t, "2026-03-02")
	l, err := Lead{Stage: ToSign}.Moved(Move{To: Signed, HappenedOn: &earlier}, today, false)
	if err != nil || l.SignedOn == nil || *l.SignedOn != earlier || l.StartedOn != nil {
		t.Fatalf("signed on %v, started on %v (%v)", l.SignedOn, l.StartedOn, err)
	}
	l.Stage = ToSign
	if l, err = l.Moved(Move{To: Signed}, today, false); err != nil || *l.SignedOn != earlier {
		t.Errorf("signed again on %v (%v)", l.SignedOn, err)
	}
	if l, err = l.Moved(Move{To: Started}, today, false); err != nil || l.StartedOn == nil || *l.StartedOn != today {
		t.Errorf("started on %v (%v)", l.StartedOn, err)
	}
}

func TestAnOfferIsCheckedBeforeAnythingIsWritten(t *testing.T) {
	now := time.Date(2026, 3, 9, 1, 0, 0, 0, time.UTC)
	due := now.Add(time.Hour)
	good := Order{To: 2, Reason: "适合", Ask: "请考察"}
	for name, c := range map[string]struct {
		lead  Lead
		order Order
		open  bool
		want  string
	}{
		"good":                       {Lead{ID: 7, UnitID: 1, Stage: StageLead}, good, true, ""},
		"ended":                      {Lead{UnitID: 1, Stage: Lost}, good, true, "lead.ended"},
		"to itself":                  {Lead{UnitID: 2, Stage: StageLead}, good, true, "handoff.self to_unit_id:handoff.self"},
		"to a closed unit":           {Lead{UnitID: 1, Stage: StageLead}, good, false, "handoff.unit_closed to_unit_id:handoff.unit_closed"},
		"without words":              {Lead{UnitID: 1, Stage: StageLead}, Order{To: 2, Reason: " \u200b"}, true, "input.invalid reason:required ask:required"},
		"restricted without members": {Lead{UnitID: 1, Stage: StageLead, Restricted: true}, good, true, "input.invalid member_ids:handoff.members_required"},
		"restricted with a member":   {Lead{ID: 7, UnitID: 1, Stage: StageLead, Restricted: true}, Order{To: 2, Reason: "适合", Ask: "请考察", Members: []id.User{5}}, true, ""},
	} {
		h, err := c.lead.HandOff(c.order, c.open, 3, now, due)
		if got := told(err); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if err == nil && (h.LeadID != 7 || h.FromUnitID != 1 || h.ToUnitID != 2 || h.State != Offered || h.OfferedAt != now || h.DueAt != due || *h.OfferedBy != 3) {
			t.Errorf("%s: the offer is %+v", name, h)
		}
	}
}

func TestAnAnswerCountsUntilTheDeadlineToTheMicrosecond(t *testing.T) {
	due := time.Date(2026, 3, 9, 1, 0, 0, 0, time.UTC)
	last, never := due.Add(-time.Microsecond), due
	for name, c := range map[string]struct {
		state  HandoffState
		answer Answer
		at     time.Time
		want   string
	}{
		"accepted at the last moment":    {Offered, Answer{State: Accepted}, last, ""},
		"accepted at the deadline":       {Offered, Answer{State: Accepted}, never, "handoff.expired"},
		"withdrawn at the deadline":      {Offered, Answer{State: WithdrawnOffer}, never, "handoff.expired"},
		"accepted after it was refused":  {Refused, Answer{State: Accepted}, last, "handoff.answered"},
		"accepted after it was accepted": {Accepted, Answer{State: Accepted}, last, "handoff.answered"},
		"accepted after it was recorded": {Expired, Answer{State: Accepted}, last, "handoff.expired"},
		"refused without a reason":       {Offered, Answer{State: Refused, Reason: "  "}, last, "input.invalid reason:required"},
		"refused with one":               {Offered, Answer{State: Refused, Reason: "不合适"}, last, ""},
		"withdrawn without a reason":     {Offered, Answer{State: WithdrawnOffer}, last, ""},
	} {
		before := Handoff{State: c.state, DueAt: due, Version: 4}
		after, err := before.Answered(c.answer, 3, c.at)
		if got := told(err); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if err == nil && (after.State != c.answer.State || *after.AnsweredAt != c.at || *after.AnsweredBy != 3 || after.Version != 5) {
			t.Errorf("%s: the offer is %+v", name, after)
		}
		if err != nil && (after.State != c.state || after.AnsweredAt != nil || after.Version != 4) {
			t.Errorf("%s: refused, and yet the offer is %+v", name, after)
		}
	}
}
