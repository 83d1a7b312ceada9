//go:build unix

package worldkit

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Relation is what a unit is to a lead of the grid.
type Relation string

// The relations of the access matrix. Foreign is the unit xiaolan; a lead
// that it holds and that is on offer is on offer to the third unit, com.
const (
	Own         Relation = "own"         // given by the foreign unit, accepted
	OfferedToMe Relation = "offered"     // on offer by the foreign unit
	OfferedByMe Relation = "offering"    // own, on offer to the third unit
	Refused     Relation = "refused"     // was offered, the unit refused
	Past        Relation = "past"        // handed to the foreign unit
	Helper      Relation = "helper"      // helps the foreign unit
	Chain       Relation = "chain"       // team of the lead's chain
	Coordinator Relation = "coordinator" // coordinates the holder
	Granted     Relation = "granted"     // was given a right of its own
	Foreign     Relation = "foreign"     // nothing
	Ended       Relation = "ended"       // own, lost
	Deleted     Relation = "deleted"     // own, deleted
	Named       Relation = "named"       // own, and the person is a named member
	// Beside the thirteen: a named member whose unit is something else.
	OfferedNamed Relation = "offered_named"
	PastNamed    Relation = "past_named"
	ForeignNamed Relation = "foreign_named"
)

// Relations lists every relation.
func Relations() []Relation {
	return []Relation{
		Own, OfferedToMe, OfferedByMe, Refused, Past, Helper, Chain, Coordinator, Granted, Foreign, Ended, Deleted, Named,
		OfferedNamed, PastNamed, ForeignNamed,
	}
}

// GridUnits says in which unit each role of the matrix is held.
func GridUnits() map[access.Role]string {
	return map[access.Role]string{
		access.SystemAdmin: "zs-ipb", access.SecurityAdmin: "zs-ipb", access.Auditor: "zs-ipb", access.Leader: "four-bodies",
		access.BureauHead: "zs-ipb", access.BureauOfficer: "zs-ipb", access.GroupHead: "wg-shenzhen",
		access.GroupOfficer: "wg-shenzhen", access.DepartmentHead: "iit", access.DepartmentOfficer: "iit",
		access.TownHead: "huangpu", access.TownOfficer: "huangpu", access.TownViewer: "huangpu",
	}
}

// Slugs lists the units of the matrix.
func Slugs() []string { return []string{"zs-ipb", "four-bodies", "wg-shenzhen", "iit", "huangpu"} }

// GridPeople are one person for each role, called like it, a colleague in
// each unit, and people of the foreign and the third unit.
func GridPeople() []org.Account {
	var out []org.Account
	add := func(username, unit string, role access.Role) {
		out = append(out, org.Account{
			Username: username, Name: "测试员 " + username, Roles: []org.AccountRole{{Unit: unit, Role: role}},
		})
	}
	for _, role := range access.Roles() {
		add(login(role), GridUnits()[role], role)
	}
	add("staff-zs-ipb", "zs-ipb", access.BureauOfficer)
	add("staff-four-bodies", "four-bodies", access.Leader)
	add("staff-wg-shenzhen", "wg-shenzhen", access.GroupOfficer)
	add("staff-iit", "iit", access.DepartmentOfficer)
	add("staff-huangpu", "huangpu", access.TownOfficer)
	add("foreign", "xiaolan", access.TownHead)
	add("third", "com", access.DepartmentOfficer)
	add("fourth", "com", access.DepartmentOfficer)
	return out
}

func login(role access.Role) string { return strings.ReplaceAll(string(role), "_", "-") }

// Login is the name under which a role's person logs in.
func Login(role access.Role) string { return login(role) }

// Cell is one lead of the grid with everything a request may name.
type Cell struct {
	Unit       string
	Relation   Relation
	Restricted bool
	Lead       id.Lead
	Code       string
	Handoff    id.Handoff
	Contact    id.Contact
	Note       id.Note
	File       id.File
}

// Title is what the cell's lead is called.
func (c Cell) Title() string {
	kind := "normal"
	if c.Restricted {
		kind = "restricted"
	}
	return fmt.Sprintf("%s %s %s", c.Unit, c.Relation, kind)
}

// BuildGrid makes a lead for every unit, relation and confidentiality.
func BuildGrid(ctx context.Context, k *Kit) error {
	for _, unit := range Slugs() {
		for _, relation := range Relations() {
			for _, restricted := range []bool{false, true} {
				if _, err := k.MakeCell(ctx, Cell{Unit: unit, Relation: relation, Restricted: restricted}); err != nil {
					return fmt.Errorf("make %s %s: %w", unit, relation, err)
				}
			}
		}
	}
	return nil
}

// cellBuilder makes one lead in one relation.
type cellBuilder struct {
	kit     *Kit
	cell    Cell
	mine    access.Actor // the unit's colleague, with a head's rights
	foreign access.Actor
}

