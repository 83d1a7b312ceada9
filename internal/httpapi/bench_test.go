package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/page"
)

func benchPage() page.Of[thingView] {
	next := "cursor"
	p := page.Of[thingView]{Next: &next, Total: page.Total{Count: 1000}}
	for i := range int64(50) {
		p.Items = append(p.Items, thingView{ID: i, Title: "中山某某智能制造项目", By: &thingBy{ID: 7, Name: "测试员甲"}, Can: []string{"edit"}})
	}
	return p
}

// BenchmarkListThroughTheEdge and BenchmarkListThroughPlainGin send the same
// page of 50; their difference is the price of the edge.
func BenchmarkListThroughTheEdge(b *testing.B) {
	r := newRouter(Options{Auth: people{}})
	body := benchPage()
	route(r, http.MethodGet, "/page", access.Self, func(context.Context, access.Actor, *thingList) (*Answer[page.Of[thingView]], error) {
		return NewAnswer(body), nil
	})
	built, err := r.build()
	if err != nil {
		b.Fatal(err)
	}
	serve(b, built)
}

func BenchmarkListThroughPlainGin(b *testing.B) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	body := benchPage()
	engine.GET("/api/v1/page", func(c *gin.Context) {
		out, err := json.Marshal(body)
		if err != nil {
			b.Fatal(err)
		}
		c.Data(http.StatusOK, "application/json", out)
	})
	serve(b, engine)
}

func serve(b *testing.B, h http.Handler) {
	b.ReportAllocs()
	for b.Loop() {
		req := httptest.NewRequest(http.MethodGet, "/api/v1/page?limit=50&stage=lead", nil)
		req.Header.Set("Authorization", "Bearer one")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}
