package normalize

import (
	"math"
	"strings"
)

// toll is what a number of victims counts.
type toll struct {
	kind string  // deaths, injured, missing, evacuated, arrested
	whom string  // soldiers, children …; "" when the text says people, or nothing
	more float64 // "eight students and two teachers": the teachers
}

// tollAt says what kind of victims the number at [i, next) counts, by the verb or noun that stands beside it. Between the two
// only words may stand that name the victims or qualify the number: "killing of Jamal … sentenced five" counts no dead.
func tollAt(toks []tok, i, next int, lex *lexicon) (toll, bool) {
	if isAge(toks, i, next) {
		return toll{}, false
	}
	whom, end, counts := victims(toks, next)
	if !counts {
		return toll{}, false
	}
	kind := tollBehind(toks, end)
	if kind == "" {
		kind = tollBefore(toks, i)
	}
	if kind == "" {
		return toll{}, false
	}
	t := toll{kind: kind, whom: whom}
	// "eight students and two teachers": one toll, unless the second number has a verb of its own.
	if whom != "" && end+1 < len(toks) && toks[end].low == "and" && (toks[end+1].digits() || toks[end+1].has(classNumber)) {
		if v, n, _, ok := numberAt(toks, end+1, lex, false); ok {
			if other, stop, counts := victims(toks, n); counts && other != "" && tollBehind(toks, stop) == "" {
				t.more, t.whom = v, ""
			}
		}
	}
	return t, true
}

// isAge says whether a number between commas, or before "-year-old", is somebody's age.
func isAge(toks []tok, i, next int) bool {
	if next < len(toks) && toks[next].mark("-") && toks[next].flags&tokGlued != 0 {
		return true
	}
	return i > 0 && toks[i-1].mark(",") && (next >= len(toks) || toks[next].mark(",") || toks[next].mark("."))
}

// maxVictimWords bounds the noun phrase that names victims: "off-duty police officers".
const maxVictimWords = 4

// victims reads who is counted from token j on, and where the phrase ends. counts is false for a number of years, metres,
// or of nothing.
func victims(toks []tok, j int) (whom string, end int, counts bool) {
	words := 0
	for k := j; k < len(toks) && words < maxVictimWords; k++ {
		t := &toks[k]
		if !t.word() || t.flags&tokPara != 0 || tollWord(t.low) != "" || t.has(classFunction) && t.low != "of" || t.has(classSay) || victimVerb(t.low) {
			return whom, k, true
		}
		if t.has(classMeasure|classCurrency) || t.has(classScale) && words == 0 {
			return "", k, false
		}
		if t.low == "of" {
			return whom, k, true
		}
		words++
		if pluralNoun(t) {
			if !anybody(t.low) {
				whom = t.low
			}
			return whom, k + 1, true
		}
	}
	return "", min(j+words, len(toks)), true
}

func victimVerb(w string) bool {
	return w == "confirmed" || w == "reported" || w == "feared" || w == "were" || w == "rescued"
}

// anybody says whether a noun for victims says nothing of who they are.
func anybody(w string) bool {
	switch w {
	case "people", "persons", "others", "victims", "lives", "bodies", "casualties", "deaths", "personen", "menschen", "personnes", "personas",
		"persone", "osób", "osob", "pessoas", "mensen", "человек", "residents", "fatalities":
		return true
	}
	return false
}

// tollBehind finds the verb of a toll from token j on: "[40 people] were confirmed dead".
func tollBehind(toks []tok, j int) string {
	for k := j; k < min(len(toks), j+5); k++ {
		t := &toks[k]
		if !t.word() || t.flags&tokPara != 0 {
			return ""
		}
		if t.low == "left" && k+2 < len(toks) && toks[k+1].low == "their" && toks[k+2].low == "homes" {
			return "evacuated"
		}
		if w := tollWord(t.low); w != "" {
			return w
		}
		switch t.low {
		case "have", "has", "had", "been", "were", "was", "are", "is", "be", "now", "known", "to", "confirmed", "reported", "feared", "left", "also", "of", "them", "have been",
			"sind", "ums", "wurden", "han", "sido", "ont", "ete", "sono", "stati", "there", "police", "or", "slightly", "seriously", "critically", "badly", "it",
			"other":
		default:
			return ""
		}
	}
	return ""
}

