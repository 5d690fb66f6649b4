package normalize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Most articles are written by programs and nest as the textbook says. Their tree is plain to see from the tags alone,
// so one walk over the bytes gives what parsing, writing and parsing again would give, at a tenth of the cost. What is
// the least bit odd goes the long way; FuzzClean holds the two against each other.

// nesting says how an element must stand for every parser to see the same tree.
type nesting byte

const (
	phrase    nesting = iota + 1 // within anything
	anchor                       // a: not within another
	paragraph                    // p: like block, and no block within
	block                        // not within a paragraph
	heading                      // like block, not directly within a heading
	listItem                     // like block, directly within ul or ol
	single                       // void
	rule                         // hr: void, not within a paragraph
)

var nestings = map[atom.Atom]nesting{
	atom.B: phrase, atom.I: phrase, atom.Em: phrase, atom.Strong: phrase, atom.U: phrase, atom.S: phrase, atom.Small: phrase,
	atom.Big: phrase, atom.Tt: phrase, atom.Strike: phrase, atom.Code: phrase, atom.Span: phrase, atom.Sub: phrase,
	atom.Sup: phrase, atom.Abbr: phrase, atom.Cite: phrase, atom.Q: phrase, atom.Time: phrase, atom.Mark: phrase,
	atom.Del: phrase, atom.Ins: phrase, atom.Kbd: phrase, atom.Samp: phrase, atom.Var: phrase, atom.Dfn: phrase,
	atom.A: anchor, atom.P: paragraph, atom.Li: listItem, atom.Br: single, atom.Wbr: single, atom.Img: single, atom.Hr: rule,
	atom.Div: block, atom.Blockquote: block, atom.Ul: block, atom.Ol: block, atom.Figure: block, atom.Figcaption: block, atom.Center: block,
	atom.H1: heading, atom.H2: heading, atom.H3: heading, atom.H4: heading, atom.H5: heading, atom.H6: heading,
}

// maxStraight is how many elements may be open on the straight way: far below where the parser gives up.
const maxStraight = 64

// straight reads s tag by tag.
type straight struct {
	s      string
	w      *writer
	open   []atom.Atom
	a, p   int // open anchors and paragraphs
	node   html.Node
	failed bool
}

// cleanStraight cleans HTML whose tree is plain to see; false when it is not.
func cleanStraight(s string, w *writer) bool {
	if strings.IndexByte(s, 0) >= 0 {
		return false
	}
	if strings.IndexByte(s, '\r') >= 0 { // as the tokenizer does
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	x := straight{s: s, w: w, open: make([]atom.Atom, 0, maxStraight)}
	for x.s != "" && !x.failed {
		lt := strings.IndexByte(x.s, '<')
		switch {
		case lt < 0:
			x.text(x.s)
			x.s = ""
		case lt > 0:
			x.text(x.s[:lt])
			x.s = x.s[lt:]
		case strings.HasPrefix(x.s, "</"):
			x.endTag()
		default:
			x.startTag()
		}
	}
	return !x.failed && len(x.open) == 0
}

func (x *straight) text(s string) {
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	s = visible(s)
	writeEscaped(&x.w.html, s)
	x.w.words(s)
}

// name takes the name of a tag behind its first n bytes.
func (x *straight) name(n int) atom.Atom {
	end := n
	for end < len(x.s) && (x.s[end] >= 'a' && x.s[end] <= 'z' || x.s[end] >= '0' && x.s[end] <= '9') {
		end++
	}
	name := x.s[n:end]
	x.s = x.s[end:]
	var b [12]byte
	if len(name) > len(b) {
		return 0
	}
	return atom.Lookup(append(b[:0], name...))
}

// endTag closes the innermost element, and none but that.
func (x *straight) endTag() {
	a := x.name(2)
	last := len(x.open) - 1
	if last < 0 || a == 0 || x.open[last] != a || !strings.HasPrefix(x.s, ">") {
		x.failed = true
		return
	}
	x.s = x.s[1:]
	x.open = x.open[:last]
	switch nestings[a] {
	case anchor:
		x.a--
	case paragraph:
		x.p--
	}
	x.node = html.Node{Type: html.ElementNode, Data: a.String(), DataAtom: a}
	x.w.leave(&x.node)
}

func (x *straight) startTag() {
	a := x.name(1)
	n := nestings[a]
	if n == 0 || len(x.open) >= maxStraight || !x.fits(n) {
		x.failed = true
		return
	}
	x.node = html.Node{Type: html.ElementNode, Data: a.String(), DataAtom: a, Attr: x.node.Attr[:0]}
	closed := x.attributes()
	if closed && n != single && n != rule {
		x.failed = true
	}
	if x.failed {
		return
	}
	if !x.w.enter(&x.node) {
		return // only pictures are left out, which hold nothing
	}
	switch n {
	case single, rule:
		x.w.leave(&x.node)
		return
	case anchor:
		x.a++
	case paragraph:
		x.p++
	}
	x.open = append(x.open, a)
}

// fits says whether an element may begin here without ending another.
func (x *straight) fits(n nesting) bool {
	var parent atom.Atom
	if len(x.open) > 0 {
		parent = x.open[len(x.open)-1]
	}
	switch n {
	case phrase, single:
		return true
	case anchor:
		return x.a == 0
	case heading:
		return x.p == 0 && nestings[parent] != heading
	case listItem:
		return x.p == 0 && (parent == atom.Ul || parent == atom.Ol)
	}
	return x.p == 0
}

// attributes reads attributes with quoted values up to the end of the tag, and says whether the tag closes itself.
func (x *straight) attributes() (closed bool) {
	for {
		s := strings.TrimLeft(x.s, " \n\t")
		switch {
		case strings.HasPrefix(s, ">"):
			x.s = s[1:]
			return false
		case strings.HasPrefix(s, "/>"):
			x.s = s[2:]
			return true
		case len(s) == len(x.s): // no blank before it
			x.failed = true
			return false
		}
		end := 0
		for end < len(s) && (s[end] >= 'a' && s[end] <= 'z' || s[end] == '-') {
			end++
		}
		key := s[:end]
		if end == 0 || !strings.HasPrefix(s[end:], `="`) && !strings.HasPrefix(s[end:], `='`) {
			x.failed = true
			return false
		}
		s = s[end+1:]
		end = strings.IndexByte(s[1:], s[0])
		if end < 0 {
			x.failed = true
			return false
		}
		value := s[1 : 1+end]
		if strings.IndexByte(value, '&') >= 0 {
			if !plainReferences(value) {
				x.failed = true
				return false
			}
			value = html.UnescapeString(value)
		}
		x.node.Attr = append(x.node.Attr, html.Attribute{Key: key, Val: value})
		x.s = s[2+end:]
	}
}

// plainReferences says whether every reference in the value of an attribute means there what it means in text: numbers,
// and the names of XML, with their semicolon.
func plainReferences(s string) bool {
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			return true
		}
		s = s[i+1:]
		end := strings.IndexByte(s[:min(len(s), 8)], ';')
		if end < 1 {
			return false
		}
		switch name := s[:end]; name {
		case "amp", "lt", "gt", "quot":
		default:
			if name[0] != '#' || !number(name[1:]) {
				return false
			}
		}
		s = s[end:]
	}
}
