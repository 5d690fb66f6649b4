package normalize

import (
	"strconv"
	"strings"
)

// Keys of quantities that a report has one of, whatever else it counts: only those of the same words are compared.
const (
	howLong    = "how long the " // talks lasted
	whenScored = "minute of the goal of "
	howOld     = "age of "
	contractOf = "length of the contract in years"
	contractTo = "end of the contract"
	worthIn    = "worth in "
)

// oneValued says whether a key names one thing, so that two values of it contradict each other.
func oneValued(key string) bool {
	for _, p := range [...]string{howLong, whenScored, howOld, contractOf, contractTo, worthIn, rateLevel} {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

// contradictSingles says whether two values of a thing that has one cannot both be right. A minute of a match is counted in two ways
// (the 14th is after 13), and how long something took is rounded.
func contradictSingles(c, d claim) bool {
	lo, hi := min(c.value, d.value), max(c.value, d.value)
	switch {
	case strings.HasPrefix(c.key, rateLevel):
		return hi-lo <= 1 && !c.agrees(d)
	case strings.HasPrefix(c.key, whenScored):
		return hi-lo >= 2 && hi-lo <= maxMinutesApart
	case c.key == howLong+leadLasted:
		return hi-lo >= 1
	case strings.HasPrefix(c.key, howLong):
		return hi >= 1.3*lo && hi <= maxClaimRatio*lo // 40 minutes were those of the two alone
	case strings.HasPrefix(c.key, worthIn):
		return hi <= maxMoneyRatio*lo
	}
	return true
}

// maxMinutesApart is how far two minutes of a goal may lie apart and still be of one goal: who scores twice scores later.
const maxMinutesApart = 5

// spanClaims finds the quantities of a telling's opening that are told in set phrases.
func spanClaims(toks []tok, lex *lexicon, commaDecimals bool) []claim {
	var out []claim
	for i := 0; i < len(toks) && i < maxClaimTokens; i++ {
		t := &toks[i]
		if c, ok := goalAt(toks, i); ok {
			out = append(out, c)
			continue
		}
		if !t.digits() && !(t.word() && t.has(classNumber)) {
			if value, unit, ok := hyphenNumber(t.low, lex); ok {
				if c, ok := spanAt(toks, i, i+1, value, unit); ok { // four-hour talks
					out = append(out, c)
				}
			}
			continue
		}
		value, next, _, ok := numberAt(toks, i, lex, commaDecimals)
		if !ok {
			continue
		}
		if next+1 < len(toks) && toks[next].mark("-") && toks[next].flags&tokGlued != 0 && toks[next+1].word() {
			if c, ok := spanAt(toks, i, next+2, value, toks[next+1].low); ok { // 4-hour talks
				out = append(out, c)
			}
			continue
		}
		if c, ok := rateAt(toks, i, next, value, lex, commaDecimals); ok {
			out = append(out, c)
			continue
		}
		if c, ok := spanOf(toks, i, next, value); ok {
			c.bound = boundAt(toks, i)
			out = append(out, c)
		}
	}
	return out
}

// spanAt reads what stands behind a compound of a number and a unit, whose first token is i: "four-hour talks", "a five-year contract",
// "14th-minute", "the 24-year-old Kalns".
func spanAt(toks []tok, i, next int, value float64, unit string) (claim, bool) {
	if next >= len(toks) {
		return claim{}, false
	}
	unit, tail, compound := strings.Cut(unit, "-")
	switch {
	case unit == "year" && !compound:
		if contractWord(toks[next].low) || next+1 < len(toks) && contractWord(toks[next+1].low) && toks[next].word() {
			return claim{key: contractOf, value: value, step: 1}, true
		}
	case unit == "year" && tail == "old":
		if name := nameBehind(toks, next); name != "" {
			return claim{key: howOld + name, value: value, step: 1}, true
		}
	case !compound && minutesOf(unit) > 0 && meetingWord(toks[next].low):
		return lasted(talksLasted, value, unit), true
	}
	return claim{}, false
}

// spanOf reads a number of its own, whose words are [i, next): "lasted four hours", "levelled two minutes later", "Kalns, 24,", "a deal
// worth $24 billion", "a contract until 2030".
func spanOf(toks []tok, i, next int, value float64) (claim, bool) {
	if i > 1 && next < len(toks) && toks[i-1].mark(",") && (toks[next].mark(",") || toks[next].mark(".")) && value >= 14 && value < 100 && toks[i].digits() && len(toks[i].low) == 2 {
		if name := nameBefore(toks, i-2); name != "" && !toks[i-2].poss() {
			return claim{key: howOld + name, value: value, step: 1}, true
		}
		return claim{}, false
	}
	if i > 1 && (toks[i-1].low == "aged" || toks[i-1].low == "age") && value >= 14 && value < 100 {
		k := i - 2
		if toks[k].mark(",") {
			k--
		}
		if name := nameBefore(toks, k); name != "" {
			return claim{key: howOld + name, value: value, step: 1}, true
		}
	}
	if isYear(&toks[i], value) {
		if (untilWord(toks[i-min(i, 1)].low) || i > 1 && untilWord(toks[i-2].low)) && contractNear(toks, i) {
			return claim{key: contractTo, value: value, step: 1, shown: strconv.Itoa(int(value))}, true
		}
		return claim{}, false
	}
	if code := currencyBefore(toks, i); code != "" && value >= 1e6 {
		for k := i - 2; k >= max(0, i-4); k-- {
			switch toks[k].low {
			case "worth", "valued":
				return claim{key: worthIn + code, value: value, step: lastDigit(toks, i, value)}, true
			}
		}
		return claim{}, false
	}
	if next >= len(toks) {
		return claim{}, false
	}
	unit := toks[next].low
	if minutesOf(unit) == 0 {
		return claim{}, false
	}
	if minutesOf(unit) == 1 && next+1 < len(toks) && (toks[next+1].low == "later" || toks[next+1].low == "afterwards") && before(toks, i, 8, equalised) {
		return lasted(leadLasted, value, unit), true
	}
	k := i - 1
	for k >= max(0, i-4) && qualifier(toks[k].low) {
		k--
	}
	if k < 0 || !lastedWord(toks[k].low) {
		return claim{}, false
	}
	for j := k - 1; j >= max(0, k-6) && !toks[j].mark("."); j-- {
		switch w := toks[j].low; {
		case meetingWord(w):
			return lasted(talksLasted, value, unit), true
		case minutesOf(unit) == 1 && (w == "joy" || w == "lead" || w == "advantage" || w == "delight" || w == "celebrations"):
			return lasted(leadLasted, value, unit), true
		}
		if toks[j].flags&tokFirst != 0 {
			break
		}
	}
	return claim{}, false
}

const (
	talksLasted = "talks lasted in minutes"
	leadLasted  = "lead lasted in minutes"
)

func lasted(what string, value float64, unit string) claim {
	c := claim{key: howLong + what, value: value * minutesOf(unit), step: 1}
	c.shown = groupDigits(value) + " " + strings.TrimSuffix(englishUnit(unit), "s") + "s"
	return c
}

// minutesOf is the length of a unit of time that a meeting is measured by, 0 for any other word.
func minutesOf(unit string) float64 {
	switch englishUnit(unit) {
	case "minute":
		return 1
	case "hour":
		return 60
	}
	return 0
}

func englishUnit(unit string) string {
	switch unit {
	case "minute", "minutes", "minuten", "minutos", "minuti", "minut", "минут", "минуты":
		return "minute"
	case "hour", "hours", "stunden", "heures", "horas", "ore", "godzin", "godziny", "часов", "часа":
		return "hour"
	}
	return ""
}

func meetingWord(w string) bool {
	switch w {
	case "talks", "meeting", "session", "negotiations", "discussions", "treffen", "gesprach", "gesprache", "sitzung", "reunion", "rencontre",
		"entretien", "conversaciones", "negociaciones", "incontro", "colloquio", "spotkanie", "rozmowy", "встреча", "переговоры", "reuniao":
		return true
	}
	return false
}

func lastedWord(w string) bool {
	switch w {
	case "lasted", "lasting", "lasts", "dauerte", "dauerten", "duro", "duraron", "dure", "durato", "durata", "trwalo", "trwaly", "длилась", "длились", "продлились", "durou":
		return true
	}
	return false
}

func equalised(w string) bool {
	switch w {
	case "levelled", "leveled", "equalised", "equalized", "equaliser", "equalizer", "level", "replied":
		return true
	}
	return false
}

func qualifier(w string) bool {
	switch w {
	case "about", "around", "some", "nearly", "almost", "more", "than", "over", "only", "just", "roughly", "barely", "for", "mehr", "als", "etwa", "rund", "plus", "de", "mas", "circa", "ponad":
		return true
	}
	return false
}

func contractWord(w string) bool {
	switch w {
	case "contract", "contracts", "deal", "extension":
		return true
	}
	return false
}

func untilWord(w string) bool {
	switch w {
	case "until", "till", "to", "through", "bis", "hasta", "jusqu'en", "jusqu", "al", "do", "ate":
		return true
	}
	return false
}

func contractNear(toks []tok, i int) bool {
	return before(toks, i, 8, func(w string) bool {
		return w == "contract" || w == "vertrag" || w == "contrato" || w == "contrat" || w == "contratto" || w == "kontrakt"
	})
}

// before says whether one of the n words before token i, in its sentence, is one of those.
func before(toks []tok, i, n int, is func(string) bool) bool {
	for k := i - 1; k >= max(0, i-n) && !toks[k].mark("."); k-- {
		if is(toks[k].low) {
			return true
		}
	}
	return false
}

// goalAt reads the minute of a goal behind its scorer: "Kalns headed them in front in the 14th minute".
func goalAt(toks []tok, i int) (claim, bool) {
	n, j := 0, i+1
	t := &toks[i]
	word, compound := strings.CutSuffix(t.low, "-minute")
	if t.word() {
		n = seriesWords[word]
	} else if j < len(toks) && toks[j].flags&tokGlued != 0 {
		if word, compound = strings.CutSuffix(toks[j].low, "-minute"); ordinalEnding(word) {
			n, _ = strconv.Atoi(t.low)
			j++
		}
	}
	if n < 1 || n > 120 || !compound && (j >= len(toks) || toks[j].low != "minute") {
		return claim{}, false
	}
	for k := i - 1; k > max(0, i-14) && !toks[k].mark(".") && toks[k].flags&tokFirst == 0; k-- {
		if !scored(toks[k].low) {
			continue
		}
		if toks[k-1].has(classFunction) || !nameToken(&toks[k-1]) {
			return claim{}, false
		}
		return claim{key: whenScored + toks[k-1].low, value: float64(n), step: 1, shown: ordinalText(n)}, true
	}
	return claim{}, false
}

func scored(w string) bool {
	switch w {
	case "scored", "headed", "netted", "slotted", "tapped", "fired", "curled", "converted", "volleyed", "struck", "put", "gave", "levelled", "leveled", "equalised", "equalized",
		"opened", "drilled", "chipped", "swept", "bundled", "prodded", "poked", "nodded":
		return true
	}
	return false
}

// nameBefore is the given name and the surname that end at token k: of one family several may be named.
func nameBefore(toks []tok, k int) string {
	if k < 1 || !nameToken(&toks[k]) || !nameToken(&toks[k-1]) {
		return ""
	}
	return toks[k-1].low + " " + toks[k].low
}

// nameBehind are the last two words of the full name that begins at token k: behind "24-year-old", and perhaps a role.
func nameBehind(toks []tok, k int) string {
	for n := 0; n < 3 && k < len(toks) && toks[k].word() && !toks[k].capital(); n++ {
		k++
	}
	end := k
	for end < len(toks) && end < k+4 && nameToken(&toks[end]) {
		if end++; toks[end-1].poss() {
			break
		}
	}
	if end < k+2 {
		return ""
	}
	return toks[end-2].low + " " + toks[end-1].low
}

func nameToken(t *tok) bool {
	return t.word() && t.capital() && t.flags&tokUpper == 0 && !t.has(classWeekday|classMonth|classPlace|classRole|classOrg|classFacility)
}
