package normalize

import (
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// allowed are the elements that survive, with the attributes that do beside title, lang and dir. Any other element
// gives way to what is in it. No ids, classes, styles or handlers: nothing that can reach out of the text.
var allowed = map[atom.Atom][]string{
	atom.A: {"href"}, atom.Img: {"src", "alt", "width", "height"},
	atom.Abbr: nil, atom.Acronym: nil, atom.B: nil, atom.Big: nil, atom.Blockquote: {"cite"}, atom.Br: nil, atom.Caption: nil,
	atom.Center: nil, atom.Cite: nil, atom.Code: nil, atom.Col: {"span"}, atom.Colgroup: {"span"}, atom.Dd: nil,
	atom.Del: {"datetime"}, atom.Dfn: nil, atom.Div: nil, atom.Dl: nil, atom.Dt: nil, atom.Em: nil,
	atom.Figcaption: nil, atom.Figure: nil, atom.H1: nil, atom.H2: nil, atom.H3: nil, atom.H4: nil, atom.H5: nil, atom.H6: nil,
	atom.Hr: nil, atom.I: nil, atom.Ins: {"datetime"}, atom.Kbd: nil, atom.Li: {"value"}, atom.Mark: nil,
	atom.Ol: {"start", "reversed"}, atom.P: nil, atom.Pre: nil, atom.Q: {"cite"}, atom.Rp: nil, atom.Rt: nil, atom.Ruby: nil,
	atom.S: nil, atom.Samp: nil, atom.Small: nil, atom.Span: nil, atom.Strike: nil, atom.Strong: nil, atom.Sub: nil, atom.Sup: nil,
	atom.Table: nil, atom.Tbody: nil, atom.Td: {"colspan", "rowspan"}, atom.Tfoot: nil, atom.Th: {"colspan", "rowspan"},
	atom.Thead: nil, atom.Time: {"datetime"}, atom.Tr: nil, atom.Tt: nil, atom.U: nil, atom.Ul: nil, atom.Var: nil, atom.Wbr: nil,
}

var everywhere = []string{"title", "lang", "dir"}

// maxAttribute is the longest attribute value that is kept, in bytes.
const maxAttribute = 4 << 10

// blocks are the elements that begin and end a paragraph of text.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Blockquote: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true,
	atom.H5: true, atom.H6: true, atom.Ul: true, atom.Ol: true, atom.Dl: true, atom.Pre: true, atom.Table: true,
	atom.Figure: true, atom.Figcaption: true, atom.Hr: true, atom.Section: true, atom.Article: true, atom.Header: true,
	atom.Footer: true, atom.Aside: true, atom.Main: true, atom.Nav: true, atom.Form: true, atom.Fieldset: true,
	atom.Center: true, atom.Address: true, atom.Details: true, atom.Summary: true,
}

// writer writes the allowed part of a tree as HTML and as text, both in one walk.
type writer struct {
	html strings.Builder
	text strings.Builder
	base *url.URL
	gap  int // line breaks owed before the next word of text: 0 none, 1 line, 2 paragraph
	sp   bool
	pre  int
}

func (w *writer) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

func (w *writer) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		s := visible(n.Data)
		writeEscaped(&w.html, s)
		w.words(s)
	case html.ElementNode:
		if w.enter(n) {
			w.children(n)
			w.leave(n)
		}
	}
}

// enter writes what stands before the children of an element; false when it is left out with all of them.
func (w *writer) enter(n *html.Node) bool {
	if n.Namespace != "" || droppedElements[n.DataAtom] {
		return false
	}
	if n.DataAtom == atom.Img {
		if src := get(n, "src"); tiny(n) || src != "" && w.link(src) == "" || src == "" && get(n, "alt") == "" {
			return false
		}
	}
	if blocks[n.DataAtom] {
		w.owe(2)
	}
	attrs, ok := survives(n)
	if ok {
		w.html.WriteByte('<')
		w.html.WriteString(n.Data)
		w.attributes(n, attrs)
		w.html.WriteByte('>')
	}
	switch n.DataAtom {
	case atom.Br, atom.Li, atom.Tr, atom.Dt, atom.Dd, atom.Caption:
		w.owe(1)
	case atom.Td, atom.Th:
		w.sp = true
	case atom.Pre:
		w.pre++
		if ok && n.FirstChild != nil && n.FirstChild.Type == html.TextNode && strings.HasPrefix(n.FirstChild.Data, "\n") {
			w.html.WriteByte('\n') // the parser drops the first line break of a pre
		}
	}
	return true
}

