package validate

var rssItem = &element{children: map[string]child{
	" title":               {1, 1, simple(plainTitle)},
	" link":                {1, 1, simple(absolute)},
	" description":         {1, 1, simple(filled)},
	" guid":                {1, 1, &element{attrs: map[string]value{"isPermaLink!": among("false")}, text: tagged}},
	" pubDate":             {1, 1, simple(rfc822)},
	" category":            {0, 0, &element{attrs: map[string]value{"domain": filled}, text: filled}},
	" comments":            {0, 1, simple(absolute)},
	" source":              {0, 1, &element{attrs: map[string]value{"url!": absolute}, text: filled}},
	" enclosure":           {0, 1, &element{attrs: map[string]value{"url!": absolute, "length!": natural, "type!": mediaType}}},
	nsDC + " creator":      {0, 0, simple(filled)},
	nsDC + " language":     {0, 1, simple(language)},
	nsDC + " rights":       {0, 1, simple(filled)},
	nsContent + " encoded": {0, 1, simple(filled)},
	nsAtom + " link":       {0, 0, atomLink},
	nsAtom + " updated":    {0, 1, simple(rfc3339)},
	nsMedia + " thumbnail": {0, 1, &element{attrs: map[string]value{"url!": absolute}}},
	nsMedia + " content":   {0, 0, &element{attrs: map[string]value{"url!": absolute, "medium": filled, "type": mediaType}}},
}}

var rssChannel = &element{children: map[string]child{
	" title":               {1, 1, simple(plainTitle)},
	" link":                {1, 1, simple(absolute)},
	" description":         {1, 1, simple(filled)},
	" language":            {0, 1, simple(language)},
	" copyright":           {0, 1, simple(filled)},
	" managingEditor":      {0, 1, simple(filled)},
	" webMaster":           {0, 1, simple(filled)},
	" pubDate":             {0, 1, simple(rfc822)},
	" lastBuildDate":       {0, 1, simple(rfc822)},
	" category":            {0, 0, simple(filled)},
	" generator":           {0, 1, simple(filled)},
	" docs":                {0, 1, simple(absolute)},
	" ttl":                 {0, 1, simple(natural)},
	" item":                {0, 0, rssItem},
	nsAtom + " link":       {1, 0, atomLink},
	nsThread + " archive":  {0, 1, &element{}},
	nsThread + " complete": {0, 1, &element{}},
	nsDC + " creator":      {0, 1, simple(filled)},
}, also: rssWhole}

var rssRoot = &element{
	attrs:    map[string]value{"version!": among("2.0")},
	children: map[string]child{" channel": {1, 1, rssChannel}},
}

// RSS holds a feed document to RSS 2.0 and its profile: guids that are no links, dates with four digits of year, a
// self link, a source with its address.
func RSS(body []byte) []Problem {
	root, ps := parse(body)
	if root == nil || len(ps) > 0 {
		return ps
	}
	if root.space != "" || root.name != "rss" {
		return []Problem{{root.path, "is not RSS"}}
	}
	return rssRoot.check(root)
}

func rssWhole(n *node) []Problem {
	var ps []Problem
	self := 0
	for _, l := range n.all(nsAtom, "link") {
		if r, _ := l.attr("rel"); r == "self" {
			self++
		}
	}
	if self != 1 {
		ps = append(ps, Problem{n.path, "has not exactly one self link"})
	}
	ids := map[string]bool{}
	for _, it := range n.all("", "item") {
		if g := it.one("", "guid"); g != nil {
			if ids[g.text] {
				ps = append(ps, Problem{g.path, "is the guid of another item too: " + g.text})
			}
			ids[g.text] = true
		}
	}
	return ps
}

// outline is OPML 2.0 in the two forms that we write: a group, and a feed with type rss and its address.
func outline() *element {
	o := &element{attrs: map[string]value{
		"text!": filled, "title": filled, "type": among("rss"), "xmlUrl": absolute, "htmlUrl": absolute,
		"description": anything, "language": language, "version": among("RSS", "RSS2", "ATOM"), "category": filled, "created": rfc822,
	}, also: func(n *node) []Problem {
		t, _ := n.attr("type")
		_, hasURL := n.attr("xmlUrl")
		if (t == "rss") != hasURL {
			return []Problem{{n.path, "type rss and xmlUrl go together"}}
		}
		return nil
	}}
	o.children = map[string]child{" outline": {0, 0, o}}
	return o
}

var opmlRoot = &element{
	attrs: map[string]value{"version!": among("2.0")},
	children: map[string]child{
		" head": {1, 1, &element{children: map[string]child{
			" title": {1, 1, simple(filled)}, " dateCreated": {0, 1, simple(rfc822)}, " dateModified": {0, 1, simple(rfc822)},
			" ownerName": {0, 1, simple(filled)}, " ownerId": {0, 1, simple(absolute)}, " docs": {0, 1, simple(absolute)},
		}}},
		" body": {1, 1, &element{children: map[string]child{" outline": {0, 0, outline()}}}},
	},
}

// OPML holds a subscription list to OPML 2.0.
func OPML(body []byte) []Problem {
	root, ps := parse(body)
	if root == nil || len(ps) > 0 {
		return ps
	}
	if root.space != "" || root.name != "opml" {
		return []Problem{{root.path, "is not OPML"}}
	}
	return opmlRoot.check(root)
}
