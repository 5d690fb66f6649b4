package normalize

import (
	"cmp"
	"math"
	"slices"

	"wirefold/internal/news"
)

// Group parts a neighbourhood into events: indexes into n.Members, ascending by key within a part, and the parts by
// their least keys. The result does not depend on the order of members or edges.
func (m *Model) Group(n news.Neighbourhood) [][]int {
	g, r := m.groupingOf(n)
	return r.indexes(g.parts())
}

// Cut parts a neighbourhood into the sets of articles that Group decides one by one, each of them from its own articles and
// the edges between them alone. Of the articles it looks at nothing but keys, dates and copy classes.
func (m *Model) Cut(n news.Neighbourhood) [][]int {
	g, r := m.groupingOf(n)
	var parts [][]int32
	g.cut(func(c component) { parts = append(parts, c.members) })
	parts = g.withMerges(parts)
	slices.SortFunc(parts, func(a, b []int32) int { return cmp.Compare(a[0], b[0]) })
	return r.indexes(parts)
}

// groupingOf prepares the decision about a neighbourhood.
func (m *Model) groupingOf(n news.Neighbourhood) (*grouping, *roll) {
	r := newRoll(n.Members)
	g := m.newGrouping(r.sorted)
	place := make([]int32, len(r.order))
	for i, o := range r.order {
		place[o] = int32(i)
	}
	g.edges = make([]edge, 0, len(n.Edges))
	for _, e := range n.Edges {
		if a, b := place[e.A], place[e.B]; a != b && e.Score >= m.File.floor() {
			g.edges = append(g.edges, edge{min(a, b), max(a, b), e.Score})
		}
	}
	for _, c := range n.Closed {
		var story []int32
		for _, i := range c {
			story = append(story, place[i])
		}
		slices.Sort(story)
		g.closed = append(g.closed, story)
	}
	g.rule(n.Rulings, r)
	return g, r
}

// roll is a set of articles in the order of their keys.
type roll struct {
	sorted []news.Marked
	order  []int32 // where each came from
}

// newRoll copies the members only if they come in another order: there may be 40,000.
func newRoll(members []news.Marked) *roll {
	r := &roll{sorted: members, order: make([]int32, len(members))}
	inOrder := true
	for i := range members {
		r.order[i] = int32(i)
		inOrder = inOrder && (i == 0 || members[i-1].Key < members[i].Key)
	}
	if inOrder {
		return r
	}
	slices.SortFunc(r.order, func(a, b int32) int { return cmp.Compare(members[a].Key, members[b].Key) })
	r.sorted = make([]news.Marked, len(members))
	for i, o := range r.order {
		r.sorted[i] = members[o]
	}
	return r
}

// at is the place of an article, and whether it is there.
func (r *roll) at(k news.ArticleKey) (int32, bool) {
	i, ok := slices.BinarySearchFunc(r.sorted, k, func(m news.Marked, k news.ArticleKey) int { return cmp.Compare(m.Key, k) })
	return int32(i), ok
}

// indexes turns parts back into the indexes that the members came with.
func (r *roll) indexes(parts [][]int32) [][]int {
	out := make([][]int, len(parts))
	for i, p := range parts {
		out[i] = make([]int, len(p))
		for k, j := range p {
			out[i][k] = int(r.order[j])
		}
	}
	return out
}

// grouping is one decision: a neighbourhood in the order of its keys.
type grouping struct {
	least   float64 // what the score of a join must exceed
	silence float64 // what a pair says that is below the floor, or not even a candidate
	judge   func(a, b int32, x *signals) float64
	decide  func(x *joinSignals, a, b []int32) float64 // the score of a join; the stories are positions in their component
	allow   func(x *joinSignals, a, b []int32) bool    // see joining
	known   map[int32][]weighed                        // the trainer groups one neighbourhood many times: its edges by least member; else nil
	as      []news.Marked
	ps      *preparedCache
	edges   []edge
	closed  [][]int32
	must    [][2]int32 // pairs that a closed story, or the same text, holds together
	merges  [][2]int32 // pairs whose stories a human joins
	copies  []int32    // articles that repeat another: they have no say of their own
	never   [][2]int32 // pairs that a human keeps apart
}

func (m *Model) newGrouping(as []news.Marked) *grouping {
	return &grouping{
		least: m.File.Threshold, silence: m.File.Silence, as: as, ps: newPrepared(as),
		judge: func(_, _ int32, x *signals) float64 { return m.judgeOf(x).set.score(x[:]) },
		decide: func(x *joinSignals, _, _ []int32) float64 {
			s, ok := m.joinReaches(x, m.File.Threshold)
			if !ok {
				return math.Inf(-1)
			}
			return s
		},
	}
}

