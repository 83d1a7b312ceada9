package testkit

import "testing"

func TestAnAnswerOffItsDescriptionIsNamed(t *testing.T) {
	c := ReadContract(t, []byte(`{
 "servers":[{"url":"/api/v1"}],
 "paths":{"/things/{id}":{"get":{"responses":{
   "200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}},
   "default":{"content":{"application/problem+json":{"schema":{"type":"object","required":["code"],"additionalProperties":true}}}}}}}},
 "components":{"schemas":{
   "Thing":{"type":"object","additionalProperties":false,"required":["id","day","by"],"properties":{
     "id":{"type":"integer"},"day":{"type":["string","null"],"format":"date"},
     "at":{"type":"string","format":"date-time"},"kind":{"type":"string","enum":["a","b"]},
     "by":{"anyOf":[{"$ref":"#/components/schemas/Person"},{"type":"null"}]},
     "can":{"type":"array","items":{"type":"string"}}}},
   "Person":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string"}}}}}}`))
	for _, tc := range []struct {
		name, method, path string
		status             int
		body, want         string
	}{
		{"a good one", "GET", "/api/v1/things/1?x=1", 200, `{"id":1,"day":null,"by":null,"can":[]}`, ""},
		{"another", "GET", "/api/v1/things/1", 200, `{"id":1,"day":"2026-02-28","by":{"name":"x"},"kind":"a","at":"2026-02-28T00:00:00.5Z"}`, ""},
		{"missing", "GET", "/api/v1/things/1", 200, `{"id":1,"by":null}`, "body lacks day"},
		{"undescribed", "GET", "/api/v1/things/1", 200, `{"id":1,"day":null,"by":null,"x":1}`, "body has undescribed x"},
		{"null list", "GET", "/api/v1/things/1", 200, `{"id":1,"day":null,"by":null,"can":null}`, "body.can is null, want array"},
		{"wrong type", "GET", "/api/v1/things/1", 200, `{"id":"1","day":null,"by":null}`, "body.id is string, want integer"},
		{"wrong member", "GET", "/api/v1/things/1", 200, `{"id":1,"day":null,"by":{}}`, "body.by is object, want null; body.by lacks name"},
		{"no day", "GET", "/api/v1/things/1", 200, `{"id":1,"day":"2026-02-30","by":null}`, "body.day is no day: 2026-02-30"},
		{"no UTC", "GET", "/api/v1/things/1", 200, `{"id":1,"day":null,"by":null,"at":"2026-02-28T00:00:00+08:00"}`, "body.at is no instant in UTC: 2026-02-28T00:00:00+08:00"},
		{"no word", "GET", "/api/v1/things/1", 200, `{"id":1,"day":null,"by":null,"kind":"c"}`, `body.kind is "c", not one of [a b]`},
		{"status", "GET", "/api/v1/things/1", 201, `{}`, "the status is not described"},
		{"problem", "GET", "/api/v1/things/1", 404, `{"code":"x","more":1}`, ""},
		{"bad problem", "GET", "/api/v1/things/1", 404, `{}`, "body lacks code"},
		{"route", "POST", "/api/v1/things/1", 200, `{}`, "no such operation in the description"},
		{"unknown path", "GET", "/api/v1/nothing", 404, `{}`, ""},
	} {
		got := ""
		if err := c.Compare(tc.method, tc.path, tc.status, []byte(tc.body)); err != nil {
			got = err.Error()
		}
		if got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}
