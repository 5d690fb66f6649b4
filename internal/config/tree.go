package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	// maxBytes bounds a file: a list of 100,000 feeds has 10 MB.
	maxBytes = 16 << 20
	// maxDepth bounds nesting: our files need five levels, and the parser recurses.
	maxDepth = 32
	// maxScan bounds what the parser may recurse into at all.
	maxScan = 1000
	// maxBlank bounds empty lines in a row: the scanner takes them in cubic time (65,000 of them need 18 s).
	maxBlank = 1000
)

type kind int

const (
	null kind = iota
	text
	number
	boolean
	list
	table
	// anyScalar is a value from the environment: it is whatever the setting needs it to be.
	anyScalar
)

func (k kind) String() string {
	return [...]string{"nothing", "text", "a number", "true or false", "a list", "a mapping", "a value"}[k]
}

// place is where a value stands: in the file, or in a variable of the environment.
type place struct {
	line, col int
	env       string
}

// node is a value of a file with its place. Nothing outside of this file knows the YAML library.
type node struct {
	kind    kind
	text    string // of scalars, as written
	at      place
	list    []*node
	entries []entry
}

type entry struct {
	key   string
	at    place
	value *node
}

func (n *node) get(key string) *node {
	for _, e := range n.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// report collects problems of one file.
type report struct {
	file     string
	source   string
	problems []Problem
	more     int
}

func (r *report) fail(at place, format string, args ...any) {
	if len(r.problems) == maxProblems {
		r.more++
		return
	}
	p := Problem{File: r.file, Line: at.line, Column: max(at.col, 1), Message: fmt.Sprintf(format, args...)}
	if at.env != "" {
		p.File, p.Column = at.env, 0
	}
	r.problems = append(r.problems, p)
}

// err is the report as an error, nil when nothing is wrong.
func (r *report) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	for i, p := range r.problems {
		if p.Line > 0 {
			r.problems[i].Source = lineOf(r.source, p.Line)
		}
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return &Error{Problems: r.problems, More: r.more}
}

// readBounded reads a regular file of at most maxBytes. It looks before it opens: opening a FIFO would wait for ever.
func readBounded(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return "", err
	}
	if len(raw) > maxBytes {
		return "", fmt.Errorf("%s is larger than %d bytes", path, maxBytes)
	}
	return strings.TrimPrefix(string(raw), "\uFEFF"), nil
}

// parse reads YAML into a node. An empty document is an empty mapping. Everything that is wrong goes to the report,
// and the node is nil then.
func parse(r *report) *node {
	if n, ok := readPlain(r.source); ok {
		return n
	}
	return parseYAML(r)
}

// parseYAML is parse by the YAML library.
func parseYAML(r *report) (n *node) {
	if i := invalidUTF8(r.source); i >= 0 {
		r.fail(placeOf(r.source, i), "the file is not valid UTF-8")
		return nil
	}
	if at, deep := tooDeep(r.source); deep {
		r.fail(at, "nested deeper than %d levels", maxDepth)
		return nil
	}
	if at, blank := tooBlank(r.source); blank {
		r.fail(at, "more than %d empty lines in a row", maxBlank)
		return nil
	}
	// The library has panicked on broken input before; a bad file must never end a server that reloads it.
	defer func() {
		if p := recover(); p != nil {
			n = nil
			r.fail(place{line: 1, col: 1}, "the file cannot be read as YAML")
		}
	}()
	f, err := parser.ParseBytes([]byte(r.source), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.fail(syntaxError(err))
		return nil
	}
	var body ast.Node
	for _, d := range f.Docs {
		if d.Body == nil {
			continue
		}
		if body != nil {
			r.fail(at(d.Body), "a second document; the file holds one")
			return nil
		}
		body = d.Body
	}
	if body == nil {
		return &node{kind: null, at: place{line: 1, col: 1}}
	}
	before := len(r.problems)
	n = r.convert(body, 0)
	if len(r.problems) > before {
		return nil
	}
	return n
}

