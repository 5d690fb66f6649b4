package normalize

import (
	"cmp"
	"slices"

	"wirefold/internal/news"
)

// Partition groups articles in memory: marks, candidates, links and stories in one go. The parts are indexes into as,
// ascending by article key, and the parts are ordered by their least keys; the result is a function of the set.
func (m *Model) Partition(as []news.Article, rs []news.Ruling) [][]int {
	return m.Group(m.neighbourhood(m.marked(as), rs))
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

// neighbourhood links marked articles by the candidate rule. Of articles with the same text in one window only the
// least is compared with others: Group puts the copies with it, and ten thousand of them cost no more than one.
func (m *Model) neighbourhood(ms []news.Marked, rs []news.Ruling) news.Neighbourhood {
	sorted := slices.Clone(ms)
	slices.SortFunc(sorted, func(a, b news.Marked) int { return cmp.Compare(a.Key, b.Key) })
	for _, p := range copyPairs(sorted) {
		sorted[p[1]].Marks.Keys = nil
	}
	return news.Neighbourhood{Members: ms, Edges: m.Link(sorted, m.candidates(sorted)), Rulings: rs}
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
