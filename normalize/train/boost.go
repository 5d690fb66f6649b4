package main

import (
	"cmp"
	"math"
	"slices"

	"wirefold/normalize"
)

// rows are the examples of one training: signals in bins, labels and weights.
type rows struct {
	signals, n int         // how many signals and rows
	cuts       [][]float32 // the upper edges of each signal's bins; bin 0 holds what is unknown
	bins       []uint8     // signal by signal
	label      []bool
	weight     []float64
	group      [][2]uint32 // of the two events of each row: trees leave out whole events, not pairs
	without    []float64   // what the score of each row is without the forest; nil: nothing
	scale      []float64   // how much the forest counts in each row; nil: all of it
	way        []int       // +1: more of the signal speaks for one event, -1: against, 0: it depends
}

const maxBins = 200

// recipe is how a forest is grown.
type recipe struct {
	trees, depth int
	rate         float64 // of what a leaf would say, that it says
	columns      float64 // share of the signals that one tree may ask, so that no few signals learn everything
	events       float64 // share of the events that one tree learns from
	leastRows    float64 // in a leaf
	ridge        float64 // pulls small leaves towards nothing
	leastLeaf    float64 // least curvature in a leaf
	free         bool    // a signal may speak either way, whatever rows.way says
	draw         int     // which of the possible draws of signals and events its trees begin with
}

// blend are recipes whose forests are used as one: their mean.
type blend []recipe

// grow grows the forest of a blend from those rows that use allows.
func (b blend) grow(r *rows, use []int32) normalize.Forest {
	fs := make([]normalize.Forest, len(b))
	side(len(b), func(i int) {
		c := b[i]
		c.draw = drawsApart * i
		fs[i] = boost(r, use, c)
	})
	var mean normalize.Forest
	share, longest := 1/float64(len(b)), 0
	for _, f := range fs {
		mean.Bias += share * f.Bias
		longest = max(longest, len(f.Trees))
	}
	for n := range longest {
		// By turns, so that the sum of the first trees is already something like the whole.
		for _, f := range fs {
			if n < len(f.Trees) {
				t := f.Trees[n]
				for l := range t.Leaf {
					t.Leaf[l] *= share
				}
				mean.Trees = append(mean.Trees, t)
			}
		}
	}
	return mean
}

// drawsApart are more draws than a forest has trees.
const drawsApart = 1000

// cutsOf finds bins that hold about equally many of the values of each signal.
func cutsOf(xs [][]float32, signals int) [][]float32 {
	cuts := make([][]float32, signals)
	for s := range signals {
		var vs []float32
		step := max(1, len(xs)/20000)
		for i := 0; i < len(xs); i += step {
			if v := xs[i][s]; v == v {
				vs = append(vs, v)
			}
		}
		slices.Sort(vs)
		for b := 1; b < maxBins && len(vs) > 0; b++ {
			v := vs[(len(vs)-1)*b/maxBins]
			if n := len(cuts[s]); n == 0 || cuts[s][n-1] < v {
				cuts[s] = append(cuts[s], v)
			}
		}
		// The least known value must be told from the unknown.
		if len(vs) > 0 {
			cuts[s] = append([]float32{vs[0] - 1}, cuts[s]...)
		}
	}
	return cuts
}

// bin is 0 for unknown, else 1 + the number of cuts below the value.
func bin(cuts []float32, v float32) uint8 {
	if v != v {
		return 0
	}
	n, _ := slices.BinarySearchFunc(cuts, v, func(c, v float32) int { return cmp.Compare(c, v) })
	return uint8(n)
}

func newRows(xs [][]float32, label []bool, weight []float64, group [][2]uint32, signals int, ways []int) *rows {
	r := &rows{signals: signals, cuts: cutsOf(xs, signals), n: len(xs), bins: make([]uint8, len(xs)*signals), label: label, weight: weight, group: group, way: ways}
	for i, x := range xs {
		for s := range signals {
			r.bins[s*len(xs)+i] = bin(r.cuts[s], x[s])
		}
	}
	return r
}

