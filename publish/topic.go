package publish

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"wirefold/internal/news"
)

// topic is a published topic with its documents.
type topic struct {
	news.Topic
	files map[string]*resource // by name: "" is the page, "feed.atom" …
	view  memo[view]
	kept  kept
	// What the companion feeds are made of.
	updates, digest memo[changes]
	all             memo[listed]
}

// memo keeps the last value that was made for a stamp.
type memo[T any] struct {
	mu    sync.Mutex
	stamp stamp
	made  bool
	value T
}

func (m *memo[T]) get(s stamp, load func() (T, error)) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.made && m.stamp == s {
		return m.value, nil
	}
	v, err := load()
	if err == nil {
		m.value, m.stamp, m.made = v, s, true
	}
	return v, err
}

// view is what a topic publishes at one generation. All its documents are made from it, so they agree.
type view struct {
	at      time.Time
	live    []news.Story // newest first
	notices []news.Story // ended, still shown
	ended   []news.Story // ended within the window
	prev    int          // the archive that goes on where the live stories end; 0 = none
	updated time.Time
	// significant is the newest significant change: what is worth a push.
	significant time.Time
}

// all are the stories that have an entry, newest first.
func (v view) all() []news.Story {
	out := slices.Concat(v.live, v.notices)
	slices.SortFunc(out, byPublished)
	return out
}

// byPublished orders by first publication, newest first, then by id: an entry never moves to the top again.
func byPublished(a, b news.Story) int {
	if c := b.Life.Published.Compare(a.Life.Published); c != 0 {
		return c
	}
	return cmp.Compare(a.ID, b.ID)
}

// byEnd orders ended stories, the latest end first.
func byEnd(a, b news.Story) int {
	return cmp.Or(b.Life.Ended.Compare(a.Life.Ended), cmp.Compare(a.ID, b.ID))
}

// entered is when subscribers of a topic could see a story first. It may be long after the date that the entry shows: a
// story that arrives late must not be too old for the window before anybody has seen it.
func entered(s news.Story, slug string) time.Time {
	if at, ok := s.Life.Entered[slug]; ok {
		return at
	}
	if len(s.Life.Changes) > 0 {
		return s.Life.Changes[0].At
	}
	return s.Life.Published
}

// loadView reads what a topic publishes at generation g: its newest stories up to limit that entered within the
// window, but never fewer than the newest TopicStart.
func (p *Publisher) loadView(ctx context.Context, cf *config, slug string, g news.Generation, limit int) (view, error) {
	v := view{at: g.At}
	stories, err := p.o.Stories.Entries(ctx, slug, max(limit, TopicStart))
	if err != nil {
		return v, fmt.Errorf("read the stories of topic %s: %w", slug, err)
	}
	slices.SortFunc(stories, func(a, b news.Story) int {
		if c := entered(b, slug).Compare(entered(a, slug)); c != 0 {
			return c
		}
		return cmp.Compare(a.ID, b.ID)
	})
	since := g.At.Add(-cf.Publishing.Window)
	for i, s := range stories {
		if i < TopicStart || i < limit && !entered(s, slug).Before(since) {
			v.live = append(v.live, s)
		}
	}
	ended, err := p.o.Stories.Ended(ctx, slug, since)
	if err != nil {
		return v, fmt.Errorf("read the ended stories of topic %s: %w", slug, err)
	}
	for _, s := range ended {
		if s.Life.Published.IsZero() || s.Life.State == news.Live {
			continue
		}
		v.ended = append(v.ended, s)
		if g.At.Before(noticeEnd(s.Life)) {
			v.notices = append(v.notices, s)
		}
	}
	slices.SortFunc(v.live, byPublished)
	slices.SortFunc(v.ended, byEnd)
	v.updated = later(newest(v.live), newest(v.ended))
	for _, s := range slices.Concat(v.live, v.ended) {
		v.significant = later(v.significant, s.Life.Updated)
	}
	// All stories of an open archive are among the last ArchiveSize that entered.
	cut := len(v.live) < len(stories) || len(stories) < news.ArchiveSize && len(stories) >= limit
	v.prev, err = p.previous(ctx, slug, v.live, cut)
	return v, err
}

