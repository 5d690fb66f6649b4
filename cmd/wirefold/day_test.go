//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wirefold/internal/config"
	"wirefold/internal/news"
	"wirefold/internal/testtools/gen"
	"wirefold/publish"
)

// What a server may have more of after a day than after its first two hours: nothing, but for what was just begun when we
// looked, and for the caches of pages and texts, which are bounded by what a site shows.
const (
	dayGoroutines = 4
	dayFiles      = 4
	dayHeap       = 16 << 20
	dayFeeds      = 20
)

// TestADayOfServing runs the whole server for 24 hours of a simulated clock (with WIREFOLD_SOAK; otherwise 4): real handler, schedule, store and parsers;
// only the network is pipes. Feeds bring news, some fail or hang, readers come every minute, some of them slow, and the
// configuration changes. Nothing may grow: goroutines, files, memory.
func TestADayOfServing(t *testing.T) {
	hours := 4
	if os.Getenv("WIREFOLD_SOAK") != "" {
		hours = 24
	}
	vocab := gen.NewVocab(50_000, 1.05)
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t, vocab)
		var first usage
		for hour := 1; hour <= hours; hour++ {
			time.Sleep(time.Hour) // of the simulated clock
			u := d.usage()
			t.Logf("hour %2d: %v, %d readers served, %d fetches", hour, u, d.served.Load(), d.fetched.Load())
			if hour == 2 {
				first = u
			}
			if hour%3 == 0 {
				d.reconfigure(hour)
			}
		}
		last := d.usage()
		if last.goroutines > first.goroutines+dayGoroutines || last.files > first.files+dayFiles || last.heap > first.heap+dayHeap {
			t.Errorf("after %d hours %v, after two %v", hours, last, first)
		}
		if d.served.Load() < int64(60*hours) || d.failed.Load() > 0 {
			t.Errorf("%d readers were served and %d were not", d.served.Load(), d.failed.Load())
		}
		if n := d.fetched.Load(); n < int64(hours*dayFeeds*2) {
			t.Errorf("only %d fetches", n)
		}
		d.end()
	})
}

// usage is what a process holds.
type usage struct {
	goroutines, files int
	heap              uint64
}

func (u usage) String() string {
	return fmt.Sprintf("%d goroutines, %d files, %.1f MiB of heap", u.goroutines, u.files, float64(u.heap)/(1<<20))
}

// day is a server and its world.
type day struct {
	t                       *testing.T
	vocab                   *gen.Vocab
	start                   time.Time
	config                  string
	server                  *server
	public, outlets         *pipes
	stop                    context.CancelFunc
	work                    sync.WaitGroup
	served, failed, fetched atomic.Int64
	log                     bytes.Buffer
}

