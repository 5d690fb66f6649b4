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
	c := claim{value: value}
	if wickets, ok := cricketScore(toks, i, next); ok {
		return claim{key: "wickets at " + groupDigits(value), value: wickets}, true
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
