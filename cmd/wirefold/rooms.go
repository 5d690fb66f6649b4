package main

import (
	"context"
	"runtime"
	"time"

	"wirefold/fetch"
	"wirefold/internal/news"
	"wirefold/internal/refresh"
	"wirefold/internal/store"
	"wirefold/normalize"
	"wirefold/publish"
)

// The rooms know only news; these fit them to each other.

// fetcher sends a feed to the room that can fetch it.
type fetcher struct {
	client *fetch.Client
	seeds  *fetch.Seeds
}

func (f fetcher) Fetch(ctx context.Context, feed news.Feed, s news.FeedState, h news.HostState, force bool) news.Fetched {
	if feed.Seeds != "" {
		return f.seeds.Fetch(ctx, feed, s)
	}
	return f.client.Fetch(ctx, feed, s, h, force)
}

func (f fetcher) Due(feed news.Feed, s news.FeedState, h news.HostState, now time.Time, m refresh.Mode) bool {
	mode := fetch.Scheduled
	switch m {
	case refresh.All:
		mode = fetch.All
	case refresh.Force:
		mode = fetch.Forced
	}
	due, _ := f.client.Due(feed, s, h, now, mode)
	return due
}

func (f fetcher) Host(feed news.Feed, s news.FeedState) string {
	if feed.Seeds != "" {
		return ""
	}
	return fetch.HostKey(feed, s)
}

// normalizer makes articles of items, marked for grouping.
type normalizer struct{ model func() *normalize.Model }

func (n normalizer) GUIDs(items []news.Item) []string { return normalize.GUIDs(items) }

func (n normalizer) Others(known []news.Known, items []news.Item) (urls []string, texts [][32]byte) {
	return normalize.Others(known, items)
}

func (n normalizer) Identify(f news.Feed, known []news.Known, items []news.Item) []refresh.Identity {
	ids := normalize.Identify(f, known, items)
	out := make([]refresh.Identity, len(ids))
	for i, id := range ids {
		out[i] = refresh.Identity(id)
	}
	return out
}

func (n normalizer) Article(f news.Feed, d *news.Document, it news.Item) news.Article {
	a := normalize.Article(f, d, it)
	a.Marks = n.model().Mark(&a)
	return a
}

// hubStore keeps the subscribers of the built-in hub.
type hubStore struct{ *store.Store }

func (h hubStore) SaveSubscription(ctx context.Context, s news.Subscription) error {
	return h.PutSubscription(ctx, s)
}

// keeper is the store with the rules that it places by.
type keeper struct {
	*store.Store
	house *house
}

func (k keeper) Save(ctx context.Context, b news.Batch) (news.Saved, error) {
	if k.house.pace != nil && len(b.Articles) > 0 {
		k.house.pace.came()
	}
	saved, err := k.Store.Save(ctx, b)
	if err == nil {
		acknowledged(b)
	}
	return saved, err
}

// Place loads the model only when there is something to place: a refresh in which nothing changed costs less than that.
func (k keeper) Place(ctx context.Context, now time.Time) (refresh.Placed, error) {
	if waits, err := k.Waits(ctx, now); err != nil || !waits {
		k.Rest()
		return refresh.Placed{}, err
	}
	if k.house.pace != nil {
		k.house.pace.came() // by an earlier run, perhaps
	}
	p, err := k.Store.Place(ctx, now, k.house.rules())
	k.house.meters.placed(p)
	return refresh.Placed{Articles: p.Articles, New: p.New, Changed: p.Changed, Merged: p.Merged, Split: p.Split, More: p.More}, err
}

// rules are the pure functions that decide which articles are one event, and what becomes of a story.
func (h *house) rules() store.Rules {
	m := h.model()
	linkers := 1 // a server's other processors are for its readers
	if h.pace != nil {
		linkers = runtime.GOMAXPROCS(0)
	}
	return store.Rules{
		Linkers:      linkers,
		Rule:         m.Rule(),
		MarksVersion: m.MarksVersion(),
		Mark:         m.Mark,
		Keys:         m.Keys,
		Link:         m.Linker,
		Cut:          m.Cut,
		Group:        m.Group,
		Reconcile:    normalize.Reconcile,
		Mint: func(founder news.ArticleKey, n int) news.StoryID {
			return normalize.Mint(h.cfg.Site.Authority, founder, n)
		},
		Advance: h.advance,
	}
}

// advance is a story's next state: what its articles tell now, and what subscribers are shown of it.
func (h *house) advance(s news.Step) news.Story {
	admissions, first := h.admissions(s)
	account := normalize.Tell(s, h.preferences(first))
	return unseen(publish.Advance(s, account, admissions, h.cfg.Publishing))
}

// unseen leaves of what a story says that nobody has seen only what later tellings build on: its lead, its headline, and
// which articles it has. The rest is told anew before it is shown, and most articles of a feed's first fetch are such stories.
func unseen(s news.Story) news.Story {
	if !s.Life.Published.IsZero() || s.Life.State != news.Live {
		return s
	}
	a := news.Account{Lead: s.Account.Lead, Headline: s.Account.Headline, Reports: s.Account.Reports}
	for _, t := range s.Account.Tellings {
		a.Tellings = append(a.Tellings, news.Telling{Article: t.Article})
	}
	s.Account = a
	return s
}

// admissions is what each topic says of a story; first is the first topic that takes it, nil when none does.
func (h *house) admissions(s news.Step) (as []publish.Admission, first *news.Topic) {
	words := make([]string, len(s.Members))
	for i := range s.Members {
		words[i] = normalize.ArticleWords(&s.Members[i])
	}
	for i := range h.topics {
		t := &h.topics[i]
		a := publish.Admission{Slug: t.Slug, Reports: t.Match.Reports, Start: h.start[t.Slug][s.ID], Requery: h.requery[t.Slug]}
		for j := range s.Members {
			if t.match.MatchesWords(&s.Members[j], words[j]) {
				a.Matches = true
				break
			}
		}
		if a.Matches && first == nil {
			first = &t.Topic
		}
		as = append(as, a)
	}
	return as, first
}

// preferences are those of the first topic that takes the story: an entry is the same in every topic.
func (h *house) preferences(t *news.Topic) normalize.Preferences {
	p := normalize.Preferences{Excerpt: h.cfg.Publishing.Excerpt, Republish: map[news.FeedID]bool{}}
	for _, f := range h.cfg.Feeds {
		if f.Republish {
			p.Republish[f.ID] = true
		}
	}
	if t != nil {
		p.Languages = t.Preferred
	}
	return p
}

// placeAll groups what is unplaced, until nothing is left.
func (h *house) placeAll(ctx context.Context) error {
	for {
		p, err := h.store.Place(ctx, h.app.Now(), h.rules())
		if err != nil || !p.More {
			return err
		}
	}
}
