// Package app builds the program from its configuration and runs it. It is
// the only package that knows all others.
package app

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/admission"
	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/config"
	"github.com/leadrelay/leadrelay/internal/credit"
	"github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/httpapi"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
	"github.com/leadrelay/leadrelay/internal/notice"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/rank"
	"github.com/leadrelay/leadrelay/internal/report"
	"github.com/leadrelay/leadrelay/internal/signing"
	"github.com/leadrelay/leadrelay/internal/store"
	accountstore "github.com/leadrelay/leadrelay/internal/store/account"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	gatestore "github.com/leadrelay/leadrelay/internal/store/lead/gate"
	orgstore "github.com/leadrelay/leadrelay/internal/store/org"
	"github.com/leadrelay/leadrelay/internal/supervise"
	"github.com/leadrelay/leadrelay/internal/target"
	"github.com/leadrelay/leadrelay/internal/update"
	"github.com/leadrelay/leadrelay/rbac"
	"github.com/leadrelay/leadrelay/web"
)

// Product is the name that the page and the messages show.
const Product = "LeadRelay · 招商接力"

// App is the program, built and not yet serving.
type App struct {
	Config    *config.Config
	Log       *slog.Logger
	DB        *store.DB
	Policy    *access.Policy
	Account   *account.Service
	Hasher    *account.Hasher
	Org       *org.Service
	Lead      *lead.Service
	Gate      *gate.Service
	Audit     *audit.Service
	Notice    *notice.Service
	Signing   *signing.Service
	Report    *report.Service
	Router    *httpapi.Router
	Dossier   *dossier.Service
	Admission *admission.Service
	Target    *target.Service
	Supervise *supervise.Service
	Update    *update.Service
	Credit    *credit.Service
	Rank      *rank.Service
}

// Build tells the program's own build.
type Build struct{ Version string }

// New opens the database, brings its schema up to date, fills an empty one
// with the city's units, and builds everything over it. Close it at the end.
//
// Errors: one clear line each for unsafe settings, a wrong configuration, an
// altered or newer schema.
func New(ctx context.Context, c *config.Config, log *slog.Logger, build Build) (*App, error) {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	secret, err := c.SigningSecret()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{URL: c.DatabaseURL()})
	if err != nil {
		return nil, err
	}
	a := &App{Config: c, Log: log, DB: db}
	if err := a.build(ctx, secret, build); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return a, nil
}

// Over builds the program over a database that is open, as the tests do. It
// logs nothing.
func Over(ctx context.Context, db *store.DB, c *config.Config, secret []byte, build Build) (*App, error) {
	return OverLogging(ctx, db, c, slog.New(slog.DiscardHandler), secret)(build)
}

// OverLogging is Over with a log, for tests that read it.
func OverLogging(
	ctx context.Context, db *store.DB, c *config.Config, log *slog.Logger, secret []byte,
) func(Build) (*App, error) {
	return func(build Build) (*App, error) {
		a := &App{Config: c, Log: log, DB: db}
		return a, a.build(ctx, secret, build)
	}
}

func (a *App) build(ctx context.Context, secret []byte, build Build) error {
	if err := a.DB.Migrate(ctx); err != nil {
		return err
	}
	cursorKey, err := hkdf.Key(sha256.New, secret, nil, "leadrelay cursors", sha256.Size)
	if err != nil {
		return fmt.Errorf("derive the key of cursors: %w", err)
	}
	cursors := page.NewCursors(cursorKey)
	if a.Policy, err = loadPolicy(); err != nil {
		return err
	}
	a.Org = org.NewService(orgstore.New(a.DB).Following(followCalendar), clock.System{}, cursors)
	if err := a.seedCity(ctx); err != nil {
		return err
	}
	for _, step := range []func([]byte, page.Cursors) error{a.buildAccount, a.buildLead, a.buildSigning, a.buildAdmission, a.buildTarget, a.buildCredit, a.buildUpdate, a.buildReport, a.buildNotice, a.buildSupervision, a.buildRanking} {
		if err := step(secret, cursors); err != nil {
			return err
		}
	}
	if err := a.buildAudit(ctx, secret, cursors); err != nil {
		return err
	}
	if err := errors.Join(SeedLifecycle(ctx, a.Gate), a.seedPowers(ctx), a.seedTargets(ctx), a.seedUpdates(ctx), a.seedCounting(ctx), a.seedRanking(ctx)); err != nil {
		return err
	}
	if err := a.Lead.Rekey(ctx); err != nil {
		return err
	}
	return a.buildRouter(build) //nolint:contextcheck // each request brings its own context
}

// loadPolicy reads the permissions that the program carries.
func loadPolicy() (*access.Policy, error) {
	model, policy, err := policyText()
	if err != nil {
		return nil, err
	}
	return access.Load(model, policy)
}

