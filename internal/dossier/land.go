package dossier

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// LandContract is the record of a contract that was signed on paper: its
// number, the electronic supervision code (电子监管号) of the national system
// that watches the land market, the day and the scan. The program signs
// nothing.
type LandContract struct {
	ID              id.Land
	LeadID          id.Lead
	Number          string
	SupervisionCode string
	SignedOn        *clock.Date
	AreaSqm         *int64
	PriceCents      *int64
	FileID          *id.File
	Note            string
	MadeBy          *id.User
	MadeAt          time.Time
	Version         int64
}

// SeenLand is a contract that was read through a scope, with its lead.
type SeenLand struct {
	Land     LandContract
	Lead     Lead
	FileName string // of a scan that is there
}

// LandStore reads contracts of land.
type LandStore interface {
	// Lands returns the contracts of leads inside the scope, of one lead or
	// the one with a number.
	Lands(ctx context.Context, read access.Scope, lead id.Lead, land id.Land) ([]SeenLand, error)
}

// LandTx writes contracts of land.
type LandTx interface {
	LandStore
	InsertLand(ctx context.Context, l *LandContract) error
	// SaveLand writes over the version before. Error: Conflict "dossier.busy".
	SaveLand(ctx context.Context, l LandContract) error
	DeleteLand(ctx context.Context, l LandContract) error
}

// LandView is a contract as it leaves the server.
type LandView struct {
	ID              id.Land     `json:"id"`
	LeadID          id.Lead     `json:"lead_id"`
	Number          string      `json:"number"`
	SupervisionCode string      `json:"supervision_code" doc:"电子监管号 of the national system that watches the land market."`
	SignedOn        *clock.Date `json:"signed_on"`
	AreaSqm         *int64      `json:"area_sqm"`
	PriceCents      *int64      `json:"price_cents" doc:"None for readers who see no amounts."`
	FileID          *id.File    `json:"file_id" doc:"The scan, a file of the lead."`
	FileName        string      `json:"file_name"`
	Note            string      `json:"note"`
	Missing         []string    `json:"missing" doc:"What the gate still asks of the record: number, supervision_code, signed_on, scan."`
	Version         int64       `json:"version"`
	Can             []string    `json:"can"`
}

// LandList is the contracts of a lead.
type LandList struct {
	Items []LandView `json:"items"`
	Can   []string   `json:"can"`
}

// LandEdit changes a contract; nil leaves a field alone.
type LandEdit struct {
	Number, SupervisionCode, Note *string
	SignedOn                      **clock.Date
	AreaSqm, PriceCents           **int64
	FileID                        **id.File
}

func (l LandContract) edited(e LandEdit) LandContract {
	put(&l.Number, e.Number)
	put(&l.SupervisionCode, e.SupervisionCode)
	put(&l.Note, e.Note)
	put(&l.SignedOn, e.SignedOn)
	put(&l.AreaSqm, e.AreaSqm)
	put(&l.PriceCents, e.PriceCents)
	put(&l.FileID, e.FileID)
	l.Number, l.SupervisionCode = strings.TrimSpace(l.Number), strings.ToUpper(strings.TrimSpace(l.SupervisionCode))
	return l
}

func put[T any](into *T, value *T) {
	if value != nil {
		*into = *value
	}
}

// Bounds of a contract: a thousand square kilometres, a million million yuan.
const (
	maxSqm   = 1_000_000_000
	maxCents = 100_000_000_000_000
)

// supervisionCode is how a supervision code may look; which digits mean what
// no text that we have says.
func supervisionCode() *regexp.Regexp { return regexp.MustCompile(`^[0-9A-Z-]{8,30}$`) }

func (l LandContract) broken(today clock.Date) rules {
	var bad rules
	bad.line("number", l.Number, false, maxShort)
	bad.text("note", l.Note, false, maxText)
	if l.SupervisionCode != "" && !supervisionCode().MatchString(l.SupervisionCode) {
		bad.add("supervision_code", "land.supervision_code")
	}
	if l.SignedOn != nil {
		bad.past("signed_on", *l.SignedOn, today)
	}
	bad.between("area_sqm", l.AreaSqm, 1, maxSqm, "land.area")
	bad.between("price_cents", l.PriceCents, 0, maxCents, "land.price")
	if l.Number == "" && l.SupervisionCode == "" && l.SignedOn == nil && l.FileID == nil {
		bad.add("number", "required")
	}
	return bad
}

