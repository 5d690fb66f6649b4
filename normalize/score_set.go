package normalize

import (
	"cmp"
	"math/bits"
	"slices"
)

// A setting is a neighbourhood prepared for scoring: the articles, the edges between them with the scores of the pairs
// alone, and how common each term is among each article's own neighbours. Articles are in the order of their keys, so
// that an index stands for a key wherever a tie must be broken.
type setting struct {
	as                     []*prepared
	edges                  []edge
	matches                []match                     // the terms that the ends of each edge share, edge by edge
	upTo                   []int32                     // where those of each edge end
	of                     [][]int32                   // the edges of each article, the best first, ties by the other's index
	thirds                 []float32                   // for each edge, the support of a third article
	shared                 []float32                   // for each edge, how much the company of its ends is the same
	rows, textRows         []float32                   // for each edge, how alike its ends see the others, by score and by words
	pairCircle, textCircle [len(circleSizes)][]float32 // for each edge, how far apart the circles of its ends are, by score and by words
	local                  [][]uint8                   // for each term of each article: the power of two of how many near neighbours share it
	names                  [][]uint8                   // the same for names
	lands                  [][]uint8                   // the same for countries
	weigh                  [][]float32                 // for each term of each article: its rarity in this neighbourhood
	sums                   []setSums
	level                  []uint8 // the power of two of the number of near neighbours
}

type edge struct {
	a, b int32
	pair float64 // score of the pair alone
}

func (e *edge) other(i int32) int32 { return e.a ^ e.b ^ i }

// maxNear bounds the neighbours that an article's surroundings are counted from: its closest ones. It bounds the work
// where everything resembles everything.
const maxNear = 64

// companyShift makes a pair of a middling score count as company too.
const companyShift = 1.5

// noScore stands for a neighbour that is not there.
const noScore = -12

func newSetting(as []*prepared, edges []edge) *setting {
	n := len(as)
	t := &setting{as: as, edges: edges, upTo: make([]int32, len(edges)), of: make([][]int32, n), local: make([][]uint8, n), names: make([][]uint8, n), lands: make([][]uint8, n), level: make([]uint8, n)}
	var c crossing
	for k := range edges {
		t.matches = append(t.matches, c.shared(as[edges[k].a], as[edges[k].b])...)
		t.upTo[k] = int32(len(t.matches))
		t.of[edges[k].a] = append(t.of[edges[k].a], int32(k))
		t.of[edges[k].b] = append(t.of[edges[k].b], int32(k))
	}
	for i := range t.of {
		slices.SortFunc(t.of[i], func(k, l int32) int {
			if c := cmp.Compare(edges[l].pair, edges[k].pair); c != 0 {
				return c
			}
			return cmp.Compare(edges[k].other(int32(i)), edges[l].other(int32(i)))
		})
	}
	t.rarities()
	t.count()
	t.support()
	t.alike()
	return t
}

// common are the terms that the ends of an edge share.
func (t *setting) common(k int32) []match {
	from := int32(0)
	if k > 0 {
		from = t.upTo[k-1]
	}
	return t.matches[from:t.upTo[k]]
}

// near are the edges to the closest neighbours of i.
func (t *setting) near(i int32) []int32 { return t.of[i][:min(len(t.of[i]), maxNear)] }

// count notes how common every term and name of an article is among its near neighbours.
func (t *setting) count() {
	counts := make([]uint16, maxTerms)
	nameCounts := make([]uint16, maxNames)
	for i, a := range t.as {
		near := t.near(int32(i))
		t.level[i] = uint8(bits.Len(uint(len(near))))
		clear(counts)
		clear(nameCounts)
		for _, k := range near {
			b := t.as[t.edges[k].other(int32(i))]
			if t.edges[k].a == int32(i) {
				for _, m := range t.common(k) {
					counts[m.a]++
				}
			} else {
				for _, m := range t.common(k) {
					counts[m.b]++
				}
			}
			countNames(nameCounts, a.names, b.names)
		}
		t.local[i] = make([]uint8, len(a.terms))
		for j := range t.local[i] {
			t.local[i][j] = uint8(bits.Len16(counts[j]))
		}
		t.lands[i] = make([]uint8, len(a.lands))
		for j := range a.lands {
			n := uint16(0)
			for _, k := range near {
				b := t.as[t.edges[k].other(int32(i))].lands
				if _, ok := slices.BinarySearchFunc(b, a.lands[j].country, func(l land, c placeCode) int { return cmp.Compare(l.country, c) }); ok {
					n++
				}
			}
			t.lands[i][j] = uint8(bits.Len16(n))
		}
		t.names[i] = make([]uint8, len(a.names))
		for j := range t.names[i] {
			t.names[i][j] = uint8(bits.Len16(nameCounts[j]))
		}
	}
}