func newDay(t *testing.T, vocab *gen.Vocab) *day {
	d := &day{t: t, vocab: vocab, start: time.Now(), public: newPipes(), outlets: newPipes()}
	dir := t.TempDir()
	d.config = filepath.Join(dir, "feeds.yaml")
	if err := os.Mkdir(filepath.Join(dir, "desk"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.reconfigure(0)
	a := &app{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }, Now: time.Now, Dial: d.outlets.dial}
	cfg, err := config.Load(d.config, a.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	d.stop = stop
	h, err := buildHouse(ctx, a, cfg, slog.New(slog.NewTextHandler(&d.log, &slog.HandlerOptions{Level: slog.LevelWarn})), a.Now())
	if err != nil {
		t.Fatal(err)
	}
	if d.server, err = newServer(a, serveFlags{config: d.config}, h); err != nil {
		t.Fatal(err)
	}
	// The kernel's notices of file changes do not wait for a simulated clock; the folder is looked at each minute.
	d.server.watch = func(ctx context.Context, _ []news.Feed, _ func()) error { <-ctx.Done(); return nil }
	web := &http.Server{Handler: http.HandlerFunc(d.outlet)}
	d.work.Go(func() { web.Serve(d.outlets) }) // ends with its listener
	d.work.Go(func() {
		defer web.Close()
		if err := d.server.run(ctx, publish.Listeners{Public: d.public}); err != nil {
			t.Errorf("the server ended with %v", err)
		}
		h.close()
	})
	d.work.Go(func() { d.read(ctx) })
	d.work.Go(func() { d.dawdle(ctx) })
	return d
}

// reconfigure writes another configuration, which the running server takes up.
func (d *day) reconfigure(hour int) {
	var b strings.Builder
	fmt.Fprintf(&b, "site: {title: \"Hour %d\", url: \"http://news.example\", author: A, authority: \"day.example,2026\", admin: none}\n", hour)
	b.WriteString("fetch: {min_interval: 15m, timeout: 20s, allow: [")
	for i := range dayFeeds {
		fmt.Fprintf(&b, "\"outlet%d.example:80\", ", i)
	}
	b.WriteString("]}\npublish: {window: 1d}\ntopics:\n  - {slug: all, title: All}\nfeeds:\n  - {id: desk, seeds: \"desk/*.txt\"}\n")
	for i := range dayFeeds {
		fmt.Fprintf(&b, "  - {id: outlet%d, url: \"http://outlet%d.example/feed\", interval: 20m}\n", i, i)
	}
	if err := os.WriteFile(d.config, []byte(b.String()), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// outlet answers for all outlets: each tells every twentieth event of the last five hours, one an event's three. Some
// answers fail, one outlet never ends, the desk writes now and then.
func (d *day) outlet(w http.ResponseWriter, r *http.Request) {
	d.fetched.Add(1)
	var n int
	fmt.Sscanf(r.Host, "outlet%d.", &n)
	now := time.Now()
	switch {
	case n == 7 && now.Hour()%3 == 0:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case n == 11:
		w.Header().Set("Content-Type", "application/rss+xml")
		w.Write([]byte("<rss><channel>"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return
	}
	const every = 4 * time.Minute
	latest := int(now.Sub(d.start) / every)
	var items strings.Builder
	for e := latest; e > max(0, latest-75); e-- {
		k := (n - e%dayFeeds + dayFeeds) % dayFeeds
		if k > 2 {
			continue
		}
		title, text := d.vocab.Telling(uint64(e), uint64(k), 120)
		fmt.Fprintf(&items, "<item><guid>%d</guid><title>%s</title><link>http://outlet%d.example/%d</link><pubDate>%s</pubDate><description>%s</description></item>\n",
			e, html.EscapeString(title), n, e, d.start.Add(time.Duration(e)*every).Format(time.RFC1123Z), html.EscapeString(text))
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(latest)))
	fmt.Fprintf(w, "<rss version=\"2.0\"><channel><title>Outlet %d</title><link>http://outlet%d.example/</link>%s</channel></rss>", n, n, items.String())
}

// read asks for feeds and pages every minute, as a well-behaved reader does.
func (d *day) read(ctx context.Context) {
	client := &http.Client{Transport: &http.Transport{DialContext: d.public.dial, MaxIdleConns: 2}}
	defer client.CloseIdleConnections()
	tags := map[string]string{}
	paths := []string{"/topics/all/feed.atom", "/topics/all/feed.json", "/", "/topics/all/updates.rss", "/topics/all/", "/sources/", "/readyz"}
	for n := 0; ; n++ {
		path := paths[n%len(paths)]
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://news.example"+path, nil)
		if err != nil {
			d.t.Error(err)
			return
		}
		if tag := tags[path]; tag != "" {
			req.Header.Set("If-None-Match", tag)
		}
		res, err := client.Do(req)
		if ctx.Err() != nil {
			return
		}
		if err != nil || res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNotModified {
			d.failed.Add(1)
			d.t.Errorf("%s: %v %v", path, res, err)
			return
		}
		tags[path] = res.Header.Get("ETag")
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			d.t.Error(err)
		}
		res.Body.Close()
		d.served.Add(1)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
		}
	}
}

// dawdle opens a connection every two minutes, sends half a request and waits to be thrown out. Every hour the desk
// writes an article.
func (d *day) dawdle(ctx context.Context) {
	for n := 0; ; n++ {
		if n%30 == 0 {
			title, text := d.vocab.Telling(uint64(1<<20+n), 0, 150)
			if err := os.WriteFile(filepath.Join(filepath.Dir(d.config), "desk", fmt.Sprintf("%d.txt", n)), []byte(title+"\n\n"+text), 0o600); err != nil {
				d.t.Error(err)
			}
		}
		c, err := d.public.dial(ctx, "", "")
		if err != nil {
			return
		}
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n"); err != nil && ctx.Err() == nil {
			d.t.Error(err)
		}
		if _, err := io.Copy(io.Discard, c); err != nil && ctx.Err() == nil {
			d.t.Error(err)
		}
		c.Close()
		select {
		case <-ctx.Done():
			return
		case <-time.After(2 * time.Minute):
		}
	}
}

// usage looks when nothing is under way.
func (d *day) usage() usage {
	d.t.Helper()
	synctest.Wait()
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		d.t.Fatal(err)
	}
	return usage{runtime.NumGoroutine(), len(files), m.HeapAlloc}
}

func (d *day) end() {
	d.stop()
	d.public.Close()
	d.outlets.Close()
	d.work.Wait()
}

// pipes is a listener whose connections are pipes in memory, which a simulated clock can wait for.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "127.0.0.1:0" }
