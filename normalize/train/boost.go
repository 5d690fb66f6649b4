package main

import (
	"cmp"
	"math"
	"slices"

	"wirefold/normalize"
)

// rows are the examples of one training: signals in bins, labels and weights.
type rows struct {
	signals int
	cuts    [][]float32 // the upper edges of each signal's bins; bin 0 holds what is unknown
	bins    []uint8     // row by row
	label   []bool
	weight  []float64
	group   [][2]uint32 // of the two events of each row: trees leave out whole events, not pairs
	way     []int       // +1: more of the signal speaks for one event, -1: against, 0: it depends
}

const (
	maxBins      = 48
	learningRate = 0.1
	ridge        = 4.0  // pulls small leaves towards nothing
	leastLeaf    = 0.75 // least curvature in a leaf
	columnShare  = 0.5  // of the signals, that one tree may ask
	eventShare   = 0.7  // of the events, that one tree learns from
)

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
	r := &rows{signals: signals, cuts: cutsOf(xs, signals), bins: make([]uint8, len(xs)*signals), label: label, weight: weight, group: group, way: ways}
	for i, x := range xs {
		for s := range signals {
			r.bins[i*signals+s] = bin(r.cuts[s], x[s])
		}
	}
	return r
}

// sums are the gradient and the curvature of the loss over some rows.
type sums struct{ g, h float64 }

func (s sums) gain() float64 { return s.g * s.g / (s.h + ridge) }
func (s sums) leaf() float64 { return -s.g / (s.h + ridge) }

// bounds are what a leaf may say, where an earlier question has an order to keep.
type bounds struct{ least, most float64 }

// columns are the signals that the n-th tree may ask: a part of them, so that no few signals learn everything.
func (r *rows) columns(n int) []int {
	var cols []int
	for s := range r.signals {
		if float64(mix(uint32(n)*977+uint32(s)*7919+1)%1000) < 1000*columnShare {
			cols = append(cols, s)
		}
	}
	return cols
}

// drawn says whether the n-th tree learns from a row: both of its events must be drawn.
func (r *rows) drawn(i int32, n int) bool {
	for _, e := range r.group[i] {
		if float64(mix(e^uint32(n)*2654435761)%1000) >= 1000*eventShare {
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
	gain      float64
	low, high float64 // what the sides say
}

// boost learns a forest of trees of depth two by gradient steps on the log-loss, from those rows that use allows.
func boost(r *rows, use []int32, trees int) normalize.Forest {
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
	for _, i := range use {
		score[i] = f.Bias
	}
	g, h := make([]float64, len(r.label)), make([]float64, len(r.label))
	side := make([]uint8, len(r.label))
	for n := range trees {
		for _, i := range use {
			q := 1 / (1 + math.Exp(-score[i]))
			y := 0.0
			if r.label[i] {
				y = 1
			}
			g[i], h[i] = r.weight[i]*(q-y), r.weight[i]*max(q*(1-q), 1e-3)
			side[i] = 0
		}
		cols := r.columns(n)
		var some []int32
		for _, i := range use {
			if r.drawn(i, n) {
				some = append(some, i)
			}
		}
		free := [2]bounds{{-1e9, 1e9}, {-1e9, 1e9}}
		root := r.best(some, side, 1, g, h, cols, free[:1])[0]
		if root.gain <= 0 {
			break
		}
		for _, i := range use {
			if r.bins[int(i)*r.signals+root.signal] > root.bin {
				side[i] = 1
			}
		}
		if w := r.way[root.signal]; w != 0 && root.bin > 0 {
			mid := (root.low + root.high) / 2
			if w > 0 {
				free[0].most, free[1].least = mid, mid
			} else {
				free[0].least, free[1].most = mid, mid
			}
		}
		kids := r.best(some, side, 2, g, h, cols, free[:])
		t := normalize.Tree{Root: uint8(root.signal), RootAt: r.at(root)}
		for k := range kids {
			if kids[k].gain <= 0 {
				// No second question: ask the first again, which changes nothing.
				kids[k] = root
			}
		}
		t.Low, t.LowAt, t.High, t.HighAt = uint8(kids[0].signal), r.at(kids[0]), uint8(kids[1].signal), r.at(kids[1])
		var leaves [4]sums
		for _, i := range some {
			k := kids[side[i]]
			l := 2 * side[i]
			if r.bins[int(i)*r.signals+k.signal] > k.bin {
				l++
			}
			leaves[l].g += g[i]
			leaves[l].h += h[i]
		}
		for l := range leaves {
			t.Leaf[l] = learningRate * min(max(leaves[l].leaf(), free[l/2].least), free[l/2].most)
		}
		for _, i := range use {
			k := kids[side[i]]
			l := 2 * side[i]
			if r.bins[int(i)*r.signals+k.signal] > k.bin {
				l++
			}
			score[i] += t.Leaf[l]
		}
		f.Trees = append(f.Trees, t)
	}
	return f
}

// at is the value that a split asks for.
func (r *rows) at(s split) float32 {
	if s.bin == 0 {
		return -1e30 // any known value is above it
	}
	return r.cuts[s.signal][s.bin]
}

// best finds the best split of each of n nodes; side says which node a row is in.
func (r *rows) best(use []int32, side []uint8, n int, g, h []float64, cols []int, within []bounds) []split {
	hist := make([]sums, n*r.signals*(maxBins+2))
	width := maxBins + 2
	for _, i := range use {
		row := r.bins[int(i)*r.signals : int(i+1)*r.signals]
		base := int(side[i]) * r.signals * width
		for _, s := range cols {
			c := &hist[base+s*width+int(row[s])]
			c.g += g[i]
			c.h += h[i]
		}
	}
	out := make([]split, n)
	for k := range n {
		for _, s := range cols {
			bins := hist[(k*r.signals+s)*width : (k*r.signals+s+1)*width]
			var all, low sums
			for _, c := range bins {
				all.g += c.g
				all.h += c.h
			}
			for b := 0; b+1 < len(bins) && b < len(r.cuts[s]); b++ {
				low.g += bins[b].g
				low.h += bins[b].h
				high := sums{all.g - low.g, all.h - low.h}
				if low.h < leastLeaf || high.h < leastLeaf {
					continue
				}
				v, w := low.leaf(), high.leaf()
				if b > 0 && r.way[s] != 0 && (w-v)*float64(r.way[s]) < 0 {
					continue
				}
				if within[k].least > -1e8 || within[k].most < 1e8 {
					if max(v, w) > within[k].most && min(v, w) >= within[k].most || min(v, w) < within[k].least && max(v, w) <= within[k].least {
						continue
					}
				}
				if gain := low.gain() + high.gain() - all.gain(); gain > out[k].gain+1e-9 {
					out[k] = split{s, uint8(b), gain, v, w}
				}
			}
		}
	}
	return out
}
