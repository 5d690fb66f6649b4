package validate

import (
	"fmt"
	"mime"
	"net/url"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Namespaces of what we publish.
const (
	nsAtom      = "http://www.w3.org/2005/Atom"
	nsXML       = "http://www.w3.org/XML/1998/namespace"
	nsThread    = "http://purl.org/syndication/history/1.0"
	nsTombstone = "http://purl.org/atompub/tombstones/1.0"
	nsContent   = "http://purl.org/rss/1.0/modules/content/"
	nsDC        = "http://purl.org/dc/elements/1.1/"
	nsMedia     = "http://search.yahoo.com/mrss/"
)

// element says what an element may hold. A child or attribute that is not listed is a problem.
type element struct {
	children map[string]child // key: namespace + " " + name
	attrs    map[string]value // "name" optional, "name!" required; xmlns and xml:lang/base are always allowed
	text     value            // nil = only white space between children
	also     func(*node) []Problem
}

// child is how often a child may stand, and what it is.
type child struct {
	min, max int // max 0 = any number
	is       *element
}

// value says what is wrong with a text or attribute value; "" = nothing.
type value func(string) string

func (e *element) check(n *node) []Problem {
	var ps []Problem
	ps = append(ps, e.checkAttrs(n)...)
	count := map[string]int{}
	for _, c := range n.children {
		key := c.space + " " + c.name
		rule, ok := e.children[key]
		if !ok {
			ps = append(ps, Problem{c.path, "may not stand here"})
			continue
		}
		count[key]++
		ps = append(ps, rule.is.check(c)...)
	}
	keys := make([]string, 0, len(e.children))
	for k := range e.children {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		rule, got := e.children[k], count[k]
		if got < rule.min || rule.max > 0 && got > rule.max {
			ps = append(ps, Problem{n.path, fmt.Sprintf("has %d of %s", got, k)})
		}
	}
	switch {
	case e.text != nil:
		if bad := e.text(n.text); bad != "" {
			ps = append(ps, Problem{n.path, bad})
		}
	case strings.TrimSpace(n.text) != "":
		ps = append(ps, Problem{n.path, fmt.Sprintf("has text %q", n.text)})
	}
	if e.also != nil {
		ps = append(ps, e.also(n)...)
	}
	return ps
}

func (e *element) checkAttrs(n *node) []Problem {
	var ps []Problem
	for _, a := range n.attrs {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		name := a.Name.Local
		var v value
		switch a.Name.Space {
		case "":
			v = e.attrs[name]
			if v == nil {
				v = e.attrs[name+"!"]
			}
		case nsXML:
			v = map[string]value{"lang": language, "base": absolute}[name]
		}
		if v == nil {
			ps = append(ps, Problem{n.path, "attribute " + name + " may not stand here"})
			continue
		}
		if bad := v(a.Value); bad != "" {
			ps = append(ps, Problem{n.path + "/@" + name, bad})
		}
	}
	for name := range e.attrs {
		if want, required := strings.CutSuffix(name, "!"); required {
			if _, ok := n.attr(want); !ok {
				ps = append(ps, Problem{n.path, "lacks attribute " + want})
			}
		}
	}
	return ps
}

func anything(string) string { return "" }

func filled(s string) string {
	if strings.TrimSpace(s) == "" {
		return "is empty"
	}
	return ""
}

// rfc3339 is RFC 4287 section 3.3: upper-case T and Z.
func rfc3339(s string) string {
	if _, err := time.Parse(time.RFC3339, s); err != nil || strings.ContainsAny(s, "tz ") {
		return fmt.Sprintf("%q is not a date of RFC 3339", s)
	}
	return plausible(s, time.RFC3339)
}

// rfc822 is the date of RSS 2.0 with a year of four digits, the right weekday and GMT or a numeric zone.
func rfc822(s string) string {
	layout := time.RFC1123Z
	if strings.HasSuffix(s, " GMT") {
		layout = "Mon, 02 Jan 2006 15:04:05 GMT"
	}
	t, err := time.Parse(layout, s)
	if err != nil || t.Format(layout) != s {
		return fmt.Sprintf("%q is not a date of RFC 822 with four digits of year", s)
	}
	return plausible(s, layout)
}

func plausible(s, layout string) string {
	if t, err := time.Parse(layout, s); err != nil || t.Year() < 1990 || t.Year() > 2200 {
		return fmt.Sprintf("%q is no plausible date", s)
	}
	return ""
}

// absolute is an http(s) address, absolute and without spaces or non-ASCII characters.
func absolute(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || bad.MatchString(s) {
		return fmt.Sprintf("%q is not an absolute http(s) address", s)
	}
	return ""
}

var bad = regexp.MustCompile("[^!-~]|[<>\"{}|\\\\^`]")

var tagURI = regexp.MustCompile(`^tag:[a-z0-9.-]+(@[a-z0-9.-]+)?,[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?:[A-Za-z0-9/._~!$&'()*+,;=:@%?-]+$`)

// tagged is an id of RFC 4151. Ids that look like addresses make some readers show an entry anew at every change.
func tagged(s string) string {
	if !tagURI.MatchString(s) {
		return fmt.Sprintf("%q is not a tag URI", s)
	}
	return ""
}

// identifier is an id in somebody else's name: any absolute URI without spaces.
func identifier(s string) string {
	if u, err := url.Parse(s); err != nil || u.Scheme == "" || strings.ContainsAny(s, " \t\n") {
		return fmt.Sprintf("%q is not a URI", s)
	}
	return ""
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

func language(s string) string {
	if !languageTag.MatchString(s) {
		return fmt.Sprintf("%q is not a language tag", s)
	}
	return ""
}

func mediaType(s string) string {
	if t, _, err := mime.ParseMediaType(s); err != nil || !strings.Contains(t, "/") {
		return fmt.Sprintf("%q is not a media type", s)
	}
	return ""
}

func natural(s string) string {
	if _, err := strconv.ParseUint(s, 10, 63); err != nil {
		return fmt.Sprintf("%q is not a natural number", s)
	}
	return ""
}

func among(words ...string) value {
	return func(s string) string {
		for _, w := range words {
			if s == w {
				return ""
			}
		}
		return fmt.Sprintf("%q is none of %v", s, words)
	}
}

// plainTitle is text for readers that show titles raw: it must not look like markup.
func plainTitle(s string) string {
	if m := markup.FindString(s); m != "" {
		return fmt.Sprintf("holds markup %q", m)
	}
	return filled(s)
}

var markup = regexp.MustCompile(`<(?i:/?(a|b|i|p|br|em|strong|div|span|img|script)\b)[^>]*>`)
