package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// The city's numbers of the duplicate check.
const (
	ruleCheckMinutes = "duplicate_check_minutes"
	ruleCheckPerson  = "duplicate_check_person"
	ruleCheckUnit    = "duplicate_check_unit"
	ruleCheckDays    = "duplicate_check_days"
	ruleCheckHeavy   = "duplicate_check_heavy"
	ruleRefPerson    = "dispute_reference_person"
	ruleRefUnit      = "dispute_reference_unit"
)

// maxMatches is how many earlier reports the duplicate check names.
const maxMatches = 5

// CheckDuplicates tells whether somebody reported the investor before, and of that
// nothing but the reference, the holding unit and the day. A restricted lead
// answers with the bureau as its unit. Every question is counted.
//
// Errors: Invalid "input.invalid" when neither name nor code is given, or
// the code's check digit is wrong; TooMany "duplicate.too_often".
func (s *Service) CheckDuplicates(ctx context.Context, actor access.Actor, ask Party) (CheckView, error) {
	ask, err := ask.tidied()
	if err != nil {
		return CheckView{}, err
	}
	found, err := s.store.Candidates(ctx, ask.probe())
	if err != nil {
		return CheckView{}, fmt.Errorf("look for earlier reports: %w", err)
	}
	hits := ask.hits(found)
	if err := s.countCheck(ctx, actor, AskedCheck, len(hits) > 0); err != nil {
		return CheckView{}, err
	}
	pool, err := s.city.Pool(ctx)
	if err != nil {
		return CheckView{}, fmt.Errorf("read the bureau's unit: %w", err)
	}
	out := CheckView{Result: "clear", Items: itemsOf(hits, pool)}
	if len(hits) > 0 {
		out.Result = "possible"
		if hits[0].Exact {
			out.Result = "conflict"
		}
	}
	return out, nil
}

// tidied checks what is asked for.
func (p Party) tidied() (Party, error) {
	p.Name, p.CreditCode, p.ParentName = tidy(p.Name), tidyCode(tidy(p.CreditCode)), tidy(p.ParentName)
	p.ParentCreditCode, p.Website = tidyCode(tidy(p.ParentCreditCode)), tidy(p.Website)
	var bad rules
	if p.Name == nil && p.CreditCode == nil && p.ParentName == nil && p.ParentCreditCode == nil && p.Website == nil {
		bad.add("investor_name", "required")
	}
	bad.optionalLine("investor_name", p.Name, MaxTitle)
	bad.optionalLine("parent_name", p.ParentName, MaxTitle)
	bad.creditCode("credit_code", p.CreditCode)
	bad.creditCode("parent_credit_code", p.ParentCreditCode)
	bad.website("website", p.Website)
	return p, fault.Broken("input.invalid", bad)
}

// countCheck counts a question in the database, so that all nodes count
// together.
func (s *Service) countCheck(ctx context.Context, actor access.Actor, asked Asked, hit bool) error {
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	number := func(key string) int64 {
		value, failed := s.city.Rule(ctx, key, clock.DateOf(now))
		if failed != nil && err == nil {
			err = fmt.Errorf("read the limits of the duplicate check: %w", failed)
		}
		return value
	}
	window := time.Duration(number(ruleCheckMinutes)) * time.Minute
	person, unit, right, code := ruleCheckPerson, ruleCheckUnit, access.DuplicateCheck, "duplicate.too_often"
	if asked == AskedReference {
		person, unit, right, code = ruleRefPerson, ruleRefUnit, access.DisputeOpen, "dispute.too_often"
	}
	c := CheckCount{
		Asked: asked, User: actor.User, Unit: actor.Acting, Hit: hit, PersonLimit: number(person), UnitLimit: number(unit),
	}
	if err != nil {
		return err
	}
	if c.Unit == 0 {
		c.Unit = anyOf(actor.UnitsWith(right))
	}
	c.Slot = now.Truncate(window)
	within, err := s.store.CountCheck(ctx, c)
	if err != nil || within {
		return err
	}
	tooOften := fault.New(fault.TooMany, code, "Too many questions to the register.")
	tooOften.RetryAfter = int(c.Slot.Add(window).Sub(now)/time.Second) + 1
	return tooOften
}

func anyOf(units []id.Unit) id.Unit {
	if len(units) == 0 {
		return 0
	}
	return units[0]
}

// refusedRegistration counts a registration that was refused because of
// earlier reports as a question: it tells as much.
func (s *Service) refusedRegistration(ctx context.Context, actor access.Actor, err error) error {
	switch fault.CodeOf(err) {
	case "duplicate.conflict", "duplicate.possible", "duplicate.same_project":
		if tooOften := s.countCheck(ctx, actor, AskedCheck, true); tooOften != nil {
			return tooOften
		}
	}
	return err
}

// CheckUserView is how much one person asked the duplicate check.
type CheckUserView struct {
	User       Person    `json:"user"`
	UnitID     id.Unit   `json:"unit_id"`
	Checks     int64     `json:"checks"`
	Hits       int64     `json:"hits"`
	Refused    int64     `json:"refused"`
	Registered int64     `json:"registered"`
	References int64     `json:"references" doc:"Tries to open a dispute by naming a reference."`
	Disputes   int64     `json:"disputes" doc:"Disputes opened in the same time."`
	LastAt     time.Time `json:"last_at"`
	Heavy      bool      `json:"heavy"`
}

// CheckUsersView is who asked most, and what counts as much.
type CheckUsersView struct {
	Items []CheckUserView `json:"items"`
	Since clock.Date      `json:"since"`
	Heavy int64           `json:"heavy"`
}

// maxCheckUsers is how many persons the list names.
const maxCheckUsers = 200

// CheckUsers lists who asked the duplicate check most in the days that the
// city looks back, for the bureau.
func (s *Service) CheckUsers(ctx context.Context, _ access.Actor) (CheckUsersView, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return CheckUsersView{}, err
	}
	today := clock.DateOf(now)
	days, err := s.city.Rule(ctx, ruleCheckDays, today)
	if err != nil {
		return CheckUsersView{}, fmt.Errorf("read how far back checks are listed: %w", err)
	}
	out := CheckUsersView{Items: []CheckUserView{}, Since: today.AddDays(-int(days))}
	if out.Heavy, err = s.city.Rule(ctx, ruleCheckHeavy, today); err != nil {
		return out, fmt.Errorf("read from when somebody checks much: %w", err)
	}
	users, err := s.store.CheckUsers(ctx, out.Since.Start(), maxCheckUsers)
	if err != nil {
		return out, fmt.Errorf("list who checks for duplicates: %w", err)
	}
	for _, u := range users {
		out.Items = append(out.Items, CheckUserView{
			User: u.User, UnitID: u.UnitID, Checks: u.Checks, Hits: u.Hits, Refused: u.Refused, Registered: u.Registered,
			References: u.References, Disputes: u.Disputes, LastAt: u.LastAt, Heavy: u.Checks+u.References >= out.Heavy,
		})
	}
	return out, nil
}

// TidyChecks drops counts that no list shows any more.
func (s *Service) TidyChecks(ctx context.Context) error {
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	days, err := s.city.Rule(ctx, ruleCheckDays, clock.DateOf(now))
	if err != nil {
		return fmt.Errorf("read how far back checks are listed: %w", err)
	}
	return s.store.TidyChecks(ctx, now.AddDate(0, 0, -int(days)-1))
}
