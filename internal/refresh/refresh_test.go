package refresh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

// web is a Fetcher whose answers the test wrote down.
type web struct {
	mu      sync.Mutex
	answers map[news.FeedID]news.Fetched
	asked   []news.FeedID
	block   chan struct{}
}

func (w *web) Fetch(ctx context.Context, f news.Feed, s news.FeedState, _ news.HostState, _ bool) news.Fetched {
	if w.block != nil {
		select {
		case <-w.block:
		case <-ctx.Done():
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, f.ID)
	got := w.answers[f.ID]
	got.State.Feed, got.State.URL = f.ID, f.URL
	return got
}

func (w *web) Due(f news.Feed, s news.FeedState, _ news.HostState, now time.Time, m Mode) bool {
	return m == Force || f.Seeds != "" || !now.Before(s.NextDue)
}

func (w *web) Host(f news.Feed, _ news.FeedState) string { return f.Outlet }

// memory is a Store and a Keeper in a map.
type memory struct {
	mu       sync.Mutex
	states   map[news.FeedID]news.FeedState
	busy     map[news.FeedID]bool // claimed by somebody else
	claimed  map[news.FeedID]bool
	articles map[news.ArticleKey]news.Article
	guid     map[news.ArticleKey]string
	writes   int // transactions
	unplaced int
	places   int
	placeErr error
	saveErr  error
}

func newMemory() *memory {
	return &memory{states: map[news.FeedID]news.FeedState{}, busy: map[news.FeedID]bool{}, claimed: map[news.FeedID]bool{},
		articles: map[news.ArticleKey]news.Article{}, guid: map[news.ArticleKey]string{}}
}

func (m *memory) Claim(_ context.Context, _ time.Time, ids []news.FeedID, _ time.Duration) ([]news.FeedState, error) {
	var out []news.FeedState
	for _, id := range ids {
		if m.busy[id] {
			continue
		}
		m.claimed[id] = true
		s := m.states[id]
		s.Feed = id
		out = append(out, s)
	}
	return out, nil
}

func (m *memory) Release(_ context.Context, ids []news.FeedID) error {
	for _, id := range ids {
		delete(m.claimed, id)
	}
	return nil
}

func (m *memory) HostStates(context.Context) ([]news.HostState, error) { return nil, nil }

func (m *memory) FeedStates(context.Context) ([]news.FeedState, error) {
	var out []news.FeedState
	for _, s := range m.states {
		out = append(out, s)
	}
	return out, nil
}

func (m *memory) Known(_ context.Context, feed news.FeedID, guids, _ []string, _ [][32]byte) ([]news.Known, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []news.Known
	for key, a := range m.articles {
		for _, g := range guids {
			if a.Feed == feed && m.guid[key] == g {
				out = append(out, news.Known{Key: key, GUID: g, ItemHash: a.ItemHash})
			}
		}
	}
	return out, nil
}

func (m *memory) Save(_ context.Context, b news.Batch) (news.Saved, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.saveErr != nil {
		return news.Saved{}, m.saveErr
	}
	m.writes++
	m.states[b.State.Feed] = b.State
	delete(m.claimed, b.State.Feed)
	var saved news.Saved
	for _, a := range b.Articles {
		if _, ok := m.articles[a.Key]; ok {
			saved.Revised++
		} else {
			saved.New++
		}
		m.articles[a.Key] = a
		m.guid[a.Key] = a.GUID
		m.unplaced++
	}
	for key, g := range b.Renames {
		m.guid[key] = g
	}
	return saved, nil
}

func (m *memory) SaveStates(_ context.Context, fs []news.FeedState, _ []news.HostState) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.writes++
	for _, s := range fs {
		m.states[s.Feed] = s
		delete(m.claimed, s.Feed)
	}
	return nil
}

func (m *memory) Place(context.Context, time.Time) (Placed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.places++
	if m.placeErr != nil {
		return Placed{}, m.placeErr
	}
	n := min(m.unplaced, 2)
	m.unplaced -= n
	return Placed{Articles: n, New: n, More: m.unplaced > 0}, nil
}

// plain is a Normalizer that knows items by their guid.
type plain struct{}

