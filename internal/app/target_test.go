package app_test

import (
	"strings"
	"testing"

	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

func targetRoutes() map[string]plainRoute {
	return map[string]plainRoute{
		"GET /indicators": gets("self", "/indicators"),
		"POST /indicators": {permission: "indicator.manage", done: "201", request: func(_ *testing.T, p *kit.Person) kit.Request {
			code := strings.ToUpper(strings.ReplaceAll(p.Username, "-", "_"))
			return posts(`{"code":"`+code+`","name_zh":"税收","name_en":"Tax paid","unit":"cents_cny","credit_basis":"landing","value_source":"reported","source":"notice"}`, "/indicators")
		}},
	}
}
