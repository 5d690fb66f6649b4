package normalize

import (
	"slices"
	"time"

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
	places map[string]bool // country codes that it mentions
	date   news.Date
	stated stated          // how the date was stated
	days   map[string]bool // all days that it mentions
	// opening are the content words of the headline and of the sentence that states the date.
	opening map[string]bool
	venue   venue
	counts  []claim
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
	return out[:min(len(out), maxDisagreements)]
}

func newWitness(a *news.Article, report int, lex *lexicon) *witness {
	text := a.Text
	dl := splitDateline(text)
	text = text[dl.end:]
	w := &witness{a: a, report: report, words: make(map[string]bool), places: make(map[string]bool)}
	body := splitTokens(text, lex)
	w.date, w.stated = statedDate(a, body)
	w.days = daysOf(body, a.Published)
	w.opening = contentStems(a.Title + " " + sentenceAt(text, body, w.stated.at))
	w.venue = readVenue(text, body, lex, placeName(dl.place, lex))
	w.text = a.Title + "\n\n" + text
	w.toks = splitTokens(w.text, lex)
	for i := range w.toks {
		t := &w.toks[i]
		if t.word() {
			w.words[t.low] = true
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

// statedDate is the day that an article itself gives its event, if it says so firmly: in its opening, and not as the day on
// which somebody said something.
func statedDate(a *news.Article, toks []tok) (news.Date, stated) {
	d, s := readEventDate(toks, a.Published)
	if !d.Known() || saidOn(toks, s.at) != saidNot {
		return news.Date{}, s
	}
	return d, s
}

// sentenceAt is the sentence that token i stands in.
func sentenceAt(text string, toks []tok, i int) string {
	if i >= len(toks) {
		return ""
	}
	from, to := i, i+1
	for from > 0 && toks[from].flags&tokFirst == 0 {
		from--
	}
	for to < len(toks) && toks[to].flags&tokFirst == 0 {
		to++
	}
	return text[toks[from].start:toks[to-1].end]
}

// daysOf are all days that a text names.
func daysOf(toks []tok, base news.Date) map[string]bool {
	days := make(map[string]bool)
	for i := range toks {
		if s, ok := dateAt(toks, i); ok {
			if d := s.date(base); d.Known() {
				days[d.String()] = true
				if s.day == 0 && s.weekday != 0 { // or the one to come
					days[news.Date{Time: d.Time.AddDate(0, 0, 7), DayOnly: true}.String()] = true
				}
			}
		}
	}
	return days
}

func dateDisagreements(ws []*witness) []news.Disagreement {
	value := func(w *witness) string { return w.date.String() }
	ss := sides(ws, value)
	if len(ss) < 2 || !independentSides(ws, value) {
		return nil
	}
	found := false
	for i, w := range ws {
		for _, v := range ws[i+1:] {
			if !w.date.Known() || !v.date.Known() || value(v) == value(w) {
				continue
			}
			if tellsBoth(w, v) || w.date.Time.Sub(v.date.Time).Abs() > maxDaysApart {
				return nil
			}
			found = found || contradictDays(w, v)
		}
	}
	if !found {
		return nil
	}
	return []news.Disagreement{{Kind: "date", About: "When it happened", Sides: ss}}
}

// maxDaysApart is how far two stated days may lie apart and still be meant for one event.
const maxDaysApart = 3 * 24 * time.Hour

// tellsBoth says whether one of two tellings names the other's day, too: it may tell of an event of two days. A calendar day
// that is printed in full is meant.
func tellsBoth(w, v *witness) bool {
	return w.days[v.date.String()] && v.stated.day == 0 || v.days[w.date.String()] && w.stated.day == 0
}

// contradictDays says whether two tellings with different days surely tell the same.
func contradictDays(w, v *witness) bool {
	shared := 0
	for s := range w.opening {
		if v.opening[s] {
			shared++
		}
	}
	// Each tells of its own day: what happened then, and what came next. Only sentences that tell clearly the same contradict.
	if w.a.Published.Known() && v.a.Published.Known() && wholeDays(w) == wholeDays(v) {
		return shared >= 5
	}
	return shared >= 1
}

// wholeDays is how many days after its event a telling was published.
func wholeDays(w *witness) int {
	y, m, d := w.a.Published.Time.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(w.date.Time) / (24 * time.Hour))
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
