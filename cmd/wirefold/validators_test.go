package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/testtools/lives"
	"wirefold/internal/testtools/validate"
)

// Every feed of a lively topic is valid: by our own schemas and strict parser, and well-formed for libxml2's. The items come
// as a parser hands them over, and go through cleaning, store, grouping and publishing as they would. WIREFOLD_DOCUMENTS=DIR
// keeps what was published there, for validators that cannot be in the suite.
func TestEveryFeedOfALivelyTopicIsValid(t *testing.T) {
	tests := []struct {
		name    string
		do      func(w *world)
		entries int
		has     string // what the Atom feed must hold, so that the case is what it says
	}{
		{"empty", func(*world) {}, 0, "<feed "},
		{"one item", func(w *world) { w.tell(plainItem(1)) }, 1, "Report 1"},
		{"500 items", func(w *world) {
			w.tell(plainItems(500)...)
		}, 500, "Report 499"},
		{"control characters and CDATA ends in every field", func(w *world) {
			for i, s := range hostileStrings {
				w.tell(hostileItem(i, s))
			}
		}, len(hostileStrings), "file WF"},
		{"right to left", func(w *world) { w.tell(rightToLeft(1, "ar"), rightToLeft(2, "he"), rightToLeft(3, "fa"), plainItem(4)) }, 4, "dir=&#34;rtl&#34;"},
		{"a merge", func(w *world) {
			w.tell(plainItem(1), plainItem(2), plainItem(3))
			w.now = w.now.Add(time.Hour)
			bridge := plainItem(99)
			bridge.Content.Value += " " + lives.Marker(1) + " " + lives.Marker(2)
			w.tell(bridge)
		}, 3, "at:deleted-entry"},
		{"a drop", func(w *world) {
			w.tell(plainItem(1), plainItem(2))
			w.now = w.now.Add(time.Hour)
			w.drop("Report 1")
		}, 2, "This story was withdrawn."},
		{"a drop, and its notice over", func(w *world) {
			w.tell(plainItem(1), plainItem(2))
			w.drop("Report 1")
			w.now = w.now.Add(8 * 24 * time.Hour)
			w.tell(plainItem(3))
		}, 2, "at:deleted-entry"},
		{"archives", func(w *world) {
			w.tell(plainItems(230)...)
			w.now = w.now.Add(60 * 24 * time.Hour)
			w.tell(plainItem(300))
		}, 20, "prev-archive"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, lives.Options{Seed: 1, Outlets: 2, Start: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)})
			w.configure("publish: {entries: 500}\n")
			tt.do(w)
			atom := w.get("/topics/all/feed.atom").Body.String()
			if got := strings.Count(atom, "<entry"); got != tt.entries || !strings.Contains(atom, tt.has) {
				t.Errorf("%d entries, want %d, with %q:\n%.2000s", got, tt.entries, tt.has, atom)
			}
			w.validate(tt.name)
		})
	}
}

