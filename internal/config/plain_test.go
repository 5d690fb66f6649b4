package config

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// byLibrary reads a file as if there were no plain ones.
func byLibrary(source string) (*node, []Problem) {
	r := &report{file: "f", source: source}
	n := parseYAML(r)
	return n, r.problems
}

func sameAsLibrary(t *testing.T, source string) {
	t.Helper()
	got, ok := readPlain(source)
	if !ok {
		return
	}
	want, problems := byLibrary(source)
	if len(problems) > 0 {
		t.Fatalf("read as plain, and the library says %v:\n%s", problems, source)
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(node{}, entry{}, place{})); d != "" {
		t.Fatalf("another value or place than the library's (-library +plain):\n%s\nof\n%s", d, source)
	}
}

var plainFiles = []string{
	"a: b\n",
	"feeds:\n  - {url: \"https://example.org/feed?x=1#f\", outlet: \"Site 5\"}\n  - {url: 'https://b.example/', interval: 30m, enabled: false}\n",
	"feeds:\n  - url: https://example.org/feed\n    outlet: Süddeutsche Zeitung\n    interval: 2h\n\n  - url: https://b.example:8080/x\n  - seeds: seeds/a.txt # the seeds\n",
	"# a comment\nsite: {title: Нова, timezone: Europe/Warsaw}\nfetch:\n    min_interval: 0\n    allow: [ \"127.0.0.1:80\" , \"b:1\"]\nstore: data/w.db\n",
	"feeds:\n  -   url: a\n      auth: {basic_file: x}\n  - url: b\npublish: {entries: 100, window: 30d}\ntopics:\n  - slug: all\n    match:\n      words: [one, \"two three\"]\n",
	"a:\n  - b\n  - c d\n  - 7\n  - true\n",
	"a: {b: {c: [d, {e: f}]}}",
	"a: \"Le Monde – Économie\" # „so“ heißt es\nb: {c: '100 € | > * & !', d: e}\n",
	"a: \"ä\"\nb: {x: \"äöü\", v: ø, z: \"\"}\n",
}

func TestPlainFilesAreReadWithoutTheLibrary(t *testing.T) {
	for _, source := range plainFiles {
		if _, ok := readPlain(source); !ok {
			t.Errorf("not plain:\n%s", source)
		}
		sameAsLibrary(t, source)
	}
}

func TestWhatIsNotPlainIsLeftToTheLibrary(t *testing.T) {
	for _, source := range []string{
		"", "# nothing\n", "a\n", "a: &x b\n", "a: *x\n", "a: !!str b\n", "<<: {a: b}\n", "a: |\n  text\n", "a: >\n  text\n", "a: b\n  c\n",
		"a: \"b\\n\"\n", "a: 'it''s'\n", "a: \"b\n  c\"\n", "a: b: c\n", "a: b #c\n#", "a: b#c\n", "a:\tb\n", "a: b\r\n", "---\na: b\n", "a: b\n---\nc: d\n",
		"a: b\na: c\n", "a: {b: c, b: d}\n", "a: ~\n", "a: null\n", "a: yes\n", "a: 0x1f\n", "a: 1e3\n", "a: 012\n", "a: 1_000\n", "a: 1.5\n", "a: .inf\n", "a: -1\n",
		"a:\nb: c\n", "a:\n- b\n", "a: [b, c,]\n", "a: [b\n, c]\n", "a: {b}\n", "a: [}\n", "? a\n: b\n", "a: %b\n", "a: @b\n", "a: `b\n", "- a\n-\n", "a: [[[[[[[[[[b]]]]]]]]]]\n",
		"a: b\u00a0c\n", "a: '\x80'\n", "a: b # \x80\n", "a: \u2028b\n", "\"a\": b\n", "a : b\n", "a: 2026-11-22\n", "a: 12:30\n", "  a: b\nc: d\n", "a:\n    b: c\n  d: e\n",
	} {
		if n, ok := readPlain(source); ok && source != "a: b #c\n#" {
			t.Errorf("read as plain: %q as %+v", source, n)
		}
		sameAsLibrary(t, source)
	}
}

func FuzzPlainIsYAML(f *testing.F) {
	for _, s := range plainFiles {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 4096 || strings.Count(source, "\n") > 100 {
			return
		}
		sameAsLibrary(t, source)
	})
}

// pieces of YAML, plain and odd, of which files are put together.
var pieces = []string{
	"a", "b_c", "url", ":", ": ", "- ", "-", " ", "  ", "\n", "\n", "\n  ", "\n    ", "\n  - ", "{", "}", "[", "]", ", ", ",", "\"", "\"x y\"", "'z'",
	"\"http://a.b/c?d=e&f#g\"", "http://a.b:80/c", "true", "30m", "7", "0", "012", "yes", "null", "#", " # c", "é", "–", "*", "&a", "!", "%", "@", "|", ">", "?", "? ",
	"=", "~", ".", "/", "1.5", "1e3", "0x1", "x:y", "a b", "a: b", "a: {b: c}", "a: [b, c]", "feeds:\n  - {url: a}\n", "feeds:\n  - url: a\n    b: c\n", "<<", "+1",
	"-1", "2026-11-22", "12:30", "1d", "07:00", "1_0", "0o7", "\t", ".5", "a.", "b-", "c ", "d  e",
}

func TestFilesOfPiecesAreReadAsTheLibraryReadsThem(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	begins := []string{"", "a: ", "a:\n  b: ", "a:\n  - ", "a: {b: ", "a: [", "a:\n  - {c: ", "a:\n  - d: e\n    f: "}
	read := 0
	for range 50_000 {
		source := begins[r.IntN(len(begins))]
		for range 1 + r.IntN(9) {
			source += pieces[r.IntN(len(pieces))]
		}
		if _, ok := readPlain(source); ok {
			read++
		}
		sameAsLibrary(t, source)
	}
	if read < 500 {
		t.Errorf("only %d of the files were plain", read)
	}
}
