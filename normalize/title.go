package normalize

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"wirefold/internal/news"
)

// TitleHTML is TitleText made safe for consumers that take a title for HTML.
func TitleHTML(t news.Text) string { return EscapeTitle(TitleText(t)) }

// What in a title might be taken for HTML. ancient are elements of old browsers that the parser no longer knows.
var (
	angle   = regexp.MustCompile(`<(/?)([A-Za-z!?][^\s<>/]*)([^<>]*>)?`)
	entity  = regexp.MustCompile(`&(#?[0-9A-Za-z]+;?)`)
	ancient = map[string]bool{"blink": true, "layer": true, "ilayer": true, "bgsound": true, "xml": true, "isindex": true}
)

// EscapeTitle writes plain text such that a consumer that takes it for HTML still sees that text and nothing active: what
// would be a tag or a reference is escaped, and nothing else. "AT&T" and "a < b" stay as they are, and so does a bare
// tag that HTML does not know.
func EscapeTitle(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	s = entity.ReplaceAllStringFunc(s, func(m string) string {
		if html.UnescapeString(m) == m {
			return m
		}
		return "&amp;" + m[1:]
	})
	return angle.ReplaceAllStringFunc(s, func(m string) string {
		p := angle.FindStringSubmatch(m)
		name := strings.ToLower(p[2])
		if (p[3] == ">" || p[3] == "/>") && atom.Lookup([]byte(name)) == 0 && !ancient[name] && !strings.ContainsAny(name[:1], "!?") {
			return m
		}
		return "&lt;" + m[1:]
	})
}
