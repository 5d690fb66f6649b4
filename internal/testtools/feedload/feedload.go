// Package feedload serves many distinct feeds on 127.0.0.1, for measurements of refreshing: two of three are RSS, one is
// Atom, each with its validators and gzip, on as many ports (hosts, for politeness) as asked.
package feedload

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wirefold/internal/testtools/gen"
)

// Options say what is served. Zero values are the defaults in brackets.
type Options struct {
	Feeds int // [1000]
	Items int // of a feed [30]
	Words int // of an item [95: about 65 kB a feed of 30]
	Ports int // [1]
	// Apart gives each port a loopback address of its own, 127.0.0.1 and up. Only Linux has all of them without being asked.
	Apart bool
	// Retell is the share of items that retell one of 512 shared stories in other words.
	Retell float64
	// NoValidators serves without ETag and Last-Modified, and answers no conditional request.
	NoValidators bool
	Faults       Faults
}

// Faults make a network of a loopback. The zero value is none.
type Faults struct {
	// Latency is between Min and Max, by feed. FailPercent of the feeds answer 503, SlowPercent after Slow.
	LatencyMin, LatencyMax, Slow time.Duration
	FailPercent, SlowPercent     float64
}

// Server serves feeds until Close.
type Server struct {
	options   Options
	vocab     *gen.Vocab
	servers   []*http.Server
	listeners []net.Listener
	mu        sync.RWMutex
	feeds     []feed
	adds      int
	html      int64 // bytes of the items' HTML

	Full, NotModified, Failed, Bytes atomic.Int64
}

type feed struct {
	body, zipped []byte
	etag         string
}

// Start builds the feeds and serves them on free ports.
func Start(o Options) (*Server, error) {
	if o.Feeds == 0 {
		o.Feeds = 1000
	}
	if o.Items == 0 {
		o.Items = 30
	}
	if o.Words == 0 {
		o.Words = 95
	}
	if o.Ports == 0 {
		o.Ports = 1
	}
	s := &Server{options: o, vocab: gen.NewVocab(50_000, 1.05)}
	for i := range o.Ports {
		at := "127.0.0.1:0"
		if o.Apart {
			at = fmt.Sprintf("127.0.%d.%d:0", i/250, 1+i%250)
		}
		l, err := net.Listen("tcp", at)
		if err != nil {
			s.Close()
			return nil, fmt.Errorf("listen for feeds: %w", err)
		}
		s.listeners = append(s.listeners, l)
	}
	if err := s.build(); err != nil {
		s.Close()
		return nil, err
	}
	for _, l := range s.listeners {
		srv := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
		s.servers = append(s.servers, srv)
		go srv.Serve(l)
	}
	return s, nil
}

// Close stops all listeners and cuts what is in flight.
func (s *Server) Close() error {
	var errs []error
	for _, srv := range s.servers {
		errs = append(errs, srv.Close())
	}
	if len(s.servers) == 0 {
		for _, l := range s.listeners {
			errs = append(errs, l.Close())
		}
	}
	return errors.Join(errs...)
}

// Hosts are the host:port pairs that serve.
func (s *Server) Hosts() []string {
	var out []string
	for _, l := range s.listeners {
		out = append(out, l.Addr().String())
	}
	return out
}

// URL is the address of feed i.
func (s *Server) URL(i int) string {
	return fmt.Sprintf("http://%s/f/%d.xml", s.listeners[i%len(s.listeners)].Addr(), i)
}

// URLs are the addresses of all feeds.
func (s *Server) URLs() []string {
	out := make([]string, s.options.Feeds)
	for i := range out {
		out[i] = s.URL(i)
	}
	return out
}

// Add puts one new item on top of each feed; the oldest falls out, and the validators change.
func (s *Server) Add() error {
	s.adds++
	return s.build()
}

// HTMLBytes is the size of the items' HTML in all feeds as they are served now.
func (s *Server) HTMLBytes() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.html
}

func (s *Server) build() error {
	out := make([]feed, s.options.Feeds)
	var html int64
	for i := range out {
		items := s.vocab.Items(i, s.options.Items, s.options.Words, s.adds, 0, s.options.Retell)
		for _, it := range items {
			html += int64(len(it.HTML))
		}
		body := gen.Render(i, s.URL(i), items)
		var zipped bytes.Buffer
		w, err := gzip.NewWriterLevel(&zipped, gzip.BestSpeed)
		if err != nil {
			return err
		}
		if _, err := w.Write(body); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		h := fnv.New64a()
		h.Write(body)
		out[i] = feed{body: body, zipped: zipped.Bytes(), etag: fmt.Sprintf("%q", strconv.FormatUint(h.Sum64(), 16))}
	}
	s.mu.Lock()
	s.feeds, s.html = out, html
	s.mu.Unlock()
	return nil
}

// SetFaults changes how the network behaves between two measurements.
func (s *Server) SetFaults(f Faults) {
	s.mu.Lock()
	s.options.Faults = f
	s.mu.Unlock()
}

// SetValidators turns validators on or off between two measurements.
func (s *Server) SetValidators(on bool) {
	s.mu.Lock()
	s.options.NoValidators = !on
	s.mu.Unlock()
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/f/"), ".xml"))
	if err != nil || i < 0 || i >= s.options.Feeds {
		http.NotFound(w, r)
		return
	}
	s.mu.RLock()
	f, validators, modified, faults := s.feeds[i], !s.options.NoValidators, gen.T0.Add(time.Duration(s.adds)*time.Hour), s.options.Faults
	s.mu.RUnlock()
	if !faults.wait(r.Context(), i) {
		return
	}
	if share(i) >= 100-faults.FailPercent {
		s.Failed.Add(1)
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	}
	h := w.Header()
	if validators {
		h.Set("ETag", f.etag)
		h.Set("Last-Modified", modified.Format(http.TimeFormat))
		asked := r.Header.Get("If-None-Match")
		if strings.Contains(asked, f.etag) || asked == "" && r.Header.Get("If-Modified-Since") == modified.Format(http.TimeFormat) {
			s.NotModified.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Type", "application/rss+xml; charset=utf-8")
	if i%3 == 2 {
		h.Set("Content-Type", "application/atom+xml; charset=utf-8")
	}
	body := f.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.zipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	s.Full.Add(1)
	n, err := w.Write(body)
	s.Bytes.Add(int64(n))
	if err != nil {
		s.Failed.Add(1)
	}
}

// wait delays the answer of feed i; false when the client went away.
func (f Faults) wait(ctx context.Context, i int) bool {
	d := f.LatencyMin + time.Duration(share(i)/100*float64(f.LatencyMax-f.LatencyMin))
	if share(i) < f.SlowPercent {
		d = f.Slow
	}
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// share spreads the feeds evenly over 0 to 100, always in the same way.
func share(i int) float64 {
	x := uint64(i)*0x9E3779B97F4A7C15 + 12345
	x ^= x >> 29
	x *= 0xBF58476D1CE4E5B9
	x ^= x >> 32
	return float64(x%100_000) / 1000
}
