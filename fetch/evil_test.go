package fetch

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"wirefold/internal/news"
	"wirefold/internal/testtools/evilfeed"
)

// outcome is what must come of one hostile path, as far as fetching and reading can see.
type outcome struct {
	// fails is a part of the error's text; "" means that the fetch is good.
	fails string
	// items is the number of items that survive, -1 = any.
	items int
	// either says that a clear error would do as well.
	either bool
}

// evilOutcomes is the table of what is right for each path. A path that is not in it, and not of the addresses, fails
// the test: nothing hostile goes unjudged.
var evilOutcomes = map[string]outcome{
	"/ok": {items: 3},

	"/bomb/gzip": {fails: "too large"}, "/bomb/gzip-layered": {fails: "more than one layer"}, "/bomb/deflate": {fails: "too large"}, "/bomb/br": {fails: "too large"}, "/bomb/zstd": {fails: "too large"},
	"/body/endless": {fails: "too large"}, "/body/endless-header": {fails: "header"}, "/body/endless-1xx": {fails: "header"}, "/body/slow": {fails: "no whole answer"}, "/body/slow-header": {fails: "no whole answer"},
	"/body/stall": {fails: "no whole answer"}, "/body/empty": {fails: "without a body"}, "/body/truncated": {items: 2}, "/body/cl-too-long": {fails: "EOF"}, "/body/cl-too-short": {items: 2, either: true},
	"/body/chunk-abort": {fails: "EOF"}, "/body/bad-chunk": {fails: "chunk"}, "/body/cl-and-te": {items: 1, either: true}, "/body/fake-gzip": {fails: "gzip"}, "/body/unasked-gzip": {items: 2},
	"/body/hidden-gzip": {items: 2}, "/body/unknown-encoding": {fails: "rot13"}, "/body/html": {fails: "not a feed"}, "/body/html-alternate": {fails: "not a feed"}, "/body/binary": {fails: "not a feed"}, "/body/wrong-type": {items: 2},

	"/xml/entity-bomb": {items: 1, either: true}, "/xml/entity-quadratic": {items: 1, either: true}, "/xml/xxe-file": {items: 1}, "/xml/xxe-http": {items: 1}, "/xml/xinclude": {items: 1},
	"/xml/deep-10k": {items: 1, either: true}, "/xml/deep-1m": {items: 1, either: true}, "/xml/deep-html": {items: 1}, "/xml/html-quadratic": {items: 1}, "/xml/many-attrs": {items: 1, either: true}, "/xml/many-ns": {items: 1, either: true},
	"/xml/controls": {items: 2}, "/xml/bad-utf8": {items: 1}, "/xml/cdata-end": {items: 1}, "/xml/latin1-as-utf8": {items: 1}, "/xml/charset-conflict": {items: 1}, "/xml/utf16-bom": {items: 1}, "/xml/utf16-nobom": {items: 1},
	"/xml/utf7": {items: 1, either: true}, "/xml/unknown-charset": {items: 2, either: true}, "/xml/undefined-entity": {items: 1}, "/xml/leading-junk": {items: 2}, "/xml/trailing-junk": {items: 2}, "/xml/unclosed": {items: -1, either: true}, "/xml/wrong-root": {items: -1},
	"/json/null": {fails: "not a feed"}, "/json/deep": {items: 0, either: true}, "/json/odd": {items: -1}, "/opml/evil": {fails: "not a feed"},

	"/xss/content": {items: -1}, "/xss/title": {items: -1}, "/xss/link": {items: -1}, "/xss/double": {items: 1}, "/xss/atom-xhtml": {items: 2}, "/text/ansi": {items: 1}, "/text/newline": {items: 1}, "/text/bidi": {items: 1},
	"/text/huge-title": {items: 1, either: true}, "/text/huge-guid": {items: 1}, "/text/huge-image": {items: 1, either: true}, "/text/shell": {items: 1}, "/text/prompt": {items: 1}, "/media/urls": {items: 1},

	"/id/churn": {items: 5}, "/id/link-churn": {items: 5}, "/id/flap": {items: 1}, "/id/dup": {items: 10}, "/id/victim": {items: 2}, "/id/hijack": {items: 2}, "/id/none": {items: -1}, "/id/many": {items: 2000, either: true}, "/id/flood": {items: 200},
	"/id/shrink": {items: 5}, "/date/future": {items: 3}, "/date/odd": {items: 13}, "/date/churn": {items: 1},

	"/http/304-no-prior": {fails: "304"}, "/http/etag-lie": {items: 1}, "/http/etag-stuck": {items: 1}, "/http/etag-odd": {items: 1}, "/http/etag-huge": {items: 1}, "/http/lastmod-opaque": {items: 1}, "/http/validators-change": {items: 1},
	"/http/429": {fails: "429"}, "/http/429-date": {fails: "429"}, "/http/429-odd": {fails: "429"}, "/http/503": {fails: "503"}, "/http/500": {fails: "500"}, "/http/flap": {fails: "500"}, "/http/404": {fails: "404"}, "/http/410": {fails: "410"}, "/http/401": {fails: "401"},
	"/http/301": {items: 3}, "/http/308": {items: 3}, "/http/302": {items: 3}, "/http/301-poison": {fails: "not a feed"}, "/http/redirect-loop": {fails: "redirects"}, "/http/redirect-grow": {fails: "redirects"}, "/http/redirect-cookie": {fails: "redirects"},
	"/http/redirect-canary": {fails: "refused"}, "/http/redirect-metadata": {fails: "refused"}, "/http/redirect-auth": {fails: "refused"}, "/http/redirect-file": {fails: "refused"}, "/http/redirect-odd": {fails: "addresses to go to"},
	"/http/cookie": {items: 1}, "/http/max-age": {items: 1}, "/http/max-age-odd": {items: 1}, "/http/ttl": {items: 1}, "/http/headers": {items: 1}, "/http/close": {fails: "EOF"}, "/http/reset": {fails: "read the body"},
	"/http/not-http": {fails: "malformed"}, "/http/bad-headers": {fails: "HTTP", either: false}, "/http/busy": {items: 1},
}

