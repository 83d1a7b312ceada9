package httpapi

// Services are the modules behind the routes. A nil service serves a router
// that only describes itself (leadrelay openapi, leadrelay routes).
type Services struct {
	// One line per module, added by its resource.
}

// resources registers every resource: the whole permission table, in the
// order of the API description.
func (r *Router) resources(_ Services) {
	// One line per resource, for example: leads{service: s.Lead}.routes(r)
}
