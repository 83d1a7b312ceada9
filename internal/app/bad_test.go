package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing"
	"unicode"

	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// bad is one wrong request and the whole of its answer: status and code, then
// every field with its rule. It changes nothing, and leaves one line in the
// audit when it touched a row.
type bad struct {
	name    string
	who     string
	request kit.Request
	want    string // "400 input.invalid"
	fields  string // "title:too_long unit_id:required"
	touched bool
}

// problem is an error as a client reads it.
type problem struct {
	Title, Detail, Code, Type string
	Fields                    []struct{ Name, Code, Message string }
}

// refuses sends the request in both languages and compares everything.
func refuses(t *testing.T, k *kit.Kit, b bad) {
	t.Helper()
	before := snapshot(t, k)
	for _, lang := range []string{"zh-CN", "en"} {
		r := b.request
		r.Header = map[string]string{"Accept-Language": lang}
		for name, value := range b.request.Header {
			r.Header[name] = value
		}
		a := k.As(t, b.who).Do(t, r)
		if a.Brief() != b.want {
			t.Errorf("%s: %s, want %s\n%.500s", b.name, a.Brief(), b.want, a.Body)
			continue
		}
		var p problem
		a.Into(t, &p)
		var fields []string
		for _, f := range p.Fields {
			fields = append(fields, f.Name+":"+f.Code)
			checkSentence(t, b.name+" "+f.Name, lang, f.Message)
		}
		if got := strings.Join(fields, " "); got != b.fields {
			t.Errorf("%s: fields %q, want %q", b.name, got, b.fields)
		}
		checkSentence(t, b.name, lang, p.Title)
		checkSentence(t, b.name, lang, p.Detail)
		checkLine(t, k, b, a, p.Code)
	}
	if after := snapshot(t, k); after != before {
		t.Errorf("%s: it changed the database:\n%s\n%s", b.name, before, after)
	}
}

// checkSentence tells that a text is there, in the language asked for, and no
// code or placeholder is left in it.
func checkSentence(t *testing.T, name, lang, text string) {
	t.Helper()
	han := strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Han, c) })
	if text == "" || han != (lang == "zh-CN") || strings.ContainsAny(text, "{}") {
		t.Errorf("%s in %s: %q", name, lang, text)
	}
}

// checkLine compares the audit lines of the one request.
func checkLine(t *testing.T, k *kit.Kit, b bad, a kit.Answer, code string) {
	t.Helper()
	var lines []struct {
		UserID        int64
		Outcome, Code string
		ObjectID      int64
	}
	err := k.DB.Read(context.Background()).Raw("SELECT user_id, outcome, code, object_id FROM audit_events WHERE request_id = ?",
		a.Header.Get("X-Request-Id")).Scan(&lines).Error
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	if b.touched {
		want = 1
	}
	if len(lines) != want {
		t.Errorf("%s: %d audit lines, want %d", b.name, len(lines), want)
		return
	}
	for _, l := range lines {
		if l.UserID != int64(k.As(t, b.who).ID) || l.Outcome != "refused" || l.Code != code || l.ObjectID == 0 {
			t.Errorf("%s: audit line %+v, want one of refused %s", b.name, l, code)
		}
	}
}

// snapshot is every row of every table but the audit and what a request
// itself touches, as one sum for each table.
func snapshot(t *testing.T, k *kit.Kit) string {
	t.Helper()
	var out []string
	for _, table := range []string{
		"units", "unit_codes", "unit_links", "city_rules", "users", "memberships", "leads", "handoffs", "lead_parts",
		"lead_members", "match_keys", "contacts", "notes", "files", "activities", "lead_counters", "clocks", "clock_counters", "lead_search",
		"count_rules", "share_rules", "count_months", "count_steps", "count_events", "count_parts", "credit_proposals", "signing_months", "signing_items", "signing_frozen", "signing_changes", "signing_batches", "signing_tasks", "stage_spans",
		"stage_confirmations", "lead_facts", "cockpit_counters", "lifecycles", "lifecycle_steps", "lifecycle_needs",
	} {
		out = append(out, tableSum(t, k, table))
	}
	return strings.Join(out, "\n")
}