// TestEvilfeed fetches every hostile path and fifty good feeds in one run: each path comes out as it must, every good
// feed is complete, nothing reaches the canary, and memory stays bounded.
func TestEvilfeed(t *testing.T) {
	// The paths that never end are given a short deadline, so that the test ends; the others a long one, so that a slow
	// machine does not change what comes of them. WIREFOLD_SOAK runs it all at full size.
	o, deadline := evilfeed.Options{BombMiB: 24, Drip: 50 * time.Millisecond, Many: 20_000}, 2*time.Second
	if os.Getenv("WIREFOLD_SOAK") != "" {
		o, deadline = evilfeed.Options{}, DefaultTimeout
	}
	sv := startEvil(t, o)
	pause := startEvil(t, o) // of its own, because 429 and 503 count for all feeds of a host
	good := newGoodHost(t)
	clk := newClock()
	patient := newTestClient(t, clk, func(op *Options) {
		op.Timeout = 2 * time.Minute
		op.Guard.Allow = []string{sv.Addr, pause.Addr, good.host()}
	})
	hasty := newTestClient(t, clk, func(op *Options) { op.Timeout, op.Guard.Allow = deadline, []string{sv.Addr} })
	hasty.limits = patient.limits // one program, one set of queues
	client := func(f news.Feed) *Client {
		if evilOutcomes[string(f.ID)].fails == "no whole answer" {
			return hasty
		}
		return patient
	}
	var feeds []news.Feed
	want := map[news.FeedID]outcome{}
	add := func(id, url string, w outcome) {
		feeds = append(feeds, news.Feed{ID: news.FeedID(id), URL: url, Enabled: true})
		want[news.FeedID(id)] = w
	}
	for _, k := range sv.Cases {
		w, judged := evilOutcomes[k.Path]
		if k.Class == "Addresses" {
			w, judged = outcome{either: true}, true // refused; or, where Go reads a path in it, not found on its own host
		}
		if !judged {
			t.Errorf("%s: nothing is said of what must come of it", k.Path)
		}
		at := sv.URL(k.Path)
		if strings.HasPrefix(k.Path, "/http/429") || k.Path == "/http/503" {
			at = pause.URL(k.Path)
			if k.Path != "/http/429" {
				continue // one is enough to close the host; the others are looked at below
			}
		}
		add(k.Path, at, w)
	}
	for i := range 50 {
		add(fmt.Sprint("good", i), fmt.Sprintf("%s/%d", good.URL, i), outcome{items: 30})
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(100 << 20)) // so that what is measured is held, and not merely not yet freed
	peak := watchHeap(t)
	results := fetchEach(t, client, feeds)
	high := peak()
	for _, f := range feeds {
		judgeOutcome(t, f, results[f.ID], want[f.ID])
	}
	if hits := append(sv.Canary(), pause.Canary()...); len(hits) > 0 {
		t.Errorf("the canary was asked %d times, first for %s", len(hits), hits[0].URL)
	}
	if high > 150<<20 {
		t.Errorf("the heap grew to %d MiB, want at most 150", high>>20)
	}
	t.Logf("%d hostile paths and 50 good feeds; heap at most %d MiB", len(feeds)-50, high>>20)
}

