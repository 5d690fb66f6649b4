package config

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A list of a thousand feeds takes the YAML library 20 ms, a fifth of what a refresh may cost in which nothing changed. Nearly
// all such files are the plainest YAML there is, and that is read here: mappings and lists by indentation, mappings and lists
// in brackets on one line, values in quotes without escapes or of letters and digits, comments. A file in which anything is
// not certainly that (an odd character is enough) is left to the library, as a whole. A fuzz test holds the two together: what is
// read here, the library reads as the same values in the same places.

// maxPlainDepth bounds nesting here; deeper files are the library's.
const maxPlainDepth = 8

// readPlain reads a file that is plain. ok is false for every other one.
func readPlain(source string) (n *node, ok bool) {
	p := &plainReader{}
	if !p.cut(source) || len(p.lines) == 0 || p.lines[0].indent != 0 {
		return nil, false
	}
	n = p.block(0, 0)
	if p.bad || p.next != len(p.lines) {
		return nil, false
	}
	return n, true
}

// plainLine is a line that says something, without its indentation, its trailing blanks and its comment.
type plainLine struct {
	text           string
	number, indent int
}

type plainReader struct {
	lines []plainLine
	next  int
	bad   bool // not plain after all
}

// cut makes the lines. It reports false where a line has a character that is not plain.
func (p *plainReader) cut(source string) bool {
	p.lines = make([]plainLine, 0, strings.Count(source, "\n")+1)
	blank := 0
	for number := 1; source != ""; number++ {
		line, rest, _ := strings.Cut(source, "\n")
		source = rest
		text := strings.TrimLeft(line, " ")
		indent := len(line) - len(text)
		text, ok := withoutComment(text)
		if !ok {
			return false
		}
		if blank++; text != "" {
			p.lines, blank = append(p.lines, plainLine{text, number, indent}), 0
		}
		if blank > maxBlank { // the library has a word to say on that
			return false
		}
	}
	return true
}

// withoutComment cuts a comment and the blanks before it off a line. It reports false where a character is not plain: outside
// of quotes and comments those that are not ASCII must be letters, and everywhere they must show.
func withoutComment(s string) (string, bool) {
	quote := rune(0)
	for i, c := range s {
		if c < ' ' || c == 0x7f || c == '\\' || c == utf8.RuneError || c >= utf8.RuneSelf && (!unicode.IsPrint(c) || quote == 0 && !unicode.IsLetter(c)) {
			return "", false
		}
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == c:
			quote = 0
		case quote == 0 && c == '#':
			unseen := strings.ContainsFunc(s[i:], func(c rune) bool { return c == utf8.RuneError || !unicode.IsPrint(c) })
			return strings.TrimRight(s[:i], " "), !unseen && (i == 0 || s[i-1] == ' ')
		}
	}
	return s, quote == 0 && !strings.HasSuffix(s, " ") // blanks at the end shift the library's columns
}

// block reads the mapping or list whose lines begin at this indentation.
func (p *plainReader) block(indent, depth int) *node {
	if depth > maxPlainDepth {
		p.bad = true
	}
	if p.bad {
		return nil
	}
	if strings.HasPrefix(p.lines[p.next].text, "- ") {
		return p.items(indent, depth)
	}
	return p.entries(indent, depth)
}

// items reads a list.
func (p *plainReader) items(indent, depth int) *node {
	out := &node{kind: list, at: p.at(0)}
	for !p.bad && p.next < len(p.lines) && p.lines[p.next].indent == indent {
		line := &p.lines[p.next]
		rest, isItem := strings.CutPrefix(line.text, "- ")
		if !isItem {
			break
		}
		value := strings.TrimLeft(rest, " ")
		line.indent += len(line.text) - len(value)
		line.text = value
		if _, _, isEntry := cutKey(value); isEntry {
			out.list = append(out.list, p.entries(line.indent, depth+1))
			continue
		}
		out.list = append(out.list, p.value(value, p.at(0), depth+1))
		p.next++
	}
	return out
}

// entries reads a mapping.
func (p *plainReader) entries(indent, depth int) *node {
	out := &node{kind: table, at: p.at(0)}
	for !p.bad && p.next < len(p.lines) && p.lines[p.next].indent == indent {
		line := p.lines[p.next]
		key, value, ok := cutKey(line.text)
		if !ok || out.get(key) != nil {
			p.bad = true
			break
		}
		at := p.at(0)
		p.next++
		if value != "" {
			p.next--
			out.entries = append(out.entries, entry{key, at, p.value(value, p.at(len(line.text)-len(value)), depth+1)})
			p.next++
			continue
		}
		if p.next == len(p.lines) || p.lines[p.next].indent <= indent {
			p.bad = true // a key without a value is nothing, or a list that is not indented
			break
		}
		out.entries = append(out.entries, entry{key, at, p.block(p.lines[p.next].indent, depth+1)})
	}
	if p.next < len(p.lines) && p.lines[p.next].indent > indent {
		p.bad = true
	}
	return out
}

