package fetch

import (
	"errors"
	"fmt"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of one document. They are checked in one scan of its tokens, before any parser with a stack or a reader that
// keeps everything sees it: Go cannot recover from an exhausted stack.
const (
	MaxBody      = 10<<20 + 64<<10 // bytes, after decompression and again as text: 10 MiB and room for the envelope around that
	maxDepth     = 100             // open elements; deeper ones are left out
	maxAttrs     = 64              // attributes of an element; further ones are left out
	maxAttrValue = 64 << 10        // bytes; a longer value is left out whole (data: images)
	maxText      = 256 << 10       // bytes of one run of character data; cut
	maxItems     = 2000            // items of a document; the first ones are kept
	maxElements  = 150_000         // elements of a document: 75 for each of 2,000 items; some 40 MiB of tree at worst
	maxDTD       = 64 << 10        // bytes of a DTD that is looked into for entities; a longer one is passed over
	maxEntities  = 256             // entities that a DTD may define
	maxEntity    = 256             // bytes of an entity's value
	maxExpanded  = 1 << 20         // bytes that entities of the DTD may add in all
)

// ErrNotAFeed says that a body is none of the formats that can be read.
var ErrNotAFeed = errors.New("not a feed")

// A scanned document is bounded and well-formed, whatever its bytes were.
type scanned struct {
	root *node
	// html says that the document is a web page, doctype only that its document type says so.
	html, doctype bool
	// opml says that it is a list of feeds.
	opml bool
	// partial says that something of it was lost; flags says what.
	partial bool
	flags   []string
}

// scanner reads a document's tokens. It forgives what real feeds do wrong: junk around the root, bare ampersands and
// angle brackets, HTML entities, control characters, attributes without quotes, tags that do not match or do not end.
type scanner struct {
	src      string
	pos      int
	out      scanned
	stack    []open
	scope    []binding
	skipped  int // open elements beyond maxDepth
	elements int
	items    int
	expanded int
	entities map[string]string
	slab     []node
	said     map[string]bool
}

type open struct {
	n     *node
	scope int // length of scanner.scope outside of it
}

type binding struct{ prefix, uri string }

// scan builds the tree of a document. base is the URL that it came from.
func scan(src, base string) (scanned, error) {
	s := &scanner{src: src, said: map[string]bool{}}
	top := &node{base: base}
	s.stack = append(s.stack, open{n: top})
	for s.pos < len(s.src) {
		if s.step() {
			break
		}
	}
	if s.out.root == nil {
		return s.out, ErrNotAFeed
	}
	if len(s.stack) > 1 {
		s.loses("ends before its end")
		for _, o := range s.stack[1:] {
			o.n.cut = true
		}
	}
	return s.out, nil
}

func (s *scanner) flag(f string) {
	if !s.said[f] {
		s.said[f] = true
		s.out.flags = append(s.out.flags, f)
	}
}

func (s *scanner) loses(f string) {
	s.flag(f)
	s.out.partial = true
}

// step reads one token and says whether the document is over.
func (s *scanner) step() (done bool) {
	rest := s.src[s.pos:]
	lt := strings.IndexByte(rest, '<')
	if lt < 0 {
		s.pos = len(s.src)
		s.character(rest, true)
		return true
	}
	if lt > 0 {
		s.pos += lt
		s.character(rest[:lt], true)
		return false
	}
	switch {
	case strings.HasPrefix(rest, "<!--"):
		s.skipPast("-->", 4)
	case hasPrefixFold(rest, "<![cdata["):
		body := rest[9:]
		end := strings.Index(body, "]]>")
		if end < 0 {
			s.loses("CDATA without an end")
			s.pos = len(s.src)
			s.character(body, false)
			return true
		}
		s.pos += 9 + end + 3
		s.character(body[:end], false)
	case hasPrefixFold(rest, "<!doctype"):
		s.doctype(rest)
	case strings.HasPrefix(rest, "<!"):
		s.skipPast(">", 2)
	case strings.HasPrefix(rest, "<?"):
		if i := strings.Index(rest, "?>"); i >= 0 {
			s.pos += i + 2
		} else {
			s.skipPast(">", 2)
		}
	case strings.HasPrefix(rest, "</"):
		return s.endTag()
	case len(rest) > 1 && nameStart(rest[1]):
		return s.startTag()
	default:
		s.pos++
		s.character("<", false)
	}
	return false
}

// skipPast moves behind the next mark, looked for from offset on; a missing one ends the document.
func (s *scanner) skipPast(mark string, offset int) {
	i := strings.Index(s.src[min(s.pos+offset, len(s.src)):], mark)
	if i < 0 {
		s.pos = len(s.src)
		return
	}
	s.pos += offset + i + len(mark)
}

// structure are the elements that hold no text of their own: the blanks between their children say nothing.
var structure = map[string]bool{"rss": true, "rdf": true, "rdf:rdf": true, "channel": true, "feed": true, "item": true, "entry": true}

// character adds character data to the open element. refs says that references in it are to be decoded.
func (s *scanner) character(text string, refs bool) {
	if len(s.stack) == 1 || s.skipped > 0 || text == "" {
		return
	}
	parent := s.stack[len(s.stack)-1].n
	if structure[parent.name] && strings.TrimLeft(text, " \t\r\n") == "" {
		return
	}
	if len(text) > maxText {
		text = cutText(text, maxText)
		s.loses("text cut at 256 KiB")
	}
	if refs && strings.IndexByte(text, '&') >= 0 {
		text = s.decode(text)
	}
	if hasControl(text) {
		text = dropControl(text)
		s.flag("control characters removed")
	}
	if last := len(parent.kids) - 1; last >= 0 && parent.kids[last].name == "" {
		k := parent.kids[last]
		if len(k.text)+len(text) > maxText {
			s.loses("text cut at 256 KiB")
			text = cutText(text, max(0, maxText-len(k.text)))
		}
		k.text += text
		return
	}
	n := s.newNode()
	n.text = text
	parent.kids = append(parent.kids, n)
}

// decode resolves the references of text: XML's and HTML's names, numbers, and the simple entities of the DTD. What is
// none of these stays as it is.
func (s *scanner) decode(text string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '&')
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		text = text[i:]
		end := strings.IndexByte(text[:min(len(text), 40)], ';')
		if end < 2 {
			b.WriteByte('&')
			text = text[1:]
			continue
		}
		name := text[1:end]
		if value, ok := s.reference(name); ok {
			b.WriteString(value)
			text = text[end+1:]
			continue
		}
		b.WriteByte('&')
		text = text[1:]
	}
}

