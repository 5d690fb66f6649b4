package normalize

import (
	"cmp"
	"math"
	"slices"

	"wirefold/internal/news"
)

// Explanation says why two articles are, or are not, one story.
type Explanation struct {
	// Score is the log-odds that the two tell one event, from the two articles and their neighbourhood. When the pair is no edge
	// of a neighbourhood, the score is that of the pair alone. Threshold is what the score of Join must exceed.
	Score     float64 `json:"score"`
	Threshold float64 `json:"threshold"`
	// Candidates says whether the candidate rule brought the two together at all.
	Candidates bool `json:"candidates"`
	// Signals fall short of nothing: their contributions, with the one named "bias", sum to Score.
	Signals   []SignalSaid `json:"signals"`
	SameStory bool         `json:"same_story"`
	// DecidedBy are the articles of the stories in question: those that the two were weighed with.
	DecidedBy []news.ArticleKey `json:"decided_by"`

	// What follows is for the text form alone.

	// Join is what decided; nil when the two stories were never weighed with each other.
	Join *JoinSaid `json:"-"`

	// Linked says that Score is of the neighbourhood, not of the pair alone.
	Linked bool `json:"-"`
	// FarApart says that the two lie outside of one window; Copies that they carry the same text.
	FarApart bool `json:"-"`
	Copies   bool `json:"-"`
	// Ruled is the operation of a correction that names both.
	Ruled string `json:"-"`
}

// SignalSaid is what one signal, or two to four signals together, say about a pair. The value of several signals is the first's.
type SignalSaid struct {
	Name         string  `json:"name"`
	Value        float64 `json:"value"`
	Contribution float64 `json:"contribution"`
	// Said is the line for people, values with their units: "time between publications: 3 h".
	Said string `json:"-"`
}

// maxDecidedBy bounds the list of articles that explain names.
const maxDecidedBy = 50

// Explain weighs articles a and b among all of as.
func (m *Model) Explain(as []news.Article, a, b int) Explanation {
	return m.NewExplainer(as).Explain(a, b)
}

// ExplainMarked weighs members a and b of a neighbourhood that is linked already.
func (m *Model) ExplainMarked(n news.Neighbourhood, a, b int, candidates bool) Explanation {
	return m.explainer(n).explain(a, b, candidates)
}

// Explainer answers for any two articles of one set: what all answers need is made once. It is not safe for concurrent use.
type Explainer struct {
	w          *weighing
	n          news.Neighbourhood
	parts      [][]int
	story      []int // of each member, index into parts
	candidates map[[2]int32]bool
}

// NewExplainer links and groups as.
func (m *Model) NewExplainer(as []news.Article) *Explainer {
	ms := m.marked(as)
	e := m.explainer(m.neighbourhood(ms, nil))
	e.candidates = make(map[[2]int32]bool)
	for _, p := range m.Candidates(ms) {
		e.candidates[p] = true
	}
	return e
}

func (m *Model) explainer(n news.Neighbourhood) *Explainer {
	e := &Explainer{w: m.newWeighing(n), n: n, parts: m.Group(n), story: make([]int, len(n.Members))}
	for k, p := range e.parts {
		for _, i := range p {
			e.story[i] = k
		}
	}
	return e
}

// Explain weighs articles a and b.
func (e *Explainer) Explain(a, b int) Explanation {
	return e.explain(a, b, e.candidates[[2]int32{int32(min(a, b)), int32(max(a, b))}])
}

// Score is the score that Explain gives, without its parts.
func (e *Explainer) Score(a, b int) float64 {
	p, q := e.n.Members[a].Key, e.n.Members[b].Key
	v, f, _ := e.w.signals(p, q)
	if f == nil {
		return 0
	}
	return f.score(v[:]) + e.w.vectors(p, q)
}

func (e *Explainer) explain(a, b int, candidates bool) Explanation {
	p, q := e.n.Members[a], e.n.Members[b]
	x := Explanation{
		Threshold: e.w.m.File.Threshold, Candidates: candidates, SameStory: e.story[a] == e.story[b], DecidedBy: []news.ArticleKey{},
		FarApart: !p.InWindow(q), Copies: p.Marks.Copy != 0 && p.Marks.Copy == q.Marks.Copy, Ruled: ruledOn(e.n.Rulings, p.Key, q.Key),
	}
	for _, k := range slices.Compact(slices.Sorted(slices.Values([]int{e.story[a], e.story[b]}))) {
		for _, i := range e.parts[k] {
			x.DecidedBy = append(x.DecidedBy, e.n.Members[i].Key)
		}
	}
	slices.Sort(x.DecidedBy)
	x.DecidedBy = x.DecidedBy[:min(len(x.DecidedBy), maxDecidedBy)]
	e.w.explain(&x, p.Key, q.Key)
	x.Join = e.join(a, b)
	return x
}

