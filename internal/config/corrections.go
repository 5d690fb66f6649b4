package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"wirefold/internal/news"
)

// LoadCorrections reads corrections.yaml. A file that does not exist holds no corrections; one that is wrong is an *Error.
func LoadCorrections(path string) ([]news.Correction, error) {
	text, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read corrections: %w", err)
	}
	return parseCorrections(path, text)
}

func parseCorrections(file, text string) ([]news.Correction, error) {
	r := &report{file: file, source: text}
	root := parse(r)
	var out []news.Correction
	if root != nil && root.kind != null {
		for _, item := range r.items(root, "corrections") {
			if c, ok := r.correction(item); ok {
				out = append(out, c)
			}
		}
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return out, nil
}

func (r *report) correction(n *node) (c news.Correction, ok bool) {
	before := len(r.problems) + r.more
	c.Origin, c.Line = "file", n.at.line
	var lead, headline, purge bool
	op := func(name string, least int) func(*node) {
		return func(n *node) {
			if c.Op != "" {
				r.fail(n.at, "one correction is one of merge, split, pin and drop, not %s and %s", c.Op, name)
				return
			}
			c.Op = name
			c.Articles = r.references(n, name, least)
		}
	}
	r.table(n, "a correction", fields{
		news.OpMerge: op(news.OpMerge, 2),
		news.OpSplit: op(news.OpSplit, 2),
		news.OpPin:   op(news.OpPin, 1),
		news.OpDrop:  op(news.OpDrop, 1),
		"lead":       func(n *node) { lead = true; r.boolean(n, "lead", &c.Lead) },
		"headline":   func(n *node) { headline = true; r.line(n, "headline", &c.Headline) },
		"purge":      func(n *node) { purge = true; r.boolean(n, "purge", &c.Purge) },
		"note":       func(n *node) { r.note(n, &c.Note) },
	})
	if len(r.problems)+r.more > before || n.kind != table {
		return c, false
	}
	switch {
	case c.Op == "":
		r.fail(n.at, "a correction needs one of merge, split, pin and drop")
	case (lead || headline) && c.Op != news.OpPin:
		r.fail(n.at, "lead and headline belong to pin, not to %s", c.Op)
	case purge && c.Op != news.OpDrop:
		r.fail(n.at, "purge belongs to drop, not to %s", c.Op)
	case c.Op == news.OpPin && !c.Lead && c.Headline == "":
		r.fail(n.at, "pin needs lead: true, a headline, or both")
	}
	return c, len(r.problems)+r.more == before
}

// references reads the articles of a correction: a list for merge and split, one for pin and drop. Digits without quotes
// are taken as they are written, since a prefix of a key may look like a number.
func (r *report) references(n *node, op string, least int) []string {
	items := []*node{n}
	if least > 1 {
		items = r.items(n, op)
		if n.kind == list && len(items) < least {
			r.fail(n.at, "%s needs at least %d articles", op, least)
		}
	}
	var out []string
	seen := map[string]bool{}
	for _, item := range items {
		s := strings.TrimSpace(item.text)
		switch {
		case item.kind != text && item.kind != number || s == "":
			r.fail(item.at, "%s: an article is a key, the first 8 or more digits of one, a URL or the path of a seed", op)
		case seen[s]:
			r.fail(item.at, "%s: %q stands there twice", op, s)
		default:
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func (r *report) note(n *node, to *string) {
	if s, ok := r.text(n, "note"); ok {
		*to = strings.TrimSpace(s)
	}
}

// RenderCorrections writes corrections in the form that LoadCorrections reads.
func RenderCorrections(cs []news.Correction) []byte {
	var b strings.Builder
	for _, c := range cs {
		fmt.Fprintf(&b, "- %s: ", c.Op)
		if c.Op == news.OpMerge || c.Op == news.OpSplit {
			quoted := make([]string, len(c.Articles))
			for i, a := range c.Articles {
				quoted[i] = quote(a)
			}
			b.WriteString("[" + strings.Join(quoted, ", ") + "]")
		} else if len(c.Articles) > 0 {
			b.WriteString(quote(c.Articles[0]))
		}
		b.WriteByte('\n')
		if c.Lead {
			b.WriteString("  lead: true\n")
		}
		if c.Headline != "" {
			b.WriteString("  headline: " + quote(c.Headline) + "\n")
		}
		if c.Purge {
			b.WriteString("  purge: true\n")
		}
		if c.Note != "" {
			b.WriteString("  note: " + quote(c.Note) + "\n")
		}
	}
	if b.Len() == 0 {
		return []byte("[]\n")
	}
	return []byte(b.String())
}

// quote writes a double-quoted YAML scalar: JSON's strings are a part of them (YAML 1.2 section 1.3).
func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(strings.ToValidUTF8(s, "\uFFFD")); err != nil {
		return `""` // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}
