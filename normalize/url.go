package normalize

import (
	"net/url"
	"strings"
)

// parseBase reads the URL that references resolve against; nil when there is none of the web.
func parseBase(s string) *url.URL {
	if s == "" {
		return nil
	}
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	return u
}

// absolute gives the absolute http(s) URL that ref means, and "" if it means none. It reads ref as browsers do: blanks
// around it, and tabs and line breaks in it, do not count (URL Standard section 4.4).
func absolute(base *url.URL, ref string) string {
	ref = strings.TrimFunc(ref, func(r rune) bool { return r <= 0x20 || r == 0x7F || r == 0xFEFF })
	if strings.ContainsAny(ref, "\t\n\r\\\x00") {
		ref = strings.Map(func(r rune) rune {
			switch {
			case r == '\\':
				return '/'
			case r < 0x20:
				return -1
			}
			return r
		}, ref)
	}
	if ref == "" || len(ref) > maxAttribute || ref != visible(ref) {
		return ""
	}
	if strings.ContainsAny(ref, " \"<>`") { // never raw in a URL, and trouble wherever it is quoted
		ref = unsafeInURL.Replace(ref)
	}
	if isPlainURL(ref) {
		return ref
	}
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	if u.Scheme == "" {
		if base == nil {
			return ""
		}
		u = base.ResolveReference(u)
		ref = u.String()
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Hostname() == "" || u.Opaque != "" {
		return ""
	}
	return ref
}

// isPlainURL recognises addresses that are absolute http(s) without being parsed: a host of letters, digits, dots and
// dashes, and behind it nothing that needs a second look.
func isPlainURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(s, "http://"); !ok {
			return false
		}
	}
	host := 0
	for host < len(rest) && (rest[host] >= 'a' && rest[host] <= 'z' || rest[host] >= '0' && rest[host] <= '9' || rest[host] == '.' || rest[host] == '-') {
		host++
	}
	if host == 0 || host < len(rest) && rest[host] != '/' && rest[host] != '?' {
		return false
	}
	for i := host; i < len(rest); i++ {
		switch c := rest[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case strings.IndexByte("/?&=-_.~+,;:@!$*()", c) >= 0:
		default:
			return false
		}
	}
	return true
}

var unsafeInURL = strings.NewReplacer(" ", "%20", `"`, "%22", "<", "%3C", ">", "%3E", "`", "%60")

// WebURL gives s trimmed if it is an absolute http(s) URL, and "" otherwise.
func WebURL(s string) string { return absolute(nil, s) }
