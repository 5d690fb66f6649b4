package normalize

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// Forest is a sum of small trees: log-odds that two articles tell one event. Every tree asks one signal after another, four at most, so the
// score falls exactly into contributions of signals and of two to four signals together.
type Forest struct {
	Bias  float64 `json:"bias"`
	Trees []Tree  `json:"trees"`
}

// TreeDepth is how many questions a tree asks on the way to a leaf.
const TreeDepth = 4

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
func treeBytes(depth int) int { return (1<<depth-1)*5 + (1<<depth)*4 }

// unknownIsYes marks a question in a model file.
const unknownIsYes = 0x80

// forestFile is a forest as a model file holds it. Trees are bytes, because whatever groups waits for them first: with numbers in JSON a model takes three times
// as long to load.
type forestFile struct {
	Bias  float64 `json:"bias"`
	Depth int     `json:"depth"` // of all trees: questions on the way to a leaf
	Trees []byte  `json:"trees"` // of treeBytes each
}

// MarshalJSON writes the trees as one string of bytes, as deep as the deepest of them.
func (f Forest) MarshalJSON() ([]byte, error) {
	w := forestFile{Bias: f.Bias, Depth: f.depth()}
	w.Trees = make([]byte, 0, len(f.Trees)*treeBytes(w.Depth))
	number := func(v float32) { w.Trees = binary.LittleEndian.AppendUint32(w.Trees, math.Float32bits(v)) }
	for i := range f.Trees {
		t := &f.Trees[i]
		for _, q := range t.Ask[:1<<w.Depth-1] {
			s := q.Signal
			if q.Unknown {
				s |= unknownIsYes
			}
			w.Trees = append(w.Trees, s)
			number(q.At)
		}
		for k := range 1 << w.Depth {
			number(float32(t.Leaf[below(k, w.Depth)]))
		}
	}
	return json.Marshal(w)
}

// below is the leaf that comes below place k of a depth where no further question is asked: all answers from there on are the last one.
func below(k, depth int) int {
	deeper := TreeDepth - depth
	return k<<deeper | (k&1)*(1<<deeper-1)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Forest) UnmarshalJSON(b []byte) error {
	var r forestFile
	if err := json.Unmarshal(b, &r); err != nil {
		return fmt.Errorf("read forest: %w", err)
	}
	if r.Depth < 1 || r.Depth > TreeDepth {
		return fmt.Errorf("read forest: trees of depth %d, of 1 to %d are known", r.Depth, TreeDepth)
	}
	n := treeBytes(r.Depth)
	if len(r.Trees)%n != 0 {
		return fmt.Errorf("read forest: %d bytes are no whole number of trees of %d", len(r.Trees), n)
	}
	*f = Forest{Bias: r.Bias, Trees: make([]Tree, len(r.Trees)/n)}
	rest := r.Trees
	number := func() float32 {
		v := math.Float32frombits(binary.LittleEndian.Uint32(rest))
		rest = rest[4:]
		return v
	}
	for i := range f.Trees {
		t := &f.Trees[i]
		for k := range 1<<r.Depth - 1 {
			s := rest[0]
			rest = rest[1:]
			t.Ask[k] = Question{Signal: s &^ unknownIsYes, Unknown: s&unknownIsYes != 0, At: number()}
		}
		for k := 1<<r.Depth - 1; k < len(t.Ask); k++ {
			t.Ask[k] = t.Ask[(k-1)/2]
		}
		for k := range 1 << r.Depth {
			t.Leaf[below(k, r.Depth)] = float64(number())
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

// depth is how many questions the deepest tree asks before it asks only those again that it came by, and at least 2.
func (f *Forest) depth() int {
	deepest := 2
	for i := range f.Trees {
		ask := &f.Trees[i].Ask
		for k := len(ask) - 1; k >= 1<<deepest-1; k-- {
			if ask[k] != ask[(k-1)/2] {
				deepest = bits.Len(uint(k + 1))
				break
			}
		}
	}
	return deepest
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
