package normalize

import (
	"fmt"
	"math"
	"strings"
)

// unit is how the value of a signal is said to people.
type unit uint8

const (
	unitNone     unit = iota
	unitShare         // 0 to 1
	unitWeight        // a sum of rarities
	unitCount         // how many
	unitSame          // 0 another, 1 the same
	unitYes           // 0 no, 1 yes
	unitHours         // hours
	unitDays          // days
	unitWords         // the logarithm of a number of words
	unitMany          // the logarithm of a number of articles
	unitScore         // log-odds
	unitLikeness      // a correlation, -1 to 1
	unitWeekday       // 0 none in common, 1 one in common, 2 the same
)

// signalUnits are the units of the signals; one that is not here is said as a bare number.
var signalUnits = map[string]unit{
	"words of the whole text": unitShare, "words of the headlines": unitShare, "words of headline and lead": unitShare,
	"headline found in the other": unitShare, "headline found in the other, both ways": unitShare, "lead found in the other": unitShare,
	"lead found in the other, both ways": unitShare, "rare words shared": unitWeight, "rarest word shared": unitWeight,
	"weight of lead words shared": unitWeight, "names shared": unitWeight, "names found in the other": unitShare,
	"names found in the other, both ways": unitShare, "names missing from the other": unitWeight, "names alike": unitShare,
	"places shared": unitCount, "places found in the other": unitShare, "places found in the other, both ways": unitShare, "venue": unitSame,
	"countries together": unitCount, "countries found in the other": unitShare, "countries found in the other, both ways": unitShare,
	"countries missing from the other, either way": unitCount, "countries that stand out here": unitWeight,
	"countries that stand out here and are missing": unitWeight, "countries that stand out here and are missing, either way": unitWeight, "numbers shared": unitWeight, "numbers found in the other": unitShare, "numbers in conflict": unitYes,
	"time between publications": unitHours, "stated days": unitDays, "weekdays": unitWeekday, "days of the event": unitDays, "months": unitSame,
	"years": unitSame, "years apart": unitCount, "ordinals shared": unitCount, "ordinals in conflict": unitCount, "length of the shorter": unitWords,
	"length of the longer": unitWords, "language": unitSame, "same text": unitShare, "score of the pair alone": unitScore,
	"closeness against the nearest other": unitScore, "closeness against the nearest other, both ways": unitScore, "support of a third article": unitScore,
	"same company": unitShare, "closeness to the others alike": unitLikeness, "words shared with the others alike": unitLikeness,
	"words of the whole text, weighed by this neighbourhood": unitShare, "words of headline and lead, weighed by this neighbourhood": unitShare,
	"lead found in the other, weighed by this neighbourhood": unitShare, "size of the neighbourhood": unitMany, "words that stand out here": unitShare,
	"weight of words that stand out here": unitWeight, "names that stand out here": unitWeight, "names that stand out here and are missing": unitWeight,
	"names missing from the other, either way": unitWeight, "names of the headline missing from the other": unitWeight,
	"names of the headline missing from the other, either way": unitWeight, "names that stand out here and are missing, either way": unitWeight,
	"closeness of the nearest of both": unitScore, "closeness of the nearest of both, wider": unitScore,
	"words shared by the nearest of both": unitLikeness, "words shared by the nearest of both, wider": unitLikeness,
	"agreement of all pairs": unitScore, "share of pairs that were compared": unitShare, "agreement of the compared pairs": unitScore,
	"the pair that agrees most": unitScore, "the pair that agrees least": unitScore, "agreement against that inside of the closer story": unitScore,
	"agreement inside of the looser story": unitScore, "agreement inside of the closer story": unitScore, "articles of the smaller story": unitMany,
	"articles of the larger story": unitMany, "time between the stories": unitHours, "time that both span": unitHours, "articles around": unitMany,
	"nearest of the articles around, on average": unitScore, "neighbours of the articles around, on average": unitMany,
	vectorSignal: unitLikeness, "neighbours of the lonelier": unitMany, "neighbours of the other": unitMany,
}

