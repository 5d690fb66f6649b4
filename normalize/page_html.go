package normalize

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"wirefold/internal/news"
)

// readHTMLPage reads what the markup states (title, dates, author, outlet), then the text of the article as a page dump.
func readHTMLPage(text string) Page {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(text))
	if err != nil {
		return readPageText(tagless(text), Page{})
	}
	p := Page{Lang: strings.TrimSpace(doc.Find("html").AttrOr("lang", ""))}
	readLinkedData(doc, &p)
	readMeta(doc, &p)
	root := articleRoot(doc)
	if p.Title == "" {
		p.Title = oneLine(root.Find("h1").First().Text())
	}
	if p.Title == "" {
		p.Title = oneLine(doc.Find("h1").First().Text())
	}
	if p.Title == "" {
		p.Title = withoutSite(oneLine(doc.Find("head title").First().Text()), p.Facts.Outlet)
	}
	if p.Facts.Byline == "" {
		p.Facts.Byline = oneLine(root.Find(`[rel="author"], .byline, .author`).First().Text())
	}
	root.Find("time[datetime]").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if !p.Published.Known() {
			p.Published = machineDate(s.AttrOr("datetime", ""))
		}
		return !p.Published.Known()
	})
	var b strings.Builder
	for _, n := range root.Nodes {
		writeLines(&b, n)
	}
	return readPageText(b.String(), p)
}

// articleRoot is the element that holds the article: the largest article element, else main, else the body.
func articleRoot(doc *goquery.Document) *goquery.Selection {
	best, size := doc.Find("body"), 0
	doc.Find("article").Each(func(_ int, s *goquery.Selection) {
		if n := len(s.Text()); n > size && n > 200 {
			best, size = s, n
		}
	})
	if size > 0 {
		return best
	}
	if m := doc.Find("main"); m.Length() > 0 && len(m.First().Text()) > 200 {
		return m.First()
	}
	return best
}

// skippedElements are no part of an article's text.
var skippedElements = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Nav: true, atom.Footer: true, atom.Aside: true, atom.Form: true, atom.Noscript: true, atom.Template: true,
	atom.Iframe: true, atom.Svg: true, atom.Button: true, atom.Select: true, atom.Textarea: true, atom.Head: true, atom.Figure: true, atom.Video: true, atom.Audio: true, atom.Object: true,
}

// lineElements begin a line of their own.
var lineElements = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Li: true, atom.Ul: true, atom.Ol: true,
	atom.Blockquote: true, atom.Section: true, atom.Article: true, atom.Header: true, atom.Main: true, atom.Table: true, atom.Tr: true, atom.Br: true, atom.Hr: true,
	atom.Time: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Pre: true, atom.Address: true, atom.Body: true,
}

// writeLines writes the text of a node, its blocks as lines with blank lines between them. The parser bounds the depth of
// the tree, and so the recursion. The h1 is read elsewhere and left out.
func writeLines(b *strings.Builder, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		b.WriteString(strings.Map(func(r rune) rune {
			if r == '\n' || r == '\t' || r == '\r' {
				return ' '
			}
			return r
		}, n.Data))
		return
	case html.ElementNode:
		if skippedElements[n.DataAtom] || n.DataAtom == atom.H1 {
			return
		}
		if lineElements[n.DataAtom] {
			b.WriteString("\n\n")
		}
		if n.DataAtom == atom.Li {
			b.WriteString("- ")
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeLines(b, c)
	}
	if n.Type == html.ElementNode && lineElements[n.DataAtom] {
		b.WriteString("\n\n")
	}
}

