package fetch

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"

	"wirefold/internal/news"
)

// maxOffers bounds the feeds that a page may offer.
const maxOffers = 20

// PageError says that a body is a web page. Feeds are those that it offers, in its order.
type PageError struct {
	Title string
	Feeds []news.Link
}

func (e *PageError) Error() string {
	if len(e.Feeds) == 0 {
		return "not a feed: this is a web page, and it names no feed"
	}
	var at []string
	for _, f := range e.Feeds {
		at = append(at, f.Href)
	}
	return fmt.Sprintf("not a feed: this is a web page; it offers %s", strings.Join(at, " "))
}

// Is makes a page count as ErrNotAFeed.
func (e *PageError) Is(target error) bool { return target == ErrNotAFeed }

// Discover finds the feeds that a web page offers: links of rel=alternate with a feed's type (and rel=feed), else
// anchors that look like a feed's address. URLs are absolute and http(s).
func Discover(body []byte, in Response) []news.Link {
	text, _ := toUTF8(body[:min(len(body), MaxBody)], in.ContentType)
	return newPageError(text, baseOf(in)).Feeds
}

func newPageError(text, base string) *PageError {
	e := &PageError{}
	var maybe []news.Link
	z := html.NewTokenizer(strings.NewReader(text))
	z.SetMaxBuf(maxText)
	seen := map[string]bool{}
	inTitle := false
	for {
		tt := z.Next()
		if tt == html.ErrorToken {
			break
		}
		switch tt {
		case html.TextToken:
			if inTitle && e.Title == "" {
				e.Title = strings.Join(strings.Fields(string(z.Text())), " ")
			}
		case html.EndTagToken:
			inTitle = false
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			inTitle = t.Data == "title"
			get := func(key string) string {
				for _, a := range t.Attr {
					if a.Key == key {
						return strings.TrimSpace(a.Val)
					}
				}
				return ""
			}
			href := get("href")
			if t.Data == "base" && href != "" {
				base = rebase(base, href)
			}
			if href == "" {
				continue
			}
			l := news.Link{Rel: strings.ToLower(get("rel")), Href: webURL(resolve(base, href)), Type: strings.ToLower(get("type")), Title: get("title")}
			if l.Href == "" || seen[l.Href] {
				continue
			}
			switch {
			case t.Data == "link" && offersFeed(l) && len(e.Feeds) < maxOffers:
				seen[l.Href] = true
				e.Feeds = append(e.Feeds, l)
			case t.Data == "a" && likeFeed(l.Href) && len(maybe) < maxOffers:
				seen[l.Href] = true
				maybe = append(maybe, l)
			}
		}
	}
	if len(e.Feeds) == 0 {
		e.Feeds = maybe
	}
	return e
}

func offersFeed(l news.Link) bool {
	rels := " " + l.Rel + " "
	if strings.Contains(rels, " feed ") {
		return true
	}
	if !strings.Contains(rels, " alternate ") {
		return false
	}
	media, _, _ := strings.Cut(l.Type, ";")
	switch strings.TrimSpace(media) {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/x-rss+xml":
		return true
	case "application/json", "text/xml", "application/xml":
		return likeFeed(l.Href)
	}
	return false
}

func likeFeed(href string) bool {
	low := strings.ToLower(href)
	low, _, _ = strings.Cut(low, "#")
	path, query, _ := strings.Cut(low, "?")
	for _, end := range []string{".rss", ".atom", ".rdf", "/feed", "/feed/", "/rss", "/rss/", "/atom", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return strings.Contains(query, "feed=rss") || strings.Contains(query, "format=rss") || strings.Contains(query, "feed=atom")
}
