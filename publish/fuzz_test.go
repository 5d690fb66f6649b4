package publish

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzAcceptEncoding(f *testing.F) {
	for _, s := range []string{"", "gzip", "gzip;q=0.5, br;q=1", "*;q=0", "identity;q=0,zstd;q=x", ";;,=;q="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if e := choose(s); e < 0 || int(e) >= encodings {
			t.Errorf("choose(%q) = %d", s, e)
		}
		if !strings.ContainsAny(s, "*") && choose(s) != identity && !strings.Contains(strings.ToLower(s), strings.TrimPrefix(names[choose(s)], "x-")) {
			t.Errorf("choose(%q) = %s, which it does not name", s, names[choose(s)])
		}
	})
}

func FuzzIfNoneMatch(f *testing.F) {
	const tag = `"abc-gz"`
	for _, s := range []string{"", "*", `""`, tag, "W/" + tag, `"x", ` + tag, `"x" "y`, "abc-gz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if matches(s, tag) && !strings.Contains(s, tag) && strings.TrimSpace(s) != "*" {
			t.Errorf("%q matches %s", s, tag)
		}
	})
}

func FuzzLegal(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := legal(s)
		if !utf8.ValidString(got) || legal(got) != got {
			t.Errorf("legal(%q) = %q", s, got)
		}
		b, err := xml.Marshal(rssCategory{Term: got})
		if err != nil || strings.ContainsRune(got, utf8.RuneError) != strings.ContainsRune(string(b), utf8.RuneError) {
			t.Errorf("XML replaced something in %q: %s, %v", got, b, err)
		}
		if line := clean(s); strings.ContainsAny(line, "\n\t\r") || clean(line) != line {
			t.Errorf("clean(%q) = %q", s, line)
		}
	})
}

func FuzzReadCorrections(f *testing.F) {
	for _, s := range []string{`{"drop":"a"}`, `[{"merge":["a","b"]}]`, `[`, `{"pin":"a","headline":"h"}`, `null`, `[null]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, err := readCorrections([]byte(s))
		if err != nil {
			return
		}
		if !json.Valid([]byte(s)) {
			t.Errorf("%q was read as %v", s, list)
		}
		for _, c := range list {
			if c.Op == "" || len(c.Articles) == 0 {
				t.Errorf("%q gives the empty correction %+v", s, c)
			}
		}
	})
}
