package normalize

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"wirefold/internal/news"
)

// Bounds of the comparison of sentences: the opening of a telling, sentences that are long enough to be the same sentence by no
// accident, and work that a live blog's hundreds of near-copies cannot blow up.
const (
	maxClauses     = 8
	minClauseWords = 9
	maxClauseWords = 50
	minCommon      = 8 // words that two sentences must share, in order
	minContent     = 4 // of which so many are no function words
	maxGapWords    = 5 // a longer difference is another sentence
	maxAlignments  = 600
)

// clause is a sentence of a telling: the tokens that are words or numbers, and a sketch of them.
type clause struct {
	at   []int
	bits uint64
}

// gap is where two aligned sentences differ: words [a, aEnd) of one against [b, bEnd) of the other.
type gap struct{ a, aEnd, b, bEnd int }

// clausesOf are the first sentences of a telling, its title among them, that can be compared with another's.
func clausesOf(toks []tok) []clause {
	var out []clause
	var l clause
	begun := 0
	flush := func() {
		if len(l.at) >= minClauseWords && len(l.at) <= maxClauseWords {
			out = append(out, l)
		}
		l = clause{}
	}
	for i := range toks {
		t := &toks[i]
		if t.flags&(tokFirst|tokPara) != 0 {
			flush()
			if begun++; begun > 2*maxClauses || len(out) == maxClauses {
				return out
			}
		}
		if t.word() || t.digits() {
			l.at = append(l.at, i)
			l.bits |= 1 << (wordHash(t.low) % 64)
		}
	}
	flush()
	return out[:min(len(out), maxClauses)]
}

// wordHash is FNV-1a.
func wordHash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// wordingDisagreements finds sentences that two tellings have word for word, but for a word that excludes the other's: a brigade here, a
// division there. A copy that changes a word speaks for itself, so copies are compared, too.
func wordingDisagreements(ws []*witness, lex *lexicon, known []news.Disagreement) []news.Disagreement {
	clauses := make([][]clause, len(ws))
	for i, w := range ws {
		clauses[i] = clausesOf(w.toks)
	}
	var found []*quarrel
	budget := maxAlignments
	for i, w := range ws {
		for j := i + 1; j < len(ws); j++ {
			v := ws[j]
			for _, a := range clauses[i] {
				b, gaps := sameClause(w, v, a, clauses[j], &budget)
				for _, g := range gaps {
					x, ok := exclusive(w, v, a, b, g, lex)
					if ok && !toldAlready(known, x) {
						found = addQuarrel(found, w, v, x)
					}
				}
			}
		}
	}
	var out []news.Disagreement
	for _, q := range found {
		slices.Sort(q.values)
		out = append(out, news.Disagreement{Kind: q.kind, About: "In the same sentence: " + strings.Join(q.values, " or "), Update: q.update,
			Sides: sides(ws, func(w *witness) string { return q.shown[q.said[w]] })})
	}
	return out
}

// sameClause finds the sentence among clauses that is a but for a few words. None is found when one of them is a to the letter.
func sameClause(w, v *witness, a clause, clauses []clause, budget *int) (clause, []gap) {
	best, most := clause{}, 0
	var gaps []gap
	for _, b := range clauses {
		longer := max(len(a.at), len(b.at))
		if 5*min(len(a.at), len(b.at)) < 3*longer || 2*bits.OnesCount64(a.bits&b.bits) < bits.OnesCount64(a.bits|b.bits) || *budget <= 0 {
			continue
		}
		*budget--
		common, gs := align(w.toks, v.toks, a, b)
		if common == longer {
			return clause{}, nil
		}
		if common >= minCommon && 5*common >= 3*longer && common > most {
			best, most, gaps = b, common, gs
		}
	}
	return best, gaps
}

// align finds the longest run of words that two sentences share in order, and the gaps between.
func align(x, y []tok, a, b clause) (common int, gaps []gap) {
	var rows [maxClauseWords + 1][maxClauseWords + 1]uint8
	n, m := len(a.at), len(b.at)
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if x[a.at[i]].low == y[b.at[j]].low {
				rows[i][j] = rows[i+1][j+1] + 1
			} else {
				rows[i][j] = max(rows[i+1][j], rows[i][j+1])
			}
		}
	}
	content := 0
	g := gap{}
	for i, j := 0, 0; i <= n && j <= m; {
		same := i < n && j < m && x[a.at[i]].low == y[b.at[j]].low
		if same || i == n && j == m {
			if g.aEnd, g.bEnd = i, j; g.a < i || g.b < j {
				gaps = append(gaps, g)
			}
			if !same {
				break
			}
			if t := &x[a.at[i]]; !t.has(classFunction) {
				content++
			}
			i, j = i+1, j+1
			g = gap{a: i, b: j}
			continue
		}
		if j == m || i < n && rows[i+1][j] >= rows[i][j+1] {
			i++
		} else {
			j++
		}
	}
	if content < minContent {
		return 0, nil
	}
	return int(rows[0][0]), gaps
}

