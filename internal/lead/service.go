package lead

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Service holds the use cases of leads. Its methods take the actor first;
// each writing one is one transaction with its audit line inside.
type Service struct {
	store    Store
	city     City
	vault    Vault
	cursors  page.Cursors
	shape    access.Shape
	contacts access.Shape
	maxFile  int64
	phoneKey []byte
}

// Needs lists what a Service is built from.
type Needs struct {
	Store   Store
	City    City
	Vault   Vault
	Cursors page.Cursors
	MaxFile int64 // bytes of one uploaded file
	// PhoneKey turns telephone numbers into keys of the duplicate check,
	// from which nobody can read them back.
	PhoneKey []byte
}

// NewService returns the use cases; it fails when a view has a field without
// a class.
func NewService(n Needs) (*Service, error) {
	shape, err := access.ShapeOf[View]()
	if err != nil {
		return nil, fmt.Errorf("shape of a lead: %w", err)
	}
	contacts, err := access.ShapeOf[ContactView]()
	if err != nil {
		return nil, fmt.Errorf("shape of a contact: %w", err)
	}
	return &Service{
		store: n.Store, city: n.City, vault: n.Vault, cursors: n.Cursors,
		shape: shape, contacts: contacts, maxFile: n.MaxFile, phoneKey: n.PhoneKey,
	}, nil
}

// Shape returns the classes of a lead's fields.
func (s *Service) Shape() access.Shape { return s.shape }

// Get returns a lead as the actor may see it.
//
// Errors: NotFound "lead.unknown" for a missing lead and for one outside the
// actor's reading scope.
func (s *Service) Get(ctx context.Context, actor access.Actor, lead id.Lead) (View, error) {
	seen, err := s.read(ctx, actor, lead)
	if err != nil {
		return View{}, err
	}
	r, err := s.rightsNow(ctx, actor, seen)
	if err != nil {
		return View{}, err
	}
	v := r.view(seen, s.shape)
	return v, s.fillOne(ctx, actor, seen, &v)
}

// rightsNow is rightsOf for leads that are shown with their clocks.
func (s *Service) rightsNow(ctx context.Context, actor access.Actor, rows ...Seen) (rights, error) {
	r := rightsOf(actor)
	i := slices.IndexFunc(rows, func(s Seen) bool { return s.Clock != nil })
	if i < 0 {
		return r, nil
	}
	var err error
	r.pace, err = s.Pace(ctx)
	r.now = rows[i].ClockAt
	return r, err
}

func (s *Service) read(ctx context.Context, actor access.Actor, lead id.Lead) (Seen, error) {
	return s.store.Get(ctx, actor.Scope(access.LeadRead), lead)
}

// readWith reads a lead and asks that it is also inside a further scope.
func (s *Service) readWith(
	ctx context.Context, actor access.Actor, further access.Scope, lead id.Lead,
) (Seen, error) {
	seen, err := s.read(ctx, actor, lead)
	if err != nil {
		return Seen{}, err
	}
	if !further.Covers(seen.Standing) {
		return Seen{}, fault.New(fault.Forbidden, "forbidden", "The caller may see the lead but not this.")
	}
	return seen, nil
}

// List returns one page of the leads that the actor may see.
//
// Errors: Invalid "input.invalid" on sort, cursor or a filter.
func (s *Service) List(ctx context.Context, actor access.Actor, f Filter, p page.Request) (page.Of[View], error) {
	q, err := s.query(actor, f, p)
	if err != nil {
		return page.Of[View]{}, err
	}
	rows, err := s.store.List(ctx, q)
	if err != nil {
		return page.Of[View]{}, fmt.Errorf("list leads: %w", err)
	}
	total := page.Total{Count: int64(len(rows)), Exact: true}
	if q.Page.After != nil || len(rows) > q.Page.Limit { // else the page is the whole list
		if total, err = s.store.Count(ctx, q); err != nil {
			return page.Of[View]{}, fmt.Errorf("count leads: %w", err)
		}
	}
	out := page.Of[View]{Items: make([]View, 0, len(rows)), Total: total}
	if len(rows) > q.Page.Limit {
		rows = rows[:q.Page.Limit]
		next := s.cursors.Seal(s.store.PositionOf(q.shown(rows[len(rows)-1]), q.Page.Sort), s.bound(actor, f, q.Page.Sort))
		out.Next = &next
	}
	r, err := s.rightsNow(ctx, actor, rows...)
	if err != nil {
		return page.Of[View]{}, err
	}
	for _, row := range rows {
		out.Items = append(out.Items, r.view(row, s.shape))
	}
	return out, nil
}

