package normalize

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
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
				tree.Leaf[k] = float64(dice.Float32() - 0.5)
			}
			f.Trees = append(f.Trees, tree)
		}
		w := newWalker(&f, nil, 0)
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

// A rejection trace costs none of the rows that it was made of, and what it lets pass is above the floor.
func TestARejectionTraceKeepsWhatItWasMadeOf(t *testing.T) {
	dice := rand.New(rand.NewPCG(9, 10))
	f := Forest{Bias: -1}
	for range 5 * stride {
		tree := Tree{}
		for k := range tree.Ask {
			tree.Ask[k] = Question{At: dice.Float32(), Signal: uint8(dice.IntN(20))}
		}
		for k := range tree.Leaf {
			tree.Leaf[k] = float64(dice.Float32() - 0.6)
		}
		f.Trees = append(f.Trees, tree)
	}
	rows := make([][]float32, 4000)
	for i := range rows {
		rows[i] = make([]float32, numSignals)
		for s := range rows[i] {
			rows[i][s] = dice.Float32()
		}
	}
	const floor = -9.0
	taught, others := rows[:2000], rows[2000:]
	traced := newWalker(&f, f.RejectionTrace(floor, 0, slices.Values(taught)), floor)
	certain := newWalker(&f, nil, 0)
	var edges, early int
	for _, x := range taught {
		want, ok := certain.reaches(x, floor)
		got, okToo := traced.reaches(x, floor)
		if ok != okToo || ok && got != want {
			t.Fatalf("a row of the training scores %v, %v, and %v, %v with the trace", want, ok, got, okToo)
		}
		if ok {
			edges++
		}
		higher, ok := certain.reaches(x, floor+1)
		if got, okToo := traced.reaches(x, floor+1); ok != okToo || ok && got != higher {
			t.Fatalf("a row of the training scores %v, %v by a higher floor, and %v, %v with the trace", higher, ok, got, okToo)
		}
	}
	for _, x := range others {
		want, _ := certain.reaches(x, floor)
		got, ok := traced.reaches(x, floor)
		if ok && (got < floor || got != want) {
			t.Fatalf("a row scores %v, and %v with the trace", want, got)
		}
		if !ok && got > want {
			early++
		}
	}
	if edges == 0 || edges == len(taught) || early == 0 {
		t.Errorf("of %d rows %d are above the floor, and %d of the others ended early: nothing was tried", len(taught), edges, early)
	}
}

// A file whose trace is not of its trees is refused.
func TestATraceIsOfItsForest(t *testing.T) {
	file := Load().File
	file.Scant.PairTrace = []float64{-1}
	if _, err := NewModel(file, modelTerms); err == nil || !strings.Contains(err.Error(), "trace") {
		t.Errorf("a model with a trace of one look: %v", err)
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

// A forest of shallow trees is walked by as many questions as they ask, and ends where they do, also when it comes from a model file, which holds no more.
func TestAShallowForestIsWalkedToItsDepth(t *testing.T) {
	dice := rand.New(rand.NewPCG(11, 12))
	for depth := 1; depth <= TreeDepth; depth++ {
		f := Forest{}
		for range 40 {
			var tree Tree
			for k := range tree.Ask {
				tree.Ask[k] = Question{At: dice.Float32(), Signal: uint8(dice.IntN(20)), Unknown: dice.IntN(2) == 0}
				if k >= 1<<depth-1 {
					tree.Ask[k] = tree.Ask[(k-1)/2]
				}
			}
			for k := range tree.Leaf {
				tree.Leaf[k] = float64(dice.Float32())
			}
			f.Trees = append(f.Trees, tree)
		}
		if got := f.depth(); got != max(depth, 2) {
			t.Errorf("trees of depth %d are walked to depth %d", depth, got)
		}
		b, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		var read Forest
		if err := json.Unmarshal(b, &read); err != nil {
			t.Fatal(err)
		}
		w := newWalker(&f, nil, 0)
		for range 200 {
			var x signals
			for s := range x {
				if x[s] = dice.Float32(); dice.IntN(4) == 0 {
					x[s] = unknown
				}
			}
			if want, got := f.score(x[:]), w.score(x[:]); got != want {
				t.Fatalf("depth %d: a walk gives %v, the trees %v", depth, got, want)
			} else if again := read.score(x[:]); again != want {
				t.Fatalf("depth %d: trees read from a file give %v, those written %v", depth, again, want)
			}
		}
	}
}
