package lead

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Rows as GORM writes them.
type (
	contactRow struct {
		Contact lead.Contact `gorm:"embedded"`
	}
	noteRow struct {
		Note lead.Note `gorm:"embedded"`
	}
	fileRow struct {
		File lead.File `gorm:"embedded"`
	}
)

// TableName is the table of contacts.
func (contactRow) TableName() string { return "contacts" }

// TableName is the table of notes.
func (noteRow) TableName() string { return "notes" }

// TableName is the table of files.
func (fileRow) TableName() string { return "files" }

// Contacts returns the contacts of a lead that was read through a scope.
func (s *Store) Contacts(ctx context.Context, seen lead.Seen) ([]lead.Contact, error) {
	var out []lead.Contact
	where := sqlf("lead_id = ? AND deleted_at IS NULL", seen.Lead.ID).and(handedOn("", seen))
	err := s.db.Read(ctx).Raw("SELECT * FROM contacts WHERE "+where.sql+" ORDER BY id", where.args...).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read the contacts of lead %s: %w", seen.Lead.ID, err)
	}
	return out, nil
}

// InsertContact writes a contact of a locked lead.
func (t Tx) InsertContact(ctx context.Context, seen lead.Seen, c *lead.Contact) error {
	c.LeadID = seen.Lead.ID
	r := contactRow{Contact: *c}
	if err := t.DB(ctx).Create(&r).Error; err != nil {
		return fmt.Errorf("add a contact to lead %s: %w", c.LeadID, err)
	}
	c.ID = r.Contact.ID
	return nil
}

// Contact returns a contact of a locked lead. Error: NotFound
// "contact.unknown".
func (t Tx) Contact(ctx context.Context, seen lead.Seen, contact id.Contact) (lead.Contact, error) {
	return attached[lead.Contact](t.DB(ctx), "contacts", seen, int64(contact), "contact.unknown")
}

// SaveContact writes a contact over the version that was read.
func (t Tx) SaveContact(ctx context.Context, seen lead.Seen, c lead.Contact) error {
	return t.saveVersion(ctx, "contacts", seen, int64(c.ID), c.Version, &contactRow{Contact: c})
}

// saveVersion writes a row of a locked lead whose version has just grown by
// one.
func (t Tx) saveVersion(ctx context.Context, table string, seen lead.Seen, row, version int64, values any) error {
	result := t.DB(ctx).Table(table).Where("id = ? AND lead_id = ? AND version = ?", row, seen.Lead.ID, version-1).
		Select("*").Omit("id", "lead_id", "created_at", "created_by", "unit_id", "user_id").Updates(values)
	if result.Error != nil {
		return fmt.Errorf("save %s %d: %w", table, row, result.Error)
	}
	if result.RowsAffected != 1 {
		return fault.New(fault.Conflict, "lead.changed", "The row changed meanwhile.")
	}
	return nil
}

// attached returns a row of a locked lead that was not deleted.
func attached[T any](db *gorm.DB, table string, seen lead.Seen, row int64, code string) (T, error) {
	var rows []T
	where := sqlf("id = ? AND lead_id = ? AND deleted_at IS NULL", row, seen.Lead.ID).and(handedOn("", seen))
	err := db.Raw("SELECT * FROM "+table+" WHERE "+where.sql, where.args...).Scan(&rows).Error
	var zero T
	if err != nil {
		return zero, fmt.Errorf("get %s %d: %w", table, row, err)
	}
	if len(rows) == 0 {
		return zero, fault.New(fault.NotFound, code, "No such row of this lead.")
	}
	return rows[0], nil
}

