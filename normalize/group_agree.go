package normalize

import (
	"cmp"
	"container/heap"
	"slices"
)

const (
	// maxSay bounds what one pair can say for or against two stories being one, so that no single pair decides alone.
	maxSay = 6
)

// agree parts one component into stories: it starts with every article alone and joins the two stories that are most surely one, by all of
// their pairs together, as long as that is surer than the threshold. A round-up agrees with one half of a story and not with the other,
// so it does not chain two.
func (g *grouping) agree(c component) [][]int32 {
	if len(c.members) == 1 {
		return [][]int32{c.members}
	}
	j := g.newJoining(c)
	for j.step() {
	}
	return j.stories()
}

// joining is the state of the agreement: stories under construction, each named by its least member's position.
type joining struct {
	members     []int32
	parts       [][]int32                                  // positions in members; nil once it was joined to another
	ties        []map[int32]*tie                           // what each story agrees with each other, by position
	size        []float64                                  // of each story, without copies
	voice       []float64                                  // of each story, without copies: the summed voices of its articles
	within      []tie                                      // what the pairs inside of each story say
	first, last []int32                                    // when the earliest and the latest article of each story were published
	around      [3]float32                                 // what the neighbourhood is like; see survey
	decide      func(x *joinSignals, a, b []int32) float64 // the score of a join, of which the positions of both stories are given
	allow       func(x *joinSignals, a, b []int32) bool    // asked before each join by the trainer; nil: all
	stamp       []int32                                    // counts the changes of a story, to know stale offers
	never       map[int32]map[int32]bool
	closed      []bool
	queue       offers
	least       float64
	silence     float64
}

// newJoining scores the edges of the component in their neighbourhood and joins what must be together.
func (g *grouping) newJoining(c component) *joining {
	n := len(c.members)
	at := make(map[int32]int32, n)
	for i, x := range c.members {
		at[x] = int32(i)
	}
	j := &joining{members: c.members, parts: make([][]int32, n), ties: make([]map[int32]*tie, n), stamp: make([]int32, n), size: make([]float64, n), voice: make([]float64, n), within: make([]tie, n), first: make([]int32, n), last: make([]int32, n), closed: make([]bool, n), never: map[int32]map[int32]bool{}, least: g.least, silence: g.silence, decide: g.decide, allow: g.allow}
	for i := range n {
		j.parts[i] = []int32{int32(i)}
		j.ties[i] = map[int32]*tie{}
		j.first[i], j.last[i] = noHour, noHour
		if p := g.ps.get(c.members[i]); p != nil {
			j.first[i], j.last[i] = p.hour, p.hour
			j.voice[i] = p.voice()
		}
		j.size[i] = 1
	}
	es := g.weigh(c)
	for i := range es {
		w := &es[i]
		w.tie.hear(j.voice[w.a] * j.voice[w.b])
		j.ties[w.a][w.b], j.ties[w.b][w.a] = &w.tie, &w.tie
	}
	for _, x := range g.copies {
		if i, ok := at[x]; ok {
			j.size[i], j.voice[i] = 0, 0
		}
	}
	j.survey()
	for _, p := range g.never {
		a, okA := at[p[0]]
		b, okB := at[p[1]]
		if okA && okB {
			j.part(a, b)
		}
	}
	for _, s := range g.closed {
		if i, ok := at[s[0]]; ok {
			j.closed[i] = true
		}
	}
	u := newUnion(n)
	for _, p := range g.must {
		a, okA := at[p[0]]
		b, okB := at[p[1]]
		if okA && okB {
			a, b = u.root(a), u.root(b)
			if a != b {
				u.join(a, b)
				j.join(min(a, b), max(a, b))
			}
		}
	}
	j.offerAll()
	return j
}

// score gives every edge of a component its score within the neighbourhood, with positions for indexes.
func (g *grouping) score(c component, f func(edge, *signals)) {
	t, _ := g.setting(c)
	var x signals
	var cross crossing
	for k, e := range t.edges {
		a, b := t.as[e.a], t.as[e.b]
		shared := t.common(int32(k))
		compareSharing(&x, a, b, shared, cross.sameText(a, b))
		t.place(&x, k, shared)
		say, _ := a.vector.says(&b.vector)
		f(edge{e.a, e.b, g.judge(c.members[e.a], c.members[e.b], &x) + say}, &x)
	}
}

// setting prepares a component for scoring; pos gives each member's position in it.
func (g *grouping) setting(c component) (t *setting, pos map[int32]int32) {
	pos = make(map[int32]int32, len(c.members))
	as := make([]*prepared, len(c.members))
	for i, x := range c.members {
		pos[x] = int32(i)
		if as[i] = g.ps.get(x); as[i] == nil {
			as[i] = prepare(&sketch{hour: noHour, event: noHour})
		}
	}
	es := make([]edge, len(c.edges))
	for k, e := range c.edges {
		es[k] = edge{pos[e.a], pos[e.b], e.pair}
	}
	slices.SortFunc(es, func(x, y edge) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), cmp.Compare(y.pair, x.pair))
	})
	es = slices.CompactFunc(es, func(x, y edge) bool { return x.a == y.a && x.b == y.b })
	return newSetting(as, es), pos
}

// weighed is an edge with what its pair says.
type weighed struct {
	a, b int32
	tie  tie
}

