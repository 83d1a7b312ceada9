package dossier

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// CommitmentState says what became of a commitment.
type CommitmentState string

// The states of a commitment.
const (
	CommitmentOpen     CommitmentState = "open"
	CommitmentKept     CommitmentState = "kept"
	CommitmentBroken   CommitmentState = "broken"
	CommitmentReleased CommitmentState = "released" // the investor gave it up
)

// Commitment is what was promised to an investor in writing or in public. It
// is honoured whoever leaves office (外商投资法 art. 25, its implementing
// regulation art. 27, 28): it belongs to a unit, and goes to another one by an
// explicit handing over alone.
type Commitment struct {
	ID             id.Commitment
	LeadID         id.Lead
	Text           string
	PromisedBy     string // the office or function that promised, no person's name
	PromisedUnitID *id.Unit
	PromisedOn     clock.Date
	Occasion       string
	FileID         *id.File
	UnitID         id.Unit // that keeps it
	DueOn          clock.Date
	State          CommitmentState
	Reason         string
	SettledBy      *id.User
	SettledAt      *time.Time
	MadeBy         *id.User
	MadeUnitID     *id.Unit
	MadeAt         time.Time
	Version        int64
}

// CommitmentEvent is one line of a commitment's history.
type CommitmentEvent struct {
	ID           int64
	CommitmentID id.Commitment
	LeadID       id.Lead
	At           time.Time
	UserID       *id.User
	UnitID       *id.Unit
	Act          string
	FromUnitID   *id.Unit
	ToUnitID     *id.Unit
	Detail       string
	Reason       string
}

// SeenCommitment is a commitment that was read through a scope.
type SeenCommitment struct {
	Commitment Commitment
	Lead       Lead
	FileName   string
	History    []CommitmentEvent
	MayEdit    bool
}

// CommitmentWant asks for commitments.
type CommitmentWant struct {
	Commitment id.Commitment
	Lead       id.Lead
	Units      []id.Unit // kept by one of them; nil for all
	States     []CommitmentState
	DueBefore  *clock.Date
}

// CommitmentReader are the scopes of reading and of keeping the register.
type CommitmentReader struct{ Read, Edit access.Scope }

// CommitmentStore reads commitments.
type CommitmentStore interface {
	// Commitments returns commitments on leads inside the scope, by due day.
	Commitments(ctx context.Context, r CommitmentReader, w CommitmentWant) ([]SeenCommitment, error)
}

// CommitmentTx writes commitments.
type CommitmentTx interface {
	CommitmentStore
	InsertCommitment(ctx context.Context, c *Commitment) error
	// SaveCommitment writes over the version before. Error: Conflict
	// "dossier.busy".
	SaveCommitment(ctx context.Context, c Commitment) error
	AddCommitmentEvent(ctx context.Context, e CommitmentEvent) error
	// SettleGrants lets the units read the lead as long as they owe something
	// on it, and no longer.
	SettleGrants(ctx context.Context, lead id.Lead, units []id.Unit, at time.Time) error
}

// CommitmentDraft is a commitment as it is written down.
type CommitmentDraft struct {
	Text, PromisedBy, Occasion string
	PromisedUnitID             *id.Unit
	PromisedOn, DueOn          clock.Date
	FileID                     *id.File
	UnitID                     id.Unit // left out: the responsible unit
}

func (d CommitmentDraft) onto(c Commitment) Commitment {
	c.Text, c.PromisedBy, c.Occasion = strings.TrimSpace(d.Text), strings.TrimSpace(d.PromisedBy), strings.TrimSpace(d.Occasion)
	c.PromisedUnitID, c.PromisedOn, c.DueOn, c.FileID = d.PromisedUnitID, d.PromisedOn, d.DueOn, d.FileID
	return c
}

func (c Commitment) check(ctx context.Context, tx Tx, city City) error {
	var bad rules
	bad.text("text", c.Text, true, maxText)
	bad.line("promised_by", c.PromisedBy, true, maxShort)
	bad.line("occasion", c.Occasion, true, maxShort)
	bad.past("promised_on", c.PromisedOn, clock.DateOf(tx.Now(ctx)))
	if c.DueOn.Before(c.PromisedOn) {
		bad.add("due_on", "commitment.due")
	}
	for name, unit := range map[string]*id.Unit{"unit_id": &c.UnitID, "promised_unit_id": c.PromisedUnitID} {
		if unit == nil {
			continue
		}
		open, err := city.UnitOpen(ctx, *unit)
		if err != nil {
			return err
		}
		if !open {
			bad.add(name, "unknown_value")
		}
	}
	if c.FileID != nil {
		there, err := tx.HasFile(ctx, c.LeadID, *c.FileID, "")
		if err != nil {
			return err
		}
		if !there {
			bad.add("file_id", "unknown_value")
		}
	}
	return fault.Broken("input.invalid", bad)
}

