package fetch

import (
	"net/mail"
	"strings"

	"wirefold/internal/news"
)

// links gives the links of an element: Atom's with their rel, RSS's as alternates.
func links(n *node) []news.Link {
	var out []news.Link
	for _, k := range n.all("link", "l:link", "xhtml:link", "url", "enclosure") {
		if k.name == "enclosure" {
			if url := k.attr("url"); url != "" {
				out = append(out, news.Link{Rel: "enclosure", Href: k.absolute(url), Type: k.attr("type"), Length: strings.TrimSpace(k.attr("length"))})
			}
			continue
		}
		href := firstOf(k.attr("href", "l:rel-href", "rdf:resource"), k.plain(), k.attr("url"))
		if href == "" {
			continue
		}
		l := news.Link{Rel: strings.TrimSpace(k.attr("rel")), Href: k.absolute(href), Type: k.attr("type"), Title: k.attr("title"), Length: k.attr("length")}
		if l.Rel == "" {
			l.Rel = "alternate"
		}
		l.Rel = strings.TrimPrefix(l.Rel, "http://www.iana.org/assignments/relation/")
		if l.Rel == "self" && l.Type == "" {
			l.Type = "application/atom+xml"
		}
		out = append(out, l)
	}
	return out
}

// alternate picks the page that links lead to: the first alternate that is HTML or says nothing, else any alternate.
func alternate(ls []news.Link) string {
	any := ""
	for _, l := range ls {
		if l.Rel != "alternate" {
			continue
		}
		if l.Type == "" || strings.Contains(l.Type, "html") {
			return l.Href
		}
		any = firstOf(any, l.Href)
	}
	return any
}

// authors gives the people of an element. RSS knows only lines of text, Atom has parts.
func authors(n *node) []news.Author {
	var out []news.Author
	for _, name := range []string{"author", "dc:creator", "dc:author", "itunes:author", "managingeditor", "itunes:owner", "media:credit", "googleplay:author"} {
		if len(out) > 0 && (name == "itunes:owner" || name == "managingeditor" || name == "media:credit" || name == "googleplay:author" || name == "itunes:author") {
			break
		}
		for _, k := range n.all(name) {
			if name == "media:credit" && k.attr("role") != "" && k.attr("role") != "author" {
				continue
			}
			out = append(out, person(k))
		}
	}
	return mergeAuthors(nil, out)
}

func person(k *node) news.Author {
	if !k.hasElements() {
		return nameLine(k.plain())
	}
	a := news.Author{
		Name:  k.child("name", "itunes:name", "foaf:name").plain(),
		Email: strings.TrimPrefix(k.child("email", "itunes:email").plain(), "mailto:"),
		URI:   k.child("uri", "url", "homepage", "foaf:homepage").plain(),
	}
	if u := k.child("uri", "url", "homepage"); u != nil {
		a.URI = u.absolute(a.URI)
	}
	if a.Name == "" {
		line := nameLine(k.plain())
		a.Name = line.Name
		a.Email = firstOf(a.Email, line.Email)
	}
	return a
}

// nameLine reads "name (mail)", "mail (name)", "Name <mail>", a mail address or a name.
func nameLine(s string) news.Author {
	s = strings.Join(strings.Fields(s), " ")
	s = strings.TrimPrefix(s, "mailto:")
	before, inside, ok := strings.Cut(s, "(")
	if ok && strings.HasSuffix(inside, ")") {
		inside, before = strings.TrimSpace(strings.TrimSuffix(inside, ")")), strings.TrimSpace(before)
		switch {
		case isMail(inside):
			return news.Author{Name: before, Email: strings.TrimPrefix(inside, "mailto:")}
		case isMail(before):
			return news.Author{Name: inside, Email: before}
		}
	}
	if strings.HasSuffix(s, ">") {
		if i := strings.LastIndexByte(s, '<'); i >= 0 && isMail(s[i+1:len(s)-1]) {
			return news.Author{Name: strings.Trim(s[:i], " \""), Email: s[i+1 : len(s)-1]}
		}
	}
	if isMail(s) {
		return news.Author{Email: s}
	}
	// A name beside an address without any marks: "me@example.com Example" or the other way round.
	fields := strings.Fields(s)
	if len(fields) > 1 {
		if isMail(fields[0]) {
			return news.Author{Name: strings.Join(fields[1:], " "), Email: fields[0]}
		}
		if last := fields[len(fields)-1]; isMail(last) {
			return news.Author{Name: strings.Join(fields[:len(fields)-1], " "), Email: last}
		}
	}
	return news.Author{Name: s}
}

