package audit_test

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/fault"
)

func chain(t *testing.T, fill byte) audit.Chain {
	t.Helper()
	c, err := audit.NewChain(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func line() audit.Row {
	return audit.Row{
		ID: 1, At: time.Date(2026, 3, 9, 8, 0, 0, 1000, time.UTC), Kind: "lead.created", User: 2, Unit: 3, Session: 4,
		Address: "192.0.2.7", RequestID: "r-1", Object: "lead", ObjectID: 5, Lead: 5, Outcome: "done", Changes: "[]",
	}
}

func TestAShortKeyIsRefused(t *testing.T) {
	if _, err := audit.NewChain(make([]byte, 31)); fault.CodeOf(err) != "audit.key_short" {
		t.Errorf("error is %v", err)
	}
}

func TestTheHashIsTheSameOnEveryMachineAndInEveryRelease(t *testing.T) {
	const want = "d146351f50720464e4934f1aec0f7dd0c157ec583ec6459d8012e887a15864bb"
	if got := chain(t, 1).Next("", 1, line()); got != want {
		t.Errorf("hash is %s, want %s", got, want)
	}
	inTheCity := line()
	inTheCity.At = inTheCity.At.In(time.FixedZone("CST", 8*3600))
	if got := chain(t, 1).Next("", 1, inTheCity); got != want {
		t.Error("the hash depends on the zone in which the database gives the instant")
	}
}

func TestTheHashDependsOnEveryColumnThePlaceTheHashBeforeAndTheKey(t *testing.T) {
	seen := map[string]string{}
	note := func(what, hash string) {
		if other, ok := seen[hash]; ok {
			t.Errorf("%s gives the hash of %s", what, other)
		}
		seen[hash] = what
	}
	c := chain(t, 1)
	note("the line", c.Next("", 1, line()))
	note("another place", c.Next("", 2, line()))
	note("another hash before", c.Next("a", 1, line()))
	note("another key", chain(t, 2).Next("", 1, line()))
	fields := reflect.TypeFor[audit.Row]()
	for i := range fields.NumField() {
		l := line()
		switch f := reflect.ValueOf(&l).Elem().Field(i); f.Kind() {
		case reflect.Int64:
			f.SetInt(f.Int() + 1)
		case reflect.String:
			f.SetString(f.String() + "x")
		case reflect.Bool:
			f.SetBool(!f.Bool())
		default:
			l.At = l.At.Add(time.Microsecond)
		}
		note("another "+fields.Field(i).Name, c.Next("", 1, l))
	}
}

func TestTextCannotMoveFromOneColumnToTheNext(t *testing.T) {
	a, b := line(), line()
	a.Code, a.Reason = "ab", "c"
	b.Code, b.Reason = "a", "bc"
	if chain(t, 1).Next("", 1, a) == chain(t, 1).Next("", 1, b) {
		t.Error("two lines give one hash")
	}
}

func TestAnAnchorIsReadAsItIsPrinted(t *testing.T) {
	noted := audit.Anchor{Seq: 12, Hash: chain(t, 1).Next("", 12, line())}
	if got, err := audit.ParseAnchor(noted.String()); err != nil || got != noted {
		t.Errorf("read %v (%v), want %v", got, err, noted)
	}
	for _, bad := range []string{"", "12", ":", "12:", "0:" + noted.Hash, "-1:" + noted.Hash, "x:" + noted.Hash, noted.String() + "00", "12:" + noted.Hash[1:]} {
		if _, err := audit.ParseAnchor(bad); fault.CodeOf(err) != "audit.anchor_malformed" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestABadPlaceIsNamedInOneLine(t *testing.T) {
	for want, bad := range map[string]audit.Bad{
		"line 7 at place 6 of the chain: reordered": {Seq: 6, Event: 7, Why: audit.Reordered},
		"place 5 of the chain: removed":             {Seq: 5, Why: audit.Removed},
		"line 11, outside the chain: inserted":      {Event: 11, Why: audit.Inserted},
	} {
		if bad.String() != want {
			t.Errorf("%q, want %q", bad, want)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	c, err := audit.NewChain(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	l, hash := line(), ""
	for b.Loop() {
		hash = c.Next(hash, 1, l)
	}
}
