package normalize

import (
	"strconv"
	"strings"
)

// Prefixes of the keys of claims that are told apart by a value of their own.
const (
	addOnsTo = "add-ons to " // what is paid on top of an amount
	whichOf  = "which "      // the third round

	ofTheYear = " of the year" // ends the key of a round that is counted within the year
)

// addedAmount reads what is added to an amount: "plus 10 million in add-ons", "with £5m to follow", "and six more in bonuses".
// A number without a scale behind millions counts millions, too.
func addedAmount(toks []tok, next int, base float64, lex *lexicon) float64 {
	for k := next; k < min(len(toks), next+5); k++ {
		t := &toks[k]
		plus := t.low == "plus" || t.mark("+")
		if !plus && t.low != "and" && t.low != "with" {
			if t.mark(".") || t.flags&tokPara != 0 {
				return 0
			}
			continue
		}
		j := k + 1
		if j < len(toks) && !toks[j].digits() && !toks[j].has(classNumber) {
			j++
		}
		if j >= len(toks) || !toks[j].digits() && !toks[j].has(classNumber) {
			continue
		}
		v, end, _, ok := numberAt(toks, j, lex, false)
		if !ok || !plus && !extras(toks, end) {
			continue
		}
		if v < 1000 && base >= 1e6 {
			v *= 1e6
		}
		return v
	}
	return 0
}

// extras says whether the words from token j on name additions to a price.
func extras(toks []tok, j int) bool {
	for k := j; k < min(len(toks), j+7); k++ {
		switch toks[k].low {
		case "add-ons", "addons", "add-on", "bonuses", "bonus", "follow", "extras", "variables", "instalments", "performance-related", "boni", "bonuszahlungen":
			return true
		}
		if toks[k].mark(".") {
			return false
		}
	}
	return false
}

// resultAt reads the result of a match or a vote: beat them 2-1, a five-four decision, split five to four.
func resultAt(toks []tok, i, next int) (claim, bool) {
	a, okA := smallNumber(&toks[i])
	if !okA || next != i+1 || next+1 >= len(toks) {
		return claim{}, false
	}
	if ballots(toks[next].low) && next+2 < len(toks) { // nine votes to three
		next++
	}
	joint, b := &toks[next], &toks[next+1]
	n, okB := smallNumber(b)
	if okB && ballots(toks[next-1].low) && against(joint.low) || okB && against(joint.low) && next+2 < len(toks) && ballots(toks[next+2].low) {
		hi, lo := max(a, n), min(a, n)
		return claim{key: "result", value: float64(100*hi + lo), step: 1, shown: strconv.Itoa(hi) + "-" + strconv.Itoa(lo)}, true
	}
	if !okB || !(joint.mark("-") && joint.flags&tokGlued != 0 && b.flags&tokGlued != 0 || joint.low == "to" && !b.digits()) {
		return claim{}, false
	}
	end := next + 2
	if end < len(toks) && (toks[end].mark("-") && toks[end].flags&tokGlued != 0 || toks[end].mark("%") || toks[end].has(classMonth|classMeasure|classScale)) || i > 0 && (toks[i-1].has(classMonth) || toks[i-1].mark("-") || toks[i-1].mark("$")) {
		return claim{}, false
	}
	for k := i - 1; k >= max(0, i-2); k-- {
		if totals(toks[k].low) {
			return claim{}, false
		}
	}
	for k := end; k < min(len(toks), end+2); k++ {
		if totals(toks[k].low) {
			return claim{}, false
		}
	}
	for k := max(0, i-5); k < min(len(toks), end+3); k++ {
		if decided(toks[k].low) {
			hi, lo := max(a, n), min(a, n)
			return claim{key: "result", value: float64(100*hi + lo), step: 1, shown: strconv.Itoa(hi) + "-" + strconv.Itoa(lo)}, true
		}
	}
	return claim{}, false
}

func ballots(w string) bool {
	switch w {
	case "votes", "votos", "voix", "voti", "stimmen", "glosow", "stemmen", "голосов", "голосами":
		return true
	}
	return false
}

func against(w string) bool {
	switch w {
	case "to", "against", "contra", "contre", "contro", "gegen", "przeciw", "tegen", "против":
		return true
	}
	return false
}

func smallNumber(t *tok) (int, bool) {
	if t.digits() {
		n, err := strconv.Atoi(t.low)
		return n, err == nil && len(t.low) <= 2
	}
	return int(t.val), t.word() && t.has(classNumber) && t.val < 20
}

// totals says whether a score is not that of one match: 3-1 on aggregate, level the series at 1-1, leads 2-0 at the break.
func totals(w string) bool {
	switch w {
	case "agg", "aggregate", "overall", "series", "up", "lead", "leads", "led", "leading", "ahead", "first-leg", "earlier", "head-to-head", "half-time", "halftime", "last", "record":
		return true
	}
	return false
}

func decided(w string) bool {
	switch w {
	case "beat", "beats", "beaten", "win", "wins", "won", "draw", "drew", "vote", "votes", "voted", "loss", "lost", "lose", "defeat", "defeated", "victory", "thrash",
		"thrashed", "split", "decision", "ruling", "ruled", "ft", "stalemate", "rout", "shootout", "triumph":
		return true
	}
	return false
}