// judgeOutcome compares what came of a feed with what must.
func judgeOutcome(t *testing.T, f news.Feed, got news.Fetched, want outcome) {
	t.Helper()
	if want.fails != "" || want.either && (got.Err != nil || want.items == 0) {
		if got.Err == nil || !strings.Contains(got.Err.Error(), want.fails) || got.Document != nil {
			t.Errorf("%s: error %v, want one about %q and no document", f.ID, got.Err, want.fails)
		}
		if got.State.ETag != "" || got.State.LastModified != "" || got.State.BodyHash != "" {
			t.Errorf("%s: a failed fetch left validators behind", f.ID)
		}
		if got.Err != nil && strings.ContainsFunc(got.Err.Error(), func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 || r == utf8.RuneError }) {
			t.Errorf("%s: the error has a byte of the host's in it: %q", f.ID, got.Err)
		}
		if !got.State.NextDue.After(monday) && !got.State.Gone {
			t.Errorf("%s: next due %v", f.ID, got.State.NextDue)
		}
		return
	}
	if got.Err != nil || got.Document == nil {
		t.Errorf("%s: %v, want %d items", f.ID, got.Err, want.items)
		return
	}
	if n := len(got.Document.Items); want.items >= 0 && n != want.items {
		t.Errorf("%s: %d items, want %d", f.ID, n, want.items)
	}
	everything, err := json.Marshal(got.Document)
	if err != nil {
		t.Errorf("%s: %v", f.ID, err)
	}
	for _, secret := range []string{"CANARY-SECRET", "SMUGGLED", "root:x:0"} {
		if strings.Contains(string(everything), secret) {
			t.Errorf("%s: the document holds %q", f.ID, secret)
		}
	}
}

// fetchAll fetches all feeds at once and gives back the results by feed.
func fetchAll(t *testing.T, c *Client, feeds []news.Feed) map[news.FeedID]news.Fetched {
	t.Helper()
	return fetchEach(t, func(news.Feed) *Client { return c }, feeds)
}

func fetchEach(t *testing.T, client func(news.Feed) *Client, feeds []news.Feed) map[news.FeedID]news.Fetched {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	out := map[news.FeedID]news.Fetched{}
	for _, f := range feeds {
		wg.Go(func() {
			got := client(f).Fetch(t.Context(), f, news.FeedState{}, news.HostState{}, false)
			mu.Lock()
			defer mu.Unlock()
			out[f.ID] = got
		})
	}
	wg.Wait()
	return out
}

// startEvil runs a hostile server until the test ends.
func startEvil(t *testing.T, o evilfeed.Options) *evilfeed.Server {
	t.Helper()
	sv, err := evilfeed.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sv.Close(); err != nil {
			t.Error(err)
		}
	})
	return sv
}

