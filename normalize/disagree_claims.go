package normalize

import (
	"math"
	"slices"
	"strings"
)

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
		if c, ok := resultAt(toks, i, next); ok {
			out = append(out, c)
			i = next + 2
			continue
		}
		_, score := cricketScore(toks, i, next)
		if !ok || spelled && value == 1 || isDatePart(toks, i, next) || isClockOrScore(toks, i, next) && !score {
			i = max(next, i+1)
			continue
		}
		if value >= 1e6 {
			if plus := addedAmount(toks, next, value, lex); plus > 0 {
				out = append(out, claim{key: addOnsTo + groupDigits(value), value: plus, step: 1})
			}
		}
		if c, ok := claimAt(text, toks, i, next, value, lex); ok {
			c.bound = boundAt(toks, i)
			out = append(out, c)
		}
		i = max(next, i+1)
	}
	out = append(out, ordinalClaims(toks)...)
	return append(out, spanClaims(toks, lex, commaDecimals)...)
}

func claimAt(text string, toks []tok, i, next int, value float64, lex *lexicon) (claim, bool) {
	c := claim{value: value, step: lastDigit(toks, i, value)}
	if wickets, ok := cricketScore(toks, i, next); ok {
		return claim{key: "wickets at " + groupDigits(value), value: wickets, step: 1}, true
	}
	if t, ok := tollAt(toks, i, next, lex); ok {
		c.key, c.growth, c.whom = t.kind, true, t.whom
		c.value += t.more
		return c, value == math.Trunc(value) && !isYear(&toks[i], value) && value > 0
	}
	if isLabel(toks, i, next) && !categoryBefore(toks, i) {
		return c, false
	}
	if categoryBefore(toks, i) {
		c.key = "category"
		return c, !changing(toks, i)
	}
	if value >= 3 && value < 10 && (magnitudeBefore(toks, i) || quakeAfter(toks, next)) {
		c.key = "magnitude"
		return c, true
	}
	if otherDollar(toks, i) {
		return c, false
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
		case (unit == "mph" || unit == "kph") && windsNear(toks, i):
			c.key = "winds in " + unit
			return c, !changing(toks, i)
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
	c.plus = addedAmount(toks, next, value, lex)
	c.verb = verbBefore(toks, i)
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

// otherDollar says whether the sign before token i is that of another country's dollar: S$353 million, C$2bn.
func otherDollar(toks []tok, i int) bool {
	return i > 1 && toks[i-1].mark("$") && toks[i-1].flags&tokGlued != 0 && toks[i-2].word() && toks[i-2].low != "us"
}

// verbBefore is the stem of the word whose object the number at token i is: "signed [five] memoranda", "flattened at least [four] villages".
func verbBefore(toks []tok, i int) string {
	for k := i - 1; k >= max(0, i-4); k-- {
		t := &toks[k]
		switch {
		case !t.word():
			return ""
		case qualifier(t.low) || t.low == "at" || t.low == "least" || t.low == "up" || t.low == "to" || t.low == "a" || t.low == "the" || t.low == "as" || t.low == "many":
		case t.has(classFunction|classPlace|classRole|classMeasure) || t.capital() || len(t.low) < 4:
			return ""
		default:
			return t.low[:min(5, len(t.low))]
		}
	}
	return ""
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

func windsNear(toks []tok, i int) bool {
	for k := max(0, i-5); k < i; k++ {
		if toks[k].low == "winds" || toks[k].low == "wind" {
			return true
		}
	}
	return false
}

// changing says whether a storm's strength before token i is that of a moment: downgraded to a Category 3.
func changing(toks []tok, i int) bool {
	for k := i - 1; k >= max(0, i-8) && !toks[k].mark("."); k-- {
		switch toks[k].low {
		case "downgraded", "upgraded", "weakened", "strengthened", "weakening", "strengthening", "expected", "forecast", "could", "becoming", "became", "intensified", "up", "down", "once", "originally":
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
