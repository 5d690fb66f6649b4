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

// neighbourhood links marked articles by the candidate rule.
func (m *Model) neighbourhood(ms []news.Marked, rs []news.Ruling) news.Neighbourhood {
	sorted := slices.Clone(ms)
	slices.SortFunc(sorted, func(a, b news.Marked) int { return cmp.Compare(a.Key, b.Key) })
	return news.Neighbourhood{Members: ms, Edges: m.Link(sorted, m.candidates(sorted)), Rulings: rs}
}