func (l LandContract) check(ctx context.Context, tx Tx) error {
	bad := l.broken(clock.DateOf(tx.Now(ctx)))
	if l.FileID != nil {
		there, err := tx.HasFile(ctx, l.LeadID, *l.FileID, "land_contract")
		if err != nil {
			return err
		}
		if !there {
			bad.add("file_id", "unknown_value")
		}
	}
	return fault.Broken("input.invalid", bad)
}

// Lands returns the contracts of a lead.
//
// Errors: NotFound "lead.unknown".
func (s *Service) Lands(ctx context.Context, actor access.Actor, lead id.Lead) (LandList, error) {
	out := LandList{Items: []LandView{}, Can: []string{}}
	l, err := s.store.Lead(ctx, actor.Scope(access.DossierRead), lead)
	if err != nil {
		return out, err
	}
	found, err := s.store.Lands(ctx, actor.Scope(access.DossierRead), lead, 0)
	if err != nil {
		return out, err
	}
	edits, money, err := s.rights(ctx, actor, access.DossierEdit, l)
	if err != nil {
		return out, err
	}
	if edits {
		out.Can = append(out.Can, "add")
	}
	for _, f := range found {
		out.Items = append(out.Items, f.view(edits, money))
	}
	return out, nil
}

func (s SeenLand) view(edits, money bool) LandView {
	l := s.Land
	v := LandView{
		ID: l.ID, LeadID: l.LeadID, Number: l.Number, SupervisionCode: l.SupervisionCode, SignedOn: l.SignedOn, AreaSqm: l.AreaSqm,
		FileID: l.FileID, FileName: s.FileName, Note: l.Note, Missing: []string{}, Version: l.Version, Can: []string{},
	}
	if money {
		v.PriceCents = l.PriceCents
	}
	for _, need := range []struct {
		name  string
		there bool
	}{{"number", l.Number != ""}, {"supervision_code", l.SupervisionCode != ""}, {"signed_on", l.SignedOn != nil}, {"scan", s.FileName != ""}} {
		if !need.there {
			v.Missing = append(v.Missing, need.name)
		}
	}
	if edits {
		v.Can = append(v.Can, "edit", "delete")
	}
	return v
}

// land returns one contract of a lead.
func (s *Service) land(ctx context.Context, actor access.Actor, lead id.Lead, land id.Land) (LandView, error) {
	all, err := s.Lands(ctx, actor, lead)
	if err != nil {
		return LandView{}, err
	}
	for _, v := range all.Items {
		if v.ID == land {
			return v, nil
		}
	}
	return LandView{}, noLand()
}

func noLand() error { return fault.New(fault.NotFound, "land.unknown", "No such land contract.") }

// AddLand records a contract of land, as far as it is known.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Conflict
// "lead.ended"; Invalid by field.
func (s *Service) AddLand(ctx context.Context, actor access.Actor, lead id.Lead, e LandEdit) (LandView, error) {
	made := LandContract{LeadID: lead, MadeBy: &actor.User, Version: 1}.edited(e)
	err := s.store.InTx(ctx, func(tx Tx) error {
		l, err := hold(ctx, tx, actor, access.DossierRead, access.DossierEdit, lead)
		if err != nil {
			return err
		}
		made.MadeAt = tx.Now(ctx)
		if err := made.check(ctx, tx); err != nil {
			return err
		}
		if err := tx.InsertLand(ctx, &made); err != nil {
			return err
		}
		return recordLand(ctx, tx, line(actor, l, "land.recorded"), LandContract{}, made)
	})
	if err != nil {
		return LandView{}, err
	}
	return s.land(ctx, actor, lead, made.ID)
}

