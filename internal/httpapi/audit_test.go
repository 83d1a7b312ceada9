package httpapi

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	auditstore "github.com/leadrelay/leadrelay/internal/store/audit"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/rbac"
)

// newAuditEdge is a router with the log and the matrix alone.
func newAuditEdge(t *testing.T, db *store.DB) (edge, *audit.Service) {
	t.Helper()
	policy, err := access.LoadFS(rbac.FS)
	if err != nil {
		t.Fatal(err)
	}
	key := make([]byte, 32)
	chain, err := audit.NewChain(key)
	if err != nil {
		t.Fatal(err)
	}
	service, err := audit.NewService(auditstore.New(db), chain, page.NewCursors(key))
	if err != nil {
		t.Fatal(err)
	}
	r := newRouter(Options{Auth: people{policy}})
	roles{policy: policy}.routes(r)
	auditLog{service: service}.routes(r)
	built, err := r.build()
	if err != nil {
		t.Fatal(err)
	}
	return edge{Router: built, t: t}, service
}

func TestTheAuditorReadsTheLogInPagesAndNobodyElseDoes(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		e, _ := newAuditEdge(t, db)
		err := db.InTx(t.Context(), func(tx *store.Tx) error {
			for _, kind := range []string{"lead.created", "lead.edited", "unit.edited"} {
				if err := tx.Record(t.Context(), event.Line{Kind: kind, Object: "lead", ObjectID: 4}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		type log struct {
			Items []struct {
				ID   int64
				Kind string
			}
			Next  *string
			Total page.Total
		}
		read := func(query string) (l log) {
			t.Helper()
			w := e.do(ask{method: http.MethodGet, path: "/api/v1/audit" + query, token: "auditor"})
			if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil || w.Code != http.StatusOK {
				t.Fatalf("%s: status %d, %s", query, w.Code, w.Body)
			}
			return l
		}
		first := read("?kind=lead&limit=1&from=2020-01-01&until=2099-12-31")
		if len(first.Items) != 1 || first.Items[0].Kind != "lead.edited" || first.Next == nil || first.Total != (page.Total{Count: 2, Exact: true}) {
			t.Fatalf("first page %+v", first)
		}
		second := read("?kind=lead&limit=1&from=2020-01-01&until=2099-12-31&cursor=" + *first.Next)
		if len(second.Items) != 1 || second.Items[0].Kind != "lead.created" || second.Next != nil {
			t.Fatalf("second page %+v", second)
		}
		if none := read("?until=2020-01-01"); len(none.Items) != 0 || none.Items == nil {
			t.Errorf("an old day gives %+v", none)
		}
		for _, bad := range []string{
			"?sort=kind", "?kind=Lead", "?kind=lead%25", "?outcome=maybe", "?limit=0", "?limit=101", "?user_id=0", "?from=2020-02-30",
			"?from=2020-01-02&until=2020-01-01", "?cursor=x", "?kind=lead&cursor=" + *first.Next + "x",
		} {
			w := e.do(ask{method: http.MethodGet, path: "/api/v1/audit" + bad, token: "auditor"})
			if w.Code != http.StatusBadRequest || problemIn(t, w).Code != "input.invalid" {
				t.Errorf("%s: status %d, %s", bad, w.Code, w.Body)
			}
		}
		for _, path := range []string{"/api/v1/audit", "/api/v1/audit/verify", "/api/v1/roles"} {
			if w := e.do(ask{method: http.MethodGet, path: path, token: "one"}); w.Code != http.StatusForbidden {
				t.Errorf("%s by a town officer: status %d", path, w.Code)
			}
		}
	})
}

func TestTheCheckOfTheLogAnswersWithTheFirstBadLine(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		e, service := newAuditEdge(t, db)
		check := func() (v audit.VerifyView) {
			t.Helper()
			w := e.do(ask{method: http.MethodGet, path: "/api/v1/audit/verify", token: "auditor"})
			if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != http.StatusOK {
				t.Fatalf("status %d, %s", w.Code, w.Body)
			}
			return v
		}
		if v := check(); !v.OK || v.Events != 0 || v.Head != nil {
			t.Errorf("an empty log gives %+v", v)
		}
		err := db.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.Record(t.Context(), event.Line{Kind: "lead.created", Object: "lead", ObjectID: 4})
		})
		if err != nil {
			t.Fatal(err)
		}
		if v := check(); !v.OK || v.Events != 1 || v.Unsealed != 1 {
			t.Errorf("before sealing %+v", v)
		}
		if _, err := service.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if v := check(); !v.OK || v.Sealed != 1 || v.Head == nil {
			t.Errorf("after sealing %+v", v)
		}
		err = db.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.DB(t.Context()).Exec(`INSERT INTO audit_links (seq, event_id, hash, sealed_at)
				SELECT 2, 7, 'f00d', at FROM audit_events`).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		v := check()
		if v.OK || v.FirstBad == nil || *v.FirstBad.Seq != 2 || *v.FirstBad.EventID != 7 || v.FirstBad.Why != audit.Removed {
			t.Errorf("a link without a line gives %+v", v)
		}
	})
}

func TestTheMatrixIsThePolicyWithNamesInBothLanguages(t *testing.T) {
	e, _ := newAuditEdge(t, testkit.Open(t, store.SQLite))
	w := e.do(ask{method: http.MethodGet, path: "/api/v1/roles", token: "auditor"})
	var m Matrix
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil || w.Code != http.StatusOK {
		t.Fatalf("status %d, %s", w.Code, w.Body)
	}
	policy, err := access.LoadFS(rbac.FS)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Roles) != 13 || len(m.Permissions) != len(access.Permissions()) ||
		len(m.Cells) != len(policy.Cells()) || len(m.Classes) != len(policy.ClassCells()) {
		t.Errorf("%d roles, %d permissions, %d cells, %d classes", len(m.Roles), len(m.Permissions), len(m.Cells), len(m.Classes))
	}
	named := append(m.Permissions, labels(access.Classes(), classTexts())...)
	for _, r := range m.Roles {
		named = append(named, r.Label)
		if len(r.UnitKinds) == 0 {
			t.Errorf("no unit can hold %s", r.Code)
		}
	}
	for _, l := range append(named, labels(access.Parts(), partTexts())...) {
		if l.Code == "" || l.ZH == "" || l.EN == "" {
			t.Errorf("no name: %+v", l)
		}
	}
}
