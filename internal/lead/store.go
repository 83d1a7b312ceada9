package lead

import (
	"context"
	"io"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Store keeps leads. Every reading takes a scope; the zero scope finds
// nothing, and a row outside the scope is missing.
type Store interface {
	DisputeReader
	GateStore

	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)

	// Get returns the lead. Error: NotFound "lead.unknown".
	Get(ctx context.Context, read access.Scope, lead id.Lead) (Seen, error)
	// Some returns those of the leads that are inside the scope.
	Some(ctx context.Context, read access.Scope, leads []id.Lead) ([]Seen, error)
	// Watchers returns who may read the leads now or could within the time
	// before now.
	Watchers(ctx context.Context, leads []id.Lead, before time.Duration) ([]Watch, error)
	// List returns a page in the asked order and one row more when there is
	// a next page.
	List(ctx context.Context, q Query) ([]Seen, error)
	Count(ctx context.Context, q Query) (page.Total, error)
	// PositionOf returns where a row stands in the order, for the cursor.
	PositionOf(row Seen, sort page.Sort) page.Position

	// ChangedSince names the fields that differ from an older version.
	ChangedSince(ctx context.Context, seen Seen, version int64) ([]string, error)
	Pipeline(ctx context.Context, q Query, by Dimension) ([]Tally, error)
	// Candidates finds the leads whose keys fit, each at most once.
	Candidates(ctx context.Context, p Probe) ([]Candidate, error)
	// CountCheck counts a question to the duplicate check; false when the
	// person or the unit has asked too often in the slot.
	CountCheck(ctx context.Context, c CheckCount) (bool, error)
	// CheckUsers lists who asked the duplicate check most since an instant.
	CheckUsers(ctx context.Context, since time.Time, limit int) ([]CheckUser, error)
	// TidyChecks drops what was counted before an instant.
	TidyChecks(ctx context.Context, before time.Time) error
	// Rekey writes the keys of every lead anew unless these rules wrote them.
	Rekey(ctx context.Context, rules int64, keysOf func(Contact) []MatchKey) error
	// EndingProtections returns leads whose protection ends before the
	// instant and was not warned of, or has lapsed unrecorded.
	EndingProtections(ctx context.Context, scope access.Scope, before time.Time, limit int) ([]id.Lead, error)
	// PendingRegistrations returns those that wait for the bureau, oldest
	// first, and one more when there is a next page.
	PendingRegistrations(ctx context.Context, read access.Scope, after int64, limit int) ([]PendingEntry, error)
	Activities(ctx context.Context, q StreamQuery) ([]Entry, error)
	Custody(ctx context.Context, seen Seen) ([]Holding, []Handoff, error)
	PartsOf(ctx context.Context, seen Seen) ([]PartRow, error)
	Contacts(ctx context.Context, seen Seen) ([]Contact, error)
	Notes(ctx context.Context, q StreamQuery) ([]NoteEntry, error)
	Note(ctx context.Context, seen Seen, note id.Note) (Note, error)
	File(ctx context.Context, seen Seen, file id.File) (File, error)
	// FieldsEdited names what the last edits of an attachment changed.
	FieldsEdited(ctx context.Context, e event.Edits) ([]string, error)
	Files(ctx context.Context, q StreamQuery) ([]FileEntry, error)
	// CountAttached counts the notes or the files of a stream, up to
	// page.CountCap.
	CountAttached(ctx context.Context, q StreamQuery, kind RowKind) (page.Total, error)
	// Stored returns those of the contents' names that a file has, taken off
	// or not.
	Stored(ctx context.Context, scope access.Scope, names []string) ([]string, error)
	Members(ctx context.Context, seen Seen, now time.Time) ([]Member, error)
	People(ctx context.Context, ids []id.User) (map[id.User]Person, error)

	// ClocksOf returns the clocks of a lead, the open ones first, with their
	// pauses.
	ClocksOf(ctx context.Context, seen Seen) ([]Clock, map[id.Clock][]Pause, error)
	ClocksToWarn(ctx context.Context, scope access.Scope, limit int) ([]Clock, error)
	// ClocksBehind returns open clocks that began beside the last change of the
	// calendar and were worked out by an older revision.
	ClocksBehind(ctx context.Context, scope access.Scope, revision int64, limit int) ([]Clock, error)
	ClockList(ctx context.Context, q ClockQuery) ([]ClockEntry, page.Total, error)
	OnTime(ctx context.Context, q OnTimeQuery) ([]OnTime, error)

	// Overdue returns offers whose deadline has passed unrecorded.
	Overdue(ctx context.Context, scope access.Scope, limit int) ([]Handoff, error)
	Handoff(ctx context.Context, q HandoffQuery, handoff id.Handoff) (HandoffEntry, error)
	Handoffs(ctx context.Context, q HandoffQuery) ([]HandoffEntry, page.Total, error)

	Helpers(ctx context.Context, seen Seen) ([]HelperEntry, error)
	IdlePool(ctx context.Context, q IdleQuery) ([]IdleRow, error)
	Lapsed(ctx context.Context, q LapsedQuery) ([]LapsedRow, error)
	PackageOf(ctx context.Context, seen Seen) (PackageFacts, error)
}

