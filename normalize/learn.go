package normalize

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"wirefold/internal/news"
)

// NumSignals is how many signals a pair has; those before NumPairSignals come from the two articles alone. NumJoinSignals is how many a join of two
// stories has.
const (
	NumSignals     = int(numSignals)
	NumPairSignals = int(firstSetSignal)
	NumJoinSignals = int(numJoin)
)

// SignalNames are the names of the signals, by index.
func SignalNames() []string { return slices.Clone(signalNames[:]) }

// JoinNames are the names of the signals of a join, by index.
func JoinNames() []string { return joinNames() }

// WithTerms is the model with other kinds and rarities (as in WriteTerms) for some words of its term table, all of which are in it; a word of kind 0 is no longer.
func (m *Model) WithTerms(hashes []uint32, idf, kinds []uint8) *Model {
	out := *m
	out.terms = m.terms.with(hashes, idf, kinds)
	return &out
}

// Version is the version of marks and model files that this program makes and reads.
const Version = sketchVersion

// Word is a word of an article as the term table counts it.
type Word struct {
	Hash uint32
	// Upper says that it was written with a capital where it need not be; Known that its case says something.
	Upper, Known bool
}

// Words are the distinct words of an article that the term table is made of.
func Words(a *news.Article) []Word {
	ws := readWords(nil, a.Title, inTitle, leadWords)
	calm(ws)
	ws = readWords(ws, a.Text, inBody, maxWords)
	var out []Word
	for i := range ws {
		if fold, n := identifier(ws, i); n > 0 {
			out = append(out, Word{hash32(1, fold), true, true})
		}
		switch w := &ws[i]; {
		case w.script == arabic || len(w.fold) < 2:
		case w.digit && mixed(w.fold):
			out = append(out, Word{hash32(1, w.fold), true, true})
		case !w.digit:
			out = append(out, Word{hash32(1, stemOf(w.fold)), w.upper && !w.first, !w.first})
		}
	}
	return out
}

// mixed says whether a word with a digit has letters too, like A350 and 5G.
func mixed(fold string) bool {
	return strings.IndexFunc(fold, func(r rune) bool { return r > '9' }) >= 0
}

// Bench is a set of articles on the trainer's table: its candidate pairs, their signals, and grouping by scores that
// come from elsewhere.
type Bench struct {
	Pairs      [][2]int32 // candidates, as indexes into the articles
	ms         []news.Marked
	ps         *preparedCache
	alone      []float32 // the signals of all pairs alone, pair by pair: they are asked for many times
	g          *grouping // of Weigh
	components []component
}

// NewBench finds the candidates of marked articles, which must be in the order of their keys.
func (m *Model) NewBench(ms []news.Marked) *Bench {
	return &Bench{Pairs: m.Candidates(ms), ms: ms, ps: newPrepared(ms)}
}

// PairSignals are the signals of the k-th pair alone. They are not the caller's to change.
func (b *Bench) PairSignals(k int) []float32 {
	if b.alone == nil {
		b.alone = make([]float32, len(b.Pairs)*NumPairSignals)
		var x signals
		for k, p := range b.Pairs {
			compare(&x, b.ps.get(p[0]), b.ps.get(p[1]))
			copy(b.alone[k*NumPairSignals:], x[:NumPairSignals])
		}
	}
	return b.alone[k*NumPairSignals:][:NumPairSignals:NumPairSignals]
}

// NoEdge is the score of a pair that makes no edge.
var NoEdge = math.Inf(-1)

// SetSignals calls f with the index and all signals of every pair that has another score than NoEdge and that no cut removes.
func (b *Bench) SetSignals(scores []float64, f func(k int, x *[NumSignals]float32)) {
	g := b.grouping(scores)
	at := b.index()
	g.judge = func(p, q int32, x *signals) float64 {
		f(at[[2]int32{p, q}], (*[NumSignals]float32)(x))
		return 0
	}
	for _, c := range g.components() {
		if len(c.members) > 1 {
			g.score(c, func(edge, *signals) {})
		}
	}
}

