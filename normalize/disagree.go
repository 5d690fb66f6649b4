package normalize

import (
	"slices"
	"strings"

	"wirefold/internal/news"
)

// maxDisagreements bounds what one story shows: a reader wants the first few, and hostile texts could state thousands.
const maxDisagreements = 12

// maxWitnesses bounds how many tellings are compared: a live blog's hundreds repeat each other.
const maxWitnesses = 60

// witness is what one telling says, read for the comparison with the others.
type witness struct {
	a      *news.Article
	report int
	text   string // title and text, without the dateline
	toks   []tok
	words  map[string]bool // folded words of it
	early  map[string]bool // those of its first maxClaimTokens, hyphens parted
	places map[string]bool // country codes that it mentions
	acts   []datedAct
	days   map[string]bool // all days that it mentions
	venue  venue
	counts []claim
}

// disagreements are the things on which the reports of a story contradict each other. A false one is worse than a missed
// one: where a rule is not sure, it says nothing. Copies of one report count as one voice.
func disagreements(members []*news.Article, report []int) []news.Disagreement {
	if len(members) < 2 {
		return nil
	}
	lex := newsWords()
	var ws []*witness
	for i, m := range members[:min(len(members), maxWitnesses)] {
		ws = append(ws, newWitness(m, report[i], lex))
	}
	var out []news.Disagreement
	out = append(out, nameDisagreements(ws, lex)...)
	out = append(out, numberDisagreements(ws)...)
	out = append(out, dateDisagreements(ws)...)
	out = append(out, placeDisagreements(ws)...)
	out = append(out, wordingDisagreements(ws, lex, out)...)
	return out[:min(len(out), maxDisagreements)]
}

func newWitness(a *news.Article, report int, lex *lexicon) *witness {
	text := a.Text
	dl := splitDateline(text)
	text = text[dl.end:]
	w := &witness{a: a, report: report, places: make(map[string]bool)}
	body := splitTokens(text, lex)
	w.acts = datedActs(text, body, a)
	w.days = daysOf(body, a.Published)
	w.venue = readVenue(text, body, lex, placeName(dl.place, lex))
	head := a.Title + "\n\n"
	w.text = head + text
	w.toks = behind(splitTokens(head, lex), len(head), body)
	w.words, w.early = make(map[string]bool, len(w.toks)/2), make(map[string]bool, min(len(w.toks), maxClaimTokens))
	for i := range w.toks {
		t := &w.toks[i]
		if t.word() {
			w.words[t.low] = true
			if i < maxClaimTokens {
				for p := range strings.SplitSeq(t.low, "-") {
					w.early[p] = true
				}
			}
			if t.has(classPlace) {
				if p, n := lex.places.at(w.toks, i); n > 0 && p.country != "" {
					w.places[p.country] = true
				}
			}
		}
	}
	w.counts = readClaims(w.text, w.toks, lex, commaLanguage(a.Lang))
	return w
}

// behind are the tokens of a headline and, so many bytes after its beginning, those of a text. A line break ends all that the reading of one token tells that of the
// next, so nothing need be read twice.
func behind(headline []tok, at int, body []tok) []tok {
	out := make([]tok, 0, len(headline)+len(body))
	out = append(out, headline...)
	for _, t := range body {
		t.start, t.end = t.start+int32(at), t.end+int32(at)
		out = append(out, t)
	}
	return out
}

// sides makes the sides of a disagreement of the tellings that state each value, values in the order of the tellings.
func sides(ws []*witness, value func(*witness) string) []news.Side {
	var out []news.Side
	for _, w := range ws {
		v := value(w)
		if v == "" {
			continue
		}
		i := slices.IndexFunc(out, func(s news.Side) bool { return s.Value == v })
		if i < 0 {
			out = append(out, news.Side{Value: v})
			i = len(out) - 1
		}
		out[i].Articles = append(out[i].Articles, w.a.Key)
		if o := w.a.Outlet; o != "" && !slices.Contains(out[i].Outlets, o) {
			out[i].Outlets = append(out[i].Outlets, o)
		}
	}
	for i := range out {
		slices.Sort(out[i].Articles)
		slices.Sort(out[i].Outlets)
	}
	return out
}

func placeDisagreements(ws []*witness) []news.Disagreement {
	value := func(w *witness) string {
		if w.venue.online {
			return "online"
		}
		if !w.venue.sure {
			return ""
		}
		return w.venue.city
	}
	ss := sides(ws, value)
	if len(ss) < 2 || !independentSides(ws, value) {
		return nil
	}
	// Who names the other's city too may mean a second stop, not another place.
	for _, w := range ws {
		v := value(w)
		for _, s := range ss {
			if v != "" && s.Value != v && s.Value != "online" && w.words[firstWordFold(s.Value)] {
				return nil
			}
		}
	}
	return []news.Disagreement{{Kind: "place", About: "Where it happened", Sides: ss}}
}

func firstWordFold(s string) string {
	ws := nameWords(s)
	if len(ws) == 0 {
		return ""
	}
	return ws[0]
}

// independentSides says whether the values come from different reports.
func independentSides(ws []*witness, value func(*witness) string) bool {
	by := make(map[string]map[int]bool)
	for _, w := range ws {
		if v := value(w); v != "" {
			if by[v] == nil {
				by[v] = make(map[int]bool)
			}
			by[v][w.report] = true
		}
	}
	for v, rs := range by {
		for u, qs := range by {
			if u == v {
				continue
			}
			for r := range rs {
				if len(rs) == 1 && len(qs) == 1 && qs[r] {
					return false
				}
			}
		}
	}
	return len(by) > 1
}
