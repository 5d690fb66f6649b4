package normalize

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

//go:embed places.txt
var placesText string

// placeKind says what a place name stands for.
type placeKind uint8

const (
	placeCountry placeKind = iota + 1
	placeDemonym           // an adjective or the people of a country
	placeCity
	placeRegion // a state, province or part of the world
)

// place is one name of the placeTable. Several names may stand for one city; Of is the English name then.
type place struct {
	kind    placeKind
	country string // ISO 3166, or EU; "" for a region
	of      string // the name as we print and compare it: "Warsaw" for Warschau
	words   []string
}

// placeTable knows countries, their people and their big cities in our thirteen languages.
type placeTable struct {
	places []place
	// first gives the places whose name begins with a folded word, the longest names first.
	first map[string][]int32
}

// placeLanguages are the languages in which countries are known by name (issue 3 part 3).
var placeLanguages = [...]string{"en", "ur", "ar", "es", "de", "fr", "pl", "it", "nl", "pt", "ru", "tr"}

// worldPlaces is read once, at the first article.
var worldPlaces = sync.OnceValue(func() *placeTable { return readPlaces(placesText) })

func readPlaces(text string) *placeTable {
	g := &placeTable{first: make(map[string][]int32, 4096)}
	var namers []display.Namer
	for _, l := range placeLanguages {
		if n := display.Regions(language.MustParse(l)); n != nil {
			namers = append(namers, n)
		}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line+"|||", "|")
		code := fields[0]
		if code == "@" {
			g.addAll(fields[1], placeRegion, "")
			g.addDemonyms(fields[2], "", "")
			continue
		}
		name := g.addCountry(code, namers)
		for alias := range strings.SplitSeq(fields[1], ";") {
			g.add(alias, place{kind: placeCountry, country: code, of: name})
		}
		g.addDemonyms(fields[2], code, name)
		g.addAll(fields[3], placeCity, code)
	}
	return g
}

// addCountry adds the names that CLDR gives a territory, and returns the English one.
func (g *placeTable) addCountry(code string, namers []display.Namer) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	english := ""
	for _, n := range namers {
		name := n.Name(region)
		if english == "" {
			english = name
		}
		name, _, _ = strings.Cut(name, " (")
		g.add(name, place{kind: placeCountry, country: code, of: english})
	}
	return english
}

func (g *placeTable) addDemonyms(names, code, of string) {
	for d := range strings.SplitSeq(names, " ") {
		g.add(d, place{kind: placeDemonym, country: code, of: of})
	}
}

func (g *placeTable) addAll(names string, kind placeKind, code string) {
	for entry := range strings.SplitSeq(names, ";") {
		english, _, _ := strings.Cut(entry, "=")
		for name := range strings.SplitSeq(entry, "=") {
			g.add(name, place{kind: kind, country: code, of: english})
		}
	}
}

func (g *placeTable) add(name string, p place) {
	p.words = placeWords(name)
	if len(p.words) == 0 {
		return
	}
	list := g.first[p.words[0]]
	for _, i := range list {
		if q := g.places[i]; q.kind == p.kind && len(q.words) == len(p.words) && equalWords(q.words, p.words) {
			return
		}
	}
	g.places = append(g.places, p)
	id := int32(len(g.places) - 1)
	at := 0
	for at < len(list) && len(g.places[list[at]].words) >= len(p.words) {
		at++
	}
	list = append(list, 0)
	copy(list[at+1:], list[at:])
	list[at] = id
	g.first[p.words[0]] = list
}

// placeWords are the words of a place name as splitTokens cuts them.
func placeWords(name string) []string {
	var words []string
	for _, t := range splitTokens(name, &lexicon{}) {
		if t.word() || t.digits() {
			words = append(words, t.low)
		}
	}
	return words
}

func equalWords(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// at is the longest place name that begins at token i, and how many tokens it has; 0 when none does. Names of the Latin
// and Cyrillic scripts must be capitalised in the text.
func (g *placeTable) at(toks []tok, i int) (*place, int) {
	list := g.first[toks[i].low]
	if len(list) == 0 {
		return nil, 0
	}
	if !toks[i].capital() && caseScript(toks[i].low) {
		return nil, 0
	}
	for _, id := range list {
		p := &g.places[id]
		if len(p.words) <= len(toks)-i && wordsAt(toks[i:], p.words) {
			return p, len(p.words)
		}
	}
	return nil, 0
}

// cityAt is at, but of a name that is a city's, too (Luxembourg, Singapore), it is the city.
func (g *placeTable) cityAt(toks []tok, i int) (*place, int) {
	for _, id := range g.first[toks[i].low] {
		p := &g.places[id]
		if p.kind == placeCity && len(p.words) <= len(toks)-i && (toks[i].capital() || !caseScript(toks[i].low)) && wordsAt(toks[i:], p.words) {
			return p, len(p.words)
		}
	}
	return nil, 0
}

func wordsAt(toks []tok, words []string) bool {
	for j, w := range words {
		if toks[j].low != w || j > 0 && toks[j].flags&tokPara != 0 {
			return false
		}
	}
	return true
}

// caseScript says whether a folded word is of a script that has capitals.
func caseScript(low string) bool {
	return low != "" && (low[0] < 0x80 || low[0] == 0xd0 || low[0] == 0xd1)
}
