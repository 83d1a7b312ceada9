package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// settleLibraries sets the choices that huma and gin keep in variables of
// their own: once, before the first router.
var settleLibraries = sync.OnceFunc(func() {
	gin.SetMode(gin.ReleaseMode)
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError {
		return &Problem{Status: status}
	}
	huma.NewErrorWithContext = leftover
})

// leftover answers what huma finds wrong after our own checks have passed:
// the input is still the client's, but the text would be huma's English, so
// only the status is taken over.
func leftover(ctx huma.Context, status int, _ string, _ ...error) huma.StatusError {
	c := &call{}
	if ctx != nil {
		c = callOf(ctx.Context())
	}
	code, kindStatus := "input.invalid", http.StatusBadRequest
	if status >= http.StatusInternalServerError {
		code, kindStatus = "internal", http.StatusInternalServerError
	}
	all := allTexts()
	return &Problem{
		Type: problemURN + code, Title: all.title(kindStatus, c.lang), Status: kindStatus,
		Detail: all.sentence(code, nil, c.lang), Code: code, RequestID: c.id,
	}
}

func (r *Router) apiConfig() huma.Config {
	format := huma.Format{Marshal: r.encoder.write, Unmarshal: json.Unmarshal}
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "LeadRelay", Version: "1",
				Description: "The HTTP interface of LeadRelay. Every operation names the permission it needs in x-permission; rows outside the caller's scope answer like missing ones.",
			},
			Servers: []*huma.Server{{URL: basePath}},
			Components: &huma.Components{
				Schemas: registry,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "http", Scheme: "bearer", BearerFormat: "JWT"},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": format, problemType: format},
		DefaultFormat: "application/json",
	}
}

// schemaName names a type with its module in front (lead.View is LeadView),
// because short names repeat between modules.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" {
		return strings.ToUpper(hint[:min(1, len(hint))]) + hint[min(1, len(hint)):]
	}
	full := t.Name()
	if !strings.HasSuffix(t.PkgPath(), "/httpapi") && t.PkgPath() != "" {
		full = t.PkgPath() + "." + full
	}
	var b strings.Builder
	for _, part := range strings.FieldsFunc(full, func(c rune) bool { return strings.ContainsRune("[]*,", c) }) {
		b.WriteString(typeWord(part))
	}
	return b.String()
}

// typeWord turns path/lead.View into LeadView, path/lead.Lead into Lead and
// our own path/httpapi.page into Page.
func typeWord(part string) string {
	part = part[strings.LastIndex(part, "/")+1:]
	pkg, name, ok := strings.Cut(part, ".")
	if !ok {
		pkg, name = "", part
	}
	name = title(name)
	if pkg == "httpapi" || strings.HasPrefix(strings.ToLower(name), pkg) {
		return name
	}
	return title(pkg) + name
}

func title(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

func actingHeader() *huma.Param {
	return &huma.Param{
		Name: "X-Acting-Unit", In: "header",
		Description: "The unit that the act is done for; needed when several memberships would permit it.",
		Schema:      &huma.Schema{Type: huma.TypeInteger, Format: "int64"},
	}
}

func repeatHeader() *huma.Param {
	longest := longestKey
	return &huma.Param{
		Name: keyHeader, In: "header",
		Description: "A name that the client gives this request, so that it may send it again: what was done under it is not done twice, and the first answer is given again. Another body under it is 422.",
		Schema:      &huma.Schema{Type: huma.TypeString, MaxLength: &longest},
	}
}

// describe renders the description once, after every route is there.
func (r *Router) describe() ([]byte, error) {
	doc := r.api.OpenAPI()
	for name := range doc.Components.Schemas.Map() {
		ref := "#/components/schemas/" + name
		complete(doc.Components.Schemas.TypeFromRef(ref), doc.Components.Schemas.SchemaFromRef(ref))
	}
	for _, e := range r.entries {
		r.describeFiles(e)
	}
	plain, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode API description: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, plain, "", "  "); err != nil {
		return nil, fmt.Errorf("indent API description: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// complete says what huma cannot: a pointer to a struct may be null, and a
// clock.Date is a day.
func complete(t reflect.Type, s *huma.Schema) {
	if t == nil || t.Kind() != reflect.Struct {
		return
	}
	for _, f := range reflect.VisibleFields(t) {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		p, ok := s.Properties[name]
		if !ok {
			continue
		}
		dateFormat(f.Type, p)
		if f.Type.Kind() == reflect.Pointer && p.Ref != "" && !strings.Contains(rest, "omit") {
			s.Properties[name] = &huma.Schema{
				AnyOf:       []*huma.Schema{{Ref: p.Ref}, {Type: typeNull}},
				Description: p.Description,
			}
		}
	}
}

func dateFormat(t reflect.Type, s *huma.Schema) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[clock.Date]():
		s.Format = "date"
	case t.Kind() == reflect.Slice && t.Elem() == reflect.TypeFor[clock.Date]() && s.Items != nil:
		s.Items.Format = "date"
	}
}

// describeFiles adds the bodies that are streams and so have no Go type.
func (r *Router) describeFiles(e *entry) {
	op := r.operationOf(e)
	if op == nil {
		return
	}
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	if e.upload {
		form := &huma.Schema{
			Type: huma.TypeObject, Required: []string{"file"}, AdditionalProperties: false,
			Properties: map[string]*huma.Schema{"file": binary},
		}
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: form}}}
	}
	if ok := op.Responses["200"]; ok != nil && ok.Headers["Content-Disposition"] != nil {
		ok.Content = map[string]*huma.MediaType{"application/octet-stream": {Schema: binary}}
	}
	if ok := op.Responses["200"]; ok != nil && ok.Headers["X-Accel-Buffering"] != nil {
		ok.Content = map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}
	}
}

func (r *Router) operationOf(e *entry) *huma.Operation {
	item := r.api.OpenAPI().Paths[strings.TrimPrefix(e.Path, basePath)]
	if item == nil {
		return nil
	}
	return map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put,
		http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}[e.Method]
}

// descriptionRoute serves the description itself.
func (r *Router) descriptionRoute() {
	r.plain(http.MethodGet, basePath+"/openapi.json", func(c *gin.Context) {
		for _, header := range []string{"If-Match", "If-Unmodified-Since", "Range"} {
			c.Request.Header.Del(header) // ServeContent's refusals are no problems of the contract
		}
		http.ServeContent(c.Writer, c.Request, "openapi.json", time.Time{}, bytes.NewReader(r.spec))
	})
}
