package normalize

import (
	"cmp"
	"slices"
	"time"

	"wirefold/internal/news"
)

// Partition groups articles in memory: marks, candidates, links and stories in one go. The parts are indexes into as,
// ascending by article key, and the parts are ordered by their least keys; the result is a function of the set.
func (m *Model) Partition(as []news.Article, rs []news.Ruling) [][]int {
	r := newRoll(m.marked(as))
	g := m.newGrouping(r.sorted)
	g.link(m, withoutCopies(r.sorted))
	g.rule(rs, r)
	return r.indexes(g.parts())
}

// link makes the edges of all candidates, pair by pair: a day's stream has too many candidates to list them first.
func (g *grouping) link(m *Model, as []news.Marked) {
	var x signals
	var cross crossing
	m.eachCandidate(as, func(i, j int32) {
		a, b := g.ps.get(i), g.ps.get(j)
		if a == nil || b == nil || g.as[i].Key == g.as[j].Key {
			return
		}
		compareSharing(&x, a, b, cross.shared(a, b), cross.sameText(a, b))
		say, _ := a.vector.says(&b.vector)
		if s, ok := m.edge(&x, say); ok {
			g.edges = append(g.edges, edge{i, j, s})
		}
	})
}

// marked gives every article its marks, if it has none yet.
func (m *Model) marked(as []news.Article) []news.Marked {
	ms := make([]news.Marked, len(as))
	for i := range as {
		a := &as[i]
		ms[i] = news.Marked{Key: a.Key, Published: a.Published, Seen: a.Seen, Seed: a.Seed, Marks: a.Marks}
		if len(a.Marks.Blob) == 0 {
			ms[i].Marks = m.Mark(a)
		}
	}
	return ms
}

// neighbourhood links marked articles by the candidate rule.
func (m *Model) neighbourhood(ms []news.Marked, rs []news.Ruling) news.Neighbourhood {
	r := newRoll(ms)
	sorted := withoutCopies(r.sorted)
	edges := m.Link(sorted, m.Candidates(sorted))
	for i, e := range edges {
		edges[i].A, edges[i].B = r.order[e.A], r.order[e.B]
	}
	return news.Neighbourhood{Members: ms, Edges: edges, Rulings: rs}
}

// withoutCopies takes the keys from all but the least of the articles with the same text in one window: only that one is
// compared with others. Group puts the copies with it, so ten thousand of them cost no more than one.
func withoutCopies(sorted []news.Marked) []news.Marked {
	out := slices.Clone(sorted)
	for _, p := range copyPairs(out) {
		out[p[1]].Marks.Keys = nil
	}
	return out
}

// copyPairs pairs every article with the least of those of its copy class that a chain of windows connects it with. The
// articles are in the order of their keys; the second of a pair is the copy.
func copyPairs(as []news.Marked) [][2]int32 {
	class := map[uint64][]int32{}
	for i := range as {
		if c := as[i].Marks.Copy; c != 0 {
			class[c] = append(class[c], int32(i))
		}
	}
	var pairs [][2]int32
	for _, is := range class {
		if len(is) == 1 {
			continue
		}
		slices.SortFunc(is, func(i, j int32) int { return cmp.Or(when(as[i]).Compare(when(as[j])), cmp.Compare(i, j)) })
		for from := 0; from < len(is); {
			to := from + 1
			for to < len(is) && as[is[to-1]].InWindow(as[is[to]]) {
				to++
			}
			least := slices.Min(is[from:to])
			for _, i := range is[from:to] {
				if i != least {
					pairs = append(pairs, [2]int32{least, i})
				}
			}
			from = to
		}
	}
	slices.SortFunc(pairs, comparePairs)
	return pairs
}

// when is the time that orders the tellings of a report.
func when(a news.Marked) time.Time {
	if a.Published.Known() {
		return a.Published.Time
	}
	return a.Seen
}
