package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"wirefold/fetch"
	"wirefold/internal/news"
	"wirefold/internal/refresh"
	"wirefold/internal/testtools/lives"
	"wirefold/internal/testtools/readers"
	"wirefold/publish"
)

// world is a whole installation in one process: a generated life in front, the real store, grouping and publisher
// behind, and all readers around it. Only the network and the clock are not real.
type world struct {
	t      testing.TB
	life   *lives.Life
	config string
	now    time.Time
	house  *house
	pub    *publish.Publisher
	panel  *readers.Panel
	// rulings are the corrections that were imported last.
	rulings []news.Correction
	// ruled counts the corrections that were made or taken back.
	ruled int
	// marked replaces the matcher by the marker model.
	marked bool
}

// worldFeeds are the feeds of the world that readers subscribe to, by the path without extension.
var worldFeeds = []string{"/topics/all/feed", "/topics/some/feed", "/topics/all/updates", "/topics/all/digest", "/topics/all/all"}

const worldSite = "https://reader.example/news"

// newWorld opens an installation whose feeds are the outlets of a life.
func newWorld(t testing.TB, o lives.Options) *world {
	t.Helper()
	w := &world{t: t, life: lives.New(o), now: o.Start, panel: readers.NewPanel(readers.Rules())}
	for _, companion := range worldFeeds[2:] {
		w.panel.Watch(companion).Companion = true
	}
	dir := t.TempDir()
	w.config = filepath.Join(dir, "feeds.yaml")
	var b strings.Builder
	fmt.Fprintf(&b, "site: {title: World, url: %q, author: Wirefold, authority: \"reader.example,2026\"}\n", worldSite)
	b.WriteString("topics:\n  - {slug: all, title: Everything}\n  - {slug: some, title: Some, match: {any: [Vienna, Oslo, Nairobi, Lima, Riga, Seoul, Bern]}}\nfeeds:\n")
	for _, f := range w.life.Feeds() {
		fmt.Fprintf(&b, "  - {id: %s, url: %q, outlet: %q}\n", f.ID, f.URL, f.Outlet)
	}
	if err := os.WriteFile(w.config, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	w.open()
	t.Cleanup(func() { w.house.close() })
	return w
}

func (w *world) open() {
	w.t.Helper()
	a := &app{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }, Now: func() time.Time { return w.now }}
	var err error
	if w.house, err = openHouse(context.Background(), a, w.config); err != nil {
		w.t.Fatal(err)
	}
	// Without why: to say on a thousand pages what holds each story together takes longer than to live.
	o := publish.Options{Config: w.house.published(), Stories: w.house.store, Now: a.Now, Log: w.house.log}
	if w.pub, err = publish.New(o); err != nil {
		w.t.Fatal(err)
	}
}

// live goes on to the next refresh, and lets the readers fetch when an hour has passed since they last did.
func (w *world) live(lastRead *time.Time) {
	w.t.Helper()
	ctx := context.Background()
	m := w.life.Next()
	if m.Restart {
		w.house.close()
		w.open()
	}
	w.now = m.At
	if !reflect.DeepEqual(m.Corrections, w.rulings) {
		w.ruled += changedRulings(w.rulings, m.Corrections)
		w.rulings = m.Corrections
		for _, path := range worldFeeds {
			w.panel.Watch(path).Corrected = true
		}
	}
	if err := w.house.prepare(ctx); err != nil {
		w.t.Fatal(err)
	}
	if err := w.house.store.Correct(ctx, m.Corrections, w.now); err != nil {
		w.t.Fatal(err)
	}
	r := w.house.refresher()
	r.Fetch = &outletFetcher{moment: m}
	if w.marked {
		r.Normal, r.Keep = markerNormal{normalizer{w.house.model}}, markerKeeper{w.house.store, w.house}
	}
	r.Log = slog.New(slog.DiscardHandler)
	if _, err := r.Run(ctx, refresh.Options{Mode: refresh.Force}); err != nil {
		w.t.Fatalf("refresh at %s: %v", m.At, err)
	}
	if w.life.Now().Sub(*lastRead) >= time.Hour {
		*lastRead = w.life.Now()
		w.read()
	}
}

// changedRulings counts the corrections of which one set has more than the other.
func changedRulings(before, after []news.Correction) int {
	n := 0
	for _, pair := range [2][2][]news.Correction{{before, after}, {after, before}} {
		for _, c := range pair[0] {
			if !slices.ContainsFunc(pair[1], func(d news.Correction) bool { return reflect.DeepEqual(c, d) }) {
				n++
			}
		}
	}
	return n
}

// read lets all readers fetch all feeds.
func (w *world) read() {
	w.t.Helper()
	g, _, err := w.house.store.Generation(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	var es []readers.Edition
	for _, path := range worldFeeds {
		w.panel.Watch(path).Clock = g.At
		e := readers.Edition{Feed: path, Site: "reader.example", Ours: true, URLs: map[readers.Format]string{}, Bodies: map[readers.Format][]byte{}}
		for _, f := range []readers.Format{readers.Atom, readers.RSS, readers.JSON} {
			e.URLs[f] = worldSite + path + "." + string(f)
			e.Bodies[f] = w.get(path + "." + string(f)).Body.Bytes()
		}
		es = append(es, e)
	}
	if err := w.panel.Show(w.life.Now(), es...); err != nil {
		w.t.Fatal(err)
	}
}

// get asks the publisher as a browser would, after it has seen the newest generation.
func (w *world) get(path string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.getFrom(worldSite, path)
}

func (w *world) getFrom(site, path string) *httptest.ResponseRecorder {
	w.t.Helper()
	if err := w.pub.Poll(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	w.pub.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, site+path, nil))
	return rec
}

// outletFetcher answers for the outlets of one moment: the real parser on generated bytes, no network.
type outletFetcher struct{ moment lives.Moment }

func (f *outletFetcher) Due(news.Feed, news.FeedState, news.HostState, time.Time, refresh.Mode) bool {
	return true
}
func (f *outletFetcher) Host(feed news.Feed, _ news.FeedState) string { return feed.URL }

func (f *outletFetcher) Fetch(_ context.Context, feed news.Feed, s news.FeedState, _ news.HostState, _ bool) news.Fetched {
	a := f.moment.Answers[feed.ID]
	s.Tried, s.HTTP = f.moment.At, a.Status
	failed := func(err error) news.Fetched {
		s.Failures++
		s.Error = err.Error()
		return news.Fetched{State: s, Status: news.FetchFailed, Err: err}
	}
	switch {
	case a.Status == 0:
		return failed(errors.New("connection refused"))
	case a.Status != http.StatusOK:
		return failed(fmt.Errorf("status %d", a.Status))
	}
	sum := sha256.Sum256(a.Body)
	hash := hex.EncodeToString(sum[:])
	if hash == s.BodyHash {
		s.Good = f.moment.At
		return news.Fetched{State: s, Status: news.FetchedUnchanged}
	}
	d, err := fetch.Read(a.Body, fetch.Response{URL: feed.URL, ContentType: a.ContentType})
	if err != nil {
		return failed(err)
	}
	s.Good, s.Changed, s.BodyHash, s.Failures, s.Error = f.moment.At, f.moment.At, hash, 0, ""
	s.DocID, s.Title, s.Link, s.Language, s.Self, s.Updated = d.ID, d.Title.Value, d.Link, d.Language, feed.URL, d.Updated
	return news.Fetched{State: s, Document: d, Status: news.FetchedNew}
}
