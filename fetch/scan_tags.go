package fetch

import "strings"

// roots are the elements that a feed may start with; item and entry stand for a document of one item.
var roots = map[string]bool{"rss": true, "feed": true, "rdf": true, "channel": true, "entry": true, "item": true, "newsitem": true}

// leaves hold text alone. Another element of the format inside of one means that its end tag was forgotten.
var leaves = map[string]bool{"link": true, "guid": true, "pubdate": true, "comments": true, "id": true, "updated": true,
	"published": true, "lastbuilddate": true, "language": true, "ttl": true, "title": true, "category": true}

var afterLeaf = map[string]bool{"link": true, "guid": true, "pubdate": true, "comments": true, "id": true,
	"description": true, "author": true, "enclosure": true, "updated": true, "published": true, "item": true,
	"entry": true, "title": true, "category": true, "summary": true, "content": true}

// startTag reads a start tag and opens its element. It reports true when the document is over.
func (s *scanner) startTag() bool {
	name, attrs, closed := s.tag()
	if s.skipped > 0 {
		if !closed {
			s.skipped++
		}
		return false
	}
	if s.elements++; s.elements > maxElements {
		return s.tooMany("elements", maxElements)
	}
	if len(attrs) > maxAttrs {
		attrs = attrs[:maxAttrs]
		s.loses("more than 64 attributes: the rest is left out")
	}
	before := len(s.scope)
	for _, a := range attrs {
		if p, ok := strings.CutPrefix(a.name, "xmlns:"); ok {
			s.scope = append(s.scope, binding{p, a.value})
		} else if a.name == "xmlns" {
			s.scope = append(s.scope, binding{"", a.value})
		}
	}
	n := s.newNode()
	*n = s.named(name)
	if s.out.root == nil {
		low := strings.ToLower(n.local)
		if low == "opml" {
			s.out.opml = true
			return true
		}
		if low == "html" || low == "head" || low == "body" {
			s.out.html = true
		}
		if s.out.html || !roots[low] || n.name != low && low != "rdf" {
			s.scope = s.scope[:before]
			return false
		}
		n.name = low
		s.flagJunk()
	}
	if s.closesItem(n) {
		before = len(s.scope)
	}
	parent := s.stack[len(s.stack)-1].n
	n.attrs, n.base, n.lang = s.plainAttrs(attrs), parent.base, parent.lang
	for _, a := range n.attrs {
		switch a.name {
		case "xml:base":
			n.base = rebase(parent.base, a.value)
		case "xml:lang":
			n.lang = strings.TrimSpace(a.value)
		}
	}
	if (n.name == "item" || n.name == "entry") && len(s.stack) <= 4 && parent.name != "" {
		if s.items++; s.items > maxItems {
			return s.tooMany("items", maxItems)
		}
	}
	if len(s.stack) > maxDepth {
		s.loses("elements deeper than 100 left out")
		s.scope = s.scope[:before]
		if !closed {
			s.skipped = 1
		}
		return false
	}
	if s.out.root == nil {
		s.out.root = n
	} else {
		parent.kids = append(parent.kids, n)
	}
	if closed {
		s.scope = s.scope[:before]
		return s.out.root == n
	}
	s.stack = append(s.stack, open{n, before})
	return false
}

// flagJunk notes what stands before the root besides the declaration, comments and blanks.
func (s *scanner) flagJunk() {
	head := strings.TrimSpace(s.src[:min(len(s.src), 4096)])
	if !strings.HasPrefix(head, "<?xml") && !strings.HasPrefix(head, "<!") && !roots[firstName(head)] {
		s.flag("junk before the root")
	}
}

func firstName(s string) string {
	s = strings.TrimPrefix(s, "<")
	end := strings.IndexFunc(s, func(r rune) bool { return r == ' ' || r == '>' || r == '\n' || r == '\t' || r == '\r' || r == '/' })
	if end < 0 {
		return ""
	}
	name := strings.ToLower(s[:end])
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	return name
}

// closesItem closes an item or a leaf whose end tag was forgotten before n.
func (s *scanner) closesItem(n *node) bool {
	top := s.stack[len(s.stack)-1].n
	if len(s.stack) < 2 || strings.Contains(n.name, ":") {
		return false
	}
	closed := false
	if leaves[top.name] && afterLeaf[n.name] && top.name != "" {
		s.pop(len(s.stack) - 1)
		s.flag("end tags missing")
		closed = true
	}
	if n.name == "item" || n.name == "entry" {
		for i := len(s.stack) - 1; i > 1; i-- {
			if s.stack[i].n.name == n.name && !hasMarkupParent(s.stack[1:i]) {
				s.pop(i)
				s.flag("end tags missing")
				closed = true
				break
			}
		}
	}
	return closed
}

// hasMarkupParent says whether one of the open elements holds markup, where names mean something else.
func hasMarkupParent(os []open) bool {
	for _, o := range os {
		switch o.n.name {
		case "content", "summary", "description", "content:encoded":
			return true
		}
	}
	return false
}

// pop closes the open elements from index i on.
func (s *scanner) pop(i int) {
	s.scope = s.scope[:s.stack[i].scope]
	s.stack = s.stack[:i]
}