func (s *scanner) reference(name string) (string, bool) {
	switch name {
	case "amp":
		return "&", true
	case "lt":
		return "<", true
	case "gt":
		return ">", true
	case "quot":
		return `"`, true
	case "apos":
		return "'", true
	}
	if name[0] == '#' {
		digits, radix := name[1:], 10
		if len(digits) > 1 && (digits[0] == 'x' || digits[0] == 'X') {
			digits, radix = digits[1:], 16
		}
		n, err := strconv.ParseUint(digits, radix, 32)
		switch {
		case err != nil:
			return "", false
		case n >= 0x80 && n <= 0x9F: // Windows-1252 by number, as HTML reads them
			return html.UnescapeString("&" + name + ";"), true
		case n == 0 || n > utf8.MaxRune || !legalXML(rune(n)):
			s.flag("control characters removed")
			return "", true
		}
		return string(rune(n)), true
	}
	switch name { // as the DTDs of RSS and HTML 4 have them; HTML 5 moved these two
	case "lang":
		return "\u2329", true
	case "rang":
		return "\u232A", true
	}
	if value, ok := s.entities[name]; ok {
		if s.expanded += len(value); s.expanded > maxExpanded {
			s.loses("entities add too much")
			return "", false
		}
		return value, true
	}
	whole := "&" + name + ";"
	if value := html.UnescapeString(whole); value != whole && !strings.HasSuffix(value, ";") {
		return value, true
	}
	return "", false
}

var entityDeclaration = whenAsked(`<!ENTITY\s+([A-Za-z_][\w.-]{0,63})\s+(?:"([^"]*)"|'([^']*)')\s*>`)

// doctype passes over a DTD and keeps the entities in it that are plain text: no entity of entities, nothing external.
func (s *scanner) doctype(rest string) {
	end, depth, quote := -1, 0, byte(0)
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && depth > 0:
			quote = c
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			end = i
		}
		if end >= 0 {
			break
		}
	}
	if end < 0 { // an unbalanced quote or bracket: the first ">" will do
		if end = strings.IndexByte(rest, '>'); end < 0 {
			s.pos = len(s.src)
			return
		}
	}
	s.pos += end + 1
	dtd := rest[:end]
	if len(dtd) > maxDTD {
		s.flag("DTD too long, passed over")
		return
	}
	if s.out.root == nil && hasPrefixFold(strings.TrimSpace(dtd[9:]), "html") {
		s.out.doctype = true
	}
	for _, m := range entityDeclaration().FindAllStringSubmatch(dtd, maxEntities) {
		value := m[2] + m[3]
		if len(value) > maxEntity {
			s.flag("long entities left unresolved")
			continue
		}
		if strings.HasPrefix(value, "&#") && strings.IndexByte(value, ';') == len(value)-1 {
			if v, ok := s.reference(value[1 : len(value)-1]); ok {
				value = v
			}
		}
		if strings.ContainsAny(value, "&%") && value != "&" {
			continue
		}
		if s.entities == nil {
			s.entities = map[string]string{}
		}
		s.entities[m[1]] = value
	}
}

func nameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c >= utf8.RuneSelf
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

func hasPrefixFold(s, p string) bool { return len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) }

// legalXML says whether r may stand in XML 1.0 text (section 2.2).
func legalXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD ||
		r >= 0x10000 && r <= 0x10FFFF
}

// hasControl finds what dropControl would drop. It looks at bytes: C0 controls, and U+FFFE and U+FFFF by their first.
func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0x7F ||
			c == 0xEF && i+2 < len(s) && s[i+1] == 0xBF && s[i+2] >= 0xBE {
			return true
		}
	}
	return false
}

func dropControl(s string) string {
	return strings.Map(func(r rune) rune {
		if !legalXML(r) || r == 0x7F {
			return -1
		}
		return r
	}, s)
}

func (s *scanner) newNode() *node {
	if len(s.slab) == 0 {
		s.slab = make([]node, 128)
	}
	n := &s.slab[0]
	s.slab = s.slab[1:]
	return n
}

// tooMany ends the reading of a document that has more of something than a document may have.
func (s *scanner) tooMany(what string, limit int) bool {
	s.flag(fmt.Sprintf("more than %d %s: the rest is left out", limit, what))
	s.out.partial = true
	s.stack = s.stack[:1]
	s.pos = len(s.src)
	return true
}