// previous is the archive that a topic's feed points back to: the newest closed one; or the open one, when it holds
// stories that the feed does not show. cut says that the feed leaves out stories that entered the topic last.
func (p *Publisher) previous(ctx context.Context, slug string, live []news.Story, cut bool) (int, error) {
	n, closed, err := p.o.Stories.Archives(ctx, slug)
	if err != nil || n == closed || !cut {
		return closed, err
	}
	a, err := p.o.Stories.Archive(ctx, slug, n)
	if err != nil {
		return 0, fmt.Errorf("read archive %d of topic %s: %w", n, slug, err)
	}
	shown := make(map[news.StoryID]bool, len(live))
	for _, s := range live {
		shown[s.ID] = true
	}
	for _, s := range a.Stories {
		if s.Life.State == news.Live && !shown[s.ID] {
			return n, nil
		}
	}
	return closed, nil
}

// viewOf is the view of a topic's own feeds.
func (p *Publisher) viewOf(ctx context.Context, cf *config, t *topic, g news.Generation) (view, error) {
	return t.view.get(stampOf(g), func() (view, error) {
		return p.loadView(ctx, cf, t.Slug, g, cf.Publishing.Entries)
	})
}

// mainFeed is the merged feed: one entry per story.
func (cf *config) mainFeed(t *topic, v view) feed {
	f := cf.frame(t, "feed", "")
	f.updated = v.updated
	f.entries = t.kept.take(v.all(), cf.storyEntry)
	for _, s := range v.ended {
		f.deleted = append(f.deleted, cf.deletedOf(s))
	}
	if v.prev > 0 {
		f.prev = archivePath(t.Slug, v.prev)
	}
	return f
}

// frame is a feed of a topic without its entries.
func (cf *config) frame(t *topic, name, what string) feed {
	f := feed{
		id: cf.tag("topic/" + t.Slug), title: orUntitled(t.Title), subtitle: title(t.Description),
		path: "/topics/" + t.Slug + "/" + name, page: cf.topicURL(t.Slug),
	}
	if slices.Contains(pushedKinds[:], name) {
		f.hub = cf.hubOf(t.Topic)
	}
	if what != "" {
		f.id += "/" + name
		f.title += ": " + what
	}
	return f
}

// hubOf is the WebSub hub that a topic's feeds name, "" = none.
func (cf *config) hubOf(t news.Topic) string {
	switch t.Hub {
	case "", "none":
		return ""
	case "builtin":
		return cf.base + "/hub"
	}
	return t.Hub
}

// archiveFeed is one document of a topic's history. A closed one names the one after it, which is there from the beginning,
// empty at first: a closed document must never change.
func (cf *config) archiveFeed(t *topic, a news.Archive) feed {
	f := cf.frame(t, "archive/"+itoa(int64(a.N)), "")
	f.title += fmt.Sprintf(" (archive %d)", a.N)
	if f.closed = a.Closed; a.Closed {
		f.next = archivePath(t.Slug, a.N+1)
	}
	f.current = "/topics/" + t.Slug + "/feed"
	if a.N > 1 {
		f.prev = archivePath(t.Slug, a.N-1)
	}
	stories := slices.Clone(a.Stories)
	slices.SortFunc(stories, byPublished)
	for _, s := range stories {
		f.entries = append(f.entries, cf.storyEntry(s))
	}
	f.updated = newest(stories)
	return f
}

// began is the date of a feed in which nothing has happened yet: that of the site's authority (RFC 4151), which lies before
// anything that the site could tell. "Now" would be another date at each rendering.
func (cf *config) began() time.Time {
	_, date, _ := strings.Cut(cf.Site.Authority, ",")
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, date); err == nil {
			return t
		}
	}
	return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
}

func archiveDir(slug string) string { return "/topics/" + slug + "/archive/" }

func archivePath(slug string, n int) string { return archiveDir(slug) + itoa(int64(n)) }
