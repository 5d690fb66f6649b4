package normalize

import (
	"strings"
)

// after reads what stands behind a name: an apposition (", chair of the Federal Reserve,"), or "of Poland".
func (r *peopleReader) after(i int) int {
	toks := r.toks
	if i+1 >= len(toks) || len(r.found) == 0 {
		return i
	}
	m := &r.found[len(r.found)-1]
	if toks[m.last-1].poss() {
		return i
	}
	if toks[i].low == "of" && toks[i].word() {
		j := i + 1
		if toks[j].low == "the" {
			j++
		}
		if j < len(toks) {
			if p, n := r.lex.places.at(toks, j); n > 0 && p.kind == placeCountry {
				if m.role == "" {
					m.role, m.titled = r.roleText(j, j+n), true
					if r.found[len(r.found)-1].first >= 2 && toks[m.first-1].low == "by" && toks[m.first-2].low == "hosted" {
						m.role = "host, " + m.role
					}
				}
				return j + n
			}
			if n := r.capitals(j); n > 0 && len(m.name) > 1 && m.role == "" && !toks[j+n-1].poss() {
				m.role, m.titled = r.roleText(j, j+n), true
				return j + n
			}
		}
		return i
	}
	if toks[i].mark(",") || toks[i].mark("(") {
		if end, ok := r.apposition(i + 1); ok {
			if m.role == "" || len(m.name) > 1 && !m.titled {
				m.role, m.titled = r.roleText(r.skipArticle(i+1), end), true
			}
			return end
		}
	}
	return i
}

func (r *peopleReader) skipArticle(i int) int {
	switch r.toks[i].low {
	case "the", "a", "an", "who", "its", "his", "her", "their":
		return i + 1
	}
	return i
}

// maxApposition is the length of an apposition in tokens; a longer one is a clause of its own.
const maxApposition = 16

// apposition reads a role behind a comma, up to the mark that closes it. A role that runs into a name belongs to the
// next person of a list.
func (r *peopleReader) apposition(i int) (end int, ok bool) {
	toks := r.toks
	head := -1
	for j := r.skipArticle(i); j < len(toks) && j < i+maxApposition; j++ {
		t := &toks[j]
		if t.flags&tokPara != 0 {
			break
		}
		if !t.word() {
			if t.mark("-") && t.flags&tokGlued != 0 || t.mark("'") {
				continue
			}
			if t.mark(",") || t.mark(".") || t.mark(";") || t.mark(")") || t.mark("-") {
				return j, head >= 0 && (t.mark(",") || t.mark(".") || t.mark(")") || t.mark("-") || t.mark(";"))
			}
			break
		}
		if head < 0 {
			switch {
			case t.has(classRole) && !r.isName(j):
				head = j
			case t.has(classRoleMod|classTopic|classOrg|classPlace) || t.poss() || t.has(classNumber) || t.flags&tokUpper != 0:
			case j-i < 5 && (t.low == "of" || t.low == "and" || t.low == "for"):
			case j-i < 4 && !t.has(classFunction) && !t.has(classSay):
			default:
				return 0, false
			}
			continue
		}
		if t.has(classSay) || t.low == "who" || t.low == "was" || t.low == "is" || t.low == "has" || t.low == "had" || t.low == "were" {
			break
		}
		if t.capital() && t.has(classGiven) && r.isName(j) && !toks[j-1].has(classFunction) {
			return 0, false
		}
		if t.capital() && j == head+1 && r.nameWord(j) && !t.has(classOrg|classTopic|classPlace|classRole|classRoleMod) && t.flags&tokUpper == 0 {
			return 0, false
		}
	}
	return 0, false
}

// list gives a plural role to the names that follow: "police officers A, B and C".
func (r *peopleReader) list(i int, role string) int {
	for i < len(r.toks) {
		j := i
		if r.toks[j].mark(",") {
			j++
		}
		if j < len(r.toks) && (r.toks[j].low == "and" || r.toks[j].low == "&") {
			j++
		}
		if j == i || j >= len(r.toks) || r.toks[j].has(classHonor|classRole) && !r.toks[j].has(classGiven) {
			return i
		}
		stop := r.nameEnd(j)
		if stop == j || stop-j < 2 && r.toks[j].has(classPlace|classRole) {
			return i
		}
		r.add(j, stop, role, true)
		i = stop
	}
	return i
}

func singular(role string) string {
	words := strings.Fields(role)
	for k := len(words) - 1; k >= 0; k-- {
		w := words[k]
		switch low := strings.ToLower(w); {
		case strings.HasSuffix(low, "men"):
			words[k] = w[:len(w)-2] + "an"
		case strings.HasSuffix(low, "ies"):
			words[k] = w[:len(w)-3] + "y"
		case strings.HasSuffix(low, "s") && !strings.HasSuffix(low, "ss"):
			words[k] = w[:len(w)-1]
		default:
			continue
		}
		break
	}
	return strings.Join(words, " ")
}

// roleText is a role as printed, without the titles at its end.
func (r *peopleReader) roleText(from, to int) string {
	for to > from && r.toks[to-1].has(classHonor) && !r.partOfRole(to-1) {
		to--
	}
	if to <= from {
		return ""
	}
	end := int(r.toks[to-1].end)
	if r.toks[to-1].poss() {
		if i := strings.IndexByte(r.text[end:], 's'); i >= 0 && i < 4 {
			end += i + 1
		}
	}
	return collapseSpan(r.text[r.toks[from].start:end])
}
