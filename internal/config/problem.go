package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxProblems bounds the report: after that many, more lines only hide the first ones.
const maxProblems = 50

// maxShown is how many characters of an offending line are shown; a minified file has one line of megabytes.
const maxShown = 160

// Problem is one thing that is wrong in a file or in a variable of the environment.
type Problem struct {
	File    string // as the user named it; the variable's name when Line is 0
	Line    int    // from 1
	Column  int    // from 1, in characters
	Message string
	Source  string // the offending line itself
}

// String is `file:line:column: message`, the line itself, and a caret under the place.
func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Message
	}
	head := fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
	line, caret := excerpt(p.Source, p.Column)
	if line == "" {
		return head
	}
	return head + "\n    " + line + "\n    " + caret
}

// excerpt cuts a long line around the column and points at it. Tabs become spaces so that the caret stands right.
func excerpt(line string, column int) (shown, caret string) {
	rs := []rune(line)
	at := min(max(column-1, 0), len(rs))
	start := 0
	if at > maxShown/2 {
		start = at - maxShown/2
	}
	rs = rs[start:min(len(rs), start+maxShown)]
	for i, r := range rs {
		if !unicode.IsPrint(r) {
			rs[i] = ' '
		}
	}
	if strings.TrimSpace(string(rs)) == "" {
		return "", ""
	}
	return strings.TrimRight(string(rs), " "), strings.Repeat(" ", at-start) + "^"
}

// Error is everything that is wrong with a configuration, in the order of the file. It is never empty.
type Error struct {
	Problems []Problem
	// More counts the problems that were left out of the list.
	More int
}

func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.String())
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\nand %d more", e.More)
	}
	return b.String()
}

// lineOf returns line n (from 1) of text without its line break.
func lineOf(text string, n int) string {
	for ; n > 1; n-- {
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			return ""
		}
		text = text[i+1:]
	}
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return strings.TrimSuffix(text, "\r")
}

// placeOf is the line and column of a byte offset.
func placeOf(text string, offset int) place {
	before := text[:offset]
	line := strings.Count(before, "\n") + 1
	col := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return place{line: line, col: col}
}
