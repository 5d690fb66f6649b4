package normalize

import (
	"strings"
)

// dateline is how a report begins: where it was filed, by which agency, on which day.
type dateline struct {
	place  string // as printed: ISLAMABAD
	agency string
	date   stated
	byline string // "Web Desk" in "ISLAMABAD (Web Desk) –"
	end    int    // bytes of the text that the dateline takes, with the space behind it
}

// maxDateline is how many bytes a dateline may have.
const maxDateline = 140

// splitDateline takes the dateline off the beginning of a text: "ISLAMABAD: ", "LONDON, March 3 (Reuters) - ",
// "WASHINGTON (AP) — ", "New Delhi [India], February 11 (ANI): ", "KABUL, JUL 20 /DNA/ – ", "RSS (KATHMANDU, 29 March 2022) – ".
// A text without one gives the zero dateline.
func splitDateline(text string) dateline {
	head := cutBytes(text, maxDateline)
	if i := strings.IndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	}
	lex := newsWords()
	toks := splitTokens(head, lex)
	if len(toks) < 2 {
		return dateline{}
	}
	if d, ok := agencyOnly(text, head, toks); ok {
		return d
	}
	var d dateline
	i := 0
	// An agency before the bracket: RSS (KATHMANDU, …)
	if toks[0].flags&tokUpper != 0 && toks[1].mark("(") && agencyName(text[toks[0].start:toks[0].end]) != "" {
		d.agency = agencyName(text[toks[0].start:toks[0].end])
		i = 2
	}
	n := datelinePlace(toks, i, lex)
	if n == 0 {
		return dateline{}
	}
	d.place = head[toks[i].start:toks[i+n-1].end]
	i += n
	sure := false // something besides a place was there
	for i < len(toks) {
		t := &toks[i]
		switch {
		case t.mark("(") || t.mark("[") || t.mark("/"):
			close := bracketEnd(toks, i)
			if close < 0 {
				return dateline{}
			}
			d.inBracket(head, toks, i+1, close)
			sure = true
			i = close + 1
			continue
		case t.mark(")"):
			i++
			continue
		case t.mark(","):
			i++
			continue
		case t.mark(".") && i > 0 && (toks[i-1].has(classMonth|classAbbrev) || toks[i-1].flags&tokUpper == 0):
			i++
			continue
		case t.mark("-") || t.mark(":"):
			if t.flags&tokGlued != 0 && t.mark("-") && i+1 < len(toks) && toks[i+1].flags&tokGlued != 0 && toks[i+1].word() && !sure && t.end-t.start == 1 {
				return dateline{}
			}
			if !sure && i+1 < len(toks) && t.mark(":") && toks[0].flags&tokUpper == 0 && d.agency == "" {
				// "Pakistan: …" and "Analysis: …" are headlines, but "Karachi: …" is a dateline.
				if p, pn := lex.places.at(toks, 0); pn == 0 || p.kind != placeCity {
					return dateline{}
				}
			}
			d.end = int(t.end)
			for d.end < len(text) && (text[d.end] == ' ' || text[d.end] == '-' || text[d.end] == '\t') {
				d.end++
			}
			for _, dash := range []string{"–", "—", " "} {
				d.end += len(text[d.end:]) - len(strings.TrimPrefix(text[d.end:], dash))
			}
			return d
		case t.word() || t.digits():
			if s, ok := dateAt(toks, i); ok {
				d.date, sure = s, true
				i = s.end
				continue
			}
			// A state or country: "PERRY, Fla., Sept 26:", an agency without brackets.
			if toks[i-1].mark(",") && (t.capital() || t.flags&tokDot != 0) && i < 12 {
				if a := agencyName(head[t.start:t.end]); a != "" {
					d.agency, sure = a, true
				}
				i++
				for i < len(toks) && toks[i].word() && toks[i].capital() {
					i++
				}
				continue
			}
			// "KABUL (BNA) Alhaj …": the bracket ends the dateline.
			if sure && toks[i-1].mark(")") && toks[i-1].start > 0 && d.agency != "" {
				d.end = int(t.start)
				return d
			}
			// "NEW YORK Reuters"
			return dateline{}
		default:
			return dateline{}
		}
	}
	return dateline{}
}

// agencyOnly reads a dateline that names no place: "(Reuters) - Shares …", "(CNN) — A …".
func agencyOnly(text, head string, toks []tok) (dateline, bool) {
	if !toks[0].mark("(") {
		return dateline{}, false
	}
	to := bracketEnd(toks, 0)
	if to < 2 || to > 4 || to+1 >= len(toks) || !toks[to+1].mark("-") || toks[to+1].flags&tokGlued != 0 {
		return dateline{}, false
	}
	inner := strings.TrimSpace(head[toks[1].start:toks[to-1].end])
	if agencyName(inner) == "" && !acronymLine(inner) {
		return dateline{}, false
	}
	d := dateline{agency: inner, end: int(toks[to+1].end)}
	d.end += len(text[d.end:]) - len(strings.TrimLeft(text[d.end:], " \t-"))
	return d, true
}