// MakeCell makes a fresh lead in the relation.
func (k *Kit) MakeCell(ctx context.Context, c Cell) (Cell, error) {
	b := &cellBuilder{
		kit: k, cell: c, mine: k.headOf(ctx, "staff-"+c.Unit, c.Unit), foreign: k.headOf(ctx, "foreign", "xiaolan"),
	}
	err := b.make(ctx)
	return b.cell, err
}

// headOf is a person with the rights of a head in a unit, whatever the unit.
func (k *Kit) headOf(ctx context.Context, username, unit string) access.Actor {
	at := k.Unit(ctx, unit)
	a := access.NewActor(k.People[username].ID, []access.Membership{{Unit: at, Role: access.TownHead}}, k.App.Policy)
	a.Acting = at
	return a
}

func (b *cellBuilder) make(ctx context.Context) error {
	giver := b.foreign
	if b.cell.Relation == OfferedByMe || b.cell.Relation == Past || b.cell.Relation == PastNamed {
		giver = b.mine
	}
	if err := b.register(ctx, giver); err != nil {
		return err
	}
	if err := b.handOn(ctx, giver); err != nil {
		return err
	}
	if err := b.finish(ctx); err != nil {
		return err
	}
	return b.rights(ctx)
}

// register reports the lead with a contact, a note and a file of the giver.
func (b *cellBuilder) register(ctx context.Context, giver access.Actor) error {
	title, summary, cents := b.cell.Title(), "生产基地", int64(80_000_000_00)
	// Each lead has an investor of its own: a second report would be refused.
	n := b.kit.investors.Add(1)
	investor, phone := fmt.Sprintf("%s %d", title, n), fmt.Sprintf("138%08d", n*7919%100_000_000)
	v, err := b.kit.App.Lead.Create(ctx, giver, lead.Draft{
		Facts: lead.Facts{
			Title: title, InvestorName: &investor, SourceChannel: "visit", Summary: &summary, PlannedCents: &cents,
			Restricted: b.cell.Restricted,
		},
		Contact: &lead.ContactDraft{Name: "测试员甲", Phone: &phone, Consent: true},
	})
	if err != nil {
		return err
	}
	b.cell.Lead, b.cell.Code = v.ID, v.Code
	contacts, err := b.kit.App.Lead.Contacts(ctx, giver, v.ID)
	if err != nil {
		return err
	}
	b.cell.Contact = contacts[0].ID
	note, err := b.kit.App.Lead.AddNote(ctx, giver, v.ID, "记录")
	if err != nil {
		return err
	}
	f, err := b.kit.App.Lead.AddFile(ctx, giver, v.ID, "plan.txt", strings.NewReader(Content("plan.txt")))
	b.cell.Note, b.cell.File = note.ID, f.ID
	return err
}

// handOn makes the one hand-off of the lead.
func (b *cellBuilder) handOn(ctx context.Context, giver access.Actor) error {
	to, member := b.cell.Unit, "staff-"+b.cell.Unit
	answer, answerer := lead.HandoffState(""), b.mine
	switch b.cell.Relation {
	case Own, Ended, Deleted, Named:
		answer = lead.Accepted
	case Refused:
		answer = lead.Refused
	case OfferedToMe, OfferedNamed:
	case Past, PastNamed:
		to, member, answer, answerer = "xiaolan", "foreign", lead.Accepted, b.foreign
	default:
		to, member = "com", "third"
	}
	h, err := b.kit.App.Lead.HandOff(ctx, giver, b.cell.Lead, lead.Order{
		To: b.kit.Unit(ctx, to), Reason: "适合贵单位", Ask: "请联系投资方", Members: []id.User{b.kit.People[member].ID},
	})
	if err != nil {
		return err
	}
	b.cell.Handoff = h.ID
	if answer != "" {
		_, err = b.kit.App.Lead.Answer(ctx, answerer, h.ID, lead.Answer{State: answer, Reason: "答复"})
	}
	return err
}

// finish ends or deletes the lead.
func (b *cellBuilder) finish(ctx context.Context) error {
	if b.cell.Relation != Ended && b.cell.Relation != Deleted {
		return nil
	}
	v, err := b.kit.App.Lead.Get(ctx, b.mine, b.cell.Lead)
	if err != nil {
		return err
	}
	if b.cell.Relation == Deleted {
		return b.kit.App.Lead.Delete(ctx, b.mine, v.ID, v.Version, "登记错误")
	}
	move := lead.Move{To: lead.Lost, Reason: "投资方放弃", LostTo: "外市"}
	_, err = b.kit.App.Lead.ChangeStage(ctx, b.mine, v.ID, v.Version, move)
	return err
}

