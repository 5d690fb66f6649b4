package main

import (
	"cmp"
	"slices"
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

func (r *rows) scaleOf(i int32) float64 {
	if r.scale == nil {
		return 1
	}
	return r.scale[i]
}
