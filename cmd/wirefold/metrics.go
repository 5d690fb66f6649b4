package main

import (
	"context"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"wirefold/internal/news"
	"wirefold/internal/refresh"
	"wirefold/internal/store"
)

// meters count what refreshes do, for /metrics. A nil meters counts nothing.
type meters struct {
	fetches  *prometheus.CounterVec
	duration prometheus.Histogram
	bytes    prometheus.Counter
	articles prometheus.Counter
	stories  *prometheus.CounterVec
	placing  *prometheus.CounterVec
	runs     *prometheus.CounterVec
}

func newMeters(r *prometheus.Registry) *meters {
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: "wirefold", Name: name, Help: help})
		r.MustRegister(c)
		return c
	}
	vec := func(name, help, label string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "wirefold", Name: name, Help: help}, []string{label})
		r.MustRegister(c)
		return c
	}
	m := &meters{
		fetches: vec("fetches_total", "Fetches of feeds, by outcome.", "status"),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "wirefold", Name: "fetch_duration_seconds",
			Help: "How long fetches took.", Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30}}),
		bytes:    counter("fetched_bytes_total", "Bytes of feeds, after decoding."),
		articles: counter("articles_total", "New articles stored."),
		stories:  vec("stories_total", "What became of stories: new, changed, merged, split.", "change"),
		placing:  vec("place_seconds_total", "Where the time of placing went, by stage.", "stage"),
		runs:     vec("refreshes_total", "Refreshes, by outcome: ok or failed.", "outcome"),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "wirefold", Name: "build_info", Help: "1, with the version as a label.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()}})
	build.Set(1)
	r.MustRegister(m.duration, build)
	return m
}

// fetched counts one fetch.
func (m *meters) fetched(got news.Fetched) {
	if m == nil {
		return
	}
	m.fetches.WithLabelValues(string(got.Status)).Inc()
	m.duration.Observe(got.Took.Seconds())
	m.bytes.Add(float64(got.Bytes))
}

// placed counts one batch of placing.
func (m *meters) placed(p store.Placed) {
	if m == nil {
		return
	}
	for change, n := range map[string]int{"new": p.New, "changed": p.Changed, "merged": p.Merged, "split": p.Split} {
		m.stories.WithLabelValues(change).Add(float64(n))
	}
	for stage, d := range map[string]time.Duration{"read": p.Took.Read, "candidates": p.Took.Candidates, "link": p.Took.Link,
		"group": p.Took.Group, "advance": p.Took.Advance, "write": p.Took.Write} {
		m.placing.WithLabelValues(stage).Add(d.Seconds())
	}
}

// ran counts one refresh.
func (m *meters) ran(rep refresh.Report, err error) {
	if m == nil {
		return
	}
	m.articles.Add(float64(rep.ArticlesNew))
	outcome := "ok"
	if err != nil {
		outcome = "failed"
	}
	m.runs.WithLabelValues(outcome).Inc()
}

// sizes reads the store when /metrics is asked: what it holds, and which feeds are due, late or dead.
type sizes struct {
	house   func() *house
	gauges  map[string]*prometheus.Desc
	timeout time.Duration
}

// lateAfter is how long after its due time a feed counts as late: the schedule looks every refresh.Tick.
const lateAfter = 5 * time.Minute

func newSizes(h func() *house) *sizes {
	s := &sizes{house: h, gauges: map[string]*prometheus.Desc{}, timeout: 5 * time.Second}
	for name, help := range map[string]string{
		"store_articles": "Articles ever stored.", "store_unplaced_articles": "Articles that wait for grouping.", "store_stories": "Live published stories.",
		"store_bytes": "Bytes of the store on disk.", "feeds": "Feeds of the configuration that are enabled.", "feeds_due": "Feeds that may be fetched now.",
		"feeds_late": "Feeds that were due five minutes ago.", "feeds_failing": "Feeds whose latest fetch failed.",
	} {
		s.gauges[name] = prometheus.NewDesc("wirefold_"+name, help, nil, nil)
	}
	return s
}

// Describe names the gauges.
func (s *sizes) Describe(out chan<- *prometheus.Desc) {
	for _, d := range s.gauges {
		out <- d
	}
}

// Collect reads them. A store that does not answer leaves them out.
func (s *sizes) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	h := s.house()
	put := func(name string, v float64) {
		out <- prometheus.MustNewConstMetric(s.gauges[name], prometheus.GaugeValue, v)
	}
	if st, err := h.store.Stats(ctx); err == nil {
		put("store_articles", float64(st.Articles))
		put("store_unplaced_articles", float64(st.Unplaced))
		put("store_stories", float64(st.Stories))
		put("store_bytes", float64(st.Bytes))
	}
	states, err := h.store.FeedStates(ctx)
	if err != nil {
		return
	}
	by := map[news.FeedID]news.FeedState{}
	for _, st := range states {
		by[st.Feed] = st
	}
	now := h.app.Now()
	var feeds, due, late, failing float64
	for _, f := range *h.feeds.Load() {
		if !f.Enabled {
			continue
		}
		feeds++
		st := by[f.ID]
		if st.Error != "" {
			failing++
		}
		if f.Seeds == "" && !st.Gone && now.After(st.NextDue) {
			due++
			if now.After(st.NextDue.Add(lateAfter)) {
				late++
			}
		}
	}
	put("feeds", feeds)
	put("feeds_due", due)
	put("feeds_late", late)
	put("feeds_failing", failing)
}
