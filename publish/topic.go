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
	long  memo[view]
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

// entered is when subscribers could see a story first. It may be long after the date that the entry shows: a story
// that arrives late must not be too old for the window before anybody has seen it.
func entered(s news.Story) time.Time {
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
		if c := entered(b).Compare(entered(a)); c != 0 {
			return c
		}
		return cmp.Compare(a.ID, b.ID)
	})
	since := g.At.Add(-cf.Publishing.Window)
	for i, s := range stories {
		if i < TopicStart || i < limit && !entered(s).Before(since) {
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
	slices.SortFunc(v.ended, func(a, b news.Story) int {
		if c := b.Life.Ended.Compare(a.Life.Ended); c != 0 {
			return c
		}
		return cmp.Compare(a.ID, b.ID)
	})
	v.updated = later(newest(v.live), newest(v.ended))
	for _, s := range slices.Concat(v.live, v.ended) {
		v.significant = later(v.significant, s.Life.Updated)
	}
	v.prev, err = p.previous(ctx, slug, v.live)
	return v, err
}

// previous is the archive that a topic's feed points back to: the newest closed one; or the open one, when it holds
// stories that have already left the feed.
func (p *Publisher) previous(ctx context.Context, slug string, live []news.Story) (int, error) {
	n, err := p.o.Stories.Archives(ctx, slug)
	if err != nil || n == 0 {
		return 0, err
	}
	a, err := p.o.Stories.Archive(ctx, slug, n)
	if err != nil {
		return 0, fmt.Errorf("read archive %d of topic %s: %w", n, slug, err)
	}
	if a.Closed {
		return n, nil
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
	return n - 1, nil
}

// The companion feeds of a topic, and how many digests one holds.
const (
	digestDays    = 14
	digestStories = 1000
)

// viewOf is the view of a topic's own feeds.
func (p *Publisher) viewOf(ctx context.Context, cf *config, t *topic, g news.Generation) (view, error) {
	return t.view.get(stamp{topic: g.N}, func() (view, error) {
		return p.loadView(ctx, cf, t.Slug, g, cf.Publishing.Entries)
	})
}

// mainFeed is the merged feed: one entry per story.
func (cf *config) mainFeed(t *topic, v view) feed {
	f := cf.frame(t, "feed", "")
	f.updated = v.updated
	for _, s := range v.all() {
		f.entries = append(f.entries, cf.storyEntry(s))
	}
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

// updatesFeed has one entry per significant change, for readers that never look at an entry twice.
func (cf *config) updatesFeed(t *topic, v view) feed {
	f := cf.frame(t, "updates", "developments")
	f.updated = v.updated
	for _, s := range slices.Concat(v.live, v.ended) {
		for i, c := range s.Life.Changes {
			if s.Life.State == news.Dropped && i < len(s.Life.Changes)-1 {
				// What a human took back has one thing left to say.
				f.deleted = append(f.deleted, tombstone{ref: cf.changeID(s.ID, i), when: s.Life.Ended, comment: endText(s.Life.State)})
				continue
			}
			f.entries = append(f.entries, cf.changeEntry(s, i, c))
		}
	}
	slices.SortFunc(f.entries, func(a, b entry) int {
		if c := b.published.Compare(a.published); c != 0 {
			return c
		}
		return cmp.Compare(a.id, b.id)
	})
	f.entries = f.entries[:min(len(f.entries), cf.Publishing.Entries)]
	return f
}

// changeID is the id of the entry of a story's change i, counted from 0.
func (cf *config) changeID(id news.StoryID, i int) string {
	return cf.tag("story/" + string(id) + "/" + itoa(int64(i+1)))
}

// changeEntry tells one significant change. It says only what was so then, so that it never changes itself.
func (cf *config) changeEntry(s news.Story, i int, c news.Change) entry {
	headline := title(c.Headline)
	if headline == "" {
		headline = "Withdrawn"
	}
	ch := changeOf(i, c)
	e := entry{
		id: cf.changeID(s.ID, i), title: headline, url: cf.storyURL(s.ID), lang: language(s.Account.Lang),
		published: c.At.Truncate(time.Second), updated: c.At, summary: ch.Text, authors: []string{cf.author()},
		more: &more{Story: string(s.ID), Change: &ch},
	}
	e.html = "<p>" + esc(ch.Text) + `</p><p><a href="` + esc(e.url) + `">` + esc(headline) + "</a></p>"
	if i > 0 {
		e.title += " (" + ch.Kind + ")"
	}
	return e
}

// digestFeed has one entry per day that is over, in the site's time zone. A day is over when the store has seen the
// next one: the clock says nothing here.
func (cf *config) digestFeed(t *topic, v view, at time.Time) feed {
	f := cf.frame(t, "digest", "daily digest")
	today := day(at, cf.zone)
	days := map[time.Time][]item{}
	mended := map[time.Time]time.Time{}
	for _, s := range slices.Concat(v.live, v.ended) {
		last := map[time.Time]item{}
		for i, c := range s.Life.Changes {
			d := day(c.At, cf.zone)
			if s.Life.State == news.Dropped {
				mended[d] = later(mended[d], s.Life.Ended)
				continue
			}
			it := last[d]
			it.story, it.change, it.fresh = s, c, it.fresh || i == 0
			last[d] = it
		}
		for d, it := range last {
			days[d] = append(days[d], it)
		}
	}
	for d, items := range days {
		if !d.Before(today) || d.Before(today.AddDate(0, 0, -digestDays)) {
			continue
		}
		slices.SortFunc(items, func(a, b item) int {
			if a.fresh != b.fresh {
				if a.fresh {
					return -1
				}
				return 1
			}
			return byPublished(a.story, b.story)
		})
		e := cf.digestEntry(t, d, items)
		// A story that was dropped later is taken out again: that is a change to be told.
		e.updated = later(e.updated, mended[d])
		f.entries = append(f.entries, e)
		f.updated = later(f.updated, e.updated)
	}
	slices.SortFunc(f.entries, func(a, b entry) int { return b.published.Compare(a.published) })
	return f
}

// item is a story as a day's digest tells it: by its last change of that day.
type item struct {
	story  news.Story
	change news.Change
	fresh  bool // first published that day
}

func (cf *config) digestEntry(t *topic, d time.Time, items []item) entry {
	date := d.Format(time.DateOnly)
	end := d.AddDate(0, 0, 1).UTC()
	e := entry{
		id: cf.tag("digest/" + t.Slug + "/" + date), title: orUntitled(t.Title) + ", " + d.Format("2 January 2006"), url: cf.topicURL(t.Slug),
		published: end, updated: end, authors: []string{cf.author()},
	}
	fresh := 0
	var b strings.Builder
	for i, it := range items {
		if i == 0 && it.fresh {
			b.WriteString("<p>New:</p><ul>")
		}
		if i > 0 && items[i-1].fresh && !it.fresh {
			b.WriteString("</ul>")
		}
		if !it.fresh && (i == 0 || items[i-1].fresh) {
			b.WriteString("<p>Developments:</p><ul>")
		}
		b.WriteString(`<li><a href="` + esc(cf.storyURL(it.story.ID)) + `">` + esc(clean(it.change.Headline)) + "</a>")
		if it.fresh {
			fresh++
		} else {
			b.WriteString(": " + esc(clean(it.change.Text)))
		}
		b.WriteString("</li>")
	}
	b.WriteString("</ul>")
	e.html = b.String()
	e.summary = count(fresh, "new story", "new stories") + ", " + count(len(items)-fresh, "development", "developments") + "."
	return e
}

// day is the beginning of the day that t lies in.
func day(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// allFeed has every article of the topic's stories by itself: merging must never lose one.
func (cf *config) allFeed(t *topic, articles []news.Article) feed {
	f := cf.frame(t, "all", "every article")
	for _, a := range articles {
		e := cf.articleEntry(a)
		f.updated = later(f.updated, later(e.updated, a.Seen))
		f.entries = append(f.entries, e)
	}
	slices.SortFunc(f.entries, func(a, b entry) int {
		if c := b.published.Compare(a.published); c != 0 {
			return c
		}
		return cmp.Compare(a.id, b.id)
	})
	return f
}

// archiveFeed is one document of a topic's history. A closed one names no newer archive: it must never change.
func (cf *config) archiveFeed(t *topic, a news.Archive) feed {
	f := cf.frame(t, "archive/"+itoa(int64(a.N)), "")
	f.title += fmt.Sprintf(" (archive %d)", a.N)
	f.closed = a.Closed
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
