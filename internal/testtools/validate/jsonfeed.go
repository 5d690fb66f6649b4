package validate

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"sort"
	"strings"
)

//go:embed jsonfeed-1.1.schema.json
var jsonFeedSchema []byte

// JSONFeed holds a feed document to the schema beside this file, and to what a schema cannot say: ids once only, no
// key twice in one object, and no characters that XML forbids, since readers hand the strings on.
func JSONFeed(body []byte) []Problem {
	if ps := chars("document", body); ps != nil {
		return ps
	}
	if ps := keysOnce(body); ps != nil {
		return ps
	}
	var doc any
	if err := json.Unmarshal(body, &doc); err != nil {
		return []Problem{{"document", err.Error()}}
	}
	var schema map[string]any
	if err := json.Unmarshal(jsonFeedSchema, &schema); err != nil {
		return []Problem{{"schema", err.Error()}}
	}
	s := jsonSchema{root: schema}
	ps := s.check("$", schema, doc)
	ps = append(ps, stringsOf("$", doc)...)
	return append(ps, idsOnce(doc)...)
}

func idsOnce(doc any) []Problem {
	root, _ := doc.(map[string]any)
	items, _ := root["items"].([]any)
	seen := map[string]bool{}
	var ps []Problem
	for i, it := range items {
		m, _ := it.(map[string]any)
		id, _ := m["id"].(string)
		if seen[id] {
			ps = append(ps, Problem{fmt.Sprintf("$.items[%d].id", i), "is the id of another item too: " + id})
		}
		seen[id] = true
	}
	return ps
}

// stringsOf checks the characters of every string after JSON's escapes are undone.
func stringsOf(where string, v any) []Problem {
	var ps []Problem
	switch v := v.(type) {
	case string:
		return chars(where, []byte(v))
	case []any:
		for i, x := range v {
			ps = append(ps, stringsOf(fmt.Sprintf("%s[%d]", where, i), x)...)
		}
	case map[string]any:
		for k, x := range v {
			ps = append(ps, stringsOf(where+"."+k, x)...)
		}
	}
	return ps
}

// keysOnce walks the tokens, because encoding/json silently keeps the last of two equal keys.
func keysOnce(body []byte) []Problem {
	d := json.NewDecoder(bytes.NewReader(body))
	type level struct {
		keys   map[string]bool // nil in an array
		isName bool
	}
	var stack []level
	for {
		t, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return []Problem{{fmt.Sprintf("byte %d", d.InputOffset()), err.Error()}}
		}
		top := len(stack) - 1
		if delim, ok := t.(json.Delim); ok && (delim == '}' || delim == ']') {
			stack = stack[:top]
			continue
		}
		if top >= 0 && stack[top].keys != nil {
			if stack[top].isName {
				k := t.(string)
				if stack[top].keys[k] {
					return []Problem{{fmt.Sprintf("byte %d", d.InputOffset()), "key " + k + " stands twice"}}
				}
				stack[top].keys[k] = true
			}
			stack[top].isName = !stack[top].isName
		}
		switch t {
		case json.Delim('{'):
			stack = append(stack, level{keys: map[string]bool{}, isName: true})
		case json.Delim('['):
			stack = append(stack, level{})
		}
	}
}

// jsonSchema reads the part of JSON Schema 2020-12 that the schema beside this file uses; an unknown keyword is a
// problem of its own, so that nothing in the schema is silently without effect.
type jsonSchema struct{ root map[string]any }

func (s jsonSchema) check(where string, schema map[string]any, v any) []Problem {
	var ps []Problem
	for _, k := range sorted(schema) {
		rule := schema[k]
		switch k {
		case "$schema", "title", "$defs", "additionalProperties", "patternProperties":
		case "$ref":
			name := strings.TrimPrefix(rule.(string), "#/$defs/")
			ps = append(ps, s.check(where, s.root["$defs"].(map[string]any)[name].(map[string]any), v)...)
		case "type":
			if got := typeOf(v); got != rule && !(rule == "number" && got == "integer") {
				return append(ps, Problem{where, fmt.Sprintf("is %s, not %s", got, rule)})
			}
		case "const":
			if v != rule {
				ps = append(ps, Problem{where, fmt.Sprintf("is %v, not %v", v, rule)})
			}
		case "pattern":
			if str, ok := v.(string); ok && !regexp.MustCompile(rule.(string)).MatchString(str) {
				ps = append(ps, Problem{where, fmt.Sprintf("%q does not match %s", str, rule)})
			}
		case "required":
			m, _ := v.(map[string]any)
			for _, name := range rule.([]any) {
				if _, ok := m[name.(string)]; !ok {
					ps = append(ps, Problem{where, "lacks " + name.(string)})
				}
			}
		case "minProperties":
			if m, ok := v.(map[string]any); ok && float64(len(m)) < rule.(float64) {
				ps = append(ps, Problem{where, "is empty"})
			}
		case "items":
			list, _ := v.([]any)
			for i, x := range list {
				ps = append(ps, s.check(fmt.Sprintf("%s[%d]", where, i), rule.(map[string]any), x)...)
			}
		case "properties":
			ps = append(ps, s.properties(where, schema, v)...)
		default:
			ps = append(ps, Problem{"schema", "unknown keyword " + k})
		}
	}
	return ps
}

func (s jsonSchema) properties(where string, schema map[string]any, v any) []Problem {
	m, _ := v.(map[string]any)
	props := schema["properties"].(map[string]any)
	patterns, _ := schema["patternProperties"].(map[string]any)
	var ps []Problem
next:
	for _, name := range sorted(m) {
		at := where + "." + name
		if p, ok := props[name]; ok {
			ps = append(ps, s.check(at, p.(map[string]any), m[name])...)
			continue
		}
		for pat, p := range patterns {
			if regexp.MustCompile(pat).MatchString(name) {
				ps = append(ps, s.check(at, p.(map[string]any), m[name])...)
				continue next
			}
		}
		if schema["additionalProperties"] == false {
			ps = append(ps, Problem{at, "may not stand here"})
		}
	}
	return ps
}

func sorted(m map[string]any) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	}
	return "object"
}
