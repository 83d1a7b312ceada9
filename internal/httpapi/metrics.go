package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics counts and times requests by the pattern of their route, never by
// their path: paths hold identifiers and would grow without end.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	handler  http.Handler
}

func newMetrics() *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "leadrelay_requests_total", Help: "Requests by route and status.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "leadrelay_request_seconds", Help: "Duration of requests by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route"}),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

// observer times one route without looking its name up again.
type observer struct {
	requests *prometheus.CounterVec
	seconds  prometheus.Observer
}

func (m *metrics) observer(method, path string) *observer {
	return &observer{
		requests: m.requests.MustCurryWith(prometheus.Labels{"method": method, "route": path}),
		seconds:  m.seconds.WithLabelValues(method, path),
	}
}

func (o *observer) done(status int, took time.Duration) {
	o.requests.WithLabelValues(strconv.Itoa(status)).Inc()
	o.seconds.Observe(took.Seconds())
}