func (plain) GUIDs(items []news.Item) (guids []string) {
	for _, it := range items {
		guids = append(guids, it.GUID)
	}
	return guids
}

func (plain) Others([]news.Known, []news.Item) (urls []string, texts [][32]byte) { return nil, nil }

func (plain) Identify(f news.Feed, known []news.Known, items []news.Item) []Identity {
	ids := make([]Identity, len(items))
	for i, it := range items {
		ids[i].Key = news.ArticleKey(string(f.ID) + "/" + it.GUID)
		for _, k := range known {
			if k.GUID == it.GUID {
				ids[i] = Identity{Key: k.Key, Known: true, Same: k.ItemHash == it.Hash}
			}
		}
	}
	return ids
}

func (plain) Article(f news.Feed, _ *news.Document, it news.Item) news.Article {
	return news.Article{Feed: f.ID, GUID: it.GUID, ItemHash: it.Hash, Published: it.Published, Seed: it.Seed != nil}
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func refresher(w *web, m *memory, feeds ...news.Feed) *Refresher {
	return &Refresher{Feeds: func() []news.Feed { return feeds }, Fetch: w, Normal: plain{}, Store: m, Keep: m, Now: func() time.Time { return start },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Step: func(string) {}}
}

func document(guids ...string) *news.Document {
	d := &news.Document{}
	for _, g := range guids {
		d.Items = append(d.Items, news.Item{GUID: g})
	}
	return d
}

func TestOneBadFeedLosesNothingOfTheOthers(t *testing.T) {
	w := &web{answers: map[news.FeedID]news.Fetched{
		"bad":  {Status: news.FetchFailed, Err: errors.New("connection refused")},
		"good": {Status: news.FetchedNew, Document: document("1", "2", "3")},
	}}
	m := newMemory()
	rep, err := refresher(w, m, news.Feed{ID: "bad", Enabled: true}, news.Feed{ID: "good", Enabled: true}).Run(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := Report{Feeds: []FeedReport{{ID: "bad", Status: news.FetchFailed, Error: "connection refused"},
		{ID: "good", Status: news.FetchedNew, Items: 3, New: 3}}, ArticlesNew: 3, StoriesNew: 3}
	if d := cmp.Diff(want, rep); d != "" {
		t.Error(d)
	}
	if m.unplaced != 0 {
		t.Errorf("%d articles were left unplaced", m.unplaced)
	}
}

func TestUnchangedItemsAreNotStoredAgain(t *testing.T) {
	d := document("1", "2")
	w := &web{answers: map[news.FeedID]news.Fetched{"a": {Status: news.FetchedNew, Document: d}}}
	m := newMemory()
	r := refresher(w, m, news.Feed{ID: "a", Enabled: true})
	for range 2 {
		if _, err := r.Run(t.Context(), Options{}); err != nil {
			t.Fatal(err)
		}
	}
	d.Items[1].Hash[0] = 1
	rep, err := r.Run(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := rep.Feeds[0]; got.New != 0 || got.Revised != 1 {
		t.Errorf("third run: new %d, revised %d; want 0 and 1", got.New, got.Revised)
	}
}

// The last item of a document that was cut may lack half its text: the article that is held must not be cut with it.
func TestACutDocumentCutsNoArticle(t *testing.T) {
	whole := document("1", "2")
	w := &web{answers: map[news.FeedID]news.Fetched{"a": {Status: news.FetchedNew, Document: whole}}}
	m := newMemory()
	r := refresher(w, m, news.Feed{ID: "a", Enabled: true})
	if _, err := r.Run(t.Context(), Options{}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name         string
		cut          *news.Document
		new, revised int
	}{
		{"in a known item", document("1", "2"), 0, 1},
		{"before the last item's id", document("1", ""), 0, 1},
		{"in a new item", document("1", "3"), 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.cut.Partial = true
			for i := range tt.cut.Items {
				tt.cut.Items[i].Hash = [32]byte([]byte(fmt.Sprintf("%-32s", tt.name)))
			}
			w.answers["a"] = news.Fetched{Status: news.FetchedNew, Document: tt.cut}
			rep, err := r.Run(t.Context(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := rep.Feeds[0]; got.New != tt.new || got.Revised != tt.revised {
				t.Errorf("new %d, revised %d; want %d and %d", got.New, got.Revised, tt.new, tt.revised)
			}
		})
	}
}

func TestUnchangedFeedsShareATransaction(t *testing.T) {
	w := &web{answers: map[news.FeedID]news.Fetched{}}
	m := newMemory()
	var feeds []news.Feed
	for i := range 2 * stateBatch {
		id := news.FeedID(fmt.Sprintf("f%04d", i))
		feeds = append(feeds, news.Feed{ID: id, Enabled: true})
		w.answers[id] = news.Fetched{Status: news.FetchedUnchanged}
	}
	if _, err := refresher(w, m, feeds...).Run(t.Context(), Options{}); err != nil {
		t.Fatal(err)
	}
	if m.writes != 2 {
		t.Errorf("%d transactions for %d unchanged feeds, want 2", m.writes, len(feeds))
	}
	if len(m.claimed) != 0 {
		t.Errorf("%d feeds are still claimed", len(m.claimed))
	}
}

func TestAFeedOfAnotherProcessIsLeftToIt(t *testing.T) {
	w := &web{answers: map[news.FeedID]news.Fetched{"mine": {Status: news.FetchedUnchanged}}}
	m := newMemory()
	m.busy["theirs"] = true
	if _, err := refresher(w, m, news.Feed{ID: "mine", Enabled: true}, news.Feed{ID: "theirs", Enabled: true}).Run(t.Context(), Options{}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]news.FeedID{"mine"}, w.asked); d != "" {
		t.Errorf("asked feeds: %s", d)
	}
}

func TestASlowHostKeepsOnlyItsOwnFeedsWaiting(t *testing.T) {
	var jobs []*job
	for _, id := range []string{"a1", "a2", "a3", "a4", "a5", "a6", "b1", "c1", "c2"} {
		jobs = append(jobs, &job{feed: news.Feed{ID: news.FeedID(id)}, at: id[:1]})
	}
	q := byHost(jobs)
	if q.lanes != 4+1+2 {
		t.Errorf("%d lanes, want 7: four of a, one of b, two of c", q.lanes)
	}
	var began []string
	at := map[string]*hostJobs{}
	for j, h := q.first(); j != nil; j, h = q.first() {
		began = append(began, string(j.feed.ID))
		at[j.at] = h
	}
	if d := cmp.Diff([]string{"a1", "c1", "b1", "a2", "c2", "a3", "a4"}, began); d != "" {
		t.Errorf("what is under way while nobody answers: %s", d)
	}
	var after []string
	for j, h := q.next(at["b"]); j != nil; j, h = q.next(h) {
		after = append(after, string(j.feed.ID))
	}
	for j, h := q.next(at["a"]); j != nil; j, h = q.next(h) {
		after = append(after, string(j.feed.ID))
	}
	if d := cmp.Diff([]string{"a5", "a6"}, after); d != "" {
		t.Errorf("b has no more feeds and a has no lane for its worker, a's own worker goes on: %s", d)
	}
}

func TestARunThatIsAloneClaimsNothing(t *testing.T) {
	w := &web{answers: map[news.FeedID]news.Fetched{"a": {Status: news.FetchedUnchanged}}}
	m := newMemory()
	m.busy["a"] = true // left by a process that died
	r := refresher(w, m, news.Feed{ID: "a", Enabled: true})
	r.Alone = true
	if _, err := r.Run(t.Context(), Options{}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]news.FeedID{"a"}, w.asked); d != "" {
		t.Errorf("asked feeds: %s", d)
	}
}

func TestStatesDoNotWaitLong(t *testing.T) {
	now := start
	m := newMemory()
	q := &stateSaver{keep: m, now: func() time.Time { return now }}
	for range 3 {
		if err := q.add(t.Context(), news.FeedState{Feed: "a"}, nil); err != nil {
			t.Fatal(err)
		}
		now = now.Add(stateWait)
	}
	if m.writes != 1 {
		t.Errorf("%d transactions for states that came %s apart, want 1 for the first two", m.writes, stateWait)
	}
}

func TestALateHostDoesNotHoldBackTheOthers(t *testing.T) {
	for _, tt := range []struct {
		name         string
		early, late  time.Duration // after the first
		placed, asks int           // when the last one answers, and at the end
	}{
		{"all answer soon", lull / 4, lull / 2, 0, 2},
		{"one is late", lull / 4, 2 * lull, 2, 2},
		{"one at a time", 2 * lull, 4 * lull, 2, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				w := &slowHosts{after: map[news.FeedID]time.Duration{"b": tt.early, "c": tt.late}}
				r := refresher(nil, m, news.Feed{ID: "a", Outlet: "a", Enabled: true}, news.Feed{ID: "b", Outlet: "b", Enabled: true}, news.Feed{ID: "c", Outlet: "c", Enabled: true})
				r.Fetch, r.Now = w, time.Now
				placed := 0
				time.AfterFunc(tt.late-time.Millisecond, func() {
					m.mu.Lock()
					defer m.mu.Unlock()
					placed = len(m.articles) - m.unplaced
				})
				rep, err := r.Run(t.Context(), Options{})
				if err != nil || rep.StoriesNew != 3 || m.unplaced != 0 {
					t.Errorf("Run = %+v, %v, %d unplaced; want three stories, none unplaced", rep, err, m.unplaced)
				}
				if placed != tt.placed || m.places != tt.asks {
					t.Errorf("%d articles were placed when the last feed answered, after %d calls of Place at the end; want %d and %d", placed, m.places, tt.placed, tt.asks)
				}
			})
		})
	}
}