func isMail(s string) bool {
	s = strings.TrimPrefix(s, "mailto:")
	if len(s) > 254 || strings.ContainsAny(s, " <>()\"") || strings.Count(s, "@") != 1 {
		return false
	}
	_, err := mail.ParseAddress(s)
	return err == nil
}

// mergeAuthors adds people who are not yet there.
func mergeAuthors(out, more []news.Author) []news.Author {
	for _, a := range more {
		if a.Name == "" && a.Email == "" && a.URI == "" {
			continue
		}
		found := false
		for i := range out {
			o := &out[i]
			if o.Name == a.Name && a.Name != "" || a.Name == "" && a.Email == o.Email && a.Email != "" || a.Name == "" && a.Email == "" && a.URI == o.URI {
				o.Email, o.URI = firstOf(o.Email, a.Email), firstOf(o.URI, a.URI)
				found = true
				break
			}
		}
		if !found {
			out = append(out, a)
		}
	}
	return out
}

func categories(n *node) []news.Category {
	var out []news.Category
	for _, k := range n.all("category", "dc:subject", "itunes:category", "media:category", "keywords", "itunes:keywords", "media:keywords", "dcterms:subject", "tag") {
		switch k.name {
		case "itunes:keywords", "media:keywords", "keywords":
			for _, w := range strings.Split(k.plain(), ",") {
				out = append(out, news.Category{Term: strings.TrimSpace(w)})
			}
		case "itunes:category":
			out = append(out, news.Category{Term: firstOf(k.attr("text"), k.plain()), Scheme: "http://www.itunes.com/"})
			for _, sub := range k.all("itunes:category") {
				out = append(out, news.Category{Term: sub.attr("text"), Scheme: "http://www.itunes.com/"})
			}
		case "media:category":
			out = append(out, news.Category{Term: firstOf(k.plain(), k.attr("label")), Scheme: k.attr("scheme"), Label: k.attr("label")})
		default:
			term := firstOf(strings.TrimSpace(k.attr("term")), k.plain(), k.child("rdf:value").plain(), k.attr("label"), k.attr("text"))
			out = append(out, news.Category{Term: term, Scheme: k.attr("scheme", "domain"), Label: k.attr("label")})
		}
	}
	return mergeCategories(nil, out)
}

// mergeCategories adds labels whose term is not yet there.
func mergeCategories(out, more []news.Category) []news.Category {
	for _, c := range more {
		c.Term = strings.TrimSpace(c.Term)
		found := c.Term == ""
		for i := range out {
			found = found || out[i].Term == c.Term
		}
		if !found {
			out = append(out, c)
		}
	}
	return out
}

func mergeLinks(out, more []news.Link) []news.Link {
	for _, l := range more {
		found := false
		for i := range out {
			if out[i].Href == l.Href && out[i].Rel == l.Rel {
				out[i] = l
				found = true
				break
			}
		}
		if !found {
			out = append(out, l)
		}
	}
	return out
}