func readMeta(doc *goquery.Document, p *Page) {
	meta := func(names ...string) string {
		for _, name := range names {
			for _, attr := range []string{"property", "name", "itemprop"} {
				if v := strings.TrimSpace(doc.Find(`meta[`+attr+`="`+name+`"]`).First().AttrOr("content", "")); v != "" {
					return oneLine(v)
				}
			}
		}
		return ""
	}
	if p.Facts.Outlet == "" {
		p.Facts.Outlet = meta("og:site_name")
	}
	if p.Title == "" {
		p.Title = withoutSite(meta("og:title", "twitter:title"), p.Facts.Outlet)
	}
	if !p.Published.Known() {
		p.Published = machineDate(meta("article:published_time", "datePublished", "pubdate", "date", "DC.date.issued"))
	}
	if !p.Updated.Known() {
		p.Updated = machineDate(meta("article:modified_time", "dateModified", "lastmod"))
	}
	if p.Facts.Byline == "" {
		if a := meta("author", "article:author"); !strings.HasPrefix(a, "http") {
			p.Facts.Byline = a
		}
	}
	if p.Facts.Section == "" {
		p.Facts.Section = meta("article:section")
	}
	p.Standfirst = meta("og:description", "description")
	p.Image = firstOf(p.Image, meta("og:image", "twitter:image"))
	p.Link = firstOf(strings.TrimSpace(doc.Find(`link[rel="canonical"]`).First().AttrOr("href", "")), meta("og:url"))
}

// linkedArticle is the part of schema.org's NewsArticle that we read.
type linkedArticle struct {
	Type      json.RawMessage `json:"@type"`
	Graph     []linkedArticle `json:"@graph"`
	Headline  string          `json:"headline"`
	Published string          `json:"datePublished"`
	Modified  string          `json:"dateModified"`
	Section   json.RawMessage `json:"articleSection"`
	Author    json.RawMessage `json:"author"`
	Publisher json.RawMessage `json:"publisher"`
}

func readLinkedData(doc *goquery.Document, p *Page) {
	doc.Find(`script[type="application/ld+json"]`).Each(func(_ int, s *goquery.Selection) {
		raw := []byte(s.Text())
		var many []linkedArticle
		if json.Unmarshal(raw, &many) != nil {
			var one linkedArticle
			if json.Unmarshal(raw, &one) != nil {
				return
			}
			many = append([]linkedArticle{one}, one.Graph...)
		}
		for _, a := range many {
			if !strings.Contains(string(a.Type), "Article") || p.Title != "" {
				continue
			}
			p.Title = oneLine(a.Headline)
			p.Published, p.Updated = machineDate(a.Published), machineDate(a.Modified)
			p.Facts.Byline, p.Facts.Outlet = linkedName(a.Author), linkedName(a.Publisher)
		}
	})
}

// linkedName is the name of a person or body, which schema.org writes as text, as an object, or as a list of them.
func linkedName(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return oneLine(text)
	}
	var one struct {
		Name string `json:"name"`
	}
	if json.Unmarshal(raw, &one) == nil {
		return oneLine(one.Name)
	}
	var many []json.RawMessage
	if json.Unmarshal(raw, &many) != nil {
		return ""
	}
	var names []string
	for _, m := range many[:min(len(many), 8)] {
		if len(m) > 0 && m[0] != '[' {
			if n := linkedName(m); n != "" {
				names = append(names, n)
			}
		}
	}
	return strings.Join(names, ", ")
}

// machineDate reads the dates that markup holds (ISO 8601); a time without a zone says only its day.
func machineDate(s string) news.Date {
	s = strings.TrimSpace(s)
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700", time.RFC1123Z, time.RFC1123} {
		if t, err := time.Parse(layout, s); err == nil {
			return news.Date{Time: t}
		}
	}
	if len(s) >= len(time.DateOnly) {
		if d, err := news.ParseDate(s[:len(time.DateOnly)]); err == nil {
			return d
		}
	}
	return news.Date{}
}

// withoutSite takes the outlet's name off a title: "Headline | The Gulf Ledger".
func withoutSite(title, outlet string) string {
	for _, sep := range [...]string{" | ", " – ", " — ", " - ", " :: "} {
		i := strings.LastIndex(title, sep)
		if i <= 0 {
			continue
		}
		tail := strings.TrimSpace(title[i+len(sep):])
		if strings.EqualFold(tail, outlet) || sep == " | " && wordCount(tail) <= 4 && wordCount(title[:i]) >= 3 {
			return strings.TrimSpace(title[:i])
		}
	}
	return title
}
