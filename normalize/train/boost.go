package main

import (
	"math"

	"wirefold/normalize"
)

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

// sums are the gradient and the curvature of the loss over some rows.
type sums struct{ g, h, n float64 }

// gain is how much the loss falls when the rows say v.
func (s sums) gain(v, ridge float64) float64 { return -2*s.g*v - (s.h+ridge)*v*v }

func (s sums) plus(t sums) sums           { return sums{s.g + t.g, s.h + t.h, s.n + t.n} }
func (s sums) minus(t sums) sums          { return sums{s.g - t.g, s.h - t.h, s.n - t.n} }
func (s sums) leaf(ridge float64) float64 { return -s.g / (s.h + ridge) }

// bounds are what a leaf may say, where an earlier question has an order to keep.
type bounds struct{ least, most float64 }

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
