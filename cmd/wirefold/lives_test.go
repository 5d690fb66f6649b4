package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/testtools/lives"
	"wirefold/internal/testtools/readers"
)

// TestReadersCanLiveWithOurFeeds plays generated lives through the real pipeline in front of thirteen readers. WIREFOLD_SOAK
// makes it 1,000 refreshes of 20 lives (make soak); without it 50 refreshes of 3.
func TestReadersCanLiveWithOurFeeds(t *testing.T) {
	refreshes, seeds, pace := 50, 3, 4.0
	if os.Getenv("WIREFOLD_SOAK") != "" {
		refreshes, seeds, pace = 1000, 20, 1.0
	}
	for seed := 1; seed <= seeds; seed++ {
		t.Run(fmt.Sprintf("life %d", seed), func(t *testing.T) {
			start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
			w := newWorld(t, lives.Options{Seed: uint64(seed), Outlets: 7, Start: start, PerHour: 0.8, Pace: pace})
			// Most lives merge and split at will; each third one leaves that to the real matcher.
			w.marked = seed%3 != 0
			var lastRead time.Time
			shown := map[string]map[string]bool{"all": {}, "some": {}}
			for range refreshes {
				w.live(&lastRead)
				w.remember(shown)
			}
			w.read()
			t.Logf("%+v\n%s", w.life.Counts, w.panel.Table())
			if b := w.panel.Bars(); b != (readers.Bars{}) {
				t.Errorf("readers suffer: %+v\n%s", b, strings.Join(w.panel.Faults(), "\n"))
			}
			for slug, ids := range shown {
				for id := range ids {
					if lost := w.panel.Lost("/topics/"+slug+"/feed", []string{id}); len(lost) > 0 {
						t.Errorf("a published story was never shown: %v", lost)
					}
				}
			}
			if n := len(w.panel.Watch("/topics/all/feed").IDs()); n < refreshes/10 {
				t.Errorf("only %d entries in %d refreshes: nothing was proven", n, refreshes)
			}
			w.permalinks()
			w.storeIsSound()
		})
	}
}

// remember notes the entry ids of all stories that the store says are published in a topic.
func (w *world) remember(shown map[string]map[string]bool) {
	w.t.Helper()
	for slug, ids := range shown {
		list, err := w.house.store.Entries(context.Background(), slug, 1<<20)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, s := range list {
			ids["tag:reader.example,2026:story/"+string(s.ID)] = true
		}
	}
}

// permalinks: the page of every entry that ever was is there, leads to the survivor, or is gone on purpose.
func (w *world) permalinks() {
	w.t.Helper()
	for _, id := range w.panel.Watch("/topics/all/feed").IDs() {
		story := id[strings.LastIndex(id, "/")+1:]
		s, err := w.house.store.Story(context.Background(), news.StoryID(story))
		if err != nil {
			w.t.Errorf("the store has forgotten %s: %v", id, err)
			continue
		}
		want := map[news.StoryState]int{news.Live: http.StatusOK, news.Merged: http.StatusMovedPermanently, news.Dropped: http.StatusGone}[s.Life.State]
		if got := w.get("/stories/" + story + "/").Code; got != want {
			w.t.Errorf("the page of %s (%s) answers %d, want %d", id, s.Life.State, got, want)
		}
	}
}

func (w *world) storeIsSound() {
	w.t.Helper()
	problems, err := w.house.store.Integrity(context.Background())
	if err != nil || len(problems) > 0 {
		w.t.Errorf("integrity: %v %v", err, problems)
	}
}
