package normalize

import (
	"math"
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

// Many bare headlines are joined at a lower mean than a few of them, or than as many texts, and explain says what that adds.
func TestManyBareHeadlinesNeedALowerMean(t *testing.T) {
	m := Load()
	said := func(voice, larger float32) float64 {
		var x joinSignals
		for i := range x {
			x[i] = unknown
		}
		x[joinVoice], x[joinLarger], x[joinAgreement] = voice, larger, 0.1
		lines, score := m.explainJoin(&x)
		var sum, ofVoice float64
		for _, l := range lines {
			sum += l.Contribution
			if l.Name == joinedNames[joinVoice] {
				ofVoice = l.Contribution
			}
		}
		if got, _ := m.joinReaches(&x, math.Inf(-1)); math.Abs(got-score) > 1e-9 || math.Abs(sum-score) > 1e-9 {
			t.Errorf("voice %v, larger %v: explain says %v, its lines %v, what decides is %v", voice, larger, score, sum, got)
		}
		return ofVoice
	}
	if many, few, texts := said(0.01, 5), said(0.01, 2), said(0.8, 5); many < few+0.5 || many < texts+0.5 {
		t.Errorf("what is said for many bare headlines: %.2f, for a few of them %.2f, for many texts %.2f", many, few, texts)
	}
}

// What explain says of the two stories as wholes is what decided, also where a telling stands in the story with its copy.
func TestWhatExplainSaysOfAJoinIsWhatDecides(t *testing.T) {
	m := Load()
	as := tellings(2, 3)
	twin := as[0]
	twin.Key = "e00-copy"
	as = append(as, twin)
	e := m.NewExplainer(as)
	for a := range as {
		for b := range as {
			x := e.Explain(a, b)
			if a == b || x.Join == nil {
				continue
			}
			if x.Join.Score > x.Threshold != x.SameStory {
				t.Errorf("%s and %s are one story: %v, but the join has %v of %v", as[a].Key, as[b].Key, x.SameStory, x.Join.Score, x.Threshold)
			}
			sum := 0.0
			for _, s := range x.Join.Signals {
				sum += s.Contribution
			}
			if math.Abs(sum-x.Join.Score) > 1e-9 {
				t.Errorf("%s and %s: the signals of the join sum to %v, its score is %v", as[a].Key, as[b].Key, sum, x.Join.Score)
			}
		}
	}
	if e.Explain(0, 1).Join == nil {
		t.Error("nothing is said of how an article with a copy stands to the rest of its story")
	}
}
