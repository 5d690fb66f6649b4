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
	m.newWeighing(n).explain(&x, n.Members[a].Key, n.Members[b].Key)
	return x
}

// Ties weighs member a of a neighbourhood with each of bs, without asking which stories they make, which costs far more
// where a neighbourhood is large.
func (m *Model) Ties(n news.Neighbourhood, a int, bs []int) []Explanation {
	w := m.newWeighing(n)
	out := make([]Explanation, len(bs))
	for i, b := range bs {
		out[i] = Explanation{Threshold: m.File.Threshold, Candidates: true, DecidedBy: []news.ArticleKey{}}
		w.explain(&out[i], n.Members[a].Key, n.Members[b].Key)
	}
	return out
}

// weighing is a neighbourhood made ready for explaining some of its pairs.
type weighing struct {
	m          *Model
	g          *grouping
	at         map[news.ArticleKey]int32
	components []component
	settings   map[int]placing // by component, made when first needed
}

// placing is the setting of a component, and where its members stand in it.
type placing struct {
	t   *setting
	pos map[int32]int32
}

func (m *Model) newWeighing(n news.Neighbourhood) *weighing {
	members := slices.Clone(n.Members)
	slices.SortFunc(members, func(p, q news.Marked) int { return cmp.Compare(p.Key, q.Key) })
	w := &weighing{m: m, g: m.newGrouping(members), at: map[news.ArticleKey]int32{}, settings: map[int]placing{}}
	for i, p := range members {
		w.at[p.Key] = int32(i)
	}
	for _, e := range n.Edges {
		p, okP := w.at[e.A]
		q, okQ := w.at[e.B]
		if okP && okQ && p != q {
			w.g.edges = append(w.g.edges, edge{min(p, q), max(p, q), e.Score})
		}
	}
	w.components = w.g.components()
	return w
}

// explain fills score and signals of a pair.
func (w *weighing) explain(x *Explanation, a, b news.ArticleKey) {
	lo, hi := min(w.at[a], w.at[b]), max(w.at[a], w.at[b])
	pa, pb := w.g.ps.get(lo), w.g.ps.get(hi)
	if pa == nil || pb == nil {
		return
	}
	var v signals
	compare(&v, pa, pb)
	forest := &w.m.File.Pair
	for i, c := range w.components {
		if !slices.ContainsFunc(c.edges, func(e edge) bool { return e.a == lo && e.b == hi }) {
			continue
		}
		s, ok := w.settings[i]
		if !ok {
			s.t, s.pos = w.g.setting(c)
			w.settings[i] = s
		}
		for k := range s.t.edges {
			if s.t.edges[k].a == s.pos[lo] && s.t.edges[k].b == s.pos[hi] {
				s.t.place(&v, k)
				forest = &w.m.File.Set
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
