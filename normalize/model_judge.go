package normalize

import "fmt"

// Judge is what a model has learned for texts of one kind: how signals speak for or against one event.
type Judge struct {
	// Gate is a small forest that turns away the many candidates that are far from an edge, below GateFloor; without trees it turns nothing away. Pair
	// scores two articles by themselves, and Floor is its least score that makes an edge; Set scores them within their neighbourhood; Join scores two stories.
	GateFloor float64 `json:"gate_floor"`
	Floor     float64 `json:"floor"`
	Gate      Forest  `json:"gate"`
	Pair      Forest  `json:"pair"`
	Set       Forest  `json:"set"`
	Join      Forest  `json:"join"`
	// GateTrace and PairTrace are the rejection traces of Gate and Pair, or nil: for every stride of trees, what the score of a pair must be by then to go on
	// to GateFloor or Floor.
	GateTrace []float64 `json:"gate_trace,omitempty"`
	PairTrace []float64 `json:"pair_trace,omitempty"`
}

// check refuses forests that ask signals which there are not, and rejection traces of other forests.
func (j *Judge) check() error {
	for _, x := range []struct {
		f *Forest
		n int
	}{{&j.Gate, int(firstSetSignal)}, {&j.Pair, int(firstSetSignal)}, {&j.Set, int(numSignals)}, {&j.Join, numJoin}} {
		for _, t := range x.f.Trees {
			for _, q := range t.Ask {
				if int(q.Signal) >= x.n {
					return fmt.Errorf("model names signal %d of %d", q.Signal, x.n)
				}
			}
		}
	}
	for _, x := range []struct {
		f     *Forest
		trace []float64
	}{{&j.Gate, j.GateTrace}, {&j.Pair, j.PairTrace}} {
		if n := strides(x.f); x.trace != nil && len(x.trace) != n {
			return fmt.Errorf("model has a rejection trace of %d looks, its trees need %d", len(x.trace), n)
		}
	}
	return nil
}

// judge is a Judge made ready for many scores.
type judge struct {
	file                  *Judge
	gate, pair, set, join *walker // gate is nil when it turns nothing away
}

func newJudge(j *Judge) judge {
	r := judge{file: j, pair: newWalker(&j.Pair, j.PairTrace, j.Floor), set: newWalker(&j.Set, nil, 0), join: newWalker(&j.Join, nil, 0)}
	if len(j.Gate.Trees) > 0 {
		r.gate = newWalker(&j.Gate, j.GateTrace, j.GateFloor)
	}
	return r
}

// judgeOf is who judges a pair. What sets texts in the labelled languages apart, such as how rare the words are that two of them share, is not known of
// others: there everything looks alike, and what was learned of nuances misleads. Two bare headlines have too few words for nuances, and a day brings so many
// pairs of them that a short judgment is worth more. Such pairs have a judge of their own, who learned less and is quicker.
func (m *Model) judgeOf(x *signals) *judge {
	if scantPair(x[:]) {
		return &m.scant
	}
	return &m.known
}

func scantPair(x []float32) bool { return x[sigStrange] > 0 || x[sigLonger] <= bareLength }

// bareLength is the length of a bare headline, in the measure of sigLonger: fewer than 20 words. Few headlines are longer.
const bareLength = 4.3923

// mostlyStrange is the mean of the strangeness between two stories from which on about half of the pairs are of two strange articles: in those a third to all
// of the words are.
const mostlyStrange = 0.2

// judgeOfJoin is who judges a join. In what is told in many languages those that are known decide, and in what texts and headlines tell, the texts.
func (m *Model) judgeOfJoin(x *joinSignals) *judge {
	if scantJoin(x[:]) {
		return &m.scant
	}
	return &m.known
}

func scantJoin(x []float32) bool {
	return x[joinStrange] > mostlyStrange || x[joinLength] <= bareLength
}

// edge is the score of a pair by itself, of which the vectors say so much, and whether it makes an edge. Nine of ten candidates are of two events and far
// from an edge: a small forest is enough to see that (the "attentional cascade" of Viola and Jones 2001).
func (m *Model) edge(x *signals, say float64) (float64, bool) {
	j := m.judgeOf(x)
	var s slots
	s.fill(x[:firstSetSignal])
	if j.gate != nil {
		if _, ok := j.gate.walk(&s, j.file.GateFloor-say); !ok {
			return 0, false
		}
	}
	score, ok := j.pair.walk(&s, j.file.Floor-say)
	return score + say, ok
}
