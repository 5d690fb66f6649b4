// Package validate holds every feed that we publish to its standard: RFC 4287 with RFC 5005 and RFC 6721, RSS 2.0 with
// the namespaces we use, JSON Feed 1.1, OPML 2.0. It is stricter than the standards where readers are: what is not
// named in a schema of this package may not be published at all.
package validate

import (
	"fmt"
	"unicode/utf8"
)

// Problem is one thing that is wrong with a document.
type Problem struct {
	Where string // path of element names, with positions: /feed/entry[2]/updated
	What  string
}

func (p Problem) String() string { return p.Where + ": " + p.What }

// chars checks characters, of JSON Feed too: its readers hand the strings on to XML.
func chars(where string, s []byte) []Problem {
	if !utf8.Valid(s) {
		return []Problem{{where, "is not UTF-8"}}
	}
	for i, r := range string(s) {
		if !publishable(r) {
			return []Problem{{where, fmt.Sprintf("character U+%04X at byte %d may not be published", r, i)}}
		}
	}
	return nil
}

// publishable is the production Char of XML 1.0 section 2.2 without the C1 controls, which are always a broken
// encoding, and without U+FFFD, the mark of a lost character: readers show both as boxes.
func publishable(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r < 0x7F || r >= 0xA0 && r <= 0xD7FF || r >= 0xE000 && r < 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}
