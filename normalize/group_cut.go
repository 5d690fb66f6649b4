package normalize

import "slices"

const (
	// maxNeighbourhood is the most articles that one decision weighs together. A live blog or a flood of near-copies could connect everything with
	// everything otherwise.
	maxNeighbourhood = 2000
	// maxDense is the most where articles have more neighbours, on average, than a cut leaves them at first: such a cut tears events. A day of a wire
	// has 6,000 headlines with 80 to 130 neighbours each; articles with a text have fewer, and a larger decision would only cost more.
	maxDense = 8000
	// firstNearest is how many nearest neighbours an article keeps first in a neighbourhood that is too large.
	firstNearest = 64
	// maxEdges is the most edges that one decision weighs: where everything resembles everything, 8,000 articles have 32 million, at a
	// quarter of a kilobyte each. Of more, an article keeps those to its nearest.
	maxEdges = 300_000
	// mostNearest is how many nearest neighbours an article keeps first in a neighbourhood with too many edges.
	mostNearest = 256
	// leastNearest is how many it keeps at least.
	leastNearest = 16
)

// component is a connected part of the neighbourhood, with its edges; the indexes are ascending.
type component struct {
	members []int32
	edges   []edge
}

// dense says that a component is to be weighed whole though it is large.
func (c *component) dense() bool {
	return len(c.members) <= maxDense && 2*len(c.edges) > firstNearest*len(c.members)
}

// components connects articles by edges and by what must stay together. In a component over the bound an edge connects
// only while it is among the nearest of both of its ends, of fewer and fewer, until the component falls apart; the parts
// keep all edges inside them. It is a rule of the set, so the order of arrival has no say.
func (g *grouping) components() []component {
	var done []component
	g.cut(func(c component) {
		c.edges = g.nearest(c.edges)
		done = append(done, c)
	})
	return done
}

// cut finds the components one by one: of a large neighbourhood the edges are many, and whoever wants no more than the members lets go of them.
func (g *grouping) cut(found func(component)) {
	all := make([]int32, len(g.as))
	for i := range all {
		all[i] = int32(i)
	}
	part := make([]int32, len(g.as)) // of each article, while edges are dealt out
	work := g.deal(g.edges, g.connect(all, g.edges), part)
	for nearest := firstNearest; len(work) > 0; nearest /= 2 {
		var large []component
		for _, c := range work {
			if len(c.members) <= maxNeighbourhood || c.dense() || nearest == 0 {
				found(c)
			} else {
				large = append(large, c)
			}
		}
		work = nil
		for _, c := range large {
			work = append(work, g.deal(c.edges, g.connect(c.members, mutual(c.edges, nearest, len(g.as))), part)...)
		}
	}
}

// nearest keeps of too many edges those that are among the nearest of both of their ends, of fewer and fewer: a rule of the set. Where so many are
// equally near that it does not help, all stay.
func (g *grouping) nearest(es []edge) []edge {
	for n := mostNearest; n >= leastNearest && len(es) > maxEdges; n /= 2 {
		es = mutual(es, n, len(g.as))
	}
	return es
}

// deal gives every part all edges between its own members, in their order. All edges are between members of some part, so one part has
// them all: the largest neighbourhoods begin as one.
func (g *grouping) deal(es []edge, parts [][]int32, part []int32) []component {
	if len(parts) == 1 {
		return []component{{parts[0], es}}
	}
	out := make([]component, len(parts))
	for k, members := range parts {
		out[k].members = members
		for _, i := range members {
			part[i] = int32(k)
		}
	}
	ends := make([]int, len(parts)+1)
	for _, e := range es {
		if k := part[e.a]; k == part[e.b] {
			ends[k+1]++
		}
	}
	for k := range parts {
		ends[k+1] += ends[k]
	}
	all := make([]edge, ends[len(parts)])
	for k := range out {
		out[k].edges = all[ends[k]:ends[k]:ends[k+1]]
	}
	for _, e := range es {
		if k := part[e.a]; k == part[e.b] {
			out[k].edges = append(out[k].edges, e)
		}
	}
	return out
}

// rankSteps is how finely scores are told apart when an article's edges are ranked, from -rankReach to rankReach.
const (
	rankSteps = 512
	rankReach = 16
)

// mutual keeps the edges that are among the nearest n of both ends. The rank of an edge at an end is the number of that
// end's edges that score better by a step, so equals have equal ranks and no key decides.
func mutual(es []edge, n, articles int) []edge {
	start := make([]int32, articles+1)
	for _, e := range es {
		start[e.a+1]++
		start[e.b+1]++
	}
	for i := range articles {
		start[i+1] += start[i]
	}
	of, next := make([]int32, 2*len(es)), slices.Clone(start)
	for k, e := range es {
		of[next[e.a]], of[next[e.b]] = int32(k), int32(k)
		next[e.a]++
		next[e.b]++
	}
	votes := make([]uint8, len(es))
	var better [rankSteps + 1]int32
	for i := range articles {
		ks := of[start[i]:start[i+1]]
		clear(better[:])
		for _, k := range ks {
			better[rankStep(es[k].pair)]++
		}
		for step := rankSteps - 1; step >= 0; step-- {
			better[step] += better[step+1]
		}
		for _, k := range ks {
			if better[rankStep(es[k].pair)+1] < int32(n) {
				votes[k]++
			}
		}
	}
	n = 0
	for _, v := range votes {
		if v == 2 {
			n++
		}
	}
	kept := make([]edge, 0, n)
	for k, v := range votes {
		if v == 2 {
			kept = append(kept, es[k])
		}
	}
	return kept
}

func rankStep(score float64) int {
	return int(min(max((score+rankReach)/(2*rankReach), 0), 1) * (rankSteps - 1))
}

// connect parts articles into what edges, and what must stay together, connect.
func (g *grouping) connect(members []int32, es []edge) [][]int32 {
	u := newUnion(len(g.as))
	in := make([]bool, len(g.as))
	for _, i := range members {
		in[i] = true
	}
	for _, e := range es {
		u.join(e.a, e.b)
	}
	for _, p := range g.must {
		if in[p[0]] && in[p[1]] {
			u.join(p[0], p[1])
		}
	}
	at := map[int32]int{}
	var out [][]int32
	for _, i := range members {
		r := u.root(i)
		k, ok := at[r]
		if !ok {
			k = len(out)
			at[r] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], i)
	}
	return out
}
