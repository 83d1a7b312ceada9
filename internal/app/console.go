package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/config"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/httpapi"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Console is one call of the program: where its configuration comes from and
// where it prints.
type Console struct {
	File     string
	Flags    map[string]string
	Version  string
	Out, Err io.Writer
}

// OneLine returns an error as one line for a person at the console.
func OneLine(err error) string {
	text := err.Error()
	if e := fault.As(err); e != nil {
		text = e.Error()
	}
	return strings.Join(strings.Fields(text), " ")
}

func (c Console) config() (*config.Config, *slog.Logger, error) {
	conf, err := config.Load(config.Sources{File: c.File, Environ: config.Environ(), Flags: c.Flags})
	if err != nil {
		return nil, nil, err
	}
	return conf, slog.New(slog.NewJSONHandler(c.Err, &slog.HandlerOptions{Level: conf.Log.Level})), nil
}

// with builds the program, runs the work and closes everything.
func (c Console) with(ctx context.Context, work func(*App) error) error {
	conf, log, err := c.config()
	if err != nil {
		return err
	}
	a, err := New(ctx, conf, log, Build{Version: c.Version})
	if err != nil {
		return err
	}
	return errors.Join(work(a), a.Close())
}

// Serve runs the server until ctx ends.
func (c Console) Serve(ctx context.Context) error {
	return c.with(ctx, func(a *App) error {
		l, err := a.Listen(ctx)
		if err != nil {
			return err
		}
		a.Log.Info("serving", "address", l.Addr().String())
		return a.Serve(ctx, l)
	})
}

// Demo makes the demo world if it is not there and serves it.
func (c Console) Demo(ctx context.Context, o DemoOptions) error {
	if _, chosen := c.Flags["log.level"]; !chosen {
		c.Flags["log.level"] = "warn" // the table of logins should stay on the screen
	}
	return c.with(ctx, func(a *App) error {
		if err := a.MakeDemo(ctx, o, c.Out); err != nil || o.NoServe {
			return err
		}
		l, err := a.Listen(ctx)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprint(c.Out, LoginTable(l.Addr().String())) // the server matters more than its greeting
		return a.Serve(ctx, l)
	})
}

// Migrate brings the schema up to date.
func (c Console) Migrate(ctx context.Context) (err error) {
	conf, _, err := c.config()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(conf.DataDir, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	db, err := store.Open(ctx, store.Options{URL: conf.DatabaseURL()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	have, _, err := db.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	return c.say("schema version %d", have)
}

// VerifyAudit checks the chain of the audit log and fails when a line is bad.
func (c Console) VerifyAudit(ctx context.Context) error {
	return c.with(ctx, func(a *App) error {
		r, err := a.Audit.VerifyAll(ctx)
		if err != nil {
			return err
		}
		if err := c.say("%d lines, %d sealed, %d not sealed yet, head %s", r.Events, r.Sealed, r.Unsealed, r.Head.Hash); err != nil {
			return err
		}
		if !r.OK() {
			return fmt.Errorf("the audit log was tampered with: first bad line: %+v", *r.FirstBad)
		}
		return c.say("the chain is whole")
	})
}

// PrintConfig prints every key with its value and origin.
func (c Console) PrintConfig(markdown bool) error {
	if markdown {
		_, err := io.WriteString(c.Out, config.Markdown())
		return err
	}
	conf, _, err := c.config()
	if err != nil {
		return err
	}
	return conf.Print(c.Out)
}

// NewUser is an account that is made at the console.
type NewUser struct{ Username, Name, Role, Unit string }

// AddUser creates an account with one role and prints its first password.
func (c Console) AddUser(ctx context.Context, u NewUser) error {
	return c.with(ctx, func(a *App) error {
		d, err := a.Org.Directory(ctx)
		if err != nil {
			return err
		}
		unit, known := d.BySlug(u.Unit)
		if !known {
			return fmt.Errorf("there is no unit %q", u.Unit)
		}
		if u.Name == "" {
			u.Name = u.Username
		}
		made, err := a.Account.CreateAtConsole(ctx, account.Draft{Username: u.Username, Name: u.Name})
		if err != nil {
			return err
		}
		if u.Role != "" {
			grant := org.Grant{User: made.User.ID, Unit: unit.ID, Role: access.Role(u.Role), FromOn: clock.System{}.Today()}
			if _, err := a.Org.Appoint(ctx, grant, "console"); err != nil {
				return err
			}
		}
		return c.say("%s: first password %s", u.Username, made.Password)
	})
}

// ResetPassword gives an account a new first password and prints it.
func (c Console) ResetPassword(ctx context.Context, username string) error {
	return c.with(ctx, func(a *App) error {
		made, err := a.Account.ResetAtConsole(ctx, username)
		if err != nil {
			return err
		}
		return c.say("%s: first password %s", username, made.Password)
	})
}

func (c Console) say(format string, args ...any) error {
	_, err := fmt.Fprintf(c.Out, format+"\n", args...)
	return err
}

// PrintPolicy prints the matrix of roles.
func PrintPolicy(out io.Writer) error {
	p, err := loadPolicy()
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, access.Matrix(p))
	return err
}

// CheckPolicy checks an operator's policy file.
func CheckPolicy(path string, out io.Writer) error {
	model, _, err := policyText()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("read the policy: %w", err)
	}
	if _, err := access.Load(model, string(text)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "the policy is well formed")
	return err
}

// describe builds a router that only describes itself.
func describe(version string) (*httpapi.Router, error) {
	return httpapi.New(httpapi.Options{Product: Product, Version: version, FileBytes: 20 << 20}, httpapi.Services{})
}

// PrintOpenAPI prints the description of the API.
func PrintOpenAPI(version string, out io.Writer) error {
	r, err := describe(version)
	if err != nil {
		return err
	}
	_, err = out.Write(r.OpenAPI())
	return err
}

// PrintRoutes prints every route with its permission.
func PrintRoutes(version string, asJSON bool, out io.Writer) error {
	r, err := describe(version)
	if err != nil {
		return err
	}
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(r.Table())
	}
	for _, t := range r.Table() {
		if _, err := fmt.Fprintf(out, "%-7s %-45s %s\n", t.Method, t.Path, t.Permission); err != nil {
			return err
		}
	}
	return nil
}
