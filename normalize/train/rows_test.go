package main

import (
	"math"
	"testing"
)

// A fold's rows must speak of one event against two as all rows of the set do: else every stage that learns from the scores of folds learns from scores that say more
// than the model will.
func TestFoldsWeighTheSidesAsAllRowsDo(t *testing.T) {
	sets := [2]*set{{name: "many"}, {name: "few"}}
	var es []example
	r := &rows{}
	for which, events := range [2]int{12, 5} {
		s := sets[which]
		for a := range events {
			for b := range events {
				if b < a {
					continue
				}
				es = append(es, example{s, len(es)})
				r.label = append(r.label, a == b)
				r.weight = append(r.weight, 1+float64(which)/2)
				r.group = append(r.group, [2]uint32{uint32(a), uint32(b)})
				r.n++
			}
		}
	}
	of := func(i int32) *set { return es[i].set }
	ratio := func(r *rows, s *set, use []int32) float64 {
		var sum [2]float64
		for _, i := range use {
			if of(i) != s {
				continue
			}
			if r.label[i] {
				sum[1] += r.weight[i]
			} else {
				sum[0] += r.weight[i]
			}
		}
		return sum[0] / sum[1]
	}
	var all, use []int32 // use leaves out every fourth event
	for i := range int32(r.n) {
		all = append(all, i)
		if g := r.group[i]; g[0]%4 != 3 && g[1]%4 != 3 {
			use = append(use, i)
		}
	}
	like := r.likeAll(use, of)
	for _, s := range sets {
		want := ratio(r, s, all)
		if before := ratio(r, s, use); math.Abs(before-want) < 0.1 {
			t.Fatalf("%s: the fold has %.3f of two events to one, as all rows: nothing is tested", s.name, before)
		}
		if got := ratio(like, s, use); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: the fold weighs two events to one as %.3f, all rows as %.3f", s.name, got, want)
		}
	}
	same := r.likeAll(all, of)
	for i := range r.weight {
		if math.Abs(same.weight[i]-r.weight[i]) > 1e-12 {
			t.Fatalf("row %d: all rows weigh %v, with all in use %v", i, r.weight[i], same.weight[i])
		}
	}
}
