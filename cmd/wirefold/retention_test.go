//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

// What subscribers hold of last year's stories goes on working when their texts are gone: the archive documents, the page
// of every story, what merged and dropped ones answer, and the articles' own ids, which are known when they come again.
func TestPermalinksAndArchivesOutliveTheTexts(t *testing.T) {
	t.Parallel()
	const events = 110 // more than an archive document holds
	web := newTellers(t, 1)
	for e := range events {
		web.tell(e, 0)
	}
	f := newFaulty(t, webFeed(web.servers[0], "/feed.rss?all"))
	true0 := time.Now().Truncate(time.Second)
	now := true0
	var out bytes.Buffer
	a := &app{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }, Now: func() time.Time { return now }}
	do := func(args ...string) string {
		t.Helper()
		out.Reset()
		if got := run(t.Context(), a, append(args, "-c", f.config)); got != 0 {
			t.Fatalf("wirefold %v at %s: exit %d\n%s", args, now, got, out.String())
		}
		return out.String()
	}
	lasting := func() map[string]string {
		files := filesOf(t, f.path("site"))
		for name, body := range files {
			page := strings.HasPrefix(name, "/stories/") && strings.HasSuffix(name, "/index.html")
			if !page && !strings.HasPrefix(name, "/topics/all/archive/1.") {
				delete(files, name)
			} else if page {
				body, _, _ = strings.Cut(body, "<h2>Why ") // the scores are of the texts, and go with them
				files[name], _, _ = strings.Cut(body, "</article>")
			}
		}
		return files
	}
	do("refresh")
	do("publish", "--out", f.path("site")) // so that the merged and the dropped story have been seen
	now = now.Add(time.Hour)
	do("correct", "merge", "http://web0.example/3", "http://web0.example/4")
	do("correct", "drop", "http://web0.example/5")
	do("refresh")
	// A year later the outlet has one article more.
	now = true0.AddDate(1, 0, 0)
	web.tell(events, 0)
	do("refresh")
	do("publish", "--out", f.path("site"))
	want := lasting()

	s, err := store.Open(context.Background(), f.path("data/wirefold.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	took, err := s.Retain(context.Background(), now, store.Keep{Texts: 24 * time.Hour, Revisions: 24 * time.Hour})
	if err != nil || took.Texts != events {
		t.Errorf("Retain = %+v, %v; want the texts of %d articles", took, err, events)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// The outlet still brings all of it, and one article more.
	now = now.Add(48 * time.Hour)
	web.tell(events+1, 0)
	if said := do("refresh", "--force", "-v"); !strings.Contains(said, "1 new articles") {
		t.Errorf("after the texts went, the refresh said %q, want one new article", said)
	}
	do("publish", "--out", f.path("site"))
	pages := 0
	for name := range want {
		if strings.HasPrefix(name, "/stories/") && strings.HasSuffix(name, "/index.html") {
			pages++
		}
	}
	if pages < news.ArchiveSize || want["/topics/all/archive/1.atom"] == "" {
		t.Fatalf("%d story pages and an archive of %d bytes: nothing was proven", pages, len(want["/topics/all/archive/1.atom"]))
	}
	after := lasting()
	for name, body := range want {
		if after[name] != body {
			t.Errorf("%s changed with the texts (-before +after):\n%s", name, cmp.Diff(body, after[name]))
		}
	}
	for name, body := range filesOf(t, f.path("site")) {
		if strings.Contains(body, "score 0.00") {
			t.Errorf("%s says of articles without a text how alike they are", name)
		}
	}
	if said := do("integrity"); said != "ok\n" {
		t.Error(fmt.Sprint("integrity: ", said))
	}
}
