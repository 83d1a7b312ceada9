// Package supervise makes the lists of what was not done in time, and keeps
// the slips by which a unit is told to put it right. It knows no database and
// no HTTP.
package supervise

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// State says where a slip stands.
type State string

// The states of a slip.
const (
	Issued    State = "issued"
	Received  State = "received"
	Replied   State = "replied"
	Returned  State = "returned" // for more work
	Closed    State = "closed"
	Withdrawn State = "withdrawn"
)

// Slip tells a unit to put something right by a day and to answer for it.
type Slip struct {
	ID           id.Slip
	Year         int
	Number       int64
	IssuerUnitID id.Unit
	UnitID       id.Unit // addressed
	Subject      string
	Matter       string // what is wrong
	Requirement  string // what is to be done
	Days         int    // working days
	IssuedBy     *id.User
	IssuedAt     time.Time
	DueAt        time.Time
	State        State
	ReceivedAt   *time.Time
	RepliedAt    *time.Time
	EndedAt      *time.Time
	Reminded     int64
	RemindAt     time.Time
	Version      int64
}

// open tells whether the addressed unit still owes an answer.
func (s Slip) open() bool { return s.State == Issued || s.State == Received || s.State == Returned }

// ended tells whether nothing more can happen to the slip.
func (s Slip) ended() bool { return s.State == Closed || s.State == Withdrawn }

// SlipRow is a row of a list as it stood when the slip was issued; list "lead"
// is a lead that stands in none.
type SlipRow struct {
	ID      int64
	SlipID  id.Slip
	List    string
	RowID   int64
	LeadID  id.Lead
	Code    string
	SinceOn clock.Date
	Detail  string
}

// SlipEvent is one line of a slip's story.
type SlipEvent struct {
	ID     int64
	SlipID id.Slip
	At     time.Time
	UserID *id.User
	UnitID *id.Unit
	Act    string
	Text   string
	DueAt  *time.Time
}

// SlipFile is a document on a slip.
type SlipFile struct {
	ID         id.SlipFile
	SlipID     id.Slip
	UserID     *id.User
	UnitID     *id.Unit
	Name       string
	StoredName string
	Mime       string
	Size       int64
	SHA256     string `gorm:"column:sha256"`
	AddedAt    time.Time
}

// Story is what belongs to a slip.
type Story struct {
	Rows   []SlipRow
	Events []SlipEvent
	Files  []SlipFile
}

// The city's numbers.
const (
	ruleSlips  = "supervise.slips"
	ruleMonths = "supervise.start_months"
	ruleRemind = "supervise.remind_days"
)

// Service holds the use cases.
type Service struct {
	store   Store
	city    City
	vault   Vault
	cursors page.Cursors
}

// New returns the use cases over a store.
func New(store Store, city City, vault Vault, cursors page.Cursors) *Service {
	return &Service{store: store, city: city, vault: vault, cursors: cursors}
}

// Ref names a row of a list that a slip stands on.
type Ref struct {
	List List
	Row  int64
}

// Draft is a slip as it is written.
type Draft struct {
	Subject, Matter, Requirement string
	Days                         int
}

// Order is a slip as it is issued.
type Order struct {
	Draft
	Unit id.Unit
	Rows []Ref
}

const (
	maxText  = 2000
	maxShort = 100
	maxDays  = 60
	maxRows  = 50
)

func (d Draft) check(bad *rules) {
	bad.line("subject", d.Subject, true, maxShort)
	bad.text("matter", d.Matter, true, maxText)
	bad.text("requirement", d.Requirement, true, maxText)
	if d.Days < 1 || d.Days > maxDays {
		bad.add("days", "slip.days")
	}
}

// works tells whether the actor acts for the unit under the permission.
func works(a access.Actor, p access.Permission, unit id.Unit) bool {
	return (a.Acting == 0 || a.Acting == unit) && slices.Contains(a.UnitsWith(p), unit)
}

// Issue gives a unit a slip. What it stands on is read through the actor's own
// scope, so that nobody supervises what he may not see.
//
// Errors: Invalid by field; Conflict "slip.lead_restricted" for a row on a
// restricted lead: those are followed inside the lead.
func (s *Service) Issue(ctx context.Context, actor access.Actor, o Order) (SlipView, error) {
	if err := s.checkOrder(ctx, actor, o); err != nil {
		return SlipView{}, err
	}
	office, err := s.city.Office(ctx)
	if err != nil {
		return SlipView{}, err
	}
	ahead, err := s.ahead(ctx)
	if err != nil {
		return SlipView{}, err
	}
	var slip Slip
	err = s.store.InTx(ctx, func(tx Tx) error {
		now := tx.Now(ctx)
		rows, err := s.standing(ctx, tx, actor, o, now)
		if err != nil {
			return err
		}
		slip = Slip{
			Year: clock.DateOf(now).Year(), IssuerUnitID: actor.Acting, UnitID: o.Unit, Subject: o.Subject, Matter: o.Matter,
			Requirement: o.Requirement, IssuedBy: &actor.User, IssuedAt: now, State: Issued, Version: 1,
		}
		slip.until(office, now, o.Days, ahead)
		if slip.Number, err = tx.NextNumber(ctx, slip.Year); err != nil {
			return err
		}
		if err := tx.InsertSlip(ctx, &slip, rows); err != nil {
			return err
		}
		return tell(ctx, tx, actor, told{slip: slip, act: "issued", to: slip.UnitID})
	})
	if err != nil {
		return SlipView{}, err
	}
	return s.Slip(ctx, actor, slip.ID)
}

