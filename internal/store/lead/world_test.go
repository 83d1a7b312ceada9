package lead_test

import (
	"context"
	"crypto/rand"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	orgstore "github.com/leadrelay/leadrelay/internal/store/org"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/internal/testkit/lifekit"
	"github.com/leadrelay/leadrelay/rbac"
)

// world is the real city with the demo accounts on one database.
type world struct {
	db     *store.DB
	lead   *lead.Service
	store  *leadstore.Store
	org    *org.Service
	policy *access.Policy
	files  string // the folder of the vault

	stories atomic.Int64 // how many histories were begun
	// what many random acts would else look up each time
	accounts []org.Account
	units    map[string]id.Unit
	shift    time.Duration
}

func (w *world) know(t *testing.T) {
	t.Helper()
	w.accounts, w.units = city.DemoAccounts(), map[string]id.Unit{}
	for _, slug := range units() {
		w.units[slug] = w.unit(t, slug)
	}
}

func theCity(ctx context.Context, db *store.DB) error {
	content, err := city.Load()
	if err != nil {
		return err
	}
	service := org.NewService(orgstore.New(db), clock.System{}, page.Cursors{})
	if _, err := service.Seed(ctx, content); err != nil {
		return err
	}
	if err := lifekit.Seed(ctx, db); err != nil {
		return err
	}
	_, err = service.SeedAccounts(ctx, city.DemoAccounts(), func() (string, error) { return "unused", nil })
	return err
}

func eachWorld(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	testkit.NewTemplate("city", theCity).Each(t, func(t *testing.T, db *store.DB) { f(t, newWorld(t, db)) })
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	model, err := rbac.FS.ReadFile("model.conf")
	must(t, err)
	lines, err := rbac.FS.ReadFile("policy.csv")
	must(t, err)
	policy, err := access.Load(string(model), string(lines))
	must(t, err)
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	w := &world{db: db, store: leadstore.New(db), policy: policy}
	w.org = org.NewService(orgstore.New(db), clock.System{}, page.NewCursors(key))
	w.files = t.TempDir()
	files, err := leadstore.NewVault(w.files)
	must(t, err)
	w.lead, err = lead.NewService(lead.Needs{
		Store: w.store, City: cityOf{w.org}, Vault: files, Cursors: page.NewCursors(key), MaxFile: 1 << 20,
	})
	must(t, err)
	return w
}

// office is who reviews admissions and keeps the land contracts.
func (w *world) office(t *testing.T) lifekit.Office {
	t.Helper()
	o, err := lifekit.NewOffice(context.Background(), w.db)
	must(t, err)
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as returns the person with the login, acting for its first unit.
func (w *world) as(t *testing.T, username string) access.Actor {
	t.Helper()
	for i, a := range city.DemoAccounts() {
		if a.Username != username {
			continue
		}
		var live []access.Membership
		for _, r := range a.Roles {
			live = append(live, access.Membership{Unit: w.unit(t, r.Unit), Role: r.Role})
		}
		actor := access.NewActor(id.User(i+1), live, w.policy)
		actor.Acting = live[0].Unit
		return actor
	}
	t.Fatalf("no login %q", username)
	return access.Actor{}
}

// head returns the person with the login in a role that answers for its unit.
func (w *world) head(t *testing.T, username string, role access.Role) access.Actor {
	t.Helper()
	officer := w.as(t, username)
	actor := access.NewActor(officer.User, []access.Membership{{Unit: officer.Acting, Role: role}}, w.policy)
	actor.Acting = officer.Acting
	return actor
}

func (w *world) unit(t *testing.T, slug string) id.Unit {
	t.Helper()
	d, err := w.org.Directory(context.Background())
	must(t, err)
	u, known := d.BySlug(slug)
	if !known {
		t.Fatalf("no unit %q", slug)
	}
	return u.ID
}

// register reports a lead for the person.
func (w *world) register(t *testing.T, username, investor string) lead.View {
	t.Helper()
	v, err := w.lead.Create(context.Background(), w.as(t, username), draft(investor))
	must(t, err)
	return v
}

// draft is another project of its investor, if there was one before.
func draft(investor string) lead.Draft {
	summary := "生产基地"
	return lead.Draft{Duplicate: lead.Claimed{Choice: lead.AnotherProject, Reason: "另一处选址"}, Facts: lead.Facts{Title: investor + "项目", InvestorName: &investor, SourceChannel: "visit", Summary: &summary}}
}

// titles lists what the person sees, in order.
func (w *world) titles(t *testing.T, username string, f lead.Filter) []string {
	t.Helper()
	p, err := w.lead.List(context.Background(), w.as(t, username), f, page.Request{Limit: 100})
	must(t, err)
	out := []string{}
	for _, v := range p.Items {
		out = append(out, v.Title)
	}
	if p.Total.Count != int64(len(out)) || !p.Total.Exact {
		t.Errorf("%s sees %d leads but is told %+v", username, len(out), p.Total)
	}
	return out
}

// cityOf gives leads the facts of the city, as the program does.
type cityOf struct{ org *org.Service }

func (c cityOf) Places(ctx context.Context) (lead.Places, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return d.On(clock.System{}.Today()), nil
}

func (c cityOf) Rule(ctx context.Context, key string, on clock.Date) (int64, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return 0, err
	}
	value, _ := d.Rules().On(key, on)
	return value, nil
}

func (c cityOf) Office(ctx context.Context) (*clock.Office, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return d.Office(), nil
}

func (c cityOf) Pool(ctx context.Context) (id.Unit, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return 0, err
	}
	return d.Pool().ID, nil
}

func (c cityOf) LeadingBody(ctx context.Context) (id.Unit, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return 0, err
	}
	return d.Leading().ID, nil
}

// later moves the database's clock.
func (w *world) later(d time.Duration) { w.db.SetOffset(d) }
