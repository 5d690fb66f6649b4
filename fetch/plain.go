package fetch

import (
	"strings"

	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"

	"wirefold/internal/news"
)

// readPlain has gofeed read a feed. What it gets is the repaired document: well-formed, bounded, UTF-8, one channel,
// the official namespaces, absolute URLs, texts as escaped character data, and no element that it has no field for. The
// items of the result are those of items, in order; if gofeed cannot read even that, they are empty and flagged.
func readPlain(root, channel *node, items []*node) *news.Document {
	var doc *news.Document
	var err error
	if root.name == "feed" || root.name == "entry" {
		doc, err = readAtom(channel, items)
	} else {
		doc, err = readRSS(channel, items)
	}
	if err != nil || len(doc.Items) != len(items) {
		return &news.Document{Items: make([]news.Item, len(items)), Flags: []string{"read by repair alone"}}
	}
	return doc
}

// plainWriter writes the document that gofeed reads.
type plainWriter struct{ strings.Builder }

func (w *plainWriter) element(name, text string) {
	w.WriteByte('<')
	w.WriteString(name)
	w.WriteByte('>')
	w.escape(text)
	w.WriteString("</")
	w.WriteString(name)
	w.WriteByte('>')
}

func (w *plainWriter) attribute(name, value string) {
	if value != "" {
		w.WriteString(" " + name + `="`)
		w.WriteString(attrEscaper.Replace(value))
		w.WriteByte('"')
	}
}

// escape writes character data. Markup goes into CDATA, which gofeed takes as it is.
func (w *plainWriter) escape(s string) {
	if strings.IndexByte(s, '<') >= 0 && !strings.Contains(s, "]]>") {
		w.WriteString("<![CDATA[")
		w.WriteString(s)
		w.WriteString("]]>")
		return
	}
	for {
		i := strings.IndexAny(s, "&<>")
		if i < 0 {
			w.WriteString(s)
			return
		}
		w.WriteString(s[:i])
		switch s[i] {
		case '&':
			w.WriteString("&amp;")
		case '<':
			w.WriteString("&lt;")
		default:
			w.WriteString("&gt;")
		}
		s = s[i+1:]
	}
}

// The elements that are copied as they are, with the spelling that their format gives them. The long texts of items are
// not among them: complementItem takes them from the tree in any case, with type and base, and they are most of a feed.
var (
	rssChannel = map[string]string{"title": "title", "description": "description", "language": "language", "copyright": "copyright",
		"managingeditor": "managingEditor", "pubdate": "pubDate", "lastbuilddate": "lastBuildDate", "generator": "generator"}
	rssItem  = map[string]string{"title": "title", "author": "author", "comments": "comments", "guid": "guid", "pubdate": "pubDate"}
	atomFeed = map[string]string{"title": "title", "id": "id", "updated": "updated", "modified": "updated", "subtitle": "subtitle",
		"tagline": "subtitle", "rights": "rights", "copyright": "rights", "generator": "generator"}
	atomEntry = map[string]string{"title": "title", "id": "id", "updated": "updated", "modified": "updated", "published": "published",
		"issued": "published", "rights": "rights", "copyright": "rights"}
)

// copyPlain writes the children of n that names lists and that are simple text, each name once.
func (w *plainWriter) copyPlain(n *node, names map[string]string) {
	done := map[string]bool{}
	for _, k := range n.kids {
		out, ok := names[k.name]
		if !ok || k.hasElements() || done[out] {
			continue
		}
		text := k.plain()
		if text == "" {
			continue
		}
		done[out] = true
		w.element(out, text)
	}
}

func readRSS(channel *node, items []*node) (*news.Document, error) {
	w := &plainWriter{}
	w.WriteString(`<rss version="2.0"><channel>`)
	w.copyPlain(channel, rssChannel)
	w.rssLinks(channel)
	w.rssCategories(channel)
	for _, n := range items {
		w.WriteString("<item>")
		w.copyPlain(n, rssItem)
		w.rssLinks(n)
		w.rssCategories(n)
		for _, e := range enclosures(n, nil) {
			w.WriteString("<enclosure")
			w.attribute("url", e.URL)
			w.attribute("type", e.Type)
			w.attribute("length", e.Length)
			w.WriteString("/>")
		}
		w.WriteString("</item>")
	}
	w.WriteString("</channel></rss>")
	f, err := (&rss.Parser{}).Parse(strings.NewReader(w.String()))
	if err != nil {
		return nil, err
	}
	d := &news.Document{
		Title: news.Text{Value: f.Title}, Description: news.Text{Value: f.Description, Type: news.HTML}, Link: f.Link,
		Language: f.Language, Rights: news.Text{Value: f.Copyright}, Generator: f.Generator,
		Published: ParseDate(f.PubDate), Updated: ParseDate(f.LastBuildDate),
		Categories: rssLabels(f.Categories), Items: make([]news.Item, 0, len(f.Items)),
	}
	if f.ManagingEditor != "" {
		d.Authors = []news.Author{nameLine(f.ManagingEditor)}
	}
	for _, i := range f.Items {
		it := news.Item{
			Title: news.Text{Value: i.Title}, Link: i.Link, Comments: i.Comments, Published: ParseDate(i.PubDate),
			Categories: rssLabels(i.Categories),
		}
		if i.GUID != nil {
			it.GUID = i.GUID.Value
		}
		if i.Author != "" {
			it.Authors = []news.Author{nameLine(i.Author)}
		}
		for _, e := range i.Enclosures {
			it.Enclosures = append(it.Enclosures, news.Enclosure{URL: e.URL, Type: e.Type, Length: e.Length})
		}
		d.Items = append(d.Items, it)
	}
	return d, nil
}

