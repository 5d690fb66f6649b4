package validate

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// node is an element of a parsed document.
type node struct {
	space, name string
	attrs       []xml.Attr
	text        string // its own characters, joined
	children    []*node
	path        string
}

func (n *node) attr(name string) (string, bool) {
	for _, a := range n.attrs {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

func (n *node) all(space, name string) []*node {
	var out []*node
	for _, c := range n.children {
		if c.space == space && c.name == name {
			out = append(out, c)
		}
	}
	return out
}

func (n *node) one(space, name string) *node {
	if all := n.all(space, name); len(all) > 0 {
		return all[0]
	}
	return nil
}

// WellFormed parses an XML document strictly: UTF-8, no forbidden characters, no DTD, no processing instruction but
// the declaration, one root and nothing after it, no attribute twice, no undeclared prefix.
func WellFormed(body []byte) []Problem {
	_, ps := parse(body)
	return ps
}

func parse(body []byte) (*node, []Problem) {
	if ps := chars("document", body); ps != nil {
		return nil, ps
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	var root *node
	var stack []*node
	var ps []Problem
	fail := func(format string, args ...any) (*node, []Problem) {
		return nil, append(ps, Problem{fmt.Sprintf("byte %d", d.InputOffset()), fmt.Sprintf(format, args...)})
	}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fail("not well-formed: %v", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if root != nil && len(stack) == 0 {
				return fail("a second root element %s", t.Name.Local)
			}
			n := &node{space: t.Name.Space, name: t.Name.Local, attrs: t.Attr}
			ps = append(ps, names(n)...)
			if len(stack) == 0 {
				root, n.path = n, "/"+n.name
			} else {
				up := stack[len(stack)-1]
				n.path = fmt.Sprintf("%s/%s[%d]", up.path, n.name, len(up.all(n.space, n.name))+1)
				up.children = append(up.children, n)
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text += string(t)
			} else if len(bytes.TrimSpace(t)) > 0 {
				return fail("text outside of the root element")
			}
			if p := chars("text", t); p != nil {
				return nil, append(ps, p...)
			}
		case xml.Directive:
			return fail("a document type declaration")
		case xml.ProcInst:
			if t.Target != "xml" {
				return fail("a processing instruction %s", t.Target)
			}
			if root != nil || !strings.Contains(strings.ToLower(string(t.Inst)), "utf-8") {
				return fail("the XML declaration does not say UTF-8, or stands in the wrong place")
			}
		}
	}
	if root == nil {
		return fail("no root element")
	}
	return root, ps
}

// names finds attributes given twice and prefixes that no xmlns declares: encoding/xml lets both pass, and leaves an
// undeclared prefix where the namespace should be.
func names(n *node) []Problem {
	var ps []Problem
	seen := map[xml.Name]bool{}
	for _, a := range n.attrs {
		if seen[a.Name] {
			ps = append(ps, Problem{n.name, "attribute " + a.Name.Local + " stands twice"})
		}
		seen[a.Name] = true
		if s := a.Name.Space; s != "" && s != "xmlns" && s != "xml" && !strings.Contains(s, ":") {
			ps = append(ps, Problem{n.name, "attribute prefix " + s + " is not declared"})
		}
	}
	if n.space != "" && !strings.Contains(n.space, ":") {
		ps = append(ps, Problem{n.name, "element prefix " + n.space + " is not declared"})
	}
	return ps
}
