package normalize

import (
	"slices"
	"strings"

	"wirefold/internal/news"
)

// holder is somebody in an office as one telling names him.
type holder struct {
	w      *witness
	person news.Person
	words  []string
	office office
	ok     bool
}

// nameDisagreements finds offices for which the tellings name different people, and people to whom they give different
// ranks. Two spellings are one name; two people that one telling names both are two people with two offices.
func nameDisagreements(ws []*witness, lex *lexicon) []news.Disagreement {
	var hs []holder
	for _, w := range ws {
		hs = append(hs, holdersOf(w, lex)...)
	}
	var out []news.Disagreement
	done := make(map[string]bool)
	for i := range hs {
		for j := i + 1; j < len(hs); j++ {
			a, b := &hs[i], &hs[j]
			if a.w.report == b.w.report {
				continue
			}
			k := strings.ToLower(a.words[len(a.words)-1] + "|" + b.words[len(b.words)-1])
			if done[k] {
				continue
			}
			switch {
			case contradictNames(a, b, ws, hs):
				out = append(out, twoNames(a, b, ws, hs))
			case oneName(a.words, b.words) && contradictRanks(a, b):
				out = append(out, twoRanks(a, b, ws, hs))
			default:
				continue
			}
			done[k] = true
		}
	}
	return out
}

// holdersOf are the people that a telling names in its opening, with their offices.
func holdersOf(w *witness, lex *lexicon) []holder {
	var hs []holder
	for _, p := range w.a.Facts.People {
		words := plainName(p.Name)
		if len(words) == 0 || !w.early[words[len(words)-1]] {
			continue
		}
		o, ok := officeOf(p.Role, lex)
		hs = append(hs, holder{w: w, person: p, words: words, office: o, ok: ok})
	}
	// Somebody's counterpart has that person's office in his own country.
	for i := range hs {
		h := &hs[i]
		if !h.office.counterpart || h.office.country == "" {
			continue
		}
		for k := range hs {
			if o := hs[k].office; k != i && hs[k].ok && o.country != h.office.country && o.head == "minister" && !o.deputy {
				h.office.head, h.office.topics, h.ok = o.head, o.topics, true
				break
			}
		}
	}
	return hs
}

func twoNames(a, b *holder, ws []*witness, hs []holder) news.Disagreement {
	about := a.person.Role
	if a.office.country == "" || !a.ok || a.office.counterpart {
		about = b.person.Role
	}
	return news.Disagreement{Kind: "name", About: about, Sides: sides(ws, func(w *witness) string {
		for _, h := range hs {
			if h.w != w {
				continue
			}
			if oneName(h.words, a.words) {
				return a.person.Name
			}
			if oneName(h.words, b.words) {
				return b.person.Name
			}
		}
		return ""
	})}
}

// twoRanks tells of one person with two ranks: a minister here, a deputy minister there.
func twoRanks(a, b *holder, ws []*witness, hs []holder) news.Disagreement {
	return news.Disagreement{Kind: "name", About: "Office of " + a.person.Name, Sides: sides(ws, func(w *witness) string {
		for _, h := range hs {
			if h.w != w || !oneName(h.words, a.words) || h.office.head == "" {
				continue
			}
			switch h.office.rank() {
			case a.office.rank():
				return a.person.Role
			case b.office.rank():
				return b.person.Role
			}
		}
		return ""
	})}
}

// contradictRanks says whether two tellings give one person offices of different rank in one field.
func contradictRanks(a, b *holder) bool {
	o, p := a.office, b.office
	if !a.ok || !b.ok || len(a.words) < 2 && len(b.words) < 2 || o.rank() == "" || p.rank() == "" || o.rank() == p.rank() || o.country != "" && p.country != "" && o.country != p.country {
		return false
	}
	return o.counterpart || p.counterpart || o.sharesTopic(p)
}

// contradictNames says whether two tellings give one office to different people.
func contradictNames(a, b *holder, ws []*witness, hs []holder) bool {
	if len(a.words) < 2 || len(b.words) < 2 || oneName(a.words, b.words) || !sameScript(a.words, b.words) {
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
		if same && a.office.head == "minister" && a.office.country == "" && b.office.country == "" && sharedOther(a, b, hs) {
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

// sharedOther says whether both tellings name a third person in their openings: whom the minister met.
func sharedOther(a, b *holder, hs []holder) bool {
	for i := range hs {
		for j := range hs {
			p, q := &hs[i], &hs[j]
			if p.w == a.w && q.w == b.w && len(p.words) > 1 && oneName(p.words, q.words) && !oneName(p.words, a.words) && !oneName(p.words, b.words) {
				return true
			}
		}
	}
	return false
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

// plainName are the words of a name for a comparison: hyphens part them, particles fall.
func plainName(name string) []string {
	var out []string
	for _, w := range nameWords(name) {
		for _, p := range strings.Split(w, "-") {
			if p != "" && newsWords().words[p].is&classParticle == 0 {
				out = append(out, p)
			}
		}
	}
	return out
}

// oneName says whether two names can be one person's: a shorter form, another spelling, or words in another order.
func oneName(a, b []string) bool {
	if sameName(a, b) || spellingVariant(a, b) {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	for _, w := range a {
		if !slices.ContainsFunc(b, func(v string) bool { return closeSpelling(w, v) }) {
			return false
		}
	}
	return len(a) > 1
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
