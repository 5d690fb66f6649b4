package normalize

import (
	"iter"
	"math"
	"slices"
)

// walker is a forest made ready for many scores. Where a tree ends depends on data that no processor foresees, so a walk has no branches: values are
// whole numbers in the order of the floats, and an unknown value stands once below all bounds and once above, for the two ways that a question can
// take it. On the day's headlines of uci2014 that halves what the trees of Forest.score take.
type walker struct {
	bias  float64
	depth int        // of its deepest tree, at least 2
	trees []walkTree // filled up to a multiple of four with trees that say nothing
	rest  []float64  // for every stride of trees the most that the trees from there on can still add
	trace []float64  // for every stride the sum that is needed to go on to made
	made  float64    // the floor that the trace was made for
}

// walkTree is a tree of up to four questions, with a leaf for each way through as many as its walker asks. The last of at and slot is not used, so that an index of
// four bits is in bounds.
type walkTree struct {
	at   [16]int32
	slot [16]uint8
	leaf [16]float32
}

// A tree of another depth does not fit.
var _ = [1]struct{}{}[TreeDepth-4]

// slots are the values of one pair or join, by signal, and above unknownAbove again with unknowns above all bounds.
type slots [256]int32

const unknownAbove = 128

// stride is how many trees are asked between two looks at whether the floor can still be reached.
const stride = 16

// newWalker makes a forest ready, with its rejection trace for a floor; without one nothing but what is certain ends a walk.
func newWalker(f *Forest, trace []float64, floor float64) *walker {
	w := &walker{bias: f.Bias, depth: f.depth(), trees: make([]walkTree, (len(f.Trees)+3)/4*4), rest: make([]float64, strides(f)), trace: trace, made: floor}
	if trace == nil {
		w.trace = slices.Repeat([]float64{math.Inf(-1)}, len(w.rest))
	}
	sum := 0.0
	for i := len(f.Trees) - 1; i >= 0; i-- {
		t, to := &f.Trees[i], &w.trees[i]
		for k, q := range t.Ask {
			to.at[k], to.slot[k] = inOrder(q.At), q.Signal
			if q.Unknown {
				to.slot[k] += unknownAbove
			}
		}
		for k := range 1 << w.depth {
			to.leaf[k] = float32(t.Leaf[below(k, w.depth)]) // as model files hold them
		}
		sum += slices.Max(t.Leaf[:])
		if i%stride == 0 {
			w.rest[i/stride] = sum
		}
	}
	return w
}

// strides are how often a walk looks whether to go on.
func strides(f *Forest) int { return len(f.Trees)/stride + 1 }

// traceSlack is how much further than any pair of the training a sum may stay behind on its way to the floor.
const traceSlack = 0.25

// RejectionTrace is what Judge holds for a forest of pairs: for every stride of trees, the least sum of the trees before it in any of the rows whose score is sure of the
// floor, less traceSlack (the "soft cascade" of Bourdev and Brandt 2005). A score is sure of it when it is as far above it as beyond says: the higher that is, the
// more of the edges are lost that hardly are any. Nine of ten candidates are of two events and far from an edge long before the last tree.
func (f *Forest) RejectionTrace(floor, beyond float64, rows iter.Seq[[]float32]) []float64 {
	trace, sums := slices.Repeat([]float64{floor}, strides(f)), make([]float64, strides(f))
	for x := range rows {
		sum := f.Bias
		for i := range f.Trees {
			if i%stride == 0 {
				sums[i/stride] = sum
			}
			t := &f.Trees[i]
			sum += t.Leaf[t.leaf(x)]
		}
		if len(f.Trees)%stride == 0 {
			sums[len(sums)-1] = sum
		}
		if sum < floor+beyond {
			continue
		}
		for k, s := range sums {
			trace[k] = min(trace[k], s)
		}
	}
	for k := range trace {
		trace[k] = math.Floor((trace[k]-traceSlack)*100) / 100
	}
	return trace
}

// inOrder maps floats to whole numbers of the same order.
func inOrder(v float32) int32 {
	b := int32(math.Float32bits(v + 0)) // there is one zero
	return b ^ int32(uint32(b>>31)>>1)
}

func (s *slots) fill(x []float32) {
	for i, v := range x {
		b := inOrder(v)
		s[i], s[i+unknownAbove] = b, b
		if v != v {
			s[i], s[i+unknownAbove] = math.MinInt32, math.MaxInt32
		}
	}
}

// score is Forest.score.
func (w *walker) score(x []float32) float64 {
	s, _ := w.reaches(x, math.Inf(-1))
	return s
}

// reaches is the score, and whether it is at or above the floor; it stops early when it cannot be, or when no pair of the training that was so far below
// on the way has ever reached it.
func (w *walker) reaches(x []float32, floor float64) (float64, bool) {
	var s slots
	s.fill(x)
	return w.walk(&s, floor)
}

// walk is reaches for values that lie ready.
func (w *walker) walk(s *slots, floor float64) (float64, bool) {
	sum := w.bias
	trees := w.trees
	lower := min(0, floor-w.made) // what reaches a higher floor reaches that of the trace
	for k, rest := range w.rest {
		// A hair of slack keeps rounding from deciding.
		if sum+rest < floor-1e-6 || sum < w.trace[k]+lower {
			return sum, false
		}
		n := min(stride, len(trees))
		for four := trees[:n]; len(four) >= 4; four = four[4:] {
			sum = w.add(sum, (*[4]walkTree)(four), s)
		}
		trees = trees[n:]
	}
	return sum, sum >= floor
}

// add adds the leaves of four trees, one by one. Four walks side by side take two thirds of the time of four in a row: each of their steps waits for the one
// before.
func (w *walker) add(sum float64, four *[4]walkTree, s *slots) float64 {
	t, u, v, x := &four[0], &four[1], &four[2], &four[3]
	a, b, c, d := t.answer(s, 0), u.answer(s, 0), v.answer(s, 0), x.answer(s, 0)
	a, b, c, d = 2*a+t.answer(s, 1+a), 2*b+u.answer(s, 1+b), 2*c+v.answer(s, 1+c), 2*d+x.answer(s, 1+d)
	if w.depth > 2 {
		a, b, c, d = 2*a+t.answer(s, 3+a), 2*b+u.answer(s, 3+b), 2*c+v.answer(s, 3+c), 2*d+x.answer(s, 3+d)
	}
	if w.depth > 3 {
		a, b, c, d = 2*a+t.answer(s, 7+a), 2*b+u.answer(s, 7+b), 2*c+v.answer(s, 7+c), 2*d+x.answer(s, 7+d)
	}
	sum += float64(t.leaf[a&15])
	sum += float64(u.leaf[b&15])
	sum += float64(v.leaf[c&15])
	return sum + float64(x.leaf[d&15])
}

// answer is 1 when the answer to the i-th question is yes, else 0. The compiler makes no branch of it.
func (t *walkTree) answer(s *slots, i uint64) (yes uint64) {
	i &= 15
	if s[t.slot[i]] > t.at[i] {
		yes = 1
	}
	return yes
}