// attachmentsOf reads the rows of a lead, newest first; a past holder's are
// its own up to the hand-off.
func attachmentsOf[T any](db *gorm.DB, table string, q lead.StreamQuery) ([]T, error) {
	where := attachedWhere(q, lead.RowKind(strings.TrimSuffix(table, "s")))
	if q.After > 0 {
		where = where.and(sqlf("id < ?", q.After))
	}
	var rows []T
	err := db.Raw(fmt.Sprintf("SELECT * FROM %s WHERE %s ORDER BY id DESC LIMIT %d", table, where.sql, q.Limit), where.args...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the %s of lead %s: %w", table, q.Seen.Lead.ID, err)
	}
	return rows, nil
}

// attachedWhere is the condition of the notes or files that a reader sees.
func attachedWhere(q lead.StreamQuery, kind lead.RowKind) frag {
	where := ofLead(q, "", kind).and(sqlf("deleted_at IS NULL")).and(handedOn("", q.Seen))
	if q.Own != nil {
		where = where.and(sqlf("unit_id IN ? AND created_at <= ?", q.Own.Units, q.Own.Until))
	}
	return where
}

// CountAttached counts the notes or the files that a reader sees.
func (s *Store) CountAttached(ctx context.Context, q lead.StreamQuery, kind lead.RowKind) (page.Total, error) {
	where := attachedWhere(q, kind)
	n, err := amountOf(s.db.Read(ctx).Raw(fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %ss WHERE %s LIMIT %d) AS c",
		kind, where.sql, page.CountCap+1), where.args...))
	if err != nil {
		return page.Total{}, fmt.Errorf("count the %ss of lead %s: %w", kind, q.Seen.Lead.ID, err)
	}
	return page.Total{Count: min(n, page.CountCap), Exact: n <= page.CountCap}, nil
}

// ofLead are the rows of a lead, and before a lead that was merged away those
// that the reader's units gave to it, wherever they are now.
func ofLead(q lead.StreamQuery, alias string, kind lead.RowKind) frag {
	own := sqlf(alias+"lead_id = ?", q.Seen.Lead.ID)
	if len(q.Mine) == 0 {
		return own
	}
	return sqlf("("+alias+"lead_id = ? OR "+alias+"unit_id IN ? AND "+alias+"id IN (SELECT r.row_id FROM merge_rows r JOIN merges m ON m.id = r.merge_id "+
		"WHERE m.lead_id = ? AND m.undone_at IS NULL AND r.kind = ?))", q.Seen.Lead.ID, q.Mine, q.Seen.Lead.ID, string(kind))
}

// Notes returns the notes of a lead that was read through a scope.
func (s *Store) Notes(ctx context.Context, q lead.StreamQuery) ([]lead.NoteEntry, error) {
	db := s.db.Read(ctx)
	rows, err := attachmentsOf[lead.Note](db, "notes", q)
	if err != nil {
		return nil, err
	}
	var users []id.User
	for _, n := range rows {
		users = append(users, some(n.UserID)...)
	}
	people, err := peopleOf(db, users)
	if err != nil {
		return nil, err
	}
	out := make([]lead.NoteEntry, len(rows))
	for i, n := range rows {
		out[i] = lead.NoteEntry{Note: n, By: named(people, n.UserID)}
	}
	return out, nil
}

// InsertNote writes a note of a locked lead.
func (t Tx) InsertNote(ctx context.Context, seen lead.Seen, n *lead.Note) error {
	n.LeadID = seen.Lead.ID
	r := noteRow{Note: *n}
	if err := t.DB(ctx).Create(&r).Error; err != nil {
		return fmt.Errorf("add a note to lead %s: %w", n.LeadID, err)
	}
	n.ID = r.Note.ID
	return nil
}

// Note returns a note of a locked lead. Error: NotFound "note.unknown".
func (t Tx) Note(ctx context.Context, seen lead.Seen, note id.Note) (lead.Note, error) {
	return attached[lead.Note](t.DB(ctx), "notes", seen, int64(note), "note.unknown")
}

// Note returns a note of a lead that was read through a scope. Error:
// NotFound "note.unknown".
func (s *Store) Note(ctx context.Context, seen lead.Seen, note id.Note) (lead.Note, error) {
	return attached[lead.Note](s.db.Read(ctx), "notes", seen, int64(note), "note.unknown")
}

