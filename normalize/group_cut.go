package normalize

import (
	"cmp"
	"slices"
)

const (
	// maxNeighbourhood is the most articles that one decision weighs together. A live blog or a flood of near-copies
	// could connect everything with everything otherwise.
	maxNeighbourhood = 2000
	// firstNearest is how many nearest neighbours an article keeps first in a neighbourhood that is too large.
	firstNearest = 64
)

// component is a connected part of the neighbourhood, with its edges; the indexes are ascending.
type component struct {
	members []int32
	edges   []edge
}

// components connects articles by edges and by what must stay together. In a component over the bound an edge connects
// only while it is among the nearest of both of its ends, of fewer and fewer, until the component falls apart; the parts
// keep all edges inside them. It is a rule of the set, so the order of arrival has no say.
func (g *grouping) components() []component {
	all := make([]int32, len(g.as))
	for i := range all {
		all[i] = int32(i)
	}
	var done []component
	work := g.connect(component{all, g.edges})
	for nearest := firstNearest; len(work) > 0; nearest /= 2 {
		var large []component
		for _, c := range work {
			if len(c.members) <= maxNeighbourhood || nearest == 0 {
				done = append(done, c)
			} else {
				large = append(large, c)
			}
		}
		work = nil
		for _, c := range large {
			work = append(work, within(c.edges, g.connect(component{c.members, mutual(c.edges, nearest)}))...)
		}
	}
	return done
}

// within gives every part all edges between its own members.
func within(es []edge, parts []component) []component {
	of := map[int32]int{}
	for k := range parts {
		parts[k].edges = nil
		for _, i := range parts[k].members {
			of[i] = k
		}
	}
	for _, e := range es {
		if k := of[e.a]; k == of[e.b] {
			parts[k].edges = append(parts[k].edges, e)
		}
	}
	return parts
}

// mutual keeps the edges that are among the nearest n of both ends; equals are told apart by the other end's key.
func mutual(es []edge, n int) []edge {
	of := map[int32][]int32{}
	for k := range es {
		of[es[k].a] = append(of[es[k].a], int32(k))
		of[es[k].b] = append(of[es[k].b], int32(k))
	}
	votes := make([]uint8, len(es))
	for i, ks := range of {
		if len(ks) <= n {
			for _, k := range ks {
				votes[k]++
			}
			continue
		}
		slices.SortFunc(ks, func(k, l int32) int {
			return cmp.Or(cmp.Compare(es[l].pair, es[k].pair), cmp.Compare(es[k].other(i), es[l].other(i)))
		})
		for _, k := range ks[:n] {
			votes[k]++
		}
	}
	var kept []edge
	for k, v := range votes {
		if v == 2 {
			kept = append(kept, es[k])
		}
	}
	return kept
}

// connect parts a component into what its edges, and what must stay together, connect.
func (g *grouping) connect(c component) []component {
	u := newUnion(len(g.as))
	in := make([]bool, len(g.as))
	for _, i := range c.members {
		in[i] = true
	}
	for _, e := range c.edges {
		u.join(e.a, e.b)
	}
	for _, p := range g.must {
		if in[p[0]] && in[p[1]] {
			u.join(p[0], p[1])
		}
	}
	at := map[int32]int{}
	var out []component
	for _, i := range c.members {
		r := u.root(i)
		k, ok := at[r]
		if !ok {
			k = len(out)
			at[r] = k
			out = append(out, component{})
		}
		out[k].members = append(out[k].members, i)
	}
	for _, e := range c.edges {
		k := at[u.root(e.a)]
		out[k].edges = append(out[k].edges, e)
	}
	return out
}
