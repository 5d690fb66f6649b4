package normalize

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"wirefold/internal/news"
)

// Where everything resembles everything, memory is bounded by a rule of the set.
func TestTooManyEdgesAreCutToTheNearestInEveryOrder(t *testing.T) {
	const n = 900
	g := &grouping{as: make([]news.Marked, n)}
	dice := rand.New(rand.NewPCG(1, 2))
	var es []edge
	for a := range int32(n) {
		for b := a + 1; b < n; b++ {
			es = append(es, edge{a, b, dice.Float64()*8 - 3})
		}
	}
	byEnds := func(p, q edge) int { return cmp.Or(cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b)) }
	want := slices.SortedFunc(slices.Values(g.nearest(es)), byEnds)
	if len(es) <= maxEdges || len(want) > maxEdges || len(want) < n {
		t.Fatalf("of %d edges %d stay, at most %d may", len(es), len(want), maxEdges)
	}
	dice.Shuffle(len(es), func(i, k int) { es[i], es[k] = es[k], es[i] })
	if got := slices.SortedFunc(slices.Values(g.nearest(es)), byEnds); !slices.Equal(got, want) {
		t.Error("another order of the edges keeps others")
	}
	few := es[:maxEdges]
	if got := g.nearest(few); len(got) != len(few) {
		t.Errorf("of %d edges, as many as may be, %d stay", len(few), len(got))
	}
}