// ruledOn is the operation of a correction that names both articles, a split before a merge.
func ruledOn(rs []news.Ruling, a, b news.ArticleKey) string {
	op := ""
	for _, r := range rs {
		if slices.Contains(r.Articles, a) && slices.Contains(r.Articles, b) && (op == "" || r.Op == news.OpSplit) {
			op = r.Op
		}
	}
	return op
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
	in         map[[2]int32]int // the component that a pair is an edge of
	settings   map[int]placing  // by component, made when first needed
}

// placing is the setting of a component, and where its members and edges stand in it.
type placing struct {
	t    *setting
	pos  map[int32]int32
	edge map[[2]int32]int
}

func (m *Model) newWeighing(n news.Neighbourhood) *weighing {
	g, r := m.groupingOf(n)
	w := &weighing{m: m, g: g, at: make(map[news.ArticleKey]int32, len(r.sorted)), in: map[[2]int32]int{}, settings: map[int]placing{}}
	for i := range r.sorted {
		w.at[r.sorted[i].Key] = int32(i)
	}
	w.components = w.g.components()
	for i, c := range w.components {
		for _, e := range c.edges {
			w.in[[2]int32{e.a, e.b}] = i
		}
	}
	return w
}

// placing is the setting of the i-th component.
func (w *weighing) placing(i int) placing {
	p, ok := w.settings[i]
	if !ok {
		p.t, p.pos = w.g.setting(w.components[i])
		p.edge = make(map[[2]int32]int, len(p.t.edges))
		for k, e := range p.t.edges {
			p.edge[[2]int32{e.a, e.b}] = k
		}
		w.settings[i] = p
	}
	return p
}

// signals are the values of a pair and the forest that weighs them: that of the neighbourhood for an edge (linked), else that of
// pairs alone; nil when the marks of one cannot be read.
func (w *weighing) signals(a, b news.ArticleKey) (v *signals, f *Forest, linked bool) {
	lo, hi := min(w.at[a], w.at[b]), max(w.at[a], w.at[b])
	pa, pb := w.g.ps.get(lo), w.g.ps.get(hi)
	if pa == nil || pb == nil {
		return nil, nil, false
	}
	v = new(signals)
	shared := walk(nil, pa.hashes, pb.hashes)
	compareSharing(v, pa, pb, shared, sameText(pa.sketch, pb.sketch))
	i, ok := w.in[[2]int32{lo, hi}]
	if !ok {
		return v, &w.m.judgeOf(v).file.Pair, false
	}
	p := w.placing(i)
	k, ok := p.edge[[2]int32{p.pos[lo], p.pos[hi]}]
	if !ok {
		return v, &w.m.judgeOf(v).file.Pair, false
	}
	p.t.place(v, k, shared)
	return v, &w.m.judgeOf(v).file.Set, true
}

// explain fills score and signals of a pair.
func (w *weighing) explain(x *Explanation, a, b news.ArticleKey) {
	v, f, linked := w.signals(a, b)
	if f != nil {
		x.Signals, x.Score = f.explain(v[:], signalNames[:])
		x.Linked = linked
		explainVectors(x, w.g.ps.get(w.at[a]), w.g.ps.get(w.at[b]))
	}
}

// vectors is what the vectors of two articles, whose marks can be read, add to a score.
func (w *weighing) vectors(a, b news.ArticleKey) float64 {
	say, _ := w.g.ps.get(w.at[a]).vector.says(&w.g.ps.get(w.at[b]).vector)
	return say
}

// together stands between the names of signals that spoke together.
const together = " × "

// andSaid stands between the lines of signals that spoke together; no name or unit has it.
const andSaid = "; "

// explain takes a score apart: one line for each signal, or several signals, that a tree asked, the strongest first. names are those of
// the signals.
func (f *Forest) explain(v []float32, names []string) ([]SignalSaid, float64) {
	said := map[string]float64{}
	for i := range f.Trees {
		t := &f.Trees[i]
		leaf := t.leaf(v)
		said[string(t.asked(leaf))] += t.Leaf[leaf]
	}
	out := []SignalSaid{{Name: "bias", Contribution: f.Bias}}
	for asked, c := range said {
		s := SignalSaid{Contribution: c}
		for i := range len(asked) {
			k := asked[i]
			if i > 0 {
				s.Name += together
				s.Said += andSaid
			} else if w := float64(v[k]); !math.IsNaN(w) {
				s.Value = w
			}
			s.Name += names[k]
			s.Said += saySignal(names[k], v[k])
		}
		out = append(out, s)
	}
	sortSignals(out)
	sum := 0.0
	for _, s := range out {
		sum += s.Contribution
	}
	return out, sum
}

// sortSignals puts the strongest first.
func sortSignals(ss []SignalSaid) {
	slices.SortFunc(ss, func(a, b SignalSaid) int {
		return cmp.Or(-cmp.Compare(math.Abs(a.Contribution), math.Abs(b.Contribution)), cmp.Compare(a.Name, b.Name))
	})
}
