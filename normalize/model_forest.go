package normalize

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
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

// treeBytes is the length of a tree in a model file: of every question the signal, with the highest bit set where the answer is yes when the signal is
// unknown, and the bound; then the leaves. Bounds and leaves are little-endian floats of 32 bits.
const treeBytes = (1<<TreeDepth-1)*5 + (1<<TreeDepth)*4

// unknownIsYes marks a question in a model file.
const unknownIsYes = 0x80

// forestFile is a forest as a model file holds it. Trees are bytes, because whatever groups waits for them first: with numbers in JSON a model takes three times
// as long to load.
type forestFile struct {
	Bias  float64 `json:"bias"`
	Trees []byte  `json:"trees"` // of treeBytes each
}

// MarshalJSON writes the trees as one string of bytes.
func (f Forest) MarshalJSON() ([]byte, error) {
	w := forestFile{Bias: f.Bias, Trees: make([]byte, 0, len(f.Trees)*treeBytes)}
	number := func(v float32) { w.Trees = binary.LittleEndian.AppendUint32(w.Trees, math.Float32bits(v)) }
	for i := range f.Trees {
		t := &f.Trees[i]
		for _, q := range t.Ask {
			s := q.Signal
			if q.Unknown {
				s |= unknownIsYes
			}
			w.Trees = append(w.Trees, s)
			number(q.At)
		}
		for _, l := range t.Leaf {
			number(float32(l))
		}
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Forest) UnmarshalJSON(b []byte) error {
	var r forestFile
	if err := json.Unmarshal(b, &r); err != nil {
		return fmt.Errorf("read forest: %w", err)
	}
	if len(r.Trees)%treeBytes != 0 {
		return fmt.Errorf("read forest: %d bytes are no whole number of trees of %d", len(r.Trees), treeBytes)
	}
	*f = Forest{Bias: r.Bias, Trees: make([]Tree, len(r.Trees)/treeBytes)}
	rest := r.Trees
	number := func() float32 {
		v := math.Float32frombits(binary.LittleEndian.Uint32(rest))
		rest = rest[4:]
		return v
	}
	for i := range f.Trees {
		t := &f.Trees[i]
		for k := range t.Ask {
			s := rest[0]
			rest = rest[1:]
			t.Ask[k] = Question{Signal: s &^ unknownIsYes, Unknown: s&unknownIsYes != 0, At: number()}
		}
		for k := range t.Leaf {
			t.Leaf[k] = float64(number())
		}
	}
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
