package normalize

import (
	"math"
	"testing"
)

// Two texts in languages that the table does not know have a judge of their own, and so have two bare headlines; a text in a known language brings a pair to the
// other.
func TestPairsOfWhichLittleIsKnownHaveAJudgeOfTheirOwn(t *testing.T) {
	m := Load()
	for _, c := range []struct {
		less, more float32 // share of strange words
		words      float32 // of the longer
		scant      bool
	}{{0, 0, 300, false}, {0, 0.9, 300, false}, {0.4, 0.9, 300, true}, {0, 0, 19, true}, {0, 0, 20, false}} {
		var x signals
		x[sigStrange], x[sigStrangeMost], x[sigLonger] = c.less, c.more, log2(c.words+1)
		if got := m.judgeOf(&x) == &m.scant; got != c.scant {
			t.Errorf("a pair of which %v and %v of up to %v words are strange is judged as one of which little is known: %v", c.less, c.more, c.words, got)
		}
		var y joinSignals
		y[joinStrange], y[joinLength] = c.less, log2(c.words+1)
		if got := m.judgeOfJoin(&y) == &m.scant; got != c.scant {
			t.Errorf("a join of which %v of up to %v words are strange is judged as one of which little is known: %v", c.less, c.words, got)
		}
	}
	var y joinSignals
	if y[joinStrange], y[joinLength] = unknown, unknown; m.judgeOfJoin(&y) == &m.scant {
		t.Error("stories between which no pair was compared are judged as those of which little is known")
	}
}

// What the gate turns away makes no edge, whatever the long forest would say; what it lets pass scores as that says; and what vectors say moves both.
func TestAGateStandsBeforeThePair(t *testing.T) {
	above := func(leaf float64) Forest {
		tree := Tree{}
		for k := range tree.Ask {
			tree.Ask[k] = Question{Signal: sigTextCos}
		}
		tree.Leaf[len(tree.Leaf)-1] = leaf
		return Forest{Trees: []Tree{tree}}
	}
	j := Judge{GateFloor: 1, Floor: -3, Gate: above(2), Pair: above(-1)}
	m := &Model{known: newJudge(&j)}
	m.File.Known = j
	var x signals
	x[sigLonger] = 8 // no bare headlines
	if _, ok := m.edge(&x, 0); ok {
		t.Error("a pair that the gate turns away is an edge")
	}
	if s, ok := m.edge(&x, 1); !ok || s != 1 {
		t.Errorf("with what vectors say it scores %v, %v, want 1", s, ok)
	}
	x[sigTextCos] = 1
	if s, ok := m.edge(&x, 0); !ok || s != -1 {
		t.Errorf("a pair that the gate lets pass scores %v, %v, want -1", s, ok)
	}
	if s, ok := m.edge(&x, -1.5); ok {
		t.Errorf("a pair that vectors speak against passes the gate and scores %v", s)
	}
	j.Gate = Forest{}
	m = &Model{known: newJudge(&j)}
	if s, ok := m.edge(&x, math.Copysign(0, -1)); !ok || s != -1 {
		t.Errorf("without a gate the pair scores %v, %v, want -1", s, ok)
	}
}
