package lead

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// StreamPage asks for a page of a lead's stream or of a box of hand-offs.
type StreamPage struct {
	Kinds  []ActivityKind
	Limit  int
	Cursor string
}

// Timeline returns what happened to a lead, newest first. Notes and files
// are shown to those who see them; a past holder keeps its own contributions
// and the later changes of stage and holder.
//
// Errors: NotFound "lead.unknown"; Invalid "input.invalid" on cursor.
func (s *Service) Timeline(
	ctx context.Context, actor access.Actor, lead id.Lead, p StreamPage,
) ([]EntryView, *string, error) {
	seen, err := s.read(ctx, actor, lead)
	if err != nil {
		return nil, nil, err
	}
	bound := fmt.Sprintf("timeline|%d|%d|%v", actor.User, lead, p.Kinds)
	after, err := s.position(p.Cursor, bound)
	if err != nil {
		return nil, nil, err
	}
	q := StreamQuery{
		Seen: seen, Kinds: s.kinds(actor, seen, p.Kinds), Own: ownOnly(actor, seen), Offers: offersOf(actor, seen),
		Mine: merged(actor, seen), Limit: p.Limit, After: after,
	}
	if len(q.Kinds) == 0 {
		return []EntryView{}, nil, nil
	}
	rows, err := s.store.Activities(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	next := s.nextOf(len(rows) > p.Limit, func() int64 { return rows[p.Limit-1].ID }, bound)
	out := make([]EntryView, 0, len(rows))
	for _, r := range rows[:min(len(rows), p.Limit)] {
		v := entryView(actor, r, q.Own)
		if r.LeadID != lead && v.Note != nil {
			v.Note.Can = []string{} // it is edited where the merge brought it
		}
		out = append(out, v)
	}
	return out, next, nil
}

func (s *Service) position(cursor, bound string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	p, err := s.cursors.Open(cursor, bound)
	if err != nil {
		return 0, err
	}
	return p.ID, nil
}

func (s *Service) nextOf(more bool, last func() int64, bound string) *string {
	if !more {
		return nil
	}
	cursor := s.cursors.Seal(page.Position{ID: last()}, bound)
	return &cursor
}

// kinds narrows the asked kinds to those that the reader may see: notes and
// files with the class file, contacts with the class contact.
func (s *Service) kinds(actor access.Actor, seen Seen, asked []ActivityKind) []ActivityKind {
	if len(asked) == 0 {
		asked = ActivityKinds()
	}
	classes := rightsOf(actor).sees(seen.Standing)
	past := seen.Past != nil
	var out []ActivityKind
	for _, k := range asked {
		switch k {
		case ActNote, ActFile:
			if !classes.File && !past {
				continue
			}
		case ActDisputed, ActDisputeEnded:
			if !classes.File {
				continue
			}
		case ActContact, ActRevealed:
			if !classes.Contact {
				continue
			}
		}
		out = append(out, k)
	}
	return out
}

// ownOnly narrows a past holder's stream; nil for everybody else.
func ownOnly(actor access.Actor, seen Seen) *OwnOnly {
	if seen.Past == nil {
		return nil
	}
	return contributions(actor, seen)
}

// offersOf narrows the stream of who only reads along, as mayKnowOffer does
// the picture of custody; nil for full readers and past holders.
func offersOf(actor access.Actor, seen Seen) *OffersOf {
	if seen.Past != nil || rightsOf(actor).sees(seen.Standing).File {
		return nil
	}
	out := &OffersOf{Units: []id.Unit{}}
	for _, m := range actor.Memberships {
		out.Units = append(out.Units, m.Unit)
	}
	return out
}

// contributions is what the reader's units gave to a lead before they handed
// it on; the zero value is nothing.
func contributions(actor access.Actor, seen Seen) *OwnOnly {
	own := OwnOnly{}
	if seen.HandedAt != nil {
		own.Until = *seen.HandedAt
	}
	for _, f := range seen.Standing.Facts {
		for _, m := range actor.Memberships {
			if f.Part == access.Past && m.Unit == f.Unit {
				own.Units = append(own.Units, f.Unit)
			}
		}
	}
	return &own
}

// merged are the reader's units before a lead that may have been merged into
// another; none before any other lead.
func merged(actor access.Actor, seen Seen) []id.Unit {
	if seen.Lead.Stage != Duplicate {
		return nil
	}
	var out []id.Unit
	for _, m := range actor.Memberships {
		out = append(out, m.Unit)
	}
	return out
}

// attachments reads a lead for its notes or files.
func (s *Service) attachments(
	ctx context.Context, actor access.Actor, further access.Scope, lead id.Lead,
) (StreamQuery, error) {
	seen, err := s.readWith(ctx, actor, further, lead)
	if err != nil {
		return StreamQuery{}, err
	}
	q := StreamQuery{Seen: seen, Mine: merged(actor, seen)}
	if !further.Without(access.Past).Covers(seen.Standing) {
		q.Own = contributions(actor, seen) // only its past gives the reader a right here
	}
	return q, nil
}

// attachedPage reads a lead for one page of its notes or files, and returns
// what the next page's cursor is bound to.
func (s *Service) attachedPage(
	ctx context.Context, actor access.Actor, lead id.Lead, p StreamPage, kind RowKind,
) (StreamQuery, string, page.Total, error) {
	bound := fmt.Sprintf("%ss|%d|%d", kind, actor.User, lead)
	q, err := s.attachments(ctx, actor, actor.Scope(access.FileRead), lead)
	if err != nil {
		return q, bound, page.Total{}, err
	}
	if q.After, err = s.position(p.Cursor, bound); err != nil {
		return q, bound, page.Total{}, err
	}
	q.Limit = p.Limit + 1
	total, err := s.store.CountAttached(ctx, q, kind)
	return q, bound, total, err
}

// Notes lists a page of the notes of a lead, newest first; a past holder sees
// its own.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden" for a reader of the
// lead who may not see notes; Invalid "input.invalid" on cursor.
func (s *Service) Notes(ctx context.Context, actor access.Actor, lead id.Lead, p StreamPage) (page.Of[NoteView], error) {
	q, bound, total, err := s.attachedPage(ctx, actor, lead, p, RowNote)
	if err != nil {
		return page.Of[NoteView]{}, err
	}
	rows, err := s.store.Notes(ctx, q)
	if err != nil {
		return page.Of[NoteView]{}, err
	}
	out := page.Of[NoteView]{Items: make([]NoteView, 0, len(rows)), Total: total}
	out.Next = s.nextOf(len(rows) > p.Limit, func() int64 { return int64(rows[p.Limit-1].ID) }, bound)
	for _, n := range rows[:min(len(rows), p.Limit)] {
		v := noteView(actor, n)
		if n.LeadID != lead {
			v.LeadID, v.Can = lead, []string{} // it is edited where the merge brought it
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

func entryView(actor access.Actor, e Entry, own *OwnOnly) EntryView {
	v := EntryView{
		ID: e.ID, At: e.At, Kind: e.Kind, UnitID: e.UnitID, By: e.By, FromStage: e.FromStage, ToStage: e.ToStage,
		HappenedOn: e.HappenedOn, Reason: e.Reason, Fields: append([]string{}, e.Fields...), Invented: e.Invented,
		Can: []string{}, Masked: []string{},
	}
	if e.NoteID != nil && e.NoteText != nil {
		v.Note = &EntryNote{ID: *e.NoteID, Text: *e.NoteText, Version: e.NoteVer, Can: []string{}}
		if e.NoteBy != nil && *e.NoteBy == actor.User {
			v.Note.Can = []string{"edit", "delete"}
		}
	}
	if e.FileID != nil && e.FileName != nil {
		v.File = &EntryFile{ID: *e.FileID, Name: *e.FileName, Size: e.FileSize}
	}
	if h := e.Handoff; h != nil {
		v.Handoff = &EntryOffer{
			ID: h.ID, FromUnitID: h.FromUnitID, ToUnitID: h.ToUnitID, State: h.State, Reason: h.Reason, Ask: h.Ask,
			DueAt: h.DueAt, AnswerReason: h.AnswerReason,
		}
	}
	if own != nil && e.At.After(own.Until) {
		v.quieten()
	}
	return v
}

// quieten leaves of a later entry only what a past holder may know: that the
// stage or the holder changed, and when.
func (v *EntryView) quieten() {
	v.By, v.Reason, v.HappenedOn, v.Masked = nil, "", nil, []string{"by", "reason", "happened_on"}
	if v.Handoff != nil {
		v.Handoff.Reason, v.Handoff.Ask, v.Handoff.AnswerReason = "", "", ""
	}
}

// Why says for which reasons the actor sees the lead: each membership, the
// part its unit plays, and since when.
//
// Errors: NotFound "lead.unknown".
func (s *Service) Why(ctx context.Context, actor access.Actor, lead id.Lead) ([]WhyView, error) {
	seen, err := s.read(ctx, actor, lead)
	if err != nil {
		return nil, err
	}
	parts, err := s.store.PartsOf(ctx, seen)
	if err != nil {
		return nil, err
	}
	out := []WhyView{}
	for _, m := range actor.Memberships {
		alone := access.Only(actor, m)
		for _, g := range alone.Scope(access.LeadRead).Grants() {
			if w, holds := why(m, g, seen, parts); holds {
				out = append(out, w)
			}
		}
	}
	return out, nil
}

// why tells whether one grant of one membership covers the lead.
func why(m access.Membership, g access.Grant, seen Seen, parts []PartRow) (WhyView, bool) {
	w := WhyView{Role: m.Role, UnitID: m.Unit, Part: g.Part, Permission: access.LeadRead}
	switch g.Part {
	case access.AnyRestricted:
		return w, true
	case access.Any:
		return w, !seen.Lead.Restricted || seen.Standing.Member
	}
	for _, p := range parts {
		if p.Part == g.Part && p.UnitID == g.Unit {
			w.FromAt = &p.FromAt
			if !clock.IsForever(p.Until) {
				w.Until = &p.Until
			}
			return w, true
		}
	}
	return w, false
}

// Members lists the persons who may see a restricted lead.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden".
func (s *Service) Members(ctx context.Context, actor access.Actor, lead id.Lead) ([]Member, error) {
	seen, err := s.readWith(ctx, actor, actor.ActScope(access.LeadRestrict), lead)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	return s.store.Members(ctx, seen, now)
}

// ChangeMember names a person who may see a restricted lead, or ends that.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Conflict
// "lead.not_restricted"; Invalid "input.invalid" on user_id.
func (s *Service) ChangeMember(
	ctx context.Context, actor access.Actor, lead id.Lead, user id.User, named bool,
) error {
	return s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.LeadRestrict, lead, nil)
		if err != nil {
			return err
		}
		if !seen.Lead.Restricted {
			return fault.New(fault.Conflict, "lead.not_restricted", "Everybody with a part sees a normal lead.")
		}
		e := line(actor, seen.Lead, "lead.member_ended")
		change := tx.EndMember
		if named {
			e.Kind = "lead.member_named"
			change = func(ctx context.Context, seen Seen, user id.User, now time.Time) error {
				return tx.AddMember(ctx, seen, user, actor.User, now)
			}
		}
		if err := change(ctx, seen, user, tx.Now(ctx)); err != nil {
			return err
		}
		e.Reason = "user " + strconv.FormatInt(int64(user), 10)
		return tx.Record(ctx, e)
	})
}