// at is the place of a byte of the line that is read.
func (p *plainReader) at(offset int) place {
	line := p.lines[p.next]
	return place{line: line.number, col: line.indent + utf8.RuneCountInString(line.text[:offset]) + 1}
}

// cutKey cuts "key: value" and "key:".
func cutKey(s string) (key, value string, ok bool) {
	key, value, ok = strings.Cut(s, ":")
	if !ok || !plainKey(key) || value != "" && value[0] != ' ' {
		return "", "", false
	}
	return key, strings.TrimLeft(value, " "), true
}

// plainKey: all keys of ours are small letters and underscores.
func plainKey(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c != '_' || i == 0) {
			return false
		}
	}
	return s != "" && !otherThanText(s)
}

// value reads a value that ends with its line.
func (p *plainReader) value(s string, at place, depth int) *node {
	n, rest := p.flow(s, at, depth, false)
	if rest != "" {
		p.bad = true
	}
	return n
}

// flow reads the value that s begins with, and answers with what follows it. inside says that it stands in brackets.
func (p *plainReader) flow(s string, at place, depth int, inside bool) (n *node, rest string) {
	if depth > maxPlainDepth || s == "" {
		p.bad = true
	}
	if p.bad {
		return nil, ""
	}
	switch s[0] {
	case '{', '[':
		return p.brackets(s, at, depth)
	case '"', '\'':
		quoted, rest, ok := strings.Cut(s[1:], s[:1])
		if !ok || strings.HasPrefix(rest, s[:1]) {
			p.bad = true
		}
		return &node{kind: text, text: quoted, at: at}, rest
	}
	end := len(s)
	if inside {
		if i := strings.IndexAny(s, ",]}"); i >= 0 {
			end = i
		}
	}
	word := strings.TrimRight(s[:end], " ")
	k, ok := plainScalar(word)
	if !ok {
		p.bad = true
	}
	return &node{kind: k, text: word, at: at}, s[end:]
}

// brackets reads a mapping or list in brackets.
func (p *plainReader) brackets(s string, at place, depth int) (n *node, rest string) {
	n, last := &node{kind: list, at: at}, "]"
	if s[0] == '{' {
		n.kind, last = table, "}"
	}
	here := at
	// step goes on by so many bytes and the blanks after them.
	step := func(bytes int) {
		left := strings.TrimLeft(s[bytes:], " ")
		here.col += utf8.RuneCountInString(s[:len(s)-len(left)])
		s = left
	}
	for !p.bad {
		step(1) // the bracket, or a comma
		var e entry
		if n.kind == table {
			key, value, ok := cutKey(s)
			if !ok || value == "" || n.get(key) != nil {
				break
			}
			e.key, e.at = key, here
			step(len(s) - len(value))
		}
		var after string
		e.value, after = p.flow(s, here, depth+1, true)
		if p.bad {
			break
		}
		step(len(s) - len(after))
		if n.kind == table {
			n.entries = append(n.entries, e)
		} else {
			n.list = append(n.list, e.value)
		}
		switch {
		case strings.HasPrefix(s, last):
			return n, s[1:]
		case !strings.HasPrefix(s, ","):
			p.bad = true
		}
	}
	p.bad = true
	return n, ""
}

// plainScalar says what kind of value a text without quotes is; ok is false where that is not plain.
func plainScalar(s string) (k kind, ok bool) {
	if s == "true" || s == "false" {
		return boolean, true
	}
	if s == "" || otherThanText(s) {
		return 0, false
	}
	digits, letters := 0, 0
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf:
			letters++
		case i == 0 && c != '/':
			return 0, false
		case c == ':':
			if i+1 == len(s) || s[i+1] == ' ' {
				return 0, false
			}
		case strings.ContainsRune(" /._-?=&%+@", c):
		default:
			return 0, false
		}
	}
	if s[0] < '0' || s[0] > '9' {
		return text, true
	}
	if digits == len(s) {
		return number, len(s) == 1 || s[0] != '0' && len(s) < 10
	}
	// 90s, 30d: what else begins with a digit may be a number in one of many forms.
	unit := s[digits:]
	return text, letters == 1 && len(unit) == 1 && strings.Contains("smhdw", unit)
}

// otherThanText: words that YAML, in one version or another, does not read as text.
func otherThanText(s string) bool {
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf":
		return true
	}
	return false
}