// enclosures gives the files of an item: RSS enclosures, Atom links, and feedburner's original address.
func enclosures(n *node, ls []news.Link) []news.Enclosure {
	var out []news.Enclosure
	add := func(e news.Enclosure) {
		for _, o := range out {
			if o.URL == e.URL {
				return
			}
		}
		if e.URL != "" {
			out = append(out, e)
		}
	}
	orig := n.absolute(n.child("feedburner:origenclosurelink").plain())
	for _, k := range n.all("enclosure") {
		url := k.absolute(firstOf(k.attr("url", "href", "rdf:resource", "enc:url"), k.plain()))
		if orig != "" {
			url, orig = orig, ""
		}
		add(news.Enclosure{URL: url, Type: k.attr("type"), Length: strings.TrimSpace(k.attr("length"))})
	}
	for _, l := range ls {
		if l.Rel == "enclosure" {
			add(news.Enclosure{URL: l.Href, Type: l.Type, Length: l.Length})
		}
	}
	return out
}

// hoistGroups moves what stands in media:group or media:content up to the item: the title, texts and pictures there
// are the item's.
func hoistGroups(n *node) {
	for _, g := range n.all("media:group", "media:content") {
		for _, k := range g.kids {
			if strings.HasPrefix(k.name, "media:") {
				n.kids = append(n.kids, k)
				if k.name == "media:content" {
					for _, kk := range k.kids {
						if strings.HasPrefix(kk.name, "media:") {
							n.kids = append(n.kids, kk)
						}
					}
				}
			}
		}
	}
}

func media(n *node) []string {
	var out []string
	for _, k := range n.all("media:content", "media:thumbnail", "media:player", "media:peerlink") {
		out = appendNew(out, k.absolute(k.attr("url", "href")))
	}
	return out
}

func appendNew(list []string, s string) []string {
	if s == "" {
		return list
	}
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

// image finds the picture that stands for an element.
func image(n, root *node, have string) string {
	for _, k := range n.all("itunes:image", "image", "googleplay:image", "image:item", "logo", "icon", "media:thumbnail") {
		u := k.attr("href", "url", "rdf:resource", "rdf:about", "src")
		if sub := k.child("url"); sub.plain() != "" {
			u = sub.plain()
		}
		if u = firstOf(u, k.plain()); u != "" {
			return k.absolute(u)
		}
	}
	if k := root.child("image"); k != nil && root != n {
		if u := k.child("url"); u.plain() != "" {
			return u.absolute(u.plain())
		}
	}
	for _, k := range n.all("media:content") {
		if strings.HasPrefix(k.attr("type"), "image/") || k.attr("medium") == "image" {
			return firstOf(have, k.absolute(k.attr("url")))
		}
	}
	return have
}

// source reads the feed that an item was copied from.
func source(k *node, have *news.Source) *news.Source {
	if !k.hasElements() {
		s := &news.Source{Title: construct(k, false), Link: k.absolute(k.attr("url", "href"))}
		if s.Link != "" {
			s.Links = []news.Link{{Rel: "self", Href: s.Link}}
		}
		if s.Title.Value == "" && s.Link == "" {
			return have
		}
		return s
	}
	s := &news.Source{ID: k.child("id", "guid").plain()}
	setText(&s.Title, false, firstFilled(k, "title", "dc:title"))
	setText(&s.Rights, false, firstFilled(k, "rights", "copyright", "dc:rights"))
	setText(&s.Description, true, firstFilled(k, "subtitle", "tagline", "description"))
	s.Links = links(k)
	s.Link = alternate(s.Links)
	s.Authors, s.Categories = authors(k), categories(k)
	s.Contributors = people(k, "contributor")
	s.Generator = k.child("generator").plain()
	if i := k.child("icon", "logo"); i != nil {
		s.Icon = i.absolute(i.plain())
	}
	setDate(&s.Updated, k, "updated", "modified")
	return s
}

func people(n *node, name string) []news.Author {
	var out []news.Author
	for _, k := range n.all(name) {
		out = append(out, person(k))
	}
	return mergeAuthors(nil, out)
}
