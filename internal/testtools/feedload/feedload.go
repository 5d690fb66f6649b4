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
	// Retell is the share of items that retell one of 512 shared stories in other words.
	Retell float64
	// NoValidators serves without ETag and Last-Modified, and answers no conditional request.
	NoValidators bool
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
	for range o.Ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
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

// BodyBytes is the size of all feeds as they are served now, uncompressed.
func (s *Server) BodyBytes() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var n int64
	for _, f := range s.feeds {
		n += int64(len(f.body))
	}
	return n
}

func (s *Server) build() error {
	out := make([]feed, s.options.Feeds)
	for i := range out {
		body := s.vocab.Feed(i, s.options.Items, s.options.Words, s.adds, 0, s.URL(i), s.options.Retell)
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
	s.feeds = out
	s.mu.Unlock()
	return nil
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
	f, validators, modified := s.feeds[i], !s.options.NoValidators, gen.T0.Add(time.Duration(s.adds)*time.Hour)
	s.mu.RUnlock()
	if !s.wait(r.Context(), i) {
		return
	}
	if share(i) >= 100-s.options.FailPercent {
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

// wait delays the answer of feed i as the options ask; false when the client went away.
func (s *Server) wait(ctx context.Context, i int) bool {
	d := s.options.LatencyMin + time.Duration(share(i)/100*float64(s.options.LatencyMax-s.options.LatencyMin))
	if share(i) < s.options.SlowPercent {
		d = s.options.Slow
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