func (w *plainWriter) rssLinks(n *node) {
	for _, l := range links(n) {
		if l.Rel == "alternate" {
			w.element("link", l.Href)
			return
		}
	}
}

func (w *plainWriter) rssCategories(n *node) {
	for _, k := range n.all("category") {
		if k.hasElements() || k.plain() == "" {
			continue
		}
		w.WriteString("<category")
		w.attribute("domain", k.attr("domain"))
		w.WriteByte('>')
		w.escape(k.plain())
		w.WriteString("</category>")
	}
}

func rssLabels(cs []*rss.Category) []news.Category {
	var out []news.Category
	for _, c := range cs {
		out = mergeCategories(out, []news.Category{{Term: c.Value, Scheme: c.Domain}})
	}
	return out
}

func readAtom(feed *node, entries []*node) (*news.Document, error) {
	w := &plainWriter{}
	w.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom">`)
	w.copyPlain(feed, atomFeed)
	w.atomParts(feed)
	for _, n := range entries {
		w.WriteString("<entry>")
		w.copyPlain(n, atomEntry)
		w.atomParts(n)
		w.WriteString("</entry>")
	}
	w.WriteString("</feed>")
	f, err := (&atom.Parser{}).Parse(strings.NewReader(w.String()))
	if err != nil {
		return nil, err
	}
	d := &news.Document{
		ID: f.ID, Title: news.Text{Value: f.Title}, Description: news.Text{Value: f.Subtitle}, Rights: news.Text{Value: f.Rights},
		Updated: ParseDate(f.Updated), Authors: atomPeople(f.Authors), Categories: atomLabels(f.Categories), Links: atomLinks(f.Links),
		Items: make([]news.Item, 0, len(f.Entries)),
	}
	if f.Generator != nil {
		d.Generator = f.Generator.Value
	}
	for _, e := range f.Entries {
		it := news.Item{
			GUID: e.ID, Title: news.Text{Value: e.Title}, Rights: news.Text{Value: e.Rights},
			Published: ParseDate(e.Published), Updated: ParseDate(e.Updated), Authors: atomPeople(e.Authors),
			Categories: atomLabels(e.Categories), Links: atomLinks(e.Links),
		}
		d.Items = append(d.Items, it)
	}
	return d, nil
}

// atomParts writes the links, categories and authors of a feed or entry.
func (w *plainWriter) atomParts(n *node) {
	for _, l := range links(n) {
		w.WriteString("<link")
		w.attribute("rel", l.Rel)
		w.attribute("href", l.Href)
		w.attribute("type", l.Type)
		w.attribute("title", l.Title)
		w.attribute("length", l.Length)
		w.WriteString("/>")
	}
	for _, k := range n.all("category") {
		if k.attr("term") != "" {
			w.WriteString("<category")
			w.attribute("term", k.attr("term"))
			w.attribute("scheme", k.attr("scheme"))
			w.attribute("label", k.attr("label"))
			w.WriteString("/>")
		}
	}
	for _, k := range n.all("author") {
		a := person(k)
		w.WriteString("<author>")
		w.element("name", a.Name)
		w.element("email", a.Email)
		w.element("uri", a.URI)
		w.WriteString("</author>")
	}
}

func atomPeople(ps []*atom.Person) []news.Author {
	var out []news.Author
	for _, p := range ps {
		out = mergeAuthors(out, []news.Author{{Name: p.Name, Email: p.Email, URI: p.URI}})
	}
	return out
}

func atomLabels(cs []*atom.Category) []news.Category {
	var out []news.Category
	for _, c := range cs {
		out = mergeCategories(out, []news.Category{{Term: c.Term, Scheme: c.Scheme, Label: c.Label}})
	}
	return out
}

func atomLinks(ls []*atom.Link) []news.Link {
	var out []news.Link
	for _, l := range ls {
		out = append(out, news.Link{Rel: l.Rel, Href: l.Href, Type: l.Type, Title: l.Title, Length: l.Length})
	}
	return out
}
