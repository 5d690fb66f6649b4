// Package evilfeed is a hostile web server for tests: each of its paths is one feed that misbehaves or attacks. It
// listens on loopback only. Beside it stands the canary, a second server that no client may ever contact: every request
// that reaches it is a failure of the client under test.
package evilfeed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options shrink the server for tests. The zero value is full size.
type Options struct {
	Addr    string        // where to listen, loopback; "" = any free port
	BombMiB int           // what a bomb expands to; 0 = 256. The brotli bomb always has 256
	Drip    time.Duration // pause between the bytes of slow answers; 0 = 1 s
	MaxHold time.Duration // the longest that an answer is held open; 0 = 10 min
	Many    int           // items of the very long feed; 0 = 100,000
}

// Case is one path.
type Case struct {
	Path  string
	Class string
	Does  string
	Must  string // what a correct client does about it
	serve http.HandlerFunc
}

// Hit is a request that was seen.
type Hit struct {
	Start    time.Time
	Method   string
	URL      string
	Header   http.Header
	Took     time.Duration
	Bytes    int64
	InFlight int // requests open at once when this one came, itself included
}

// Server is a running pair of servers. Close it.
type Server struct {
	Addr, CanaryAddr string
	Cases            []Case

	o            Options
	evil, canary *http.Server
	done         sync.WaitGroup
	mu           sync.Mutex
	hits         []*Hit
	canaryHits   []*Hit
	inFlight     int
	seen         map[string]int // requests by path
}

// Start starts the servers.
func Start(o Options) (*Server, error) {
	if o.BombMiB == 0 {
		o.BombMiB = 256
	}
	if o.Drip == 0 {
		o.Drip = time.Second
	}
	if o.MaxHold == 0 {
		o.MaxHold = 10 * time.Minute
	}
	if o.Many == 0 {
		o.Many = 100_000
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	l, err := listen(o.Addr)
	if err != nil {
		return nil, err
	}
	cl, err := listen("127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	sv := &Server{Addr: l.Addr().String(), CanaryAddr: cl.Addr().String(), o: o, seen: map[string]int{}}
	mux := http.NewServeMux()
	for _, cases := range [][]Case{sv.control(), sv.size(), sv.markup(), sv.content(), sv.identity(), sv.politeness(), sv.addresses()} {
		sv.Cases = append(sv.Cases, cases...)
	}
	for _, c := range sv.Cases {
		mux.HandleFunc(c.Path, c.serve)
	}
	sv.evil = &http.Server{Handler: sv.record(&sv.hits, mux), ReadHeaderTimeout: 10 * time.Second}
	sv.canary = &http.Server{Handler: sv.record(&sv.canaryHits, xmlBody(func(*http.Request) string {
		return sv.rss("CANARY-SECRET", item("canary-1", "CANARY-SECRET-TITLE", "http://127.0.0.1/", "CANARY-SECRET-BODY", ""))
	})), ReadHeaderTimeout: 10 * time.Second}
	sv.done.Go(func() { _ = sv.evil.Serve(l) }) // always http.ErrServerClosed
	sv.done.Go(func() { _ = sv.canary.Serve(cl) })
	return sv, nil
}

func listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("refusing to listen on %q: loopback addresses only", addr)
	}
	return net.Listen("tcp", addr)
}

// Close stops the servers and everything they still send.
func (sv *Server) Close() error {
	err := errors.Join(sv.evil.Close(), sv.canary.Close())
	sv.done.Wait()
	return err
}

// URL is the address of a path.
func (sv *Server) URL(path string) string { return "http://" + sv.Addr + path }

// Hits are the requests for a path that were seen so far, or all for "".
func (sv *Server) Hits(path string) []Hit { return sv.copyHits(&sv.hits, path) }

// Canary are the requests that must not have been made.
func (sv *Server) Canary() []Hit { return sv.copyHits(&sv.canaryHits, "") }

func (sv *Server) copyHits(list *[]*Hit, path string) []Hit {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	var out []Hit
	for _, h := range *list {
		at, _, _ := strings.Cut(h.URL, "?")
		if path == "" || at == path {
			out = append(out, *h)
		}
	}
	return out
}

// record writes down every request.
func (sv *Server) record(list *[]*Hit, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		hit := &Hit{Start: time.Now(), Method: q.Method, URL: q.URL.String(), Header: q.Header.Clone()}
		sv.mu.Lock()
		sv.inFlight++
		hit.InFlight = sv.inFlight
		sv.seen[q.URL.Path]++
		*list = append(*list, hit)
		sv.mu.Unlock()
		cw := &countWriter{ResponseWriter: w}
		defer func() {
			sv.mu.Lock()
			defer sv.mu.Unlock()
			sv.inFlight--
			hit.Took, hit.Bytes = time.Since(hit.Start), cw.n
		}()
		next.ServeHTTP(cw, q)
	})
}

// nth says how many times the request's path was asked for, this one included.
func (sv *Server) nth(q *http.Request) int {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	return sv.seen[q.URL.Path]
}

type countWriter struct {
	http.ResponseWriter
	n int64
}

func (c *countWriter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n += int64(n)
	return n, err
}

func (c *countWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// held ends when the client goes away or the answer was held open for long enough.
func (sv *Server) held(q *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(q.Context(), sv.o.MaxHold)
}
