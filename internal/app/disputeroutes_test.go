package app_test

import (
	"fmt"
	"strings"
	"testing"

	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// disputeRoutes ask for disputes and merges that nobody has: what is asked of
// a present one stands in tests of its own and below.
func disputeRoutes() map[string]plainRoute {
	const outcome = `{"outcome":"single","holder_unit_id":1,"reason":"依据"}`
	none := func(permission, method, act, body string) plainRoute {
		return sends(permission, "404 dispute.unknown", method, "/disputes/"+absent+act, body)
	}
	upload := none("dispute.argue", "POST", "/files", "")
	upload.request = func(_ *testing.T, _ *kit.Person) kit.Request {
		return kit.Request{Method: "POST", Path: "/disputes/" + absent + "/files", File: &kit.File{Name: "a.txt", Content: "a"}}
	}
	return map[string]plainRoute{
		"GET /disputes": gets("dispute.read", "/disputes?box=all"),
		"POST /disputes": sends("dispute.open", "404 dispute.reference_unknown", "POST", "/disputes",
			`{"reference":"ZS-1999-00001","claim":"负责","reason":"首次接触"}`),
		"GET /disputes/{id}":                     none("dispute.read", "GET", "", ""),
		"GET /disputes/{id}/files/{fid}/content": none("dispute.read", "GET", "/files/1/content", ""),
		"POST /disputes/{id}/files":              upload,
		"POST /disputes/{id}/statements":         none("dispute.argue", "POST", "/statements", `{"text":"说明"}`),
		"POST /disputes/{id}/propose":            none("dispute.argue", "POST", "/propose", outcome),
		"POST /disputes/{id}/agree":              none("dispute.argue", "POST", "/agree", `{}`),
		"POST /disputes/{id}/escalate":           none("dispute.argue", "POST", "/escalate", `{}`),
		"POST /disputes/{id}/withdraw":           none("dispute.argue", "POST", "/withdraw", `{}`),
		"POST /disputes/{id}/rule":               none("dispute.rule", "POST", "/rule", outcome),
		"POST /merges/{id}/undo":                 sends("lead.merge", "404 merge.unknown", "POST", "/merges/"+absent+"/undo", `{}`),
	}
}

// onDispute makes a dispute or a merge on which an act is possible, and tells
// who does it. It knows the POSTs under /disputes and /merges only.
func onDispute(t *testing.T, k *kit.Kit, name string) (p *kit.Person, request kit.Request, known bool) {
	t.Helper()
	act := name[strings.LastIndex(name, "/")+1:]
	if name == "POST /merges/{id}/undo" {
		m := mergedCells(t, k)
		return k.As(t, "bureau-head"), kit.Request{Method: "POST", Path: fmt.Sprintf("/merges/%d/undo", m.ID), Body: `{"reason":"登记有误"}`}, true
	}
	if !strings.HasPrefix(name, "POST /disputes") {
		return nil, request, false
	}
	c := freshCell(t, k, "huangpu", kit.Own, false)
	claimant, town, bureau := k.As(t, "third"), k.As(t, "town-officer"), k.As(t, "bureau-officer")
	if act == "disputes" {
		body := fmt.Sprintf(`{"reference":%q,"claim":"负责","reason":"首次接触"}`, c.Code)
		return claimant, kit.Request{Method: "POST", Path: "/disputes", Body: body}, true
	}
	d := disputes(t, k, c, "third")
	single := fmt.Sprintf(`{"outcome":"single","holder_unit_id":%d,"reason":"依据"}`, k.Unit(t.Context(), "huangpu"))
	p, request = claimant, kit.Request{Method: "POST", Path: on(d, act), Body: `{}`}
	switch act {
	case "statements":
		request.Body = `{"text":"说明"}`
	case "files":
		request.Body, request.File = "", &kit.File{Name: "minutes.txt", Content: "会谈纪要"}
	case "propose":
		request.Body = single
	case "agree":
		did(t, town, on(d, "propose"), single)
	case "rule":
		did(t, town, on(d, "escalate"), `{}`)
		p, request.Body = bureau, single
	}
	return p, request, true
}

// madeMerge is what a test reads of a merge.
type madeMerge struct {
	ID   int64
	Lead struct{ ID int64 }
	Into struct{ ID int64 }
	Can  []string
}

// mergedCells brings one new lead into another.
func mergedCells(t *testing.T, k *kit.Kit) madeMerge {
	t.Helper()
	from, into := freshCell(t, k, "huangpu", kit.Own, false), freshCell(t, k, "wg-shenzhen", kit.Own, false)
	a := disputeSays(t, k.As(t, "bureau-head"), fmt.Sprintf("/leads/%d/merge", from.Lead),
		fmt.Sprintf(`{"into_lead_id":%d,"reason":"同一项目"}`, into.Lead))
	if a.Status >= 300 {
		t.Fatalf("merge: %d %s", a.Status, a.Body)
	}
	var m madeMerge
	a.Into(t, &m)
	return m
}