// Tx is one unit of work. Every lead in it was read through a scope and its
// row is locked, so that the decisions about one lead come one after
// another.
type Tx interface {
	DisputeTx
	GateTx

	Now(ctx context.Context) time.Time
	Record(ctx context.Context, line event.Line) error
	// Notify writes down that persons are to be told; see event.Notice.
	Notify(ctx context.Context, notice event.Notice) error

	// Lock reads a lead for writing. Errors: NotFound "lead.unknown" outside
	// read; Forbidden "forbidden" inside read but outside act.
	Lock(ctx context.Context, read, act access.Scope, lead id.Lead) (Seen, error)
	// LockOffered reads the lead of a hand-off that was offered to one of
	// the units; later states included. Error: NotFound "handoff.unknown".
	LockOffered(ctx context.Context, actor access.Actor, handoff id.Handoff) (Seen, Handoff, error)
	// HandoffOf returns a hand-off of a lead that was locked.
	HandoffOf(ctx context.Context, seen Seen, handoff id.Handoff) (Handoff, error)
	// OpenHandoff returns the hand-off that still says offered, if any.
	OpenHandoff(ctx context.Context, seen Seen) (*Handoff, error)

	ChangedSince(ctx context.Context, seen Seen, version int64) ([]string, error)
	// FieldsEdited names what the last edits of an attachment changed.
	FieldsEdited(ctx context.Context, e event.Edits) ([]string, error)
	Insert(ctx context.Context, l *Lead) error
	// Save writes what differs between the locked lead and after, with its
	// counters, copies, keys and search text; version grows with bump.
	Save(ctx context.Context, before Seen, after *Lead, bump bool) error
	Touch(ctx context.Context, seen Seen, now time.Time) error
	Delete(ctx context.Context, seen Seen, now time.Time) error

	// Claim takes the keys of an investor in one order: from here to the end
	// of the transaction nobody else decides about them.
	Claim(ctx context.Context, keys []MatchKey, until, now time.Time) error
	// HoldClaims writes the lead's name and the end of its window on keys
	// whose holder has none left.
	HoldClaims(ctx context.Context, seen Seen, keys []MatchKey) error
	Candidates(ctx context.Context, p Probe) ([]Candidate, error)
	// Register writes a registration, which gives it its number.
	Register(ctx context.Context, r *Registration, hits []Hit) error
	// DecideRegistration ends the lead's registration that waits.
	DecideRegistration(ctx context.Context, seen Seen, decided Registration) error
	// SaveProtection writes the protection of seen.Lead and nothing else.
	SaveProtection(ctx context.Context, seen Seen) error
	InsertRenewal(ctx context.Context, seen Seen, r Renewal) error
	// PutContactKeys writes the keys of the lead's live contacts anew.
	PutContactKeys(ctx context.Context, seen Seen, keysOf func(Contact) []MatchKey) error

	AddPart(ctx context.Context, l Lead, part PartRow) error
	// AddPartOnce does so unless the unit plays the part already.
	AddPartOnce(ctx context.Context, l Lead, part PartRow) (added bool, err error)
	// UnitsWith returns the units that play one of the parts at an instant.
	UnitsWith(ctx context.Context, l Lead, parts []access.Part, at time.Time) ([]id.Unit, error)
	EndParts(ctx context.Context, l Lead, parts []access.Part, units []id.Unit, at time.Time) error
	AddActivity(ctx context.Context, a *Activity) error

	InsertHandoff(ctx context.Context, seen Seen, h *Handoff) error
	// SaveHandoff writes a hand-off over the state and version that were
	// read. Error: Conflict "handoff.answered" when somebody was faster.
	SaveHandoff(ctx context.Context, seen Seen, h Handoff, from HandoffState) error
	// DropDrafts removes the lead's drafts, DropDraft one.
	DropDrafts(ctx context.Context, seen Seen) error
	DropDraft(ctx context.Context, seen Seen, h Handoff) error
	// Held returns the present interval of responsibility.
	Held(ctx context.Context, seen Seen) (Held, error)
	// Refusals returns the reasons of the refusals since the present holder
	// got the lead, oldest first.
	Refusals(ctx context.Context, seen Seen) ([]string, error)
	// Objections counts the objections of the hand-off's unit to other
	// assignments of the lead.
	Objections(ctx context.Context, seen Seen, h Handoff) (int64, error)
	// Attached counts what hangs on the lead and its holder can hand on.
	Attached(ctx context.Context, seen Seen) (Attached, error)
	// HoldBack keeps from the receiver what does not go with the lead, and
	// gives a unit that gets the lead back what it had kept.
	HoldBack(ctx context.Context, seen Seen, h Handoff) error
	// Helper returns a live helper of the lead. Error: NotFound
	// "helper.unknown".
	Helper(ctx context.Context, seen Seen, helper int64) (HelperRow, error)
	// StillIdle tells whether the lead is still what the query asks for.
	StillIdle(ctx context.Context, seen Seen, q IdleQuery) (bool, error)
	// UnitOpen tells whether the unit works on the day, and keeps it from
	// being closed until the end of the transaction.
	UnitOpen(ctx context.Context, unit id.Unit, day clock.Date) (bool, error)

	// StartClock begins a clock; Conflict "clock.running" while the unit has
	// one of the kind.
	StartClock(ctx context.Context, seen Seen, start ClockStart) error
	// CloseClocks ends the open clocks that the value names.
	CloseClocks(ctx context.Context, seen Seen, c ClockClose) error
	OpenClocks(ctx context.Context, seen Seen) ([]Clock, error)
	// Clock errors: NotFound "clock.unknown".
	Clock(ctx context.Context, seen Seen, c id.Clock) (Clock, error)
	Pauses(ctx context.Context, seen Seen, c id.Clock) ([]Pause, error)
	// SaveClock writes what changes while a clock is open. Error: Conflict
	// "clock.closed".
	SaveClock(ctx context.Context, seen Seen, c Clock) error
	// AddPause errors: Conflict "clock.paused".
	AddPause(ctx context.Context, seen Seen, p Pause) error
	EndPause(ctx context.Context, seen Seen, p Pause) error
	// AddWarning errors: Conflict "clock.closed" when it was given already.
	AddWarning(ctx context.Context, seen Seen, c Clock, percent int) error
	// WarnedPersons returns who is told at a level from 1 to 4.
	WarnedPersons(ctx context.Context, seen Seen, c Clock, level int) ([]id.User, error)

	InsertContact(ctx context.Context, seen Seen, c *Contact) error
	Contact(ctx context.Context, seen Seen, contact id.Contact) (Contact, error)
	SaveContact(ctx context.Context, seen Seen, c Contact) error
	InsertNote(ctx context.Context, seen Seen, n *Note) error
	Note(ctx context.Context, seen Seen, note id.Note) (Note, error)
	SaveNote(ctx context.Context, seen Seen, n Note) error
	InsertFile(ctx context.Context, seen Seen, f *File) error
	File(ctx context.Context, seen Seen, file id.File) (File, error)
	SaveFile(ctx context.Context, seen Seen, f File) error
	AddMember(ctx context.Context, seen Seen, user id.User, by id.User, now time.Time) error
	EndMember(ctx context.Context, seen Seen, user id.User, now time.Time) error
	// AddMemberForOffer names a person for an offer alone, and SettleMembers
	// dates those who were, once it is answered.
	AddMemberForOffer(ctx context.Context, seen Seen, h Handoff, user id.User) error
	SettleMembers(ctx context.Context, seen Seen, h Handoff) error
	// AddMemberForHelp names a person for as long as a unit helps, and
	// EndMembersForHelp ends that with the help.
	AddMemberForHelp(ctx context.Context, seen Seen, part PartRow, user id.User) error
	EndMembersForHelp(ctx context.Context, seen Seen, row HelperRow, now time.Time) error
	// LiveMembers returns those of the persons who hold a membership in the
	// unit today.
	LiveMembers(ctx context.Context, unit id.Unit, users []id.User, today clock.Date) ([]id.User, error)
}

