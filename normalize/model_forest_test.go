package normalize

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

// fourSignals is a tree that asks signal 0 first, then 1 or again 0, then 2, then 3: unknown is yes for signal 1 alone.
func fourSignals() Tree {
	t := Tree{Leaf: [16]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}
	t.Ask = [15]Question{{At: 0.5}, {At: 2, Signal: 1, Unknown: true}, {At: 0.5}, {At: 1, Signal: 2}, {At: 1, Signal: 2}, {At: 1, Signal: 2}, {At: 1, Signal: 2}}
	for k := 7; k < len(t.Ask); k++ {
		t.Ask[k] = Question{At: 4, Signal: 3}
	}
	return t
}

func TestTreeAnswersByItsSignals(t *testing.T) {
	tree := fourSignals()
	for _, c := range []struct {
		x     []float32
		leaf  int
		asked []uint8
	}{
		{[]float32{0.5, 2, 1, 4}, 0, []uint8{0, 1, 2, 3}},
		{[]float32{0.5, 2, 1, 4.1}, 1, []uint8{0, 1, 2, 3}},
		{[]float32{0.5, 2, 1.1, 0}, 2, []uint8{0, 1, 2, 3}},
		{[]float32{0.5, 2.1, 0, 0}, 4, []uint8{0, 1, 2, 3}},
		{[]float32{0.6, 0, 0, 0}, 12, []uint8{0, 2, 3}},
		{[]float32{0.6, 0, 9, 9}, 15, []uint8{0, 2, 3}},
		{[]float32{unknown, unknown, unknown, unknown}, 4, []uint8{0, 1, 2, 3}},
	} {
		if leaf := tree.leaf(c.x); leaf != c.leaf || !slices.Equal(tree.asked(leaf), c.asked) {
			t.Errorf("%v ends in leaf %d by %v, want %d by %v", c.x, leaf, tree.asked(leaf), c.leaf, c.asked)
		}
	}
}

func TestForestIsReadAsItWasWritten(t *testing.T) {
	want := Forest{Bias: -1.5, Trees: []Tree{fourSignals(), {}}}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Forest
	if err := json.Unmarshal(b, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s was read as %+v, %v", b, got, err)
	}
	for _, bad := range []string{`[]`, `"forest"`, `{"bias": 1, "trees": [1, 2]}`, `{"bias": 1, "depth": 3, "trees": "AAAA"}`, `{"bias": 1, "depth": 5, "trees": ""}`, `{"bias": 1, "trees": ""}`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s was read as a forest", bad)
		}
	}
}

func TestContributionsOfAForestAddUpToItsScore(t *testing.T) {
	f := Forest{Bias: -1, Trees: []Tree{fourSignals(), fourSignals()}}
	f.Trees[1].Leaf[4] = -12
	x := []float32{0.2, unknown, 0.3, 0}
	said, sum := f.explain(x, []string{"names shared", "venue", "years", "words"})
	if sum != f.score(x) || sum != -8 {
		t.Errorf("the parts add up to %v, the score is %v, want -8", sum, f.score(x))
	}
	if len(said) != 2 || said[0].Name != "names shared × venue × years × words" || said[0].Contribution != -7 {
		t.Errorf("said %+v", said)
	}
	if s, ok := newWalker(&f, nil, 0).reaches(x, -8); !ok || s != -8 {
		t.Errorf("reaches says %v, %v at its own score", s, ok)
	}
	sums, _ := (&Explanation{Signals: said}).ByTheme()
	if sums[0] != -7./4 || sums[1] != -7./4 || sums[2] != -7./4 || sums[4] != -7./4 {
		t.Errorf("by theme: %v", sums)
	}
}