// File returns a file of a lead that was read through a scope. Error:
// NotFound "file.unknown".
func (s *Store) File(ctx context.Context, seen lead.Seen, file id.File) (lead.File, error) {
	return attached[lead.File](s.db.Read(ctx), "files", seen, int64(file), "file.unknown")
}

// FieldsEdited names what the last edits of an attachment changed.
func (s *Store) FieldsEdited(ctx context.Context, e event.Edits) ([]string, error) {
	return s.db.FieldsEdited(ctx, e)
}

// SaveNote writes a note over the version that was read.
func (t Tx) SaveNote(ctx context.Context, seen lead.Seen, n lead.Note) error {
	return t.saveVersion(ctx, "notes", seen, int64(n.ID), n.Version, &noteRow{Note: n})
}

// Files returns the files of a lead that was read through a scope.
func (s *Store) Files(ctx context.Context, q lead.StreamQuery) ([]lead.FileEntry, error) {
	db := s.db.Read(ctx)
	rows, err := attachmentsOf[lead.File](db, "files", q)
	if err != nil {
		return nil, err
	}
	var users []id.User
	for _, f := range rows {
		users = append(users, some(f.UserID)...)
	}
	people, err := peopleOf(db, users)
	if err != nil {
		return nil, err
	}
	out := make([]lead.FileEntry, len(rows))
	for i, f := range rows {
		out[i] = lead.FileEntry{File: f, By: named(people, f.UserID)}
	}
	return out, nil
}

// Stored returns those of the contents' names that a file has, taken off or
// not, of leads inside the scope.
func (s *Store) Stored(ctx context.Context, scope access.Scope, names []string) ([]string, error) {
	where := sqlf("f.stored_name IN ?", names).and(leadWhere(scope, "l", s.db.Present()))
	var out []string
	err := s.db.Read(ctx).Raw("SELECT f.stored_name FROM files f JOIN leads l ON l.id = f.lead_id WHERE "+where.sql+
		" UNION ALL SELECT f.stored_name FROM dispute_files f JOIN disputes d ON d.id = f.dispute_id JOIN leads l ON l.id = d.lead_id WHERE "+where.sql+
		" UNION ALL SELECT f.stored_name FROM slip_files f WHERE f.stored_name IN ?",
		append(append(where.args, where.args...), names)...).Scan(&out).Error
	return out, wrap(err, "read the names of stored files")
}

// InsertFile writes a file of a locked lead.
func (t Tx) InsertFile(ctx context.Context, seen lead.Seen, f *lead.File) error {
	f.LeadID = seen.Lead.ID
	r := fileRow{File: *f}
	if err := t.DB(ctx).Create(&r).Error; err != nil {
		return fmt.Errorf("add a file to lead %s: %w", f.LeadID, err)
	}
	f.ID = r.File.ID
	return nil
}

// File returns a file of a locked lead. Error: NotFound "file.unknown".
func (t Tx) File(ctx context.Context, seen lead.Seen, file id.File) (lead.File, error) {
	return attached[lead.File](t.DB(ctx), "files", seen, int64(file), "file.unknown")
}

// SaveFile marks a file of a locked lead as taken off.
func (t Tx) SaveFile(ctx context.Context, seen lead.Seen, f lead.File) error {
	result := t.DB(ctx).Exec("UPDATE files SET deleted_at = ? WHERE id = ? AND lead_id = ? AND deleted_at IS NULL", f.DeletedAt, f.ID, seen.Lead.ID)
	if result.Error != nil {
		return fmt.Errorf("save file %s: %w", f.ID, result.Error)
	}
	if result.RowsAffected != 1 {
		return fault.New(fault.NotFound, "file.unknown", "No such file.")
	}
	return nil
}

// wrap says what failed, and nothing of success.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
