package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/app/demo"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/org/city"
	accountstore "github.com/leadrelay/leadrelay/internal/store/account"
)

// DemoOptions say how large a demo world is.
type DemoOptions struct {
	Leads   int    // invented leads besides the city's own world; 0 for none
	Seed    uint64 // equal seeds give equal worlds
	NoServe bool   // make the world and stop
}

// MakeDemo fills an empty database with the demo world: the accounts, the
// reported projects and invented follow-ups. A database that has leads is
// left as it is.
//
// Errors: Conflict "demo.real_accounts" on a database with real accounts and
// no demo ones: everybody knows the password of the demo accounts.
func (a *App) MakeDemo(ctx context.Context, o DemoOptions, out io.Writer) error {
	started := clock.System{}.Now()
	if real, err := accountstore.New(a.DB).OnlyReal(ctx); err != nil || real {
		return cmp.Or(err, error(fault.New(fault.Conflict, "demo.real_accounts",
			"The database holds real accounts: choose another folder for the demo, or use `leadrelay serve`.")))
	}
	hash := func() (string, error) { return a.Hasher.Hash(ctx, city.DemoPassword) }
	if _, err := a.Org.SeedAccounts(ctx, city.DemoAccounts(), hash); err != nil {
		return fmt.Errorf("make the demo accounts: %w", err)
	}
	w := demo.World{
		DB: a.DB, Org: a.Org, Progress: progress(out),
	}
	made, err := a.buildDemo(ctx, w, out)
	if err != nil {
		return fmt.Errorf("make the demo world: %w", err)
	}
	if o.Leads > 0 {
		if err := demo.Generate(ctx, w, demo.Options{Leads: o.Leads, Seed: o.Seed}); err != nil {
			return fmt.Errorf("generate %d leads: %w", o.Leads, err)
		}
	}
	word := "demo world found"
	if made {
		if err := a.buildCreditDemo(ctx, w); err != nil {
			return fmt.Errorf("count the demo world: %w", err)
		}
		word = "demo world made"
	}
	_, err = fmt.Fprintf(out, "%s, ready in %s\n", word, clock.System{}.Since(started).Round(100*time.Millisecond))
	return err
}

// buildDemo makes the city's own demo world in an empty database and tells
// that it did; in a world made earlier it fills the inboxes whose offers ran
// out meanwhile.
func (a *App) buildDemo(ctx context.Context, w demo.World, out io.Writer) (made bool, err error) {
	if made, err = demo.Empty(ctx, w); err != nil {
		return false, err
	}
	if !made {
		n, err := demo.OfferAgain(ctx, w, a.Lead, a.Policy)
		if err == nil && n > 0 {
			_, err = fmt.Fprintf(out, "  %d offers of the demo had run out and are made again\n", n)
		}
		return false, err
	}
	if err := demo.Build(ctx, w); err != nil {
		return false, err
	}
	if err := demo.AttachFiles(ctx, w, a.Lead, a.Policy); err != nil {
		return false, err
	}
	if err := demo.Circulate(ctx, w, a.Lead, a.Policy); err != nil {
		return false, err
	}
	for _, step := range []func(context.Context, demo.World) error{
		a.buildAdmissionDemo, a.buildTargetDemo, a.buildSigningDemo, a.buildUpdateDemo, a.buildSupervisionDemo,
	} {
		if err := step(ctx, w); err != nil {
			return false, err
		}
	}
	return true, nil
}

// progress prints a line for each tenth of a step.
func progress(out io.Writer) func(step string, done, total int) {
	last := ""
	return func(step string, done, total int) {
		now := fmt.Sprintf("%s %d%%", step, done*10/max(1, total)*10)
		if now != last {
			last = now
			_, _ = fmt.Fprintln(out, "  "+now) // a lost progress line is no reason to stop
		}
	}
}

// LoginTable prints the address and who can log in to the demo.
func LoginTable(address string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n\n  http://%s\n\n  %-18s %s\n", Product, address, "login", "who")
	for _, a := range city.DemoAccounts() {
		units := make([]string, 0, len(a.Roles))
		for _, r := range a.Roles {
			units = append(units, fmt.Sprintf("%s @ %s", r.Role, r.Unit))
		}
		fmt.Fprintf(&b, "  %-18s %s\n", a.Username, strings.Join(units, ", "))
	}
	fmt.Fprintf(&b, "\n  password of all: %s\n  demo world: invented people, loopback only\n\n", city.DemoPassword)
	return b.String()
}