// endTag closes the open element of that name, and those in it that were left open. One that closes nothing is dropped.
func (s *scanner) endTag() bool {
	start := s.pos + 2
	gt := strings.IndexByte(s.src[start:], '>')
	if gt < 0 {
		// The file ends inside of its last end tag: that is as good as the tag.
		gt = len(s.src) - start
		s.pos = len(s.src)
		if gt < 2 {
			return true
		}
	} else {
		if lt := strings.IndexByte(s.src[start:start+gt], '<'); lt >= 0 {
			gt = lt
			s.pos = start + lt
		} else {
			s.pos = start + gt + 1
		}
	}
	if s.skipped > 0 {
		s.skipped--
		return false
	}
	name := strings.TrimSpace(s.src[start : start+gt])
	for i := len(s.stack) - 1; i > 0; i-- {
		n := s.stack[i].n
		if len(n.local) <= len(name) && strings.EqualFold(name[len(name)-len(n.local):], n.local) && s.sameName(name, n) {
			if i < len(s.stack)-1 {
				s.flag("end tags missing")
			}
			s.pop(i)
			return len(s.stack) == 1
		}
	}
	if s.out.root != nil {
		s.flag("stray end tags dropped")
	}
	return false
}

func (s *scanner) sameName(written string, n *node) bool {
	if len(written) == len(n.local) {
		return true
	}
	return written[len(written)-len(n.local)-1] == ':'
}

// named gives a node the name that its written name means here.
func (s *scanner) named(written string) node {
	prefix, local, ok := strings.Cut(written, ":")
	if !ok {
		prefix, local = "", written
	}
	uri := ""
	for i := len(s.scope) - 1; i >= 0; i-- {
		if s.scope[i].prefix == strings.ToLower(prefix) {
			uri = s.scope[i].uri
			break
		}
	}
	sp, atom := spaceOf(prefix, uri)
	name := strings.ToLower(local)
	if sp != "" {
		name = sp + ":" + name
	}
	return node{name: name, local: local, atom: atom}
}

// plainAttrs gives attributes the usual prefixes of their namespaces.
func (s *scanner) plainAttrs(attrs []attr) []attr {
	for i, a := range attrs {
		prefix, local, ok := strings.Cut(a.name, ":")
		if !ok || prefix == "xml" || prefix == "xmlns" {
			continue
		}
		for j := len(s.scope) - 1; j >= 0; j-- {
			if s.scope[j].prefix == prefix {
				if sp, _ := spaceOf(prefix, s.scope[j].uri); sp != "" {
					attrs[i].name = sp + ":" + local
				} else {
					attrs[i].name = local
				}
				break
			}
		}
	}
	return attrs
}

// tag reads the tag at the position: its name, its attributes with lower-case names, and whether it closes itself.
func (s *scanner) tag() (name string, attrs []attr, closed bool) {
	src, i := s.src, s.pos+1
	start := i
	for i < len(src) && !space(src[i]) && src[i] != '>' && src[i] != '/' && src[i] != '<' {
		i++
	}
	name = src[start:i]
	for i < len(src) {
		switch c := src[i]; {
		case space(c):
			i++
			continue
		case c == '>':
			s.pos = i + 1
			return name, attrs, closed
		case c == '<': // the next tag begins before this one ended
			s.pos = i
			return name, attrs, closed
		case c == '/':
			closed = i+1 < len(src) && src[i+1] == '>'
			i++
			continue
		}
		start = i
		for i < len(src) && !space(src[i]) && src[i] != '=' && src[i] != '>' && src[i] != '/' && src[i] != '<' {
			i++
		}
		if i == start { // a stray "="
			i++
			continue
		}
		key := strings.ToLower(src[start:i])
		for i < len(src) && space(src[i]) {
			i++
		}
		if i >= len(src) || src[i] != '=' {
			attrs = s.keep(attrs, key, "")
			continue
		}
		i++
		for i < len(src) && space(src[i]) {
			i++
		}
		if i >= len(src) {
			break
		}
		var value string
		if q := src[i]; q == '"' || q == '\'' {
			end := strings.IndexByte(src[i+1:], q)
			if end < 0 {
				break
			}
			value = src[i+1 : i+1+end]
			i += end + 2
		} else {
			start = i
			for i < len(src) && !space(src[i]) && src[i] != '>' {
				i++
			}
			value = strings.TrimSuffix(src[start:i], "/")
		}
		attrs = s.keep(attrs, key, value)
	}
	s.loses("ends inside of a tag")
	s.pos = len(src)
	return name, attrs, closed
}

// keep adds an attribute: the first of a name, the first 65 of an element, and none with a huge value.
func (s *scanner) keep(attrs []attr, key, value string) []attr {
	if len(attrs) > maxAttrs {
		return attrs
	}
	for _, a := range attrs {
		if a.name == key {
			return attrs
		}
	}
	if len(value) > maxAttrValue {
		s.loses("attribute values over 64 KiB left out")
		return attrs
	}
	if strings.IndexByte(value, '&') >= 0 {
		value = s.decode(value)
	}
	if hasControl(value) {
		value = dropControl(value)
	}
	return append(attrs, attr{key, value})
}
