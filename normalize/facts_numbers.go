package normalize

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"wirefold/internal/news"
)

// maxFactNumbers bounds the numbers of one article: a table of results is not a list of facts.
const maxFactNumbers = 60

// quantity is a number of a text with what it counts.
type quantity struct {
	value float64
	unit  string // folded: "percent", a currency code, or the noun phrase that is counted
	at    int    // token
	end   int    // first token after the unit
	noun  bool   // the unit is a counted noun, no measure
}

// readNumbers finds the quantities of a text. Years, dates, times, scores, ages and ordinals are none.
func readNumbers(text string, toks []tok, lex *lexicon, commaDecimals bool) []quantity {
	var out []quantity
	for i := 0; i < len(toks) && len(out) < maxFactNumbers; {
		q, next := readQuantity(text, toks, i, lex, commaDecimals)
		if q.unit != "" {
			out = append(out, q)
		}
		i = max(next, i+1)
	}
	return out
}

// scaledCompound reads what follows a number in "190-million-pound" and "2-billion-dollar": its scale and its unit.
func scaledCompound(toks []tok, j int, lex *lexicon) (scale float64, unit string, ok bool) {
	if j+1 >= len(toks) || !toks[j].mark("-") || toks[j].flags&tokGlued == 0 || toks[j+1].flags&tokGlued == 0 {
		return 0, "", false
	}
	head, rest, ok := strings.Cut(toks[j+1].low, "-")
	e := lex.words[head]
	if !ok || e.is&classScale == 0 {
		return 0, "", false
	}
	if c := lex.words[rest]; c.is&classCurrency != 0 && c.val > 0 && int(c.val) < len(currencies) {
		return math.Pow10(int(e.val)), currencies[c.val], true
	}
	unit, _ = unitName(plural(rest, 2))
	return math.Pow10(int(e.val)), unit, unit != ""
}

// bothSides are units of which every meeting has two.
var bothSides = map[string]bool{"sides": true, "countries": true, "nations": true, "ministers": true, "leaders": true, "parties": true, "neighbours": true, "neighbors": true,
	"presidents": true, "governments": true, "men": true, "states": true}

func readQuantity(text string, toks []tok, i int, lex *lexicon, commaDecimals bool) (quantity, int) {
	t := &toks[i]
	q := quantity{at: i}
	if t.word() {
		if n, unit, ok := hyphenNumber(t.low, lex); ok {
			q.value, q.unit, q.end, q.noun = n, plural(unit, n), i+1, true
			if unit == "" || strings.HasSuffix(unit, "old") {
				return quantity{}, i + 1
			}
			q.unit, q.noun = unitName(q.unit)
			return q, i + 1
		}
		if !t.has(classNumber) && !(t.low == "half" && i+1 < len(toks)) || t.has(classGiven) && t.capital() && t.flags&tokFirst == 0 {
			return quantity{}, i + 1
		}
	} else if !t.digits() {
		return quantity{}, i + 1
	}
	value, j, spelled, ok := numberAt(toks, i, lex, commaDecimals)
	if !ok {
		return quantity{}, j
	}
	q.value = value
	if spelled && value == 1 {
		return quantity{}, j
	}
	if isDatePart(toks, i, j) || isClockOrScore(toks, i, j) || isLabel(toks, i, j) {
		return quantity{}, j
	}
	if c := currencyBefore(toks, i); c != "" {
		q.unit, q.end = c, j
		return q, j
	}
	if v, unit, ok := scaledCompound(toks, j, lex); ok {
		q.value, q.unit, q.end = value*v, unit, j+2
		return q, q.end
	}
	if value >= 3 && value < 10 && value != math.Trunc(value) && quakeAfter(toks, j) {
		q.unit, q.end = "magnitude", j
		return q, j
	}
	q.unit, q.end, q.noun = unitAt(text, toks, j, value, lex)
	if q.unit == "" && !isYear(t, value) {
		// "the death toll rose to 267", "injuring at least 20": what is counted was said before.
		if c, ok := tollAt(toks, i, j, lex); ok && c.more == 0 {
			q.unit, q.end = c.kind, j
		}
	}
	if value == 2 && bothSides[q.unit] {
		return quantity{}, max(j, q.end)
	}
	if q.unit == "" && magnitudeBefore(toks, i) {
		q.unit, q.end = "magnitude", j
	}
	if isYear(t, value) && q.noun {
		q.unit = ""
	}
	return q, max(j, q.end)
}

