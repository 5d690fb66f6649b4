package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

// anyArticles draws articles with random keys, dates, revisions and drops, brings them in a random order and random
// batches, and compares the stories with what the same functions make of all of them at once.
func anyArticles(t *testing.T, open Open) {
	rapid.Check(t, func(rt *rapid.T) {
		s, _ := open(t, "", store.Options{})
		n := rapid.IntRange(1, 25).Draw(rt, "articles")
		var all []news.Article
		for i := range n {
			var keys []news.Key
			for range rapid.IntRange(0, 3).Draw(rt, "keys") {
				keys = append(keys, key(rapid.IntRange(1, 15).Draw(rt, "key")))
			}
			a := Article("one", fmt.Sprint("n", i), keys...)
			a.Seed = rapid.Bool().Draw(rt, "seed")
			if rapid.Bool().Draw(rt, "dated") {
				a.Published = news.Date{Time: T0.AddDate(0, 0, -rapid.IntRange(1, 20).Draw(rt, "age"))}
			}
			all = append(all, a)
		}
		r := Rules()
		r.Batch = rapid.IntRange(1, 7).Draw(rt, "batch")
		order := rapid.Permutation(all).Draw(rt, "order")
		dropped := map[news.ArticleKey]bool{}
		for i, step := 0, 0; i < len(order); step++ {
			at := T0.Add(time.Duration(step) * time.Second)
			next := min(i+rapid.IntRange(1, 6).Draw(rt, "saved together"), len(order))
			save(t, s, at, order[i:next]...)
			if rapid.IntRange(0, 3).Draw(rt, "drop or take back") == 0 {
				k := order[rapid.IntRange(0, next-1).Draw(rt, "which")].Key
				dropped[k] = !dropped[k]
				correct(t, s, drops(order, dropped)...)
			}
			if rapid.IntRange(0, 3).Draw(rt, "first something else") == 0 {
				// An article has other keys for a while, and is then revised to its own.
				a := order[rapid.IntRange(0, next-1).Draw(rt, "changes")]
				early := a
				early.Marks.Keys = []news.Key{key(rapid.IntRange(1, 15).Draw(rt, "early key"))}
				save(t, s, at, revise(early, fmt.Sprint("early ", step)))
				place(t, s, at, r)
				save(t, s, at, revise(a, fmt.Sprint("final ", step)))
			}
			i = next
			if rapid.Bool().Draw(rt, "place now") {
				place(t, s, at, r)
			}
		}
		place(t, s, T0.Add(time.Hour), r)
		all = slices.DeleteFunc(all, func(a news.Article) bool { return dropped[a.Key] })
		if diff := cmp.Diff(together(all), grouping(t, s)); diff != "" {
			rt.Errorf("stories (-together +store):\n%s", diff)
		}
		problems, err := s.Integrity(context.Background())
		if err != nil || len(problems) > 0 {
			rt.Errorf("integrity: %v %v", problems, err)
		}
	})
}

// drops are the corrections that drop articles.
func drops(as []news.Article, dropped map[news.ArticleKey]bool) []news.Correction {
	var out []news.Correction
	for _, a := range as {
		if dropped[a.Key] {
			out = append(out, op(news.OpDrop, a.URL))
		}
	}
	return out
}

// together groups articles in memory.
func together(all []news.Article) []string {
	var n news.Neighbourhood
	for _, a := range all {
		n.Members = append(n.Members, news.Marked{Key: a.Key, Published: a.Published, Seen: T0, Seed: a.Seed, Marks: a.Marks})
	}
	for i, a := range n.Members {
		for j, b := range n.Members[:i] {
			share := slices.ContainsFunc(a.Marks.Keys, func(k news.Key) bool { return slices.Contains(b.Marks.Keys, k) })
			if share && a.InWindow(b) {
				n.Edges = append(n.Edges, news.Edge{A: int32(i), B: int32(j), Score: 1})
			}
		}
	}
	var out []string
	for _, part := range components(n) {
		var names []string
		for _, i := range part {
			names = append(names, strings.TrimPrefix(all[i].Title, "Title of "))
		}
		slices.Sort(names)
		out = append(out, strings.Join(names, " "))
	}
	slices.Sort(out)
	return out
}
