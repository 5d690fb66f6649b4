package normalize

import (
	"slices"
	"strings"

	"wirefold/internal/news"
)

// office is a role that one person holds at a time, made comparable.
type office struct {
	head    string // minister, ambassador, president …
	deputy  bool
	country string   // ISO code, "" when the role does not say
	topics  []string // interior, foreign …; the place of an ambassador
	to      string   // where an ambassador is accredited
}

// soleHeads are the heads of roles that have one holder.
var soleHeads = map[string]string{
	"minister": "minister", "premier": "prime minister", "president": "president", "ambassador": "ambassador", "commissioner": "commissioner",
	"governor": "governor", "mayor": "mayor", "chancellor": "chancellor", "king": "king", "pope": "pope", "captain": "captain", "coach": "coach",
	"secretary": "secretary", "undersecretary": "undersecretary", "speaker": "speaker", "envoy": "ambassador", "chairman": "chair", "chair": "chair",
	"chairwoman": "chair", "ceo": "chief executive", "chief": "chief",
}

// officeOf reads a role. ok is false for a role that several people may hold, or that is not told apart from others.
func officeOf(role string, lex *lexicon) (o office, ok bool) {
	toks := splitTokens(role, lex)
	for i := 0; i < len(toks); i++ {
		t := &toks[i]
		switch {
		case t.low == "former" || t.low == "ex" || t.low == "acting" || t.low == "counterpart" || t.has(classRolePlural) || t.low == "member":
			return o, false
		case t.low == "deputy" || t.low == "vice" || t.low == "assistant" || t.low == "junior" || t.low == "wiceminister":
			o.deputy = true
		case t.low == "state" && i > 0 && (toks[i-1].low == "of" || i+1 < len(toks) && toks[i+1].low == "minister"):
			o.deputy = true
		}
		if t.low == "undersecretary" {
			o.deputy = true
		}
		if p, n := lex.places.at(toks, i); n > 0 {
			if i > 0 && toks[i-1].low == "to" {
				o.to = p.country
			} else if o.country == "" && (p.kind == placeCountry || p.kind == placeDemonym) {
				o.country = p.country
			}
			i += n - 1
			continue
		}
		if h, sole := soleHeads[t.low]; sole && o.head == "" {
			o.head = h
			continue
		}
		if t.has(classTopic) && !slices.Contains(o.topics, t.low) {
			w := t.low
			if w == "home" {
				w = "interior"
			}
			o.topics = append(o.topics, w)
		}
		if t.low == "prime" {
			o.topics = append(o.topics, "prime")
		}
	}
	switch o.head {
	case "":
		return o, false
	case "minister", "secretary", "undersecretary", "commissioner", "chief":
		return o, len(o.topics) > 0
	case "ambassador", "president", "governor", "chancellor", "king", "captain", "coach", "speaker", "mayor", "chair", "chief executive":
		return o, o.country != "" || len(o.topics) > 0
	}
	return o, true
}

// same says whether two roles are one office. An office without its country is the same as one with it, if sure is false.
func (o office) same(p office) (same, sure bool) {
	if o.head != p.head || o.deputy != p.deputy || o.to != "" && p.to != "" && o.to != p.to {
		return false, false
	}
	if len(o.topics) > 0 != (len(p.topics) > 0) {
		return false, false
	}
	if len(o.topics) > 0 && o.topics[0] != p.topics[0] && !slices.Contains(o.topics, p.topics[0]) && !slices.Contains(p.topics, o.topics[0]) {
		return false, false
	}
	if o.country != "" && p.country != "" {
		return o.country == p.country, true
	}
	return true, false
}

// holder is somebody in an office as one telling names him.
type holder struct {
	w      *witness
	person news.Person
	words  []string
	office office
	ok     bool
}

// nameDisagreements finds offices for which the tellings name different people. Two spellings are one name; two people
// that one telling names both are two people with two offices.
func nameDisagreements(ws []*witness, lex *lexicon) []news.Disagreement {
	var hs []holder
	for _, w := range ws {
		for _, p := range w.a.Facts.People {
			o, ok := officeOf(p.Role, lex)
			words := nameWords(p.Name)
			if len(words) > 0 {
				hs = append(hs, holder{w: w, person: p, words: words, office: o, ok: ok})
			}
		}
	}
	var out []news.Disagreement
	done := make(map[string]bool)
	for i := range hs {
		for j := i + 1; j < len(hs); j++ {
			a, b := &hs[i], &hs[j]
			if a.w.report == b.w.report || !contradictNames(a, b, ws, hs) {
				continue
			}
			about := a.person.Role
			if a.office.country == "" || !a.ok {
				about = b.person.Role
			}
			k := strings.ToLower(a.words[len(a.words)-1] + "|" + b.words[len(b.words)-1])
			if done[k] {
				continue
			}
			done[k] = true
			value := func(w *witness) string {
				for _, h := range hs {
					if h.w != w {
						continue
					}
					if sameName(h.words, a.words) || spellingVariant(h.words, a.words) {
						return a.person.Name
					}
					if sameName(h.words, b.words) || spellingVariant(h.words, b.words) {
						return b.person.Name
					}
				}
				return ""
			}
			out = append(out, news.Disagreement{Kind: "name", About: about, Sides: sides(ws, value)})
		}
	}
	return out
}

