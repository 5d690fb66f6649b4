package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"testing"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/testtools/lives"
	"wirefold/internal/testtools/meter"
)

// bigTopic is a topic of n stories in a real store, each told by two outlets, and how to add one report to a story.
func bigTopic(t testing.TB, n int) (w *world, report func(story int)) {
	w = newWorld(t, lives.Options{Seed: 1, Outlets: 2, Start: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)})
	normal := markerNormal{normalizer{w.house.model}}
	feeds := w.life.Feeds()
	told := 0
	article := func(feed news.Feed, story int) news.Article {
		told++
		text := fmt.Sprintf("Officials of the harbour said on Sunday that ship %d had left berth %d with %d containers on board. (%s)", story, told%40, told, lives.Marker(story))
		it := news.Item{
			GUID: fmt.Sprint(told), Link: fmt.Sprintf("https://%s.example/%d", feed.ID, told), Title: news.Text{Value: fmt.Sprintf("Ship %d leaves, report %d", story, told)},
			Content: news.Text{Value: text}, Published: news.Date{Time: w.now}, Hash: sha256.Sum256([]byte(text)),
		}
		return normal.Article(feed, &news.Document{}, it)
	}
	const batch = 500
	for from := 0; from < n; from += batch {
		w.now = w.now.Add(time.Minute)
		for _, f := range feeds {
			var as []news.Article
			for story := from; story < min(from+batch, n); story++ {
				as = append(as, article(f, story))
			}
			w.place(f, as...)
		}
	}
	return w, func(story int) {
		w.now = w.now.Add(time.Minute)
		w.place(feeds[0], article(feeds[0], story))
	}
}

// place stores articles of a feed and lets the marker model place them.
func (w *world) place(feed news.Feed, as ...news.Article) {
	w.t.Helper()
	if _, err := w.house.store.Save(context.Background(), news.Batch{State: news.FeedState{Feed: feed.ID}, Articles: as, At: w.now}); err != nil {
		w.t.Fatal(err)
	}
	for {
		p, err := markerKeeper{w.house.store, w.house}.Place(context.Background(), w.now)
		if err != nil {
			w.t.Fatal(err)
		}
		if !p.More {
			return
		}
	}
}

// BenchmarkRerender renders a feed anew, without compression, after one more report of one story in a topic of 10,000. Beside the time it
// prints the processor's, which a busy machine changes less.
func BenchmarkRerender(b *testing.B) {
	w, report := bigTopic(b, 10_000)
	for _, path := range []string{"feed.atom", "feed.rss", "feed.json", "updates.atom", "digest.atom", "all.atom", ""} {
		b.Run(path, func(b *testing.B) {
			n := 0
			var cpu time.Duration
			for b.Loop() {
				b.StopTimer()
				report(9_950 + n%50)
				n++
				before := meter.Self()
				b.StartTimer()
				if r := w.get("/topics/all/" + path); r.Code != http.StatusOK {
					b.Fatal(r.Code)
				}
				cpu += meter.Self() - before
			}
			b.ReportMetric(float64(cpu.Milliseconds())/float64(n), "cpu-ms/op")
		})
	}
}
