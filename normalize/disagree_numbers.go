package normalize

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wirefold/internal/news"
)

// bound is how a text qualifies a number.
type bound uint8

const (
	boundExact bound = iota
	boundAbout
	boundLeast // at least, more than: the truth may be higher
	boundMost  // up to, nearly: it may be lower
)

// claim is a number with what it counts, told apart far enough to be compared between tellings.
type claim struct {
	key    string // "deaths", "magnitude", "barrels per day", "USD" …
	value  float64
	bound  bound
	stems  []string // content words around it
	growth bool     // it grows with time
	plus   float64  // what a text adds to it: 75 million plus 10 million
	whom   string   // of a toll: who, when the text does not just say people
	verb   string   // the stem of the word before it: signed five, killed two
	step   float64  // the worth of its last printed digit: 0.1 million in 2.3 million
	shown  string   // how it is printed, when not as a number: "5-4", "3rd"
}

// agrees says whether two claims can both be true.
func (c claim) agrees(d claim) bool {
	if c.value == d.value || c.plus != 0 && c.value+c.plus == d.value+d.plus || c.value+c.plus == d.value || c.value == d.value+d.plus {
		return true
	}
	lo, hi := c.value, d.value
	low, high := c, d
	if lo > hi {
		lo, hi, low, high = hi, lo, high, low
	}
	// Rounding: 1,411 and 1,400, 2.25 and 2.3 trillion; an 80 and an 82.5 million that are both flat do not round to each other.
	slack := max(c.step, d.step)
	if hi-lo < slack && min(c.step, d.step) < slack {
		return true
	}
	if (c.bound != boundExact || d.bound != boundExact) && hi-lo <= max(rounding(lo), rounding(hi)) {
		return true
	}
	if low.bound == boundLeast && hi <= lo*1.3 {
		return true
	}
	return high.bound == boundMost && lo >= hi*0.9
}

// rounding is the worth of the last digit of a number that is not zero.
func rounding(v float64) float64 {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if strings.IndexByte(s, '.') >= 0 {
		return math.Pow10(-(len(s) - 1 - strings.IndexByte(s, '.')))
	}
	z := len(s) - len(strings.TrimRight(s, "0"))
	return math.Pow10(z)
}

// numberDisagreements compares, kind by kind, the first number that each telling gives.
func numberDisagreements(ws []*witness) []news.Disagreement {
	var keys []string
	for _, w := range ws {
		for _, c := range w.counts {
			if !slices.Contains(keys, c.key) {
				keys = append(keys, c.key)
			}
		}
	}
	slices.Sort(keys)
	var out []news.Disagreement
	for _, k := range keys {
		d, ok := compareClaims(ws, k)
		if code, worth := strings.CutPrefix(k, worthIn); worth && slices.ContainsFunc(out, func(o news.Disagreement) bool { return o.About == aboutNumber(code) }) {
			ok = false // the only amount is what it is worth
		}
		if ok {
			out = append(out, d)
		}
	}
	return out
}

func compareClaims(ws []*witness, key string) (news.Disagreement, bool) {
	first := make(map[*witness]claim)
	for _, w := range ws {
		for _, c := range w.counts {
			if c.key == key {
				first[w] = c
				break
			}
		}
	}
	var say []*witness
	for i, w := range ws {
		c, ok := first[w]
		if !ok {
			continue
		}
		for j, v := range ws {
			d, ok := first[v]
			if ok && i != j && w.report != v.report && contradictClaims(key, w, v, c, d) {
				say = append(say, w)
				break
			}
		}
	}
	if len(say) < 2 {
		return news.Disagreement{}, false
	}
	// Who agrees with one of them stands beside it.
	for _, w := range ws {
		if c, ok := first[w]; ok && !slices.Contains(say, w) {
			for _, v := range say {
				if first[v].value == c.value {
					say = append(say, w)
					break
				}
			}
		}
	}
	slices.SortStableFunc(say, func(a, b *witness) int { return slices.Index(ws, a) - slices.Index(ws, b) })
	d := news.Disagreement{Kind: "number", About: aboutNumber(key), Sides: sides(say, func(w *witness) string { return printClaim(first[w], say, first) })}
	// A toll grows, and so does what is counted as "at least so many" for now.
	grows := first[say[0]].growth || strings.HasPrefix(key, "n:") && slices.ContainsFunc(say, func(w *witness) bool { return first[w].bound == boundLeast })
	d.Update = grows && growing(say, first)
	return d, len(d.Sides) > 1
}

