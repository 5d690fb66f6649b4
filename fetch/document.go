package fetch

import (
	"strconv"
	"strings"
	"time"

	"wirefold/internal/news"
)

// document makes a Document of a feed's tree. gofeed reads it; what gofeed keeps only in part, or has no place for
// (types and bases of texts, ids byte for byte, further authors, foreign modules, odd dates), comes from the tree.
func document(got *scanned) *news.Document {
	root := got.root
	channel := root
	if c := root.child("channel"); c != nil && root.name != "channel" {
		channel = c
	}
	var items []*node
	if root.name == "entry" || root.name == "item" {
		items, channel = []*node{root}, &node{name: "channel", base: root.base}
	} else {
		items = collect(root)
	}
	items = whole(items, got)
	doc := readPlain(root, channel, items)
	complementFeed(doc, root, channel)
	for i, n := range items {
		complementItem(&doc.Items[i], n)
	}
	return doc
}

// collect gives the items of a feed wherever they stand: in the channel, beside it (RSS 1.0), in lists.
func collect(root *node) []*node {
	var out []*node
	for _, k := range root.kids {
		switch k.name {
		case "item", "entry":
			out = append(out, k)
		case "channel", "items", "feed":
			out = append(out, collect(k)...)
		}
	}
	return out
}

// whole drops the item that a cut document ends in, unless its text was already complete.
func whole(items []*node, got *scanned) []*node {
	if n := len(items); n > 1 && items[n-1].cut {
		for _, k := range items[n-1].kids {
			if k.cut {
				return items[:n-1]
			}
		}
	}
	return items
}

// complementFeed fills in what a document says of itself.
func complementFeed(d *news.Document, root, c *node) {
	d.ID = firstOf(id(c), c.child("guid").plain(), c.attr("rdf:about"), d.ID)
	setText(&d.Title, false, firstFilled(c, "title", "dc:title", "media:title"))
	setText(&d.Description, true, firstFilled(c, "subtitle", "description", "tagline", "abstract", "dc:description", "itunes:summary", "itunes:subtitle", "info"))
	setText(&d.Rights, false, firstFilled(c, "rights", "copyright", "dc:rights", "dcterms:rights", "media:copyright"))
	d.Language = firstOf(d.Language, c.child("language").plain(), c.child("dc:language").plain(), c.lang, root.lang)
	if g := c.child("generator"); g != nil {
		d.Generator = firstOf(strings.TrimSpace(g.plain()+" "+g.attr("version")), d.Generator, g.attr("uri", "url"))
	} else {
		d.Generator = firstOf(d.Generator, c.child("admin:generatoragent").attr("rdf:resource"))
	}
	d.Links = mergeLinks(d.Links, links(c))
	d.Link = firstOf(alternate(d.Links), c.absolute(c.attr("href")))
	for _, l := range d.Links {
		switch l.Rel {
		case "self":
			d.Self = firstOf(d.Self, l.Href)
		case "hub":
			d.Hubs = appendNew(d.Hubs, l.Href)
		}
	}
	d.Image = image(c, root, d.Image)
	d.Authors = mergeAuthors(authors(c), d.Authors)
	d.Categories = mergeCategories(categories(c), d.Categories)
	setDate(&d.Published, c, "pubdate", "published", "dcterms:issued", "issued", "dcterms:created", "created")
	setDate(&d.Updated, c, "updated", "modified", "lastbuilddate", "dcterms:modified", "dc:date")
	if !d.Updated.Known() {
		d.Updated = ParseDate(c.attr("lastmod"))
	}
	d.Poll = poll(c)
}