func TestManyThatAreAwaitedAreNoLull(t *testing.T) {
	for _, tt := range []struct {
		name        string
		late, calls int // of Place, which takes two articles at a time
	}{
		{"a few of many", latecomers, 1 + 2},
		{"many of many", latecomers + 1, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				w := &slowHosts{after: map[news.FeedID]time.Duration{}}
				feeds := []news.Feed{{ID: "soon", Outlet: "soon", Enabled: true}}
				for i := range tt.late {
					id := fmt.Sprint("late", i)
					feeds = append(feeds, news.Feed{ID: news.FeedID(id), Outlet: id, Enabled: true})
					w.after[news.FeedID(id)] = 10*lull + lull/2 // not at an instant at which a lull ends, too
				}
				r := refresher(nil, m, feeds...)
				r.Fetch, r.Now = w, time.Now
				if _, err := r.Run(t.Context(), Options{}); err != nil {
					t.Fatal(err)
				}
				if m.places != tt.calls {
					t.Errorf("%d calls of Place with %d awaited, want %d", m.places, tt.late, tt.calls)
				}
			})
		})
	}
}

// slowHosts answer after a while, each with an article of its own.
type slowHosts struct {
	web
	after map[news.FeedID]time.Duration
}

func (l *slowHosts) Fetch(ctx context.Context, f news.Feed, _ news.FeedState, _ news.HostState, _ bool) news.Fetched {
	select {
	case <-time.After(l.after[f.ID]):
	case <-ctx.Done():
	}
	return news.Fetched{Status: news.FetchedNew, State: news.FeedState{Feed: f.ID, URL: f.URL}, Document: document("1")}
}

