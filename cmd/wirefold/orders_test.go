package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wirefold/internal/refresh"
)

// All 120 orders in which the five seeds may arrive, one file at a time, give the four stories of the README, and a
// refresh that brings nothing changes no byte of any feed.
func TestEveryOrderOfTheSeedsGivesTheSameStories(t *testing.T) {
	files, err := filepath.Glob("../../seeds/*.txt")
	if err != nil || len(files) != 5 {
		t.Fatalf("seeds: %v %v", files, err)
	}
	for _, order := range permutations(files) {
		w := &world{t: t, config: filepath.Join(t.TempDir(), "feeds.yaml"), now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
		config := "site: {title: Orders, url: \"" + worldSite + "\", author: A, authority: \"orders.example,2026\"}\ntopics: [{slug: all, title: All}]\nfeeds: [{id: seeds, seeds: \"seeds/*.txt\"}]\n"
		dir := filepath.Join(filepath.Dir(w.config), "seeds")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(w.config, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		w.open()
		for _, f := range order {
			body, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), body, 0o600); err != nil {
				t.Fatal(err)
			}
			w.refresh()
		}
		if got, want := w.seedGroups(), "000+001 002 003 004"; got != want {
			t.Errorf("order %v: %s, want %s", names(order), got, want)
		}
		before := w.everyFeed()
		w.refresh()
		if w.everyFeed() != before {
			t.Errorf("order %v: a refresh that brought nothing changed a feed", names(order))
		}
		w.house.close()
	}
}

func (w *world) refresh() {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	if err := w.house.prepare(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	rep, err := w.house.refresher().Run(context.Background(), refresh.Options{Mode: refresh.Force})
	if err != nil || rep.Failed() > 0 {
		w.t.Fatalf("refresh: %v %+v", err, rep)
	}
}

// seedGroups names the seeds of each story by their first three digits, stories in order.
func (w *world) seedGroups() string {
	w.t.Helper()
	list, err := w.house.store.Entries(context.Background(), "all", 100)
	if err != nil {
		w.t.Fatal(err)
	}
	var groups []string
	for _, s := range list {
		var g []string
		for _, tl := range s.Account.Tellings {
			a, err := w.house.store.Article(context.Background(), tl.Article)
			if err != nil {
				w.t.Fatal(err)
			}
			g = append(g, a.GUID[:3])
		}
		slices.Sort(g)
		groups = append(groups, strings.Join(g, "+"))
	}
	slices.Sort(groups)
	return strings.Join(groups, " ")
}

// everyFeed is all feeds of the topic in all formats.
func (w *world) everyFeed() string {
	w.t.Helper()
	var b strings.Builder
	for _, name := range []string{"feed", "updates", "digest", "all"} {
		for _, ext := range []string{"atom", "rss", "json"} {
			if _, err := io.Copy(&b, w.get("/topics/all/"+name+"."+ext).Body); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	return b.String()
}

func names(files []string) []string {
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = filepath.Base(f)[:3]
	}
	return out
}

func permutations(in []string) [][]string {
	if len(in) == 0 {
		return [][]string{nil}
	}
	var out [][]string
	for i := range in {
		rest := slices.Delete(slices.Clone(in), i, i+1)
		for _, p := range permutations(rest) {
			out = append(out, append([]string{in[i]}, p...))
		}
	}
	return out
}
