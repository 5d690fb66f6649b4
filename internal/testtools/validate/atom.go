package validate

import "fmt"

func simple(v value) *element { return &element{text: v} }

// textConstruct is RFC 4287 section 3.1 without xhtml, which we do not write.
var textConstruct = &element{attrs: map[string]value{"type": among("text", "html")}, text: anything}

var atomTitle = &element{attrs: map[string]value{"type": among("text", "html")}, text: filled, also: func(n *node) []Problem {
	if t, _ := n.attr("type"); t != "html" {
		if bad := plainTitle(n.text); bad != "" {
			return []Problem{{n.path, bad}}
		}
	}
	return nil
}}

func person() *element {
	return &element{children: map[string]child{
		nsAtom + " name":  {1, 1, simple(filled)},
		nsAtom + " uri":   {0, 1, simple(absolute)},
		nsAtom + " email": {0, 1, simple(filled)},
	}}
}

var atomLink = &element{attrs: map[string]value{
	"href!": absolute, "rel": filled, "type": mediaType, "hreflang": language, "title": anything, "length": natural,
}}

var atomCategory = &element{attrs: map[string]value{"term!": filled, "scheme": identifier, "label": anything}}

var atomSource = &element{children: map[string]child{
	nsAtom + " id":       {1, 1, simple(identifier)},
	nsAtom + " title":    {1, 1, atomTitle},
	nsAtom + " updated":  {1, 1, simple(rfc3339)},
	nsAtom + " author":   {0, 0, person()},
	nsAtom + " category": {0, 0, atomCategory},
	nsAtom + " link":     {0, 0, atomLink},
	nsAtom + " rights":   {0, 1, textConstruct},
	nsAtom + " subtitle": {0, 1, textConstruct},
}}

var atomEntry = &element{children: map[string]child{
	nsAtom + " id":          {1, 1, simple(tagged)},
	nsAtom + " title":       {1, 1, atomTitle},
	nsAtom + " updated":     {1, 1, simple(rfc3339)},
	nsAtom + " published":   {1, 1, simple(rfc3339)},
	nsAtom + " author":      {0, 0, person()},
	nsAtom + " contributor": {0, 0, person()},
	nsAtom + " category":    {0, 0, atomCategory},
	nsAtom + " link":        {1, 0, atomLink},
	nsAtom + " summary":     {0, 1, textConstruct},
	nsAtom + " content":     {1, 1, &element{attrs: map[string]value{"type!": among("html", "text")}, text: filled}},
	nsAtom + " rights":      {0, 1, textConstruct},
	nsAtom + " source":      {0, 1, atomSource},
	nsMedia + " thumbnail":  {0, 1, &element{attrs: map[string]value{"url!": absolute}}},
	nsMedia + " content":    {0, 0, &element{attrs: map[string]value{"url!": absolute, "medium": filled, "type": mediaType}}},
}, also: alternates}

var atomFeed = &element{children: map[string]child{
	nsAtom + " id":                 {1, 1, simple(identifier)},
	nsAtom + " title":              {1, 1, atomTitle},
	nsAtom + " subtitle":           {0, 1, textConstruct},
	nsAtom + " updated":            {1, 1, simple(rfc3339)},
	nsAtom + " author":             {0, 0, person()},
	nsAtom + " category":           {0, 0, atomCategory},
	nsAtom + " link":               {2, 0, atomLink},
	nsAtom + " generator":          {0, 1, &element{attrs: map[string]value{"uri": absolute}, text: filled}},
	nsAtom + " icon":               {0, 1, simple(absolute)},
	nsAtom + " logo":               {0, 1, simple(absolute)},
	nsAtom + " rights":             {0, 1, textConstruct},
	nsAtom + " entry":              {0, 0, atomEntry},
	nsThread + " archive":          {0, 1, &element{}},
	nsThread + " complete":         {0, 1, &element{}},
	nsTombstone + " deleted-entry": {0, 0, deletedEntry},
}, also: atomWhole}

