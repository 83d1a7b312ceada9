package app_test

import (
	"testing"

	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// noticeRoutes are the own inbox, which everybody has, and the mail that the
// system administrator looks after.
func noticeRoutes() map[string]plainRoute {
	return map[string]plainRoute{
		"GET /notices":          gets("self", "/notices"),
		"GET /notices/settings": gets("self", "/notices/settings"),
		"GET /events":           gets("self", "/events?seconds=0"),
		"GET /settings/mails":   gets("mail.manage", "/settings/mails"),
		"POST /notices/read":    sends("self", "200", "POST", "/notices/read", `{}`),
		"POST /notices/{id}/read": {permission: "self", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			return ask("POST", "/notices/%d/read", p.Kit.Notice(t, p.Username))
		}},
		"POST /settings/mails/{id}/retry": {permission: "mail.manage", done: "204", request: func(t *testing.T, p *kit.Person) kit.Request {
			return ask("POST", "/settings/mails/%d/retry", p.Kit.DeadMail(t, p.Username))
		}},
		"PUT /notices/settings": {permission: "self", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			at := p.Do(t, kit.Request{Method: "GET", Path: "/notices/settings"}).Version()
			return kit.Request{Method: "PUT", Path: "/notices/settings", IfMatch: at, Body: `{"mail":{"handoff":"now","clock":"now",` +
				`"protection":"digest","dispute":"now","lead":"off"},"quiet_from":"20:00","quiet_until":"08:00","digest_hour":8,"email":null}`}
		}},
	}
}