// opposed is one word of a sentence against another that cannot be true as well.
type opposed struct {
	kind, set string
	a, b      string // what tells them apart
	textA     string // how they are shown
	textB     string
	grown     bool // a number "at least" that rose with time
}

// exclusive says whether the words of a gap exclude each other.
func exclusive(w, v *witness, a, b clause, g gap, lex *lexicon) (opposed, bool) {
	if g.aEnd-g.a > maxGapWords || g.bEnd-g.b > maxGapWords {
		return opposed{}, false
	}
	as, bs := a.at[g.a:g.aEnd], b.at[g.b:g.bEnd]
	x := opposed{kind: "wording", textA: shownGap(w, a, g.a, g.aEnd), textB: shownGap(v, b, g.b, g.bEnd)}
	if laterStillDue(w, v, as, bs) || laterStillDue(v, w, bs, as) {
		x.set, x.a, x.b = "done or to be done", gapWords(w, as), gapWords(v, bs)
		return x, true
	}
	for _, s := range exclusiveWords {
		if x.a, x.b = soleMember(w, as, s.words), soleMember(v, bs, s.words); x.a != "" && x.b != "" && x.a != x.b {
			x.set = s.name
			if s.alone && (w.words[x.b] || v.words[x.a]) {
				return x, false
			}
			return x, true
		}
	}
	if len(as) == 0 || len(bs) == 0 {
		return x, false
	}
	if x.a, x.b = soleDay(w, as), soleDay(v, bs); x.a != "" && x.b != "" && x.a != x.b && !w.words[x.b] && !v.words[x.a] {
		x.set = "day"
		return x, true
	}
	if c, d, ok := otherNumbers(w, v, as, bs, lex); ok {
		x.kind, x.set, x.a, x.b = "number", "number", groupDigits(c.value), groupDigits(d.value)
		x.grown = (c.bound == boundLeast || d.bound == boundLeast) && orderKnown(w, v) && (c.value < d.value) == toldAt(w.a).Before(toldAt(v.a))
		return x, true
	}
	if p, q := placeOf(w, as, lex), placeOf(v, bs, lex); p.of != "" && q.of != "" && p.kind == q.kind && p.of != q.of &&
		(p.kind == placeCity || p.country != q.country) && !w.words[firstWordFold(q.of)] && !v.words[firstWordFold(p.of)] {
		x.kind, x.set, x.a, x.b = "place", "place", p.of, q.of
		return x, true
	}
	return x, false
}

// exclusiveWords are sets of words of which one excludes the others in the same sentence. Of an "alone" set neither telling may
// have the other's word anywhere.
var exclusiveWords = []struct {
	name  string
	alone bool
	words map[string]string
}{
	{"unit", false, members("brigade brigades|division divisions|battalion battalions|regiment regiments|corps|platoon platoons|squadron squadrons")},
	{"direction", true, members("north northern|south southern|east eastern|west western")},
	{"answer", true, members("accepted accepts accept|rejected rejects reject")},
	{"approval", true, members("approved approves approve|rejected rejects reject")},
	{"kin", true, members("brother|son|father|cousin|uncle|nephew|grandson|grandfather")},
	{"kin", true, members("sister|daughter|mother|niece|aunt|granddaughter|grandmother")},
	{"outcome", true, members("won wins|lost loses")},
	{"fate", true, members("alive|dead")},
	{"rank", true, members("first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth")},
}

func members(s string) map[string]string {
	out := make(map[string]string)
	for group := range strings.SplitSeq(s, "|") {
		ws := strings.Fields(group)
		for _, w := range ws {
			out[w] = ws[0]
		}
	}
	return out
}

// soleMember is the one word of a set that a gap has, "" when it has none or several.
func soleMember(w *witness, at []int, set map[string]string) string {
	found := ""
	for _, i := range at {
		if m, ok := set[w.toks[i].low]; ok {
			if found != "" && found != m {
				return ""
			}
			found = m
		}
	}
	return found
}

func soleDay(w *witness, at []int) string {
	if len(at) == 1 && w.toks[at[0]].has(classWeekday) && w.toks[at[0]].capital() {
		return w.toks[at[0]].low
	}
	return ""
}

// laterStillDue says whether v says to be done what w, not later, says has been done.
func laterStillDue(w, v *witness, done, due []int) bool {
	if gapWords(w, done) != "been" || gapWords(v, due) != "to be" {
		return false
	}
	return !toldAt(w.a).IsZero() && !toldAt(v.a).IsZero() && !toldAt(v.a).Before(toldAt(w.a))
}

