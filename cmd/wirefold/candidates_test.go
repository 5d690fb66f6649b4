package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/store"
	"wirefold/internal/store/storetest"
	"wirefold/internal/testtools/gen"
	"wirefold/normalize"
)

// The rule of candidates is written twice: over slices for group and eval, and over the index of the store. One set, one
// answer.
func TestStoreAndMemoryFindTheSameCandidates(t *testing.T) {
	m, v := normalize.Load(), gen.NewVocab(50_000, 1.05)
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	const articles = 900
	var as []news.Article
	for i := range articles {
		event := uint64(i / 4)
		title, text := v.Telling(event, uint64(i%4), 60)
		sum := sha256.Sum256(fmt.Append(nil, i))
		a := news.Article{
			Key: news.ArticleKey(hex.EncodeToString(sum[:])), Feed: "feed", GUID: fmt.Sprint(i), Title: title, Headline: title, Text: text,
			ItemHash: sum, TextHash: sum, Seen: start, Lang: "en",
		}
		if i%9 != 0 { // the others have no date
			a.Published = news.Date{Time: start.Add(-time.Duration(i*7919%(16*24)) * time.Hour)}
		}
		a.Marks = m.Mark(&a)
		as = append(as, a)
	}
	slices.SortFunc(as, func(a, b news.Article) int { return cmp.Compare(a.Key, b.Key) })
	ms := make([]news.Marked, len(as))
	for i, a := range as {
		ms[i] = news.Marked{Key: a.Key, Published: a.Published, Seen: a.Seen, Marks: a.Marks}
	}
	var want [][2]news.ArticleKey
	for _, p := range m.Candidates(ms) {
		want = append(want, [2]news.ArticleKey{ms[p[0]].Key, ms[p[1]].Key})
	}
	if len(want) < articles || len(want) > articles*articles/4 {
		t.Fatalf("%d candidates of %d articles: the set tells nothing", len(want), articles)
	}

	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "s.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Save(ctx, news.Batch{State: news.FeedState{Feed: "feed"}, Articles: as, At: start}); err != nil {
		t.Fatal(err)
	}
	var got [][2]news.ArticleKey
	r := storetest.Rules()
	r.Rule, r.Batch = m.Rule(), 2*articles
	r.Link = func(as []news.Marked, pairs [][2]int32) []news.Edge {
		for _, p := range pairs {
			a, b := as[p[0]].Key, as[p[1]].Key
			got = append(got, [2]news.ArticleKey{min(a, b), max(a, b)})
		}
		return nil
	}
	if _, err := s.Place(ctx, start, r); err != nil {
		t.Fatal(err)
	}
	byKeys := func(a, b [2]news.ArticleKey) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }
	slices.SortFunc(got, byKeys)
	slices.SortFunc(want, byKeys)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("in memory %d candidates, in the store %d (-memory +store):\n%.600s", len(want), len(got), diff)
	}
}
