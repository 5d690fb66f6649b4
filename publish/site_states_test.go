package publish

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

// A site that stands already is rendered again only where the state changed that a document was made of, and then it is, byte
// for byte, what a run into an empty folder writes.
func TestASiteRendersOnlyWhatChanged(t *testing.T) {
	dir := t.TempDir()
	f := lively()
	for id, s := range f.stories {
		s.Version = [16]byte{1}
		f.stories[id] = s
	}
	f.archives["sea"] = []news.Archive{{N: 1, Closed: true, At: t0, Stories: []news.Story{f.stories["fairfairfairfair"]}}}
	o := options(f)
	o.Program = "one"
	everything := map[string]int{
		"index": 1, "opml": 1, "favicon": 1, "sources": 1, "health": 1, "topic": 2, "feed": 6, "updates": 6, "digest": 6, "all": 6, "archive": 6, "story": 4, "article": 3,
	}
	restless := map[string]int{"sources": 1, "health": 1}
	// A change in the topic sea: all that it shows, and of the pages that of the story with two tellings and the articles'.
	sea := map[string]int{"index": 1, "sources": 1, "health": 1, "topic": 1, "feed": 3, "updates": 3, "digest": 3, "all": 3, "archive": 3, "story": 1, "article": 3}
	with := func(m map[string]int, route string, n int) map[string]int {
		out := map[string]int{}
		for r, v := range m {
			out[r] = v
		}
		out[route] += n
		return out
	}
	for _, step := range []struct {
		name string
		do   func(t *testing.T)
		want map[string]int
	}{
		{"into an empty folder", func(*testing.T) {}, everything},
		{"nothing changed", func(*testing.T) {}, restless},
		{"the topic changed", func(*testing.T) { f.touch("sea", t0.Add(time.Hour)) }, sea},
		{"and a story of one telling", func(*testing.T) {
			f.edit("fairfairfairfair", func(s *news.Story) { s.Account.Headline, s.Version = "Other words", [16]byte{2} })
			f.touch("sea", t0.Add(2*time.Hour))
		}, with(sea, "story", 1)},
		{"another store that has come as far, by another way", func(*testing.T) { f.topics["sea"] = news.Generation{N: f.topics["sea"].N, At: t0.Add(3 * time.Hour)} },
			map[string]int{"sources": 1, "health": 1, "topic": 1, "feed": 3, "updates": 3, "digest": 3, "all": 3, "archive": 3}},
		{"a day is over", func(*testing.T) { f.gen = news.Generation{N: f.gen.N + 1, At: f.gen.At.Add(24 * time.Hour)} },
			map[string]int{"index": 1, "sources": 1, "health": 1, "digest": 6, "story": 1, "article": 3}},
		{"somebody broke a file", func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(dir, "opml.xml"), []byte("broken"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, with(restless, "opml", 1)},
		{"a compressed sibling is gone", func(t *testing.T) {
			if err := os.Remove(filepath.Join(dir, "topics", "sea", "feed.atom.gz")); err != nil {
				t.Fatal(err)
			}
		}, with(restless, "feed", 1)},
		{"another configuration", func(*testing.T) { o.Site.Author = "Others" }, everything},
		{"another program", func(*testing.T) { o.Program = "two" }, everything},
		{"a program that does not know which", func(*testing.T) { o.Program = "" }, everything},
		{"and again", func(*testing.T) {}, everything},
	} {
		step.do(t)
		p := newPublisher(t, o)
		write(t, p, dir)
		got := map[string]int{}
		for _, r := range routes {
			if n := value(p.metrics.renders.WithLabelValues(r)); n > 0 {
				got[r] = n
			}
		}
		if d := cmp.Diff(step.want, got); d != "" {
			t.Errorf("%s: renders by route (-want +got):\n%s", step.name, d)
		}
		if changes := step.want["story"]; changes > 0 && changes < everything["story"] {
			fresh := t.TempDir()
			write(t, newPublisher(t, o), fresh)
			sameSite(t, step.name, fresh, dir)
		}
	}
}

// sameSite compares all files of two sites but their manifests.
func sameSite(t *testing.T, name, want, got string) {
	t.Helper()
	a, b := site(t, want), site(t, got)
	for file := range a {
		if file == manifestName {
			continue
		}
		x, errX := os.ReadFile(filepath.Join(want, file))
		y, errY := os.ReadFile(filepath.Join(got, file))
		if errX != nil || errY != nil || !bytes.Equal(x, y) {
			t.Errorf("%s: %s is not what a fresh run writes: %v %v", name, file, errX, errY)
		}
	}
	if len(a) != len(b) {
		t.Errorf("%s: %d files, a fresh run writes %d", name, len(b), len(a))
	}
}