// rights writes the facts that no use case of this release makes: a helping
// unit, a granted right, a chain or a platform of one's choice, and the named
// members.
func (b *cellBuilder) rights(ctx context.Context) error {
	switch b.cell.Relation {
	case Helper, Chain, Coordinator, Granted:
		part := access.Part(b.cell.Relation)
		if err := b.kit.AddPart(ctx, b.cell.Lead, b.kit.Unit(ctx, b.cell.Unit), part); err != nil {
			return err
		}
	}
	var names []string
	switch b.cell.Relation {
	case Named, OfferedNamed, PastNamed, ForeignNamed:
		for role, unit := range GridUnits() {
			if unit == b.cell.Unit {
				names = append(names, login(role))
			}
		}
	}
	if b.cell.Restricted {
		names = append(names, "fourth")
	}
	for _, name := range names {
		if err := b.kit.AddMember(ctx, b.cell.Lead, name); err != nil {
			return err
		}
	}
	return nil
}

// AddPart gives a unit a part in a lead from now on.
func (k *Kit) AddPart(ctx context.Context, leadID id.Lead, unit id.Unit, part access.Part) error {
	return k.Exec(ctx, "INSERT INTO lead_parts (lead_id, unit_id, part, from_at, until, activity_at, stage, restricted) "+
		"SELECT id, ?, ?, created_at, ?, activity_at, stage, restricted FROM leads WHERE id = ?", unit, part, clock.Forever(), leadID)
}

// AddMember names a person to a lead, restricted or not.
func (k *Kit) AddMember(ctx context.Context, leadID id.Lead, username string) error {
	return k.Exec(ctx, "INSERT INTO lead_members (lead_id, user_id, from_at, until) SELECT id, ?, created_at, ? FROM leads WHERE id = ?",
		k.People[username].ID, clock.Forever(), leadID)
}

// Cells returns the grid as it was built, by the titles of its leads.
func (k *Kit) Cells(ctx context.Context) (map[string]Cell, error) {
	var rows []struct {
		Title     string
		LeadID    id.Lead
		Code      string
		HandoffID id.Handoff
		ContactID id.Contact
		NoteID    id.Note
		FileID    id.File
	}
	err := k.DB.Read(ctx).Raw("SELECT l.title, l.id AS lead_id, l.code, h.id AS handoff_id, c.id AS contact_id, n.id AS note_id, f.id AS file_id " +
		"FROM leads l JOIN handoffs h ON h.lead_id = l.id JOIN contacts c ON c.lead_id = l.id JOIN notes n ON n.lead_id = l.id " +
		"JOIN files f ON f.lead_id = l.id").Scan(&rows).Error
	out := make(map[string]Cell, len(rows))
	for _, r := range rows {
		words := strings.Fields(r.Title)
		out[r.Title] = Cell{
			Unit: words[0], Relation: Relation(words[1]), Restricted: words[2] == "restricted", Lead: r.LeadID, Code: r.Code,
			Handoff: r.HandoffID, Contact: r.ContactID, Note: r.NoteID, File: r.FileID,
		}
	}
	return out, err
}

// Warm makes every token and the contract once, so that clients may speak at
// the same time.
func (k *Kit) Warm(t testing.TB) {
	t.Helper()
	k.contract(t)
	for _, p := range k.People {
		p.Token(t)
	}
}

// Attach puts a contact, and a note and a file by the person, onto a lead.
func (k *Kit) Attach(t testing.TB, c Cell, p *Person) (contact, note, file int64) {
	t.Helper()
	ctx := context.Background()
	now := clock.System{}.Now()
	unit := p.Roles[0].Unit
	err := k.DB.InTx(ctx, func(tx *store.Tx) error {
		db := tx.DB(ctx)
		if err := db.Raw("INSERT INTO contacts (lead_id, name, consent, unit_id, created_by, created_at) VALUES (?, '测试员丙', true, ?, ?, ?) RETURNING id",
			c.Lead, unit, p.ID, now).Scan(&contact).Error; err != nil {
			return err
		}
		if err := db.Raw("INSERT INTO notes (lead_id, unit_id, user_id, text, created_at) VALUES (?, ?, ?, '记录', ?) RETURNING id",
			c.Lead, unit, p.ID, now).Scan(&note).Error; err != nil {
			return err
		}
		return db.Raw("INSERT INTO files (lead_id, unit_id, user_id, name, stored_name, mime, size, sha256, created_at) "+
			"VALUES (?, ?, ?, 'own.txt', ?, 'text/plain', 1, 'x', ?) RETURNING id", c.Lead, unit, p.ID, rand.Text(), now).Scan(&file).Error
	})
	if err != nil {
		t.Fatalf("attach rows to lead %d: %v", c.Lead, err)
	}
	return contact, note, file
}

// StopClock pauses a clock for a reason.
func (k *Kit) StopClock(t testing.TB, clockID int64) {
	t.Helper()
	ctx, now := context.Background(), clock.System{}.Now()
	err := k.DB.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.DB(ctx).Exec("UPDATE clocks SET paused_at = ? WHERE id = ?", now, clockID).Error; err != nil {
			return err
		}
		return tx.DB(ctx).Exec("INSERT INTO clock_pauses (clock_id, from_at, reason) VALUES (?, ?, '等待资料')", clockID, now).Error
	})
	if err != nil {
		t.Fatalf("pause clock %d: %v", clockID, err)
	}
}