// EditLand changes the record of a contract.
//
// Errors: as AddLand; NotFound "land.unknown"; Stale "land.stale".
func (s *Service) EditLand(ctx context.Context, actor access.Actor, land id.Land, version int64, e LandEdit) (LandView, error) {
	var lead id.Lead
	err := s.onLand(ctx, actor, land, version, func(tx Tx, l Lead, was LandContract) error {
		lead = l.ID
		now := was.edited(e)
		if err := now.check(ctx, tx); err != nil {
			return err
		}
		now.Version++
		if err := tx.SaveLand(ctx, now); err != nil {
			return err
		}
		return recordLand(ctx, tx, line(actor, l, "land.edited"), was, now)
	})
	if err != nil {
		return LandView{}, err
	}
	return s.land(ctx, actor, lead, land)
}

// DropLand takes the record of a contract away; the log keeps what it said.
//
// Errors: as EditLand.
func (s *Service) DropLand(ctx context.Context, actor access.Actor, land id.Land, version int64) error {
	return s.onLand(ctx, actor, land, version, func(tx Tx, l Lead, was LandContract) error {
		if err := tx.DeleteLand(ctx, was); err != nil {
			return err
		}
		return recordLand(ctx, tx, line(actor, l, "land.deleted"), was, LandContract{ID: was.ID})
	})
}

func (s *Service) onLand(ctx context.Context, actor access.Actor, land id.Land, version int64, work func(Tx, Lead, LandContract) error) error {
	found, err := s.findLand(ctx, s.store, actor, land)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Tx) error {
		l, err := hold(ctx, tx, actor, access.DossierRead, access.DossierEdit, found.LeadID)
		if err != nil {
			return err
		}
		now, err := s.findLand(ctx, tx, actor, land)
		if err != nil {
			return err
		}
		if err := now.seen(version); err != nil {
			return err
		}
		return work(tx, l, now)
	})
}

func (s *Service) findLand(ctx context.Context, from LandStore, actor access.Actor, land id.Land) (LandContract, error) {
	found, err := from.Lands(ctx, actor.Scope(access.DossierRead), 0, land)
	if err != nil {
		return LandContract{}, err
	}
	if len(found) == 0 {
		return LandContract{}, noLand()
	}
	return found[0].Land, nil
}

func (l LandContract) seen(version int64) error {
	if l.Version == version {
		return nil
	}
	return fault.New(fault.Stale, "land.stale", "Somebody else changed the record.").With("version", l.Version).With("differs", []string{})
}

// CheckLand tells before the body is read whether the actor may change a
// contract, and that it is the version that he saw.
//
// Errors: NotFound "land.unknown"; Forbidden "forbidden"; Stale "land.stale".
func (s *Service) CheckLand(ctx context.Context, actor access.Actor, land id.Land, version *int64) error {
	l, err := s.findLand(ctx, s.store, actor, land)
	if err != nil {
		return err
	}
	in, err := s.store.Inside(ctx, actor.ActScope(access.DossierEdit), l.LeadID)
	switch {
	case err != nil:
		return err
	case !in[l.LeadID]:
		return forbidden()
	case version != nil:
		return l.seen(*version)
	}
	return nil
}

// recordLand writes down what an act changed; e is the line that it begins.
func recordLand(ctx context.Context, tx Tx, e event.Line, was, now LandContract) error {
	e.Object, e.ObjectID, e.Changes = "land_contract", int64(now.ID), now.texts().Since(was.texts())
	return tx.Record(ctx, e)
}

func (l LandContract) texts() event.Values {
	number := func(n *int64) string {
		if n == nil {
			return ""
		}
		return strconv.FormatInt(*n, 10)
	}
	out := event.Values{
		{"number", l.Number},
		{"supervision_code", l.SupervisionCode},
		{"signed_on", dayText(l.SignedOn)},
		{"area_sqm", number(l.AreaSqm)},
		{"price_cents", number(l.PriceCents)},
		{"note", l.Note},
		{"file_id", ""},
	}
	if l.FileID != nil {
		out[len(out)-1][1] = l.FileID.String()
	}
	return out
}

func dayText(d *clock.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}
