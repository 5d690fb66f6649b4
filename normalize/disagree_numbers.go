package normalize

import (
	"math"
	"slices"
	"strconv"
	"strings"

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
	at     int      // token
	growth bool     // it grows with time
	plus   float64  // what a text adds to it: 75 million plus 10 million
}

// maxClaimTokens is how far into a telling, its title included, a number may stand: behind it texts tell of other events.
const maxClaimTokens = 80

// readClaims finds the numbers of a telling that can be compared.
func readClaims(text string, toks []tok, lex *lexicon, commaDecimals bool) []claim {
	var out []claim
	for i := 0; i < len(toks) && i < maxClaimTokens; {
		t := &toks[i]
		if !t.digits() && !(t.word() && t.has(classNumber|classScale)) && t.low != "half" {
			i++
			continue
		}
		value, next, spelled, ok := numberAt(toks, i, lex, commaDecimals)
		if t.has(classScale) && !t.has(classNumber) {
			// "a hundred and fifty hurt"
			if i == 0 || toks[i-1].low != "a" {
				i++
				continue
			}
			value, next, spelled, ok = math.Pow10(int(t.val)), i+1, true, true
			if next+1 < len(toks) && toks[next].low == "and" && toks[next+1].has(classNumber) {
				value += float64(toks[next+1].val)
				next += 2
			}
		}
		_, score := cricketScore(toks, i, next)
		if !ok || spelled && value == 1 || isDatePart(toks, i, next) || isClockOrScore(toks, i, next) && !score {
			i = max(next, i+1)
			continue
		}
		if c, ok := claimAt(text, toks, i, next, value, lex); ok {
			c.bound = boundAt(toks, i)
			out = append(out, c)
		}
		i = max(next, i+1)
	}
	return out
}

func claimAt(text string, toks []tok, i, next int, value float64, lex *lexicon) (claim, bool) {
	c := claim{value: value, at: i}
	if wickets, ok := cricketScore(toks, i, next); ok {
		return claim{key: "wickets at " + groupDigits(value), value: wickets, at: i}, true
	}
	if k := tollAt(toks, i, next); k != "" {
		c.key, c.growth = k, true
		return c, value == math.Trunc(value) && !isYear(&toks[i], value) && value > 0
	}
	if isLabel(toks, i, next) && !categoryBefore(toks, i) {
		return c, false
	}
	if categoryBefore(toks, i) {
		c.key = "category"
		return c, true
	}
	if value >= 3 && value < 10 && (magnitudeBefore(toks, i) || quakeAfter(toks, next)) {
		c.key = "magnitude"
		return c, true
	}
	if code := currencyBefore(toks, i); code != "" {
		c.key = code
	} else {
		unit, end, noun := unitAt(text, toks, next, value, lex)
		switch {
		case unit == "" || isYear(&toks[i], value) && noun:
			return c, false
		case unit == "kilometres" && depthNear(toks, i, end):
			c.key = "depth in kilometres"
			return c, true
		case unit == "barrels per day" || unit == "barrels daily" || unit == "barrels":
			c.key = "barrels per day"
		default:
			c.key = unit
			if noun {
				// The head noun alone: "human smugglers and agents" and "smugglers" count the same.
				c.key = "n:" + unit
			}
		}
		next = end
	}
	c.plus = addedAmount(toks, next, lex)
	for k := max(0, i-8); k < min(len(toks), next+6); k++ {
		if t := &toks[k]; t.word() && len(t.low) > 3 && !t.has(classFunction|classStop|classNumber|classScale|classMeasure|classCurrency) {
			s := t.low[:min(5, len(t.low))]
			if !slices.Contains(c.stems, s) {
				c.stems = append(c.stems, s)
			}
		}
	}
	return c, true
}

// cricketScore reads the wickets behind a score of runs: 171-5, 171 for six.
func cricketScore(toks []tok, i, next int) (wickets float64, ok bool) {
	if next+1 >= len(toks) || !toks[i].digits() || next != i+1 || len(toks[i].low) < 2 || len(toks[i].low) > 3 {
		return 0, false
	}
	w := &toks[next+1]
	if !(toks[next].low == "for" || toks[next].mark("-") && toks[next].flags&tokGlued != 0 && len(toks[i].low) == 3) {
		return 0, false
	}
	if w.has(classNumber) && w.word() && w.val <= 10 && toks[next].low == "for" {
		return float64(w.val), !(next+2 < len(toks) && toks[next+2].word() && pluralNoun(&toks[next+2]))
	}
	if w.digits() && len(w.low) == 1 && w.flags&tokGlued != 0 {
		return float64(w.low[0] - '0'), true
	}
	return 0, false
}

// addedAmount reads what is added to an amount: "plus 10 million in add-ons".
func addedAmount(toks []tok, next int, lex *lexicon) float64 {
	for k := next; k < min(len(toks), next+3); k++ {
		if toks[k].low != "plus" || k+1 >= len(toks) {
			continue
		}
		j := k + 1
		if !toks[j].digits() && !toks[j].has(classNumber) && j+1 < len(toks) {
			j++
		}
		if toks[j].digits() || toks[j].has(classNumber) {
			if v, _, _, ok := numberAt(toks, j, lex, false); ok {
				return v
			}
		}
	}
	return 0
}

