package validate

import (
	"errors"
	"fmt"
	"os/exec"
	"path"
	"strings"
)

// Published holds a document of a site to the standard that the extension of its path names: .atom, .rss, .json, .xml (OPML).
// A tombstone may stand beside an entry (RFC 6721 section 3): ours is the notice, which stays a week for readers that know no
// tombstones.
func Published(name string, body []byte) []Problem {
	judges := map[string]func([]byte) []Problem{".atom": Atom, ".rss": RSS, ".json": JSONFeed, ".xml": OPML}
	judge, ok := judges[path.Ext(name)]
	if !ok {
		return []Problem{{name, "is of no format that we publish"}}
	}
	var out []Problem
	for _, p := range judge(body) {
		if !strings.HasPrefix(p.What, alsoEntry) {
			out = append(out, p)
		}
	}
	return out
}

// ErrNoLinter is what Lint answers where xmllint is not installed.
var ErrNoLinter = errors.New("xmllint is not installed")

// Lint has XML files read by a second strict parser, libxml2's, that shares nothing with ours.
func Lint(files ...string) error {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		return ErrNoLinter
	}
	if out, err := exec.Command(xmllint, append([]string{"--noout", "--nonet"}, files...)...).CombinedOutput(); err != nil {
		return fmt.Errorf("xmllint: %w: %s", err, out)
	}
	return nil
}
