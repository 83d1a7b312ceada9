package app_test

func targetRoutes() map[string]plainRoute {
	return map[string]plainRoute{
		"GET /indicators": gets("self", "/indicators"),
		"POST /indicators": sends("indicator.manage", "201", "POST", "/indicators",
			`{"code":"TAX_PAID","name_zh":"税收","name_en":"Tax paid","unit":"cents_cny","credit_basis":"landing","value_source":"reported","source":"notice"}`),
	}
}
