package normalize

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

// crowd makes articles that hold the given number of keys out of so many.
func crowd(articles, keys, out int) []news.Marked {
	r := rand.New(rand.NewPCG(5, 6))
	ms := make([]news.Marked, articles)
	for i := range ms {
		ms[i] = news.Marked{Key: news.ArticleKey(fmt.Sprintf("%06d", i)), Published: news.Date{Time: time.Date(2026, 3, 1+r.IntN(7), 0, 0, 0, 0, time.UTC)}}
		for range keys {
			ms[i].Marks.Keys = append(ms[i].Marks.Keys, makeKey(keyName, r.Uint64N(uint64(out)), maxWeight))
		}
	}
	return ms
}

func TestChanceMakesFewCandidatesHoweverManyArticles(t *testing.T) {
	m := Load()
	for _, n := range []int{8_000, 40_000} {
		// Every key is held by some forty articles, whatever their number.
		ms := crowd(n, 12, n*12/40)
		if each := 2 * float64(len(m.Candidates(ms))) / float64(n); each > 40 {
			t.Errorf("%d articles have %.0f candidates each, want at most 40", n, each)
		}
	}
}

func TestAKeyOfEverybodyIsNotGoneThrough(t *testing.T) {
	m := Load()
	ms := crowd(maxHolders+500, 1, 1)
	if n := len(m.Candidates(ms)); n != 0 {
		t.Errorf("%d candidates share nothing but a key that all hold", n)
	}
	ix := newHolders(ms, m.Rule())
	for i := range ix.order {
		if ks := ix.sharable(int32(i), nil); len(ks) != 0 {
			t.Fatalf("article %d goes through %d lists of a crowded key", i, len(ks))
		}
	}
}

func TestCandidatesAreAMatterOfTheSet(t *testing.T) {
	m := Load()
	ms := crowd(3000, 12, 900)
	named := func(ms []news.Marked) map[[2]news.ArticleKey]bool {
		out := map[[2]news.ArticleKey]bool{}
		for _, p := range m.Candidates(ms) {
			a, b := ms[p[0]].Key, ms[p[1]].Key
			out[[2]news.ArticleKey{min(a, b), max(a, b)}] = true
		}
		return out
	}
	want := named(ms)
	if len(want) < 1000 {
		t.Fatalf("%d candidates: the set tells nothing", len(want))
	}
	r := rand.New(rand.NewPCG(7, 8))
	r.Shuffle(len(ms), func(i, j int) { ms[i], ms[j] = ms[j], ms[i] })
	if diff := cmp.Diff(want, named(ms)); diff != "" {
		t.Errorf("another order, other candidates:\n%.400s", diff)
	}
}
