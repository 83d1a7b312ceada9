package supervise

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// List names a list of what was not done in time.
type List string

// The lists.
const (
	Unanswered List = "unanswered_offers"
	Overdue    List = "overdue_steps"
	Slipped    List = "slipped_twice"
	NotStarted List = "not_started"
	Promises   List = "broken_promises"
)

// Lists lists every list in the order of the page.
func Lists() []List { return []List{Unanswered, Overdue, Slipped, NotStarted, Promises} }

// Bounds are the city's numbers that the lists are made by, as of a day.
type Bounds struct {
	Slips  int64      // how often a planned signing was moved out of its month
	Months int64      // after so many months a signed project should have started
	Before clock.Date // signed before this day: that long ago
	Today  clock.Date
}

// Reader is whose rows are read: through the scope of leads, and of them those
// that one of the units owes or whose lead it holds, unless it reads all.
type Reader struct{ Read, Slips access.Scope }

// All tells whether the reader sees what every unit owes.
func (r Reader) All() bool { return r.Read.Any() }

// Want asks for rows of one list.
type Want struct {
	List   List
	Unit   id.Unit // that owes it; 0 for every one
	Row    int64   // one row alone; 0 for all
	After  *page.Position
	Limit  int
	Bounds Bounds
}

// Row is one line of a list.
type Row struct {
	ID     int64 // of what is late: hand-off, clock, planned signing, stage or commitment
	LeadID id.Lead
	Code   string
	Title  string
	Stage  string
	Holder id.Unit
	UnitID id.Unit // that owes it
	DueAt  *time.Time
	DueOn  clock.Date
	Detail string // the kind of the step, how often it slipped, or the state of the promise
	Slip   *id.Slip
}

// since is the day on which the row's time was over.
func (r Row) since() clock.Date {
	if r.DueAt != nil {
		return clock.DateOf(*r.DueAt)
	}
	return r.DueOn
}

// position is where a row stands in its list.
func (r Row) position() page.Position {
	if r.DueAt != nil {
		return page.Position{Value: r.DueAt.UTC().Format(time.RFC3339Nano), ID: r.ID}
	}
	return page.Position{Value: r.DueOn.String(), ID: r.ID}
}

// Count is how much of a list one unit owes.
type Count struct {
	UnitID id.Unit `json:"unit_id"`
	Rows   int64   `json:"rows"`
}

// ListView is a list without its rows.
type ListView struct {
	List  List    `json:"list" enum:"unanswered_offers,overdue_steps,slipped_twice,not_started,broken_promises"`
	Total int64   `json:"total"`
	Units []Count `json:"units" doc:"By the unit that owes it; adds up to the total."`
}

// ListsView are the lists as the caller may read them.
type ListsView struct {
	Lists  []ListView `json:"lists"`
	Slips  int64      `json:"slips" doc:"How often a planned signing must have slipped."`
	Months int64      `json:"months" doc:"Months after signing in which a project should start."`
	AsOf   time.Time  `json:"as_of"`
	Can    []string   `json:"can"`
}

// RowView is a row as it leaves the server.
type RowView struct {
	ID       int64      `json:"id"`
	LeadID   id.Lead    `json:"lead_id"`
	Code     string     `json:"code"`
	Title    string     `json:"title"`
	Stage    string     `json:"stage"`
	HolderID id.Unit    `json:"holder_id"`
	UnitID   id.Unit    `json:"unit_id" doc:"The unit that owes it."`
	DueOn    clock.Date `json:"due_on" doc:"Until when it should have been done; of a signing when it last slipped."`
	Days     int        `json:"days" doc:"Calendar days since then."`
	Detail   string     `json:"detail" doc:"The kind of the step, how often it slipped, or the state of the promise."`
	SlipID   *id.Slip   `json:"slip_id" doc:"An open slip that stands on this row."`
}

// RowsQuery asks for a page of a list.
type RowsQuery struct {
	List   List
	Unit   id.Unit
	Cursor string
	Limit  int
}

func reader(a access.Actor) Reader {
	return Reader{Read: a.Scope(access.SupervisionRead), Slips: a.Scope(access.SlipRead)}
}

