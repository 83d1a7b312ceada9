package audit_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	auditstore "github.com/leadrelay/leadrelay/internal/store/audit"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/rbac"
)

// log is the audit log of a test's database.
type log struct {
	*audit.Service
	t  testing.TB
	db *store.DB
}

func open(t testing.TB, db *store.DB) log {
	t.Helper()
	key := []byte("a key of the tests, 32 bytes long")
	chain, err := audit.NewChain(key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := audit.NewService(auditstore.New(db), chain, page.NewCursors(key))
	if err != nil {
		t.Fatal(err)
	}
	return log{Service: s, t: t, db: db}
}

// writes records lines, each in a transaction of its own.
func (l log) writes(lines ...event.Line) {
	l.t.Helper()
	for _, line := range lines {
		err := l.db.InTx(l.t.Context(), func(tx *store.Tx) error { return tx.Record(l.t.Context(), line) })
		if err != nil {
			l.t.Fatal(err)
		}
	}
}

func (l log) writesMany(n int) {
	l.t.Helper()
	err := l.db.InTx(l.t.Context(), func(tx *store.Tx) error {
		for i := range n {
			line := event.Line{Kind: "lead.edited", Object: "lead", ObjectID: int64(i + 1), Reason: fmt.Sprint("line ", i+1)}
			if err := tx.Record(l.t.Context(), line); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l log) seals(want int) {
	l.t.Helper()
	if n, err := l.Seal(l.t.Context()); err != nil || n != want {
		l.t.Fatalf("sealed %d (%v), want %d", n, err, want)
	}
}

// finds checks the log and compares the first bad place, written as
// "why seq event", or "".
func (l log) finds(want string, anchors ...audit.Anchor) audit.Report {
	l.t.Helper()
	r, err := l.VerifyAll(l.t.Context(), anchors...)
	if err != nil {
		l.t.Fatal(err)
	}
	got := ""
	if bad := r.FirstBad; bad != nil {
		got = fmt.Sprintf("%s %d %d", bad.Why, bad.Seq, bad.Event)
	}
	if got != want {
		l.t.Fatalf("the check finds %q, want %q", got, want)
	}
	if r.OK() != (want == "") {
		l.t.Fatalf("OK is %t", r.OK())
	}
	return r
}

// asOwner does what only the owner of the database can: takes the triggers
// and references away and changes rows behind the program's back.
func (l log) asOwner(statements ...string) {
	l.t.Helper()
	drop := []string{
		"DROP TRIGGER audit_events_no_update", "DROP TRIGGER audit_events_no_delete",
		"DROP TRIGGER audit_links_no_update", "DROP TRIGGER audit_links_no_delete",
	}
	if l.db.Dialect() == store.Postgres {
		drop = []string{
			"DROP TRIGGER audit_events_frozen ON audit_events", "DROP TRIGGER audit_links_frozen ON audit_links",
		}
	}
	err := l.db.InTx(l.t.Context(), func(tx *store.Tx) error {
		for _, sql := range append(drop, statements...) {
			if err := tx.DB(l.t.Context()).Exec(sql).Error; err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
}

func TestLinesAreSealedInTheirOrderAndTheWholeChainChecks(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		r := l.finds("")
		if r.Counts != (audit.Counts{}) || r.Head != (audit.Anchor{}) {
			t.Errorf("an empty log gives %+v", r)
		}
		l.seals(0)
		l.writesMany(1203) // more than two batches, more than one page of the check
		r = l.finds("")
		if r.Counts != (audit.Counts{Events: 1203, Unsealed: 1203}) {
			t.Errorf("before sealing: %+v", r.Counts)
		}
		l.seals(1203)
		l.seals(0)
		r = l.finds("")
		if r.Counts != (audit.Counts{Events: 1203, Sealed: 1203}) || r.Head.Seq != 1203 || len(r.Head.Hash) != 64 {
			t.Errorf("after sealing: %+v", r)
		}
		l.writesMany(1)
		l.seals(1)
		if after := l.finds("", r.Head); after.Head.Seq != 1204 || after.Head.Hash == r.Head.Hash {
			t.Errorf("one more line: %+v", after)
		}
	})
}

func TestAnotherKeyDoesNotFitTheChain(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		l.writesMany(2)
		l.seals(2)
		chain, err := audit.NewChain([]byte("another key of the tests, 32 bytes"))
		if err != nil {
			t.Fatal(err)
		}
		if l.Service, err = audit.NewService(auditstore.New(db), chain, page.NewCursors(nil)); err != nil {
			t.Fatal(err)
		}
		l.finds("altered 1 1")
	})
}

func TestTheProgramItselfCannotChangeTheLog(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		l.writesMany(2)
		l.seals(2)
		statements := []string{
			"UPDATE audit_events SET reason = 'x' WHERE id = 1", "DELETE FROM audit_events WHERE id = 1",
			"UPDATE audit_links SET hash = 'x' WHERE seq = 1", "DELETE FROM audit_links WHERE seq = 1",
		}
		if db.Dialect() == store.Postgres {
			statements = append(statements, "TRUNCATE audit_events CASCADE", "TRUNCATE audit_links")
		}
		for _, sql := range statements {
			err := db.InTx(t.Context(), func(tx *store.Tx) error { return tx.DB(t.Context()).Exec(sql).Error })
			if err == nil {
				t.Errorf("%s was done", sql)
			}
		}
		l.finds("")
	})
}

func TestEveryTamperingIsNamedAtItsFirstBadLine(t *testing.T) {
	for _, c := range []struct {
		name string
		does []string
		want string
	}{
		{"a reason rewritten", []string{"UPDATE audit_events SET reason = 'nothing' WHERE id = 3"}, "altered 3 3"},
		{"an instant moved by a microsecond", []string{
			"UPDATE audit_events SET at = (SELECT o.at FROM audit_events o WHERE o.id = 7) WHERE id = 3",
		}, "altered 3 3"},
		{"a person put in", []string{"UPDATE audit_events SET user_id = 9 WHERE id = 3"}, "altered 3 3"},
		{"two lines rewritten", []string{"UPDATE audit_events SET kind = 'x' WHERE id IN (8, 4)"}, "altered 4 4"},
		{"a hash rewritten", []string{"UPDATE audit_links SET hash = 'f00d' WHERE seq = 4"}, "altered 4 4"},
		{"a line taken out", []string{"DELETE FROM audit_events WHERE id = 5"}, "removed 5 5"},
		{"a line and its link taken out", []string{
			"DELETE FROM audit_links WHERE seq = 5", "DELETE FROM audit_events WHERE id = 5",
		}, "removed 5 0"},
		{"the first line and its link taken out", []string{
			"DELETE FROM audit_links WHERE seq = 1", "DELETE FROM audit_events WHERE id = 1",
		}, "removed 1 0"},
		{"a link taken out and the rest moved up", []string{
			"DELETE FROM audit_links WHERE seq = 9", "DELETE FROM audit_events WHERE id = 9",
			"UPDATE audit_links SET seq = 9 WHERE seq = 10",
		}, "altered 9 10"},
		{"a link taken out at the end", []string{"DELETE FROM audit_links WHERE seq = 10"}, "inserted 0 10"},
		{"a line put in", []string{put("NULL")}, "inserted 0 11"},
		{"a line put in with a made-up link", []string{
			put("NULL"), "INSERT INTO audit_links (seq, event_id, hash, sealed_at) SELECT 11, 11, 'f00d', sealed_at FROM audit_links WHERE seq = 10",
		}, "altered 11 11"},
		{"two neighbours exchanged", []string{
			"UPDATE audit_links SET event_id = -1 WHERE seq = 6", "UPDATE audit_links SET event_id = 6 WHERE seq = 7",
			"UPDATE audit_links SET event_id = 7 WHERE seq = 6",
		}, "reordered 6 7"},
		{"two links exchanged with their hashes", []string{
			"UPDATE audit_links SET seq = -1 WHERE seq = 2", "UPDATE audit_links SET seq = 2 WHERE seq = 7",
			"UPDATE audit_links SET seq = 7 WHERE seq = -1",
		}, "reordered 2 7"},
		{"the numbers of two lines exchanged", []string{
			renumber(3, -1), renumber(8, 3), renumber(-1, 8),
		}, "reordered 3 3"},
		{"a waiting line taken off the list", []string{put("NULL"), "DELETE FROM audit_unsealed"}, "inserted 0 11"},
	} {
		t.Run(c.name, func(t *testing.T) {
			testkit.EachDB(t, func(t *testing.T, db *store.DB) {
				l := open(t, db)
				for i := range 10 {
					l.writes(event.Line{Kind: "lead.edited", User: 1, Object: "lead", ObjectID: int64(i), Reason: fmt.Sprint(i)})
				}
				l.seals(10)
				l.asOwner(identities(db, c.does)...)
				l.finds(c.want)
			})
		})
	}
}

func put(user string) string {
	return `INSERT INTO audit_events (at, kind, user_id, address, request_id, object, object_id, restricted, outcome, code, reason, changes)
		SELECT at, kind, ` + user + `, address, request_id, object, object_id, restricted, outcome, code, 'put in', changes
		FROM audit_events WHERE id = 1`
}

func renumber(from, to int) string {
	return fmt.Sprintf("UPDATE audit_events SET id = %d WHERE id = %d", to, from)
}

// identities lets the numbers of lines be changed on PostgreSQL, which makes
// them itself unless told otherwise.
func identities(db *store.DB, statements []string) []string {
	if db.Dialect() == store.Postgres {
		return append([]string{"ALTER TABLE audit_events ALTER COLUMN id SET GENERATED BY DEFAULT"}, statements...)
	}
	return statements
}

func TestAnAnchorShowsThatTheNewestLinesWereCutOff(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		l.writesMany(5)
		l.seals(5)
		noted := l.finds("").Head
		l.asOwner("DELETE FROM audit_links WHERE seq > 3", "DELETE FROM audit_events WHERE id > 3")
		l.finds("")
		l.finds("removed 4 0", noted)
		l.writesMany(2)
		l.seals(2)
		l.finds("altered 5 7", noted)
	})
}