func (s *Service) checkOrder(ctx context.Context, actor access.Actor, o Order) error {
	var bad rules
	o.check(&bad)
	open, err := s.city.UnitOpen(ctx, o.Unit)
	if err != nil {
		return err
	}
	switch {
	case !open:
		bad.add("unit_id", "unknown_value")
	case o.Unit == actor.Acting:
		bad.add("unit_id", "slip.self")
	}
	if len(o.Rows) > maxRows {
		bad = append(bad, fault.Field{Name: "rows", Code: "too_many", Params: map[string]any{"max": maxRows}})
	}
	for n, r := range o.Rows {
		if known(r.List) != nil {
			bad.add("rows["+strconv.Itoa(n)+"].list", "unknown_value")
		}
		if slices.Contains(o.Rows[:n], r) {
			bad.add("rows["+strconv.Itoa(n)+"]", "doubled")
		}
	}
	return fault.Broken("input.invalid", bad)
}

// standing reads what a slip is to stand on, as it is now.
func (s *Service) standing(ctx context.Context, tx Tx, actor access.Actor, o Order, now time.Time) ([]SlipRow, error) {
	b, err := s.bounds(ctx, now)
	if err != nil {
		return nil, err
	}
	var out []SlipRow
	var leads []id.Lead
	var bad rules
	for n, ref := range o.Rows {
		found, err := tx.Rows(ctx, reader(actor), Want{List: ref.List, Row: ref.Row, Unit: o.Unit, Limit: 1, Bounds: b})
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			bad.add("rows["+strconv.Itoa(n)+"].row_id", "slip.row")
			continue
		}
		r := found[0]
		leads = append(leads, r.LeadID)
		out = append(out, SlipRow{List: string(ref.List), RowID: r.ID, LeadID: r.LeadID, Code: r.Code, SinceOn: r.view(ref.List, b).DueOn, Detail: r.Detail})
	}
	if err := fault.Broken("input.invalid", bad); err != nil {
		return nil, err
	}
	names, err := s.store.Names(ctx, actor.Scope(access.SupervisionRead), leads)
	if err != nil {
		return nil, err
	}
	if len(names.Hidden) > 0 {
		return nil, fault.New(fault.Conflict, "slip.lead_restricted", "A slip cannot stand on a restricted lead.")
	}
	return out, nil
}

// ahead is how many working days before the end a reminder goes out.
func (s *Service) ahead(ctx context.Context) (int, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	days, err := s.city.Rule(ctx, ruleRemind, clock.DateOf(now))
	return int(days), err
}

// until gives a slip its days from now on, and when it is reminded of.
func (s *Slip) until(office *clock.Office, now time.Time, days, ahead int) {
	s.Days, s.DueAt, s.Reminded = days, office.Due(now, days), 0
	s.RemindAt = office.Due(now, max(days-ahead, 0))
	if days <= ahead { // nothing lies between the slip and its reminder
		s.Reminded, s.RemindAt = 1, s.DueAt
	}
}

// told is one act on a slip, as its story, the log and the inboxes keep it.
type told struct {
	slip, was Slip
	act, text string
	to        id.Unit // whose people are told
	silent    bool
}

func tell(ctx context.Context, tx Tx, actor access.Actor, d told) error {
	e := SlipEvent{SlipID: d.slip.ID, At: tx.Now(ctx), UserID: &actor.User, Act: d.act, Text: d.text}
	if actor.Acting != 0 {
		e.UnitID = &actor.Acting
	}
	if !d.was.DueAt.Equal(d.slip.DueAt) {
		e.DueAt = &d.slip.DueAt
	}
	if err := tx.AddEvent(ctx, e); err != nil {
		return err
	}
	l := actor.Line("slip."+d.act, "slip", int64(d.slip.ID))
	l.Reason, l.Changes = d.text, d.slip.texts().Since(d.was.texts())
	if err := tx.Record(ctx, l); err != nil || d.silent {
		return err
	}
	return tx.Notify(ctx, event.Notice{
		Kind: "slip." + d.act, Units: []id.Unit{d.to}, By: actor.User, Object: "slip", ObjectID: int64(d.slip.ID), Params: d.slip.words(),
	})
}

func (s Slip) words() map[string]string {
	return map[string]string{"reference": s.Code(), "due_on": clock.DateOf(s.DueAt).String()}
}

// Code is how people call the slip: DB-year-number.
func (s Slip) Code() string {
	n := strconv.FormatInt(s.Number, 10)
	for len(n) < 3 {
		n = "0" + n
	}
	return "DB-" + strconv.Itoa(s.Year) + "-" + n
}

func (s Slip) texts() event.Values {
	if s.ID == 0 {
		return nil
	}
	return event.Values{
		{"unit_id", s.UnitID.String()},
		{"subject", s.Subject},
		{"matter", s.Matter},
		{"requirement", s.Requirement},
		{"due_on", clock.DateOf(s.DueAt).String()},
		{"state", string(s.State)},
	}
}