// tollBefore finds it before token i: "the death toll climbed to at least [40]".
func tollBefore(toks []tok, i int) string {
	for k := i - 1; k >= max(0, i-7); k-- {
		t := &toks[k]
		if !t.word() {
			return ""
		}
		if w := tollWord(t.low); w != "" {
			if w == "missing" { // missing ten games
				return ""
			}
			return w
		}
		if t.flags&tokPara != 0 {
			return ""
		}
		switch t.low {
		case "at", "least", "more", "than", "over", "about", "around", "some", "nearly", "almost", "up", "to", "an", "estimated", "another", "a", "as", "many",
			"rose", "rises", "risen", "climbed", "climbs", "passes", "passed", "tops", "topped", "reaches", "reached", "stands", "stood", "hits", "hit", "exceeds",
			"is", "was", "has", "now", "of", "the", "further", "total", "crosses", "crossed", "jumps", "jumped", "put", "and", "wounding", "said", "roughly",
			"approximately", "fewer", "only", "just", "mindestens", "menos", "moins", "toll":
		default:
			return tollRose(toks, k, i)
		}
	}
	return ""
}

// tollRose reads "the toll from the flood in the valley rose to [40]", where token k is a word of what it is the toll of. A toll of
// one country among several is not the event's.
func tollRose(toks []tok, k, i int) string {
	rose := false
	for j := k + 1; j < i; j++ {
		switch toks[j].low {
		case "rose", "rises", "risen", "climbed", "climbs", "passes", "passed", "tops", "topped", "reaches", "reached", "stands", "stood", "hits", "hit", "jumps", "jumped":
			rose = true
		}
	}
	for j := k; rose && j >= max(0, k-10); j-- {
		if t := &toks[j]; !t.word() || t.has(classPlace) && t.capital() || t.flags&tokPara != 0 {
			return ""
		}
		if toks[j].low == "toll" {
			return "deaths"
		}
	}
	return ""
}

func tollWord(w string) string {
	switch w {
	case "killed", "dead", "deaths", "killing", "died", "kills", "kill", "bodies", "toll", "fatalities", "tote", "leben", "muertos", "morts", "dies", "fallecidos",
		"gestorben", "getotet", "zabitych", "morti", "погибли", "mortos", "ölü", "olu", "tués", "tues":
		return "deaths"
	case "injured", "wounded", "hurt", "injuring", "wounding", "injuries", "injures", "wounds", "verletzte", "verletzt", "heridos", "blesses", "rannych", "feriti", "feridos", "yarali":
		return "injured"
	case "missing", "vermisst", "disparus", "desaparecidos", "dispersi":
		return "missing"
	case "evacuated", "evacuees", "displaced", "evacuados", "evakuiert", "evacues", "evacuate":
		return "evacuated"
	case "arrested", "detained", "arrests", "arresting", "detains", "arrest", "detaining":
		return "arrested"
	}
	return ""
}

// sameVictims says whether two tolls can be of the same people: "four Americans" are not the nineteen dead.
func sameVictims(c, d claim) bool {
	if c.whom == d.whom || strings.HasPrefix(c.whom, d.whom) && d.whom != "" {
		return true
	}
	if c.whom != "" && d.whom != "" {
		return false
	}
	// One says who: the other's larger number counts more people.
	if c.whom == "" {
		c, d = d, c
	}
	return c.value > d.value
}

// lastDigit is the worth of the last digit that is printed of a number: 1 of 1,411 and of 40, 100 of 1,400, 0.1 million of 2.3 million.
func lastDigit(toks []tok, i int, value float64) float64 {
	t := &toks[i]
	if !t.digits() || value == 0 {
		return scaleOf(value)
	}
	mantissa, ok := parseDigits(t.low, false)
	if !ok || mantissa == 0 {
		return 1
	}
	scale := value / mantissa
	if scale < 10 { // no word behind it: zeros round
		if z := rounding(value); z >= 100 || z < 1 {
			return z
		}
		return 1
	}
	if _, frac, ok := strings.Cut(t.low, "."); ok {
		return scale * math.Pow10(-len(frac))
	}
	return scale
}

// scaleOf is the worth of the unit of a number in words: a million of two million.
func scaleOf(v float64) float64 {
	for _, s := range [...]float64{1e12, 1e9, 1e6, 1e3} {
		if v >= s {
			return s
		}
	}
	return 1
}
