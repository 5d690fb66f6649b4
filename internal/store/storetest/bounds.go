package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

// remarked changes the version of the marks: new articles still find old ones.
func remarked(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	r := Rules()
	version := byte(1)
	r.Mark = func(a *news.Article) news.Marks {
		return news.Marks{Keys: []news.Key{key(int(version)*1000 + len(a.Text))}, Blob: []byte{version}}
	}
	r.MarksVersion = []byte{1}
	a, b := Article("one", "a"), Article("one", "b")
	save(t, s, T0, a)
	place(t, s, T0, r)
	version, r.MarksVersion = 2, []byte{2}
	save(t, s, T0.Add(time.Hour), b)
	place(t, s, T0.Add(time.Hour), r)
	wantGrouping(t, s, "a b")
}

// crowdedKeys are out of play: articles that share nothing else are no candidates.
func crowdedKeys(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	r := Rules()
	r.Rule.MaxHolders = 5
	pairs := 0
	r.Link = AtOnce(func(as []news.Marked, ps [][2]int32) []news.Edge { pairs += len(ps); return linkAll(as, ps) })
	for i := range 30 {
		save(t, s, T0, Article("one", fmt.Sprint("n", i), key(1), key(100+i/2)))
	}
	r.Batch = 30
	place(t, s, T0, r)
	if pairs != 15 {
		t.Errorf("together: %d candidate pairs, want the 15 that share a rare key", pairs)
	}
	pairs = 0
	for i := range 10 {
		save(t, s, T0, Article("one", fmt.Sprint("m", i), key(1), key(200+i/2)))
		place(t, s, T0, r)
	}
	if pairs != 5 {
		t.Errorf("one by one: %d candidate pairs, want 5", pairs)
	}
	// A month later the key is free again.
	pairs = 0
	far := T0.AddDate(0, 1, 0)
	save(t, s, far, Article("one", "x", key(1)), Article("one", "y", key(1)))
	place(t, s, far, r)
	if pairs != 1 {
		t.Errorf("a month later: %d candidate pairs, want 1", pairs)
	}
}

// boundedRegion makes a chain of articles much longer than what is read of one neighbourhood, in batches.
func boundedRegion(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	const length = 600
	r := Rules()
	r.Batch, r.MaxRegion = 50, 100
	for from := 0; from < length; from += 50 {
		var as []news.Article
		for i := range 50 {
			as = append(as, Article("one", fmt.Sprintf("n%03d", from+i), key(from+i), key(from+i+1)))
		}
		save(t, s, T0, as...)
		place(t, s, T0, r)
	}
	n := 0
	for _, g := range grouping(t, s) {
		n += len(strings.Fields(g))
	}
	if n != length {
		t.Errorf("%d articles in stories, want each of %d once", n, length)
	}
	sound(t, s)
}
