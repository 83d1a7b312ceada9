package org

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// City is the first content of the organisation. Units refer to each other
// by slug; a unit stands after the one above it.
type City struct {
	Units  []CityUnit
	Chains []CityChain
	Parks  []CityPark
	Rules  []Rule
	Days   []clock.Day
}

// CityUnit is a unit of the first content with its codes and links.
type CityUnit struct {
	Unit
	Above string // slug of the unit above; empty for none
	Codes []Code
	Links []CityLink
}

// CityLink is a link of the first content.
type CityLink struct {
	Kind   LinkKind
	Other  string // slug
	FromOn clock.Date
	Source string
}

// CityChain is a chain of the first content.
type CityChain struct {
	Chain
	TeamSlug string
	LeadSlug string // empty when unknown
}

// CityPark is a park of the first content.
type CityPark struct {
	Park
	HostSlugs []string
}

// seeding is the state of one filling.
type seeding struct {
	tx  Tx
	now time.Time
	ids map[string]id.Unit
}

// Seed puts the first content into an empty database and tells whether it
// did. With any unit there it adds only numbers that the database does not
// know at all, which an older program had no use for; so it may run at every
// start and on several nodes at once.
// It fails when the content refers to a unit that is not in it.
func (s *Service) Seed(ctx context.Context, city City) (bool, error) {
	d, err := s.Directory(ctx)
	if err != nil {
		return false, err
	}
	if len(d.Units()) > 0 {
		return false, s.addRules(ctx, missingRules(city.Rules, d.content.Rules))
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		f := seeding{tx: tx, now: tx.Now(ctx), ids: map[string]id.Unit{}}
		return f.all(ctx, city)
	})
	s.changed(ctx)
	if fault.CodeOf(err) == "unit.slug_taken" { // another node was faster
		return false, nil
	}
	return err == nil, err
}

// missingRules returns the rules of the first content whose keys have no
// number at all.
func missingRules(first, known []Rule) []Rule {
	has := map[string]bool{}
	for _, r := range known {
		has[r.Key] = true
	}
	return slices.DeleteFunc(slices.Clone(first), func(r Rule) bool { return has[r.Key] })
}

// addRules adds numbers of the first content to a city that is there.
func (s *Service) addRules(ctx context.Context, rules []Rule) error {
	if len(rules) == 0 {
		return nil
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		f := seeding{tx: tx, now: tx.Now(ctx)}
		if err := f.rules(ctx, City{Rules: rules}); err != nil {
			return err
		}
		line := event.Line{Kind: "city.extended", Object: "city"}
		for _, r := range rules {
			line.Changes = append(line.Changes, event.Change{Field: r.Key, After: strconv.FormatInt(r.Value, 10)})
		}
		return tx.Record(ctx, line)
	})
	s.changed(ctx)
	if fault.CodeOf(err) == "rule.exists" { // another node was faster
		return nil
	}
	return err
}

func (f seeding) all(ctx context.Context, city City) error {
	for _, step := range []func(context.Context, City) error{f.units, f.codesAndLinks, f.chains, f.parks, f.rules} {
		if err := step(ctx, city); err != nil {
			return err
		}
	}
	if err := f.tx.InsertDays(ctx, city.Days); err != nil {
		return err
	}
	return f.tx.Record(ctx, event.Line{
		Kind: "city.entered", Object: "city", Outcome: event.Done,
		Changes: []event.Change{{Field: "units", After: strconv.Itoa(len(city.Units))}},
	})
}

