package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// slipFor is a slip in a state that the person's unit issued and answers.
func slipFor(t *testing.T, p *kit.Person, state string) int {
	t.Helper()
	unit, today := p.Roles[0].Unit, clock.System{}.Today()
	n := number(t, p.Kit, "SELECT COALESCE(max(number), 0) + 1 FROM slips")
	behind(t, p.Kit, "INSERT INTO slips (year, number, issuer_unit_id, unit_id, subject, matter, requirement, days, issued_at, due_at, state, remind_at) "+
		"VALUES (2020, ?, ?, ?, '督办事项', '逾期', '请落实', 5, ?, ?, ?, ?)", n, unit, unit, today.Start(), today.AddDays(7).Start(), state, clock.Forever())
	return number(t, p.Kit, "SELECT max(id) FROM slips")
}

const slipText = `{"subject":"限期答复转办线索","matter":"线索逾期未答复","requirement":"五个工作日内答复并说明原因","days":5}`

// supervisionRoutes are the lists of supervision and the slips.
func supervisionRoutes() map[string]plainRoute {
	on := func(permission, state, method, act, body string) plainRoute {
		return plainRoute{permission: permission, done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			return kit.Request{Method: method, Path: fmt.Sprintf("/slips/%d%s", slipFor(t, p, state), act), Body: body, IfMatch: "1"}
		}}
	}
	return map[string]plainRoute{
		"GET /supervision":        gets("supervision.read", "/supervision"),
		"GET /supervision/{list}": gets("supervision.read", "/supervision/overdue_steps?limit=10"),
		"GET /slips":              gets("slip.read", "/slips?box=to&state=issued&late=true"),
		"POST /slips": {permission: "slip.issue", done: "201", request: func(_ *testing.T, p *kit.Person) kit.Request {
			to := p.Kit.Unit(context.Background(), "xiaolan")
			return kit.Request{Method: "POST", Path: "/slips", Body: fmt.Sprintf(`{"unit_id":%d,%s`, to, slipText[1:])}
		}},
		"GET /slips/{id}":           on("slip.read", "issued", "GET", "", ""),
		"PATCH /slips/{id}":         on("slip.issue", "issued", "PATCH", "", slipText),
		"POST /slips/{id}/receive":  on("slip.answer", "issued", "POST", "/receive", ""),
		"POST /slips/{id}/reply":    on("slip.answer", "received", "POST", "/reply", `{"text":"已答复"}`),
		"POST /slips/{id}/close":    on("slip.issue", "replied", "POST", "/close", `{"text":"同意办结"}`),
		"POST /slips/{id}/return":   on("slip.issue", "replied", "POST", "/return", `{"reason":"请补充","days":3}`),
		"POST /slips/{id}/withdraw": on("slip.issue", "received", "POST", "/withdraw", `{"reason":"事项已变更"}`),
		"POST /slips/{id}/files": {permission: "slip.answer", done: "201", request: func(t *testing.T, p *kit.Person) kit.Request {
			return kit.Request{Method: "POST", Path: fmt.Sprintf("/slips/%d/files", slipFor(t, p, "received")), File: &kit.File{Name: "reply.txt", Content: "情况说明"}}
		}},
		"GET /slips/{id}/files/{fid}/content": {permission: "slip.read", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			slip := slipFor(t, p, "received")
			f, err := p.Kit.App.Lead.StoreContent(context.Background(), lead.Document{Name: "reply.txt", Content: strings.NewReader("情况说明")})
			if err != nil {
				t.Fatal(err)
			}
			behind(t, p.Kit, "INSERT INTO slip_files (slip_id, name, stored_name, mime, size, sha256, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
				slip, f.Name, f.StoredName, f.Mime, f.Size, f.SHA256, clock.System{}.Today().Start())
			return kit.Request{Method: "GET", Path: fmt.Sprintf("/slips/%d/files/%d/content", slip, number(t, p.Kit, "SELECT max(id) FROM slip_files"))}
		}},
	}
}
