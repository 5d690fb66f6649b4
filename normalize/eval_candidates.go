package normalize

import (
	"math"

	"wirefold/internal/news"
)

// CandidateRecall is the share of pairs of one event that the candidate rule brings together; 1 when there are none.
func (m *Model) CandidateRecall(as []news.Article, event []string) float64 {
	gold := 0
	count := map[string]int{}
	for _, e := range event {
		gold += count[e]
		count[e]++
	}
	if gold == 0 {
		return 1
	}
	hit := 0
	for _, p := range m.Candidates(m.marked(as)) {
		if event[p[0]] == event[p[1]] {
			hit++
		}
	}
	return float64(hit) / float64(gold)
}

// Judge says how likely two articles tell one event, as log-odds, when nothing else is known, and whether that is
// enough for one story.
func (m *Model) Judge(a, b *news.Article) (score float64, same bool) {
	as := []news.Article{*a, *b}
	as[0].Key, as[1].Key = "a", "b"
	x := m.Explain(as, 0, 1)
	if math.IsNaN(x.Score) {
		return 0, false
	}
	return x.Score, x.SameStory
}