// numberAt reads digits or number words with their scale: "1,770", "2.9 million", "half a million", "five thousand",
// "twenty-six", "a hundred and fifty".
func numberAt(toks []tok, i int, lex *lexicon, commaDecimals bool) (value float64, next int, spelled, ok bool) {
	t := &toks[i]
	j := i + 1
	switch {
	case t.digits():
		value, ok = parseDigits(t.low, commaDecimals)
		if !ok {
			return 0, j, false, false
		}
		// Groups that were set apart by spaces: 1 770.
		for j < len(toks) && toks[j].digits() && len(toks[j].low) == 3 && toks[j].start-toks[j-1].end <= 3 && len(toks[j-1].low) <= 3 && value < 1e9 && toks[j].flags&tokPara == 0 && isAllDigits(toks[j].low) {
			v, _ := strconv.ParseFloat(toks[j].low, 64)
			value = value*1000 + v
			j++
		}
	case t.low == "half":
		if j < len(toks) && (toks[j].low == "a" || toks[j].low == "an") && j+1 < len(toks) && toks[j+1].has(classScale) {
			return 0.5 * math.Pow10(int(toks[j+1].val)), j + 2, true, true
		}
		return 0, j, true, false
	default:
		spelled = true
		value = float64(t.val)
		for j < len(toks) && toks[j].word() && (toks[j].has(classNumber) || toks[j].low == "and" && j+1 < len(toks) && toks[j+1].has(classNumber)) {
			if toks[j].low == "and" {
				break
			}
			value += float64(toks[j].val)
			j++
		}
	}
	for j < len(toks) {
		n := &toks[j]
		if n.mark("-") && n.flags&tokGlued != 0 && j+1 < len(toks) && toks[j+1].has(classScale) {
			j++
			continue
		}
		if !n.has(classScale) || len(n.low) <= 2 && n.flags&tokGlued == 0 && n.low != "bn" && n.low != "mn" && n.low != "tn" {
			break
		}
		if n.low == "m" && j+1 < len(toks) && toks[j+1].flags&tokGlued != 0 && toks[j+1].word() {
			break
		}
		value *= math.Pow10(int(n.val))
		j++
		if j+1 < len(toks) && toks[j].low == "and" && toks[j+1].has(classNumber) && n.low == "hundred" {
			value += float64(toks[j+1].val)
			j += 2
		} else if j < len(toks) && n.low == "thousand" && toks[j].has(classNumber) && j+1 < len(toks) && toks[j+1].low == "hundred" {
			value += float64(toks[j].val) * 100
			j += 2
		}
	}
	return value, j, spelled, true
}

func isAllDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// parseDigits reads a number token. Where a comma is the decimal mark, a dot before exactly three digits groups.
func parseDigits(s string, commaDecimals bool) (float64, bool) {
	if strings.IndexByte(s, ':') >= 0 || len(s) > 20 {
		return 0, false
	}
	group, mark := ",", "."
	if commaDecimals {
		group, mark = ".", ","
	}
	if strings.Contains(s, group) {
		parts := strings.Split(s, group)
		tail, _, _ := strings.Cut(parts[len(parts)-1], mark)
		switch {
		case len(tail) == 3 || len(parts) > 2 && len(tail) >= 2:
			s = strings.Join(parts, "")
		case len(parts) == 2 && !strings.Contains(s, mark):
			s = parts[0] + "." + parts[1] // the other convention
			mark = "."
		default:
			return 0, false
		}
	}
	if mark == "," {
		if i := strings.IndexByte(s, ','); i >= 0 && len(s)-i == 4 && strings.Count(s, ",") >= 1 && i <= 3 && s[0] != '0' && strings.Count(s, ",") > 1 {
			s = strings.ReplaceAll(s, ",", "")
		}
		s = strings.Replace(s, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// hyphenNumber reads "six-nation" and "twenty-six": a number word before a hyphen.
func hyphenNumber(low string, lex *lexicon) (value float64, unit string, ok bool) {
	head, rest, found := strings.Cut(low, "-")
	if !found {
		return 0, "", false
	}
	e, known := lex.words[head]
	if !known || e.is&classNumber == 0 {
		return 0, "", false
	}
	value = float64(e.val)
	if e2, known := lex.words[rest]; known && e2.is&classNumber != 0 {
		return 0, "", false
	}
	if head == "one" {
		return 0, "", false
	}
	return value, rest, true
}

// plural makes the unit of "six-nation" a counted noun: nations.
func plural(unit string, n float64) string {
	if n == 1 || unit == "" || strings.HasSuffix(unit, "s") || strings.ContainsRune(unit, '-') {
		return unit
	}
	switch unit {
	case "man":
		return "men"
	case "woman":
		return "women"
	case "person":
		return "people"
	case "foot":
		return "feet"
	}
	if strings.HasSuffix(unit, "y") && len(unit) > 1 && !strings.ContainsAny(unit[len(unit)-2:len(unit)-1], "aeiou") {
		return unit[:len(unit)-1] + "ies"
	}
	return unit + "s"
}

func isDatePart(toks []tok, i, j int) bool {
	near := func(k int) bool {
		return k >= 0 && k < len(toks) && toks[k].has(classMonth) && (toks[k].capital() || !caseScript(toks[k].low) || len(toks[k].low) > 3)
	}
	if near(i-1) || near(j) {
		return true
	}
	// "25th of October", "October 25, 2025", "26. Oktober"
	if j < len(toks) && toks[j].flags&tokGlued != 0 && ordinalEnding(toks[j].low) {
		return true
	}
	if j+1 < len(toks) && (toks[j].low == "of" || toks[j].low == "de" || toks[j].mark(".")) && near(j+1) {
		return true
	}
	return i >= 3 && toks[i-1].mark(",") && near(i-3) && isYear(&toks[i], 2000)
}

func ordinalEnding(s string) bool {
	return s == "th" || s == "st" || s == "nd" || s == "rd"
}

// isClockOrScore says whether the number is part of 4-2, 10-15, 3.15 p.m. or 2025/26.
func isClockOrScore(toks []tok, i, j int) bool {
	joint := func(k int) bool {
		return k >= 0 && k < len(toks) && toks[k].flags&tokGlued != 0 && (toks[k].mark("-") || toks[k].mark("/"))
	}
	if joint(j) && j+1 < len(toks) && toks[j+1].flags&tokGlued != 0 && (toks[j+1].digits() || toks[j+1].capital()) {
		return true
	}
	if joint(i-1) && i >= 2 && (toks[i-2].digits() || toks[i-2].word()) && toks[i].flags&tokGlued != 0 {
		return true
	}
	if j < len(toks) {
		switch toks[j].low {
		case "am", "a.m", "pm", "p.m", "gmt", "ist", "pst", "uhr", "o", "bst", "cet", "est", "noon", "midnight":
			return true
		}
	}
	return false
}

// isLabel says whether the number only names something: Section 144, Boeing 737, No 14, Group 2, a Premier League side's year.
func isLabel(toks []tok, i, j int) bool {
	if i == 0 || toks[i].flags&tokPara != 0 {
		return false
	}
	p := &toks[i-1]
	switch p.low {
	case "no", "number", "section", "article", "phase", "route", "group", "chapter", "page", "under", "class", "version", "type", "grade", "level", "category", "resolution", "flight", "day", "week", "round", "game", "match", "leg", "bid":
		return p.low != "under" && (p.word() && toks[i].digits())
	}
	if !p.word() || !p.capital() || p.flags&tokFirst != 0 || p.flags&tokDot != 0 || !toks[i].digits() || p.has(classCurrency) || p.poss() {
		return false
	}
	if j < len(toks) && (toks[j].has(classMeasure) || toks[j].mark("%")) {
		return false
	}
	return !p.has(classMonth)
}

func isYear(t *tok, v float64) bool {
	return t.digits() && len(t.low) == 4 && v >= 1800 && v <= 2100
}

func currencyBefore(toks []tok, i int) string {
	if i == 0 {
		return ""
	}
	p := &toks[i-1]
	code := ""
	switch p.low {
	case "$":
		code = "USD"
	case "€":
		code = "EUR"
	case "£":
		code = "GBP"
	case "₹":
		code = "INR"
	case "¥":
		code = "JPY"
	case "₽":
		code = "RUB"
	case "rs", "pkr":
		code = "PKR"
	case "usd", "eur", "gbp", "pln", "inr":
		code = strings.ToUpper(p.low)
	}
	return code
}

func magnitudeBefore(toks []tok, i int) bool {
	for k := i - 1; k >= 0 && k >= i-2; k-- {
		switch toks[k].low {
		case "magnitude", "magnitud", "starke", "magnitudo", "magnitudy", "measured", "measuring":
			return true
		}
	}
	return false
}

// numbersOf makes facts of quantities: one for each value and unit, with the words around the first.
func numbersOf(text string, toks []tok, qs []quantity) []news.Number {
	var out []news.Number
	for i, q := range qs {
		if slices.ContainsFunc(qs[:i], func(p quantity) bool { return p.value == q.value && p.unit == q.unit }) {
			continue
		}
		out = append(out, news.Number{Value: q.value, Unit: strings.Clone(q.unit), What: aroundNumber(text, toks, q)})
	}
	return out
}

// aroundNumber is the phrase that a number stands in: up to four words before and eight after, inside its clause.
func aroundNumber(text string, toks []tok, q quantity) string {
	from, to := q.at, q.end
	if to <= from {
		to = from + 1
	}
	for n := 0; n < 4 && from > 0 && toks[from].flags&tokPara == 0; n++ {
		if p := &toks[from-1]; !p.word() && !p.digits() && !p.mark("$") && !p.mark("€") && !p.mark("£") {
			break
		}
		from--
	}
	for n := 0; n < 8 && to < len(toks) && toks[to].flags&tokPara == 0; n++ {
		if p := &toks[to]; !p.word() && !p.digits() && !p.mark("%") {
			break
		}
		to++
	}
	return collapseSpan(text[toks[from].start:toks[to-1].end])
}
