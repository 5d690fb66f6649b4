package normalize

import (
	"strings"
)

// readMarkdownPage reads a Markdown page: front matter, headings, emphasis, links, pictures and lists are all the marks that
// it knows; what is left is read as a page dump.
func readMarkdownPage(text string) Page {
	var p Page
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	text = frontMatter(text, &p)
	lines := strings.Split(text, "\n")
	var b strings.Builder
	for i, l := range lines {
		l = strings.TrimSpace(l)
		underlined := i+1 < len(lines) && l != "" && isRule(strings.TrimSpace(lines[i+1]), '=')
		if h := strings.TrimLeft(l, "#"); h != l && (h == "" || h[0] == ' ') || underlined {
			h = inlineMarkdown(strings.TrimSpace(strings.Trim(h, "#")))
			if p.Title == "" && (len(l)-len(strings.TrimLeft(l, "#")) <= 2) {
				p.Title = h
			}
			b.WriteString("\n" + h + "\n\n")
			continue
		}
		if isRule(l, '=') || isRule(l, '-') || isRule(l, '*') {
			b.WriteByte('\n')
			continue
		}
		l = strings.TrimSpace(strings.TrimLeft(l, ">"))
		b.WriteString(inlineMarkdown(l))
		// Lines of one paragraph belong together.
		if l != "" && i+1 < len(lines) && continues(l, strings.TrimSpace(lines[i+1])) {
			b.WriteByte(' ')
		} else {
			b.WriteByte('\n')
		}
	}
	return readPageText(b.String(), p)
}

// continues says whether the next line goes on with the paragraph of this one.
func continues(line, next string) bool {
	if next == "" || len(line) < 50 || strings.HasPrefix(next, "#") || strings.HasPrefix(next, ">") {
		return false
	}
	_, item := bullet(next)
	return !item && !isRule(next, '-') && !isRule(next, '=')
}

func isRule(s string, mark byte) bool {
	return len(s) >= 3 && strings.Trim(s, string(mark)) == ""
}

// frontMatter reads title, date, author and outlet from between the dashes at the head of a page.
func frontMatter(text string, p *Page) string {
	rest, ok := strings.CutPrefix(strings.TrimLeft(text, "\n "), "---\n")
	if !ok {
		return text
	}
	head, body, ok := strings.Cut(rest, "\n---")
	if !ok || len(head) > 4000 {
		return text
	}
	for l := range strings.Lines(head) {
		k, v, _ := strings.Cut(l, ":")
		v = strings.Trim(strings.TrimSpace(v), `"'`)
		switch strings.ToLower(strings.TrimSpace(k)) {
		case "title":
			p.Title = v
		case "date", "published":
			p.Published = machineDate(v)
		case "updated", "lastmod":
			p.Updated = machineDate(v)
		case "author", "byline":
			p.Facts.Byline = v
		case "source", "outlet", "site":
			p.Facts.Outlet = v
		case "lang", "language":
			p.Lang = v
		}
	}
	_, body, _ = strings.Cut(body, "\n")
	return body
}

// inlineMarkdown takes emphasis, code marks, links and pictures out of a line.
func inlineMarkdown(s string) string {
	if !strings.ContainsAny(s, "*_`[!<\\") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '!' && strings.HasPrefix(s[i:], "!["):
			if _, _, n := markdownLink(s[i+1:]); n > 0 {
				i += n + 1
				continue
			}
		case c == '[':
			if label, _, n := markdownLink(s[i:]); n > 0 {
				b.WriteString(label)
				i += n
				continue
			}
		case c == '\\' && i+1 < len(s) && strings.IndexByte("*_`[]()#!\\-", s[i+1]) >= 0:
			b.WriteByte(s[i+1])
			i += 2
			continue
		case c == '*' && i == 0 && len(s) > 1 && s[1] == ' ':
			// the mark of a list stays: the page reader knows it
		case c == '*' || c == '`':
			i++
			continue
		case c == '_' && (i == 0 || i+1 == len(s) || s[i-1] == ' ' || s[i+1] == ' ' || s[i-1] == '_' || s[i+1] == '_' || strings.IndexByte(".,;:!?)", s[i+1]) >= 0):
			i++
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// maxMarkdownLink bounds a link, so that brackets that never close cost their length once.
const maxMarkdownLink = 2048

// markdownLink reads [label](target) at the head of s and says how many bytes it takes, 0 when there is none.
func markdownLink(s string) (label, target string, n int) {
	s = cutBytes(s, maxMarkdownLink)
	end := strings.IndexByte(s, ']')
	if end < 0 || end+1 >= len(s) || s[end+1] != '(' {
		return "", "", 0
	}
	shut := strings.IndexByte(s[end:], ')')
	if shut < 0 {
		return "", "", 0
	}
	return s[1:end], s[end+2 : end+shut], end + shut + 1
}