func contradictClaims(key string, w, v *witness, c, d claim) bool {
	if c.agrees(d) {
		return false
	}
	// Neither may give the other's number for something else.
	for _, x := range w.counts {
		if x.key == key && x.value == d.value {
			return false
		}
	}
	for _, x := range v.counts {
		if x.key == key && x.value == c.value {
			return false
		}
	}
	if oneValued(key) {
		return soleAmount(w, key) && soleAmount(v, key) && contradictSingles(c, d) && !(strings.HasPrefix(key, worthIn) && (headlineOnly(w) || headlineOnly(v)))
	}
	lo, hi := min(c.value, d.value), max(c.value, d.value)
	switch key {
	case "magnitude", "depth in kilometres":
		return true
	case "category", "winds in mph", "winds in kph":
		return cameAshore(w) && cameAshore(v) // a storm's strength changes by the hour
	case "result":
		return soleAmount(w, key) && soleAmount(v, key)
	case "deaths", "injured", "missing", "evacuated", "arrested":
		// Of two tolls one of which has no time, one may only be the older.
		return orderKnown(w, v) && hi <= maxTollRatio*lo && sameVictims(c, d)
	}
	if strings.HasPrefix(key, "wickets at ") || strings.HasPrefix(key, addOnsTo) {
		return true
	}
	if strings.HasPrefix(key, whichOf) && (namesOrdinal(w, d.value) || namesOrdinal(v, c.value)) {
		return false
	}
	// The one large amount that each of them names is the same thing's. What else it would name, a headline does not say.
	if hi > maxClaimRatio*lo || !soleAmount(w, key) || !soleAmount(v, key) || !strings.HasPrefix(key, whichOf) && (headlineOnly(w) || headlineOnly(v)) {
		return false
	}
	need := 4
	switch {
	case len(key) == 3:
		return lo >= 1e6 && hi <= maxMoneyRatio*lo
	case key == "barrels per day":
		need = 0
	case strings.HasSuffix(key, ofTheYear):
		need = 0 // in any language
	case strings.HasPrefix(key, whichOf):
		need = 1
	case vagueUnits[key], sources(key):
		return false
	}
	if c.verb != "" && c.verb == d.verb {
		need = min(need, 1) // they signed five here, and eight there
	}
	n := 0
	for _, s := range c.stems {
		if slices.Contains(d.stems, s) {
			n++
		}
	}
	return n >= need
}

// orderKnown says whether it is known which of two tellings is the older.
func orderKnown(w, v *witness) bool {
	a, b := toldAt(w.a), toldAt(v.a)
	return !a.IsZero() && !b.IsZero() && !a.Equal(b)
}

// A text of so many words says more than its headline, and a "headline" of so many is a text.
const (
	minTextWords     = 7
	maxHeadlineWords = 17
)

// headlineOnly says whether a telling has no text beside its title.
func headlineOnly(w *witness) bool {
	text := strings.TrimSpace(w.a.Text)
	return (text == w.a.Title || len(strings.Fields(cutBytes(text, 40*minTextWords))) < minTextWords) &&
		len(strings.Fields(cutBytes(w.a.Title, 40*maxHeadlineWords))) <= maxHeadlineWords
}

// Numbers that lie further apart count different things: the wounded of one street and of the whole city.
const (
	maxTollRatio  = 5
	maxClaimRatio = 2.5
	maxMoneyRatio = 1.7
)