func (s *Service) bounds(ctx context.Context, now time.Time) (Bounds, error) {
	b := Bounds{Today: clock.DateOf(now)}
	var err error
	if b.Slips, err = s.city.Rule(ctx, ruleSlips, b.Today); err != nil {
		return b, err
	}
	if b.Months, err = s.city.Rule(ctx, ruleMonths, b.Today); err != nil {
		return b, err
	}
	b.Before = monthsLater(b.Today, -int(b.Months))
	return b, nil
}

// monthsLater is the same day of a later month, or its last day where that
// month is shorter.
func monthsLater(d clock.Date, months int) clock.Date {
	t := d.Start().In(clock.Location())
	first := clock.NewDate(t.Year(), t.Month()+time.Month(months), 1)
	last := clock.NewDate(t.Year(), t.Month()+time.Month(months)+1, 0)
	if same := first.AddDays(t.Day() - 1); same.Before(last) {
		return same
	}
	return last
}

// Lists counts every list, by the unit that owes what stands in it.
func (s *Service) Lists(ctx context.Context, actor access.Actor) (ListsView, error) {
	out := ListsView{Lists: []ListView{}, Can: []string{}}
	now, err := s.store.Now(ctx)
	if err != nil {
		return out, err
	}
	b, err := s.bounds(ctx, now)
	if err != nil {
		return out, err
	}
	out.Slips, out.Months, out.AsOf = b.Slips, b.Months, now
	for _, list := range Lists() {
		counts, err := s.store.Counts(ctx, reader(actor), Want{List: list, Bounds: b})
		if err != nil {
			return out, err
		}
		v := ListView{List: list, Units: []Count{}}
		for _, c := range counts {
			v.Units, v.Total = append(v.Units, c), v.Total+c.Rows
		}
		out.Lists = append(out.Lists, v)
	}
	if len(actor.UnitsWith(access.SlipIssue)) > 0 {
		out.Can = append(out.Can, "issue")
	}
	return out, nil
}

// Rows lists a page of a list, the longest overdue first.
//
// Error: Invalid "input.invalid" on cursor.
func (s *Service) Rows(ctx context.Context, actor access.Actor, q RowsQuery) (page.Of[RowView], error) {
	out := page.Of[RowView]{Items: []RowView{}}
	bound := "supervision " + actor.User.String() + " " + string(q.List) + " " + q.Unit.String()
	now, err := s.store.Now(ctx)
	if err != nil {
		return out, err
	}
	w := Want{List: q.List, Unit: q.Unit, Limit: q.Limit + 1}
	if w.Bounds, err = s.bounds(ctx, now); err != nil {
		return out, err
	}
	if q.Cursor != "" {
		if w.After, err = s.cursors.Open(q.Cursor, bound); err != nil {
			return out, err
		}
	}
	rows, err := s.store.Rows(ctx, reader(actor), w)
	if err != nil {
		return out, err
	}
	counts, err := s.store.Counts(ctx, reader(actor), w)
	if err != nil {
		return out, err
	}
	out.Total.Exact = true
	for _, c := range counts {
		out.Total.Count += c.Rows
	}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		next := s.cursors.Seal(rows[q.Limit-1].position(), bound)
		out.Next = &next
	}
	for _, r := range rows {
		out.Items = append(out.Items, r.view(q.List, w.Bounds))
	}
	return out, nil
}

func (r Row) view(list List, b Bounds) RowView {
	due := r.since()
	if list == NotStarted {
		due = monthsLater(due, int(b.Months))
	}
	return RowView{
		ID: r.ID, LeadID: r.LeadID, Code: r.Code, Title: r.Title, Stage: r.Stage, HolderID: r.Holder, UnitID: r.UnitID,
		DueOn: due, Days: due.DaysUntil(b.Today), Detail: r.Detail, SlipID: r.Slip,
	}
}

func known(list List) error {
	for _, l := range Lists() {
		if l == list {
			return nil
		}
	}
	return fault.BadField("list", "unknown_value")
}

// Owed counts a list by who owes it, over all leads: for figures that must not
// depend on who asks for them.
func (s *Service) Owed(ctx context.Context, system access.Scope, list List) ([]Count, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	b, err := s.bounds(ctx, now)
	if err != nil {
		return nil, err
	}
	return s.store.Counts(ctx, Reader{Read: system}, Want{List: list, Bounds: b})
}
