package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wirefold/internal/news"
	"wirefold/internal/testtools/validate"
)

// documents are all that a topic publishes, and what is beside the topics.
func documents() []string {
	paths := []string{"/opml.xml", "/sources/health.atom"}
	for _, slug := range []string{"sea", "empty"} {
		for _, kind := range []string{"feed", "updates", "digest", "all"} {
			for _, ext := range formats {
				paths = append(paths, "/topics/"+slug+"/"+kind+"."+ext)
			}
		}
	}
	return paths
}

// pages are HTML.
func pages() []string {
	return []string{"/", "/topics/sea/", "/topics/empty/", "/sources/", "/stories/ferryferryferry2/", "/stories/fairfairfairfair/", "/articles/" + string(seedKey) + "/", "/articles/" + string(otherKey) + "/"}
}

// check says what is wrong with a document, by our validator and its strict parser, and leaves it in dir for another one.
func check(t *testing.T, dir, path string, body []byte) {
	t.Helper()
	if !utf8.Valid(body) {
		t.Errorf("%s: not UTF-8", path)
	}
	for _, problem := range validate.Published(path, body) {
		t.Errorf("%s: %v\n%s", path, problem, body)
	}
	if !strings.HasSuffix(path, ".json") {
		name := filepath.Join(dir, strings.ReplaceAll(path, "/", "_"))
		if err := os.WriteFile(name, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// lint reads all XML documents in dir by a second strict parser, where it is installed.
func lint(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	switch err := validate.Lint(names...); {
	case errors.Is(err, validate.ErrNoLinter) && os.Getenv("CI") == "":
		t.Log("xmllint is not installed: the documents were read by one parser only")
	case err != nil:
		t.Error(err)
	}
}

// nasty are strings that break writers.
var nasty = []string{
	"\x00\x01\x08\x0b\x0c\x1b[31m]]>\uFFFE\uFFFF", "]]>", "<script>alert(1)</script>", `"'&<>`, "&amp;&#0;&lt;", "\xff\xfe\xc3", "\u202Eabc\u202C",
	"مرحبا بالعالم", "a\r\nb\tc", "<!--", "--><!DOCTYPE x>", "<![CDATA[", "\U0001F6A2\uD7FF", "\u0085\u2028", "{{.}}", "https://x.example/?a=1&b=]]>",
}

// fill puts s into every string of a value that a feed's texts can reach.
func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		if t := v.Type(); t == reflect.TypeFor[string]() {
			v.SetString(s)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), s)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), s)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), s)
		}
	}
}

func TestEveryDocumentIsWellFormedWhateverStandsInIt(t *testing.T) {
	for i, s := range append([]string{""}, nasty...) {
		t.Run(fmt.Sprintf("%q", s), func(t *testing.T) {
			f := lively()
			for id, st := range f.stories {
				topics := st.Life.Topics
				if i > 0 {
					fill(reflect.ValueOf(&st).Elem(), s)
				}
				st.Life.Topics = topics
				f.stories[id] = st
			}
			for k, a := range f.articles {
				if i > 0 {
					fill(reflect.ValueOf(&a).Elem(), s)
				}
				f.articles[k] = a
			}
			for j := range f.states {
				if i > 0 {
					f.states[j].Title, f.states[j].Error = s, s
				}
			}
			f.archives["sea"] = []news.Archive{{N: 1, Closed: true, Stories: []news.Story{f.stories["ferryferryferry2"]}}, {N: 2, Stories: []news.Story{f.stories["fairfairfairfair"]}}}
			o := options(f)
			if i > 0 {
				o.Site.Title, o.Site.Author = s, s
				o.Topics[0].Title, o.Topics[0].Description = s, s
				o.Feeds[0].Outlet = s
			}
			h, dir := newPublisher(t, o).Handler(), t.TempDir()
			for _, path := range append(documents(), "/topics/sea/archive/1.atom", "/topics/sea/archive/2.rss", "/topics/sea/archive/1.json") {
				r := ask(h, "GET", path)
				if r.StatusCode != 200 {
					t.Errorf("%s: %d", path, r.StatusCode)
					continue
				}
				check(t, dir, path, read(t, r))
			}
			lint(t, dir)
			for _, path := range pages() {
				r := ask(h, "GET", path)
				body := string(read(t, r))
				if r.StatusCode != 200 || !utf8.ValidString(body) || strings.Contains(body, "ZgotmplZ") {
					t.Errorf("%s: %d\n%s", path, r.StatusCode, body)
				}
				// HTML of the sanitiser is passed on as it is; everything else must come out as text.
				if i > 0 && !strings.HasPrefix(path, "/stories/") && !strings.HasPrefix(path, "/articles/") && strings.Contains(body, "<script") {
					t.Errorf("%s: a string became markup", path)
				}
			}
		})
	}
}
