package publish

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"wirefold/internal/news"
)

// fake is a store in memory.
type fake struct {
	mu       sync.Mutex // held by readers, and by tests that change something while others read
	gen      news.Generation
	topics   map[string]news.Generation
	stories  map[news.StoryID]news.Story
	articles map[news.ArticleKey]news.Article
	archives map[string][]news.Archive
	// withdrawn are the articles that were taken out of topics.
	withdrawn map[string][]news.Withdrawn
	states    []news.FeedState
	err       error
	reads     int // of Entries
}

func (f *fake) Generation(context.Context) (news.Generation, map[string]news.Generation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	topics := map[string]news.Generation{}
	for k, v := range f.topics {
		topics[k] = v
	}
	return f.gen, topics, f.err
}

func (f *fake) Entries(_ context.Context, slug string, limit int) ([]news.Story, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads++
	if f.err != nil {
		return nil, f.err
	}
	var out []news.Story
	for _, s := range f.stories {
		if s.Life.State == news.Live && slices.Contains(s.Life.Topics, slug) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b news.Story) int {
		return cmp.Or(entered(b, slug).Compare(entered(a, slug)), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(len(out), limit)], nil
}

func (f *fake) Ended(_ context.Context, slug string, since time.Time) ([]news.Story, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []news.Story
	for _, s := range f.stories {
		if s.Life.State != news.Live && slices.Contains(s.Life.Topics, slug) && !s.Life.Ended.Before(since) {
			out = append(out, s)
		}
	}
	return out, f.err
}

func (f *fake) Archives(_ context.Context, slug string) (all, closed int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.archives[slug] {
		if a.Closed {
			closed++
		}
	}
	return len(f.archives[slug]), closed, f.err
}

func (f *fake) Archive(_ context.Context, slug string, n int) (news.Archive, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n < 1 || n > len(f.archives[slug]) {
		return news.Archive{}, news.ErrNotFound
	}
	return f.archives[slug][n-1], f.err
}

func (f *fake) AllArticles(_ context.Context, _ string, limit int) ([]news.Listed, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []news.Listed
	for _, a := range f.articles {
		out = append(out, news.Listed{Article: a, At: a.Seen})
	}
	slices.SortFunc(out, func(a, b news.Listed) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Article.Key, b.Article.Key))
	})
	return out[:min(len(out), limit)], f.err
}

func (f *fake) Withdrawn(_ context.Context, slug string, since time.Time) ([]news.Withdrawn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.withdrawn[slug]), func(w news.Withdrawn) bool { return w.At.Before(since) }), f.err
}

func (f *fake) Changed(_ context.Context, slug string, limit int) ([]news.Story, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []news.Story
	for _, s := range f.stories {
		if slices.Contains(s.Life.Topics, slug) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b news.Story) int {
		return cmp.Or(b.Life.Updated.Compare(a.Life.Updated), cmp.Compare(b.ID, a.ID))
	})
	return out[:min(len(out), limit)], f.err
}

func (f *fake) Story(_ context.Context, id news.StoryID) (news.Story, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.stories[id]
	if !ok {
		return s, cmp.Or(f.err, news.ErrNotFound)
	}
	return s, f.err
}

func (f *fake) Article(_ context.Context, key news.ArticleKey) (news.Article, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, ok := f.articles[key]
	if !ok {
		return a, cmp.Or(f.err, news.ErrNotFound)
	}
	return a, f.err
}

func (f *fake) StoryOf(_ context.Context, key news.ArticleKey) (news.StoryID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, s := range f.stories {
		for _, t := range s.Account.Tellings {
			if t.Article == key && s.Life.State == news.Live {
				return id, nil
			}
		}
	}
	return "", news.ErrNotFound
}

func (f *fake) FeedStates(context.Context) ([]news.FeedState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.states, f.err
}