// vagueUnits count so many things in one report that two of them are seldom the same.
var vagueUnits = map[string]bool{"years": true, "days": true, "hours": true, "minutes": true, "weeks": true, "months": true, "decades": true, "seconds": true, "points": true,
	"miles": true, "kilometres": true, "metres": true, "feet": true, "degrees": true, "percent": true, "n:cents": true, "kph": true, "mph": true, "n:times": true, "n:games": true, "n:people": true, "n:men": true,
	"n:women": true, "n:children": true, "n:things": true, "n:others": true, "n:seasons": true, "n:sides": true, "n:countries": true, "n:rounds": true, "goals": true, "n:yards": true, "tonnes": true}

// soleAmount says whether a telling names one value only of a kind.
func soleAmount(w *witness, key string) bool {
	value := 0.0
	for _, c := range w.counts {
		if c.key == key {
			if value != 0 && c.value != value {
				return false
			}
			value = c.value
		}
	}
	return true
}

// sources says whether a key counts those who spoke: "four officials familiar with the matter".
func sources(key string) bool {
	for _, s := range [...]string{"officials", "sources", "analysts", "experts", "diplomats", "aides", "economists", "witnesses"} {
		if strings.HasSuffix(key, s) {
			return true
		}
	}
	return false
}

// cameAshore says whether a telling is of a storm's landfall.
func cameAshore(w *witness) bool {
	for _, s := range [...]string{"landfall", "ashore", "hit", "hits", "slammed", "struck", "crossed", "strikes", "slams"} {
		if w.words[s] {
			return true
		}
	}
	return false
}

func aboutNumber(key string) string {
	if n, ok := strings.CutPrefix(key, whichOf); ok {
		return "which " + n
	}
	key = strings.TrimPrefix(key, "n:")
	for _, of := range [...]string{howOld, whenScored} {
		if name, ok := strings.CutPrefix(key, of); ok {
			return of + titleCase(name)
		}
	}
	switch key {
	case "USD", "EUR", "GBP", "PKR", "INR":
		return "amount in " + key
	}
	return key
}

// printClaim is a number as its tellings qualify it; where one of them states it flatly, it is flat.
func printClaim(c claim, say []*witness, first map[*witness]claim) string {
	if c.shown != "" {
		return c.shown
	}
	s := groupDigits(c.value)
	for _, w := range say {
		if d := first[w]; d.value == c.value && d.bound == boundExact {
			return s
		}
	}
	switch c.bound {
	case boundAbout:
		return "about " + s
	case boundLeast:
		return "more than " + s
	}
	return s
}

// groupDigits prints a number with a comma before each group of three digits, large round ones in words.
func groupDigits(v float64) string {
	for _, scale := range [...]struct {
		worth float64
		name  string
	}{{1e12, " trillion"}, {1e9, " billion"}, {1e6, " million"}} {
		if v >= scale.worth && v*1000/scale.worth == math.Trunc(v*1000/scale.worth) {
			return strconv.FormatFloat(v/scale.worth, 'f', -1, 64) + scale.name
		}
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	whole, frac, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if frac != "" {
		return whole + "." + frac
	}
	return whole
}

// growing says whether the tellings, oldest first, never fall back, and rise: a toll that rises.
func growing(say []*witness, first map[*witness]claim) bool {
	by := slices.Clone(say)
	slices.SortStableFunc(by, func(a, b *witness) int { return toldAt(a.a).Compare(toldAt(b.a)) })
	rose := false
	for i := 1; i < len(by); i++ {
		before, now := first[by[i-1]].value, first[by[i]].value
		if toldAt(by[i-1].a).Equal(toldAt(by[i].a)) && now != before || now < before {
			return false
		}
		rose = rose || now > before
	}
	return rose
}

// titleCase gives the words of a folded name their capitals.
func titleCase(name string) string {
	ws := strings.Fields(name)
	for i, w := range ws {
		r, n := utf8.DecodeRuneInString(w)
		ws[i] = string(unicode.ToUpper(r)) + w[n:]
	}
	return strings.Join(ws, " ")
}