// datelinePlace counts the tokens of a place that may open a dateline: capitals throughout, or a known city.
func datelinePlace(toks []tok, i int, lex *lexicon) int {
	if i >= len(toks) || !toks[i].word() || !toks[i].capital() {
		return 0
	}
	if p, n := lex.places.at(toks, i); n > 0 && p.kind != placeDemonym {
		for i+n < len(toks) && toks[i+n].mark("/") && i+n+1 < len(toks) && toks[i+n+1].capital() {
			n += 2
		}
		return n
	}
	n := 0
	for i+n < len(toks) && n < 5 {
		t := &toks[i+n]
		if t.word() && t.flags&tokUpper != 0 && !t.has(classMonth) {
			n++
			continue
		}
		if n > 0 && t.mark("-") && t.flags&tokGlued != 0 && i+n+1 < len(toks) && toks[i+n+1].flags&tokUpper != 0 && toks[i+n+1].flags&tokGlued != 0 {
			n++
			continue
		}
		if n > 0 && t.has(classParticle) && i+n+1 < len(toks) && toks[i+n+1].flags&tokUpper != 0 {
			n++
			continue
		}
		break
	}
	if n == 1 && len(toks[i].low) < 4 {
		return 0
	}
	return n
}

func bracketEnd(toks []tok, i int) int {
	want := ")"
	switch toks[i].low {
	case "[":
		want = "]"
	case "/":
		want = "/"
	}
	for j := i + 1; j < len(toks) && j < i+16; j++ {
		if toks[j].mark(want) && (want != "/" || j+1 >= len(toks) || !toks[j+1].digits()) && !(want == "/" && j+1 < len(toks) && toks[j+1].word() && toks[j+1].flags&tokGlued != 0) {
			return j
		}
	}
	return -1
}

// inBracket reads an agency, a desk or a date out of brackets; a country says nothing.
func (d *dateline) inBracket(text string, toks []tok, from, to int) {
	if from >= to {
		return
	}
	for i := from; i < to; i++ {
		if s, ok := dateAt(toks, i); ok && s.end <= to && s.month != 0 {
			d.date = s
			to = i
			break
		}
	}
	for to > from && (toks[to-1].mark("-") || toks[to-1].mark(",")) {
		to--
	}
	if from >= to {
		return
	}
	inner := strings.TrimSpace(text[toks[from].start:toks[to-1].end])
	if a := agencyName(inner); a != "" {
		d.agency = a
	} else if deskLine(inner) {
		d.byline = inner
	} else if d.agency == "" && len(inner) <= 40 && toks[from].capital() && !toks[from].has(classPlace) {
		d.agency = inner
	}
}

// agencies are the news agencies that papers credit, by what they print.
var agencies = [...]string{"APP", "Reuters", "AP", "AFP", "PTI", "ANI", "IANS", "UNI", "Xinhua", "TASS", "EFE", "dpa", "ANSA", "PAP", "Lusa",
	"Bloomberg", "Anadolu", "AA", "INP", "PPI", "NNI", "dpa-AFX", "IRNA", "SPA", "WAM", "KUNA", "QNA", "BNA", "MENA", "SANA", "Yonhap", "Kyodo", "RIA",
	"Interfax", "Belga", "ANP", "STT", "TT", "NTB", "CTK", "MTI", "Agerpres", "Tanjug", "Hina", "BTA", "ATA", "AAP", "Bernama", "Antara", "VNA",
	"BSS", "UNB", "RSS", "NAN", "GNA", "KNA", "ENA", "SAPA", "IPS", "UPI", "PA", "PA Media", "Press Association", "Associated Press", "The Associated Press",
	"Agence France-Presse", "Press Trust of India", "Associated Press of Pakistan", "Asian News International", "Sputnik", "Tasnim", "Mehr", "Fars",
	"EPA", "EPA-EFE", "Getty Images", "CP", "The Canadian Press", "Canadian Press", "Kyodo News", "Anadolu Agency", "CNA", "NHK", "DPA"}

// agencyName gives the agency that s names, as printed, or "".
func agencyName(s string) string {
	s = strings.Trim(s, " \t.-–—()[]/")
	name := s
	if i := len(s) - len(" news agency"); i > 0 && strings.EqualFold(s[i:], " news agency") {
		name = s[:i] // Xinhua News Agency
	}
	for _, a := range agencies {
		if name == a || len(name) > 3 && strings.EqualFold(name, a) {
			return s
		}
	}
	return ""
}

// deskLine says whether s is a byline without a name: Web Desk, Our Correspondent, Staff Reporter.
func deskLine(s string) bool {
	low := strings.ToLower(strings.Trim(s, " .:-–—|"))
	low = strings.TrimPrefix(low, "by ")
	low = strings.TrimPrefix(low, "from ")
	if len(low) > 48 || low == "" {
		return false
	}
	for _, end := range [...]string{"desk", "correspondent", "correspondents", "reporter", "reporters", "staff", "bureau", "newsroom", "monitoring", "editor", "editors", "team", "contributor", "writer", "report", "agencies"} {
		if low == end || strings.HasSuffix(low, " "+end) {
			return low != "report" && low != "team" && low != "editor" && strings.Count(low, " ") <= 4
		}
	}
	return false
}
