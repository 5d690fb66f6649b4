package publish

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"wirefold/internal/news"
)

// silentAfter is how long a feed may bring nothing new before it is called silent.
const silentAfter = 30 * 24 * time.Hour

// condition is how one source does, in words that do not change while nothing changes: they name no try and no count.
type condition struct {
	feed    news.Feed
	name    string
	state   string // one line for people
	kind    string // "", "failing", "gone", "silent", "disabled", "new"
	since   time.Time
	changed time.Time
}

// bad reports whether the owner should look at it.
func (c condition) bad() bool { return c.kind == "failing" || c.kind == "gone" || c.kind == "silent" }

// maxFault bounds what is shown of an error.
const maxFault = 300

// conditions are the states of all configured feeds, in the order of the configuration.
func (p *Publisher) conditions(ctx context.Context, cf *config) ([]condition, error) {
	list, err := p.o.Stories.FeedStates(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the states of the feeds: %w", err)
	}
	s, err := p.known(ctx)
	if err != nil {
		return nil, err
	}
	states := make(map[news.FeedID]news.FeedState, len(list))
	for _, st := range list {
		states[st.Feed] = st
	}
	out := make([]condition, 0, len(cf.Feeds))
	for _, f := range cf.Feeds {
		out = append(out, conditionOf(f, states[f.ID], s.store.At))
	}
	return out, nil
}

func conditionOf(f news.Feed, s news.FeedState, at time.Time) condition {
	c := condition{feed: f, name: sourceName(f, s), changed: s.Changed}
	switch {
	case !f.Enabled:
		c.kind, c.state = "disabled", "Switched off."
	case s.Gone:
		c.kind, c.since, c.state = "gone", s.Good, "Gone for good: its server says so, and it is not asked again."
	case s.Error != "":
		c.kind, c.since, c.state = "failing", s.Good, "Failing"
		if s.HTTP != 0 && s.HTTP != 200 {
			c.state += fmt.Sprintf(" (HTTP %d)", s.HTTP)
		}
		c.state += ": " + excerpt(clean(s.Error), maxFault)
	case s.Tried.IsZero():
		c.kind, c.state = "new", "Not asked yet."
	case f.URL != "" && !s.Changed.IsZero() && at.Sub(s.Changed) > silentAfter:
		c.kind, c.since, c.state = "silent", s.Changed, "Answers, but has brought nothing new for a month or more."
	default:
		c.state = "Good."
	}
	return c
}

func sourceName(f news.Feed, s news.FeedState) string {
	for _, n := range []string{f.Outlet, s.Title, string(f.ID)} {
		if n = clean(n); n != "" {
			return n
		}
	}
	return "Source"
}

// link is where a source can be looked at. Addresses of feeds behind a password stay ours.
func (c condition) link() string {
	if c.feed.BasicFile != "" || c.feed.HeaderFile != "" || !isWeb(c.feed.URL) {
		return ""
	}
	return withoutPassword(c.feed.URL)
}

func (p *Publisher) sourcesPage(ctx context.Context, cf *config) (content, error) {
	list, err := p.conditions(ctx, cf)
	if err != nil {
		return content{}, err
	}
	type line struct {
		URL, Name, State string
		Bad              bool
		Changed          moment
	}
	data := struct {
		Head    head
		Told    string
		Sources []line
	}{Head: cf.head("Sources", cf.base+"/sources/")}
	data.Head.Feeds = []feedLink{{"application/atom+xml", "Health of the sources", cf.base + "/sources/health.atom"}}
	bad := 0
	var modified time.Time
	for _, c := range list {
		if c.bad() {
			bad++
		}
		modified = later(modified, c.changed)
		data.Sources = append(data.Sources, line{c.link(), c.name, c.state, c.bad(), cf.moment(c.changed)})
	}
	data.Told = count(len(list), "source", "sources") + ", " + count(bad, "needs a look.", "need a look.")
	return render("sources", data, modified)
}

// healthFeed has one entry for each source that is in trouble, for as long as it is.
func (p *Publisher) healthFeed(ctx context.Context, cf *config) (content, error) {
	list, err := p.conditions(ctx, cf)
	if err != nil {
		return content{}, err
	}
	f := feed{
		id: cf.tag("sources/health"), title: orUntitled(cf.Site.Title) + ": health of the sources", path: "/sources/health", page: cf.base + "/sources/",
	}
	for _, c := range list {
		if !c.bad() {
			continue
		}
		since := c.since.UTC().Truncate(time.Second)
		e := entry{
			// The same trouble keeps its id until it is over; the next one is another.
			id:        cf.tag("feed/" + string(c.feed.ID) + "/" + c.kind + "/" + since.Format("20060102T150405Z")),
			title:     title(c.name) + ": " + c.kind,
			url:       cf.base + "/sources/",
			published: since, updated: since, summary: c.state, html: "<p>" + esc(c.state) + "</p>", authors: []string{cf.author()},
		}
		f.updated = later(f.updated, since)
		f.entries = append(f.entries, e)
	}
	slices.SortFunc(f.entries, func(a, b entry) int {
		if d := b.published.Compare(a.published); d != 0 {
			return d
		}
		return cmp.Compare(a.id, b.id)
	})
	return cf.format(f, "atom")
}