// OpenCursor returns the position in a cursor that List gave to this actor
// for this filter and order.
func (s *Service) OpenCursor(actor access.Actor, f Filter, sort page.Sort, cursor string) (*page.Position, error) {
	if sort.Name == "" {
		sort = page.Sort{Name: "activity_at", Desc: true}
	}
	return s.cursors.Open(cursor, s.bound(actor, f, sort))
}

// bound names what a cursor belongs to. The filter's text form is stable
// because it is a struct of values; pointers are followed.
func (s *Service) bound(actor access.Actor, f Filter, sort page.Sort) string {
	return fmt.Sprintf("leads|%d|%s|%s", actor.User, sort, f.fingerprint())
}

// Create registers a lead for one of the actor's units, which becomes its
// holder and its first-contact unit.
//
// Errors: Forbidden "actor.unit_foreign" when the unit is not the actor's;
// Invalid "input.invalid" by field; Forbidden "forbidden" for a restricted
// lead without that right.
func (s *Service) Create(ctx context.Context, actor access.Actor, d Draft) (View, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return View{}, fmt.Errorf("read the city's places: %w", err)
	}
	if d.UnitID == 0 {
		d.UnitID = actor.Acting
	}
	if !actor.HasIn(access.LeadCreate, d.UnitID) {
		return View{}, fault.New(fault.Forbidden, "actor.unit_foreign", "Not a unit of the caller.")
	}
	actor.Acting = d.UnitID
	if d.Restricted && !actor.HasIn(access.LeadRestrict, d.UnitID) {
		return View{}, fault.New(fault.Forbidden, "forbidden", "The caller may not make a lead restricted.")
	}
	r, err := s.register(ctx)
	if err != nil {
		return View{}, err
	}
	var created id.Lead
	err = s.store.InTx(ctx, func(tx Tx) error {
		created, err = s.insert(ctx, tx, actor, founding{draft: d, places: places, register: r})
		return err
	})
	if err != nil {
		return View{}, s.refusedRegistration(ctx, actor, err)
	}
	return s.Get(ctx, actor, created)
}

// addFirstParts writes the rights that follow from a new lead: its holder,
// the platforms that coordinate the holder, and its chain's team.
func addFirstParts(ctx context.Context, tx Tx, l Lead, places Places) error {
	part := PartRow{UnitID: l.UnitID, Part: access.Owner, FromAt: l.CreatedAt, Until: clock.Forever()}
	if err := tx.AddPart(ctx, l, part); err != nil {
		return err
	}
	if err := addCoordinators(ctx, tx, l, places, l.CreatedAt); err != nil {
		return err
	}
	return addChain(ctx, tx, l, places, l.CreatedAt)
}

// Edit changes fields of a lead. version is the one the caller saw.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Stale "lead.stale"
// with the present version and the fields that differ; Conflict "lead.ended";
// Invalid "input.invalid" by field.
func (s *Service) Edit(ctx context.Context, actor access.Actor, lead id.Lead, version int64, e Edit) (View, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return View{}, fmt.Errorf("read the city's places: %w", err)
	}
	r, err := s.register(ctx)
	if err != nil {
		return View{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.LeadEdit, lead, &version)
		if err != nil {
			return err
		}
		return s.edit(ctx, tx, actor, seen, editing{Edit: e, places: places, register: r})
	})
	if err != nil {
		return View{}, s.refusedRegistration(ctx, actor, err)
	}
	return s.Get(ctx, actor, lead)
}

// editing is an edit with what it needs to know of the city.
type editing struct {
	Edit
	places   Places
	register register
}

