package fetch

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"wirefold/internal/news"
)

// clock is a time that moves when the test says so.
type clock struct {
	mu sync.Mutex
	at time.Time
}

// monday is when the tests' clocks begin.
var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

func newClock() *clock { return &clock{at: monday} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// site is a web server that writes its requests down.
type site struct {
	*httptest.Server
	mu   sync.Mutex
	seen []*http.Request
}

func newSite(t *testing.T, answer http.HandlerFunc) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen = append(s.seen, r)
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*http.Request(nil), s.seen...)
}

func (s *site) host() string { return strings.TrimPrefix(s.URL, "http://") }

// newTestClient makes a client that may reach the sites.
func newTestClient(t *testing.T, c *clock, change func(*Options), sites ...*site) *Client {
	t.Helper()
	g := &Guard{}
	for _, s := range sites {
		g.Allow = append(g.Allow, s.host())
	}
	o := Options{Guard: g, Now: c.now, Version: "1.2", Contact: "https://reader.example/", Timeout: 10 * time.Second}
	if change != nil {
		change(&o)
	}
	client := NewClient(o)
	t.Cleanup(client.Close)
	return client
}

// rssOf is a feed with one item for each title.
func rssOf(titles ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>A feed</title><link>http://feed.example/</link>`)
	for _, t := range titles {
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">%s</guid><title>%s</title><description>text</description></item>`, t, t)
	}
	b.WriteString(`</channel></rss>`)
	return b.String()
}

// feedAt is a feed as feeds.yaml gives it.
func feedAt(url string) news.Feed { return news.Feed{ID: "feed", URL: url, Enabled: true} }

// fetchOnce fetches with force, so that only what force cannot change holds.
func fetchOnce(t *testing.T, c *Client, f news.Feed, s news.FeedState) news.Fetched {
	t.Helper()
	return c.Fetch(t.Context(), f, s, news.HostState{}, true)
}