// likeAll weighs the rows of two events so that in what use leaves of each set they count against those of one event as they do in all of it. A fold takes a
// quarter of the events, and with them a quarter of the pairs of one event, but nearly half of those of two: without this, forests of folds say more for one event than one of
// all rows does, each stage adds to what the one before says too much, and what is chosen on their scores, such as the threshold, is wrong for the model.
func (r *rows) likeAll(use []int32, of func(row int32) *set) *rows {
	type sides struct{ all, used [2]float64 } // summed weights, by label
	by := map[*set]*sides{}
	side := func(i int32) int {
		if r.label[i] {
			return 1
		}
		return 0
	}
	for i := range int32(r.n) {
		if by[of(i)] == nil {
			by[of(i)] = &sides{}
		}
		by[of(i)].all[side(i)] += r.weight[i]
	}
	for _, i := range use {
		by[of(i)].used[side(i)] += r.weight[i]
	}
	out := *r
	out.weight = slices.Clone(r.weight)
	for _, i := range use {
		if s := by[of(i)]; !r.label[i] && s.used[1] > 0 {
			out.weight[i] *= s.all[0] / s.used[0] * s.used[1] / s.all[1]
		}
	}
	return &out
}

// sums are the gradient and the curvature of the loss over some rows.
type sums struct{ g, h, n float64 }

// gain is how much the loss falls when the rows say v.
func (s sums) gain(v, ridge float64) float64 { return -2*s.g*v - (s.h+ridge)*v*v }

func (s sums) plus(t sums) sums           { return sums{s.g + t.g, s.h + t.h, s.n + t.n} }
func (s sums) minus(t sums) sums          { return sums{s.g - t.g, s.h - t.h, s.n - t.n} }
func (s sums) leaf(ridge float64) float64 { return -s.g / (s.h + ridge) }

// bounds are what a leaf may say, where an earlier question has an order to keep.
type bounds struct{ least, most float64 }

// columns are the signals that the n-th tree may ask: a part of them, so that no few signals learn everything.
func (r *rows) columns(n int, share float64) []int {
	var cols []int
	for s := range r.signals {
		if float64(mix(uint32(n)*977+uint32(s)*7919+1)%1000) < 1000*share {
			cols = append(cols, s)
		}
	}
	return cols
}

// drawn says whether the n-th tree learns from a row: both of its events must be in the share that is drawn.
func (r *rows) drawn(i int32, n int, share float64) bool {
	for _, e := range r.group[i] {
		if float64(mix(e^uint32(n)*2654435761)%1000) >= 1000*share {
			return false
		}
	}
	return true
}

// mix is a hash: the trainer's only dice.
func mix(x uint32) uint32 {
	x ^= x >> 16
	x *= 0x7feb352d
	x ^= x >> 15
	x *= 0x846ca68b
	return x ^ x>>16
}

// split is the best question for a node.
type split struct {
	signal    int
	bin       uint8 // rows above it go high
	unknown   bool  // rows of which the signal is unknown go high
	gain      float64
	low, high float64 // what the sides say
}

// high says which way a row goes.
func (r *rows) high(s *split, i int32) bool {
	b := r.bins[s.signal*r.n+int(i)]
	if b == 0 {
		return s.unknown
	}
	return b > s.bin
}

func (r *rows) scaleOf(i int32) float64 {
	if r.scale == nil {
		return 1
	}
	return r.scale[i]
}

// boost learns a forest by gradient steps on the log-loss, from those rows that use allows (Friedman 2001; second-order leaves and missing values as in
// Chen and Guestrin 2016).
func boost(r *rows, use []int32, c recipe) normalize.Forest {
	var pos, all float64
	for _, i := range use {
		all += r.weight[i]
		if r.label[i] {
			pos += r.weight[i]
		}
	}
	p := min(max(pos/max(all, 1e-9), 1e-4), 1-1e-4)
	f := normalize.Forest{Bias: math.Log(p / (1 - p))}
	score := make([]float64, len(r.label))
	if r.without != nil {
		f.Bias = 0
		copy(score, r.without)
	}
	for _, i := range use {
		score[i] += f.Bias
	}
	g, h := make([]float64, len(r.label)), make([]float64, len(r.label))
	node := make([]uint8, len(r.label))
	for n := range c.trees {
		for _, i := range use {
			q := 1 / (1 + math.Exp(-score[i]))
			y := 0.0
			if r.label[i] {
				y = 1
			}
			k := r.scaleOf(i)
			g[i], h[i] = k*r.weight[i]*(q-y), k*k*r.weight[i]*max(q*(1-q), 1e-3)
			node[i] = 0
		}
		some := use
		if c.events < 1 {
			some = nil
			for _, i := range use {
				if r.drawn(i, n+c.draw, c.events) {
					some = append(some, i)
				}
			}
		}
		t, ok := r.grow(c, n, some, use, node, g, h)
		if !ok {
			break
		}
		for _, i := range use {
			score[i] += r.scaleOf(i) * t.Leaf[node[i]]
		}
		f.Trees = append(f.Trees, t)
	}
	return f
}

