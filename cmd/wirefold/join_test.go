package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// webFeeds are one feed of each format, each with one article on an event of its own, and what they are served as.
var webFeeds = map[string][2]string{
	"/rss": {"application/rss+xml", `<rss version="2.0"><channel><title>Harbour Post</title><link>http://harbour.example/</link>
<item><guid>h1</guid><title>Storm closes the harbour of Gdynia</title><link>http://harbour.example/1</link>
<pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate><description>Ships stayed in port on Monday after winds of 110 km/h.</description></item></channel></rss>`},
	"/atom": {"application/atom+xml", `<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:bank.example,2026:f</id><title>Bank Watch</title><updated>2026-03-03T09:00:00Z</updated>
<entry><id>tag:bank.example,2026:1</id><title>Central bank of Chile keeps its rate at 4.5 percent</title><link href="http://bank.example/1"/>
<updated>2026-03-03T09:00:00Z</updated><summary>The board voted five to nothing in Santiago.</summary></entry></feed>`},
	"/json": {"application/feed+json", `{"version":"https://jsonfeed.org/version/1.1","title":"Peak News","items":[{"id":"p1","url":"http://peak.example/1",
"title":"Nepali climber reaches the summit of Manaslu alone","content_text":"She left base camp at midnight.","date_published":"2026-03-04T10:00:00Z"}]}`},
}

func TestFeedsOfEveryFormatJoinTheSeedsAndOutliveTheirServer(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", webFeeds[r.URL.Path][0])
		fmt.Fprint(w, webFeeds[r.URL.Path][1])
	}))
	seeds, err := filepath.Abs("../../seeds/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "feeds.yaml")
	text := fmt.Sprintf("fetch: {allow: [%q]}\npublish: {window: 1000d}\ntopics: [{slug: all, title: All}]\nfeeds:\n  - seeds: %q\n", strings.TrimPrefix(web.URL, "http://"), seeds)
	for path := range webFeeds {
		text += fmt.Sprintf("  - {url: %q, backfill: true}\n", web.URL+path)
	}
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	var stderr bytes.Buffer
	do := func(want int, args ...string) {
		t.Helper()
		a := &app{Stdin: strings.NewReader(""), Stdout: &stderr, Stderr: &stderr, Getenv: func(string) string { return "" }, Now: func() time.Time { return now }}
		if got := run(t.Context(), a, append(args, "-c", config)); got != want {
			t.Fatalf("wirefold %v: exit %d, want %d\n%s", args, got, want, stderr.String())
		}
	}
	feed := func() []byte {
		t.Helper()
		do(0, "publish", "--out", filepath.Join(dir, "out"))
		b, err := os.ReadFile(filepath.Join(dir, "out/topics/all/feed.json"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	do(0, "refresh")
	before := feed()
	var f struct{ Items []struct{ Title string } }
	if err := json.Unmarshal(before, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Items) != 7 {
		t.Errorf("%d entries, want the seeds' four and one of each feed:\n%+v", len(f.Items), f.Items)
	}
	web.Close()
	now = now.Add(48 * time.Hour)
	do(exitSomeFailed, "refresh")
	if after := feed(); !bytes.Equal(before, after) {
		t.Errorf("the topic changed when its servers went away:\n%s\n%s", before, after)
	}
}