func TestAStoreErrorStopsTheRunAndFreesTheFeeds(t *testing.T) {
	w := &web{answers: map[news.FeedID]news.Fetched{"a": {Status: news.FetchedNew, Document: document("1")}}}
	m := newMemory()
	m.saveErr = errors.New("disk full")
	_, err := refresher(w, m, news.Feed{ID: "a", Enabled: true}).Run(t.Context(), Options{})
	if !errors.Is(err, m.saveErr) {
		t.Errorf("error %v, want %v", err, m.saveErr)
	}
	if len(m.claimed) != 0 {
		t.Errorf("%d feeds are still claimed", len(m.claimed))
	}
}

func TestArticlesThatAnotherRunPlacesAreLeftToIt(t *testing.T) {
	w := &web{answers: map[news.FeedID]news.Fetched{"a": {Status: news.FetchedNew, Document: document("1")}}}
	m := newMemory()
	m.placeErr = fmt.Errorf("lease place: %w", news.ErrBusy)
	rep, err := refresher(w, m, news.Feed{ID: "a", Enabled: true}).Run(t.Context(), Options{})
	if err != nil || rep.ArticlesNew != 1 || m.unplaced != 1 {
		t.Errorf("Run = %+v, %v with %d waiting; want one new article that waits, and no error", rep, err, m.unplaced)
	}
}

