package normalize

import (
	"slices"

	"wirefold/internal/news"
)

// JoinSaid is what decides whether two stories are one: of two articles of one story, it weighs the first against all others of the story.
type JoinSaid struct {
	// Score must exceed the threshold; the contributions of Signals, with the one named "bias", sum to it.
	Score   float64
	Signals []SignalSaid
}

// join weighs the stories of members a and b; nil where they were never weighed: nothing connects the two, or their text is the same.
func (e *Explainer) join(a, b int) *JoinSaid {
	left, right := e.keys(e.story[a]), e.keys(e.story[b])
	if e.story[a] == e.story[b] {
		k := e.n.Members[a].Key
		left, right = []news.ArticleKey{k}, slices.DeleteFunc(right, func(x news.ArticleKey) bool { return x == k })
	}
	c, ok := e.w.home(e.n.Members[a].Key)
	if d, too := e.w.home(e.n.Members[b].Key); !ok || !too || c != d {
		return nil
	}
	j := e.w.g.newJoining(e.w.components[c])
	p, okP := j.gather(e.w.positions(c, left))
	if !okP {
		return nil
	}
	// The copies of the first article come with it: they are no others.
	others := slices.DeleteFunc(e.w.positions(c, right), func(i int32) bool { return slices.Contains(j.parts[p], i) })
	q, okQ := j.gather(others)
	if !okQ {
		return nil
	}
	t := j.ties[p][q]
	if t == nil {
		t = &tie{}
	}
	var x joinSignals
	j.signals(&x, p, q, t)
	said := &JoinSaid{}
	said.Signals, said.Score = e.w.m.explainJoin(&x)
	return said
}

// explainJoin is what every signal of a join says, the strongest first, and the score that they sum to.
func (m *Model) explainJoin(x *joinSignals) ([]SignalSaid, float64) {
	agreement, bare, scale := joinParts(x[:])
	said, score := m.judgeOfJoin(x).file.Join.explain(x[:], joinNames())
	for i := range said {
		said[i].Contribution *= scale
	}
	beside := func(signal int, says float64) {
		if says == 0 {
			return
		}
		name := joinedNames[signal]
		i := slices.IndexFunc(said, func(s SignalSaid) bool { return s.Name == name })
		if i < 0 {
			i = len(said)
			said = append(said, SignalSaid{Name: name, Value: float64(x[signal]), Said: saySignal(name, x[signal])})
		}
		said[i].Contribution += says
	}
	beside(joinAgreement, agreement)
	beside(joinVoice, bare)
	sortSignals(said)
	return said, agreement + bare + scale*score
}

func (e *Explainer) keys(story int) []news.ArticleKey {
	var out []news.ArticleKey
	for _, i := range e.parts[story] {
		out = append(out, e.n.Members[i].Key)
	}
	return out
}

// home is the component that an article is in.
func (w *weighing) home(k news.ArticleKey) (int, bool) {
	i, ok := w.at[k]
	if !ok {
		return 0, false
	}
	c := slices.IndexFunc(w.components, func(c component) bool {
		_, in := slices.BinarySearch(c.members, i)
		return in
	})
	return c, c >= 0
}

// positions are where articles stand in a component; those of other components are left out.
func (w *weighing) positions(c int, ks []news.ArticleKey) []int32 {
	var out []int32
	for _, k := range ks {
		if i, ok := slices.BinarySearch(w.components[c].members, w.at[k]); ok {
			out = append(out, int32(i))
		}
	}
	slices.Sort(out)
	return out
}

// gather makes one story of the articles at the given positions and names it.
func (j *joining) gather(positions []int32) (int32, bool) {
	story := int32(-1)
	for _, p := range positions {
		s := int32(slices.IndexFunc(j.parts, func(part []int32) bool { return slices.Contains(part, p) }))
		switch {
		case story < 0:
			story = s
		case s != story:
			story, s = min(story, s), max(story, s)
			j.join(story, s)
		}
	}
	return story, story >= 0
}
