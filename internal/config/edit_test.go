package config

import (
	"strings"
	"testing"

	"wirefold/internal/news"
)

func TestAFeedIsAddedAndNothingElseChanges(t *testing.T) {
	add := news.Feed{URL: "https://new.example/feed", Outlet: "The New", Enabled: true}
	tests := []struct{ name, old, want string }{
		{"an empty file", "", "feeds:\n  - url: \"https://new.example/feed\"\n    outlet: \"The New\"\n"},
		{"no feeds yet", "site: {title: x}", "site: {title: x}\nfeeds:\n  - url: \"https://new.example/feed\"\n    outlet: \"The New\"\n"},
		{"feeds without value", "feeds:   # none\nstore: a\n", "feeds:   # none\n  - url: \"https://new.example/feed\"\n    outlet: \"The New\"\nstore: a\n"},
		{"an empty list", "feeds: []\n", "feeds: [{url: \"https://new.example/feed\", outlet: \"The New\"}]\n"},
		{"a list in brackets", "feeds: [\n  {url: \"http://a.example/]\"},  # a ] here\n]\n",
			"feeds: [\n  {url: \"http://a.example/]\"},  # a ] here\n{url: \"https://new.example/feed\", outlet: \"The New\"}]\n"},
		{"a list without indent", "feeds:\n- url: http://a.example\n  outlet: >\n    A\n    B\n\n# corrections follow\ncorrections: c.yaml\n",
			"feeds:\n- url: http://a.example\n  outlet: >\n    A\n    B\n- url: \"https://new.example/feed\"\n  outlet: \"The New\"\n\n# corrections follow\ncorrections: c.yaml\n"},
		{"comments and the last line", "feeds:\n    # first\n    - url: http://a.example  # note\n    # disabled:\n    # - url: http://b.example",
			"feeds:\n    # first\n    - url: http://a.example  # note\n    - url: \"https://new.example/feed\"\n      outlet: \"The New\"\n    # disabled:\n    # - url: http://b.example\n"},
		{"line ends of Windows", "feeds:\r\n  - url: http://a.example\r\n", "feeds:\r\n  - url: http://a.example\r\n  - url: \"https://new.example/feed\"\r\n    outlet: \"The New\"\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := AddFeed([]byte(tt.old), add)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestAddedFeedsAreReadBack(t *testing.T) {
	text := []byte(full)
	for _, f := range []news.Feed{
		{URL: "https://new.example/1", Outlet: `A "quoted" name: #1`, Enabled: true},
		{ID: "own", URL: "https://new.example/2", Enabled: false},
	} {
		var err error
		if text, err = AddFeed(text, f); err != nil {
			t.Fatal(err)
		}
	}
	c, err := load("feeds.yaml", "/x", string(text), none)
	if err != nil {
		t.Fatal(err)
	}
	a, b := c.Feeds[len(c.Feeds)-2], c.Feeds[len(c.Feeds)-1]
	if a.Outlet != `A "quoted" name: #1` || a.ID != "new-example-1" || !a.Enabled || b.ID != "own" || b.Enabled {
		t.Errorf("got %+v and %+v", a, b)
	}
}

func TestABrokenFileIsNotTouched(t *testing.T) {
	for _, text := range []string{"feeds: [\n", "feeds: x\n", "- a\n"} {
		if got, err := AddFeed([]byte(text), news.Feed{URL: "https://new.example/"}); err == nil {
			t.Errorf("AddFeed(%q) = %q, want an error", text, got)
		}
	}
}

func TestDiffShowsTheChangeInItsPlace(t *testing.T) {
	old := "1\n2\n3\n4\n5\n6\n7\n8\n"
	got := Diff("feeds.yaml", []byte(old), []byte(strings.Replace(old, "4\n", "4\nnew\n", 1)))
	want := "--- feeds.yaml\n+++ feeds.yaml\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+new\n 5\n 6\n 7\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := Diff("x", []byte(old), []byte(old)); got != "" {
		t.Errorf("no change: %q", got)
	}
	if got, want := Diff("x", nil, []byte("a\n")), "--- x\n+++ x\n@@ -0,0 +1,1 @@\n+a\n"; got != want {
		t.Errorf("a new file: %q, want %q", got, want)
	}
}

func FuzzAddFeed(f *testing.F) {
	f.Add(full)
	f.Add("feeds: [{url: \"http://a.example/]\"}]\n")
	f.Add("feeds:\n- seeds: x/*\n  outlet: |\n   a\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := AddFeed([]byte(text), news.Feed{URL: "https://new.example/feed", Enabled: true})
		if err != nil {
			return
		}
		if n, err := feedsNode(string(got)); err != nil || n == nil {
			t.Fatalf("AddFeed made of %q what cannot be read: %q", text, got)
		}
	})
}