// rule resolves the corrections to pairs. A split that contradicts a merge wins.
func (g *grouping) rule(rs []news.Ruling, of *roll) {
	var merges [][2]int32
	for _, r := range rs {
		var is []int32
		for _, k := range r.Articles {
			if i, ok := of.at(k); ok {
				is = append(is, i)
			}
		}
		slices.Sort(is)
		is = slices.Compact(is)
		for x := 1; x < len(is); x++ {
			switch r.Op {
			case news.OpMerge:
				merges = append(merges, [2]int32{is[0], is[x]})
			case news.OpSplit:
				for _, y := range is[:x] {
					g.never = append(g.never, [2]int32{y, is[x]})
				}
			}
		}
	}
	for _, c := range g.closed {
		for _, i := range c[1:] {
			g.must = append(g.must, [2]int32{c[0], i})
		}
	}
	slices.SortFunc(merges, comparePairs)
	slices.SortFunc(g.never, comparePairs)
	held := len(g.must)
	g.merges = g.allowed(merges)
	g.must = append(g.must, g.merges...)
	copies := g.allowed(copyPairs(g.as))
	g.must = append(g.must[:held], copies...)
	for _, p := range copies {
		g.copies = append(g.copies, p[1])
	}
}

func comparePairs(a, b [2]int32) int {
	if c := cmp.Compare(a[0], b[0]); c != 0 {
		return c
	}
	return cmp.Compare(a[1], b[1])
}

// allowed are the merges, in the order of their keys, that bring no split pair together.
func (g *grouping) allowed(merges [][2]int32) [][2]int32 {
	u := newUnion(len(g.as))
	for _, p := range g.must {
		u.join(p[0], p[1])
	}
	var ok [][2]int32
	for _, p := range merges {
		if !g.parted(u, p[0], p[1]) {
			u.join(p[0], p[1])
			ok = append(ok, p)
		}
	}
	return ok
}

func (g *grouping) parted(u union, a, b int32) bool {
	ra, rb := u.root(a), u.root(b)
	for _, n := range g.never {
		x, y := u.root(n[0]), u.root(n[1])
		if x == ra && y == rb || x == rb && y == ra {
			return true
		}
	}
	return false
}

// parts are the stories. A merge joins two whole stories, as they are without it. Where a split stands between articles of
// the two, only the articles that it names are put together, and the others go where they agree.
func (g *grouping) parts() [][]int32 {
	out, refused := g.merged(g.grouped())
	for len(refused) > 0 {
		g.must = append(g.must, refused...)
		g.merges = slices.DeleteFunc(g.merges, func(p [2]int32) bool { return slices.Contains(refused, p) })
		out, refused = g.merged(g.grouped())
	}
	return out
}

// merged joins the stories of every merge, in the order of their keys, and gives the merges that a split refuses.
func (g *grouping) merged(parts [][]int32) (out [][]int32, refused [][2]int32) {
	if len(g.merges) == 0 {
		return parts, nil
	}
	u := g.unionOf(parts)
	for _, m := range g.merges {
		if g.parted(u, m[0], m[1]) {
			refused = append(refused, m)
		} else {
			u.join(m[0], m[1])
		}
	}
	return u.sets(), refused
}

// withMerges connects the sets that a merge reaches across.
func (g *grouping) withMerges(parts [][]int32) [][]int32 {
	if len(g.merges) == 0 {
		return parts
	}
	u := g.unionOf(parts)
	for _, m := range g.merges {
		u.join(m[0], m[1])
	}
	return u.sets()
}

func (g *grouping) unionOf(parts [][]int32) union {
	u := newUnion(len(g.as))
	for _, p := range parts {
		for _, i := range p[1:] {
			u.join(p[0], i)
		}
	}
	return u
}

// grouped groups every connected component on its own and puts all parts in the order of their least keys.
func (g *grouping) grouped() [][]int32 {
	var out [][]int32
	for _, c := range g.components() {
		out = append(out, g.agree(c)...)
		for _, i := range c.members {
			g.ps.forget(i)
		}
	}
	slices.SortFunc(out, func(a, b []int32) int { return cmp.Compare(a[0], b[0]) })
	return out
}

// union is a union-find forest whose roots are the least members.
type union []int32

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = int32(i)
	}
	return u
}

func (u union) root(i int32) int32 {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u union) join(a, b int32) {
	a, b = u.root(a), u.root(b)
	if a != b {
		u[max(a, b)] = min(a, b)
	}
}

// sets are the members of each tree, ascending, in the order of their least.
func (u union) sets() [][]int32 {
	at := map[int32]int{}
	var out [][]int32
	for i := range u {
		r := u.root(int32(i))
		k, ok := at[r]
		if !ok {
			k = len(out)
			at[r] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], int32(i))
	}
	return out
}