// syntaxError turns an error of the library into the arguments of fail.
func syntaxError(err error) (place, string, any) {
	at, msg := place{line: 1, col: 1}, err.Error()
	var ye yaml.Error
	if errors.As(err, &ye) {
		msg = ye.GetMessage()
		if t := ye.GetToken(); t != nil && t.Position != nil {
			at = tokenPlace(t)
		}
	}
	msg, _, _ = strings.Cut(msg, "\n")
	return at, "%s", msg
}

func (r *report) convert(n ast.Node, depth int) *node {
	out := &node{at: at(n)}
	if depth > maxDepth {
		r.fail(out.at, "nested deeper than %d levels", maxDepth)
		return out
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		out.kind = table
		for _, v := range n.Values {
			r.entry(out, v, depth)
		}
		if len(n.Values) > 0 && !n.IsFlowStyle {
			out.at = at(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		out.kind = table
		r.entry(out, n, depth)
	case *ast.SequenceNode:
		out.kind = list
		for _, v := range n.Values {
			out.list = append(out.list, r.convert(v, depth+1))
		}
	case *ast.StringNode:
		out.kind, out.text = text, n.Value
	case *ast.LiteralNode:
		out.kind, out.text = text, n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		out.kind, out.text = number, n.GetToken().Value
	case *ast.BoolNode:
		out.kind, out.text = boolean, n.GetToken().Value
	case *ast.NullNode:
		out.kind = null
	default:
		// Anchors, aliases, merge keys and tags: a short alias can unfold to gigabytes, and our files need none.
		r.fail(out.at, "anchors, aliases, merge keys and tags are not used in this file")
	}
	return out
}

func (r *report) entry(out *node, v *ast.MappingValueNode, depth int) {
	key, ok := v.Key.(ast.Node).(*ast.StringNode)
	if !ok {
		r.fail(at(v.Key.(ast.Node)), "a key must be a plain name")
		return
	}
	if out.get(key.Value) != nil {
		r.fail(at(key), "duplicate key %q", key.Value)
		return
	}
	var value *node
	if v.Value == nil {
		value = &node{kind: null, at: at(key)}
	} else {
		value = r.convert(v.Value, depth+1)
	}
	out.entries = append(out.entries, entry{key: key.Value, at: at(key), value: value})
}

func at(n ast.Node) place {
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return place{line: 1, col: 1}
	}
	return tokenPlace(t)
}

func tokenPlace(t *token.Token) place {
	return place{line: max(t.Position.Line, 1), col: max(t.Position.Column, 1)}
}

func invalidUTF8(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return i
			}
		}
	}
	return -1
}

// tooDeep looks for brackets or dashes nested beyond reason before the recursive parser sees them. It cannot tell
// brackets in quoted text from others, so its bound is far above maxDepth, which holds for what was parsed.
func tooDeep(s string) (place, bool) {
	depth := 0
	for line := 0; line < len(s); {
		i := line
		for dashes := 0; i < len(s) && strings.IndexByte(" \t-?:!&", s[i]) >= 0; i++ {
			if s[i] > ' ' {
				dashes++
			}
			if dashes > maxScan {
				return placeOf(s, i), true
			}
		}
		for ; i < len(s) && s[i] != '\n'; i++ {
			switch s[i] {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			}
			if depth > maxScan {
				return placeOf(s, i), true
			}
		}
		line = i + 1
	}
	return place{}, false
}

// tooBlank finds a run of more than maxBlank line breaks with nothing but blanks between them.
func tooBlank(s string) (place, bool) {
	run := 0
	for i := range len(s) {
		switch s[i] {
		case '\n', '\r':
			if run++; run > 2*maxBlank { // a line break of Windows counts two
				return placeOf(s, i), true
			}
		case ' ', '\t':
		default:
			run = 0
		}
	}
	return place{}, false
}
