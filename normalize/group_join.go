package normalize

import (
	"math"
	"slices"
)

// Whether two stories under construction are one is a decision of its own, and part of it is learned (a forest of its own, as Miranda et al. 2018 learn
// "join or start" apart from the likeness of two texts). What one pair of articles says is noisy. What all pairs of two stories say on average is not,
// and of bare headlines it is nearly all there is; where the articles say more, what the pairs inside of each story say, and what is usual around them,
// says more as well.

// agreementWeight is what the agreement of all pairs counts beside the forest. With 1 the cross-validated table is a little worse.
const agreementWeight = 2

// aFew is how many articles the larger story has, as a power of two, up to which the forest counts by the root of what the articles say. Two meetings of
// which two headlines each say nearly the same stay two by what the forest sees; of a hundred headlines a mean says more.
const aFew = 3

// Bare headlines of one event resemble each other less than its texts do, and the mean of many is as sure where it is lower: each share of bareVoice that two
// stories, one of them of more than a few, do not reach is worth as much of bareBonus. Without it a day's headlines are grouped best at a threshold that is one
// lower than that of all texts.
const (
	bareBonus = 1.0
	bareVoice = 0.1 // two notes of twenty words have that; two headlines of eight have 0.04
)

// joinParts are the parts of a join's score beside its forest: what the agreement says, what is added to bare headlines, and how much the forest counts.
func joinParts(x []float32) (agreement, bare, scale float64) {
	scale = float64(x[joinVoice])
	if x[joinLarger] <= aFew {
		scale = math.Sqrt(scale)
	} else {
		bare = bareBonus * max(0, 1-scale/bareVoice)
	}
	return agreementWeight * float64(x[joinAgreement]), bare, scale
}

// joinReaches is the score of a join, and whether it is above least; it stops early when it cannot be.
func (m *Model) joinReaches(x *joinSignals, least float64) (float64, bool) {
	agreement, bare, scale := joinParts(x[:])
	s := agreement + bare
	if scale > 0 {
		add, ok := m.judgeOfJoin(x).join.reaches(x[:], (least-s)/scale)
		if !ok {
			return s, false
		}
		s += scale * add
	}
	return s, s > least
}

// The signals of a join, by index into joinNames. The looser story is the one that agrees less with itself.
const (
	joinAgreement = iota
	joinLinked
	joinEdges
	joinBest
	joinWorst
	joinValley
	joinInsideLess
	joinInsideMore
	joinSmaller
	joinLarger
	joinGap
	joinSpan
	joinComponent
	joinTexture
	joinDegree
	joinVoice
	firstMean

	numJoin = firstMean + numMeans
)

// joinedNames are what explain prints of the signals before firstMean.
var joinedNames = [firstMean]string{
	"agreement of all pairs", "share of pairs that were compared", "agreement of the compared pairs", "the pair that agrees most", "the pair that agrees least",
	"agreement against that inside of the closer story", "agreement inside of the looser story", "agreement inside of the closer story",
	"articles of the smaller story", "articles of the larger story", "time between the stories", "time that both span",
	"articles around", "nearest of the articles around, on average", "neighbours of the articles around, on average", "how much the articles say",
}

// meanOf are the signals of pairs that are averaged over the edges between two stories.
var meanOf = [...]int{
	sigPairScore, sigLeadInOther, sigLocalCos, sigLocalNames, sigNamesMissingMost, sigLocalMissing, sigLocalMissingMost, sigRows, sigCircle,
	sigCompany, sigStatedDays, sigOrdinalsClash, sigNumbersInOther, sigVenue, sigGap, sigShorter, sigLonger, sigLanguage, sigStrange, sigSharedRare,
	sigPlacesInOtherMin, sigLandsInOtherMin, sigLocalLandsMissingMost, sigMonths, sigWeekdays,
}

const numMeans = len(meanOf)

// joinStrange is the mean of how strange the less strange of two articles is.
var joinStrange = firstMean + slices.Index(meanOf[:], sigStrange)

// joinLength is the mean of the length of the longer of two articles.
var joinLength = firstMean + slices.Index(meanOf[:], sigLonger)

// onAverage begins the names of the signals from firstMean on.
const onAverage = "on average: "

// joinNames are the names of all signals of a join, by index.
func joinNames() []string {
	names := append(make([]string, 0, numJoin), joinedNames[:]...)
	for _, s := range meanOf {
		names = append(names, onAverage+signalNames[s])
	}
	return names
}