func (f *fake) Recent(_ context.Context, limit int) ([]news.Story, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []news.Story
	for _, s := range f.stories {
		if s.Life.State == news.Live && !s.Life.Published.IsZero() {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, byPublished)
	return out[:min(len(out), limit)], f.err
}

// touch is a change of a topic at a time.
func (f *fake) touch(slug string, at time.Time) {
	f.gen = news.Generation{N: f.gen.N + 1, At: at}
	f.topics[slug] = f.gen
}

var t0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	seedKey  = news.ArticleKey("1111111111111111111111111111111111111111111111111111111111111111")
	wireKey  = news.ArticleKey("2222222222222222222222222222222222222222222222222222222222222222")
	otherKey = news.ArticleKey("3333333333333333333333333333333333333333333333333333333333333333")
)

// lively is a store with one topic: a story told twice with a disagreement, a story told once, one merged, one dropped.
func lively() *fake {
	f := &fake{topics: map[string]news.Generation{}, stories: map[news.StoryID]news.Story{}, articles: map[news.ArticleKey]news.Article{}, archives: map[string][]news.Archive{}}
	add := func(a news.Article) { f.articles[a.Key] = a }
	add(news.Article{Key: seedKey, Feed: "seeds", GUID: "a.txt", Outlet: "Harbour Gazette", Headline: "Ferry runs aground", Text: "The ferry ran aground.\n\nNobody was hurt.", Seed: true, Seen: t0, Lang: "en"})
	add(news.Article{Key: wireKey, Feed: "wire", URL: "https://wire.example/1", Link: "https://wire.example/1?x=1&y=2", Outlet: "Coast Wire", Title: "Ferry strands off cape", Headline: "Ferry strands off cape", Summary: "A ferry is stranded.", Published: news.Date{Time: t0.Add(-time.Hour)}, Seen: t0, Lang: "en",
		Files: []news.Enclosure{{URL: "https://wire.example/1.mp3", Type: "audio/mpeg", Length: "1234"}}})
	add(news.Article{Key: otherKey, Feed: "wire", URL: "https://wire.example/2", Outlet: "Coast Wire", Title: "Harvest fair", Headline: "Harvest fair", Summary: "The fair opened.", Published: news.Date{Time: t0.Add(-2 * time.Hour)}, Seen: t0.Add(time.Minute)})
	ferry := news.Account{
		Lead: wireKey, Headline: "Ferry strands off cape", Summary: "A ferry is stranded.", Lang: "en", Reports: 2, Image: "https://wire.example/1.jpg",
		Tellings: []news.Telling{
			{Article: wireKey, Feed: "wire", Outlet: "Coast Wire", Title: "Ferry strands off cape", URL: "https://wire.example/1?x=1&y=2", Lang: "en", Published: news.Date{Time: t0.Add(-time.Hour)}, Seen: t0},
			{Article: seedKey, Feed: "seeds", Outlet: "Harbour Gazette", Title: "Ferry runs aground", Lang: "en", Seen: t0, Seed: true},
		},
		Who: []news.Person{{Name: "Ada Berg", Role: "captain"}}, Where: "Cape Low", When: news.Date{Time: t0.Add(-12 * time.Hour), DayOnly: true},
		Disagreements: []news.Disagreement{{Kind: "number", About: "passengers", Sides: []news.Side{{Value: "112", Articles: []news.ArticleKey{wireKey}}, {Value: "121", Articles: []news.ArticleKey{seedKey}}}}},
		Body:          "<p>A ferry is stranded.</p>",
		Source:        news.SourceRef{ID: "https://wire.example/feed", Title: "Coast Wire", Self: "https://wire.example/feed", Link: "https://wire.example/", Updated: news.Date{Time: t0.Add(-time.Hour)}},
		Tags:          []string{"shipping"},
	}
	f.stories["ferryferryferry2"] = news.Story{ID: "ferryferryferry2", Founder: seedKey, Account: ferry, Life: news.Life{
		Published: t0.Add(-time.Hour), Updated: t0.Add(time.Minute), Touched: t0.Add(time.Minute), Topics: []string{"sea"},
		Changes: []news.Change{{At: t0, Kind: "published", Text: "Published with 1 independent report.", Headline: "Ferry runs aground"}, {At: t0.Add(time.Minute), Kind: "reports", Text: "Now told by 2 independent reports.", Headline: "Ferry strands off cape"}},
	}}
	f.stories["fairfairfairfair"] = news.Story{ID: "fairfairfairfair", Founder: otherKey, Account: news.Account{
		Lead: otherKey, Headline: "Harvest fair", Summary: "The fair opened.", Reports: 1,
		Tellings: []news.Telling{{Article: otherKey, Feed: "wire", Outlet: "Coast Wire", Title: "Harvest fair", URL: "https://wire.example/2", Published: news.Date{Time: t0.Add(-2 * time.Hour)}, Seen: t0.Add(time.Minute)}},
		Body:     "<p>The fair opened.</p>",
	}, Life: news.Life{Published: t0.Add(-2 * time.Hour), Updated: t0.Add(90 * time.Second), Touched: t0.Add(90 * time.Second), Topics: []string{"sea"},
		Changes: []news.Change{{At: t0.Add(90 * time.Second), Kind: "published", Text: "Published with 1 independent report.", Headline: "Harvest fair"}}}}
	f.stories["mergedmergedmerg"] = news.Story{ID: "mergedmergedmerg", Account: news.Account{Headline: "Boat stuck"}, Life: news.Life{
		State: news.Merged, Into: "ferryferryferry2", Ended: t0.Add(2 * time.Minute), Published: t0, Updated: t0.Add(2 * time.Minute), Touched: t0.Add(2 * time.Minute), Topics: []string{"sea"},
		Changes: []news.Change{{At: t0.Add(time.Second), Kind: "published", Text: "Published with 1 independent report.", Headline: "Boat stuck"}, {At: t0.Add(2 * time.Minute), Kind: "merged", Text: endText(news.Merged), Headline: "Boat stuck"}}}}
	f.stories["dropdropdropdrop"] = news.Story{ID: "dropdropdropdrop", Life: news.Life{
		State: news.Dropped, Ended: t0.Add(3 * time.Minute), Published: t0, Updated: t0.Add(3 * time.Minute), Touched: t0.Add(3 * time.Minute), Topics: []string{"sea"},
		Changes: []news.Change{{At: t0, Kind: "published", Text: "Published with 1 independent report."}, {At: t0.Add(3 * time.Minute), Kind: "dropped", Text: endText(news.Dropped)}}}}
	f.stories["hiddenhiddenhidd"] = news.Story{ID: "hiddenhiddenhidd", Account: news.Account{Headline: "Not yet"}, Life: news.Life{Wake: t0.Add(time.Hour)}}
	f.states = []news.FeedState{{Feed: "wire", URL: "https://wire.example/feed", Tried: t0, Good: t0, Changed: t0}, {Feed: "down", URL: "https://down.example/feed", Tried: t0, Good: t0.Add(-time.Hour), Failures: 3, Error: "dial: connection refused"}}
	f.touch("sea", t0.Add(4*time.Minute))
	return f
}

func testConfig() Config {
	return Config{
		Site:       news.Site{Title: "Test Wire", URL: "https://example.org/news", Author: "The Editors", Authority: "example.org,2026"},
		Topics:     []news.Topic{{Slug: "sea", Title: "At sea", Description: "Ships & harbours"}, {Slug: "empty", Title: "Nothing yet"}},
		Feeds:      []news.Feed{{ID: "wire", URL: "https://wire.example/feed", Outlet: "Coast Wire", Enabled: true}, {ID: "down", URL: "https://user:secret@down.example/feed", Outlet: "Down Daily", Enabled: true}, {ID: "seeds", Seeds: "/s/*.txt", Enabled: true}},
		Publishing: news.Publishing{Entries: 100, Window: 30 * 24 * time.Hour, MaxAge: 5 * time.Minute, Excerpt: 400},
	}
}

func options(s Stories) Options {
	return Options{Config: testConfig(), Stories: s, Now: func() time.Time { return t0.Add(time.Hour) }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

func newPublisher(t testing.TB, o Options) *Publisher {
	t.Helper()
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ask makes one request; headers are name, value, name, value.
func ask(h http.Handler, method, path string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}