func policyText() (model, policy string, err error) {
	m, err := fs.ReadFile(rbac.FS, "model.conf")
	if err != nil {
		return "", "", fmt.Errorf("read the model of permissions: %w", err)
	}
	p, err := fs.ReadFile(rbac.FS, "policy.csv")
	if err != nil {
		return "", "", fmt.Errorf("read the policy: %w", err)
	}
	return string(m), string(p), nil
}

// seedCity puts the units, chains, parks and rules of the city into an empty
// database.
func (a *App) seedCity(ctx context.Context) error {
	content, err := city.Load()
	if err != nil {
		return fmt.Errorf("read the city's data: %w", err)
	}
	if _, err := a.Org.Seed(ctx, content); err != nil {
		return fmt.Errorf("enter the city's data: %w", err)
	}
	return nil
}

// SeedLifecycle puts the city's first life cycle in force, unless there is any
// version; databases of older programs get it on their next start. It rules
// from the first day that a date can be, so that the gate is never away.
func SeedLifecycle(ctx context.Context, service *gate.Service) error {
	first, err := gate.Read(city.Lifecycle())
	if err != nil {
		return err
	}
	from, err := clock.ParseDate("2000-01-01")
	if err != nil {
		return err
	}
	if err := service.Seed(ctx, first, from); err != nil {
		return fmt.Errorf("enter the life cycle: %w", err)
	}
	return nil
}

func (a *App) buildAccount(secret []byte, cursors page.Cursors) error {
	profile, err := account.ProfileOf(a.Config.Password.Profile)
	if err != nil {
		return err
	}
	cost := account.DefaultCost()
	cost.AtOnce = max(2, runtime.NumCPU())
	if a.Hasher, err = account.NewHasher(cost, rand.Reader); err != nil {
		return err
	}
	a.Account, err = account.New(account.Options{
		Store: accountstore.New(a.DB), Hasher: a.Hasher, Clock: clock.System{}, Random: rand.Reader, Secret: secret,
		Profile: profile, Idle: a.Config.Session.Idle, Absolute: a.Config.Session.Absolute,
		DemoMode: a.Config.Demo, DemoPassword: city.DemoPassword, Cursors: cursors,
	})
	return err
}

func (a *App) buildLead(secret []byte, cursors page.Cursors) error {
	files, err := leadstore.NewVault(a.Config.FilesDir())
	if err != nil {
		return err
	}
	phoneKey, err := hkdf.Key(sha256.New, secret, nil, "leadrelay telephone numbers", sha256.Size)
	if err != nil {
		return fmt.Errorf("derive the key of telephone numbers: %w", err)
	}
	a.Gate = gate.NewService(gatestore.New(a.DB))
	a.Lead, err = lead.NewService(lead.Needs{
		Store: leadstore.New(a.DB).Following(a.followStage).Counting(a.Count), City: leadCity{org: a.Org}, Vault: files, Cursors: cursors, MaxFile: a.Config.Files.MaxBytes,
		PhoneKey: phoneKey,
	})
	return err
}

func (a *App) buildRouter(build Build) error {
	site, err := fs.Sub(web.FS, "dist")
	if err != nil {
		return fmt.Errorf("open the built page: %w", err)
	}
	trusted := make([]string, 0, len(a.Config.Proxies.Trusted))
	for _, p := range a.Config.Proxies.Trusted {
		trusted = append(trusted, p.String())
	}
	sources, err := city.Chinese()
	if err != nil {
		return fmt.Errorf("read the city's data: %w", err)
	}
	a.Router, err = httpapi.New(httpapi.Options{
		SourcesZH: sources,
		Product:   Product, Version: build.Version, Log: a.Log, Now: clock.System{}.Now,
		Auth: httpapi.NewAuthenticator(a.Account, a.Policy), Ready: readiness{db: a.DB}, Web: site,
		TrustedProxies: trusted, MetricsToken: a.Config.Metrics.Token.Reveal(), Demo: a.Config.Demo,
		FileBytes: a.Config.Files.MaxBytes, SecureCookies: a.Config.Cookie.Secure, Refused: a.DB.RecordRefusal,
		Repeats: a.DB, KeepAnswers: a.Config.Idempotency.Keep,
	}, httpapi.Services{Account: a.Account, Lead: a.Lead, Org: a.Org, Audit: a.Audit, Notice: a.Notice, Gate: a.Gate, Signing: a.Signing, Admission: a.Admission, Dossier: a.Dossier, Target: a.Target, Credit: a.Credit, Report: a.Report, Policy: a.Policy, Supervise: a.Supervise, Update: a.Update, Rank: a.Rank})
	return err
}

// Close closes the database.
func (a *App) Close() error { return a.DB.Close() }