// support finds for every edge the third article that is closest to both ends: the weaker of its two scores counts.
func (t *setting) support() {
	t.thirds, t.shared = make([]float32, len(t.edges)), make([]float32, len(t.edges))
	likely := make([]float32, len(t.edges))
	for k := range t.edges {
		likely[k] = float32(sigmoid(t.edges[k].pair + companyShift))
	}
	total := make([]float32, len(t.as))
	for a := range t.as {
		for _, k := range t.near(int32(a)) {
			total[a] += likely[k]
		}
	}
	for k := range t.thirds {
		t.thirds[k] = noScore
	}
	to := make([]float32, len(t.as))
	toLikely := make([]float32, len(t.as))
	for i := range to {
		to[i] = noScore
	}
	for a := range t.as {
		near := t.near(int32(a))
		for _, k := range near {
			to[t.edges[k].other(int32(a))] = float32(t.edges[k].pair)
			toLikely[t.edges[k].other(int32(a))] = likely[k]
		}
		for _, k := range t.of[a] {
			b := t.edges[k].other(int32(a))
			if int(b) < a {
				continue
			}
			both := 2 * likely[k]
			for _, l := range t.near(b) {
				both += 2 * min(likely[l], toLikely[t.edges[l].other(b)])
				if s := float32(t.edges[l].pair); s > t.thirds[k] {
					t.thirds[k] = max(t.thirds[k], min(s, to[t.edges[l].other(b)]))
				}
			}
			t.shared[k] = both / max(total[a]+total[b], 1e-6)
		}
		for _, k := range near {
			to[t.edges[k].other(int32(a))], toLikely[t.edges[k].other(int32(a))] = noScore, 0
		}
	}
}

func countNames(counts []uint16, a, b []nameMark) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].hash < b[j].hash:
			i++
		case a[i].hash > b[j].hash:
			j++
		default:
			counts[i]++
			i++
			j++
		}
	}
}

// standing is how much a term stands out among level neighbours when the power of two of those that share it is c: 1
// when only this pair shares it, 0 when all do.
func standing(c, level uint8) float32 {
	if level <= 1 || c <= 1 {
		return 1
	}
	return float32(level+1-c) / float32(level)
}

// place fills the signals that the k-th edge has from its neighbourhood.
func (t *setting) place(x *signals, k int, shared []match) {
	e := &t.edges[k]
	a, b := t.as[e.a], t.as[e.b]
	x[sigPairScore] = float32(e.pair)
	ra, rb := e.pair-t.rival(e.a, k), e.pair-t.rival(e.b, k)
	x[sigRankBest], x[sigRankWorst] = float32(max(ra, rb)), float32(min(ra, rb))
	x[sigThird], x[sigCompany] = t.thirds[k], t.shared[k]
	x[sigRows], x[sigTextRows] = t.rows[k], t.textRows[k]
	x[sigCircle], x[sigCircleWide] = t.pairCircle[0][k], t.pairCircle[1][k]
	x[sigTextCircle], x[sigTextCircleWide] = t.textCircle[0][k], t.textCircle[1][k]
	t.contrast(x, e, a, b, shared)
	t.weighed(x, e, shared)
	na, nb := float32(len(t.of[e.a])), float32(len(t.of[e.b]))
	x[sigNeighbours], x[sigNeighboursMax] = log2(min(na, nb)+1), log2(max(na, nb)+1)
}