// leave writes what stands behind the children of an element.
func (w *writer) leave(n *html.Node) {
	if n.DataAtom == atom.Pre {
		w.pre--
	}
	if _, ok := survives(n); ok && !void[n.DataAtom] {
		w.html.WriteString("</")
		w.html.WriteString(n.Data)
		w.html.WriteByte('>')
	}
	if blocks[n.DataAtom] {
		w.owe(2)
	}
}

// survives says whether an element is written, and with which attributes of its own.
func survives(n *html.Node) ([]string, bool) {
	if n.DataAtom == 0 {
		return nil, false
	}
	attrs, ok := allowed[n.DataAtom]
	return attrs, ok
}

var void = map[atom.Atom]bool{atom.Br: true, atom.Hr: true, atom.Img: true, atom.Wbr: true, atom.Col: true}

func (w *writer) attributes(n *html.Node, names []string) {
	for i, a := range n.Attr {
		if a.Namespace != "" || len(a.Val) > maxAttribute || !among(a.Key, names) && !among(a.Key, everywhere) || repeated(n.Attr[:i], a.Key) {
			continue
		}
		val := visible(a.Val)
		switch a.Key {
		case "href", "src", "cite":
			if val = w.link(a.Val); val == "" {
				continue
			}
		case "width", "height", "colspan", "rowspan", "span", "start", "value":
			if !number(val) {
				continue
			}
		case "dir":
			if val != "ltr" && val != "rtl" && val != "auto" {
				continue
			}
		}
		w.html.WriteByte(' ')
		w.html.WriteString(a.Key)
		w.html.WriteString(`="`)
		writeEscaped(&w.html, val)
		w.html.WriteByte('"')
	}
}

func among(s string, list []string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func repeated(as []html.Attribute, key string) bool {
	for _, a := range as {
		if a.Key == key {
			return true
		}
	}
	return false
}

func get(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func number(s string) bool {
	if s == "" || len(s) > 9 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if (s[i] < '0' || s[i] > '9') && !(i == len(s)-1 && s[i] == '%' && i > 0) {
			return false
		}
	}
	return true
}

func (w *writer) link(s string) string { return absolute(w.base, s) }

// owe asks for line breaks before the next word.
func (w *writer) owe(n int) { w.gap = max(w.gap, n) }

// words adds character data to the text: blanks run together, except inside of pre.
func (w *writer) words(s string) {
	if w.pre > 0 {
		if strings.TrimSpace(s) == "" && w.text.Len() == 0 {
			return
		}
		w.breaks()
		w.text.WriteString(s)
		return
	}
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && !blank(s[j]) {
			j++
		}
		if j > i {
			w.breaks()
			w.text.WriteString(s[i:j])
		}
		for i = j; i < len(s) && blank(s[i]); i++ {
			w.sp = true
		}
	}
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// breaks writes what is owed before a word.
func (w *writer) breaks() {
	switch {
	case w.text.Len() == 0:
	case w.gap == 2:
		w.text.WriteString("\n\n")
	case w.gap == 1:
		w.text.WriteByte('\n')
	case w.sp:
		w.text.WriteByte(' ')
	}
	w.gap, w.sp = 0, false
}

func (w *writer) plain() string {
	s := w.text.String()
	if strings.Contains(s, "\u00A0") {
		s = strings.ReplaceAll(s, "\u00A0", " ")
	}
	return strings.TrimSpace(s)
}

// writeEscaped writes text so that it is text in HTML and in its attributes.
func writeEscaped(b *strings.Builder, s string) {
	last := 0
	for i := 0; i < len(s); i++ {
		var esc string
		switch s[i] {
		case '&':
			esc = "&amp;"
		case '<':
			esc = "&lt;"
		case '>':
			esc = "&gt;"
		case '"':
			esc = "&#34;"
		case '\r':
			esc = " "
		default:
			continue
		}
		b.WriteString(s[last:i])
		b.WriteString(esc)
		last = i + 1
	}
	b.WriteString(s[last:])
}

func escapeText(s string) string {
	var b strings.Builder
	writeEscaped(&b, s)
	return b.String()
}

// visible drops what a text must not carry into pages, logs and terminals: control characters, bidirectional overrides
// and isolates (they reorder what stands beside them), invisible tag characters, and what is no character at all.
func visible(s string) string {
	clean := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 && c != '\n' && c != '\t' && c != '\r' || c >= 0x7F {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return r
		case r < 0x20, r >= 0x7F && r <= 0x9F, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x206F, r == 0xFEFF,
			r >= 0xFFF9 && r <= 0xFFFB, r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
			return -1
		case r == 0x2028 || r == 0x2029 || r == 0x0085:
			return '\n'
		case r >= 0xE0000 && r <= 0xE0FFF && unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
