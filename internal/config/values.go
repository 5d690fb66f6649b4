package config

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fields says what a mapping may hold: key → who reads it.
type fields map[string]func(*node)

// table reads a mapping strictly. what names it in messages; an absent mapping leaves every default.
func (r *report) table(n *node, what string, known fields) {
	if n == nil || n.kind == null {
		return
	}
	if n.kind != table {
		r.fail(n.at, "%s must be a mapping, not %s", what, n.kind)
		return
	}
	for _, e := range n.entries {
		read, ok := known[e.key]
		if !ok {
			r.fail(e.at, "unknown key %q in %s%s", e.key, what, suggestion(e.key, known))
			continue
		}
		if e.value.kind != null {
			read(e.value)
		}
	}
}

// suggestion names the known key that was probably meant, or all of them.
func suggestion(key string, known fields) string {
	var names []string
	best, bestAt := "", 3
	for name := range known {
		names = append(names, name)
		if d := distance(strings.ToLower(key), name); d < bestAt || d == bestAt && name < best {
			best, bestAt = name, d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	slices.Sort(names)
	return "; known are " + strings.Join(names, ", ")
}

// distance is the number of letters to insert, delete or change (Levenshtein).
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func (r *report) items(n *node, what string) []*node {
	if n.kind != list {
		r.fail(n.at, "%s must be a list, not %s", what, n.kind)
		return nil
	}
	return n.list
}

func (r *report) text(n *node, what string) (string, bool) {
	switch n.kind {
	case text, anyScalar:
		return n.text, true
	case number, boolean:
		r.fail(n.at, "%s must be text, not %s: put it in quotes", what, n.kind)
	default:
		r.fail(n.at, "%s must be text, not %s", what, n.kind)
	}
	return "", false
}

// line is text without line breaks: what stands in titles, names and headers.
func (r *report) line(n *node, what string, to *string) {
	s, ok := r.text(n, what)
	if !ok {
		return
	}
	s = strings.TrimSpace(s)
	if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		r.fail(n.at, "%s must be one line without control characters", what)
		return
	}
	*to = s
}

func (r *report) boolean(n *node, what string, to *bool) {
	b, err := strconv.ParseBool(n.text)
	if n.kind != boolean && n.kind != anyScalar || err != nil {
		r.fail(n.at, "%s must be true or false", what)
		return
	}
	*to = b
}

func (r *report) integer(n *node, what string, low, high int, to *int) {
	v, err := strconv.Atoi(n.text)
	if n.kind != number && n.kind != anyScalar || err != nil {
		r.fail(n.at, "%s must be a whole number", what)
		return
	}
	if v < low || v > high {
		r.fail(n.at, "%s must be between %d and %d, not %d", what, low, high, v)
		return
	}
	*to = v
}

func (r *report) duration(n *node, what string, low, high time.Duration, to *time.Duration) {
	d, err := ParseDuration(n.text)
	if n.kind == list || n.kind == table || err != nil {
		r.fail(n.at, "%s must be a duration such as 90s, 15m, 1h30m or 30d, not %q", what, n.text)
		return
	}
	if d < low || d > high {
		r.fail(n.at, "%s must be between %s and %s", what, low, high)
		return
	}
	*to = d
}

var durationForm = regexp.MustCompile(`^(?:(\d{1,5})w)?(?:(\d{1,6})d)?((?:\d+(?:\.\d+)?(?:h|ms|m|s))*)$`)

// ParseDuration reads Go's durations without signs and fractions of milliseconds, and also weeks and days: "30d", "1w2d12h".
// A day has 24 hours. A bare number is an error, except 0.
func ParseDuration(s string) (time.Duration, error) {
	if s == "0" {
		return 0, nil
	}
	m := durationForm.FindStringSubmatch(s)
	if m == nil || s == "" {
		return 0, fmt.Errorf("bad duration %q", s)
	}
	var d time.Duration
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour} {
		if m[i+1] != "" {
			n, err := strconv.Atoi(m[i+1])
			if err != nil || time.Duration(n) > maxDuration/unit {
				return 0, fmt.Errorf("bad duration %q", s)
			}
			d += time.Duration(n) * unit
		}
	}
	if m[3] != "" {
		rest, err := time.ParseDuration(m[3])
		if err != nil || rest > maxDuration {
			return 0, fmt.Errorf("bad duration %q", s)
		}
		d += rest
	}
	return d, nil
}

// maxDuration keeps sums of durations far from overflow.
const maxDuration = 100 * 366 * 24 * time.Hour

// httpURL checks an absolute http or https URL without credentials.
func httpURL(s string) (*url.URL, error) {
	if strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
		return nil, fmt.Errorf("%q has spaces or control characters", s)
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is not a URL", s)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%q must begin with http:// or https://", s)
	case u.Hostname() == "":
		return nil, fmt.Errorf("%q names no host", s)
	case u.User != nil:
		return nil, fmt.Errorf("a URL must not hold a password; use auth with basic_file")
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("%q has a bad port", s)
		}
	}
	return u, nil
}

// sameURL is the form in which two feeds count as one: scheme and host folded, no default port, no fragment.
func sameURL(u *url.URL) string {
	c := *u
	c.Host = strings.ToLower(c.Host)
	if c.Scheme == "http" {
		c.Host = strings.TrimSuffix(c.Host, ":80")
	} else {
		c.Host = strings.TrimSuffix(c.Host, ":443")
	}
	if c.Path == "" {
		c.Path = "/"
	}
	c.Fragment, c.RawFragment = "", ""
	return c.String()
}

// hostPort checks "host:port"; port 0 is allowed where a system may choose one.
func hostPort(s string, lowest int) error {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("%q must be host:port", s)
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < lowest || n > 65535 {
		return fmt.Errorf("%q has a bad port", s)
	}
	if strings.ContainsAny(host, "/ @") {
		return fmt.Errorf("%q has a bad host", s)
	}
	return nil
}
