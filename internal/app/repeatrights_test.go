package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// under returns the request under a key.
func under(key string, r kit.Request) kit.Request {
	r.Header = map[string]string{"Idempotency-Key": key}
	return r
}

// posts is a POST of a JSON body.
func posts(body, path string, args ...any) kit.Request {
	return kit.Request{Method: http.MethodPost, Path: fmt.Sprintf(path, args...), Body: body}
}

// own makes a lead that Huangpu holds and that anybody there may read.
func own(t *testing.T, k *kit.Kit) kit.Cell {
	t.Helper()
	c, err := k.MakeCell(context.Background(), kit.Cell{Unit: "huangpu", Relation: kit.Own})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answers(t *testing.T, p *kit.Person, r kit.Request, want string) kit.Answer {
	t.Helper()
	a := p.Do(t, r)
	if a.Brief() != want {
		t.Fatalf("%s: %s %s: %s, want %s\n%.300s", p.Username, r.Method, r.Path, a.Brief(), want, a.Body)
	}
	return a
}

// behind changes a row past every use case.
func behind(t *testing.T, k *kit.Kit, sql string, args ...any) {
	t.Helper()
	if err := k.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, k *kit.Kit, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := k.DB.Read(context.Background()).Raw(sql, args...).Row().Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestARepetitionAsksAgainForTheRight(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		officer, c := k.As(t, "town-officer"), own(t, k)
		note := under("note", posts(`{"text":"进展"}`, "/leads/%d/notes", c.Lead))
		answers(t, officer, note, "201")
		answers(t, officer, note, "201")
		if n := number(t, k, "SELECT count(*) FROM notes WHERE lead_id = ? AND user_id = ?", c.Lead, officer.ID); n != 1 {
			t.Errorf("%d notes, want 1", n)
		}
		// Out of sight, the repetition answers like a lead that does not exist.
		behind(t, k, "UPDATE leads SET restricted = ? WHERE id = ?", true, c.Lead)
		hidden := answers(t, officer, note, "404 lead.unknown")
		note.Path = "/leads/" + absent + "/notes"
		note.Header = map[string]string{"Idempotency-Key": "another"}
		if missing := answers(t, officer, note, "404 lead.unknown"); missing.Says() != hidden.Says() {
			t.Errorf("it differs from a missing row:\n%s\n%s", hidden.Says(), missing.Says())
		}
		behind(t, k, "UPDATE leads SET restricted = ? WHERE id = ?", false, c.Lead)
		note = under("note", posts(`{"text":"进展"}`, "/leads/%d/notes", c.Lead))
		answers(t, officer, note, "201")
		behind(t, k, "UPDATE memberships SET role = 'town_viewer' WHERE user_id = ?", officer.ID)
		answers(t, officer, note, "403 forbidden")
	})
}

func TestWhatIsKeptUnderAKeyHoldsNoContactAndNoPassword(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		officer, c := k.As(t, "town-officer"), own(t, k)
		contact := under("contact", posts(`{"name":"测试员庚","phone":"13900007777","email":"geng@example.com","consent":true}`, "/leads/%d/contacts", c.Lead))
		first := answers(t, officer, contact, "201")
		made := answers(t, k.As(t, "security-admin"), under("user", posts(`{"username":"kept-nowhere","name":"测试员辛"}`, "/users")), "201")
		var v struct {
			InitialPassword string `json:"initial_password"`
		}
		made.Into(t, &v)
		var kept []string
		if err := k.DB.Read(context.Background()).Raw("SELECT body FROM idempotency_keys").Scan(&kept).Error; err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"测试员庚", "13900007777", "geng@example.com", v.InitialPassword} {
			if all := strings.Join(kept, "\n"); len(kept) != 2 || secret == "" || strings.Contains(all, secret) {
				t.Errorf("%q is kept: %s", secret, all)
			}
		}
		if again := answers(t, officer, contact, "201"); string(again.Body) != string(first.Body) {
			t.Errorf("repeated: %s\nwant %s", again.Body, first.Body)
		}
		// Who hands the lead on still may send the request again, but sees no contact.
		xiaolan := k.Unit(context.Background(), "xiaolan")
		var h struct{ ID id.Handoff }
		answers(t, officer, posts(fmt.Sprintf(`{"to_unit_id":%d,"reason":"适合","ask":"联系"}`, xiaolan), "/leads/%d/handoffs", c.Lead), "201").Into(t, &h)
		answers(t, k.As(t, "foreign"), posts(`{}`, "/handoffs/%d/accept", h.ID), "200")
		var masked struct {
			Name, Phone, Email *string
			Masked             []string
			Consent            bool
		}
		answers(t, officer, contact, "201").Into(t, &masked)
		if masked.Name != nil || masked.Phone != nil || masked.Email != nil || !masked.Consent ||
			fmt.Sprint(masked.Masked) != "[name title phone email wechat]" {
			t.Errorf("a past holder was answered %+v", masked)
		}
	})
}

