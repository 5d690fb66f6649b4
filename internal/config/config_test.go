package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

func none(string) string { return "" }

func env(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func sameZone(a, b *time.Location) bool { return a.String() == b.String() }

func TestAnEmptyFileIsAllDefaults(t *testing.T) {
	for _, text := range []string{"", "# only a comment\n", "{}\n", "---\n", "site:\nfeeds:\ntopics:\n"} {
		got, err := load("feeds.yaml", "/etc/wf", text, none)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		want := &Config{
			File:        "feeds.yaml",
			Site:        news.Site{Title: "Wirefold", Author: "Wirefold", URL: "http://127.0.0.1:8080", Authority: "127.0.0.1,2026", TimeZone: time.UTC},
			Listen:      "127.0.0.1:8080",
			Admin:       "127.0.0.1:8081",
			Store:       "/etc/wf/data/wirefold.db",
			Fetch:       Fetch{Timeout: 30 * time.Second, MinInterval: time.Hour},
			Corrections: "/etc/wf/corrections.yaml",
			Publishing:  news.Publishing{Entries: 100, Window: 720 * time.Hour, SettleMax: time.Hour, MaxAge: 5 * time.Minute, Excerpt: 400},
		}
		if d := cmp.Diff(want, got, cmp.Comparer(sameZone)); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}

const full = `
site:
  title: The "Fold"   # trailing comment
  url: https://example.org/news/
  author: Ada
  authority: example.org,2026
  timezone: Europe/Warsaw
  listen: 127.0.0.1:0
  admin: none
  noindex: true
store: postgres://wf@db.example/wirefold
fetch: {allow: ["127.0.0.1:8999", "[::1]:80"], timeout: 5s, min_interval: 15m, user_agent: wf, contact: "mailto:a@example.org"}
publish: {entries: 50, window: 1w2d, settle: 5m, settle_max: 2h, max_age: 60s, excerpt: 200}
topics:
  - slug: floods
    title: Floods
    description: |
      Rivers and
      rain.
    match: {any: [flood*, "high water"], all: [river], none: [sport], feeds: [a, seeds-txt], languages: [EN, pl], reports: 2}
    languages_preferred: [en]
    hub: builtin
  - {slug: all, match: {}}
feeds:
  - {id: a, url: "https://example.com/feed", outlet: Example, interval: 30m, enabled: false, backfill: true,
     full_text: true, republish: true, recheck: false, user_agent: x, auth: {basic_file: secret/a}, proxy: "socks5://127.0.0.1:9050"}
  - seeds: seeds/*.txt
    outlet: Local
corrections: fix/corrections.yaml
embedding: {url: "http://127.0.0.1:11434/v1/embeddings", model: nomic-embed-text, unrelated: 0.45, same: 0.9}
`

func TestEverySettingIsRead(t *testing.T) {
	got, err := load("feeds.yaml", "/etc/w*f", full, none)
	if err != nil {
		t.Fatal(err)
	}
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		File:        "feeds.yaml",
		Site:        news.Site{Title: `The "Fold"`, Author: "Ada", URL: "https://example.org/news", Authority: "example.org,2026", TimeZone: warsaw, NoIndex: true},
		Listen:      "127.0.0.1:0",
		Store:       "postgres://wf@db.example/wirefold",
		Fetch:       Fetch{Allow: []string{"127.0.0.1:8999", "[::1]:80"}, Timeout: 5 * time.Second, MinInterval: 15 * time.Minute, UserAgent: "wf", Contact: "mailto:a@example.org"},
		Publishing:  news.Publishing{Entries: 50, Window: 9 * 24 * time.Hour, Settle: 5 * time.Minute, SettleMax: 2 * time.Hour, MaxAge: time.Minute, Excerpt: 200},
		Embedding:   Embedding{URL: "http://127.0.0.1:11434/v1", Model: "nomic-embed-text", Unrelated: 45, Same: 90},
		Corrections: "/etc/w*f/fix/corrections.yaml",
		Topics: []news.Topic{
			{Slug: "floods", Title: "Floods", Description: "Rivers and rain.", Preferred: []string{"en"}, Hub: "builtin", Match: news.Match{
				Any: []string{"flood*", "high water"}, All: []string{"river"}, None: []string{"sport"},
				Feeds: []news.FeedID{"a", "seeds-txt"}, Languages: []string{"en", "pl"}, Reports: 2,
			}},
			{Slug: "all", Title: "all", Hub: "none", Match: news.Match{Reports: 1}},
		},
		Feeds: []news.Feed{
			{ID: "a", URL: "https://example.com/feed", Outlet: "Example", Interval: 30 * time.Minute, Backfill: true, FullText: true, Republish: true, NoRecheck: true,
				UserAgent: "x", BasicFile: "/etc/w*f/secret/a", Proxy: "socks5://127.0.0.1:9050"},
			{ID: "seeds-txt", Seeds: `/etc/w\*f/seeds/*.txt`, Root: "/etc/w*f/seeds", Outlet: "Local", Enabled: true},
		},
	}
	if d := cmp.Diff(want, got, cmp.Comparer(sameZone)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestEveryMistakeIsToldWithItsPlaceAndItsLine(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // what the message must hold, each
	}{
		{"unknown key", "site:\n  tittle: x\n", []string{`feeds.yaml:2:3: unknown key "tittle" in site; did you mean "title"?`, "    tittle: x", "    ^"}},
		{"unknown key far from all", "quux: 1\n", []string{"feeds.yaml:1:1:", "known are api, corrections, embedding, feeds"}},
		{"wrong type, mapping", "site: hello\n", []string{"feeds.yaml:1:7: site must be a mapping, not text"}},
		{"wrong type, list", "feeds: {url: x}\n", []string{"feeds.yaml:1:8: feeds must be a list, not a mapping"}},
		{"wrong type, number for text", "site:\n  title: 2026\n", []string{"2:10: site.title must be text, not a number: put it in quotes"}},
		{"wrong type, text for number", "publish: {entries: many}\n", []string{"1:20: publish.entries must be a whole number"}},
		{"wrong type, text for truth", "site: {noindex: \"yes\"}\n", []string{"site.noindex must be true or false"}},
		{"number out of range", "publish: {entries: 0}\n", []string{"between 1 and 10000, not 0"}},
		{"duplicate key", "store: a\nstore: b\n", []string{`2:1: duplicate key "store"`}},
		{"duplicate slug", "topics:\n  - slug: a\n  - slug: a\n", []string{`3:11: duplicate slug "a", first in line 2`}},
		{"bad slug", "topics:\n  - slug: A b\n", []string{`2:11: slug "A b"`}},
		{"no slug", "topics:\n  - title: x\n", []string{"2:5: a topic needs a slug"}},
		{"duplicate URL", "feeds:\n  - url: http://example.com\n  - {id: b, url: \"HTTP://Example.com:80/#x\"}\n", []string{"3:18: duplicate feed \"HTTP://Example.com:80/#x\", first in line 2"}},
		{"duplicate id", "feeds:\n  - url: http://example.com/a-b\n  - url: http://example.com/a_b\n", []string{`3:10: duplicate feed id "example-com-a-b", first in line 2`}},
		{"bad id", "feeds: [{id: ../x, seeds: '*.txt'}]\n", []string{`1:14: id "../x"`}},
		{"embedding without model", "embedding:\n  url: http://a.example/v1\n", []string{"2:3: embedding needs a model"}},
		{"embedding, blank model", "embedding: {url: 'http://a.example/v1', model: ' '}\n", []string{"embedding needs a model"}},
		{"embedding without url", "embedding: {model: m}\n", []string{"1:12: embedding needs a url"}},
		{"embedding, bad scheme", "embedding: {url: a.example, model: m}\n", []string{"1:18: embedding.url:", "must begin with http:// or https://"}},
		{"embedding, query", "embedding: {url: 'http://a.example/?k=1', model: m}\n", []string{"1:18: embedding.url must end with its path"}},
		{"embedding, password in the URL", "embedding: {url: 'http://u:p@a.example/', model: m}\n", []string{"1:18: embedding.url: a URL must not hold a password"}},
		{"embedding, likeness", "embedding: {url: 'http://a.example', model: m, same: 2}\n", []string{"1:54: embedding.same must be a number from -1 to 1"}},
		{"embedding, fine likeness", "embedding: {url: 'http://a.example', model: m, same: 0.123}\n", []string{"embedding.same must be a number from -1 to 1 with at most two decimals"}},
		{"embedding, turned likenesses", "embedding: {url: 'http://a.example', model: m, same: 0.1}\n", []string{"embedding.unrelated (0.20) must be less than embedding.same (0.10)"}},
		{"embedding, no token file", "embedding: {url: 'http://a.example', model: m, token_file: none}\n", []string{"1:60: embedding.token_file:"}},
		{"neither", "feeds:\n  - outlet: X\n", []string{"2:5: a feed needs url or seeds"}},
		{"both", "feeds:\n  - url: http://a.example\n    seeds: x/*\n", []string{"3:5: a feed has url or seeds, not both"}},
		{"interval on seeds", "feeds:\n  - seeds: x/*\n    interval: 1h\n", []string{"3:5: interval is for feeds with a url"}},
		{"bad glob", "feeds:\n  - seeds: 'x/[a'\n", []string{`2:12: seeds: "x/[a" is no valid glob`}},
		{"two stars in a name", "feeds:\n  - seeds: 'x/a**.txt'\n", []string{"** stands alone between slashes"}},
		{"a glob of folders", "feeds:\n  - seeds: x/**\n", []string{"it ends in a folder, so it names no file; write a glob such as x/*.txt"}},
		{"bad scheme", "feeds:\n  - url: ftp://a.example/x\n", []string{"2:10: url:", "must begin with http:// or https://"}},
		{"no host", "feeds:\n  - url: http:///x\n", []string{"names no host"}},
		{"password in a URL", "feeds:\n  - url: http://u:p@a.example/x\n", []string{"must not hold a password"}},
		{"bad port", "feeds:\n  - url: http://a.example:99999/x\n", []string{"bad port"}},
		{"bad duration", "fetch:\n  timeout: soon\n", []string{`2:12: fetch.timeout must be a duration such as 90s, 15m, 1h30m or 30d, not "soon"`}},
		{"duration without unit", "fetch:\n  timeout: 30\n", []string{`not "30"`}},
		{"negative duration", "fetch:\n  timeout: -5s\n", []string{`not "-5s"`}},
		{"endless duration", "publish:\n  window: 999999d\n", []string{`not "999999d"`}},
		{"bad time zone", "site:\n  timezone: Mars/Phobos\n", []string{`2:13: site.timezone: "Mars/Phobos" is no time zone`}},
		{"the machine's zone", "site:\n  timezone: Local\n", []string{"is no time zone"}},
		{"bad authority", "site:\n  authority: example.org\n", []string{"2:14: site.authority"}},
		{"bad listen", "site:\n  listen: 8080\n", []string{"2:11: site.listen"}},
		{"site.url with query", "site:\n  url: https://a.example/?x=1\n", []string{"without query"}},
		{"settle over its maximum", "publish: {settle: 2h}\n", []string{"publish.settle (2h0m0s) is longer than publish.settle_max (1h0m0s)"}},
		{"unknown feed in a match", "topics:\n  - {slug: a, match: {feeds: [nope]}}\n", []string{`match.feeds: no feed has the id "nope"`}},
		{"star inside", "topics:\n  - {slug: a, match: {any: [\"a*b\"]}}\n", []string{"a star stands at the end"}},
		{"star alone", "topics:\n  - {slug: a, match: {any: [\"*\"]}}\n", []string{"has no word"}},
		{"bad language", "topics:\n  - {slug: a, match: {languages: [english please]}}\n", []string{"no language tag"}},
		{"bad hub", "topics:\n  - {slug: a, hub: mine}\n", []string{"hub must be builtin, none or a URL"}},
		{"auth with nothing", "feeds:\n  - {url: \"http://a.example\", auth: {}}\n", []string{"auth needs basic_file or header_file"}},
		{"other database", "store: mysql://x\n", []string{"1:8: store must be a path or a postgres:// URL"}},
		{"control character", "site: {title: \"a\\eb\"}\n", []string{"must be one line without control characters"}},
		{"alias", "a: &a [x, x]\nb: *a\n", []string{"1:4: anchors, aliases, merge keys and tags are not used"}},
		{"tag", "store: !!binary x\n", []string{"anchors, aliases, merge keys and tags"}},
		{"merge key", "site:\n  <<: {title: x}\n", []string{"feeds.yaml:2:3:"}},
		{"bad indent", "site:\n  title: x\n url: y\n", []string{"feeds.yaml:3:2:", " url: y"}},
		{"tab", "site:\n\ttitle: x\n", []string{"feeds.yaml:2:"}},
		{"open quote", "store: 'x\n", []string{"feeds.yaml:1:8:"}},
		{"open bracket", "feeds: [\n", []string{"feeds.yaml:1:8:"}},
		{"two documents", "store: a\n---\nstore: b\n", []string{"feeds.yaml:3:", "a second document"}},
		{"a list at the top", "- a\n", []string{"1:1: the configuration must be a mapping, not a list"}},
		{"not UTF-8", "site:\n  title: caf\xe9\n", []string{"feeds.yaml:2:13: the file is not valid UTF-8"}},
		{"too deep", "feeds: " + strings.Repeat("[", 40) + strings.Repeat("]", 40), []string{"nested deeper than 32 levels"}},
		{"far too deep", strings.Repeat("[", 1<<20), []string{"nested deeper than 32 levels"}},
		{"dashes without end", strings.Repeat("- ", 1<<19), []string{"nested deeper than 32 levels"}},
		{"blank lines without end", "site:\n  title: |\n    a" + strings.Repeat("\n", 1<<16), []string{"more than 1000 empty lines in a row"}},
		{"token file missing", "api: {token_file: no/such}\n", []string{"1:19: api.token_file:", "no such file"}},
		{"three at once", "site: {titel: x}\nfetch: {timeout: x}\nstore: []\n", []string{":1:8: unknown key", ":2:18: fetch.timeout", ":3:8: store must be text"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load("feeds.yaml", t.TempDir(), tt.text, none)
			var ce *Error
			if !errors.As(err, &ce) {
				t.Fatalf("load(%.60q) = %v, want a *Error", tt.text, err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("load(%.60q) says\n%s\nwant %q in it", tt.text, err, want)
				}
			}
		})
	}
}

func TestTheEnvironmentOverridesScalars(t *testing.T) {
	c, err := load("feeds.yaml", "/x", "site: {title: File, noindex: true}\npublish:\n", env(map[string]string{
		"WIREFOLD_SITE_TITLE": "12", "WIREFOLD_SITE_NOINDEX": "false", "WIREFOLD_STORE": "other.db",
		"WIREFOLD_PUBLISH_ENTRIES": "7", "WIREFOLD_FETCH_MIN_INTERVAL": "2d", "WIREFOLD_CORRECTIONS": "/c.yaml",
		"WIREFOLD_SITE_URL": "https://e.example/",
	}))
	if err != nil {
		t.Fatal(err)
	}
	got := []any{c.Site.Title, c.Site.NoIndex, c.Store, c.Publishing.Entries, c.Fetch.MinInterval, c.Corrections, c.Site.URL}
	want := []any{"12", false, "/x/other.db", 7, 48 * time.Hour, "/c.yaml", "https://e.example"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestABadOverrideNamesItsVariable(t *testing.T) {
	_, err := load("feeds.yaml", "/x", "", env(map[string]string{"WIREFOLD_PUBLISH_ENTRIES": "many"}))
	if want := "WIREFOLD_PUBLISH_ENTRIES: publish.entries must be a whole number"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTwoFeedsMatchingOneFileIsAnError(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "seeds/a.txt", "x")
	text := "feeds:\n  - seeds: seeds/*.txt\n  - seeds: seeds/a*\n"
	_, err := load("feeds.yaml", dir, text, none)
	if err == nil || !strings.Contains(err.Error(), `feeds.yaml:3:12: feeds "seeds-txt" and "seeds-a" both match`) {
		t.Errorf("got %v", err)
	}
	write(t, dir, "seeds/deep/er/b.txt", "x")
	_, err = load("feeds.yaml", dir, "feeds:\n  - seeds: seeds/**/*.txt\n  - seeds: seeds/deep/er/*\n", none)
	if err == nil || !strings.Contains(err.Error(), "b.txt") {
		t.Errorf("a file deep below: got %v", err)
	}
	if _, err := load("feeds.yaml", dir, "feeds:\n  - seeds: seeds/*.txt\n  - seeds: seeds/*.md\n", none); err != nil {
		t.Errorf("two globs without a common file: %v", err)
	}
}

func TestAFolderIsNoGlob(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "seeds/a.txt", "x")
	_, err := load("feeds.yaml", dir, "feeds:\n  - seeds: seeds\n", none)
	if err == nil || !strings.Contains(err.Error(), `is a folder; write a glob such as "seeds/*.txt"`) {
		t.Errorf("got %v", err)
	}
}

func TestTheTokenComesFromItsFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "token", "s3cret\n")
	c, err := load("feeds.yaml", dir, "api: {token_file: token}\n", none)
	if err != nil || c.Token != "s3cret" {
		t.Errorf("Token = %q, %v; want s3cret", c.Token, err)
	}
	write(t, dir, "token", "two words\n")
	if _, err := load("feeds.yaml", dir, "api: {token_file: token}\n", none); err == nil {
		t.Error("a token with a space was taken")
	}
}

func TestLoadTellsAMissingFileFromABadOne(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "feeds.yaml"), none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v, want fs.ErrNotExist", err)
	}
	if _, err := Load(dir, none); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder: %v", err)
	}
	path := write(t, dir, "feeds.yaml", "\uFEFFstore: x.db\r\nsite:\r\n  title: T\r\n")
	c, err := Load(path, none)
	if err != nil || c.Store != filepath.Join(dir, "x.db") || c.Site.Title != "T" {
		t.Errorf("BOM and CRLF: %+v, %v", c, err)
	}
}