func TestTheSealerStopsWithAnErrorAtALinkItDidNotMake(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		l.writesMany(1)
		l.asOwner("INSERT INTO audit_links (seq, event_id, hash, sealed_at) SELECT 7, 1, 'f00d', at FROM audit_events WHERE id = 1")
		n, err := l.Seal(t.Context())
		if n != 0 || fault.CodeOf(err) != "audit.place_taken" {
			t.Errorf("sealed %d, error %v", n, err)
		}
		l.finds("removed 1 0")
	})
}

func TestEightWritersAndThreeSealersAtOnceMakeOneChain(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		const writers, each = 8, 40
		var writing, sealing sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		for range 3 {
			sealing.Go(func() {
				for ctx.Err() == nil {
					if _, err := l.Seal(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					line := event.Line{Kind: "note.added", User: id.User(w + 1), Object: "note", ObjectID: int64(i + 1)}
					err := db.InTx(t.Context(), func(tx *store.Tx) error { return tx.Record(t.Context(), line) })
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		writing.Wait()
		stop()
		sealing.Wait()
		if _, err := l.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := l.finds(""); r.Counts != (audit.Counts{Events: writers * each, Sealed: writers * each}) {
			t.Errorf("counts are %+v", r.Counts)
		}
	})
}

func TestALineWrittenWhileAnotherTransactionIsOpenIsSealedWhenItCommits(t *testing.T) {
	db := testkit.Open(t, store.Postgres)
	l := open(t, db)
	err := db.InTx(t.Context(), func(tx *store.Tx) error {
		if err := tx.Record(t.Context(), event.Line{Kind: "lead.created", Object: "lead", ObjectID: 1}); err != nil {
			return err
		}
		l.writesMany(1) // a later number that commits first
		l.seals(1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	l.seals(1)
	links, err := auditstore.New(db).Links(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(links) != 2 || links[0].Event != 2 || links[1].Event != 1 {
		t.Errorf("links are %+v, want the line that committed first in front", links)
	}
	l.finds("")
}

func person(t testing.TB, user id.User, role access.Role) access.Actor {
	t.Helper()
	p, err := access.LoadFS(rbac.FS)
	if err != nil {
		t.Fatal(err)
	}
	return access.NewActor(user, []access.Membership{{Unit: 1, Role: role}}, p)
}

func TestOnlyTheAuditorReadsAndChecksTheLog(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		l.writesMany(2)
		l.seals(2)
		for _, r := range access.Roles() {
			who := person(t, 5, r)
			_, listed := l.List(t.Context(), who, audit.Query{Limit: 10})
			v, checked := l.Verify(t.Context(), who)
			if r == access.Auditor {
				if listed != nil || checked != nil {
					t.Fatalf("the auditor got %v, %v", listed, checked)
				}
				if !v.OK || v.Events != 2 || v.Sealed != 2 || v.Head == nil || v.FirstBad != nil || v.CheckedAt.IsZero() {
					t.Errorf("the check says %+v", v)
				}
				continue
			}
			if fault.KindOf(listed) != fault.Forbidden || fault.KindOf(checked) != fault.Forbidden {
				t.Errorf("%s got %v, %v", r, listed, checked)
			}
		}
		l.asOwner("UPDATE audit_events SET reason = 'x' WHERE id = 2")
		v, err := l.Verify(t.Context(), person(t, 5, access.Auditor))
		if err != nil || v.OK || v.FirstBad == nil || *v.FirstBad.Seq != 2 || *v.FirstBad.EventID != 2 || v.FirstBad.Why != audit.Altered {
			t.Errorf("the check says %+v (%v)", v, err)
		}
	})
}
