package normalize

import (
	"math/rand/v2"
	"testing"
)

// A story is the same whichever of its pairs was added first.
func TestATieIsASum(t *testing.T) {
	pairs := make([]tie, 6)
	for i := range pairs {
		var x signals
		for s := range x {
			x[s] = float32(i + s)
		}
		if i == 2 {
			x[sigVenue] = unknown
		}
		pairs[i] = newTie(float64(i)-2, &x)
	}
	var want tie
	for i := range pairs {
		want.add(&pairs[i])
	}
	if want.n != 6 || want.best != 3 || want.worst != -2 || want.sum != 3 {
		t.Fatalf("the sum of six pairs is %d pairs, sum %v, best %v, worst %v", want.n, want.sum, want.best, want.worst)
	}
	for i, s := range meanOf {
		if s == sigVenue && want.known[i] != 5 {
			t.Errorf("a signal that one of six pairs does not know is known %d times", want.known[i])
		}
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		dice.Shuffle(len(pairs), func(i, k int) { pairs[i], pairs[k] = pairs[k], pairs[i] })
		var got tie
		for i := range pairs {
			got.add(&pairs[i])
		}
		if got != want {
			t.Fatalf("another order gives another sum: %+v, want %+v", got, want)
		}
	}
}

// Where nothing is known of one story's inside, the other's counts for both.
func TestOrderedTakesTheKnown(t *testing.T) {
	for _, tt := range []struct{ a, b, less, more float32 }{{1, 2, 1, 2}, {2, 1, 1, 2}, {unknown, 3, 3, 3}, {3, unknown, 3, 3}} {
		if less, more := ordered(tt.a, tt.b); less != tt.less || more != tt.more {
			t.Errorf("ordered(%v, %v) is %v, %v", tt.a, tt.b, less, more)
		}
	}
	if less, more := ordered(unknown, unknown); less == less || more == more {
		t.Errorf("ordered of two unknowns is %v, %v", less, more)
	}
}