// series are the nouns that ordinals count in news, each with the English one for it: which round, which time.
var series = seriesOf(`round runde ronda ronde rundy runda rundę tornata cycle rodada раунд раунда раунде tur الجولة جولة
	session sitzung sesión séance sessione
	cut descenso recorte senkung zinssenkung baisse taglio obniżka cięcie corte снижение
	rise increase hike alza subida aumento erhöhung zinserhöhung hausse rialzo podwyżka alta повышение
	meeting treffen reunión réunion incontro spotkanie reunião встреча встречу
	bid offer angebot oferta offre offerta proposta предложение
	visit besuch visita visite wizyta визит
	time|edition|phase|stage|summit|leg|test|match|term|hearing`)

func seriesOf(s string) map[string]string {
	out := make(map[string]string)
	for words := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '|' }) {
		ws := strings.Fields(words)
		for _, w := range ws {
			out[foldToken(w)] = ws[0]
		}
	}
	return out
}

// seriesWords are the ordinals from the second on: "first" says too many other things.
var seriesWords = ordinalsOf(`2 second zweite zweiten zweiter zweites segundo segunda deuxième seconde secondo seconda drugi druga drugie drugą второй второе вторая вторую tweede ikinci الثانية
	3 third dritte dritten dritter drittes tercero tercer tercera troisième terzo terza trzeci trzecia trzecie trzecią третий третье третья третью derde terceiro terceira üçüncü الثالثة
	4 fourth vierte vierten vierter viertes cuarto cuarta quatrième quarto quarta czwarty czwarta czwarte czwartą четвертый четвертое четвертая vierde dördüncü الرابعة
	5 fifth fünfte fünften fünfter fünftes quinto quinta cinquième piąty piąta piąte пятый пятое пятая vijfde beşinci الخامسة
	6 sixth sechste sechsten sechster sexto sexta sixième sesto sesta szósty szósta шестой шестая zesde altıncı السادسة
	7 seventh|8 eighth|9 ninth|10 tenth|11 eleventh|12 twelfth`)

func ordinalsOf(s string) map[string]int {
	out := make(map[string]int)
	for words := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '|' }) {
		ws := strings.Fields(words)
		for _, w := range ws[1:] {
			out[foldToken(w)] = int(atoiSmall(ws[0]))
		}
	}
	return out
}

// ordinalClaims finds which of a series a telling says that its event was: the third round, the second cut of the year, the fourth in a row.
func ordinalClaims(toks []tok) []claim {
	var out []claim
	for i := 0; i+1 < min(len(toks), maxClaimTokens); i++ {
		n, ok := seriesWords[toks[i].low]
		j := i + 1
		if !ok && toks[i].digits() && toks[j].flags&tokGlued != 0 && ordinalEnding(toks[j].low) && j+1 < len(toks) {
			n, _ = strconv.Atoi(toks[i].low)
			j++
		}
		noun, last := series[toks[j].low], j
		if noun == "" && i > 0 && series[toks[i-1].low] != "" && !caseScript(toks[i].low) {
			noun, last = series[toks[i-1].low], i // the Arabic ordinal stands behind its noun
		}
		if n < 2 || noun == "" || i > 0 && anySuch(toks[i-1].low) {
			continue
		}
		c := claim{key: whichOf + noun + seriesSpan(toks, last+1), value: float64(n), step: 1, shown: ordinalText(n)}
		for k := max(0, i-6); k < min(len(toks), j+6); k++ {
			if t := &toks[k]; k != j && k != i && t.word() && len(t.low) > 3 && !t.has(classFunction|classStop|classNumber|classScale|classSay|classWeekday) {
				c.stems = append(c.stems, t.low[:min(5, len(t.low))])
			}
		}
		out = append(out, c)
	}
	return out
}

// anySuch says whether the word before an ordinal makes it one that need not be: a second round, no third term, every fourth test.
func anySuch(w string) bool {
	switch w {
	case "a", "no", "every", "ein", "eine", "einen", "kein", "keine", "un", "una", "une", "uma", "um":
		return true
	}
	return false
}

// seriesSpan says what an ordinal counts from: the year, or the first of an unbroken row. Cuts of the year and cuts in a row are two counts.
func seriesSpan(toks []tok, j int) string {
	for k := j; k+1 < min(len(toks), j+5) && toks[k].word(); k++ {
		switch toks[k].low {
		case "year", "ano", "jahr", "jahres", "annee", "anno", "roku", "года", "году":
			return ofTheYear
		case "row", "succession", "folge", "consecutivo", "consecutiva", "consecutif", "consecutive", "seguido", "seguida", "suite", "straight", "rzedu", "подряд":
			return " in a row"
		}
	}
	return ""
}

// namesOrdinal says whether a telling has the n-th of anything: two knock-downs are of two rounds.
func namesOrdinal(w *witness, n float64) bool {
	for s, m := range seriesWords {
		if float64(m) == n && w.words[s] {
			return true
		}
	}
	return false
}

func ordinalText(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}