// tollAt says what kind of victims a number counts, by the verb or noun that stands nearest to it.
func tollAt(toks []tok, i, next int) string {
	for k := next; k < min(len(toks), next+5); k++ {
		t := &toks[k]
		if t.digits() || t.mark(".") || t.mark(",") || t.mark(";") || t.low == "and" || t.flags&tokPara != 0 {
			break
		}
		if t.low == "left" && k+2 < len(toks) && toks[k+1].low == "their" && toks[k+2].low == "homes" {
			return "evacuated"
		}
		if w := tollWord(t.low); w != "" {
			return w
		}
	}
	for k := i - 1; k >= max(0, i-6); k-- {
		t := &toks[k]
		if t.digits() || t.mark(".") || t.mark(";") {
			break
		}
		if w := tollWord(t.low); w != "" {
			return w
		}
		if t.low == "and" || t.flags&tokPara != 0 {
			break
		}
	}
	return ""
}

func tollWord(w string) string {
	switch w {
	case "killed", "dead", "deaths", "killing", "died", "kills", "bodies", "toll", "fatalities", "tote", "leben", "muertos", "morts", "dies":
		return "deaths"
	case "injured", "wounded", "hurt", "injuring", "wounding", "injuries", "verletzte", "heridos":
		return "injured"
	case "missing", "vermisst":
		return "missing"
	case "evacuated", "evacuees", "displaced":
		return "evacuated"
	case "arrested", "detained", "arrests":
		return "arrested"
	}
	return ""
}

func categoryBefore(toks []tok, i int) bool {
	return i > 0 && (toks[i-1].low == "category" || toks[i-1].low == "cat") && toks[i].digits()
}

func quakeAfter(toks []tok, next int) bool {
	if next < len(toks) && toks[next].mark("-") && next+1 < len(toks) && strings.HasPrefix(toks[next+1].low, "magnitude") {
		return true
	}
	for k := next; k < min(len(toks), next+1); k++ {
		switch toks[k].low {
		case "quake", "shock", "earthquake", "tremor", "aftershock", "temblor":
			return true
		}
	}
	return false
}

func depthNear(toks []tok, i, end int) bool {
	for k := max(0, i-5); k < min(len(toks), end+3); k++ {
		if toks[k].low == "depth" || toks[k].low == "deep" {
			return true
		}
	}
	return false
}

func boundAt(toks []tok, i int) bound {
	for k := i - 1; k >= max(0, i-3); k-- {
		switch toks[k].low {
		case "least", "than", "over", "exceeding", "fewer":
			return boundLeast
		case "about", "around", "some", "roughly", "approximately", "estimated", "circa":
			return boundAbout
		case "nearly", "almost", "most", "to":
			if toks[k].low != "to" || k > 0 && toks[k-1].low == "up" {
				return boundMost
			}
		}
		if toks[k].mark("$") || toks[k].mark("€") || toks[k].mark("£") || toks[k].low == "a" {
			continue
		}
	}
	return boundExact
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
	// Rounding: 1,411 and 1,400; 3.75 and 4 do not round to each other unless one says so.
	slack := max(rounding(lo), rounding(hi))
	if c.bound != boundExact || d.bound != boundExact {
		if hi-lo <= slack {
			return true
		}
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
		if d, ok := compareClaims(ws, k); ok {
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
	d.Update = first[say[0]].growth && growing(say, first)
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
	lo, hi := min(c.value, d.value), max(c.value, d.value)
	switch key {
	case "magnitude", "depth in kilometres", "category":
		return true
	case "deaths", "injured", "missing", "evacuated", "arrested":
		return hi <= maxTollRatio*lo
	}
	if strings.HasPrefix(key, "wickets at ") {
		return true
	}
	// The one large amount that each of them names is the same thing's.
	if hi > maxClaimRatio*lo || !soleAmount(w, key) || !soleAmount(v, key) {
		return false
	}
	need := 4
	switch {
	case len(key) == 3 && lo >= 1e6:
		return true
	case key == "barrels per day":
		need = 1
	case vagueUnits[key]:
		return false
	}
	n := 0
	for _, s := range c.stems {
		if slices.Contains(d.stems, s) {
			n++
		}
	}
	return n >= need
}

// Numbers that lie further apart count different things: the wounded of one street and of the whole city.
const (
	maxTollRatio  = 5
	maxClaimRatio = 2.5
)

// vagueUnits count so many things in one report that two of them are seldom the same.
var vagueUnits = map[string]bool{"years": true, "days": true, "hours": true, "minutes": true, "weeks": true, "months": true, "decades": true, "seconds": true, "points": true,
	"miles": true, "kilometres": true, "metres": true, "feet": true, "degrees": true, "kph": true, "mph": true, "n:times": true, "n:games": true, "n:people": true, "n:men": true,
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

func aboutNumber(key string) string {
	key = strings.TrimPrefix(key, "n:")
	switch key {
	case "USD", "EUR", "GBP", "PKR", "INR":
		return "amount in " + key
	}
	return key
}

// printClaim is a number as its tellings qualify it; where one of them states it flatly, it is flat.
func printClaim(c claim, say []*witness, first map[*witness]claim) string {
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

// growing says whether the tellings, oldest first, never fall back: a toll that rises.
func growing(say []*witness, first map[*witness]claim) bool {
	for i := 1; i < len(say); i++ {
		if !say[i-1].a.Published.Known() || !say[i].a.Published.Known() || first[say[i]].value < first[say[i-1]].value {
			return false
		}
	}
	return true
}
