package fetch

import (
	"encoding/base64"
	"html"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"wirefold/internal/news"
)

// construct reads an element that holds a text: Atom's text constructs (RFC 4287 section 3.1), Atom 0.3's with their
// mode, and RSS's, which never say what they are. rich says that an untyped one is HTML by custom (RSS descriptions);
// otherwise it is HTML only if it looks like it.
func construct(n *node, rich bool) news.Text {
	if n == nil {
		return news.Text{}
	}
	t := news.Text{Base: n.base, Language: n.lang}
	kind, mode := strings.ToLower(strings.TrimSpace(n.attr("type"))), strings.ToLower(n.attr("mode"))
	kind, _, _ = strings.Cut(kind, ";")
	xhtml := kind == "xhtml" || strings.HasSuffix(kind, "/xhtml+xml")
	if n.hasElements() {
		// Elements that nobody escaped. Beside them character data is text, unless the type or the custom of the format
		// says that it is HTML once more.
		t.Type = news.HTML
		escaped := xhtml || n.atom && kind != "html" && kind != "text/html"
		if body := n.theDiv(); body != nil {
			t.Value, t.Base, t.Language = body.markup(escaped || !n.atom), body.base, body.lang
		} else {
			t.Value = n.markup(escaped)
		}
		return t
	}
	t.Value = n.plain()
	if xhtml { // without an element it is text
		return t
	}
	if mode == "base64" || isBinary(kind) {
		if decoded, ok := unbase64(t.Value); ok {
			t.Value = decoded
			if kind != "text/plain" && kind != "text" {
				t.Type = news.HTML
			}
			return t
		}
	}
	switch {
	case kind == "html" || kind == "text/html":
		t.Type = news.HTML
	case (kind == "text" || strings.HasPrefix(kind, "text/")) && !(mode == "escaped" && looksHTML(t.Value)):
		// "text/plain" of Atom 0.3 with mode=escaped is still text.
	case rich && !n.atom, looksHTML(t.Value):
		t.Type = news.HTML
	}
	return t
}

// theDiv is the div that XHTML content is wrapped in (RFC 4287 section 3.1.1.3), which is not part of the content.
func (n *node) theDiv() *node {
	var div *node
	for _, k := range n.kids {
		switch {
		case k.name == "" && strings.TrimSpace(k.text) == "":
		case div == nil && (k.name == "xhtml:div" || k.name == "div"):
			div = k
		default:
			return nil
		}
	}
	return div
}

// isBinary says whether content of this media type is base64 (RFC 4287 section 4.1.3.3).
func isBinary(kind string) bool {
	if kind == "" || strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+xml") || strings.HasSuffix(kind, "/xml") {
		return false
	}
	return strings.Contains(kind, "/")
}

func unbase64(s string) (string, bool) {
	s = strings.Join(strings.Fields(s), "")
	out, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		if out, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "=")); err != nil {
			return "", false
		}
	}
	if len(out) == 0 || !utf8.Valid(out) {
		return "", false
	}
	return strings.TrimSpace(string(out)), true
}

var (
	anyTag    = whenAsked(`<(/?)([A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*)?/?>`)
	anEntity  = whenAsked(`&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});`)
	alone     = map[string]bool{"br": true, "img": true, "hr": true, "wbr": true}
	notMarkup = map[string]bool{"name": true, "size": true, "type": true, "value": true, "color": true, "face": true, "text": true}
)

// looksHTML guesses whether a text that says nothing of itself is HTML: it has an entity, or an end tag or an empty
// element, and every tag in it is one of HTML's. "A <blink> tag" is text.
func looksHTML(s string) bool {
	if !strings.ContainsAny(s, "<&") {
		return false
	}
	ends := false
	for _, m := range anyTag().FindAllStringSubmatch(s, 200) {
		name := strings.ToLower(m[2])
		if atom.Lookup([]byte(name)) == 0 || notMarkup[name] {
			return false
		}
		ends = ends || m[1] == "/" || alone[name]
	}
	if ends {
		return true
	}
	for _, e := range anEntity().FindAllString(s, 20) { // "&bogus;" is text
		if v := html.UnescapeString(e); v != e && !strings.HasSuffix(v, ";") {
			return true
		}
	}
	return false
}