// configure adds lines to the configuration.
func (w *world) configure(lines string) {
	w.t.Helper()
	text, err := os.ReadFile(w.config)
	if err == nil {
		err = os.WriteFile(w.config, append(text, lines...), 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.house.close()
	w.open()
}

// tell has the first outlet publish items, one after the other.
func (w *world) tell(items ...news.Item) {
	w.t.Helper()
	normal, feed := markerNormal{normalizer{w.house.model}}, w.life.Feeds()[0]
	var as []news.Article
	for _, it := range items {
		w.now = w.now.Add(time.Second)
		it.Hash = sha256.Sum256(fmt.Append(nil, it))
		as = append(as, normal.Article(feed, &news.Document{Title: it.Title, Language: it.Language, Link: it.Link, Rights: it.Rights}, it))
	}
	w.place(feed, as...)
}

// drop takes a story out by a correction, named by its headline.
func (w *world) drop(headline string) {
	w.t.Helper()
	ctx := context.Background()
	list, err := w.house.store.Entries(ctx, "all", 0)
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(s news.Story) bool { return strings.Contains(s.Account.Headline, headline) })
	if i < 0 {
		w.t.Fatalf("no story %q", headline)
	}
	if err := w.house.store.Correct(ctx, []news.Correction{{Op: news.OpDrop, Articles: []string{string(list[i].Account.Lead)}}}, w.now); err != nil {
		w.t.Fatal(err)
	}
	w.place(w.life.Feeds()[0])
}

func plainItem(n int) news.Item {
	day := time.Date(2026, 3, 1, 0, 0, n, 0, time.UTC)
	return news.Item{
		GUID: fmt.Sprint("plain-", n), Link: fmt.Sprintf("https://one.example/%d?a=1&b=2", n), Title: news.Text{Value: fmt.Sprintf("Report %d of the harbour & its ships", n)},
		Summary: news.Text{Value: fmt.Sprintf("Ship %d < ship %d.", n, n+1)}, Content: news.Text{Type: news.HTML, Value: fmt.Sprintf("<p>Ship %d left <b>the harbour</b> of Riga. (%s)</p>", n, lives.Marker(n))},
		Published: news.Date{Time: day}, Authors: []news.Author{{Name: "A. Writer", Email: "a@one.example"}, {Name: "B. Writer"}},
		Categories: []news.Category{{Term: "harbours", Scheme: "https://one.example/tags", Label: "Harbours"}}, Language: "en", Image: "https://one.example/a.jpg",
		Enclosures: []news.Enclosure{{URL: "https://one.example/a.mp3", Type: "audio/mpeg", Length: "1000"}},
	}
}

func plainItems(n int) (out []news.Item) {
	for i := range n {
		out = append(out, plainItem(i))
	}
	return out
}

func rightToLeft(n int, lang string) news.Item {
	it := plainItem(n)
	it.Language = lang
	it.Title.Value = "غادرت السفينة الميناء (" + fmt.Sprint(n) + ") \u200fשלום"
	it.Summary.Value = "غادرت السفينة الميناء صباح اليوم."
	it.Content.Value = "<p>غادرت السفينة الميناء صباح اليوم. (" + lives.Marker(n) + ")</p>"
	return it
}

// hostileStrings break writers of XML, JSON and HTML.
var hostileStrings = []string{
	"\x00\x01\x08\x0b\x0c\x1b[31m\x7f", "]]>", "<![CDATA[ ]]>", "\uFFFE\uFFFF\uFDD0", "\xff\xfe\xc3\x28", "&#0;&#8;&amp;#0;&bogus;", "--><!DOCTYPE x [<!ENTITY y 'z'>]>",
	"<?xml version=\"1.0\"?>", "</entry></item></channel>", `"'\</script>`, "\u2028\u2029\u0085", "\u202Eabc\u202C\u2066", "\U0001F6A2\u0000\uFFFD",
}

// hostileItem has a hostile string in every text.
func hostileItem(n int, s string) news.Item {
	it := plainItem(n)
	var spoil func(v reflect.Value)
	spoil = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			if v.Type() == reflect.TypeFor[string]() {
				v.SetString(v.String() + s)
			}
		case reflect.Struct:
			if v.Type() != reflect.TypeFor[time.Time]() {
				for i := range v.NumField() {
					spoil(v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				spoil(v.Index(i))
			}
		}
	}
	spoil(reflect.ValueOf(&it).Elem())
	return it
}

// validate holds all documents that the site has to their standards.
func (w *world) validate(name string) {
	w.t.Helper()
	dir := w.t.TempDir()
	if keep := os.Getenv("WIREFOLD_DOCUMENTS"); keep != "" {
		dir = filepath.Join(keep, strings.ReplaceAll(name, " ", "-"))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			w.t.Fatal(err)
		}
	}
	paths := []string{"/opml.xml", "/sources/health.atom"}
	for _, slug := range []string{"all", "some"} {
		all, _, err := w.house.store.Archives(context.Background(), slug)
		if err != nil {
			w.t.Fatal(err)
		}
		names := []string{"feed", "updates", "digest", "all"}
		for n := range all {
			names = append(names, fmt.Sprint("archive/", n+1))
		}
		for _, name := range names {
			for _, ext := range []string{"atom", "rss", "json"} {
				paths = append(paths, "/topics/"+slug+"/"+name+"."+ext)
			}
		}
	}
	var files []string
	for _, path := range paths {
		r := w.get(path)
		if r.Code != http.StatusOK {
			w.t.Errorf("%s: %d", path, r.Code)
			continue
		}
		for _, p := range validate.Published(path, r.Body.Bytes()) {
			w.t.Errorf("%s: %v", path, p)
		}
		file := filepath.Join(dir, strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "_"))
		if err := os.WriteFile(file, r.Body.Bytes(), 0o600); err != nil {
			w.t.Fatal(err)
		}
		if !strings.HasSuffix(path, ".json") {
			files = append(files, file)
		}
	}
	switch err := validate.Lint(files...); {
	case errors.Is(err, validate.ErrNoLinter) && os.Getenv("CI") == "":
		w.t.Log("xmllint is not installed: the documents were read by one parser only")
	case err != nil:
		w.t.Error(err)
	}
}
