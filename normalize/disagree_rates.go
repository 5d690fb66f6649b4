package normalize

// rateLevel is the key of the interest rate that a central bank decided on; a rate of another name has its name behind it.
const rateLevel = "interest rate in percent"

// maxRateWords is how far before its level the rate and what was done to it are named.
const maxRateWords = 14

// rateAt reads the level that a rate was cut to, raised to or kept at, for the number at [i, next): "lowered its key rate by a quarter point
// to 3.75%", "beließ den Leitzins bei 2 Prozent". Of a range the value is the lower end, and plus what leads to the upper.
func rateAt(toks []tok, i, next int, value float64, lex *lexicon, commaDecimals bool) (claim, bool) {
	if i == 0 || value > 60 || !levelWord(toks[i-1].low) {
		return claim{}, false
	}
	c := claim{key: rateLevel, value: value, step: 0.01}
	end, percent := percentAt(toks, next)
	if j := end; j+1 < len(toks) && (toks[j].mark("-") || levelWord(toks[j].low) || toks[j].low == "bis") && toks[j+1].digits() {
		if upper, after, _, ok := numberAt(toks, j+1, lex, commaDecimals); ok && upper > value && upper-value <= 1 {
			if stop, is := percentAt(toks, after); is {
				c.plus, end, percent = upper-value, stop, true
			}
		}
	}
	if !percent {
		return claim{}, false
	}
	for k := end; k < min(len(toks), end+4); k++ { // another time's: to 4% in August
		if t := &toks[k]; t.has(classMonth) && t.capital() || t.low == "last" || t.low == "earlier" || t.low == "previous" || t.low == "year" || t.low == "next" {
			return claim{}, false
		}
	}
	rate, decided := false, false
	for k := i - 1; k >= max(0, i-maxRateWords) && !toks[k].mark(".") && !toks[k].mark(";"); k-- {
		w := toks[k].low
		switch {
		case unsureRate(w):
			return claim{}, false
		case rateWord(w):
			if k > 0 && otherRate(toks[k-1].low) {
				return claim{}, false
			}
			if k > 0 && namedRate(toks[k-1].low) {
				c.key = rateLevel + " (" + toks[k-1].low + ")"
			}
			rate = true
		case rateVerb(w):
			decided = true
		}
		if toks[k].flags&(tokFirst|tokPara) != 0 {
			break
		}
	}
	return c, rate && decided
}

// percentAt says whether a percent sign or word stands at token j, and what is behind it.
func percentAt(toks []tok, j int) (end int, ok bool) {
	if j >= len(toks) {
		return j, false
	}
	switch t := &toks[j]; {
	case t.mark("%"):
		return j + 1, true
	case t.low == "percent" || t.low == "pc" || t.low == "pct" || t.low == "prozent" || t.low == "procent" || t.low == "percento" || t.low == "процентов" || t.low == "процента":
		return j + 1, true
	case (t.low == "per" || t.low == "por" || t.low == "pour") && j+1 < len(toks) && (toks[j+1].low == "cent" || toks[j+1].low == "ciento" || toks[j+1].low == "cento"):
		return j + 2, true
	}
	return j, false
}

func levelWord(w string) bool {
	switch w {
	case "to", "at", "of", "auf", "bei", "a", "al", "en", "do", "na", "до", "на", "em", "para", "op":
		return true
	}
	return false
}

func rateWord(w string) bool {
	switch w {
	case "rate", "rates", "leitzins", "leitzinsen", "leitzinssatz", "tipo", "tipos", "tasa", "taux", "tasso", "tassi", "stopa", "stope", "stopy", "ставку", "ставка", "taxa", "rente":
		return true
	}
	return false
}

func rateVerb(w string) bool {
	switch w {
	case "cut", "cuts", "lowered", "lowers", "reduced", "reduces", "raised", "raises", "hiked", "hikes", "kept", "keeps", "held", "holds", "left", "leaves", "keep", "hold", "leave",
		"trimmed", "trims", "unchanged", "steady", "senkt", "senkte", "belasst", "beliess", "beließ", "erhoht", "erhohte", "recorto", "recorta", "mantuvo", "mantiene", "baja", "bajo",
		"subio", "sube", "baisse", "abaisse", "maintient", "maintenu", "releve", "taglia", "tagliato", "mantenuto", "obnizyla", "utrzymala", "obniza", "utrzymuje",
		"снизил", "снизила", "сохранил", "сохранила", "повысил", "повысила", "cortou", "manteve", "baixou":
		return true
	}
	return false
}

// unsureRate says whether a word makes a level somebody's wish, a forecast, or the level before.
func unsureRate(w string) bool {
	switch w {
	case "from", "wanted", "want", "preferred", "favoured", "favored", "expected", "expects", "expect", "forecast", "would", "could", "may", "might", "if", "should", "had",
		"urged", "seen", "pencilled", "penciled", "projected", "inflation", "growth", "minority", "dissented", "dissenters":
		return true
	}
	return false
}

// otherRate says whether the word before "rate" makes it no bank's; namedRate, whether it is one of the several that a bank has.
func otherRate(w string) bool {
	switch w {
	case "inflation", "unemployment", "jobless", "mortgage", "exchange", "growth", "tax", "tariff", "poverty", "savings", "birth", "approval", "success", "default", "vacancy", "duty", "tariffs":
		return true
	}
	return false
}

func namedRate(w string) bool {
	switch w {
	case "deposit", "refinancing", "lending", "marginal", "discount", "overnight", "repo", "prime", "lombard", "loan", "funding":
		return true
	}
	return false
}
