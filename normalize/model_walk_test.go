package normalize

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A walk ends where the questions of a tree lead, also for unknown and extreme values and for those that are just the bound.
func TestAWalkEndsWhereTheTreeDoes(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 8))
	special := []float32{0, float32(math.Copysign(0, -1)), -1e30, 1e30, float32(math.Inf(1)), float32(math.Inf(-1)), 1, -1, unknown}
	value := func() float32 {
		if dice.IntN(2) == 0 {
			return special[dice.IntN(len(special))]
		}
		return dice.Float32()*4 - 2
	}
	for range 300 {
		f := Forest{Bias: dice.Float64()}
		bounds := []float32{}
		for range 1 + dice.IntN(3*stride) {
			var tree Tree
			for k := range tree.Ask {
				at := value()
				if at != at {
					at = 0
				}
				tree.Ask[k] = Question{At: at, Signal: uint8(dice.IntN(int(numSignals))), Unknown: dice.IntN(2) == 0}
				bounds = append(bounds, at)
			}
			for k := range tree.Leaf {
				tree.Leaf[k] = dice.Float64() - 0.5
			}
			f.Trees = append(f.Trees, tree)
		}
		w := newWalker(&f)
		for range 20 {
			var x signals
			for s := range x {
				if x[s] = value(); dice.IntN(3) == 0 {
					x[s] = bounds[dice.IntN(len(bounds))]
				}
			}
			want := f.score(x[:])
			if got := w.score(x[:]); got != want {
				t.Fatalf("a walk gives %v, the trees %v", got, want)
			}
			floor := value()
			if floor != floor {
				continue
			}
			if got, ok := w.reaches(x[:], float64(floor)); ok != (want >= float64(floor)) || ok && got != want {
				t.Fatalf("a walk says %v, %v at a floor of %v, the trees %v", got, ok, floor, want)
			}
		}
	}
}

// Bare headlines that are silent about each other speak little against one event: a few pairs that fit join the stories of many.
func TestHeadlinesSayLittleAgainst(t *testing.T) {
	together := func(terms int) float64 {
		voice := (&prepared{sketch: &sketch{terms: make([]termMark, terms)}}).voice()
		j := &joining{size: []float64{20, 20}, voice: []float64{20 * voice, 20 * voice}, silence: -1}
		var between tie
		for range 40 { // of 400 pairs
			for _, say := range []float64{2, -2} {
				one := tie{n: 1, sum: say}
				one.hear(voice * voice)
				between.add(&one)
			}
		}
		return j.agreement(0, 1, &between)
	}
	if bare, long := together(8), together(fullVoice); bare < 0.5 || long > -0.5 {
		t.Errorf("stories of headlines agree by %.2f, of long texts by %.2f", bare, long)
	}
}