// Weigh keeps the scores of pairs alone, which make the edges, and the final scores: what Join joins by.
func (b *Bench) Weigh(scores []float64, final []float64, silence float64) {
	b.g = b.grouping(scores)
	b.g.silence, b.g.known = silence, map[int32][]weighed{}
	at := b.index()
	b.g.judge = func(p, q int32, _ *signals) float64 { return final[at[[2]int32{p, q}]] }
	b.components = b.g.components()
}

// Join groups. The score of a join of two stories, which must exceed the threshold, is what decide makes of its signals and of the articles of
// both; a join that allow refuses is not made. A nil allow allows all.
func (b *Bench) Join(threshold float64, decide func(x *[NumJoinSignals]float32, p, q []int32) float64, allow func(x *[NumJoinSignals]float32, p, q []int32) bool) [][]int32 {
	b.g.least = threshold
	var out [][]int32
	for _, c := range b.components {
		articles := func(positions []int32) []int32 {
			is := make([]int32, len(positions))
			for k, p := range positions {
				is[k] = c.members[p]
			}
			return is
		}
		b.g.decide = func(x *joinSignals, p, q []int32) float64 {
			return decide((*[NumJoinSignals]float32)(x), articles(p), articles(q))
		}
		if allow != nil {
			b.g.allow = func(x *joinSignals, p, q []int32) bool {
				return allow((*[NumJoinSignals]float32)(x), articles(p), articles(q))
			}
		}
		out = append(out, b.g.agree(c)...)
	}
	b.g.allow = nil
	return out
}

func (b *Bench) index() map[[2]int32]int {
	at := make(map[[2]int32]int, len(b.Pairs))
	for k, p := range b.Pairs {
		at[p] = k
	}
	return at
}

func (b *Bench) grouping(scores []float64) *grouping {
	g := &grouping{as: b.ms, ps: b.ps}
	for k, p := range b.Pairs {
		if scores[k] != NoEdge {
			g.edges = append(g.edges, edge{p[0], p[1], scores[k]})
		}
	}
	return g
}

// SortArticles puts articles in the order of their keys and returns the order.
func SortArticles(as []news.Article) []int {
	order := make([]int, len(as))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(as[a].Key, as[b].Key) })
	return order
}

// ScantPair says whether ModelFile.Scant judges a pair with the given signals.
func ScantPair(x []float32) bool { return scantPair(x) }

// ScantJoin says whether ModelFile.Scant judges a join with the given signals.
func ScantJoin(x []float32) bool { return scantJoin(x) }

// JoinScore is the score of a join with the given signals.
func (f *Forest) JoinScore(x *[NumJoinSignals]float32) float64 {
	without, scale := JoinParts(x[:])
	return without + scale*f.score(x[:])
}

// JoinParts are the parts of the score of a join with the given signals beside its forest: what it is without, and how much the forest counts.
func JoinParts(x []float32) (without, scale float64) {
	agreement, bare, scale := joinParts(x)
	return agreement + bare, scale
}

// Score is the score of a pair with the given signals.
func (f *Forest) Score(x []float32) float64 { return f.score(x) }

// SignalWays says of each signal whether more of it can only speak for one event (+1), only against (-1), or either (0).
// The trainer keeps to it: a model that learned otherwise has learned its data by heart.
func SignalWays() []int {
	ways := make([]int, numSignals)
	for i := range ways {
		switch i {
		case sigShorter, sigLonger, sigLanguage, sigStrange, sigStrangeMost, sigNeighbours, sigNeighboursMax, sigSetSize:
		case sigNamesMissing, sigNamesMissingMost, sigTitleNamesMissing, sigTitleNamesMissingMost, sigLocalMissingMost, sigNumbersClash, sigGap, sigStatedDays, sigEventDays, sigOrdinalsClash, sigYearsApart, sigLocalMissing, sigLandsMissingMost, sigLocalLandsMissing, sigLocalLandsMissingMost:
			ways[i] = -1
		default:
			ways[i] = 1
		}
	}
	return ways
}

// JoinWays is SignalWays of the signals of a join.
func JoinWays() []int {
	ways := make([]int, numJoin)
	for _, i := range [...]int{joinAgreement, joinLinked, joinEdges, joinBest, joinWorst, joinValley} {
		ways[i] = 1
	}
	ways[joinGap] = -1
	of := SignalWays()
	for i, s := range meanOf {
		ways[firstMean+i] = of[s]
	}
	return ways
}
