package normalize

import (
	"encoding/json"
	"fmt"
)

// Forest is a sum of small trees: log-odds that two articles tell one event. Every tree looks at one signal, or at one
// signal and then another, so the score falls exactly into contributions of signals and of pairs of signals.
type Forest struct {
	Bias  float64 `json:"bias"`
	Trees []Tree  `json:"trees"`
}

// Tree asks whether signal Root is above RootAt; if not, whether Low is above LowAt, else whether High is above HighAt.
// An unknown signal (NaN) is above nothing.
type Tree struct {
	Root, Low, High       uint8
	RootAt, LowAt, HighAt float32
	Leaf                  [4]float64 // low-low, low-high, high-low, high-high
}

// MarshalJSON writes a tree as one short line of numbers.
func (t Tree) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%.9g,%d,%.9g,%d,%.9g,%.5g,%.5g,%.5g,%.5g]", t.Root, t.RootAt, t.Low, t.LowAt, t.High, t.HighAt, t.Leaf[0], t.Leaf[1], t.Leaf[2], t.Leaf[3]), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Tree) UnmarshalJSON(b []byte) error {
	var x [10]float64
	if err := json.Unmarshal(b, &x); err != nil {
		return fmt.Errorf("read tree: %w", err)
	}
	for _, i := range [3]int{0, 2, 4} {
		if x[i] < 0 || x[i] > 255 {
			return fmt.Errorf("read tree: signal %g", x[i])
		}
	}
	*t = Tree{uint8(x[0]), uint8(x[2]), uint8(x[4]), float32(x[1]), float32(x[3]), float32(x[5]), [4]float64{x[6], x[7], x[8], x[9]}}
	return nil
}

// leaf finds the leaf of a tree and the second signal that was asked.
func (t *Tree) leaf(x []float32) (int, uint8) {
	if x[t.Root] > t.RootAt {
		if x[t.High] > t.HighAt {
			return 3, t.High
		}
		return 2, t.High
	}
	if x[t.Low] > t.LowAt {
		return 1, t.Low
	}
	return 0, t.Low
}

// score is the sum of the leaves.
func (f *Forest) score(x []float32) float64 {
	sum := f.Bias
	for i := range f.Trees {
		l, _ := f.Trees[i].leaf(x)
		sum += f.Trees[i].Leaf[l]
	}
	return sum
}

// rest gives for every stride of trees the most that the trees from there on can still add.
func (f *Forest) rest() []float64 {
	out := make([]float64, len(f.Trees)/stride+1)
	sum := 0.0
	for i := len(f.Trees) - 1; i >= 0; i-- {
		sum += max(f.Trees[i].Leaf[0], f.Trees[i].Leaf[1], f.Trees[i].Leaf[2], f.Trees[i].Leaf[3])
		if i%stride == 0 {
			out[i/stride] = sum
		}
	}
	return out
}

// stride is how many trees are asked between two looks at whether the floor can still be reached.
const stride = 16

// reaches is the score, and whether it is at or above the floor; it stops early when it cannot be.
func (f *Forest) reaches(x []float32, floor float64, rest []float64) (float64, bool) {
	sum := f.Bias
	for i := range f.Trees {
		// A hair of slack keeps rounding from deciding.
		if i%stride == 0 && sum+rest[i/stride] < floor-1e-6 {
			return sum, false
		}
		l, _ := f.Trees[i].leaf(x)
		sum += f.Trees[i].Leaf[l]
	}
	return sum, sum >= floor
}
