package publish

import (
	"encoding/xml"
	"strings"
	"time"

	"github.com/gorilla/feeds"
)

// rssDocument is gorilla's RSS document with the namespaces that its channel needs.
type rssDocument struct {
	XMLName   xml.Name `xml:"rss"`
	Version   string   `xml:"version,attr"`
	NSAtom    string   `xml:"xmlns:atom,attr"`
	NSContent string   `xml:"xmlns:content,attr"`
	NSDC      string   `xml:"xmlns:dc,attr"`
	namespaces
	Channel rssChannel `xml:"channel"`
}

// FeedXml makes rssDocument a feeds.XmlFeed.
func (d *rssDocument) FeedXml() any { return d } //nolint:revive // the name is gorilla's

type rssChannel struct {
	*feeds.RssFeed
	Links   []atomLink `xml:"atom:link"`
	Archive *struct{}  `xml:"fh:archive"`
	Items   []byte     `xml:",innerxml"`
}

type rssItem struct {
	XMLName xml.Name `xml:"item"`
	*feeds.RssItem
	Creator    string        `xml:"dc:creator,omitempty"`
	Categories []rssCategory `xml:"category"`
	Source     *rssSource    `xml:"source,omitempty"`
	Updated    string        `xml:"atom:updated,omitempty"`
	Thumbnail  *mediaImage   `xml:"media:thumbnail"`
}

type rssCategory struct {
	Domain string `xml:"domain,attr,omitempty"`
	Term   string `xml:",chardata"`
}

type rssSource struct {
	URL   string `xml:"url,attr"`
	Title string `xml:",chardata"`
}

// rss writes a feed as RSS 2.0.
func (cf *config) rss(f feed) ([]byte, error) {
	about := f.subtitle
	if about == "" {
		about = f.title
	}
	x := &rssDocument{
		Version: "2.0", NSAtom: nsAtom, NSContent: nsContent, NSDC: nsDC,
		Channel: rssChannel{
			RssFeed: &feeds.RssFeed{
				Title: f.title, Link: f.page, Description: about, Language: strings.ToLower(commonLang(f.entries)),
				LastBuildDate: rssTime(f.updated), Ttl: cf.ttl(),
			},
			Links: cf.feedLinks(f, "rss"),
		},
		namespaces: namespacesOf(f, "rss"),
	}
	ch := &x.Channel
	if f.closed {
		ch.Archive = &struct{}{}
	}
	for _, e := range f.entries {
		_, slot, _ := e.written.slots()
		b, err := writeOnce(slot, func() ([]byte, error) { return element(rssItemOf(e), "    ") })
		if err != nil {
			return nil, err
		}
		ch.Items = append(ch.Items, b...)
	}
	return writeXML(x)
}

func rssItemOf(e entry) rssItem {
	x := rssItem{
		RssItem: &feeds.RssItem{
			Title: e.title, Link: e.url, Description: e.summary, PubDate: rssTime(e.published),
			Guid: &feeds.RssGuid{Id: e.id, IsPermaLink: "false"},
		},
		Creator: strings.Join(e.authors, ", "),
		Updated: exactText(e.updated),
	}
	if x.Description == "" {
		x.Description = e.title
	}
	// Description is HTML by custom: plain text must survive being read as such.
	x.Description = esc(x.Description)
	if e.html != "" {
		x.Content = &feeds.RssContent{Content: e.html}
	}
	for _, t := range e.tags {
		x.Categories = append(x.Categories, rssCategory{t.scheme, t.term})
	}
	if s := e.source; s != nil && s.self != "" {
		x.Source = &rssSource{s.self, s.title}
	}
	for _, f := range e.files {
		if f.Type != "" {
			length := f.Length
			if length == "" {
				length = "0"
			}
			x.Enclosure = &feeds.RssEnclosure{Url: f.URL, Type: f.Type, Length: length}
			break // RSS knows one
		}
	}
	if e.image != "" {
		x.Thumbnail = &mediaImage{e.image}
	}
	return x
}

// ttl is how many minutes a reader may wait, from the same setting as Cache-Control.
func (cf *config) ttl() int {
	age := cf.Publishing.MaxAge
	if age <= 0 {
		age = defaultMaxAge
	}
	return max(1, int(age/time.Minute))
}

// rssTime is RFC 822 with a four-digit year and a numeric zone.
func rssTime(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000")
}
