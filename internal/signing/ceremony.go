package signing

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Ceremony is one batch of signings on a stage.
type Ceremony struct {
	ID          id.Ceremony
	Month       Month
	Name        string
	Place       string
	HeldOn      *clock.Date
	StartsAt    string // 15:00, or empty
	Host        string // by office
	State       string // planned or confirmed
	ConfirmedAt *time.Time
	ConfirmedBy *id.User
	Version     int64
	CreatedBy   id.User
	CreatedAt   time.Time
}

// CeremonyStore reads ceremonies.
type CeremonyStore interface {
	Ceremonies(ctx context.Context, m Month) ([]Ceremony, error)
	Ceremony(ctx context.Context, c id.Ceremony) (Ceremony, error)
}

// CeremonyTx writes ceremonies.
type CeremonyTx interface {
	// HoldCeremony locks a ceremony and returns it.
	HoldCeremony(ctx context.Context, c id.Ceremony) (Ceremony, error)
	InsertCeremony(ctx context.Context, c *Ceremony) error
	// SaveCeremony writes a ceremony over the given version.
	SaveCeremony(ctx context.Context, c *Ceremony, version int64) (bool, error)
}

// CeremonyDraft is a ceremony as it is arranged: what signs in which order,
// and who holds the pen, by office and not by name.
type CeremonyDraft struct {
	Name     string
	Place    string
	HeldOn   *clock.Date
	StartsAt string
	Host     string
	Seats    []Seat
}

// Seat is one signing on the stage.
type Seat struct {
	ItemID        id.Signing
	InvestorSigns string
	CitySigns     string
}

// CeremonyView is a ceremony with the cards of it that its reader sees.
type CeremonyView struct {
	ID          id.Ceremony  `json:"id"`
	Month       Month        `json:"month"`
	Name        string       `json:"name"`
	Place       string       `json:"place"`
	HeldOn      *clock.Date  `json:"held_on"`
	StartsAt    string       `json:"starts_at"`
	Host        string       `json:"host"`
	State       string       `json:"state"`
	ConfirmedAt *time.Time   `json:"confirmed_at"`
	Version     int64        `json:"version"`
	Sum         Sum          `json:"sum"`
	Items       []ItemView   `json:"items"`
	SentBack    []id.Signing `json:"sent_back"`
	Can         []string     `json:"can"`
}

// Unsigned is a signing that did not take place.
type Unsigned struct {
	ItemID  id.Signing
	Reason  string
	ToMonth Month // empty: the month after the ceremony's
	refusal string
}

func (d CeremonyDraft) apply(c Ceremony) Ceremony {
	c.Name, c.Place, c.HeldOn, c.StartsAt, c.Host = d.Name, d.Place, d.HeldOn, d.StartsAt, d.Host
	return c
}

func (d CeremonyDraft) check(m Month, bad *rules) {
	bad.text("name", d.Name, true, maxShort)
	bad.text("place", d.Place, false, maxShort)
	bad.text("host", d.Host, false, maxShort)
	if d.HeldOn != nil && !m.has(*d.HeldOn) {
		bad.add("held_on", "day.other_month")
	}
	if _, err := time.Parse("15:04", d.StartsAt); d.StartsAt != "" && err != nil {
		bad.add("starts_at", "time.of_day")
	}
	seen := map[id.Signing]bool{}
	for _, s := range d.Seats {
		bad.text("seats", s.InvestorSigns, false, maxShort)
		bad.text("seats", s.CitySigns, false, maxShort)
		if seen[s.ItemID] {
			bad.add("seats", "signing.other")
		}
		seen[s.ItemID] = true
	}
}
