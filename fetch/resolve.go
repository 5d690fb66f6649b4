package fetch

import (
	"net/url"
	"strings"
)

// webURL gives an absolute http(s) URL trimmed, and "" for everything else.
func webURL(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 8 || !hasPrefixFold(s, "http:") && !hasPrefixFold(s, "https:") {
		return ""
	}
	return s
}

// resolve makes ref absolute (RFC 3986 section 5.2). A reference that is absolute, empty or no URL stays byte for byte
// as it is, and so does any without a base.
func resolve(base, ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || base == "" || hasScheme(ref) {
		return ref
	}
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	r, err := url.Parse(strings.ReplaceAll(ref, " ", "%20"))
	if err != nil {
		return ref
	}
	return b.ResolveReference(r).String()
}

// rebase is the base inside of an element with xml:base (XML Base section 4). One that is not of the web is ignored.
func rebase(base, value string) string {
	if value == "" {
		return base
	}
	if next := webURL(resolve(base, value)); next != "" {
		return next
	}
	if hasScheme(strings.TrimSpace(value)) || base != "" {
		return base
	}
	return strings.TrimSpace(value)
}

func hasScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		case c == ':':
			return i > 0
		default:
			return false
		}
	}
	return false
}