// complementItem fills in what an item says.
func complementItem(it *news.Item, n *node) {
	hoistGroups(n)
	it.GUID = firstOf(n.child("guid").plain(), id(n), n.attr("rdf:about"), it.GUID)
	if g := n.child("guid"); g != nil {
		it.Permalink = !strings.EqualFold(strings.TrimSpace(g.attr("ispermalink")), "false")
	}
	setText(&it.Title, false, firstFilled(n, "title", "dc:title", "media:title", "itunes:title"))
	setText(&it.Content, true, firstFilled(n, "content:encoded", "content", "xhtml:body", "body", "fullitem", "xhtml:div", "fulltext", "encoded"))
	setText(&it.Summary, true, firstFilled(n, "description", "summary", "abstract", "dc:description", "dcterms:abstract", "media:description", "itunes:summary", "googleplay:description", "itunes:subtitle", "media:text"))
	if d := firstFilled(n, "description"); d != nil && it.Content.Value == "" { // beside a summary it is the longer telling
		if s := firstFilled(n, "summary"); s != nil {
			setText(&it.Content, true, d)
			it.Summary = construct(s, true)
		}
	}
	setText(&it.Rights, false, firstFilled(n, "rights", "copyright", "dc:rights", "dcterms:rights", "media:copyright"))
	if c := n.child("content"); c != nil && c.attr("src") != "" {
		it.Links = append(it.Links, news.Link{Rel: "content", Href: c.absolute(c.attr("src")), Type: c.attr("type")})
	}
	it.Language = firstOf(n.child("language", "dc:language").plain(), n.lang)
	it.Links = mergeLinks(it.Links, links(n))
	it.Link = firstOf(original(n), alternate(it.Links), n.absolute(n.attr("href")))
	switch {
	case it.Link != "":
	case it.Permalink:
		it.Link = it.GUID
	case n.atom:
		it.Link = webURL(it.GUID)
	}
	if it.Link == "" {
		it.Link = webURL(firstOf(n.attr("rdf:about"), n.child("rdf:about").plain()))
	}
	it.Comments = firstOf(n.absolute(n.child("comments").plain()), n.absolute(n.child("wfw:comment").plain()), it.Comments)
	for _, l := range it.Links {
		if it.Comments == "" && l.Rel == "replies" && (l.Type == "" || strings.Contains(l.Type, "html")) {
			it.Comments = l.Href
		}
	}
	it.Enclosures = enclosures(n, it.Links)
	it.Media = media(n)
	it.Image = image(n, n, it.Image)
	it.Authors = mergeAuthors(authors(n), it.Authors)
	it.Categories = mergeCategories(categories(n), it.Categories)
	setDate(&it.Published, n, "pubdate", "published", "issued", "dcterms:issued", "dc:issued", "dcterms:created", "created", "dc:created", "dcterms:date", "prism:publicationdate", "prism:coverdisplaydate", "published_at", "date")
	setDate(&it.Updated, n, "updated", "modified", "dcterms:modified", "dc:modified", "dc:date", "lastbuilddate", "cp:changed")
	if !it.Updated.Known() {
		it.Updated = ParseDate(n.attr("lastmod"))
	}
	if s := n.child("source"); s != nil {
		it.Source = source(s, it.Source)
	}
}

// poll reads how often the publisher wants to be asked.
func poll(c *node) news.Poll {
	var p news.Poll
	if m, err := strconv.Atoi(c.child("ttl").plain()); err == nil && m > 0 && m < 1<<20 {
		p.Every = time.Duration(m) * time.Minute
	}
	if period := c.child("sy:updateperiod"); period != nil && p.Every == 0 {
		each := map[string]time.Duration{"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour,
			"monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour}[strings.ToLower(period.plain())]
		times, err := strconv.Atoi(c.child("sy:updatefrequency").plain())
		if err != nil || times < 1 {
			times = 1
		}
		p.Every = each / time.Duration(times)
	}
	if s := c.child("skiphours"); s != nil {
		for _, h := range s.all("hour") {
			if n, err := strconv.Atoi(h.plain()); err == nil && n >= 0 && n <= 24 && len(p.SkipHours) < 24 {
				p.SkipHours = append(p.SkipHours, n%24)
			}
		}
	}
	if s := c.child("skipdays"); s != nil {
		for _, d := range s.all("day") {
			if day, ok := weekdays[fold(d.plain())]; ok && len(p.SkipDays) < 7 {
				p.SkipDays = append(p.SkipDays, day)
			}
		}
	}
	return p
}

// setText adds to a text that gofeed read its type, base and language, and takes the value of the best element: the
// same one for simple text, another where gofeed knows no better.
func setText(t *news.Text, rich bool, n *node) {
	if n == nil {
		return
	}
	c := construct(n, rich)
	if n.name == "media:description" || n.name == "media:text" || n.name == "media:title" {
		if k := n.attr("type"); k == "plain" {
			c.Type = news.Plain
		}
	}
	if c.Value != "" {
		*t = c
	}
}

func setDate(d *news.Date, n *node, names ...string) {
	found := false
	for _, name := range names {
		for _, k := range n.all(name) {
			if got := ParseDate(k.plain()); got.Known() {
				*d, found = got, true // of several the last counts
			}
		}
		if found {
			return
		}
	}
}

// firstFilled is the first of the named children that holds anything.
func firstFilled(n *node, names ...string) *node {
	for _, name := range names {
		for _, k := range n.kids {
			if k.name == name && (k.plain() != "" || k.hasElements()) {
				return k
			}
		}
	}
	return nil
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// id is Atom's id of an element, byte for byte. Only one that is nothing but a path, which no id may be (RFC 4287
// section 4.2.6), is made absolute.
func id(n *node) string {
	k := n.child("id")
	v := k.plain()
	if strings.HasPrefix(v, "/") || strings.HasPrefix(v, "./") || strings.HasPrefix(v, "../") {
		return k.absolute(v)
	}
	return v
}

// original is the address that a feed service replaced by its own, if the item names one and only one.
func original(n *node) string {
	if ks := n.all("feedburner:origlink", "pheedo:origlink"); len(ks) == 1 {
		return webURL(ks[0].absolute(ks[0].plain()))
	}
	return ""
}

// absolute makes a reference in n absolute.
func (n *node) absolute(ref string) string {
	if n == nil {
		return ""
	}
	return resolve(n.base, ref)
}