func TestSlugIsStable(t *testing.T) {
	tests := []struct{ in, want string }{
		{"seeds/*.txt", "seeds-txt"},
		{"https://www.example.org/feeds/all.atom?x=1&y", "www-example-org-feeds-all-atom-x-1-y"},
		{"http://127.0.0.1:8999/f/1.xml", "127-0-0-1-8999-f-1-xml"},
		{"https://example.org/" + strings.Repeat("a", 80), "example-org-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-543835c6"},
		{"*", "684888c0"},
	}
	for _, tt := range tests {
		if got := Slug(tt.in); got != tt.want || !idForm.MatchString(got) {
			t.Errorf("Slug(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestDurations(t *testing.T) {
	tests := []struct {
		in   string
		want time.Duration
		ok   bool
	}{
		{"0", 0, true}, {"0s", 0, true}, {"30d", 720 * time.Hour, true}, {"1w", 168 * time.Hour, true}, {"1d12h", 36 * time.Hour, true},
		{"1.5h", 90 * time.Minute, true}, {"250ms", 250 * time.Millisecond, true},
		{"", 0, false}, {"5", 0, false}, {"-1s", 0, false}, {"1h1d", 0, false}, {"1.5d", 0, false}, {"99999w", 0, false}, {"999999999h", 0, false},
	}
	for _, tt := range tests {
		got, err := ParseDuration(tt.in)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v, ok %v", tt.in, got, err, tt.want, tt.ok)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(full)
	f.Add("a: &a [x]\nb: *a\n")
	f.Add("feeds: [[[[{a: [\n- - - ? : |\n  x\n")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		c, err := load("feeds.yaml", dir, text, none)
		if (c == nil) == (err == nil) {
			t.Fatalf("load gave %v and %v", c, err)
		}
		if _, err := parseCorrections("corrections.yaml", text); err == nil && c != nil && len(c.Feeds) > 0 {
			t.Fatal("one text is both a configuration with feeds and a list of corrections")
		}
	})
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