func TestTwoRequestsAtOnceUnderOneKeyHaveOneEffect(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		officer, c := k.As(t, "town-officer"), own(t, k)
		officer.Token(t)
		lead := posts(`{"title":"新项目","investor_name":"示例投资","source_channel":"visit","summary":"生产基地"}`, "/leads")
		file := kit.Request{Method: http.MethodPost, Path: fmt.Sprintf("/leads/%d/files", c.Lead), File: &kit.File{Name: "more.txt", Content: "more"}}
		stage := posts(`{"to":"qualified","reason":"进展"}`, "/leads/%d/stage", own(t, k).Lead)
		stage.IfMatch = versionAt(t, officer, stage)
		for round, request := range []kit.Request{lead, file, posts(`{"text":"进展"}`, "/leads/%d/notes", c.Lead), stage} {
			done := effects(t, k)
			all := make([]kit.Answer, 8)
			var wait sync.WaitGroup
			for i := range all {
				wait.Go(func() { all[i] = officer.Do(t, under(fmt.Sprintf("race-%d", round), request)) })
			}
			wait.Wait()
			fresh := 0
			for _, a := range all {
				if a.Brief() == "409 idempotency.in_progress" {
					if a.Header.Get("Retry-After") == "" {
						t.Error("409 without Retry-After")
					}
					continue
				}
				if a.Status >= 300 || string(a.Body) != string(all[0].Body) {
					t.Errorf("%s answered %s %s", request.Path, a.Brief(), a.Body)
				}
				if a.Header.Get("Idempotency-Replayed") == "" {
					fresh++
				}
			}
			if fresh != 1 {
				t.Errorf("%s: %d of 8 answers are the first", request.Path, fresh)
			}
			if n := effects(t, k) - done; n != 1 {
				t.Errorf("%s: %d audit lines of what was done, want 1", request.Path, n)
			}
		}
	})
}

func TestAKeyIsGoodForOneRequestOfOnePerson(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		officer, head, c := k.As(t, "town-officer"), k.As(t, "town-head"), own(t, k)
		note := under("mine", posts(`{"text":"进展"}`, "/leads/%d/notes", c.Lead))
		// What failed keeps nothing.
		failed := note
		failed.Body = `{"text":""}`
		answers(t, officer, failed, "400 input.invalid")
		first := answers(t, officer, note, "201")
		// Somebody else's key is another key.
		if a := answers(t, head, note, "201"); string(a.Body) == string(first.Body) || a.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("the head was answered what the officer did: %s", a.Body)
		}
		other := note
		other.Path = fmt.Sprintf("/leads/%d/notes", own(t, k).Lead)
		answers(t, officer, other, "422 idempotency.reused")
		// For another unit it is another request.
		behind(t, k, "INSERT INTO memberships (user_id, unit_id, role, from_on, created_at) SELECT user_id, ?, role, from_on, created_at FROM memberships WHERE user_id = ?",
			k.Unit(context.Background(), "xiaolan"), officer.ID)
		note.Unit = k.Unit(context.Background(), "huangpu")
		answers(t, officer, note, "201")
		note.Unit = k.Unit(context.Background(), "xiaolan")
		answers(t, officer, note, "422 idempotency.reused")
		for _, key := range []string{"two words", "键", strings.Repeat("k", 256)} {
			answers(t, head, under(key, posts(`{"text":"进展"}`, "/leads/%d/notes", c.Lead)), "400 input.invalid")
		}
	})
}

func TestAnAnswerIsKeptForADay(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		officer, c := k.As(t, "town-officer"), own(t, k)
		note := under("daily", posts(`{"text":"进展"}`, "/leads/%d/notes", c.Lead))
		first := answers(t, officer, note, "201")
		var v, w struct{ ID id.Note }
		first.Into(t, &v)
		k.DB.SetOffset(23 * time.Hour)
		if err := k.DB.TidyOnce(context.Background()); err != nil {
			t.Fatal(err)
		}
		answers(t, officer, note, "201").Into(t, &w)
		if w != v {
			t.Errorf("after 23 hours it is note %d, want %d", w.ID, v.ID)
		}
		k.DB.SetOffset(25 * time.Hour)
		answers(t, officer, note, "201").Into(t, &w)
		if w == v {
			t.Errorf("after 25 hours it is still note %d", w.ID)
		}
		k.DB.SetOffset(72 * time.Hour)
		if err := k.DB.TidyOnce(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := number(t, k, "SELECT count(*) FROM idempotency_keys"); n != 0 {
			t.Errorf("%d answers are kept after three days", n)
		}
	})
}