// grow makes the n-th tree from some rows and leaves in node which leaf every row of use is in. It is not ok when no question says anything.
func (r *rows) grow(c recipe, n int, some, use []int32, node []uint8, g, h []float64) (t normalize.Tree, ok bool) {
	cols := r.columns(n+c.draw, c.columns)
	splits := []split{}
	within := []bounds{{-1e9, 1e9}}
	for level := range normalize.TreeDepth {
		var kids []split
		if level < c.depth {
			kids = r.best(c, some, node, len(within), g, h, cols, within)
		} else {
			kids = make([]split, len(within))
		}
		if level == 0 && kids[0].gain <= 0 {
			return t, false
		}
		first := len(splits)
		next := make([]bounds, 0, 2*len(kids))
		for k := range kids {
			if kids[k].gain <= 0 {
				// No further question: ask the one before again, which changes nothing.
				kids[k] = splits[(first+k-1)/2]
			} else if s := kids[k]; !c.free && r.way[s.signal] != 0 && s.bin > 0 {
				low, high := within[k], within[k]
				if mid := (s.low + s.high) / 2; r.way[s.signal] > 0 {
					low.most, high.least = min(low.most, mid), max(high.least, mid)
				} else {
					low.least, high.most = max(low.least, mid), min(high.most, mid)
				}
				next = append(next, low, high)
				continue
			}
			next = append(next, within[k], within[k])
		}
		splits = append(splits, kids...)
		for k, s := range kids {
			t.Ask[first+k] = normalize.Question{Signal: uint8(s.signal), At: r.at(s), Unknown: s.unknown}
		}
		for _, i := range use {
			s := &kids[node[i]]
			node[i] *= 2
			if r.high(s, i) {
				node[i]++
			}
		}
		within = next
	}
	var leaves [1 << normalize.TreeDepth]sums
	for _, i := range some {
		l := &leaves[node[i]]
		l.g += g[i]
		l.h += h[i]
	}
	for l := range leaves {
		t.Leaf[l] = c.rate * min(max(leaves[l].leaf(c.ridge), within[l].least), within[l].most)
	}
	return t, true
}

// at is the value that a split asks for.
func (r *rows) at(s split) float32 {
	if s.bin == 0 {
		return -1e30 // any known value is above it
	}
	return r.cuts[s.signal][s.bin]
}

// best finds the best split of each of n nodes; node says which one a row is in.
// One signal after the other is counted: so its bins stay in the nearest cache.
func (r *rows) best(c recipe, use []int32, node []uint8, n int, g, h []float64, cols []int, within []bounds) []split {
	const width = 256 // of the bins of one node: bin numbers are bytes
	type point struct {
		g, h float64
		row  int32
		at   int32 // of the bins of its node
	}
	ps := make([]point, len(use))
	for k, i := range use {
		ps[k] = point{g[i], h[i], i, int32(node[i]) * width}
	}
	hist := make([]sums, n*width)
	out := make([]split, n)
	for _, s := range cols {
		clear(hist)
		bins := r.bins[s*r.n:][:r.n]
		for k := range ps {
			p := &ps[k]
			x := &hist[p.at+int32(bins[p.row])]
			x.g += p.g
			x.h += p.h
			x.n++
		}
		for k := range n {
			r.bestOf(c, s, hist[k*width:k*width+maxBins+2], within[k], &out[k])
		}
	}
	return out
}

// bestOf replaces best by the best split on one signal, where that is better.
func (r *rows) bestOf(c recipe, s int, bins []sums, within bounds, best *split) {
	var all sums
	for _, b := range bins {
		all = all.plus(b)
	}
	none := bins[0]
	base := all.gain(min(max(all.leaf(c.ridge), within.least), within.most), c.ridge)
	try := func(low sums, bin int, unknown bool) {
		high := all.minus(low)
		if low.h < c.leastLeaf || high.h < c.leastLeaf || low.n < c.leastRows || high.n < c.leastRows {
			return
		}
		v, w := low.leaf(c.ridge), high.leaf(c.ridge)
		if bin > 0 && !c.free && r.way[s] != 0 && (w-v)*float64(r.way[s]) < 0 {
			return
		}
		v, w = min(max(v, within.least), within.most), min(max(w, within.least), within.most)
		if gain := low.gain(v, c.ridge) + high.gain(w, c.ridge) - base; gain > best.gain+1e-9 {
			*best = split{s, uint8(bin), unknown, gain, v, w}
		}
	}
	known := sums{}
	for b := 0; b+1 < len(bins) && b < len(r.cuts[s]); b++ {
		if b > 0 {
			known = known.plus(bins[b])
		}
		try(known.plus(none), b, false)
		if b > 0 && none.n > 0 {
			try(known, b, true)
		}
	}
}
