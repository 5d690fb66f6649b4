package normalize

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Forest is a sum of small trees: log-odds that two articles tell one event. Every tree asks one signal after another, three at most, so the
// score falls exactly into contributions of signals and of two or three signals together.
type Forest struct {
	Bias  float64 `json:"bias"`
	Trees []Tree  `json:"trees"`
}

// TreeDepth is how many questions a tree asks on the way to a leaf.
const TreeDepth = 3

// Tree is a binary tree of questions: after question i comes 2i+1 when the answer is no, 2i+2 when it is yes. A tree that needs fewer
// questions asks one again.
type Tree struct {
	Ask  [1<<TreeDepth - 1]Question
	Leaf [1 << TreeDepth]float64
}

// Question asks whether a signal is above At; Unknown is the answer where the signal is unknown (NaN).
type Question struct {
	At      float32
	Signal  uint8
	Unknown bool
}

// MarshalJSON writes a tree as one short line of numbers: signal and bound of every question, then the leaves. A signal whose answer is yes where it
// is unknown is written as -1 - signal.
func (t Tree) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for _, q := range t.Ask {
		s := int(q.Signal)
		if q.Unknown {
			s = -1 - s
		}
		b = fmt.Appendf(b, "%d,%.9g,", s, q.At)
	}
	for i, l := range t.Leaf {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "%.5g", l)
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Tree) UnmarshalJSON(b []byte) error {
	var x []float64
	if err := json.Unmarshal(b, &x); err != nil {
		return fmt.Errorf("read tree: %w", err)
	}
	if len(x) != 2*len(t.Ask)+len(t.Leaf) {
		return fmt.Errorf("read tree: %d numbers, want %d", len(x), 2*len(t.Ask)+len(t.Leaf))
	}
	for i := range t.Ask {
		s, q := x[2*i], &t.Ask[i]
		if q.Unknown = s < 0; q.Unknown {
			s = -1 - s
		}
		if s < 0 || s > 255 {
			return fmt.Errorf("read tree: signal %g", x[2*i])
		}
		q.Signal, q.At = uint8(s), float32(x[2*i+1])
	}
	copy(t.Leaf[:], x[2*len(t.Ask):])
	return nil
}

// leaf finds the leaf of a tree.
func (t *Tree) leaf(x []float32) int {
	i := 0
	for range TreeDepth {
		q := &t.Ask[i]
		v := x[q.Signal]
		i = 2*i + 1
		if v > q.At || q.Unknown && v != v {
			i++
		}
	}
	return i - len(t.Ask)
}

// asked are the signals that were asked on the way to a leaf, ascending.
func (t *Tree) asked(leaf int) []uint8 {
	var out []uint8
	for i := leaf + len(t.Ask); i > 0; {
		i = (i - 1) / 2
		out = append(out, t.Ask[i].Signal)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// score is the sum of the leaves.
func (f *Forest) score(x []float32) float64 {
	sum := f.Bias
	for i := range f.Trees {
		t := &f.Trees[i]
		sum += t.Leaf[t.leaf(x)]
	}
	return sum
}
