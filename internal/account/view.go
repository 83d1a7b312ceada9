package account

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// UserView is a user as the administrator sees it.
type UserView struct {
	ID          id.User          `json:"id" class:"public"`
	Username    string           `json:"username" class:"public" sort:"username"`
	Name        string           `json:"name" class:"public"`
	Active      bool             `json:"active" class:"open" find:"equal"`
	Demo        bool             `json:"demo" class:"open"`
	MustChange  bool             `json:"must_change_password" class:"open"`
	Dormant     bool             `json:"dormant" class:"open"` // away for so long that only a new password lets the user in
	LastLoginAt *time.Time       `json:"last_login_at" class:"open"`
	CreatedAt   time.Time        `json:"created_at" class:"open" sort:"created_at"`
	Version     int64            `json:"version" class:"open"`
	Memberships []MembershipView `json:"memberships" class:"open"`
	Can         []string         `json:"can" class:"open"`
	Masked      []string         `json:"masked" class:"open"`
}

// MembershipView is a role of a person in a unit, from the first day until
// the day before the last.
type MembershipView struct {
	ID      id.Membership `json:"id"`
	Unit    id.Unit       `json:"unit_id"`
	Role    access.Role   `json:"role"`
	FromOn  clock.Date    `json:"from_on"`
	UntilOn *clock.Date   `json:"until_on"`
}

// PersonView is the person who is logged in, to himself.
type PersonView struct {
	ID         id.User `json:"id"`
	Username   string  `json:"username"`
	Name       string  `json:"name"`
	Locale     string  `json:"locale" enum:"zh-CN,en"`
	Demo       bool    `json:"demo"`
	MustChange bool    `json:"must_change_password"`
}

// SessionView is one of the person's sessions.
type SessionView struct {
	ID        id.Session `json:"id"`
	CreatedAt time.Time  `json:"created_at"`
	SeenAt    time.Time  `json:"seen_at"`
	Address   string     `json:"address"`
	Agent     string     `json:"agent"`
	Current   bool       `json:"current"`
}

// ViewPerson returns the user as the person himself sees it.
func ViewPerson(u User, mustChange bool) PersonView {
	return PersonView{
		ID: u.ID, Username: u.Username, Name: u.Name, Locale: u.Locale, Demo: u.Demo, MustChange: mustChange,
	}
}

// ViewMemberships returns memberships as they leave the server.
func ViewMemberships(list []Membership) []MembershipView {
	out := make([]MembershipView, 0, len(list))
	for _, m := range list {
		v := MembershipView{ID: m.ID, Unit: m.Unit, Role: m.Role, FromOn: m.FromOn}
		if until := m.UntilOn; !until.IsZero() {
			v.UntilOn = &until
		}
		out = append(out, v)
	}
	return out
}

func (s *Service) view(row Listed, by access.Actor) UserView {
	v := UserView{
		ID: row.ID, Username: row.Username, Name: row.Name, Active: row.Active, Demo: row.Demo,
		MustChange:  s.profile.MustChange(row.User, row.Now),
		Dormant:     !row.Demo && s.profile.Dormant(row.User, row.Now),
		LastLoginAt: row.LastLoginAt, CreatedAt: row.CreatedAt, Version: row.Version,
		Memberships: ViewMemberships(row.Memberships), Can: userCan(row.User, by),
	}
	v.Masked = s.shape.Mask(&v, access.Seen{Public: true, Open: true})
	return v
}

// userCan lists what the administrator may do with a user: everything, but
// nothing with himself.
func userCan(u User, by access.Actor) []string {
	if u.ID == by.User || !by.Holds(access.UserManage) {
		return []string{}
	}
	toggle := "enable"
	if u.Active {
		toggle = "disable"
	}
	return []string{"edit", "reset_password", toggle, "end_sessions"}
}

func viewSession(s Session, current id.Session) SessionView {
	return SessionView{
		ID: s.ID, CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, Address: s.Address, Agent: s.Agent,
		Current: s.ID == current,
	}
}

// positionOf returns where a page that ends with the user ends.
func positionOf(u User, by page.Sort) page.Position {
	p := page.Position{ID: int64(u.ID), Value: u.Username}
	if by.Name == "created_at" {
		p.Value = u.CreatedAt.UTC().Format(time.RFC3339Nano)
	}
	return p
}
