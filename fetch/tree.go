package fetch

import "strings"

// A node is an element of a feed's document, or a run of character data in one.
type node struct {
	// name is the lower-case local name behind the usual prefix of its namespace: "title", "dc:creator". The core
	// vocabularies (RSS, Atom, CDF, none) have no prefix. "" is character data.
	name  string
	local string // as written, for markup inside of texts
	attrs []attr
	kids  []*node
	text  string // of character data, decoded
	base  string // URL in force (xml:base), "" = none
	lang  string // xml:lang in force
	atom  bool   // its namespace is one of Atom's
	cut   bool   // the document ended before it did
}

type attr struct{ name, value string }

// attr gives the value of the first of the named attributes that is there and not empty; "" for nil.
func (n *node) attr(names ...string) string {
	if n == nil {
		return ""
	}
	for _, name := range names {
		for _, a := range n.attrs {
			if a.name == name && a.value != "" {
				return a.value
			}
		}
	}
	return ""
}

// child gives the first child element of one of these names, the names in order of preference, or nil.
func (n *node) child(names ...string) *node {
	for _, name := range names {
		for _, k := range n.kids {
			if k.name == name {
				return k
			}
		}
	}
	return nil
}

// all gives the child elements of these names in the order of the document.
func (n *node) all(names ...string) []*node {
	var out []*node
	for _, k := range n.kids {
		for _, name := range names {
			if k.name == name {
				out = append(out, k)
				break
			}
		}
	}
	return out
}

// plain is the trimmed character data directly in n; "" for nil.
func (n *node) plain() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(n.raw())
}

// raw is the character data directly in n, byte for byte.
func (n *node) raw() string {
	if len(n.kids) == 1 && n.kids[0].name == "" {
		return n.kids[0].text
	}
	var b strings.Builder
	for _, k := range n.kids {
		if k.name == "" {
			b.WriteString(k.text)
		}
	}
	return b.String()
}

// hasElements says whether n holds markup of its own rather than text.
func (n *node) hasElements() bool {
	for _, k := range n.kids {
		if k.name != "" {
			return true
		}
	}
	return false
}

// markup writes the children of n as HTML. escaped says that character data is text (XHTML); otherwise it already is
// HTML that somebody forgot to keep apart from elements.
func (n *node) markup(escaped bool) string {
	var b strings.Builder
	writeMarkup(&b, n.kids, escaped)
	return strings.TrimSpace(b.String())
}

func writeMarkup(b *strings.Builder, kids []*node, escaped bool) {
	for _, k := range kids {
		switch {
		case k.name == "" && escaped:
			b.WriteString(textEscaper.Replace(k.text))
		case k.name == "":
			b.WriteString(k.text)
		default:
			b.WriteByte('<')
			b.WriteString(k.local)
			for _, a := range k.attrs {
				if a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:") || strings.HasPrefix(a.name, "xml:") {
					continue
				}
				b.WriteByte(' ')
				b.WriteString(a.name)
				b.WriteString(`="`)
				b.WriteString(attrEscaper.Replace(a.value))
				b.WriteByte('"')
			}
			b.WriteByte('>')
			writeMarkup(b, k.kids, escaped)
			if !void[k.local] {
				b.WriteString("</")
				b.WriteString(k.local)
				b.WriteByte('>')
			}
		}
	}
}

var (
	textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	attrEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
	// void are the elements of HTML that have no end tag (HTML section 13.1.2).
	void = map[string]bool{"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true,
		"input": true, "link": true, "meta": true, "source": true, "track": true, "wbr": true}
)
