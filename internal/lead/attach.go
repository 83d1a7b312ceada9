package lead

import (
	"net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Contact is a person on the investor's side. Everything that points at the
// person is class contact.
type Contact struct {
	ID        id.Contact
	LeadID    id.Lead
	Name      string
	Title     *string
	Phone     *string
	Email     *string
	Wechat    *string
	Consent   bool // the person agreed to be recorded (个人信息保护法 art. 13, 23)
	Version   int64
	UnitID    *id.Unit
	CreatedBy *id.User
	CreatedAt time.Time
	DeletedAt *time.Time
}

// ContactDraft is a contact as somebody writes it.
type ContactDraft struct {
	Name    string
	Title   *string
	Phone   *string
	Email   *string
	Wechat  *string
	Consent bool
}

// ContactEdit changes some fields of a contact.
type ContactEdit struct {
	Name, Title, Phone, Email, Wechat Opt[string]
	Consent                           Opt[bool]
}

// broken returns every rule that the contact breaks; prefix stands before
// each field's name.
func (d ContactDraft) broken(prefix string) []fault.Field {
	var bad rules
	bad.line(prefix+"name", d.Name, true, MaxTitle)
	bad.optionalLine(prefix+"title", d.Title, MaxTitle)
	bad.optionalLine(prefix+"wechat", d.Wechat, MaxTitle)
	if phone := tidy(d.Phone); phone != nil && !plausiblePhone(*phone) {
		bad.add(prefix+"phone", "phone.implausible")
	}
	if email := tidy(d.Email); email != nil && !plausibleEmail(*email) {
		bad.add(prefix+"email", "email.implausible")
	}
	return bad
}

func (d ContactDraft) tidied() ContactDraft {
	d.Name = strings.TrimSpace(d.Name)
	d.Title, d.Phone, d.Email, d.Wechat = tidy(d.Title), tidy(d.Phone), tidy(d.Email), tidy(d.Wechat)
	return d
}

func (c Contact) draft() ContactDraft {
	return ContactDraft{Name: c.Name, Title: c.Title, Phone: c.Phone, Email: c.Email, Wechat: c.Wechat, Consent: c.Consent}
}

func (c *Contact) put(d ContactDraft) {
	c.Name, c.Title, c.Phone, c.Email, c.Wechat, c.Consent = d.Name, d.Title, d.Phone, d.Email, d.Wechat, d.Consent
}

// edited returns the draft with the edit applied and every rule it breaks.
func (d ContactDraft) edited(e ContactEdit) (ContactDraft, []fault.Field) {
	var bad rules
	must(&d.Name, e.Name, "name", &bad)
	may(&d.Title, e.Title)
	may(&d.Phone, e.Phone)
	may(&d.Email, e.Email)
	may(&d.Wechat, e.Wechat)
	must(&d.Consent, e.Consent, "consent", &bad)
	return d.tidied(), append(bad, d.broken("")...)
}

// plausiblePhone accepts 5 to 20 digits with the usual signs between them.
func plausiblePhone(phone string) bool {
	digits := 0
	for _, c := range phone {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case !strings.ContainsRune("+-() 转#*", c):
			return false
		}
	}
	return digits >= 5 && digits <= 20
}

func plausibleEmail(email string) bool {
	a, err := mail.ParseAddress(email)
	return err == nil && a.Address == email && len(email) <= MaxShort && !strings.ContainsFunc(email, unicode.IsSpace)
}

// NoteKind says what a note stands for.
type NoteKind string

// The kinds of notes. An answer to the investor and a report of progress end
// and begin clocks.
const (
	PlainNote    NoteKind = "note"
	NoteProgress NoteKind = "progress"
	NoteFeedback NoteKind = "feedback"
)

// NoteKinds lists the kinds in the order of the form.
func NoteKinds() []NoteKind { return []NoteKind{PlainNote, NoteProgress, NoteFeedback} }

// Note is a remark in a lead's stream.
type Note struct {
	ID        id.Note
	LeadID    id.Lead
	Kind      NoteKind
	UnitID    *id.Unit
	UserID    *id.User
	Text      string
	Invented  bool
	Version   int64
	CreatedAt time.Time
	UpdatedAt *time.Time
	DeletedAt *time.Time
}

func noteText(text string) (string, error) {
	var bad rules
	bad.text("text", text, true, MaxText)
	return strings.TrimSpace(text), fault.Broken("input.invalid", bad)
}

// File is a document attached to a lead. The content lies outside the web
// root under a random name.
type File struct {
	ID         id.File
	LeadID     id.Lead
	UnitID     *id.Unit
	UserID     *id.User
	Name       string // as the person called it; shown, never a path
	StoredName string
	Mime       string // decided by content
	Size       int64  // bytes
	SHA256     string
	Kind       string // what it is evidence of, one of gate.FileKinds; empty for none
	CreatedAt  time.Time
	DeletedAt  *time.Time
}

// Member is a person who may see a restricted lead.
type Member struct {
	UserID id.User   `json:"user_id"`
	Name   string    `json:"name"`
	UnitID *id.Unit  `json:"unit_id"`
	FromAt time.Time `json:"from_at"`
	// Version is always 1: a member is named and ended, not edited.
	Version int64 `json:"version"`
}
