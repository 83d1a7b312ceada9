// Package lead holds the heart of the product: leads, their stages, who
// holds them and how they are handed on. It knows no database and no HTTP.
package lead

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Lead is one investment project from the first clue to production. Nil
// means unknown, never zero. Money is in hundredths of the currency's unit
// (分 for CNY), area in square metres.
type Lead struct {
	ID                            id.Lead
	Code                          string // ZS-2026-00123; people quote it, nothing keys on it
	Version                       int64  // grows with every edit
	Title                         string
	InvestorName                  *string
	CreditCode                    *string // GB 32100-2015, 18 characters
	ParentName                    *string // the group's parent
	ParentCreditCode              *string
	Website                       *string
	Country                       *string // ISO 3166-1 alpha-2
	SourceChannel                 Channel
	Introducer                    *string
	UnitID                        id.Unit // the one responsible unit
	FirstContactUnitID            *id.Unit
	LocationCode                  *string // division code, dated data
	ParkID                        *id.Park
	Chain                         *string
	Track                         *Track
	Stage                         Stage
	StageSince                    time.Time
	PlannedCents                  *int64
	FixedAssetsCents              *int64
	OutputCents                   *int64
	TaxCents                      *int64
	Currency                      string // ISO 4217
	AtLeast                       Names  // fields whose amount was reported as a minimum
	PromisedFixedAssetsPerMuCents *int64
	PromisedOutputPerMuCents      *int64
	PromisedTaxPerMuCents         *int64
	LandSqm                       *int64
	FloorSqm                      *int64
	Product                       *string
	Summary                       *string
	Restricted                    bool
	FirstContactOn                *clock.Date
	ExpectedSignOn                *clock.Date
	SignedOn                      *clock.Date
	StartedOn                     *clock.Date
	SigningEvent                  *string
	Binding                       *bool // false: framework or strategic agreement
	NextStep                      *string
	NextStepOn                    *clock.Date
	AsReported                    bool // stage as a public report says, gate not checked
	StageAssumed                  bool
	Invented                      bool // demo follow-up that never happened
	SourceNote                    *string
	CreatedBy                     *id.User
	CreatedAt                     time.Time
	ActivityAt                    time.Time
	DeletedAt                     *time.Time
	ProtectionReference           *string          // SB-2026-000123
	ProtectionState               *ProtectionState // as of the instant of reading; nil for a project that nobody registered
	ProtectionFrom                *time.Time
	ProtectionUntil               *time.Time // end of the window
	ProtectionIdleUntil           *time.Time // end of the time without progress
	ProtectionEnds                *time.Time // the earlier of both
	ProtectionRenewals            int64
	ProtectionWarned              *time.Time // the end that was warned of
}

// Code returns the number that people quote, from the year of registration
// and the identifier.
func Code(year int, lead id.Lead) string {
	return fmt.Sprintf("ZS-%04d-%05d", year, int64(lead))
}

// Month returns the month (YYYY-MM) in which the lead was signed or is
// expected to be; empty when unknown.
func (l *Lead) Month() string {
	switch {
	case l.SignedOn != nil:
		return l.SignedOn.Month()
	case l.ExpectedSignOn != nil:
		return l.ExpectedSignOn.Month()
	}
	return ""
}

// ChainCode returns the chain's code; empty when unknown.
func (l *Lead) ChainCode() string {
	if l.Chain == nil {
		return ""
	}
	return *l.Chain
}

// Ended tells whether the lead has reached a state from which only a
// reopening leads back.
func (l *Lead) Ended() bool { return l.Stage.Ended() }

// Confidentiality is the word that the interface uses.
func (l *Lead) Confidentiality() string {
	if l.Restricted {
		return "restricted"
	}
	return "normal"
}

// Names is a short list of field names, kept as one comma-separated text.
type Names []string

// Value writes the list as text.
func (n Names) Value() (driver.Value, error) { return strings.Join(n, ","), nil }

// Scan reads the list from text.
func (n *Names) Scan(src any) error {
	var text string
	switch v := src.(type) {
	case string:
		text = v
	case []byte:
		text = string(v)
	case nil:
	default:
		return fmt.Errorf("scan names from %T", src)
	}
	*n = nil
	if text != "" {
		*n = strings.Split(text, ",")
	}
	return nil
}

// Channel says where a lead came from.
type Channel string

// Channels lists the source channels in the order of the form.
func Channels() []Channel {
	return []Channel{
		"visit", "resident", "referral", "event", "leader", "department",
		"online", "self", "expansion", "reported",
	}
}

// Known tells whether the channel is on the list.
func (c Channel) Known() bool {
	for _, k := range Channels() {
		if k == c {
			return true
		}
	}
	return false
}

// Currencies lists the currencies that amounts may have (ISO 4217).
func Currencies() []string {
	return []string{"CNY", "USD", "EUR", "HKD", "MOP", "TWD", "JPY", "KRW", "GBP", "CHF", "SGD", "AUD", "CAD"}
}

// Person is somebody shown beside an act.
type Person struct {
	ID   id.User `json:"id"`
	Name string  `json:"name"`
}