// PartRow is one fact that gives a unit a right to a lead, dated.
type PartRow struct {
	UnitID    id.Unit
	Part      access.Part
	FromAt    time.Time
	Until     time.Time
	HandoffID *id.Handoff
	ReturnBy  *time.Time // of an owner: until when it may give the lead back
	Reason    string     // of a helper: why
	AddedBy   *id.User
}

// Holding is an interval of responsibility.
type Holding struct {
	UnitID   id.Unit
	FromAt   time.Time
	Until    *time.Time // nil while it lasts
	Handoff  *Handoff   // the hand-off that began it; nil for the first
	ReturnBy *time.Time
	By       *Person
}

// StreamQuery is one page of a lead's stream. Own is set for a reader who
// sees only what its own units contributed up to an instant.
type StreamQuery struct {
	Seen   Seen
	Kinds  []ActivityKind
	Own    *OwnOnly
	Offers *OffersOf
	// Mine are the reader's units: what they gave to a lead that was merged
	// away is still read here. None for a lead that was not.
	Mine  []id.Unit
	Limit int
	After int64 // identifier of the last entry of the page before; 0 for none
}

// OffersOf narrows a stream for a reader who only reads along: of the offers
// that led nowhere it shows those that the units made or may answer.
type OffersOf struct{ Units []id.Unit }

