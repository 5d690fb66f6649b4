package publish

import (
	"encoding/xml"
	"strings"
	"time"

	"github.com/gorilla/feeds"

	"wirefold/internal/news"
)

// atomFeed is gorilla's Atom feed with what it cannot say: several links, languages, paging and archives (RFC 5005),
// tombstones (RFC 6721). Fields of the same element name shadow the embedded ones.
type atomFeed struct {
	XMLName xml.Name `xml:"feed"`
	*feeds.AtomFeed
	Lang string `xml:"xml:lang,attr,omitempty"`
	namespaces
	Author  *atomPerson   `xml:"author,omitempty"`
	Links   []atomLink    `xml:"link"`
	Archive *struct{}     `xml:"fh:archive"`
	Entries []byte        `xml:",innerxml"`
	Deleted []atomDeleted `xml:"at:deleted-entry"`
}

// FeedXml makes atomFeed a feeds.XmlFeed.
func (f *atomFeed) FeedXml() any { return f } //nolint:revive // the name is gorilla's

// atomEntry is gorilla's Atom entry with several authors, links and categories, a source and a language.
type atomEntry struct {
	XMLName xml.Name `xml:"entry"`
	*feeds.AtomEntry
	Lang       string         `xml:"xml:lang,attr,omitempty"`
	Authors    []atomPerson   `xml:"author"`
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Source     *atomSource    `xml:"source,omitempty"`
	Thumbnail  *mediaImage    `xml:"media:thumbnail"`
}

type atomPerson struct {
	Name string `xml:"name"`
	URI  string `xml:"uri,omitempty"`
}

type atomLink struct {
	Rel    string `xml:"rel,attr,omitempty"`
	Type   string `xml:"type,attr,omitempty"`
	Title  string `xml:"title,attr,omitempty"`
	Length string `xml:"length,attr,omitempty"`
	Href   string `xml:"href,attr"`
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr,omitempty"`
	Label  string `xml:"label,attr,omitempty"`
}

type atomSource struct {
	ID      string     `xml:"id"`
	Title   string     `xml:"title"`
	Updated string     `xml:"updated"`
	Rights  string     `xml:"rights,omitempty"`
	Links   []atomLink `xml:"link"`
}

type atomDeleted struct {
	Ref     string     `xml:"ref,attr"`
	When    string     `xml:"when,attr"`
	Comment string     `xml:"at:comment,omitempty"`
	Links   []atomLink `xml:"link"`
}

type mediaImage struct {
	URL string `xml:"url,attr"`
}

const (
	kindAtom = "application/atom+xml; charset=utf-8"
	kindRSS  = "application/rss+xml; charset=utf-8"
	kindJSON = "application/feed+json; charset=utf-8"
	kindHTML = "text/html; charset=utf-8"
)

// atom writes a feed as Atom 1.0 (RFC 4287).
func (cf *config) atom(f feed) ([]byte, error) {
	x := &atomFeed{
		AtomFeed:   &feeds.AtomFeed{Xmlns: nsAtom, Title: f.title, Id: f.id, Updated: exactText(f.updated), Subtitle: f.subtitle},
		Lang:       commonLang(f.entries),
		Author:     &atomPerson{Name: cf.author(), URI: cf.base + "/"},
		Links:      cf.feedLinks(f, "atom", atomLink{Rel: "alternate", Type: "text/html", Href: f.page}),
		namespaces: namespacesOf(f, "atom"),
	}
	if f.closed {
		x.Archive = &struct{}{}
	}
	for _, e := range f.entries {
		slot, _, _ := e.written.slots()
		b, err := writeOnce(slot, func() ([]byte, error) { return element(atomEntryOf(e), "  ") })
		if err != nil {
			return nil, err
		}
		x.Entries = append(x.Entries, b...)
	}
	for _, d := range f.deleted {
		t := atomDeleted{Ref: d.ref, When: exactText(d.when), Comment: d.comment}
		if d.into != "" {
			t.Links = []atomLink{{Rel: "related", Href: d.into}}
		}
		x.Deleted = append(x.Deleted, t)
	}
	return writeXML(x)
}

func atomEntryOf(e entry) atomEntry {
	x := atomEntry{
		AtomEntry: &feeds.AtomEntry{Title: e.title, Id: e.id, Published: stampText(e.published), Updated: exactText(e.updated), Rights: e.rights},
		Lang:      e.lang,
		Links:     []atomLink{{Rel: "alternate", Type: "text/html", Href: e.url}},
	}
	if e.html != "" {
		x.Content = &feeds.AtomContent{Type: "html", Content: e.html}
	}
	if e.summary != "" {
		// As HTML, because a text that happens to hold a tag would otherwise look like markup that was not declared.
		x.Summary = &feeds.AtomSummary{Type: "html", Content: esc(e.summary)}
	}
	for _, name := range e.authors {
		x.Authors = append(x.Authors, atomPerson{Name: name})
	}
	for _, l := range e.links {
		x.Links = append(x.Links, atomLink{Rel: l.rel, Title: l.title, Href: l.href})
	}
	for _, f := range e.files {
		x.Links = append(x.Links, atomLink{Rel: "enclosure", Type: f.Type, Length: f.Length, Href: f.URL})
	}
	for _, t := range e.tags {
		x.Categories = append(x.Categories, atomCategory{t.term, t.uriScheme(), t.label})
	}
	if e.image != "" {
		x.Thumbnail = &mediaImage{e.image}
	}
	if s := e.source; s != nil {
		x.Source = &atomSource{ID: s.id, Title: s.title, Updated: stampText(s.updated), Rights: s.rights}
		if s.self != "" {
			x.Source.Links = append(x.Source.Links, atomLink{Rel: "self", Href: s.self})
		}
		if s.link != "" {
			x.Source.Links = append(x.Source.Links, atomLink{Rel: "alternate", Href: s.link})
		}
	}
	return x
}

// uriScheme is the tag's scheme where it is a URI, as Atom demands.
func (t tag) uriScheme() string {
	if u := web(t.scheme); u != "" {
		return u
	}
	if isURI(t.scheme) && strings.Trim(t.scheme, uriCharacters) == "" {
		return t.scheme
	}
	return ""
}

// uriCharacters are those that a URI may hold (RFC 3986 section 2), but for the brackets of an address.
const uriCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#@!$&'()*+,;=%"

// digits is s when it is a length in bytes.
func digits(s string) string {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// commonLang is the language of all entries, "" when they differ or do not say.
func commonLang(es []entry) string {
	lang := ""
	for i, e := range es {
		if i > 0 && e.lang != lang {
			return ""
		}
		lang = e.lang
	}
	return lang
}

// author is whose feeds these are.
func (cf *config) author() string {
	if a := title(cf.Site.Author); a != "" {
		return a
	}
	return orUntitled(cf.Site.Title)
}

// stampText is a time in RFC 3339, to the second. A feed that never had a change has the beginning of time: "now"
// would be another value at each rendering.
func stampText(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

// exactText is stampText with the fraction of a second, which tells the changes of entries apart.
func exactText(t time.Time) string {
	if t.IsZero() {
		return stampText(t)
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// deletedOf is the tombstone of an ended story.
func (cf *config) deletedOf(s news.Story) tombstone {
	t := tombstone{ref: cf.tag("story/" + string(s.ID)), when: s.Life.Ended, comment: endText(s.Life.State)}
	if s.Life.Into != "" {
		t.into = cf.storyURL(s.Life.Into)
		t.comment += " It goes on as " + cf.tag("story/"+string(s.Life.Into)) + "."
	}
	return t
}