func TestANewAddressStartsAfresh(t *testing.T) {
	old := news.FeedState{Feed: "a", URL: "http://old.example/", ETag: `"1"`, NextDue: start.Add(time.Hour)}
	if got := stateOf(news.Feed{ID: "a", URL: "http://new.example/"}, &old); got.ETag != "" || !got.NextDue.IsZero() {
		t.Errorf("validators of another address were kept: %+v", got)
	}
	if got := stateOf(news.Feed{ID: "a", URL: "http://old.example/"}, &old); got.ETag != `"1"` {
		t.Errorf("validators were lost: %+v", got)
	}
}

func TestOldItemsOfAFirstFetchAreBackfill(t *testing.T) {
	day := func(ago time.Duration) news.Date { return news.Date{Time: start.Add(-ago)} }
	d := &news.Document{Items: []news.Item{{GUID: "fresh", Published: day(time.Hour)}, {GUID: "old", Published: day(72 * time.Hour)},
		{GUID: "undated"}, {GUID: "seed", Published: day(72 * time.Hour), Seed: &news.Seed{}}}}
	for _, tt := range []struct {
		name string
		feed news.Feed
		good time.Time
		want map[news.ArticleKey]bool
	}{
		{"first fetch", news.Feed{ID: "a", Enabled: true}, time.Time{}, map[news.ArticleKey]bool{"a/fresh": false, "a/old": true, "a/undated": false, "a/seed": false}},
		{"backfill asked for", news.Feed{ID: "a", Enabled: true, Backfill: true}, time.Time{}, map[news.ArticleKey]bool{"a/fresh": false, "a/old": false, "a/undated": false, "a/seed": false}},
		{"later fetch", news.Feed{ID: "a", Enabled: true}, start.Add(-time.Hour), map[news.ArticleKey]bool{"a/fresh": false, "a/old": false, "a/undated": false, "a/seed": false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMemory()
			m.states["a"] = news.FeedState{Feed: "a", Good: tt.good}
			w := &web{answers: map[news.FeedID]news.Fetched{"a": {Status: news.FetchedNew, Document: d}}}
			if _, err := refresher(w, m, tt.feed).Run(t.Context(), Options{}); err != nil {
				t.Fatal(err)
			}
			got := map[news.ArticleKey]bool{}
			for k, a := range m.articles {
				got[k] = a.Backfill
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestARenamedSeedFileKeepsItsArticle(t *testing.T) {
	m := newMemory()
	seed := func(guid string) *news.Document {
		return &news.Document{Items: []news.Item{{GUID: guid, Seed: &news.Seed{}}}}
	}
	w := &web{answers: map[news.FeedID]news.Fetched{"s": {Status: news.FetchedNew, Document: seed("a.txt")}}}
	r := refresher(w, m, news.Feed{ID: "s", Seeds: "*.txt", Enabled: true})
	if _, err := r.Run(t.Context(), Options{}); err != nil {
		t.Fatal(err)
	}
	w.answers["s"] = news.Fetched{Status: news.FetchedNew, Document: seed("b.txt"), Renames: map[string]string{"b.txt": "a.txt"}}
	if _, err := r.Run(t.Context(), Options{}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[news.ArticleKey]string{"s/a.txt": "b.txt"}, m.guid); d != "" {
		t.Errorf("articles and their paths: %s", d)
	}
}

func TestASeedFolderWithABadFileHasFailed(t *testing.T) {
	m := newMemory()
	w := &web{answers: map[news.FeedID]news.Fetched{"s": {Status: news.FetchedNew, Document: document("good.txt"),
		Problems: []error{errors.New("seeds/bad.txt: not UTF-8")}}}}
	rep, err := refresher(w, m, news.Feed{ID: "s", Seeds: "*.txt", Enabled: true}).Run(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if rep.Failed() != 1 || rep.ArticlesNew != 1 {
		t.Errorf("failed %d, articles %d; want 1 and 1", rep.Failed(), rep.ArticlesNew)
	}
}

func TestTheLoopFetchesWhenDueAndAtAPoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		w := &web{answers: map[news.FeedID]news.Fetched{
			"a": {Status: news.FetchedUnchanged, State: news.FeedState{NextDue: begin.Add(time.Hour)}},
			"s": {Status: news.FetchedUnchanged}}}
		m := newMemory()
		r := refresher(w, m, news.Feed{ID: "a", URL: "http://a.example/", Enabled: true}, news.Feed{ID: "s", Seeds: "*.txt", Enabled: true})
		r.Now = time.Now
		poke := make(chan Mode)
		ctx, cancel := context.WithCancel(t.Context())
		locks := 0
		l := &Loop{Refresher: func() *Refresher { return r }, Poke: poke,
			Lock: func(context.Context) (func(), error) { locks++; return func() { locks-- }, nil }}
		done := make(chan struct{})
		go func() { l.Run(ctx); close(done) }()
		count := func(id news.FeedID) (n int) {
			synctest.Wait()
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, a := range w.asked {
				if a == id {
					n++
				}
			}
			return n
		}
		if a, s := count("a"), count("s"); a != 1 || s != 1 {
			t.Errorf("at the start: feed asked %d times, seeds %d; want once each", a, s)
		}
		time.Sleep(59 * time.Minute)
		if a := count("a"); a != 1 {
			t.Errorf("before it was due the feed was asked %d times", a)
		}
		before := count("s")
		w.mu.Lock()
		w.answers["a"] = news.Fetched{Status: news.FetchedUnchanged, State: news.FeedState{NextDue: begin.Add(3 * time.Hour)}}
		w.mu.Unlock()
		poke <- Due
		if s := count("s"); s != before+1 {
			t.Errorf("a poke read the seeds %d times, want once", s-before)
		}
		time.Sleep(2 * time.Minute)
		if a := count("a"); a != 2 {
			t.Errorf("when due the feed was asked %d times in all, want 2", a)
		}
		cancel()
		<-done
		if locks != 0 {
			t.Errorf("%d locks are still held", locks)
		}
	})
}

func TestALoopThatIsNotAloneLeavesTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &web{}
		r := refresher(w, newMemory(), news.Feed{ID: "a", Enabled: true})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		l := &Loop{Refresher: func() *Refresher { return r },
			Lock: func(context.Context) (func(), error) { return nil, news.ErrBusy }}
		l.Run(ctx)
		if len(w.asked) != 0 {
			t.Errorf("asked %v without the lock", w.asked)
		}
	})
}