// deletedEntry is RFC 6721 section 3.
var deletedEntry = &element{
	attrs: map[string]value{"ref!": tagged, "when!": rfc3339},
	children: map[string]child{
		nsTombstone + " comment": {0, 1, textConstruct},
		nsTombstone + " by":      {0, 1, person()},
		nsAtom + " link":         {0, 0, atomLink},
		nsAtom + " source":       {0, 1, atomSource},
	},
}

// Atom holds a feed document to RFC 4287 (and RFC 5005 and 6721 where it uses them).
func Atom(body []byte) []Problem {
	root, ps := parse(body)
	if root == nil || len(ps) > 0 {
		return ps
	}
	if root.space != nsAtom || root.name != "feed" {
		return []Problem{{root.path, "is not an Atom feed"}}
	}
	return atomFeed.check(root)
}

// alsoEntry begins what is said of a tombstone whose entry is still there.
const alsoEntry = "is also an entry: "

// alternates is RFC 4287 section 4.1.1: no two alternate links of one type and language.
func alternates(n *node) []Problem {
	seen := map[string]bool{}
	var ps []Problem
	for _, l := range n.all(nsAtom, "link") {
		rel, ok := l.attr("rel")
		if ok && rel != "alternate" {
			continue
		}
		t, _ := l.attr("type")
		h, _ := l.attr("hreflang")
		if seen[t+" "+h] {
			ps = append(ps, Problem{l.path, "is a second alternate of the same type and language"})
		}
		seen[t+" "+h] = true
	}
	return ps
}

// atomWhole checks what concerns the feed as a whole: self link, authors, unique ids and dates, metadata first,
// archives with their links (RFC 5005 section 4), no live entry with a tombstone.
func atomWhole(n *node) []Problem {
	ps := alternates(n)
	rels := map[string]int{}
	for _, l := range n.all(nsAtom, "link") {
		r, ok := l.attr("rel")
		if !ok {
			r = "alternate"
		}
		rels[r]++
	}
	if rels["self"] != 1 || rels["alternate"] < 1 {
		ps = append(ps, Problem{n.path, fmt.Sprintf("has %d self and %d alternate links", rels["self"], rels["alternate"])})
	}
	if n.one(nsThread, "archive") != nil && rels["current"] != 1 {
		ps = append(ps, Problem{n.path, "is an archive without a link to the current document"})
	}
	ids, dates := map[string]bool{}, map[string]bool{}
	metadata := true
	for _, c := range n.children {
		if c.name != "entry" {
			if !metadata && c.space == nsAtom {
				ps = append(ps, Problem{c.path, "stands after the first entry"})
			}
			continue
		}
		metadata = false
		ps = append(ps, atomAuthor(n, c)...)
		if id := c.one(nsAtom, "id"); id != nil {
			if ids[id.text] {
				ps = append(ps, Problem{id.path, "is the id of another entry too: " + id.text})
			}
			ids[id.text] = true
		}
		if u := c.one(nsAtom, "updated"); u != nil {
			if dates[u.text] {
				ps = append(ps, Problem{u.path, "is the date of another entry too: " + u.text})
			}
			dates[u.text] = true
		}
	}
	for _, d := range n.all(nsTombstone, "deleted-entry") {
		if ref, _ := d.attr("ref"); ids[ref] {
			ps = append(ps, Problem{d.path, alsoEntry + ref})
		}
	}
	return ps
}

func atomAuthor(feed, entry *node) []Problem {
	if entry.one(nsAtom, "author") != nil || feed.one(nsAtom, "author") != nil {
		return nil
	}
	if s := entry.one(nsAtom, "source"); s != nil && s.one(nsAtom, "author") != nil {
		return nil
	}
	return []Problem{{entry.path, "has no author, nor has the feed"}}
}
