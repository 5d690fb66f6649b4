package normalize

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

func TestContributionsSumToTheScore(t *testing.T) {
	m := Load()
	for how, as := range seedArticles(t) {
		for a := range as {
			for b := range a {
				x := m.Explain(as, a, b)
				sum := 0.0
				for _, s := range x.Signals {
					sum += s.Contribution
				}
				if len(x.Signals) == 0 || math.Abs(sum-x.Score) > 1e-9 {
					t.Errorf("%s: %s and %s: contributions sum to %v, score is %v", how, as[a].Key, as[b].Key, sum, x.Score)
				}
				if y := m.Explain(as, b, a); math.Abs(y.Score-x.Score) > 1e-9 || y.SameStory != x.SameStory {
					t.Errorf("%s: %s and %s explain as %v, the other way round as %v", how, as[a].Key, as[b].Key, x.Score, y.Score)
				}
			}
		}
	}
}

// A page weighs one article with all the others at once.
func TestTiesSayWhatExplainSays(t *testing.T) {
	m := Load()
	as := tellings(3, 8)
	n := m.neighbourhood(m.marked(as), nil)
	var others []int
	for b := range as[1:] {
		others = append(others, b+1)
	}
	for i, x := range m.Ties(n, 0, others) {
		want := m.ExplainMarked(n, 0, others[i], true)
		if diff := cmp.Diff(want.Signals, x.Signals); diff != "" || x.Score != want.Score || x.Threshold != want.Threshold {
			t.Errorf("article 0 and %d: score %v, want %v; signals (-want +got):\n%s", others[i], x.Score, want.Score, diff)
		}
	}
}

func TestLinkIsSymmetricAndNeedsNoOrder(t *testing.T) {
	m := Load()
	as := tellings(3, 8)
	ms := m.marked(as)
	pairs := m.Candidates(ms)
	if len(pairs) == 0 {
		t.Fatal("no candidates among tellings of the same events")
	}
	want := m.Link(ms, pairs)
	var turned [][2]int32
	for _, p := range pairs {
		turned = append(turned, [2]int32{p[1], p[0]})
	}
	back := m.Link(ms, turned)
	for i, e := range back {
		back[i].A, back[i].B = e.B, e.A
	}
	if diff := cmp.Diff(want, back); diff != "" {
		t.Errorf("links of (b, a) differ from those of (a, b):\n%s", diff)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	got := m.Link(ms, pairs)
	slices.SortFunc(got, func(a, b news.Edge) int { return cmpEdges(a, b) })
	slices.SortFunc(want, func(a, b news.Edge) int { return cmpEdges(a, b) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links depend on the order of the pairs:\n%s", diff)
	}
}

func cmpEdges(a, b news.Edge) int { return comparePairs([2]int32{a.A, a.B}, [2]int32{b.A, b.B}) }

func TestOthersMarksCanComeInParts(t *testing.T) {
	m := Load()
	ms := m.marked(tellings(3, 8))
	const own = 9
	var pairs [][2]int32 // each of the own with what comes after it, by the other
	for b := range ms {
		for a := range min(b, own) {
			pairs = append(pairs, [2]int32{int32(a), int32(b)})
		}
	}
	want := m.Link(ms, pairs)
	link := m.Linker(ms[:own])
	var got []news.Edge
	for from := own; from < len(ms); from += 4 {
		to := min(from+4, len(ms))
		var some [][2]int32
		for _, p := range pairs {
			switch b := int(p[1]); {
			case b >= from && b < to:
				some = append(some, [2]int32{p[0], int32(b - from + own)})
			case b < own && from == own:
				some = append(some, p)
			}
		}
		for _, e := range link(ms[from:to], some) {
			if e.B >= own {
				e.B += int32(from - own)
			}
			got = append(got, e)
		}
	}
	if len(want) == 0 {
		t.Fatal("no edges among tellings of the same events")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links of all at once (-) and in parts (+):\n%s", diff)
	}
}

func TestMarksOfAnotherVersionLinkNothing(t *testing.T) {
	m := Load()
	ms := m.marked(tellings(1, 2))
	ms[0].Marks.Blob[0]++
	if es := m.Link(ms, [][2]int32{{0, 1}}); len(es) != 0 {
		t.Errorf("Link compared marks of another version: %v", es)
	}
	if parts := m.Group(news.Neighbourhood{Members: ms}); len(parts) != 2 {
		t.Errorf("Group made %d parts of two articles without edges", len(parts))
	}
}

func TestModelThatDoesNotFitIsRefused(t *testing.T) {
	good := Load().File
	bad := good
	bad.Version++
	if _, err := NewModel(bad, modelTerms); err == nil {
		t.Error("a model of another version was taken")
	}
	bad = good
	bad.Signals = slices.Clone(good.Signals)
	bad.Signals[0], bad.Signals[1] = bad.Signals[1], bad.Signals[0]
	if _, err := NewModel(bad, modelTerms); err == nil {
		t.Error("a model with its signals in another order was taken")
	}
	bad = good
	bad.Known.Pair.Trees = []Tree{{Ask: [len(Tree{}.Ask)]Question{{Signal: 200}}}}
	if _, err := NewModel(bad, modelTerms); err == nil {
		t.Error("a tree that asks an unknown signal was taken")
	}
	if _, err := NewModel(good, modelTerms[:3]); err == nil {
		t.Error("a torn term table was taken")
	}
}