// contradictNames says whether two tellings give one office to different people.
func contradictNames(a, b *holder, ws []*witness, hs []holder) bool {
	if len(a.words) < 2 || len(b.words) < 2 || sameName(a.words, b.words) || spellingVariant(a.words, b.words) || !sameScript(a.words, b.words) {
		return false
	}
	// Nobody may know both.
	for _, w := range ws {
		if w.words[a.words[len(a.words)-1]] && w.words[b.words[len(b.words)-1]] {
			return false
		}
	}
	if a.ok && b.ok {
		same, sure := a.office.same(b.office)
		if same && sure {
			return true
		}
		if same && a.office.deputy {
			country := a.office.country
			unsaid := a
			if country == "" {
				country = b.office.country
			} else {
				unsaid = b
			}
			return country != "" && unsaid.w.places[country] && !officeFilled(hs, unsaid, country)
		}
	}
	return sharedGivenName(a, b) || sharedGivenName(b, a)
}

// officeFilled says whether the telling of h names somebody else as the country's holder of its office.
func officeFilled(hs []holder, h *holder, country string) bool {
	for i := range hs {
		o := &hs[i]
		if o.w != h.w || !o.ok || o.office.country != country || sameName(o.words, h.words) {
			continue
		}
		if same, _ := o.office.same(h.office); same {
			return true
		}
	}
	return false
}

// sharedGivenName finds the office holder whose surname another telling got wrong: the given name is the same and not a
// common one, the other telling is about the same country, and names nobody else for the office.
func sharedGivenName(a, b *holder) bool {
	if !a.ok || a.office.country == "" || b.ok && b.office.country != "" && b.office.country != a.office.country || a.words[0] != b.words[0] || frequentGiven[a.words[0]] || len(a.words[0]) < 5 {
		return false
	}
	return b.w.places[a.office.country] && (b.person.Role == "" || b.ok)
}

// frequentGiven are given names that two people of one story may well share.
var frequentGiven = map[string]bool{"muhammad": true, "mohammad": true, "mohammed": true, "mohamed": true, "ahmed": true, "abdul": true, "abdullah": true, "khalid": true,
	"syed": true, "ghulam": true, "sheikh": true, "prince": true, "michael": true, "david": true, "james": true, "robert": true, "thomas": true, "maria": true, "peter": true,
	"daniel": true, "christopher": true, "alexander": true, "andrew": true, "stephen": true, "steven": true, "jeffrey": true, "donald": true, "chaudhry": true, "general": true, "anthony": true}

func sameScript(a, b []string) bool {
	return caseScript(a[0]) == caseScript(b[0]) && a[0][0]&0x80 == b[0][0]&0x80
}

// spellingVariant says whether two names are one name in two spellings: Younas and Younis, Brunner and Berner.
func spellingVariant(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	if !closeSpelling(a[len(a)-1], b[len(b)-1]) {
		return false
	}
	if len(a) == 1 || len(b) == 1 {
		return true
	}
	return closeSpelling(a[0], b[0]) || strings.HasPrefix(a[0], b[0][:1]) && (len(a[0]) <= 2 || len(b[0]) <= 2)
}

func closeSpelling(a, b string) bool {
	if a == b {
		return true
	}
	x, y := consonants(a), consonants(b)
	if x == y && len(x) > 1 {
		return true
	}
	n := max(len(a), len(b))
	d := editDistance(a, b)
	return n >= 5 && d <= 1 || n >= 8 && d <= 2 || len(x) >= 4 && len(y) >= 4 && editDistance(x, y) <= 1 && d <= 3
}

// consonants is a word without vowels and doubled letters, its common transliterations made one.
func consonants(s string) string {
	var b strings.Builder
	last := byte(0)
	for i := range len(s) {
		c := s[i]
		switch c {
		case 'a', 'e', 'i', 'o', 'u', 'y', 'h', '-', '\'':
			if i > 0 {
				last = 0
				continue
			}
		case 'c', 'q':
			c = 'k'
		case 'z':
			c = 's'
		case 'w':
			c = 'v'
		case 'j':
			c = 'g'
		}
		if c != last {
			b.WriteByte(c)
		}
		last = c
	}
	return b.String()
}

// editDistance is Levenshtein's, for words.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	var row [65]int
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		prev := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			prev, row[j] = row[j], min(row[j]+1, row[j-1]+1, prev+cost)
		}
	}
	return row[len(b)]
}
