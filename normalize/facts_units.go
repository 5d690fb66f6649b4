package normalize

import (
	"strings"
)

// maxUnitWords bounds the noun phrase that is taken for a unit.
const maxUnitWords = 4

// unitAt reads what is counted, from token j on.
func unitAt(text string, toks []tok, j int, value float64, lex *lexicon) (unit string, end int, noun bool) {
	if j >= len(toks) || toks[j].flags&tokPara != 0 {
		return "", j, false
	}
	t := &toks[j]
	if t.mark("%") {
		return "percent", j + 1, false
	}
	if t.mark("-") && t.flags&tokGlued != 0 && j+1 < len(toks) && toks[j+1].word() && toks[j+1].flags&tokGlued != 0 {
		w := toks[j+1].low
		if strings.Contains(w, "old") || strings.Contains(w, "strong") || strings.Contains(w, "-") && strings.HasSuffix(w, "old") {
			return "", j + 2, false
		}
		head, _, _ := strings.Cut(w, "-")
		name, noun := unitName(plural(head, value))
		if head == "magnitude" {
			name = "magnitude"
		}
		return name, j + 2, noun
	}
	if !t.word() {
		return "", j, false
	}
	switch t.low {
	case "per", "por", "pour", "pro", "per-cent":
		if j+1 < len(toks) && (toks[j+1].low == "cent" || toks[j+1].low == "ciento" || toks[j+1].low == "cento") {
			return "percent", j + 2, false
		}
		return "", j, false
	case "percent", "pc", "pct", "prozent", "procent", "percento", "procentow", "процентов", "фيصد", "فيصد":
		return "percent", j + 1, false
	case "more", "other", "additional", "new", "further", "different", "separate":
		return unitAt(text, toks, j+1, value, lex)
	case "of":
		if j+2 < len(toks) && (toks[j+1].low == "the" || toks[j+1].low == "its" || toks[j+1].low == "their") {
			return "", j, false
		}
	}
	if t.has(classCurrency) && t.val > 0 && int(t.val) < len(currencies) && (len(t.low) > 2 || t.low == "rs") {
		return currencies[t.val], j + 1, false
	}
	return nounPhrase(toks, j, lex)
}

// nounPhrase reads a counted noun: words up to the first plural. "human smugglers and their agents" is one unit.
func nounPhrase(toks []tok, j int, lex *lexicon) (string, int, bool) {
	var words []string
	k := j
	for k < len(toks) && len(words) < maxUnitWords {
		t := &toks[k]
		if t.mark("-") && t.flags&tokGlued != 0 {
			k++
			continue
		}
		if !t.word() || t.flags&tokPara != 0 || t.has(classStop|classFunction) && !t.has(classCount) || t.has(classMonth|classWeekday) && t.capital() {
			break
		}
		if len(words) == 0 && (len(t.low) <= 2 && !t.has(classMeasure) || t.low == "last" || t.low == "next") { // 2.1 million last week
			return "", j, false
		}
		words = append(words, t.low)
		k++
		if t.has(classMeasure | classCount) {
			if t.has(classMeasure) || k >= len(toks) || !pluralNoun(&toks[k]) {
				break
			}
			continue
		}
		if pluralNoun(t) {
			break
		}
	}
	if len(words) == 0 {
		return "", j, false
	}
	last := &toks[k-1]
	if !last.has(classMeasure|classCount) && !pluralNoun(last) {
		// No plural: "22 terrorist and" names nothing that is sure.
		return "", j, false
	}
	unit, noun := unitName(strings.Join(words, " "))
	// "and their agents"
	if noun && k+2 < len(toks) && toks[k].low == "and" && (toks[k+1].low == "their" || toks[k+1].low == "its") && pluralNoun(&toks[k+2]) {
		return unit + " and " + toks[k+2].low, k + 3, true
	}
	if unit == "barrels" && k+1 < len(toks) && (toks[k].low == "per" || toks[k].low == "a" || toks[k].low == "daily") {
		return "barrels per day", k + 1, false
	}
	return unit, k, noun
}

func pluralNoun(t *tok) bool {
	n := len(t.low)
	if !t.word() || n < 4 || t.low[n-1] != 's' || t.has(classStop|classFunction|classSay) {
		return t.word() && t.has(classCount)
	}
	switch t.low[n-2] {
	case 's', 'u', 'i':
		return false
	}
	return true
}

// unitName gives units that are written in several ways one name, and says whether the unit counts things.
func unitName(u string) (string, bool) {
	switch u {
	case "km", "kms", "kilometres", "kilometers", "kilometre", "kilometer", "kilometros":
		return "kilometres", false
	case "kmh", "kph", "km/h":
		return "kph", false
	case "metres", "meters", "metre", "meter":
		return "metres", false
	case "feet", "foot", "ft":
		return "feet", false
	case "mph", "kg", "cm", "mm", "miles", "inches", "tonnes", "tons", "degrees", "megawatts", "litres", "acres", "hectares":
		return u, false
	case "bpd":
		return "barrels per day", false
	case "mile":
		return "miles", false
	case "jahre", "jahren", "ans", "anos", "anni", "lat":
		return "years", false
	case "horas", "heures", "stunden", "ore", "godzin":
		return "hours", false
	case "year":
		return "years", false
	case "day", "hour", "minute", "week", "month", "decade":
		return u + "s", false
	case "percent":
		return "percent", false
	case "days", "hours", "minutes", "weeks", "months", "years", "decades", "seconds":
		return u, false
	}
	return u, true
}
