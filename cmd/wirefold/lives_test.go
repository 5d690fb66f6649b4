package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/testtools/lives"
	"wirefold/internal/testtools/readers"
)

// TestReadersCanLiveWithOurFeeds plays generated lives through the real pipeline in front of thirteen readers. WIREFOLD_SOAK
// makes it 1,000 refreshes of 20 lives (make soak); without it 50 refreshes of 3. WIREFOLD_SOAK=seed plays other lives.
func TestReadersCanLiveWithOurFeeds(t *testing.T) {
	refreshes, lifetimes, pace := 50, 3, 4.0
	var first uint64 = 1
	if soak := os.Getenv("WIREFOLD_SOAK"); soak != "" {
		refreshes, lifetimes, pace = 1000, 20, 1.0
		if n, err := strconv.ParseUint(soak, 10, 64); err == nil {
			first = n
		}
	}
	for seed := first; seed < first+uint64(lifetimes); seed++ {
		t.Run(fmt.Sprintf("life %d", seed), func(t *testing.T) { liveThrough(t, seed, refreshes, pace) })
	}
}

// liveThrough plays one life.
func liveThrough(t *testing.T, seed uint64, refreshes int, pace float64) {
	start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	w := newWorld(t, lives.Options{Seed: seed, Outlets: 7, Start: start, PerHour: 0.8, Pace: pace})
	// Most lives merge and split at will; each third one leaves that to the real matcher.
	w.marked = seed%3 != 0
	var lastRead time.Time
	shown := map[string]map[string]bool{"all": {}, "some": {}}
	books := newLedger()
	for range refreshes {
		corrections := w.ruled
		w.live(&lastRead)
		w.remember(shown, books, w.ruled != corrections)
	}
	w.read()
	t.Logf("%+v, corrections made or taken back %d\n%s", w.life.Counts, w.ruled, w.panel.Table())
	if b := w.panel.Bars(); b != (readers.Bars{}) {
		t.Errorf("readers suffer: %+v\n%s", b, strings.Join(w.panel.Faults(), "\n"))
	}
	for slug, ids := range shown {
		path := "/topics/" + slug + "/feed"
		if lost := w.panel.Lost(path, slices.Sorted(maps.Keys(ids))); len(lost) > 0 {
			t.Errorf("%d times a published story was never shown, first: %s", len(lost), lost[0])
		}
	}
	t.Logf("%d significant changes; %d new classes of reports, %d splits, %d ends and returns, %d corrections", books.Changes, books.Classes, books.Splits, books.Ends, w.ruled)
	if most := books.Classes + books.Splits + books.Ends + w.ruled; books.Changes > most || books.Corrected > w.ruled || len(books.faults) > 0 {
		t.Errorf("%d significant changes, at most %d have a cause (%d corrections)\n%s", books.Changes, most, books.Corrected, strings.Join(books.faults, "\n"))
	}
	if n := len(w.panel.Watch("/topics/all/feed").IDs()); n < refreshes/10 {
		t.Errorf("only %d entries in %d refreshes: nothing was proven", n, refreshes)
	}
	w.permalinks()
	w.storeIsSound()
}

// newlyEntered is more stories than can enter a topic between two refreshes.
const newlyEntered = 50

// remember notes the entry ids of the stories that the store says entered a topic last, and enters all stories in the
// books.
func (w *world) remember(shown map[string]map[string]bool, books *ledger, corrected bool) {
	w.t.Helper()
	for slug, ids := range shown {
		list, err := w.house.store.Entries(context.Background(), slug, newlyEntered)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, s := range list {
			ids["tag:reader.example,2026:story/"+string(s.ID)] = true
		}
	}
	list, err := w.house.store.Changed(context.Background(), "all", 0)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range list {
		books.enter(s, corrected)
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
