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

// aWeek is a set of articles, some without a date, in the order of their keys.
func aWeek(m *normalize.Model, articles int) (as []news.Article, ms []news.Marked, start time.Time) {
	v := gen.NewVocab(50_000, 1.05)
	start = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
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
	for _, a := range as {
		ms = append(ms, news.Marked{Key: a.Key, Published: a.Published, Seen: a.Seen, Marks: a.Marks})
	}
	return as, ms, start
}

// placeAllBy stores articles and places them by rules, until nothing waits.
func placeAllBy(t *testing.T, as []news.Article, at time.Time, r store.Rules) *store.Store {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "s.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := s.Save(ctx, news.Batch{State: news.FeedState{Feed: "feed"}, Articles: as, At: at}); err != nil {
		t.Fatal(err)
	}
	for {
		p, err := s.Place(ctx, at, r)
		if err != nil {
			t.Fatal(err)
		}
		if !p.More {
			return s
		}
	}
}

// The rule of candidates is written twice: over slices for group and eval, and over the index of the store. One set, one
// answer, whether the articles go all the way at once or stage by stage.
func TestStoreAndMemoryFindTheSameCandidates(t *testing.T) {
	m := normalize.Load()
	const articles = 900
	as, ms, start := aWeek(m, articles)
	var want [][2]news.ArticleKey
	for _, p := range m.Candidates(ms) {
		want = append(want, [2]news.ArticleKey{ms[p[0]].Key, ms[p[1]].Key})
	}
	if len(want) < articles || len(want) > articles*articles/4 {
		t.Fatalf("%d candidates of %d articles: the set tells nothing", len(want), articles)
	}
	byKeys := func(a, b [2]news.ArticleKey) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }
	slices.SortFunc(want, byKeys)
	for _, batch := range []int{2 * articles, articles / 9} {
		t.Run(fmt.Sprintf("batches of %d", batch), func(t *testing.T) {
			var got [][2]news.ArticleKey
			r := storetest.Rules()
			r.Rule, r.Keys, r.Batch = m.Rule(), m.Keys, batch
			r.Link = storetest.AtOnce(func(as []news.Marked, pairs [][2]int32) []news.Edge {
				for _, p := range pairs {
					a, b := as[p[0]].Key, as[p[1]].Key
					got = append(got, [2]news.ArticleKey{min(a, b), max(a, b)})
				}
				return nil
			})
			placeAllBy(t, as, start, r)
			slices.SortFunc(got, byKeys)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("in memory %d candidates, in the store %d (-memory +store):\n%.600s", len(want), len(got), diff)
			}
		})
	}
}

// However many wait, and in whatever batches they are placed, a first refresh makes the stories that the set makes.
func TestManyWaitingArticlesMakeTheStoriesOfTheSet(t *testing.T) {
	m := normalize.Load()
	const articles = 900
	as, ms, start := aWeek(m, articles)
	var want []string
	for _, part := range m.Group(news.Neighbourhood{Members: ms, Edges: m.Link(ms, m.Candidates(ms))}) {
		var keys []string
		for _, i := range part {
			keys = append(keys, string(ms[i].Key[:8]))
		}
		want = append(want, fmt.Sprint(keys))
	}
	slices.Sort(want)
	for _, batch := range []int{2 * articles, articles / 9} {
		t.Run(fmt.Sprintf("batches of %d", batch), func(t *testing.T) {
			r := storetest.Rules()
			r.Rule, r.Keys, r.Batch, r.Link, r.Cut, r.Group, r.Reconcile = m.Rule(), m.Keys, batch, m.Linker, m.Cut, m.Group, normalize.Reconcile
			s := placeAllBy(t, as, start, r)
			stories := map[news.StoryID][]string{}
			for _, a := range as { // in the order of their keys
				id, err := s.StoryOf(context.Background(), a.Key)
				if err != nil {
					t.Fatal(err)
				}
				stories[id] = append(stories[id], string(a.Key[:8]))
			}
			var got []string
			for _, keys := range stories {
				got = append(got, fmt.Sprint(keys))
			}
			slices.Sort(got)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("stories of the set (-) and of the store (+):\n%.800s", diff)
			}
		})
	}
}