func TestALoopWithNothingToDoLeavesTheLockAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &web{answers: map[news.FeedID]news.Fetched{"a": {Status: news.FetchedUnchanged, State: news.FeedState{NextDue: time.Now().Add(5 * time.Minute)}}}}
		m := newMemory()
		r := refresher(w, m, news.Feed{ID: "a", URL: "http://a.example/", Enabled: true})
		r.Now = time.Now
		var waiting atomic.Bool
		r.Waits = func(context.Context, time.Time) (bool, error) { return waiting.Load(), nil }
		var locks atomic.Int32
		l := &Loop{Refresher: func() *Refresher { return r }, Lock: func(context.Context) (func(), error) { locks.Add(1); return func() {}, nil }}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { l.Run(ctx); close(done) }()
		time.Sleep(SeedScan - time.Second)
		synctest.Wait()
		if n := locks.Load(); n != 1 {
			t.Errorf("the lock was taken %d times in the first minute, want once, at the start", n)
		}
		waiting.Store(true)
		time.Sleep(Tick)
		synctest.Wait()
		if locks.Load() < 2 {
			t.Error("articles wait, and nobody took the lock to place them")
		}
		waiting.Store(false)
		time.Sleep(6 * time.Minute)
		synctest.Wait()
		if len(w.asked) < 2 {
			t.Errorf("the feed was asked %d times, want again once it was due", len(w.asked))
		}
		cancel()
		<-done
	})
}
