package main

import (
	"fmt"
	"os"
	"sync"

	"wirefold/normalize"
)

const (
	// say is the summed weight of the pairs of one event that a set of importance 1 brings.
	say = 1000
	// threshold and silence were chosen on the cross-validated table; report chooses the threshold without the events that
	// it is measured on.
	threshold = 0.5
	silence   = -1.0
	// floor is the least score of a pair alone that makes an edge.
	floor = -3.0
	// maxRows bounds the rows that one set brings to a training; of a larger set every n-th pair is used, of one event or of two, and counts
	// n times.
	maxRows = 40000
)

// The three forests. With trees of depth two or four, or a quarter fewer of them, the cross-validated table is worse; with three times as many it is
// no better.
var (
	pairRecipe = recipe{trees: 180, depth: 3, rate: 0.12, columns: 0.6, events: 0.8, leastRows: 20}
	setRecipe  = recipe{trees: 240, depth: 3, rate: 0.07, columns: 0.6, events: 0.8, leastRows: 20}
	joinRecipe = recipe{trees: 200, depth: 2, rate: 0.1, columns: 0.5, events: 0.7}
)

// prepare marks the articles and finds candidates.
func (s *set) prepare(m *normalize.Model) {
	s.bench = m.NewBench(s.as)
	s.pair = make([]float64, len(s.bench.Pairs))
	s.final = make([]float64, len(s.bench.Pairs))
}

func (s *set) recall() float64 {
	gold, hit := 0, 0
	for _, n := range s.size {
		gold += n * (n - 1) / 2
	}
	for _, p := range s.bench.Pairs {
		if s.event[p[0]] == s.event[p[1]] {
			hit++
		}
	}
	return float64(hit) / float64(max(gold, 1))
}

func (s *set) same(k int) bool {
	p := s.bench.Pairs[k]
	return s.event[p[0]] == s.event[p[1]]
}

// pairWeight makes an article of a large event count as much as one of a small event.
func (s *set) pairWeight(k int) float64 {
	p := s.bench.Pairs[k]
	return 2 / (1 + float64(s.size[s.event[p[0]]]+s.size[s.event[p[1]]])/2)
}

// example is one pair of a set at a training.
type example struct {
	set *set
	k   int
}

// table collects the rows of all sets, of each as many as maxRows allows. (With every pair of one event, allsides_full and neus_lede are told apart better
// and the small sets worse: the forests are too small for both.)
func table(sets []*set, in func(s *set, k int) bool, signals func(s *set, k int) []float32, n int) (*rows, []example) {
	var xs [][]float32
	var label []bool
	var weight []float64
	var es []example
	var group [][2]uint32
	for _, s := range sets {
		if s.weight == 0 || s.made {
			continue
		}
		pos, neg := 0.0, 0
		count := 0
		for k := range s.bench.Pairs {
			if in(s, k) {
				count++
				if s.same(k) {
					pos += s.pairWeight(k)
				} else {
					neg++
				}
			}
		}
		step := 1 + count/maxRows
		scale := s.weight * say / max(pos, 1)
		for k := range s.bench.Pairs {
			if !in(s, k) {
				continue
			}
			w := s.pairWeight(k) * scale
			if step > 1 {
				p := s.bench.Pairs[k]
				if (int(p[0])*7919+int(p[1])*104729)%step != 0 {
					continue
				}
				w *= float64(step)
			}
			xs = append(xs, signals(s, k))
			label = append(label, s.same(k))
			weight = append(weight, w)
			es = append(es, example{s, k})
			p := s.bench.Pairs[k]
			group = append(group, [2]uint32{eventHash(s.event[p[0]]), eventHash(s.event[p[1]])})
		}
	}
	return newRows(xs, label, weight, group, n, normalize.SignalWays()), es
}

// learn trains the three forests, cross-validated by event: a pair is scored by models that saw neither of its events.
func learn(sets []*set) (normalize.ModelFile, *joiner) {
	pairs, es := table(sets, func(*set, int) bool { return true }, func(s *set, k int) []float32 {
		x := s.bench.PairSignals(k)
		return x[:]
	}, normalize.NumPairSignals)
	fmt.Fprintf(os.Stderr, "pair rows: %d\n", len(es))
	models := make([]normalize.Forest, folds)
	boostFolds(models, func(f int) normalize.Forest { return boost(pairs, outside(es, f), pairRecipe) })
	for _, s := range sets {
		for k := range s.bench.Pairs {
			x := s.bench.PairSignals(k)
			s.pair[k] = s.cross(models, k, &x)
		}
	}
	full := make(map[*set]map[int][]float32)
	for _, s := range sets {
		full[s] = map[int][]float32{}
		s.bench.SetSignals(s.pair, floor, func(k int, x *[normalize.NumSignals]float32) {
			full[s][k] = append([]float32(nil), x[:]...)
		})
	}
	rs, es2 := table(sets, func(s *set, k int) bool { return full[s][k] != nil }, func(s *set, k int) []float32 { return full[s][k] }, normalize.NumSignals)
	fmt.Fprintf(os.Stderr, "set rows: %d\n", len(es2))
	boostFolds(models, func(f int) normalize.Forest { return boost(rs, outside(es2, f), setRecipe) })
	for _, s := range sets {
		for k, v := range full[s] {
			x := (*[normalize.NumSignals]float32)(v)
			s.final[k] = s.cross(models, k, x)
		}
	}
	joins, join := learnJoins(sets)
	pair := boost(pairs, outside(es, -1), pairRecipe)
	benches := make([]*normalize.Bench, len(sets))
	for i, s := range sets {
		benches[i] = s.bench
	}
	return normalize.ModelFile{
		Floor: floor, Threshold: threshold, Silence: silence,
		Pair:  pair,
		Set:   boost(rs, outside(es2, -1), setRecipe),
		Join:  join,
		Trace: pair.RejectionTrace(floor, benches),
	}, joins
}

// outside are the rows that touch no event of the fold.
func outside(es []example, fold int) []int32 {
	var out []int32
	for i, e := range es {
		p := e.set.bench.Pairs[e.k]
		if e.set.fold[p[0]] != fold && e.set.fold[p[1]] != fold {
			out = append(out, int32(i))
		}
	}
	return out
}

// cross is the score of a pair by the models that never saw it.
func (s *set) cross(models []normalize.Forest, k int, x *[normalize.NumSignals]float32) float64 {
	p := s.bench.Pairs[k]
	a, b := s.fold[p[0]], s.fold[p[1]]
	if a == b {
		return models[a].Score(x)
	}
	return (models[a].Score(x) + models[b].Score(x)) / 2
}

// boostFolds grows the forests of all folds side by side.
func boostFolds(models []normalize.Forest, grow func(fold int) normalize.Forest) {
	var wg sync.WaitGroup
	for f := range models {
		wg.Go(func() { models[f] = grow(f) })
	}
	wg.Wait()
}