func gapWords(w *witness, at []int) string {
	var ws []string
	for _, i := range at {
		ws = append(ws, w.toks[i].low)
	}
	return strings.Join(ws, " ")
}

// otherNumbers are the numbers of a gap that is one number against another, of the same money or kind. Tolls are compared elsewhere: they grow.
func otherNumbers(w, v *witness, as, bs []int, lex *lexicon) (c, d claim, ok bool) {
	c, ok = numberOf(w, as, lex)
	d, okD := numberOf(v, bs, lex)
	return c, d, ok && okD && c.key == d.key && !c.agrees(d) && !market(c.key)
}

// market says whether a unit is one that prices move in: two such numbers in one sentence are of two moments.
func market(unit string) bool {
	return unit == "percent" || unit == "points" || unit == "cents"
}

// numberOf reads a gap that is a number and nothing else; its key is the money, the unit, or the words that it counts. A part of a date, a number that is
// glued to something, and a number of those who spoke are none.
func numberOf(w *witness, at []int, lex *lexicon) (claim, bool) {
	i := at[0]
	t := &w.toks[i]
	if !t.digits() && !(t.word() && t.has(classNumber)) || strings.IndexByte(t.low, ':') >= 0 {
		return claim{}, false
	}
	value, next, _, ok := numberAt(w.toks, i, lex, commaLanguage(w.a.Lang))
	if !ok || next <= at[len(at)-1] || value < 2 || isClockOrScore(w.toks, i, next) || isDatePart(w.toks, i, next) {
		return claim{}, false
	}
	if r, _ := utf8.DecodeRuneInString(w.text[w.toks[next-1].end:]); r >= utf8.RuneSelf && !unicode.IsSpace(r) && !unicode.IsPunct(r) {
		return claim{}, false // 4½
	}
	if _, toll := tollAt(w.toks, i, next, lex); toll {
		return claim{}, false
	}
	for k := next; k < min(len(w.toks), next+maxUnitWords); k++ {
		if sources(w.toks[k].low) {
			return claim{}, false
		}
	}
	c := claim{key: currencyBefore(w.toks, i), value: value, step: lastDigit(w.toks, i, value), bound: boundAt(w.toks, i)}
	if c.key == "" {
		c.key, _, _ = unitAt(w.text, w.toks, next, value, lex)
	}
	if c.key == "" && next+1 < len(w.toks) {
		c.key = w.toks[next].low + " " + w.toks[next+1].low
	}
	return c, true
}

// placeOf is the place that a gap names and nothing else.
func placeOf(w *witness, at []int, lex *lexicon) place {
	if t := &w.toks[at[0]]; !t.has(classPlace) || !t.capital() {
		return place{}
	}
	p, n := lex.places.at(w.toks, at[0])
	if p == nil || n != len(at) {
		return place{}
	}
	return *p
}

// shownGap is a gap as printed, with a word before it and two behind.
func shownGap(w *witness, l clause, from, to int) string {
	from, to = max(from-1, 0), min(to+2, len(l.at))
	return collapseSpan(w.text[w.toks[l.at[from]].start:w.toks[l.at[to-1]].end])
}

// toldAlready says whether a number, a day or a place is shown from another comparison.
func toldAlready(known []news.Disagreement, x opposed) bool {
	for _, d := range known {
		if x.kind == d.Kind || x.set == "day" && d.Kind == "date" {
			return true
		}
	}
	return false
}

// quarrel is what several tellings have in the same place of the same sentence, each its own.
type quarrel struct {
	kind, set string
	values    []string
	shown     map[string]string   // value: as printed
	said      map[*witness]string // who: value
	update    bool
}

// addQuarrel adds two tellings' words to the quarrel that knows one of the two, or begins one.
func addQuarrel(qs []*quarrel, w, v *witness, x opposed) []*quarrel {
	i := slices.IndexFunc(qs, func(q *quarrel) bool {
		return q.set == x.set && (q.shown[x.a] != "" || q.shown[x.b] != "")
	})
	if i < 0 {
		i = len(qs)
		qs = append(qs, &quarrel{kind: x.kind, set: x.set, shown: make(map[string]string), said: make(map[*witness]string), update: true})
	}
	q := qs[i]
	q.update = q.update && x.grown
	for _, side := range [...]struct {
		w           *witness
		value, text string
	}{{w, x.a, x.textA}, {v, x.b, x.textB}} {
		if q.shown[side.value] == "" {
			q.shown[side.value] = side.text
			q.values = append(q.values, side.value)
		}
		if q.said[side.w] == "" {
			q.said[side.w] = side.value
		}
	}
	return qs
}