// tableSum is the number of a table's rows and a sum over what they hold.
func tableSum(t *testing.T, k *kit.Kit, table string) string {
	t.Helper()
	rows, err := k.DB.Read(context.Background()).Raw("SELECT * FROM " + table).Rows()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	sum, n := uint64(0), 0
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		h := fnv.New64a()
		for _, v := range values {
			_, _ = fmt.Fprintf(h, "%v|", *v.(*any))
		}
		sum, n = sum+h.Sum64(), n+1
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %d %x", table, n, sum)
}

// with replaces one value of a valid registration.
func with(name, value string) string {
	base := map[string]json.RawMessage{
		"title": []byte(`"新项目"`), "investor_name": []byte(`"示例投资"`), "source_channel": []byte(`"visit"`), "summary": []byte(`"生产基地"`),
	}
	delete(base, name)
	keys := []string{"title", "investor_name", "source_channel", "summary"}
	var b strings.Builder
	b.WriteString("{")
	for _, key := range keys {
		if v, there := base[key]; there {
			b.WriteString(`"` + key + `":` + string(v) + `,`)
		}
	}
	return b.String() + `"` + name + `":` + value + `}`
}

func register(body string) kit.Request {
	return kit.Request{Method: "POST", Path: "/leads", Body: body}
}

