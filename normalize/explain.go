package normalize

import (
	"cmp"
	"math"
	"slices"

	"wirefold/internal/news"
)

// Explanation says why two articles are, or are not, one story.
type Explanation struct {
	// Score is the log-odds that the two tell one event, from the two articles and their neighbourhood. Threshold is
	// what two stories must agree on average to be joined. When the pair is no edge of a neighbourhood, the score is
	// that of the pair alone.
	Score     float64 `json:"score"`
	Threshold float64 `json:"threshold"`
	// Candidates says whether the candidate rule brought the two together at all.
	Candidates bool `json:"candidates"`
	// Signals fall short of nothing: their contributions, with the one named "bias", sum to Score.
	Signals   []SignalSaid `json:"signals"`
	SameStory bool         `json:"same_story"`
	// DecidedBy are the articles of the stories in question: those that the two were weighed with.
	DecidedBy []news.ArticleKey `json:"decided_by"`
}

// SignalSaid is what one signal, or two signals together, say about a pair. The value of two signals is the first's.
type SignalSaid struct {
	Name         string  `json:"name"`
	Value        float64 `json:"value"`
	Contribution float64 `json:"contribution"`
}

// maxDecidedBy bounds the list of articles that explain names.
const maxDecidedBy = 50

// Explain weighs articles a and b among all of as.
func (m *Model) Explain(as []news.Article, a, b int) Explanation {
	return m.ExplainMarked(m.neighbourhood(m.marked(as), nil), a, b, m.areCandidates(as, a, b))
}

// areCandidates says whether the rule makes a and b candidates among as.
func (m *Model) areCandidates(as []news.Article, a, b int) bool {
	ms := m.marked(as)
	want := [2]int32{int32(min(a, b)), int32(max(a, b))}
	return slices.Contains(m.candidates(ms), want)
}

// ExplainMarked weighs members a and b of a neighbourhood that is linked already.
func (m *Model) ExplainMarked(n news.Neighbourhood, a, b int, candidates bool) Explanation {
	x := Explanation{Threshold: m.File.Threshold, Candidates: candidates, DecidedBy: []news.ArticleKey{}}
	parts := m.Group(n)
	for _, p := range parts {
		inA, inB := slices.Contains(p, a), slices.Contains(p, b)
		x.SameStory = x.SameStory || inA && inB
		if inA || inB {
			for _, i := range p {
				x.DecidedBy = append(x.DecidedBy, n.Members[i].Key)
			}
		}
	}
	slices.Sort(x.DecidedBy)
	x.DecidedBy = x.DecidedBy[:min(len(x.DecidedBy), maxDecidedBy)]
	m.explainPair(&x, n, n.Members[a].Key, n.Members[b].Key)
	return x
}

// explainPair fills score and signals.
func (m *Model) explainPair(x *Explanation, n news.Neighbourhood, a, b news.ArticleKey) {
	members := slices.Clone(n.Members)
	slices.SortFunc(members, func(p, q news.Marked) int { return cmp.Compare(p.Key, q.Key) })
	at := map[news.ArticleKey]int32{}
	for i, p := range members {
		at[p.Key] = int32(i)
	}
	g := m.newGrouping(members)
	for _, e := range n.Edges {
		p, okP := at[e.A]
		q, okQ := at[e.B]
		if okP && okQ && p != q {
			g.edges = append(g.edges, edge{min(p, q), max(p, q), e.Score})
		}
	}
	lo, hi := min(at[a], at[b]), max(at[a], at[b])
	pa, pb := g.ps.get(lo), g.ps.get(hi)
	if pa == nil || pb == nil {
		return
	}
	var v signals
	compare(&v, pa, pb)
	forest := &m.File.Pair
	for _, c := range g.components() {
		k := slices.IndexFunc(c.edges, func(e edge) bool { return e.a == lo && e.b == hi })
		if k < 0 {
			continue
		}
		t, pos := g.setting(c)
		for k := range t.edges {
			if t.edges[k].a == pos[lo] && t.edges[k].b == pos[hi] {
				t.place(&v, k)
				forest = &m.File.Set
			}
		}
	}
	x.Signals, x.Score = forest.explain(&v)
}

// explain takes a score apart: one line for each signal, or two signals, that a tree asked, the strongest first.
func (f *Forest) explain(v *signals) ([]SignalSaid, float64) {
	type asked struct{ p, q uint8 }
	said := map[asked]float64{}
	for i := range f.Trees {
		t := &f.Trees[i]
		leaf, second := t.leaf(v)
		said[asked{min(t.Root, second), max(t.Root, second)}] += t.Leaf[leaf]
	}
	out := []SignalSaid{{"bias", 0, f.Bias}}
	for k, c := range said {
		s := SignalSaid{Name: signalNames[k.p], Contribution: c}
		if k.p != k.q {
			s.Name += " × " + signalNames[k.q]
		}
		if w := float64(v[k.p]); !math.IsNaN(w) {
			s.Value = w
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b SignalSaid) int {
		return cmp.Or(-cmp.Compare(math.Abs(a.Contribution), math.Abs(b.Contribution)), cmp.Compare(a.Name, b.Name))
	})
	sum := 0.0
	for _, s := range out {
		sum += s.Contribution
	}
	return out, sum
}
