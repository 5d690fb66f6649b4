package config

import "strings"

// scalars are the settings that WIREFOLD_<SECTION>_<KEY> overrides; a section without keys is itself a scalar.
// Lists and mappings are not overridden: a variable is no place for them.
var scalars = []struct {
	section string
	keys    []string
}{
	{"site", []string{"title", "url", "author", "authority", "timezone", "listen", "admin", "noindex"}},
	{"store", nil},
	{"fetch", []string{"timeout", "min_interval", "user_agent", "contact"}},
	{"publish", []string{"entries", "window", "settle", "settle_max", "max_age", "excerpt"}},
	{"api", []string{"token_file"}},
	{"embedding", []string{"url", "model", "token_file", "unrelated", "same"}},
	{"corrections", nil},
}

// override puts the values of the environment in the place of those of the file. An empty variable says nothing.
func override(root *node, getenv func(string) string) {
	root.kind = table
	for _, s := range scalars {
		if s.keys == nil {
			root.override(s.section, "WIREFOLD_"+strings.ToUpper(s.section), getenv)
			continue
		}
		for _, key := range s.keys {
			name := "WIREFOLD_" + strings.ToUpper(s.section+"_"+key)
			if getenv(name) == "" {
				continue
			}
			section := root.get(s.section)
			if section == nil {
				section = &node{kind: table, at: place{env: name}}
				root.entries = append(root.entries, entry{key: s.section, at: section.at, value: section})
			}
			if section.kind == null {
				section.kind = table
			}
			if section.kind == table {
				section.override(key, name, getenv)
			}
		}
	}
}

func (n *node) override(key, name string, getenv func(string) string) {
	text := getenv(name)
	if text == "" {
		return
	}
	value := &node{kind: anyScalar, text: text, at: place{env: name}}
	for i := range n.entries {
		if n.entries[i].key == key {
			n.entries[i].value = value
			return
		}
	}
	n.entries = append(n.entries, entry{key: key, at: value.at, value: value})
}
