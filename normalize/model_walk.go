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
	trees []walkTree
	rest  []float64 // for every stride of trees the most that the trees from there on can still add
	trace []float64 // for every stride the sum that is needed to go on to made
	made  float64   // the floor that the trace was made for
}

// walkTree is a tree of three questions; the last of at and slot is not used, so that an index of three bits is in bounds.
type walkTree struct {
	at   [8]int32
	slot [8]uint8
	leaf [8]float32
}

// A tree of another depth does not fit.
var _ = [1]struct{}{}[TreeDepth-3]

// slots are the values of one pair or join, by signal, and above unknownAbove again with unknowns above all bounds.
type slots [256]int32

const unknownAbove = 128

// stride is how many trees are asked between two looks at whether the floor can still be reached.
const stride = 16

// newWalker makes a forest ready, with its rejection trace for a floor; without one nothing but what is certain ends a walk.
func newWalker(f *Forest, trace []float64, floor float64) *walker {
	w := &walker{bias: f.Bias, trees: make([]walkTree, len(f.Trees)), rest: make([]float64, strides(f)), trace: trace, made: floor}
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
		for k, l := range t.Leaf {
			to.leaf[k] = float32(l) // as model files hold them
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

// rejectionTrace is, for every stride of trees, the least sum of the trees before it in any of the rows whose score reaches the floor, less traceSlack (the
// "soft cascade" of Bourdev and Brandt 2005). Nine of ten candidates are of two events and far from an edge long before the last tree.
func (f *Forest) rejectionTrace(floor float64, rows iter.Seq[[]float32]) []float64 {
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
		if sum < floor {
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
	sum := w.bias
	trees := w.trees
	lower := min(0, floor-w.made) // what reaches a higher floor reaches that of the trace
	for k, rest := range w.rest {
		// A hair of slack keeps rounding from deciding.
		if sum+rest < floor-1e-6 || sum < w.trace[k]+lower {
			return sum, false
		}
		n := min(stride, len(trees))
		for i := range trees[:n] {
			t := &trees[i]
			// The difference of two whole numbers of 32 bits has its sign, which is the answer, in the highest bit of 64.
			a := uint64(int64(t.at[0])-int64(s[t.slot[0]])) >> 63
			b := 2*a + uint64(int64(t.at[1+a])-int64(s[t.slot[1+a]]))>>63
			c := 2*b + uint64(int64(t.at[(3+b)&7])-int64(s[t.slot[(3+b)&7]]))>>63
			sum += float64(t.leaf[c&7])
		}
		trees = trees[n:]
	}
	return sum, sum >= floor
}