// newGoodHost serves feeds of thirty items.
func newGoodHost(t *testing.T) *site {
	return newSite(t, func(w http.ResponseWriter, r *http.Request) {
		titles := make([]string, 30)
		for i := range titles {
			titles[i] = fmt.Sprintf("%s item %d", r.URL.Path, i)
		}
		_, _ = w.Write([]byte(rssOf(titles...)))
	})
}

// watchHeap samples the heap until the function it gives is called, which says how high it was.
func watchHeap(t *testing.T) func() uint64 {
	var high atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		var m runtime.MemStats
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				high.Store(max(high.Load(), m.HeapAlloc))
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return high.Load()
	}
}

// TestEvilfeedAgain fetches the paths that lie about themselves five times, forced, and looks at what the host's log says.
func TestEvilfeedAgain(t *testing.T) {
	sv := startEvil(t, evilfeed.Options{Many: 10})
	clk := newClock()
	c := newTestClient(t, clk, func(o *Options) { o.Guard.Allow = []string{sv.Addr} })
	const rounds = 5
	conditional := func(h evilfeed.Hit) bool {
		return h.Header.Get("If-None-Match") != "" || h.Header.Get("If-Modified-Since") != ""
	}
	tests := []struct {
		path     string
		requests int // in all rounds, at the path
		with     int // of them with a validator
		good     int // rounds that brought something or nothing new, without an error
	}{
		{"/ok", rounds, rounds - 1, rounds},
		{"/http/etag-odd", rounds, rounds - 1, rounds},
		{"/http/etag-huge", rounds, 0, rounds},
		{"/http/etag-lie", rounds, rounds - 1, rounds},
		{"/http/etag-stuck", rounds, rounds - 1, rounds},
		{"/http/lastmod-opaque", rounds, rounds - 1, rounds},
		{"/http/validators-change", rounds, rounds - 1, rounds},
		{"/http/304-no-prior", rounds, 0, 0},
		{"/body/cl-too-long", rounds, 0, 0},
		{"/body/chunk-abort", rounds, 0, 0},
		{"/http/410", 1, 0, 0},
		{"/http/401", rounds, 0, 0},
		{"/http/close", rounds, 0, 0},
		{"/http/flap", rounds, 0, rounds / 2},
		{"/http/cookie", rounds, 0, rounds},
		{"/http/302", rounds, rounds - 1, rounds},
		{"/http/301", rounds, rounds - 1, rounds},
		{"/http/301-poison", rounds, 0, 0},
		{"/http/redirect-loop", rounds * (MaxRedirects + 1), 0, 0},
		{"/http/redirect-grow", rounds * (MaxRedirects + 1), 0, 0},
		{"/http/redirect-cookie", rounds * (MaxRedirects + 1), 0, 0},
		{"/http/redirect-odd", rounds, 0, 0},
		{"/id/churn", rounds, 0, rounds},
		{"/id/shrink", rounds, 0, rounds},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			f, s, good := feedAt(sv.URL(tt.path)), news.FeedState{}, 0
			before := len(sv.Hits(tt.path))
			for range rounds {
				got := fetchOnce(t, c, f, s)
				if s = got.State; got.Status == news.FetchedNew || got.Status == news.FetchedUnchanged {
					good++
				}
				clk.pass(time.Minute)
			}
			hits := sv.Hits(tt.path)[before:]
			with := 0
			for _, h := range hits {
				if conditional(h) {
					with++
				}
				if h.Method != http.MethodGet || h.Header.Get("Cookie")+h.Header.Get("Referer")+h.Header.Get("Authorization") != "" || len(h.Header.Get("If-None-Match")) > 8192 {
					t.Errorf("%s %s with header %v", h.Method, h.URL, h.Header)
				}
			}
			if len(hits) != tt.requests || with != tt.with || good != tt.good {
				t.Errorf("%d requests, %d of them conditional, %d good rounds; want %d, %d, %d", len(hits), with, good, tt.requests, tt.with, tt.good)
			}
		})
	}
	if len(sv.Canary()) > 0 {
		t.Errorf("the canary was asked: %v", sv.Canary()[0].URL)
	}
}
