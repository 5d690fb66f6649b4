package config

import (
	"regexp"
	"strings"
	"unicode"

	"wirefold/internal/news"
)

// languageForm is a language tag as feeds use them (BCP 47, without extensions).
var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$`)

func (l *loader) topics(n *node, c *Config) {
	known := map[news.FeedID]bool{}
	for _, f := range c.Feeds {
		known[f.ID] = true
	}
	slugs := map[string]place{}
	for _, item := range l.items(n, "topics") {
		t := news.Topic{Match: news.Match{Reports: 1}, Hub: "none"}
		at := item.at
		l.table(item, "a topic", fields{
			"slug": func(n *node) {
				at = n.at
				s, ok := l.text(n, "slug")
				if ok && !slugForm.MatchString(s) {
					l.fail(n.at, "slug %q: lower-case letters, digits and dashes, at most 64, no dash first or last", s)
					return
				}
				t.Slug = s
			},
			"title":               func(n *node) { l.line(n, "title", &t.Title) },
			"description":         func(n *node) { l.description(n, &t.Description) },
			"match":               func(n *node) { l.match(n, &t.Match, known) },
			"languages_preferred": func(n *node) { t.Preferred = l.languages(n, "languages_preferred") },
			"hub":                 func(n *node) { l.hub(n, &t.Hub) },
		})
		if item.kind == table && item.get("slug") == nil {
			l.fail(item.at, "a topic needs a slug")
		}
		if t.Slug == "" {
			continue
		}
		if first, taken := slugs[t.Slug]; taken {
			l.fail(at, "duplicate slug %q, first in line %d", t.Slug, first.line)
			continue
		}
		slugs[t.Slug] = at
		if t.Title == "" {
			t.Title = t.Slug
		}
		c.Topics = append(c.Topics, t)
	}
}

// description is text that may have several lines; feeds get it as one.
func (l *loader) description(n *node, to *string) {
	if s, ok := l.text(n, "description"); ok {
		*to = strings.Join(strings.FieldsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }), " ")
	}
}

func (l *loader) match(n *node, m *news.Match, known map[news.FeedID]bool) {
	l.table(n, "match", fields{
		"any":       func(n *node) { m.Any = l.terms(n, "match.any") },
		"all":       func(n *node) { m.All = l.terms(n, "match.all") },
		"none":      func(n *node) { m.None = l.terms(n, "match.none") },
		"languages": func(n *node) { m.Languages = l.languages(n, "match.languages") },
		"reports":   func(n *node) { l.integer(n, "match.reports", 1, 1000, &m.Reports) },
		"feeds": func(n *node) {
			for _, item := range l.items(n, "match.feeds") {
				s, ok := l.text(item, "match.feeds")
				if !ok {
					continue
				}
				if !known[news.FeedID(s)] {
					l.fail(item.at, "match.feeds: no feed has the id %q", s)
					continue
				}
				m.Feeds = append(m.Feeds, news.FeedID(s))
			}
		},
	})
}

// terms are words, phrases and prefixes (`word*`).
func (l *loader) terms(n *node, what string) []string {
	var out []string
	for _, item := range l.items(n, what) {
		s, ok := l.text(item, what)
		if !ok {
			continue
		}
		bare := strings.TrimSuffix(strings.TrimSpace(s), "*")
		switch {
		case !strings.ContainsFunc(bare, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }):
			l.fail(item.at, "%s: %q has no word", what, s)
		case strings.Contains(bare, "*"):
			l.fail(item.at, "%s: %q: a star stands at the end of the last word only", what, s)
		default:
			out = append(out, strings.TrimSpace(s))
		}
	}
	return out
}

func (l *loader) languages(n *node, what string) []string {
	var out []string
	for _, item := range l.items(n, what) {
		s, ok := l.text(item, what)
		if !ok {
			continue
		}
		if !languageForm.MatchString(s) {
			l.fail(item.at, "%s: %q is no language tag such as en, pl or ur", what, s)
			continue
		}
		out = append(out, strings.ToLower(s))
	}
	return out
}

func (l *loader) hub(n *node, to *string) {
	s, ok := l.text(n, "hub")
	if !ok {
		return
	}
	if s != "none" && s != "builtin" {
		if _, err := httpURL(s); err != nil {
			l.fail(n.at, "hub must be builtin, none or a URL: %v", err)
			return
		}
	}
	*to = s
}
