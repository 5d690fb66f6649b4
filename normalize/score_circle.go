package normalize

import (
	"cmp"
	"slices"
)

// Circles. How close two articles are is noisy; how close the few nearest of the one are to the few nearest of the other
// is not. Where two look-alike events stand side by side, the nearest of an article are of its own event, and the two
// circles are farther from each other than the articles of each are among themselves.

// circleSizes are how many of its nearest stand in an article's circle, besides the article itself.
var circleSizes = [...]int{3, 8}

// circles gives for every edge, and each size, how much closer the circles of its two ends are to each other than to
// themselves: about 0 inside of one event, below it between two. Neither end stands in the other's circle, since whether
// they are close is what is asked. value is the closeness on each edge; what is no edge has the closeness away.
func (t *setting) circles(value []float32, away float32) (out [len(circleSizes)][]float32) {
	near := make([][]int32, len(t.as))
	for i := range near {
		near[i] = slices.Clone(t.near(int32(i)))
		slices.SortFunc(near[i], func(k, l int32) int {
			return cmp.Or(cmp.Compare(value[l], value[k]), cmp.Compare(t.edges[k].other(int32(i)), t.edges[l].other(int32(i))))
		})
	}
	for c, size := range circleSizes {
		out[c] = t.circle(value, away, near, size)
	}
	return out
}

// reach is how close each article is to the circle around one, summed, above what is far away.
type reach struct {
	sum    []float32
	inside []bool
}

func (t *setting) circle(value []float32, away float32, near [][]int32, size int) []float32 {
	n := len(t.as)
	out := make([]float32, len(t.edges))
	members := make([][]int32, n)
	for i := range members {
		members[i] = append(make([]int32, 0, size+1), int32(i))
		for _, k := range near[i][:min(size, len(near[i]))] {
			members[i] = append(members[i], t.edges[k].other(int32(i)))
		}
	}
	within := make([]float32, n) // summed closeness inside of each circle, each pair from both sides
	r := reach{make([]float32, n), make([]bool, n)}
	around := func(i int32, f func(c int32, v float32)) {
		for _, x := range members[i] {
			for _, k := range t.near(x) {
				f(t.edges[k].other(x), value[k]-away)
			}
		}
	}
	lay := func(i int32) {
		around(i, func(c int32, v float32) { r.sum[c] += v })
		for _, x := range members[i] {
			r.inside[x] = true
		}
	}
	lift := func(i int32) {
		around(i, func(c int32, _ float32) { r.sum[c] = 0 })
		for _, x := range members[i] {
			r.inside[x] = false
		}
	}
	ofSelf := make([][]float32, n) // how close each member is to the other members of its circle, summed
	for i := range members {
		lay(int32(i))
		for _, y := range members[i] {
			ofSelf[i] = append(ofSelf[i], r.sum[y])
			within[i] += r.sum[y]
		}
		lift(int32(i))
	}
	for a := range t.as {
		lay(int32(a))
		for _, k := range t.of[a] {
			b := t.edges[k].other(int32(a))
			if int(b) < a {
				continue
			}
			out[k] = t.apart(&r, int32(a), b, members, within, ofSelf, near, value, away)
		}
		lift(int32(a))
	}
	return out
}

// apart compares two circles, of which a's is laid out in r.
func (t *setting) apart(r *reach, a, b int32, members [][]int32, within []float32, ofSelf [][]float32, near [][]int32, value []float32, away float32) float32 {
	bIn := r.inside[b]
	var across float32
	sizeA, sizeB, both := float32(len(members[a])), float32(0), float32(0)
	if bIn {
		sizeA--
	}
	aIn := false
	for i, y := range members[b] {
		if y == a {
			aIn = true
			continue
		}
		sizeB++
		across += r.sum[y]
		if bIn && i > 0 {
			across -= value[near[b][i-1]] - away // b does not stand in a's circle
		}
		if r.inside[y] && y != b {
			both++
		}
	}
	pairs := sizeA*sizeB - both
	wa, okA := without(members[a], within[a], ofSelf[a], b, bIn)
	wb, okB := without(members[b], within[b], ofSelf[b], a, aIn)
	if pairs <= 0 || !okA || !okB {
		return unknown
	}
	return across/pairs - (wa+wb)/2
}

// without is the mean closeness inside of a circle that x has left, if it stood in it.
func without(members []int32, sum float32, ofSelf []float32, x int32, in bool) (float32, bool) {
	n := float32(len(members))
	if in {
		sum -= 2 * ofSelf[slices.Index(members, x)]
		n--
	}
	if n < 2 {
		return 0, false
	}
	return sum / (n * (n - 1)), true
}