// TestAWrongRegistrationIsRefusedByField sends every kind of wrong body.
func TestAWrongRegistrationIsRefusedByField(t *testing.T) {
	long := strings.Repeat("长", 121)
	cases := []bad{
		{name: "unknown name", request: register(with("nonsense", `1`)), fields: "nonsense:unknown"},
		{name: "name in another case", request: register(with("Title", `"x"`)), fields: "Title:unknown"},
		{name: "doubled name", request: register(`{"title":"一","title":"二","investor_name":"x","source_channel":"visit","summary":"x"}`), fields: "title:doubled"},
		{name: "text for a number", request: register(with("planned_cents", `"5"`)), fields: "planned_cents:wrong_type"},
		{name: "number for a text", request: register(with("title", `5`)), fields: "title:wrong_type"},
		{name: "null for a text", request: register(with("title", `null`)), fields: "title:not_null"},
		{name: "nothing", request: register(`{}`), fields: "title:required investor_name:required source_channel:required summary:required"},
		{name: "empty texts", request: register(`{"title":" ","investor_name":"","source_channel":"","summary":"　"}`), fields: "title:required source_channel:required investor_name:required summary:required"},
		{name: "two values", request: register(with("title", `"x"`) + `{}`), want: "400 body.malformed"},
		{name: "half a value", request: register(`{"title":"x"`), want: "400 body.malformed"},
		{name: "too large", request: register(with("summary", `"`+strings.Repeat("a", 1<<20)+`"`)), want: "413 body.too_large"},
		{name: "another media type", request: kit.Request{Method: "POST", Path: "/leads", Body: `{}`, Header: map[string]string{"Content-Type": "text/plain"}}, want: "415 body.media_type"},
		{name: "no body", request: register(""), want: "400 body.required"},
		{name: "bytes that are no text", request: register(with("title", "\"a\xffb\"")), want: "400 body.encoding"},
		{name: "NUL", request: register(with("title", `"a\u0000b"`)), fields: "title:bad_text"},
		{name: "half a character", request: register(with("title", `"\ud800"`)), fields: "title:bad_text"},
		{name: "control character", request: register(with("title", `"a\u0007b"`)), fields: "title:text.control_character"},
		{name: "two lines", request: register(with("title", `"a\nb"`)), fields: "title:text.one_line"},
		{name: "markup in the title", request: register(with("title", `"<script>alert(1)</script>"`)), fields: "title:text.markup"},
		{name: "markup in the investor", request: register(with("investor_name", `"甲<img src=x>"`)), fields: "investor_name:text.markup"},
		{name: "markup in the summary", request: register(with("summary", `"1 < 2 <b>"`)), fields: "summary:text.markup"},
		{name: "long title", request: register(with("title", `"`+long+`"`)), fields: "title:too_long"},
		{name: "wrong check digit", request: register(with("credit_code", `"91442000MA4UHTXW0X"`)), fields: "credit_code:credit_code.check_digit"},
		{name: "short credit code", request: register(with("credit_code", `"9144"`)), fields: "credit_code:credit_code.check_digit"},
		{name: "impossible day", request: register(with("expected_sign_on", `"2026-02-30"`)), fields: "expected_sign_on:not_a_date"},
		{name: "day without zeros", request: register(with("next_step_on", `"2026-2-3"`)), fields: "next_step_on:not_a_date"},
		{name: "day long ago", request: register(with("first_contact_on", `"1980-01-01"`)), fields: "first_contact_on:day.out_of_range"},
		{name: "first contact tomorrow", request: register(with("first_contact_on", `"2100-01-01"`)), fields: "first_contact_on:day.future"},
		{name: "negative amount", request: register(with("planned_cents", `-1`)), fields: "planned_cents:amount.negative"},
		{name: "absurd amount", request: register(with("planned_cents", `100000000000001`)), fields: "planned_cents:amount.absurd"},
		{name: "amount out of range", request: register(with("tax_cents", `9223372036854775808`)), fields: "tax_cents:out_of_range"},
		{name: "half a cent", request: register(with("output_cents", `1.5`)), fields: "output_cents:not_integer"},
		{name: "negative area", request: register(with("land_sqm", `-1`)), fields: "land_sqm:area.negative"},
		{name: "absurd area", request: register(with("floor_sqm", `10000000001`)), fields: "floor_sqm:area.absurd"},
		{name: "unknown channel", request: register(with("source_channel", `"gossip"`)), fields: "source_channel:unknown_value"},
		{name: "unknown currency", request: register(with("currency", `"XXX"`)), fields: "currency:unknown_value"},
		{name: "unknown chain", request: register(with("chain", `"gold"`)), fields: "chain:unknown_value"},
		{name: "unknown place", request: register(with("location_code", `"000000"`)), fields: "location_code:unknown_value"},
		{name: "unknown park", request: register(with("park_id", `999999`)), fields: "park_id:unknown_value"},
		{name: "unknown country", request: register(with("country", `"ZZ"`)), fields: "country:unknown_value"},
		{name: "unknown track", request: register(with("track", `"sea"`)), fields: "track:unknown_value"},
		{name: "unknown confidentiality", request: register(with("confidentiality", `"secret"`)), fields: "confidentiality:not_allowed"},
		{name: "telephone and mail", request: register(with("contact", `{"name":"测试员<b>","phone":"12","email":"a@b@c"}`)), fields: "contact.name:text.markup contact.phone:phone.implausible contact.email:email.implausible"},
		{name: "several at once", request: register(with("planned_cents", `-5,"land_sqm":-1,"chain":"gold"`)), fields: "planned_cents:amount.negative land_sqm:area.negative chain:unknown_value"},
	}
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		foreign := k.Unit(context.Background(), "xiaolan")
		all := append(slices.Clone(cases),
			bad{name: "unit of others", request: register(with("unit_id", foreign.String())), want: "403 actor.unit_foreign"},
			bad{name: "acting for others", request: kit.Request{Method: "POST", Path: "/leads", Unit: foreign, Body: with("title", `"x"`)}, want: "403 actor.unit_foreign"},
		)
		for _, b := range all {
			b.who = "town-officer"
			if b.want == "" {
				b.want = "400 input.invalid"
			}
			refuses(t, k, b)
		}
	})
}
