package lives

import (
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"time"

	"wirefold/internal/news"
)

// feedLength is how many articles an outlet's feed holds.
const feedLength = 15

// outlet has one feed, in one of three formats, with habits of its own.
type outlet struct {
	n        int
	id       news.FeedID
	name     string
	articles []*article
	down     int // refreshes that its feed will go on failing
	how      int
}

func newOutlet(n int) *outlet {
	return &outlet{n: n, id: news.FeedID(fmt.Sprintf("outlet%d", n)), name: fmt.Sprintf("The Outlet %c", 'A'+n%26)}
}

func (o *outlet) url() string { return fmt.Sprintf("https://outlet%d.example/feed", o.n) }

func (o *outlet) contentType() string {
	return []string{"application/rss+xml", "application/atom+xml", "application/feed+json"}[o.n%3]
}

// tell adds an article to the feed. Every fifth outlet states no dates, every seventh gives no ids.
func (o *outlet) tell(r *rand.Rand, e *event, style int, at time.Time) *article {
	a := &article{outlet: o, event: e, style: style}
	a.link = fmt.Sprintf("https://outlet%d.example/news/%d", o.n, len(o.articles)+1)
	if o.n%7 != 6 {
		a.guid = fmt.Sprintf("%d-of-%s", len(o.articles)+1, o.id)
	}
	if o.n%5 != 4 {
		a.published = at
		a.updated = at
	}
	if r.IntN(40) == 0 {
		a.published = at.Add(300 * 24 * time.Hour) // a wrong clock at the outlet's
	}
	a.rewrite(r)
	o.articles = append(o.articles, a)
	return a
}

// shown are the articles that the feed lists unless they are hidden, newest first.
func (o *outlet) shown() []*article {
	var out []*article
	for i := len(o.articles) - 1; i >= 0 && len(out) < feedLength; i-- {
		out = append(out, o.articles[i])
	}
	return out
}

// document writes the feed in the outlet's format.
func (o *outlet) document(now time.Time) []byte {
	var list []*article
	for _, a := range o.shown() {
		if !a.hidden {
			list = append(list, a)
		}
	}
	switch o.n % 3 {
	case 0:
		return o.rss(list, now)
	case 1:
		return o.atom(list, now)
	}
	return o.json(list)
}

func (a *article) markup() string {
	return "<p>" + strings.ReplaceAll(html.EscapeString(a.text()), "\n\n", "</p><p>") + "</p>"
}

// rss says "now" as its own build date at every fetch, as many do.
func (o *outlet) rss(list []*article, now time.Time) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>%s</title><link>https://outlet%d.example/</link><description>News</description><lastBuildDate>%s</lastBuildDate>`,
		o.name, o.n, now.Format(time.RFC1123Z))
	for _, a := range list {
		fmt.Fprintf(&b, `<item><title>%s</title><link>%s</link><description>%s</description>`, html.EscapeString(a.title), a.link, html.EscapeString(a.markup()))
		if a.guid != "" {
			fmt.Fprintf(&b, `<guid isPermaLink="false">%s</guid>`, a.guid)
		}
		if !a.published.IsZero() {
			fmt.Fprintf(&b, `<pubDate>%s</pubDate>`, a.published.Format(time.RFC1123Z))
		}
		b.WriteString(`</item>`)
	}
	b.WriteString(`</channel></rss>`)
	return []byte(b.String())
}

func (o *outlet) atom(list []*article, now time.Time) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>%s</id><title>%s</title><updated>%s</updated><link href="https://outlet%d.example/"/>`,
		o.url(), o.name, now.Format(time.RFC3339), o.n)
	for _, a := range list {
		id := a.guid
		if id == "" {
			id = a.link
		}
		fmt.Fprintf(&b, `<entry><id>%s</id><title>%s</title><link href="%s"/><content type="html">%s</content>`, id, html.EscapeString(a.title), a.link, html.EscapeString(a.markup()))
		if !a.published.IsZero() {
			fmt.Fprintf(&b, `<published>%s</published><updated>%s</updated>`, a.published.Format(time.RFC3339), a.updated.Format(time.RFC3339))
		}
		b.WriteString(`</entry>`)
	}
	b.WriteString(`</feed>`)
	return []byte(b.String())
}

func (o *outlet) json(list []*article) []byte {
	type m map[string]any
	items := []m{}
	for _, a := range list {
		it := m{"id": a.guid, "url": a.link, "title": a.title, "content_html": a.markup()}
		if a.guid == "" {
			it["id"] = a.link
		}
		if !a.published.IsZero() {
			it["date_published"], it["date_modified"] = a.published, a.updated
		}
		items = append(items, it)
	}
	b, err := json.Marshal(m{"version": "https://jsonfeed.org/version/1.1", "title": o.name, "home_page_url": fmt.Sprintf("https://outlet%d.example/", o.n), "items": items})
	if err != nil {
		panic(err) // strings and times always marshal
	}
	return b
}
