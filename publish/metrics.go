package publish

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count what the publisher does. Counters of the hot path are looked up once.
type metrics struct {
	requests     *prometheus.CounterVec
	renders      *prometheus.CounterVec
	failures     *prometheus.CounterVec
	compressions *prometheus.CounterVec
	deliveries   *prometheus.CounterVec

	// good are the counters of 200 and 304 of every route: looked up without making labels.
	good map[string][2]prometheus.Counter
}

// routes are the kinds of documents.
var routes = [...]string{"index", "opml", "favicon", "sources", "health", "topic", "feed", "updates", "digest", "all", "archive", "story", "article"}

// newMetrics makes the counters, and registers them when there is a registry.
func newMetrics(r *prometheus.Registry) (*metrics, error) {
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "wirefold", Name: name, Help: help}, labels)
	}
	m := &metrics{
		requests:     vec("http_requests_total", "Answers of the public listener, by route and status.", "route", "status"),
		renders:      vec("publish_renders_total", "Documents rendered, by route.", "route"),
		failures:     vec("publish_render_failures_total", "Renderings that failed, by route.", "route"),
		compressions: vec("publish_compressions_total", "Documents compressed, by content coding.", "encoding"),
		deliveries:   vec("hub_deliveries_total", "WebSub verifications and deliveries, by outcome.", "outcome"),
	}
	m.good = make(map[string][2]prometheus.Counter, len(routes))
	for _, r := range routes {
		m.good[r] = [2]prometheus.Counter{m.requests.WithLabelValues(r, "200"), m.requests.WithLabelValues(r, "304")}
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.requests, m.renders, m.failures, m.compressions, m.deliveries} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// answered counts an answer. route is one of routes, "api", "hub", or "none" for what is refused before it has a route.
func (m *metrics) answered(route string, status int) {
	if good, ok := m.good[route]; ok {
		switch status {
		case http.StatusOK:
			good[0].Inc()
			return
		case http.StatusNotModified:
			good[1].Inc()
			return
		}
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
}

func (m *metrics) rendered(route string)    { m.renders.WithLabelValues(route).Inc() }
func (m *metrics) failed(route string)      { m.failures.WithLabelValues(route).Inc() }
func (m *metrics) compressed(e encoding)    { m.compressions.WithLabelValues(names[e]).Inc() }
func (m *metrics) delivered(outcome string) { m.deliveries.WithLabelValues(outcome).Inc() }