func (f seeding) units(ctx context.Context, city City) error {
	for i, c := range city.Units {
		u := c.Unit.read()
		u.CreatedAt, u.Version, u.Sort = f.now, 1, (i+1)*10
		var err error
		if u.Parent, err = f.optional(c.Above); err != nil {
			return err
		}
		if f.ids[u.Slug], err = f.tx.InsertUnit(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

func (f seeding) codesAndLinks(ctx context.Context, city City) error {
	for _, c := range city.Units {
		unit := f.ids[c.Slug]
		for _, code := range c.Codes {
			code.Unit = unit
			if err := f.tx.InsertCode(ctx, code); err != nil {
				return err
			}
		}
		for _, l := range c.Links {
			other, err := f.unit(l.Other)
			if err != nil {
				return err
			}
			link := Link{Kind: l.Kind, Unit: unit, Other: other, FromOn: l.FromOn, Source: l.Source}
			if err := f.tx.InsertLink(ctx, link); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f seeding) chains(ctx context.Context, city City) error {
	for i, c := range city.Chains {
		var err error
		chain := c.Chain
		chain.Sort = (i + 1) * 10
		if chain.Team, err = f.unit(c.TeamSlug); err != nil {
			return err
		}
		if chain.Lead, err = f.optional(c.LeadSlug); err != nil {
			return err
		}
		if err := f.tx.InsertChain(ctx, chain); err != nil {
			return err
		}
	}
	return nil
}

func (f seeding) parks(ctx context.Context, city City) error {
	for _, c := range city.Parks {
		park := c.Park
		for _, slug := range c.HostSlugs {
			host, err := f.unit(slug)
			if err != nil {
				return err
			}
			park.Hosts = append(park.Hosts, host)
		}
		if err := f.tx.InsertPark(ctx, park); err != nil {
			return err
		}
	}
	return nil
}

func (f seeding) rules(ctx context.Context, city City) error {
	for _, r := range city.Rules {
		r.CreatedAt = f.now
		if _, err := f.tx.InsertRule(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (f seeding) unit(slug string) (id.Unit, error) {
	if unit, ok := f.ids[slug]; ok {
		return unit, nil
	}
	return 0, fmt.Errorf("first content: no unit %q", slug)
}

func (f seeding) optional(slug string) (id.Unit, error) {
	if slug == "" {
		return 0, nil
	}
	return f.unit(slug)
}

// SeedAccounts adds the accounts of the demo world that are missing and
// returns how many. They are marked as demo accounts, which cannot log in
// outside a demo. hash makes the stored form of their common password.
// It fails when an account names an unknown unit or a role that does not
// exist there.
func (s *Service) SeedAccounts(ctx context.Context, accounts []Account, hash func() (string, error)) (int, error) {
	missing, err := s.store.MissingAccounts(ctx, accounts)
	if err != nil || len(missing) == 0 {
		return 0, err
	}
	hashes := make([]string, len(missing)) // before the transaction: hashing is slow on purpose
	for i := range missing {
		if hashes[i], err = hash(); err != nil {
			return 0, fmt.Errorf("hash password of %s: %w", missing[i].Username, err)
		}
	}
	d, err := s.Directory(ctx)
	if err != nil {
		return 0, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		for i, a := range missing {
			if err := seedAccount(ctx, tx, d, a, hashes[i]); err != nil {
				return fmt.Errorf("seed account %s: %w", a.Username, err)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(missing), nil
}

func seedAccount(ctx context.Context, tx Tx, d *Directory, a Account, hash string) error {
	now := tx.Now(ctx)
	user, err := tx.InsertAccount(ctx, a, hash, now)
	if err != nil || user == 0 {
		return err
	}
	if err := tx.Record(ctx, event.Line{Kind: "user.created", Object: "user", ObjectID: int64(user), Reason: "demo"}); err != nil {
		return err
	}
	for _, r := range a.Roles {
		unit, ok := d.BySlug(r.Unit)
		if !ok || !fits(r.Role, unit.Kind) {
			return fmt.Errorf("no role %q in a unit %q", r.Role, r.Unit)
		}
		m := Membership{
			User: user, UserName: a.Name, Unit: unit.ID, Role: r.Role, FromOn: unit.OpenedOn, Version: 1, CreatedAt: now,
		}
		line := event.Line{Kind: "membership.granted", Object: "membership", Reason: "demo"}
		if err := enter(ctx, tx, &m, line); err != nil {
			return err
		}
	}
	return nil
}

// Account is a demo account of the first content.
type Account struct {
	Username string
	Name     string
	Roles    []AccountRole
}

// AccountRole is a role of a demo account, by the unit's slug.
type AccountRole struct {
	Unit string
	Role access.Role
}