// saySignal is a signal with its value in words: "headline found in the other: 58 %".
func saySignal(name string, v float32) string {
	return name + ": " + sayValue(signalUnits[strings.TrimPrefix(name, onAverage)], float64(v))
}

func sayValue(u unit, v float64) string {
	if math.IsNaN(v) {
		return "not known"
	}
	switch u {
	case unitShare:
		return fmt.Sprintf("%.0f %%", 100*v)
	case unitWeight:
		return fmt.Sprintf("weight %.1f", v)
	case unitCount:
		return fmt.Sprintf("%.0f", v)
	case unitSame:
		return either(v, "the same", "not the same")
	case unitYes:
		return either(v, "yes", "no")
	case unitHours:
		if v >= 48 {
			return fmt.Sprintf("%.1f days", v/24)
		}
		return fmt.Sprintf("%.0f h", v)
	case unitDays:
		return fmt.Sprintf("%.0f days apart", v)
	case unitWords:
		return fmt.Sprintf("%.0f words", math.Exp2(v)-1)
	case unitMany:
		return fmt.Sprintf("about %.0f articles", math.Exp2(v))
	case unitScore:
		if v <= noScore {
			return "none"
		}
		return fmt.Sprintf("%+.1f", v)
	case unitLikeness:
		return fmt.Sprintf("%+.2f of 1", v)
	case unitWeekday:
		return [...]string{"none in common", "one in common", "the same"}[min(max(int(v), 0), 2)]
	}
	return fmt.Sprintf("%.3g", v)
}

func either(v float64, yes, no string) string {
	if v > 0.5 {
		return yes
	}
	return no
}

// Themes are what signals are about, in the order that explain sums them up.
var Themes = []string{"words", "names", "places", "numbers", "time", "the articles around them", "length and language"}

// themeWords find the theme of a signal by its name; the first that fits.
var themeWords = []struct {
	theme int
	words []string
}{
	{5, []string{"neighbour", "closeness", "support", "company", "stand out", "score of the pair", "with the others", "nearest of both"}},
	{6, []string{"length", "language"}},
	{1, []string{"names"}},
	{2, []string{"place", "venue", "countries"}},
	{3, []string{"number", "ordinal"}},
	{4, []string{"time", "day", "month", "year"}},
}

// themeOf is the index in Themes of a signal; what nothing else claims is about words.
func themeOf(name string) int {
	for _, t := range themeWords {
		for _, w := range t.words {
			if strings.Contains(name, w) {
				return t.theme
			}
		}
	}
	return 0
}

// ByTheme sums contributions by what they are about; what several signals say together is shared equally. With the start of "bias" the sums
// add up to the score.
func (x *Explanation) ByTheme() (sums []float64, start float64) {
	sums = make([]float64, len(Themes))
	for _, s := range x.Signals {
		if s.Name == "bias" {
			start = s.Contribution
			continue
		}
		names := strings.Split(s.Name, together)
		for _, n := range names {
			sums[themeOf(n)] += s.Contribution / float64(len(names))
		}
	}
	return sums, start
}

// BySignal is what every single signal says: what several say together is shared equally, as in ByTheme. "bias" stays; the strongest come first.
func BySignal(ss []SignalSaid) []SignalSaid {
	at := map[string]int{}
	var out []SignalSaid
	for _, s := range ss {
		names, said := strings.Split(s.Name, together), strings.Split(s.Said, andSaid)
		for k, n := range names {
			i, ok := at[n]
			if !ok {
				i = len(out)
				at[n] = i
				out = append(out, SignalSaid{Name: n, Said: said[k]})
			}
			if k == 0 {
				out[i].Value = s.Value // of several signals it is the first's
			}
			out[i].Contribution += s.Contribution / float64(len(names))
		}
	}
	sortSignals(out)
	return out
}