// rival is the score of i's nearest neighbour by another edge than k.
func (t *setting) rival(i int32, k int) float64 {
	for _, l := range t.of[i] {
		if int(l) != k {
			return t.edges[l].pair
		}
	}
	return noScore
}

// contrast compares the words and names that stand out among the neighbours of each: the counterpart rather than the
// person in every story.
func (t *setting) contrast(x *signals, e *edge, a, b *prepared, shared []match) {
	la, lb := t.local[e.a], t.local[e.b]
	va, vb := t.level[e.a], t.level[e.b]
	var dot, na, nb, top float32
	for i, p := range a.terms {
		if p.flags&leadFlags != 0 {
			w := standing(la[i], va) * float32(p.idf) / idfStep
			na += w * w
		}
	}
	for j, q := range b.terms {
		if q.flags&leadFlags != 0 {
			w := standing(lb[j], vb) * float32(q.idf) / idfStep
			nb += w * w
		}
	}
	for _, m := range shared {
		p, q := &a.terms[m.a], &b.terms[m.b]
		if p.flags&leadFlags != 0 || q.flags&leadFlags != 0 {
			idf := float32(min(p.idf, q.idf)) / idfStep
			wa, wb := standing(la[m.a], va)*idf, standing(lb[m.b], vb)*idf
			dot += wa * wb
			top += max(0, min(wa, wb)-3)
		}
	}
	x[sigLocalCos] = ratio(dot, sqrt32(na)*sqrt32(nb))
	x[sigLocalCosTop] = top
	t.contrastNames(x, e, a, b)
	t.contrastLands(x, e, a, b)
}

// setSums are the summed squares of an article's weights in its neighbourhood, as square roots, and the summed weights
// of its lead.
type setSums struct{ text, lead, leadSum float32 }

// minSet is the size below which a neighbourhood says nothing of how rare a word is.
const minSet = 8

// rarities weighs every term by how few articles of the neighbourhood have it, in powers of two.
func (t *setting) rarities() {
	n := len(t.as)
	if n < minSet {
		return
	}
	df := map[uint32]uint16{}
	for _, a := range t.as {
		for _, x := range a.terms {
			df[x.hash]++
		}
	}
	t.weigh, t.sums = make([][]float32, n), make([]setSums, n)
	all := bits.Len(uint(n))
	for i, a := range t.as {
		t.weigh[i] = make([]float32, len(a.terms))
		s := &t.sums[i]
		for j, x := range a.terms {
			w := float32(all - bits.Len16(df[x.hash]))
			t.weigh[i][j] = w
			v := w * tfWeight[x.tf]
			s.text += v * v
			if x.flags&leadFlags != 0 {
				s.lead += w * w
				s.leadSum += w
			}
		}
		s.text, s.lead = sqrt32(s.text), sqrt32(s.lead)
	}
}

// weighed compares the words of two articles by their rarity in the neighbourhood.
func (t *setting) weighed(x *signals, e *edge, shared []match) {
	x[sigSetCos], x[sigSetLead], x[sigSetTitle] = unknown, unknown, unknown
	x[sigSetSize] = log2(float32(len(t.as)))
	if t.weigh == nil {
		return
	}
	a, b := t.as[e.a].terms, t.as[e.b].terms
	wa := t.weigh[e.a]
	var dot, lead, foundA, foundB float32
	for _, m := range shared {
		p, q, w := &a[m.a], &b[m.b], wa[m.a]
		dot += w * w * tfWeight[p.tf] * tfWeight[q.tf]
		inA, inB := p.flags&leadFlags != 0, q.flags&leadFlags != 0
		if inA && inB {
			lead += w * w
		}
		if inA {
			foundA += w
		}
		if inB {
			foundB += w
		}
	}
	sa, sb := &t.sums[e.a], &t.sums[e.b]
	x[sigSetCos] = ratio(dot, sa.text*sb.text)
	x[sigSetLead] = ratio(lead, sa.lead*sb.lead)
	x[sigSetTitle], _ = shares(foundA, sa.leadSum, foundB, sb.leadSum)
}
