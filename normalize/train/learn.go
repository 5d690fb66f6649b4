package main

import (
	"fmt"
	"iter"
	"os"
	"sync"

	"wirefold/internal/news"
	"wirefold/normalize"
)

const (
	// say is the summed weight of the pairs of one event that a set of importance 1 brings.
	say = 1000
	// threshold and silence were chosen on the cross-validated table, the threshold on that of halves as well, and, where both are flat, on the days of uci2014; report chooses it
	// without the events that it is measured on.
	threshold = 0.75
	silence   = -1.0
	// maxRows bounds the rows that one set brings to a training: of more pairs of one event than that every n-th is used and counts n times, and
	// likewise of those of two events. Of bare headlines, of which a day has hundreds of thousands of pairs, fewer will do.
	maxRows     = 40000
	maxBareRows = 10000
)

// prepare marks the articles, each by the model as it would be without its event, and finds candidates.
func (s *set) prepare(m *normalize.Model, c *census) {
	ms := make([]news.Marked, len(s.as))
	without := map[string]*normalize.Model{}
	for i := range s.as {
		a, e := &s.as[i], s.event[i]
		if without[e] == nil {
			without[e] = c.without(m, eventKey{s.path, labelled(e)}, s.newer)
		}
		ms[i] = news.Marked{Key: a.Key, Published: a.Published, Seen: a.Seen, Seed: a.Seed, Marks: without[e].Mark(a)}
	}
	s.bench = m.NewBench(ms)
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

// look is what one forest looks at: some pairs, and so many signals of each.
type look struct {
	name    string
	in      func(s *set, k int) bool
	signals func(s *set, k int) []float32
	n       int
}

// table collects the rows of all sets, of each as many as maxRows allows.
func (l *look) table(sets []*set, which int) (*rows, []example) {
	var xs [][]float32
	var label []bool
	var weight []float64
	var es []example
	var group [][2]uint32
	for _, s := range sets {
		if s.weight[which] == 0 {
			continue
		}
		pos, same, other := 0.0, 0, 0
		for k := range s.bench.Pairs {
			switch {
			case !l.in(s, k):
			case s.same(k):
				pos += s.pairWeight(k)
				same++
			default:
				other++
			}
		}
		most := maxRows
		if plans[which].whole {
			if s.bare {
				most = maxBareRows
			}
		} else {
			same += other
			other = same
		}
		scale := s.weight[which] * say / max(pos, 1)
		for k, p := range s.bench.Pairs {
			if !l.in(s, k) {
				continue
			}
			step := 1 + other/most
			if s.same(k) {
				step = 1 + same/most
			}
			if (int(p[0])*7919+int(p[1])*104729)%step != 0 {
				continue
			}
			xs = append(xs, l.signals(s, k))
			label = append(label, s.same(k))
			weight = append(weight, s.pairWeight(k)*scale*float64(step))
			es = append(es, example{s, k})
			group = append(group, [2]uint32{eventHash(s.event[p[0]]), eventHash(s.event[p[1]])})
		}
	}
	return newRows(xs, label, weight, group, l.n, normalize.SignalWays()), es
}

// all are the signals of all pairs that are looked at.
func (l *look) all(sets []*set) iter.Seq[[]float32] {
	return func(yield func([]float32) bool) {
		for _, s := range sets {
			for k := range s.bench.Pairs {
				if l.in(s, k) && !yield(l.signals(s, k)) {
					return
				}
			}
		}
	}
}

// learn grows a forest for what is looked at. found gets the cross-validated score of each of its pairs; whole grows the forest of all events.
func (l *look) learn(sets []*set, which int, b blend, found func(s *set, k int, score float64)) (whole func() normalize.Forest) {
	rs, es := l.table(sets, which)
	fmt.Fprintf(os.Stderr, "%s, %s: %d rows\n", plans[which].name, l.name, len(es))
	models := make([]normalize.Forest, folds)
	of := func(i int32) *set { return es[i].set }
	side(folds, func(f int) {
		use := outside(es, f)
		models[f] = b.grow(rs.likeAll(use, of), use)
	})
	for _, s := range sets {
		for k := range s.bench.Pairs {
			if l.in(s, k) {
				found(s, k, s.cross(models, k, l.signals(s, k)))
			}
		}
	}
	return func() normalize.Forest { return b.grow(rs, outside(es, -1)) }
}

// learn trains the two judges, first that for pairs of which little is known: what those score is part of what the other learns from.
func learn(sets []*set) (normalize.ModelFile, joiners) {
	f := normalize.ModelFile{Threshold: threshold, Silence: silence}
	var js joiners
	f.Scant = judge(sets, scant, &js)
	f.Known = judge(sets, known, &js)
	return f, js
}

// judge trains the forests of one judge, cross-validated by event: a pair is scored by models that saw neither of its events. Each learns from all pairs. The
// first scores all of them; the other only its own.
func judge(sets []*set, which int, js *joiners) normalize.Judge {
	p := &plans[which]
	j := normalize.Judge{GateFloor: p.gateFloor, Floor: p.floor}
	alone := func(s *set, k int) []float32 { return s.bench.PairSignals(k) }
	note := func(s *set, k int, score float64) {
		if which == known && normalize.ScantPair(alone(s, k)) {
			return
		}
		if s.pair[k] = score; score < p.floor {
			s.pair[k] = normalize.NoEdge
		}
	}
	pairs := look{"pairs", func(*set, int) bool { return true }, alone, normalize.NumPairSignals}
	if p.gate != nil {
		open := make(map[*set][]bool, len(sets))
		for _, s := range sets {
			open[s] = make([]bool, len(s.bench.Pairs))
		}
		gate := look{"gate", pairs.in, alone, normalize.NumPairSignals}
		grow := gate.learn(sets, which, p.gate, func(s *set, k int, score float64) {
			note(s, k, normalize.NoEdge)
			open[s][k] = score >= p.gateFloor
		})
		j.Gate = grow()
		j.GateTrace = j.Gate.RejectionTrace(p.gateFloor, p.beyond, gate.all(sets))
		pairs.in = func(s *set, k int) bool { return open[s][k] }
	}
	pair := pairs.learn(sets, which, p.pair, note)
	placed := make(map[*set]map[int][]float32)
	for _, s := range sets {
		placed[s] = map[int][]float32{}
		s.bench.SetSignals(s.pair, func(k int, x *[normalize.NumSignals]float32) {
			placed[s][k] = append([]float32(nil), x[:]...)
		})
	}
	edges := look{"edges", func(s *set, k int) bool { return placed[s][k] != nil }, func(s *set, k int) []float32 { return placed[s][k] }, normalize.NumSignals}
	set := edges.learn(sets, which, p.set, func(s *set, k int, score float64) {
		if which == scant || !normalize.ScantPair(placed[s][k]) {
			s.final[k] = score
		}
	})
	side(3, func(i int) {
		switch i {
		case 0:
			j.Join = js.learn(sets, which)
		case 1:
			j.Pair = pair()
			j.PairTrace = j.Pair.RejectionTrace(p.floor, p.beyond, pairs.all(sets))
		case 2:
			j.Set = set()
		}
	})
	return j
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
func (s *set) cross(models []normalize.Forest, k int, x []float32) float64 {
	p := s.bench.Pairs[k]
	a, b := s.fold[p[0]], s.fold[p[1]]
	if a == b {
		return models[a].Score(x)
	}
	return (models[a].Score(x) + models[b].Score(x)) / 2
}

// side does n things side by side.
func side(n int, do func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { do(i) })
	}
	wg.Wait()
}