// weigh gives the edges of a component what their pairs say. They are the caller's to change.
func (g *grouping) weigh(c component) []weighed {
	if w, ok := g.known[c.members[0]]; ok {
		return slices.Clone(w)
	}
	out := make([]weighed, 0, len(c.edges))
	g.score(c, func(e edge, x *signals) {
		out = append(out, weighed{e.a, e.b, newTie(min(max(e.pair, -maxSay), maxSay), x)})
	})
	if g.known != nil {
		g.known[c.members[0]] = slices.Clone(out)
	}
	return out
}

func (j *joining) part(a, b int32) {
	for _, p := range [2][2]int32{{a, b}, {b, a}} {
		if j.never[p[0]] == nil {
			j.never[p[0]] = map[int32]bool{}
		}
		j.never[p[0]][p[1]] = true
	}
}

// offer is a possible joining of two stories.
type offer struct {
	score          float64
	a, b           int32
	stampA, stampB int32
}

// offers is a heap, the best first; ties by the least members, so that the order of work is a matter of the set alone.
type offers []offer

func (q offers) Len() int { return len(q) }
func (q offers) Less(i, k int) bool {
	x, y := &q[i], &q[k]
	if x.score != y.score {
		return x.score > y.score
	}
	if x.a != y.a {
		return x.a < y.a
	}
	return x.b < y.b
}
func (q offers) Swap(i, k int) { q[i], q[k] = q[k], q[i] }
func (q *offers) Push(x any)   { *q = append(*q, x.(offer)) }
func (q *offers) Pop() any {
	x := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return x
}

// agreement is what two stories say on average over all their pairs, weighed by how much each says.
func (j *joining) agreement(a, b int32, t *tie) float64 {
	silent := max(j.voice[a]*j.voice[b]-t.voice, 0)
	return (t.sum + silent*j.silence) / max(t.weight+silent, 1e-9)
}

// leastAgreement is the agreement below which no join is looked at, which saves most offers.
const leastAgreement = -1.5

func (j *joining) offer(a, b int32, t *tie) {
	if j.never[a][b] || j.closed[a] && j.closed[b] || j.agreement(a, b, t) < leastAgreement {
		return
	}
	var x joinSignals
	j.signals(&x, a, b, t)
	if s := j.decide(&x, j.parts[a], j.parts[b]); s > j.least {
		j.queue = append(j.queue, offer{s, min(a, b), max(a, b), j.stamp[min(a, b)], j.stamp[max(a, b)]})
	}
}

func (j *joining) offerAll() {
	j.queue = j.queue[:0]
	for a := range j.parts {
		if j.parts[a] == nil {
			continue
		}
		for b, t := range j.ties[a] {
			if int32(a) < b {
				j.offer(int32(a), b, t)
			}
		}
	}
	heap.Init(&j.queue)
}

// step joins the two stories that agree most; false when no two agree enough.
func (j *joining) step() bool {
	for len(j.queue) > 0 {
		o := heap.Pop(&j.queue).(offer)
		if j.parts[o.a] == nil || j.parts[o.b] == nil || j.stamp[o.a] != o.stampA || j.stamp[o.b] != o.stampB {
			continue
		}
		if j.allow != nil {
			var x joinSignals
			j.signals(&x, o.a, o.b, j.ties[o.a][o.b])
			if !j.allow(&x, j.parts[o.a], j.parts[o.b]) {
				continue
			}
		}
		j.join(o.a, o.b)
		for b, t := range j.ties[o.a] {
			n := len(j.queue)
			j.offer(o.a, b, t)
			if len(j.queue) > n {
				x := j.queue[n]
				j.queue = j.queue[:n]
				heap.Push(&j.queue, x)
			}
		}
		return true
	}
	return false
}

// join takes story b into story a.
func (j *joining) join(a, b int32) {
	t := j.ties[a][b]
	if t == nil {
		t = &tie{}
	}
	for c, t := range j.ties[b] {
		delete(j.ties[c], b)
		if c == a {
			continue
		}
		if s := j.ties[a][c]; s != nil {
			s.add(t)
			continue
		}
		j.ties[a][c] = t
		j.ties[c][a] = t
	}
	j.within[a].add(&j.within[b])
	j.within[a].add(t)
	if j.first[b] != noHour && (j.first[a] == noHour || j.first[b] < j.first[a]) {
		j.first[a] = j.first[b]
	}
	j.last[a] = max(j.last[a], j.last[b])
	delete(j.ties[a], b)
	for c := range j.never[b] {
		delete(j.never[c], b)
		j.part(a, c)
	}
	delete(j.never, b)
	j.parts[a] = append(j.parts[a], j.parts[b]...)
	j.parts[b], j.ties[b] = nil, nil
	j.size[a] += j.size[b]
	j.voice[a] += j.voice[b]
	j.closed[a] = j.closed[a] || j.closed[b]
	j.stamp[a]++
	j.stamp[b]++
}

// stories are the parts as indexes of the neighbourhood, ascending.
func (j *joining) stories() [][]int32 {
	var out [][]int32
	for _, p := range j.parts {
		if p == nil {
			continue
		}
		s := make([]int32, len(p))
		for i, x := range p {
			s[i] = j.members[x]
		}
		slices.Sort(s)
		out = append(out, s)
	}
	return out
}