// OwnOnly narrows a stream to what the units wrote until the instant; of
// what came later, only changes of stage and holder are left.
type OwnOnly struct {
	Units []id.Unit
	Until time.Time
}

// Entry is an activity with what the stream shows beside it.
type Entry struct {
	Activity
	By       *Person
	NoteText *string
	NoteVer  int64
	NoteBy   *id.User
	FileName *string
	FileSize int64
	Handoff  *Handoff
}

// NoteEntry and FileEntry are attachments with their author.
type (
	NoteEntry struct {
		Note
		By *Person
	}
	FileEntry struct {
		File
		By *Person
	}
)

// HandoffQuery reads hand-offs: a box of the reader's units, or one by its
// identifier among those that the reader may see.
type HandoffQuery struct {
	Read  access.Scope // leads
	Full  access.Scope // leads of which the reader knows every offer
	Units []id.Unit    // the reader's units
	Box
	After int64
	Now   time.Time
}

// HandoffEntry is a hand-off with its lead as the reader sees it.
type HandoffEntry struct {
	Handoff
	Seen       Seen
	OfferedBy  *Person
	AnsweredBy *Person
	ObjectedBy *Person
	DecidedBy  *Person
	Spent      bool // the unit has objected to an earlier assignment of the lead
}

// Vault keeps the contents of files under random names.
type Vault interface {
	// Put stores at most limit bytes and returns what was stored. Error:
	// Invalid "file.too_large".
	Put(ctx context.Context, content io.Reader, limit int64) (Stored, error)
	Open(ctx context.Context, storedName string) (io.ReadSeekCloser, error)
	Remove(ctx context.Context, storedName string) error
	// Old returns the names of the contents stored before an instant, and
	// removes what was left half written before it.
	Old(ctx context.Context, before time.Time) ([]string, error)
}

// Stored is a file's content as it lies in the vault.
type Stored struct {
	Name   string
	Size   int64
	SHA256 string
	Head   []byte // the first 512 bytes, to decide the type
}

// City gives the dated facts of the city that leads depend on.
type City interface {
	Places(ctx context.Context) (Places, error)
	// Rule returns a number of the city on a day: answer_within_days …
	Rule(ctx context.Context, key string, on clock.Date) (int64, error)
	Office(ctx context.Context) (*clock.Office, error)
	// Pool is the bureau's unit, which stands in for the holder of a
	// restricted lead and holds leads without a town.
	Pool(ctx context.Context) (id.Unit, error)
	// LeadingBody is the unit that disputes are raised to.
	LeadingBody(ctx context.Context) (id.Unit, error)
}