func (s *Service) edit(ctx context.Context, tx Tx, actor access.Actor, seen Seen, e editing) error {
	if seen.Lead.Ended() {
		return fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
	}
	now := tx.Now(ctx)
	after, err := seen.Lead.Edited(e.Edit, e.places, clock.DateOf(now))
	if err != nil {
		return err
	}
	if err := seen.Lead.settled(after); err != nil {
		return err
	}
	if after.Restricted != seen.Lead.Restricted && !actor.ActScope(access.LeadRestrict).Covers(seen.Standing) {
		return fault.New(fault.Forbidden, "forbidden", "The caller may not change the confidentiality.")
	}
	changes := Differences(seen.Lead, after, s.shape)
	if len(changes) == 0 {
		return nil
	}
	if err := e.register.reclaim(ctx, tx, actor, seen.Lead, &after, e.Duplicate); err != nil {
		return err
	}
	after.ActivityAt = now
	if err := saveEdited(ctx, tx, actor, seen, &after, e.places); err != nil {
		return err
	}
	return tellEdited(ctx, tx, actor, edited{Seen: seen, after: after, changes: changes, places: e.places})
}

// edited is an edit that was written.
type edited struct {
	Seen
	after   Lead
	changes []event.Change
	places  Places
}

// tellEdited writes the stream's entry, the clocks and the audit line of an
// edit.
func tellEdited(ctx context.Context, tx Tx, actor access.Actor, e edited) error {
	after, now := e.after, e.after.ActivityAt
	a := activity(actor, after, ActEdited, now)
	a.Fields, a.LeadVersion = changedNames(e.changes), &after.Version
	if err := tx.AddActivity(ctx, &a); err != nil {
		return err
	}
	if err := paceOf(e.places).done(ctx, tx, actor, Seen{Lead: after, Standing: e.Standing}, deed{"edit", now}); err != nil {
		return err
	}
	l := line(actor, after, "lead.edited")
	l.Restricted = after.Restricted || e.Lead.Restricted
	l.Changes = e.changes
	return tx.Record(ctx, l)
}

// saveEdited writes the edited lead and the rights that follow from it: the
// team of a new chain reads along, and who makes a lead restricted goes on
// seeing it.
func saveEdited(ctx context.Context, tx Tx, actor access.Actor, seen Seen, after *Lead, places Places) error {
	now := after.ActivityAt
	if err := tx.Save(ctx, seen, after, true); err != nil {
		return err
	}
	if err := followChain(ctx, tx, seen.Lead, *after, places, now); err != nil {
		return err
	}
	if err := joinBureau(ctx, tx, *after, places, now); err != nil {
		return err
	}
	if after.Restricted && !seen.Lead.Restricted && !seen.Standing.Member {
		return tx.AddMember(ctx, seen, actor.User, actor.User, now)
	}
	return nil
}

// lock reads a lead for an act and compares the version that the caller saw;
// nil asks for none.
func (s *Service) lock(
	ctx context.Context, tx Tx, actor access.Actor, p access.Permission, lead id.Lead, version *int64,
) (Seen, error) {
	seen, err := tx.Lock(ctx, actor.Scope(access.LeadRead), actor.ActScope(p), lead)
	if err != nil {
		return Seen{}, err
	}
	if version != nil && seen.Lead.Version != *version {
		differs, err := tx.ChangedSince(ctx, seen, *version)
		if err != nil {
			return Seen{}, err
		}
		return Seen{}, stale(seen, differs)
	}
	return seen, nil
}

// stale says that the caller saw an older version, which is the present one
// and which fields differ.
func stale(seen Seen, differs []string) error {
	return fault.New(fault.Stale, "lead.stale", "Somebody else changed the lead.").
		With("version", seen.Lead.Version).With("differs", differs)
}

// Check compares the version that the caller saw with the present one, so
// that an old one is refused before the body is read.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Stale "lead.stale".
func (s *Service) Check(
	ctx context.Context, actor access.Actor, p access.Permission, lead id.Lead, version *int64,
) error {
	seen, err := s.readWith(ctx, actor, actor.ActScope(p), lead)
	if err != nil {
		return err
	}
	if version == nil || seen.Lead.Version == *version {
		return nil
	}
	differs, err := s.store.ChangedSince(ctx, seen, *version)
	if err != nil {
		return err
	}
	return stale(seen, differs)
}