// joinSignals are the values of one join. Unknown is NaN.
type joinSignals [numJoin]float32

// tie sums what the scored pairs between two stories, or inside of one, say.
type tie struct {
	n           int32   // of the pairs
	sum         float64 // of what they say, weighed
	weight      float64 // the summed weights
	voice       float64 // summed: of each pair the product of the voices of both
	best, worst float64
	signals     [numMeans]float32 // summed where they are known
	known       [numMeans]int32
}

// newTie is the tie of one pair.
func newTie(say float64, x *signals) tie {
	t := tie{n: 1, sum: say, best: say, worst: say}
	for i, s := range meanOf {
		if v := x[s]; v == v {
			t.signals[i], t.known[i] = v, 1
		}
	}
	return t
}

// hear weighs what a pair says: for one event whole, against it by how much both articles say, which is the product of their voices.
func (t *tie) hear(voice float64) {
	t.voice, t.weight = voice, 1
	if t.sum < 0 {
		t.sum *= voice
		t.weight = voice
	}
}

func (t *tie) add(u *tie) {
	switch {
	case u.n == 0:
		return
	case t.n == 0:
		*t = *u
		return
	}
	t.n += u.n
	t.sum += u.sum
	t.voice += u.voice
	t.weight += u.weight
	t.best, t.worst = max(t.best, u.best), min(t.worst, u.worst)
	for i := range t.signals {
		t.signals[i] += u.signals[i]
		t.known[i] += u.known[i]
	}
}

func (t *tie) mean(i int) float32 {
	if t.known[i] == 0 {
		return unknown
	}
	return t.signals[i] / float32(t.known[i])
}

// inside is what the pairs of a story say of each other on average; a story of one article has no inside.
func (j *joining) inside(a int32) float32 {
	if len(j.parts[a]) < 2 {
		return unknown
	}
	t := &j.within[a]
	silent := max(j.voice[a]*j.voice[a]*(1-1/max(j.size[a], 1))/2-t.voice, 0) // as if all articles were equally loud
	return float32((t.sum + silent*j.silence) / max(t.weight+silent, 1e-9))
}

// signals fills what is known of joining a and b, which t ties.
func (j *joining) signals(x *joinSignals, a, b int32, t *tie) {
	agree := float32(j.agreement(a, b, t))
	x[joinAgreement] = agree
	x[joinLinked] = float32(t.n) / float32(len(j.parts[a])*len(j.parts[b]))
	x[joinEdges] = float32(t.sum / float64(max(t.n, 1)))
	x[joinBest], x[joinWorst] = float32(t.best), float32(t.worst)
	x[joinInsideLess], x[joinInsideMore] = ordered(j.inside(a), j.inside(b))
	x[joinValley] = unknown
	if len(j.parts[a]) > 1 && len(j.parts[b]) > 1 {
		x[joinValley] = agree - x[joinInsideMore]
	}
	x[joinSmaller], x[joinLarger] = ordered(log2(float32(len(j.parts[a]))), log2(float32(len(j.parts[b]))))
	x[joinGap], x[joinSpan] = unknown, unknown
	if j.first[a] != noHour && j.first[b] != noHour {
		x[joinGap] = float32(max(0, j.first[b]-j.last[a], j.first[a]-j.last[b]))
		x[joinSpan] = float32(max(j.last[a], j.last[b]) - min(j.first[a], j.first[b]))
	}
	x[joinComponent], x[joinTexture], x[joinDegree] = j.around[0], j.around[1], j.around[2]
	x[joinVoice] = float32(t.voice / float64(max(t.n, 1)))
	for i := range meanOf {
		x[firstMean+i] = t.mean(i)
	}
}

// ordered is the lesser and the greater of two values; the one that is known counts as both.
func ordered(a, b float32) (less, more float32) {
	switch {
	case a != a:
		return b, b
	case b != b:
		return a, a
	}
	return min(a, b), max(a, b)
}

// survey notes what the neighbourhood is like as a whole, before any join: the same agreement means less where everything resembles everything.
func (j *joining) survey() {
	n := float64(len(j.parts))
	var best, degree float64
	for i := range j.ties {
		most := math.Inf(-1)
		for _, t := range j.ties[i] {
			most = max(most, t.sum)
		}
		if len(j.ties[i]) > 0 {
			best += most
		}
		degree += float64(len(j.ties[i]))
	}
	j.around = [3]float32{log2(float32(n)), float32(best / n), log2(float32(degree/n + 1))}
}
