package publish

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wirefold/internal/news"
)

// The companion feeds of a topic: /updates, /digest and /all. What leaves them has grown old, or a tombstone tells it.

const (
	digestDays = 14
	// digestStories bounds the stories that digests are made of. A day of which they do not hold all is not told.
	digestStories = 1000
)

// changes are the stories of a topic, ended ones too, with the newest significant changes.
type changes struct {
	stories []news.Story
	// whole is set when there are more: every later change is among them.
	whole time.Time
	// dropped are the stories that were dropped within the window.
	dropped []news.Story
}

func (p *Publisher) loadChanges(ctx context.Context, cf *config, slug string, g news.Generation, limit int) (changes, error) {
	var c changes
	var err error
	if c.stories, err = p.o.Stories.Changed(ctx, slug, limit); err != nil {
		return c, fmt.Errorf("read what changed in topic %s: %w", slug, err)
	}
	if len(c.stories) >= limit {
		c.whole = c.stories[0].Life.Updated
		for _, s := range c.stories {
			if s.Life.Updated.Before(c.whole) {
				c.whole = s.Life.Updated
			}
		}
	}
	ended, err := p.o.Stories.Ended(ctx, slug, g.At.Add(-cf.Publishing.Window))
	if err != nil {
		return c, fmt.Errorf("read the ended stories of topic %s: %w", slug, err)
	}
	for _, s := range ended {
		if s.Life.State == news.Dropped && !s.Life.Published.IsZero() {
			c.dropped = append(c.dropped, s)
		}
	}
	slices.SortFunc(c.dropped, byEnd)
	return c, nil
}

func (p *Publisher) updates(ctx context.Context, cf *config, t *topic) (feed, error) {
	s, err := p.known(ctx)
	if err != nil {
		return feed{}, err
	}
	g := s.topics[t.Slug]
	c, err := t.updates.get(stampOf(g), func() (changes, error) { return p.loadChanges(ctx, cf, t.Slug, g, cf.Publishing.Entries) })
	return cf.updatesFeed(t, c), err
}

// updatesFeed has one entry per significant change, for readers that never look at an entry twice: the newest of the
// topic, whichever story they are of.
func (cf *config) updatesFeed(t *topic, c changes) feed {
	f := cf.frame(t, "updates", "developments")
	for _, s := range c.stories {
		f.updated = later(f.updated, s.Life.Updated)
		for i, ch := range s.Life.Changes {
			// What a human took back has one thing left to say.
			if s.Life.State != news.Dropped || i == len(s.Life.Changes)-1 {
				f.entries = append(f.entries, cf.changeEntry(s, i, ch))
			}
		}
	}
	for _, s := range c.dropped {
		for i := range len(s.Life.Changes) - 1 {
			f.deleted = append(f.deleted, tombstone{ref: cf.changeID(s.ID, i), when: s.Life.Ended, comment: endText(s.Life.State)})
		}
	}
	slices.SortFunc(f.entries, newestFirst)
	f.entries = f.entries[:min(len(f.entries), cf.Publishing.Entries)]
	return f
}

// newestFirst is the order of entries in the companion feeds.
func newestFirst(a, b entry) int {
	return cmp.Or(b.published.Compare(a.published), cmp.Compare(a.id, b.id))
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

func (p *Publisher) digest(ctx context.Context, cf *config, t *topic) (feed, error) {
	s, err := p.known(ctx)
	if err != nil {
		return feed{}, err
	}
	c, err := p.digestChanges(ctx, cf, t, s)
	return cf.digestFeed(t, c, s.store.At), err
}

func (p *Publisher) digestChanges(ctx context.Context, cf *config, t *topic, s *stamps) (changes, error) {
	g := s.topics[t.Slug]
	return t.digest.get(stampOf(g), func() (changes, error) { return p.loadChanges(ctx, cf, t.Slug, g, digestStories) })
}

// digestFeed has one entry per day that is over, in the site's time zone. A day is over when the store has seen the
// next one: the clock says nothing here.
func (cf *config) digestFeed(t *topic, c changes, at time.Time) feed {
	f := cf.frame(t, "digest", "daily digest")
	today := day(at, cf.zone)
	days := map[time.Time][]item{}
	mended := map[time.Time]time.Time{}
	for _, s := range c.stories {
		for d, it := range cf.dailyItems(s, t.Slug) {
			if s.Life.State == news.Dropped {
				// A day on which nothing else was told stays, and says so.
				days[d] = append(days[d], nil...)
				mended[d] = later(mended[d], s.Life.Ended)
				continue
			}
			days[d] = append(days[d], it)
		}
	}
	for d, items := range days {
		if !d.Before(today) || d.Before(today.AddDate(0, 0, -digestDays)) || !d.After(c.whole) {
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
	slices.SortFunc(f.entries, newestFirst)
	return f
}

// dailyItems is what a topic's digests tell of a story, by day: the day on which it came into the topic, and those of its
// changes since.
func (cf *config) dailyItems(s news.Story, slug string) map[time.Time]item {
	out := map[time.Time]item{}
	since := entered(s, slug)
	for _, c := range s.Life.Changes {
		at := later(c.At, since)
		d := day(at, cf.zone)
		out[d] = item{story: s, change: c, fresh: out[d].fresh || !at.After(since)}
	}
	return out
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
	if len(items) == 0 {
		b.WriteString("<p>What was told on this day has been withdrawn.</p>")
	} else {
		b.WriteString("</ul>")
	}
	e.html = b.String()
	e.summary = count(fresh, "new story", "new stories") + ", " + count(len(items)-fresh, "development", "developments") + "."
	return e
}

// day is the beginning of the day that t lies in.
func day(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// listed is what a topic lists article by article.
type listed struct {
	articles  []news.Listed
	withdrawn []news.Withdrawn
}

func (p *Publisher) listed(ctx context.Context, cf *config, t *topic, s *stamps) (listed, error) {
	g := s.topics[t.Slug]
	return t.all.get(stampOf(g), func() (l listed, err error) {
		if l.articles, err = p.o.Stories.AllArticles(ctx, t.Slug, cf.Publishing.Entries); err != nil {
			return l, fmt.Errorf("read the articles of topic %s: %w", t.Slug, err)
		}
		if l.withdrawn, err = p.o.Stories.Withdrawn(ctx, t.Slug, g.At.Add(-cf.Publishing.Window)); err != nil {
			return l, fmt.Errorf("read what was taken out of topic %s: %w", t.Slug, err)
		}
		return l, nil
	})
}

func (p *Publisher) all(ctx context.Context, cf *config, t *topic) (feed, error) {
	s, err := p.known(ctx)
	if err != nil {
		return feed{}, err
	}
	l, err := p.listed(ctx, cf, t, s)
	return cf.allFeed(t, l), err
}

// allFeed has every article of the topic's stories by itself: merging must never lose one.
func (cf *config) allFeed(t *topic, l listed) feed {
	f := cf.frame(t, "all", "every article")
	for _, a := range l.articles {
		e := cf.articleEntry(a.Article)
		f.updated = later(f.updated, later(e.updated, a.At).Truncate(time.Second))
		f.entries = append(f.entries, e)
	}
	for _, w := range l.withdrawn {
		f.updated = later(f.updated, w.At.Truncate(time.Second))
		f.deleted = append(f.deleted, tombstone{
			ref: cf.tag("article/" + string(w.Article)), when: w.At, comment: "This article is no longer told in this topic.",
		})
	}
	slices.SortFunc(f.entries, newestFirst)
	return f
}