func commitmentReader(a access.Actor) CommitmentReader {
	return CommitmentReader{Read: a.Scope(access.CommitmentRead), Edit: a.ActScope(access.CommitmentEdit)}
}

func noCommitment() error {
	return fault.New(fault.NotFound, "commitment.unknown", "No such commitment.")
}

// keeps tells whether the actor works for the unit that keeps the commitment.
func (c Commitment) keeps(a access.Actor) bool {
	return (a.Acting == 0 || a.Acting == c.UnitID) && slices.Contains(a.UnitsWith(access.CommitmentSettle), c.UnitID)
}

// Register writes down a commitment on a lead.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Conflict
// "lead.ended"; Invalid by field.
func (s *Service) Register(ctx context.Context, actor access.Actor, lead id.Lead, d CommitmentDraft) (CommitmentView, error) {
	var c Commitment
	err := s.store.InTx(ctx, func(tx Tx) error {
		l, err := hold(ctx, tx, actor, access.CommitmentRead, access.CommitmentEdit, lead)
		if err != nil {
			return err
		}
		c = d.onto(Commitment{LeadID: lead, UnitID: d.UnitID, State: CommitmentOpen, MadeBy: &actor.User, MadeAt: tx.Now(ctx), Version: 1})
		if c.UnitID == 0 {
			c.UnitID = l.UnitID
		}
		if actor.Acting != 0 {
			c.MadeUnitID = &actor.Acting
		}
		if err := c.check(ctx, tx, s.city); err != nil {
			return err
		}
		if err := tx.InsertCommitment(ctx, &c); err != nil {
			return err
		}
		return note(ctx, tx, actor, deed{lead: l, now: c, act: "registered", tell: []id.Unit{c.UnitID}})
	})
	if err != nil {
		return CommitmentView{}, err
	}
	return s.Commitment(ctx, actor, c.ID)
}

// deed is one act on a commitment.
type deed struct {
	lead     Lead
	was, now Commitment
	act      string
	reason   string
	tell     []id.Unit
}

// note writes an act into the history and the log, settles who may read the
// lead, and tells the units that it concerns.
func note(ctx context.Context, tx Tx, actor access.Actor, d deed) error {
	c := d.now
	e := CommitmentEvent{CommitmentID: c.ID, LeadID: c.LeadID, At: tx.Now(ctx), UserID: &actor.User, Act: d.act, Reason: d.reason}
	if actor.Acting != 0 {
		e.UnitID = &actor.Acting
	}
	l := line(actor, d.lead, "commitment."+d.act)
	l.Object, l.ObjectID, l.Reason, l.Changes = "commitment", int64(c.ID), d.reason, c.texts().Since(d.was.texts())
	var words []string
	for _, change := range l.Changes {
		words = append(words, change.Field)
	}
	e.Detail = strings.Join(words, " ")
	if d.was.UnitID != c.UnitID {
		e.ToUnitID = &c.UnitID
		if d.was.UnitID != 0 {
			e.FromUnitID = &d.was.UnitID
		}
	}
	if err := tx.AddCommitmentEvent(ctx, e); err != nil {
		return err
	}
	units := []id.Unit{c.UnitID}
	if d.was.UnitID != 0 && d.was.UnitID != c.UnitID {
		units = append(units, d.was.UnitID)
	}
	if err := tx.SettleGrants(ctx, c.LeadID, units, e.At); err != nil {
		return err
	}
	if err := tx.Record(ctx, l); err != nil {
		return err
	}
	slices.Sort(d.tell)
	return tx.Notify(ctx, event.Notice{
		Kind: "commitment." + d.act, Lead: c.LeadID, Units: slices.Compact(d.tell), By: actor.User, Object: "commitment", ObjectID: int64(c.ID),
		Params: map[string]string{"reference": d.lead.Code, "due_on": c.DueOn.String()},
	})
}

func (c Commitment) texts() event.Values {
	out := event.Values{
		{"text", c.Text},
		{"promised_by", c.PromisedBy},
		{"promised_on", dayOrNone(c.PromisedOn)},
		{"occasion", c.Occasion},
		{"unit_id", c.UnitID.String()},
		{"due_on", dayOrNone(c.DueOn)},
		{"state", string(c.State)},
		{"promised_unit_id", ""},
		{"file_id", ""},
	}
	if c.PromisedUnitID != nil {
		out[7][1] = c.PromisedUnitID.String()
	}
	if c.FileID != nil {
		out[8][1] = c.FileID.String()
	}
	return out
}

func dayOrNone(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
