package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"wirefold/internal/news"
)

// AddFeed appends a feed to the text of a configuration and leaves every other byte alone: comments and formatting stay.
// The result is parsed again before it is returned; a file in which no safe place is found is an error.
func AddFeed(yaml []byte, f news.Feed) ([]byte, error) {
	old := string(yaml)
	n, err := feedsNode(old)
	if err != nil {
		return nil, err
	}
	out := insertFeed(old, n, f)
	if err := addedOne(old, out, f); err != nil {
		return nil, err
	}
	return []byte(out), nil
}

// feedsNode parses text and returns what stands under feeds, nil when there is nothing of that name.
func feedsNode(text string) (*node, error) {
	r := &report{file: "feeds.yaml", source: text}
	root := parse(r)
	if err := r.err(); err != nil {
		return nil, err
	}
	if root.kind == null {
		return nil, nil
	}
	if root.kind != table {
		return nil, errors.New("add a feed: the file is not a mapping")
	}
	n := root.get("feeds")
	if n != nil && n.kind != list && n.kind != null {
		return nil, errors.New("add a feed: feeds is not a list")
	}
	return n, nil
}

func insertFeed(text string, n *node, f news.Feed) string {
	eol := "\n"
	if strings.Contains(text, "\r\n") {
		eol = "\r\n"
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += eol
	}
	lines := strings.SplitAfter(text, "\n")
	switch {
	case n == nil:
		return text + "feeds:" + eol + block(f, "  ", eol)
	case n.kind == null:
		i := feedsLine(lines)
		return strings.Join(lines[:i+1], "") + block(f, "  ", eol) + strings.Join(lines[i+1:], "")
	case strings.HasPrefix(fromColumn(lines[n.at.line-1], n.at.col), "["):
		return insertFlow(lines, n, f)
	}
	indent := lines[n.at.line-1][:dash(lines[n.at.line-1])]
	// The list ends before the first line that is neither its own nor blank nor a comment.
	last := n.at.line - 1
	for i := last + 1; i < len(lines); i++ {
		body := strings.TrimSpace(lines[i])
		if body == "" || strings.HasPrefix(body, "#") {
			continue
		}
		lead := len(lines[i]) - len(strings.TrimLeft(lines[i], " "))
		if lead < len(indent) || lead == len(indent) && !strings.HasPrefix(body, "-") {
			break
		}
		last = i
	}
	return strings.Join(lines[:last+1], "") + block(f, indent, eol) + strings.Join(lines[last+1:], "")
}

// insertFlow adds to a list in brackets: before the bracket that closes it, found by trying each one.
func insertFlow(lines []string, n *node, f news.Feed) string {
	before := strings.Join(lines[:n.at.line-1], "")
	rest := strings.Join(lines[n.at.line-1:], "")
	start := len(rest) - len(fromColumn(rest, n.at.col))
	for i := start + 1; i < len(rest); i++ {
		if rest[i] != ']' {
			continue
		}
		for _, comma := range []string{"", ", "} {
			out := before + rest[:i] + comma + flow(f) + rest[i:]
			if addedOne(before+rest, out, f) == nil {
				return out
			}
		}
	}
	return before + rest
}

// addedOne proves that the new text has exactly one feed more, with the source of f, and all others as they were.
func addedOne(old, text string, f news.Feed) error {
	before, err := feedsNode(old)
	if err != nil {
		return err
	}
	after, err := feedsNode(text)
	if err != nil {
		return fmt.Errorf("add a feed: no safe place found in the file; add it by hand: %w", err)
	}
	had := 0
	if before != nil {
		had = len(before.list)
	}
	failed := errors.New("add a feed: no safe place found in the file; add it by hand")
	if after == nil || len(after.list) != had+1 {
		return failed
	}
	last := after.list[had]
	if u := last.get("url"); f.URL != "" && (u == nil || u.text != f.URL) {
		return failed
	}
	for i := range had {
		if !sameNode(before.list[i], after.list[i]) {
			return failed
		}
	}
	return nil
}

func sameNode(a, b *node) bool {
	if a.kind != b.kind || a.text != b.text || len(a.list) != len(b.list) || len(a.entries) != len(b.entries) {
		return false
	}
	for i := range a.list {
		if !sameNode(a.list[i], b.list[i]) {
			return false
		}
	}
	for i := range a.entries {
		if a.entries[i].key != b.entries[i].key || !sameNode(a.entries[i].value, b.entries[i].value) {
			return false
		}
	}
	return true
}

func feedsLine(lines []string) int {
	for i, l := range lines {
		if strings.HasPrefix(l, "feeds:") {
			return i
		}
	}
	return max(len(lines)-1, 0)
}

func dash(line string) int { return max(strings.IndexByte(line, '-'), 0) }

// fromColumn cuts a line before a column, counted in characters from 1.
func fromColumn(line string, col int) string {
	for ; col > 1 && line != ""; col-- {
		_, n := utf8.DecodeRuneInString(line)
		line = line[n:]
	}
	return line
}

// settings are the keys of a feed in the order in which they are written; what has its default is left out.
func settings(f news.Feed) [][2]string {
	var out [][2]string
	source, key := f.URL, "url"
	if f.URL == "" {
		source, key = f.Seeds, "seeds"
	}
	if f.ID != "" && string(f.ID) != Slug(source) {
		out = append(out, [2]string{"id", quote(string(f.ID))})
	}
	out = append(out, [2]string{key, quote(source)})
	if f.Outlet != "" {
		out = append(out, [2]string{"outlet", quote(f.Outlet)})
	}
	if f.Interval > 0 {
		out = append(out, [2]string{"interval", f.Interval.String()})
	}
	if !f.Enabled {
		out = append(out, [2]string{"enabled", "false"})
	}
	return out
}

func block(f news.Feed, indent, eol string) string {
	var b strings.Builder
	mark := "- "
	for _, s := range settings(f) {
		b.WriteString(indent + mark + s[0] + ": " + s[1] + eol)
		mark = "  "
	}
	return b.String()
}

func flow(f news.Feed) string {
	var parts []string
	for _, s := range settings(f) {
		parts = append(parts, s[0]+": "+s[1])
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// diffContext is how many unchanged lines are shown around a change, as diff -u does.
const diffContext = 3

// Diff shows what changed between two versions of a file as one hunk of a unified diff; "" when nothing did.
func Diff(name string, old, new []byte) string {
	if bytes.Equal(old, new) {
		return ""
	}
	a, b := split(old), split(new)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	from := max(head-diffContext, 0)
	after := min(tail, diffContext)
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n@@ -%s +%s @@\n", name, name,
		hunk(from, len(a)-tail+after), hunk(from, len(b)-tail+after))
	write := func(mark string, lines []string) {
		for _, l := range lines {
			out.WriteString(mark + strings.TrimRight(l, "\r") + "\n")
		}
	}
	write(" ", a[from:head])
	write("-", a[head:len(a)-tail])
	write("+", b[head:len(b)-tail])
	write(" ", a[len(a)-tail:len(a)-tail+after])
	return out.String()
}

func split(text []byte) []string {
	s := strings.TrimSuffix(string(text), "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// hunk writes the range of lines from (counted from 0) up to, but without, to.
func hunk(from, to int) string {
	if to == from {
		return fmt.Sprintf("%d,0", from)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}
