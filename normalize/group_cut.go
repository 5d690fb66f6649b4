package normalize

const (
	// maxNeighbourhood is the most articles that one decision weighs together. A live blog or a flood of near-copies
	// could connect everything with everything otherwise.
	maxNeighbourhood = 2000
	// floorStep is by how much the link floor rises in a neighbourhood that is too large.
	floorStep = 0.5
)

// component is a connected part of the neighbourhood, with its edges; the indexes are ascending.
type component struct {
	members []int32
	edges   []edge
}

// components connects articles by edges and by what must stay together. A component over the bound loses its weakest
// edges, step by step and on its own, until it falls apart: a rule of the set, so the order of arrival has no say.
func (g *grouping) components() []component {
	all := make([]int32, len(g.as))
	for i := range all {
		all[i] = int32(i)
	}
	var done []component
	work := g.connect(component{all, g.edges})
	floor := g.m.File.Floor
	for len(work) > 0 {
		var large []component
		for _, c := range work {
			if len(c.members) <= maxNeighbourhood || len(c.edges) == 0 {
				done = append(done, c)
			} else {
				large = append(large, c)
			}
		}
		floor += floorStep
		work = nil
		for _, c := range large {
			kept := c.edges[:0:0]
			for _, e := range c.edges {
				if e.pair >= floor {
					kept = append(kept, e)
				}
			}
			work = append(work, g.connect(component{c.members, kept})...)
		}
	}
	return done
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
