package normalize

import (
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"wirefold/internal/news"
)

// Cleaned is a text made safe: HTML holds nothing but the allow-list, Text is what a reader sees of it, paragraphs
// separated by a blank line.
type Cleaned struct {
	HTML string
	Text string
}

// maxPasses bounds how often HTML is parsed and written again until that changes nothing. Two do for all but attacks.
const maxPasses = 5

// Clean makes a text safe. HTML is parsed, cut down to the allow-list, written, and parsed and written again until it
// reads back as itself, so that no reader can make something else of it. What never settles becomes plain text. HTML that
// nests plainly is cleaned without a parser, to the same result.
func Clean(t news.Text) Cleaned {
	if t.Type != news.HTML {
		return cleanPlain(t.Value)
	}
	if !strings.ContainsAny(t.Value, "<&") {
		s := strings.TrimSpace(visible(t.Value))
		return Cleaned{HTML: escapeText(s), Text: collapse(s)}
	}
	w := writer{base: parseBase(t.Base)}
	w.html.Grow(len(t.Value) + len(t.Value)/8)
	w.text.Grow(len(t.Value))
	if cleanStraight(t.Value, &w) {
		return Cleaned{HTML: strings.TrimSpace(w.html.String()), Text: w.plain()}
	}
	return cleanParsed(t.Value, w.base)
}

// cleanParsed is Clean for any HTML.
func cleanParsed(s string, base *url.URL) Cleaned {
	last := closeRaw(s)
	for pass := range maxPasses {
		root, err := parseFragment(last)
		if err != nil { // nested deeper than the parser allows: the words are still worth having
			return cleanPlain(tagless(last))
		}
		if pass == 0 {
			goquery.NewDocumentFromNode(root).FindMatcher(dropped{}).Remove()
		}
		w := writer{base: base}
		w.html.Grow(len(last))
		w.text.Grow(len(last))
		w.children(root)
		out := strings.TrimSpace(w.html.String())
		if pass > 0 && out == last {
			return Cleaned{HTML: out, Text: w.plain()}
		}
		last = out
	}
	return cleanPlain(tagless(last))
}

// TitleText is a title as one line of plain text, whatever it came as.
func TitleText(t news.Text) string {
	s := t.Value
	if t.Type == news.HTML && strings.ContainsAny(s, "<&") {
		if root, err := parseFragment(s); err != nil {
			s = tagless(s)
		} else {
			goquery.NewDocumentFromNode(root).FindMatcher(dropped{}).Remove()
			w := writer{}
			w.children(root)
			s = w.plain()
		}
	}
	return oneLine(s)
}

// oneLine is s without invisible characters and with every run of blanks as one.
func oneLine(s string) string { return collapse(visible(s)) }

func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

// cleanPlain keeps the paragraphs of plain text.
func cleanPlain(s string) Cleaned {
	s = visible(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
	var paragraphs []string
	for _, p := range strings.Split(s, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			paragraphs = append(paragraphs, p)
		}
	}
	text := strings.Join(paragraphs, "\n\n")
	if len(paragraphs) < 2 {
		return Cleaned{HTML: escapeText(text), Text: text}
	}
	for i, p := range paragraphs {
		paragraphs[i] = "<p>" + escapeText(p) + "</p>"
	}
	return Cleaned{HTML: strings.Join(paragraphs, ""), Text: text}
}

// parseFragment parses HTML as the content of a div and gives the node that holds it.
func parseFragment(s string) (*html.Node, error) {
	context := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(s), context, html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, err
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	return root, nil
}

// closeRaw takes out the start tags of elements whose content is no markup, where the element has no end: written the
// XML way ("<iframe src=x />"), they would swallow the rest of the article.
func closeRaw(s string) string {
	for _, name := range []string{"iframe", "script", "style", "textarea", "title"} {
		for at := 0; ; {
			i := strings.Index(s[at:], "<"+name)
			if i < 0 {
				break
			}
			i += at
			at = i + 1
			after := s[i+1+len(name):]
			end := strings.IndexByte(after, '>')
			if end < 0 || after[0] != ' ' && after[0] != '/' && after[0] != '>' && after[0] != '\n' {
				continue
			}
			if end > 0 && after[end-1] == '/' || name == "iframe" && !strings.Contains(after, "</"+name) {
				s = s[:i] + after[end+1:]
				at = i
			}
		}
	}
	return s
}

// tagless is the text between the tags, by tokens alone: it needs no tree, so nothing is too deep for it.
func tagless(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	skip := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if raw[string(name)] {
				skip++
			}
			b.WriteByte(' ')
		case html.EndTagToken:
			name, _ := z.TagName()
			if raw[string(name)] && skip > 0 {
				skip--
			}
			if string(name) == "p" || string(name) == "div" {
				b.WriteString("\n\n")
			}
		}
	}
}

// raw elements hold no text for readers.
var raw = map[string]bool{"script": true, "style": true, "title": true, "textarea": true, "iframe": true, "noembed": true, "noframes": true, "xmp": true}

// dropped matches what goes with everything in it: code, styles, forms' controls, frames, foreign content, comments,
// and pictures of one pixel, which only count readers.
type dropped struct{}

var droppedElements = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Iframe: true, atom.Embed: true,
	atom.Frame: true, atom.Frameset: true, atom.Noframes: true, atom.Noembed: true, atom.Template: true, atom.Svg: true,
	atom.Math: true, atom.Textarea: true, atom.Select: true, atom.Option: true, atom.Optgroup: true, atom.Datalist: true,
	atom.Button: true, atom.Input: true, atom.Title: true, atom.Meta: true, atom.Link: true, atom.Base: true,
	atom.Xmp: true, atom.Plaintext: true, atom.Param: true, atom.Source: true, atom.Track: true,
	atom.Area: true, atom.Keygen: true, atom.Command: true, atom.Image: true,
}

func (dropped) Match(n *html.Node) bool {
	switch n.Type {
	case html.ElementNode:
		return n.Namespace != "" || droppedElements[n.DataAtom] || n.DataAtom == atom.Img && tiny(n)
	case html.CommentNode, html.DoctypeNode:
		return true
	}
	return false
}

func (d dropped) MatchAll(root *html.Node) []*html.Node {
	var out []*html.Node
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if d.Match(n) {
			out = append(out, n)
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return out
}

func (d dropped) Filter(ns []*html.Node) []*html.Node {
	var out []*html.Node
	for _, n := range ns {
		if d.Match(n) {
			out = append(out, n)
		}
	}
	return out
}

// tiny says whether a picture is a tracking pixel.
func tiny(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "width" || a.Key == "height" {
			if v := strings.TrimSuffix(strings.TrimSpace(a.Val), "px"); v == "1" || v == "0" {
				return true
			}
		}
	}
	return false
}
