package main

import (
	"fmt"
	"os"

	"wirefold/normalize"
)

const (
	// rounds is how often joins are learned again from what the joins learned so far would do.
	rounds = 2
	// lowest is the score down to which joins are looked at for examples: far below any threshold, so that what must not be joined is seen too.
	lowest = -3.0
	// followed is the score above which joins are made, right or wrong, to see what follows from a wrong one.
	followed = 0.0
)

// joinExample is one join that was possible while a set was grouped.
type joinExample struct {
	set    *set
	x      []float32
	same   bool      // most of the pairs between the two stories are of one event
	weight float64   // the articles of both, as a harmonic mean: what a wrong join costs
	group  [2]uint32 // the events of both
	folds  uint8     // a bit for each fold that an article of either is of
}

// joiner scores joins by forests that saw none of the events in question.
type joiner struct{ forests [folds]normalize.Forest }

// joiners are those of the plans.
type joiners [numPlans]*joiner

// decide scores a join as the model does, by forests that saw none of its events.
func (js *joiners) decide(s *set) func(x *[normalize.NumJoinSignals]float32, p, q []int32) float64 {
	return func(x *[normalize.NumJoinSignals]float32, p, q []int32) float64 {
		j := js[planOf(x)]
		if j == nil {
			j = js[scant] // the other has not begun
		}
		in := s.foldsOf(p) | s.foldsOf(q)
		sum, n := 0.0, 0.0
		for f := range folds {
			if in&(1<<f) != 0 {
				sum += j.forests[f].JoinScore(x)
				n++
			}
		}
		return sum / n
	}
}

func planOf(x *[normalize.NumJoinSignals]float32) int {
	if normalize.ScantJoin(x[:]) {
		return scant
	}
	return known
}

// byAgreement is how stories are joined before anything is learned of joins.
func byAgreement(x *[normalize.NumJoinSignals]float32, _, _ []int32) float64 { return float64(x[0]) }

// learn trains the forest of joins of one plan on the cross-validated scores of pairs, and one forest for each fold to be measured with.
func (js *joiners) learn(sets []*set, which int) normalize.Forest {
	var es []joinExample
	for _, s := range sets {
		s.bench.Weigh(s.pair, s.final, silence)
		es = append(es, s.joins(which, true, lowest, byAgreement)...)
	}
	var all normalize.Forest
	js[which], all = trainJoins(es, which)
	for range rounds - 1 {
		for _, s := range sets {
			es = append(es, s.joins(which, true, lowest, js.decide(s))...)
			// What follows from a wrong join must be seen as well.
			es = append(es, s.joins(which, false, followed, js.decide(s))...)
		}
		js[which], all = trainJoins(es, which)
	}
	return all
}

// joins groups a set and notes every join on the way that a plan learns from; those that the labels refuse are not made when it is guided.
func (s *set) joins(which int, guided bool, threshold float64, decide func(x *[normalize.NumJoinSignals]float32, p, q []int32) float64) []joinExample {
	if s.joining[which] == 0 || s.bare {
		return nil
	}
	var out []joinExample
	s.bench.Join(threshold, decide, func(x *[normalize.NumJoinSignals]float32, p, q []int32) bool {
		a, b := float64(len(p)), float64(len(q))
		e := joinExample{s, append([]float32(nil), x[:]...), s.mostlySame(p, q), 2 * a * b / (a + b), [2]uint32{eventHash(s.eventOf(p)), eventHash(s.eventOf(q))}, s.foldsOf(p) | s.foldsOf(q)}
		out = append(out, e)
		return e.same || !guided
	})
	return out
}

func (s *set) foldsOf(is []int32) (m uint8) {
	for _, i := range is {
		m |= 1 << s.fold[i]
	}
	return m
}

// eventOf is the event of most of the articles, the least of several.
func (s *set) eventOf(is []int32) string {
	n, best := map[string]int{}, ""
	for _, i := range is {
		e := s.event[i]
		n[e]++
		if n[e] > n[best] || n[e] == n[best] && e < best {
			best = e
		}
	}
	return best
}

func (s *set) mostlySame(p, q []int32) bool {
	n, same := map[string]int{}, 0
	for _, i := range p {
		n[s.event[i]]++
	}
	for _, i := range q {
		same += n[s.event[i]]
	}
	return 2*same >= len(p)*len(q)
}

// trainJoins trains a forest without each fold, and one of all examples.
func trainJoins(es []joinExample, which int) (*joiner, normalize.Forest) {
	right := map[*set]float64{}
	for _, e := range es {
		if e.same {
			right[e.set] += e.weight
		}
	}
	var xs [][]float32
	var same []bool
	var weight []float64
	var group [][2]uint32
	for _, e := range es {
		xs, same, group = append(xs, e.x), append(same, e.same), append(group, e.group)
		weight = append(weight, e.weight*e.set.joining[which]*say/max(right[e.set], 1))
	}
	r := newRows(xs, same, weight, group, normalize.NumJoinSignals, normalize.JoinWays())
	for _, x := range xs {
		without, scale := normalize.JoinParts(x)
		r.without, r.scale = append(r.without, without), append(r.scale, scale)
	}
	fmt.Fprintf(os.Stderr, "%s, joins: %d rows\n", plans[which].name, len(es))
	of := func(i int32) *set { return es[i].set }
	without := func(fold int) normalize.Forest {
		var use []int32
		for i, e := range es {
			if fold < 0 || e.folds&(1<<fold) == 0 {
				use = append(use, int32(i))
			}
		}
		return plans[which].join.grow(r.likeAll(use, of), use)
	}
	j := &joiner{}
	side(folds, func(f int) { j.forests[f] = without(f) })
	return j, without(-1)
}
