package normalize

import (
	"strings"

	"wirefold/internal/news"
)

// maxPeople bounds the people of one article; a longer list is an attendance sheet, not news.
const maxPeople = 40

// mention is one place where a text names somebody.
type mention struct {
	name    []string // folded words, titles stripped
	printed string
	role    string
	first   int // tokens of the name: [first, last)
	last    int
	titled  bool // a title or role stands before it, or an apposition after it
}

// peopleReader walks over the tokens of a text and collects the mentions of people.
type peopleReader struct {
	text  string
	toks  []tok
	lex   *lexicon
	found []mention
}

// readPeople finds the people that a text names. It goes from capital to capital: a run of capitalised words is cut into
// a role ("Poland's Deputy Interior Minister"), titles ("Senator", "Dr") and the name that is left.
func readPeople(text string, toks []tok, lex *lexicon) []news.Person {
	r := &peopleReader{text: text, toks: toks, lex: lex}
	for i := 0; i < len(toks) && len(r.found) < 8*maxPeople; {
		i = max(r.step(i), i+1)
	}
	return r.merge()
}

// step reads what begins at token i and returns the token to go on from.
func (r *peopleReader) step(i int) int {
	t := &r.toks[i]
	if !t.word() {
		return i + 1
	}
	if r.roleStart(i) {
		if next, ok := r.roleAndName(i); ok {
			return next
		}
		return i + 1
	}
	if r.nameWord(i) && !t.has(classFunction) {
		return r.bareName(i)
	}
	return i + 1
}

// roleStart says whether a role phrase may begin at i: a role word or its modifier, a country's possessive or adjective
// before one, a title before a name.
func (r *peopleReader) roleStart(i int) bool {
	t := &r.toks[i]
	if t.has(classRole|classHonor) || t.has(classRoleMod) && !t.has(classMonth) {
		return true
	}
	if t.has(classTopic | classOrg) {
		for k := i + 1; k < min(len(r.toks), i+3); k++ {
			if r.toks[k].has(classRole | classRoleMod) {
				return true
			}
			if !r.toks[k].has(classTopic | classOrg) {
				break
			}
		}
		return t.capital()
	}
	if t.capital() && (t.has(classPlace) || t.poss() || t.flags&tokUpper != 0) {
		return true
	}
	return r.unlisted(i)
}

// unlisted says whether a field that no list has stands at i before its minister: Harbour Minister.
func (r *peopleReader) unlisted(i int) bool {
	if t := &r.toks[i]; !t.word() || !t.capital() || t.is != 0 || i+1 >= len(r.toks) {
		return false
	}
	switch n := &r.toks[i+1]; n.low {
	case "minister", "secretary", "commissioner":
		return n.capital() && n.flags&tokPara == 0
	}
	return false
}

// roleAndName reads a role phrase at i and the names after it.
func (r *peopleReader) roleAndName(i int) (int, bool) {
	end, name, plural, ok := r.rolePhrase(i)
	if !ok {
		return 0, false
	}
	role := r.roleText(i, end)
	comma := name < len(r.toks) && r.toks[name].mark(",")
	if comma {
		name++
	}
	if name < len(r.toks) && name > i && r.toks[name].flags&tokPara != 0 {
		return end, true // the role ends its paragraph
	}
	stop := r.nameEnd(name)
	if stop == name || comma && (!r.apposed(stop) || role == "") {
		return end, true
	}
	if !plural {
		r.add(name, stop, role, true)
		return r.after(stop), true
	}
	r.add(name, stop, singular(role), true)
	return r.list(r.after(stop), singular(role)), true
}

// rolePhrase reads from i over role words, topics, bodies and places up to the word where a name begins. It returns the
// end of the role, the first token of the name, and whether the role's head is in the plural.
func (r *peopleReader) rolePhrase(i int) (end, name int, plural, ok bool) {
	toks := r.toks
	head := -1
	j := i
	end = i
	titles := 0
	for j < len(toks) {
		t := &toks[j]
		if j > i && t.flags&tokPara != 0 {
			break
		}
		if !t.word() {
			if t.mark("(") && head >= 0 && j+2 < len(toks) && toks[j+2].mark(")") {
				j += 3
				if !toks[j-2].has(classHonor) && toks[j-2].low != "r" { // not Lt Gen (retd), Brig (R)
					end = j
				}
				continue
			}
			if t.mark("-") && t.flags&tokGlued != 0 {
				j++
				continue
			}
			break
		}
		switch {
		case t.has(classHonor) && !r.partOfRole(j):
			titles++
			j++
			continue
		case (t.has(classRole) || t.has(classHonor)) && !(head >= 0 && t.capital() && r.isName(j)):
			if head < 0 || t.capital() == toks[head].capital() || !t.capital() {
				plural = t.has(classRolePlural) && (head < 0 || plural) // Chairman Joint Chiefs of Staff is one man
				head = j
			}
			j++
			end, titles = j, 0
			if t.poss() {
				return 0, 0, false, false
			}
			continue
		case t.capital() && t.has(classGiven) && head >= 0 && r.isName(j):
			return r.closeRole(end, j, head, plural, titles)
		case t.has(classPlace) && t.capital() && r.placeLen(j) > 0:
			j += r.placeLen(j)
			end, titles = j, 0
			continue
		case t.has(classRoleMod|classTopic|classOrg) && !(head >= 0 && t.capital() && !t.has(classTopic|classOrg) && r.isName(j)):
			j++
			end, titles = j, 0
			continue
		case t.flags&tokUpper != 0 && len(t.low) <= 6 && !t.has(classSay):
			j++
			end, titles = j, 0
			continue
		case head >= 0 && r.connects(j):
			j++
			continue
		case head < 0 && (r.unlisted(j) || j > i && t.capital() && t.is == 0 && r.roleSoon(j+1)): // Estonian Harbour Minister
			j++
			continue
		case t.poss() && t.capital() && j == i:
			j++
			end, titles = j, 0
			continue
		case t.capital() && head >= 0 && titles == 0 && r.bodyAhead(j) > j:
			j = r.bodyAhead(j)
			end = j
			continue
		}
		break
	}
	return r.closeRole(end, j, head, plural, titles)
}

// roleSoon says whether the head of a role follows at j, or behind one more capitalised word.
func (r *peopleReader) roleSoon(j int) bool {
	for k := j; k < min(len(r.toks), j+2); k++ {
		t := &r.toks[k]
		if !t.word() || !t.capital() || t.flags&tokPara != 0 {
			return false
		}
		if t.has(classRole) && !t.has(classGiven) {
			return true
		}
	}
	return false
}

// closeRole decides where the name begins once the role phrase cannot grow. Without a head only a title makes a person.
func (r *peopleReader) closeRole(end, j, head int, plural bool, titles int) (int, int, bool, bool) {
	if head < 0 && titles == 0 {
		return 0, 0, false, false
	}
	name := j
	// A connector that was read in vain ("minister of the") belongs to nothing.
	if titles == 0 && name > end && name < len(r.toks) && !r.toks[name].mark(",") {
		for k := end; k < name; k++ {
			if r.toks[k].word() && r.toks[k].has(classFunction) {
				// "head of Frontex Hans Leijtens": the unknown capitals after a connector are a body, then a name.
				n := r.capitals(name)
				if g := r.givenIn(name, name+n); g > name {
					return g, g, plural, true
				}
				if n >= 3 {
					return name + n - 2, name + n - 2, plural, true
				}
				return end, name + n, plural, head >= 0
			}
		}
	}
	return end, name, plural, true
}

// partOfRole says whether a word that may be a title is part of the role: Director General, Inspector General.
func (r *peopleReader) partOfRole(j int) bool {
	if j == 0 {
		return false
	}
	switch r.toks[j].low {
	case "general":
	case "engineer", "professor", "advocate", "marshal":
		return r.toks[j-1].has(classRole | classRoleMod)
	default:
		return false
	}
	switch r.toks[j-1].low {
	case "director", "secretary", "inspector", "attorney", "consul", "governor", "solicitor", "commissioner", "surveyor", "auditor", "comptroller", "advocate", "registrar", "postmaster":
		return true
	}
	return false
}

// isName says whether the capitalised token j, which could be a role word, is a given name or followed by lower case.
func (r *peopleReader) isName(j int) bool {
	t := &r.toks[j]
	if j+1 >= len(r.toks) {
		return false
	}
	n := &r.toks[j+1]
	if t.has(classGiven) {
		if n.word() && n.capital() && !n.has(classRole|classTopic|classOrg|classFunction) || n.has(classParticle) {
			return true
		}
		return !t.has(classRole | classRoleMod | classTopic | classOrg)
	}
	return false
}

func (r *peopleReader) placeLen(j int) int {
	_, n := r.lex.places.at(r.toks, j)
	if n > 0 && j > 0 && r.toks[j-1].has(classGiven) && r.toks[j-1].capital() && !r.toks[j-1].has(classPlace) {
		return 0 // a surname: Michael Jordan
	}
	return n
}

// connects says whether the function word at j carries a role on: "Minister for …", "head of the …", "and" before a
// topic, "in charge of".
func (r *peopleReader) connects(j int) bool {
	toks := r.toks
	if j+1 >= len(toks) || toks[j+1].flags&tokPara != 0 {
		return false
	}
	n := &toks[j+1]
	switch toks[j].low {
	case "of", "for", "to", "de", "des", "du", "del", "di", "della", "der", "für":
		return n.word()
	case "the", "l", "la", "d":
		return n.word() && j > 0 && toks[j-1].word()
	case "and", "&", "y", "et", "und", "e":
		return n.has(classTopic|classRole|classRoleMod) && !r.isName(j+1)
	case "in", "on", "at":
		return n.has(classTopic) || n.low == "charge" || n.has(classPlace) && n.capital()
	}
	return false
}

// bodyAhead is the end of the last body or topic word in the run of capitals at j when a name still follows it:
// "Director Punjab Safe Cities Authority Ahsan …". It returns j when there is none.
func (r *peopleReader) bodyAhead(j int) int {
	end := j
	n := r.capitals(j)
	for k := j; k < j+n; k++ {
		if r.toks[k].has(classOrg|classTopic) && !r.toks[k].has(classGiven) {
			end = k + 1
		}
	}
	return end
}

// capitals counts the capitalised words at j.
func (r *peopleReader) capitals(j int) int {
	n := 0
	for j+n < len(r.toks) {
		t := &r.toks[j+n]
		if !t.word() || !t.capital() || n > 0 && t.flags&tokPara != 0 || n == 12 {
			break
		}
		n++
		if t.poss() {
			break
		}
	}
	return n
}

func (r *peopleReader) givenIn(from, to int) int {
	for k := from; k < to; k++ {
		if r.toks[k].has(classGiven) {
			return k
		}
	}
	return -1
}

// nameWord says whether the token can be a word of a person's name.
func (r *peopleReader) nameWord(i int) bool {
	t := &r.toks[i]
	if !t.word() || !t.capital() && !r.articleName(t) {
		return false
	}
	if len(t.low) < 2 && t.flags&tokDot == 0 && !(i+1 < len(r.toks) && r.toks[i+1].capital() && r.toks[i+1].word() && t.low != "a") {
		return false
	}
	if t.flags&tokUpper != 0 && !t.has(classGiven) && strings.IndexByte(t.low, '.') < 0 && len(t.low) <= 6 {
		return false
	}
	if t.has(classWeekday) || t.has(classMonth) && !t.has(classGiven) || t.has(classNumber|classScale) && !t.has(classGiven) && len(t.low) > 1 {
		return false
	}
	if t.has(classFunction) && !t.has(classParticle) {
		return false
	}
	return true
}

// articleName says whether a word is a surname behind its small article: al-Sharaa, el-Sisi.
func (r *peopleReader) articleName(t *tok) bool {
	article, _, ok := strings.Cut(t.low, "-")
	if !ok || len(article) > 3 {
		return false
	}
	switch article {
	case "al", "el", "ul", "ur", "ad", "ash", "as", "an", "ar", "at", "az":
		k := int(t.start) + len(article) + 1
		return k < len(r.text) && isUpperStart(r.text[k:])
	}
	return false
}

// nameEnd is the end of the name that begins at i, or i when none does.
func (r *peopleReader) nameEnd(i int) int {
	toks := r.toks
	j, words := i, 0
	for j < len(toks) && words < 6 {
		t := &toks[j]
		if j > i && t.flags&tokPara != 0 {
			break
		}
		if t.has(classParticle) && words > 0 && !t.capital() {
			if j+1 < len(toks) && (r.nameWord(j+1) || toks[j+1].has(classParticle)) {
				j++
				continue
			}
			break
		}
		if !r.nameWord(j) || t.has(classCommon|classOrg|classTopic|classRolePlural) && !t.has(classGiven) {
			break
		}
		if t.has(classRole|classHonor|classRoleMod) && !t.has(classGiven) {
			// A surname that is also a role: Pope, Baker. A role never follows a given name and ends the name.
			if words == 0 || words > 0 && j+1 < len(toks) && r.nameWord(j+1) {
				break
			}
			if words != 1 || !toks[j-1].has(classGiven) {
				break
			}
		}
		if words == 0 && t.has(classPlace) && !t.has(classGiven) && r.placeAt(j) {
			break // behind another word it is a surname: Suica is Switzerland, too
		}
		words++
		j++
		if t.poss() {
			break
		}
	}
	if words == 0 || j == i+1 && len(toks[i].low) < 2 {
		return i
	}
	return j
}

func (r *peopleReader) placeAt(j int) bool {
	_, n := r.lex.places.at(r.toks, j)
	return n > 0
}

// apposed says whether a name that followed a role and a comma is an apposition: it must be closed again.
func (r *peopleReader) apposed(stop int) bool {
	if stop >= len(r.toks) {
		return true
	}
	t := &r.toks[stop]
	switch t.low {
	case "here", "on", "at", "during": // met the envoy, Jane Roe here on Monday
		return true
	}
	return t.mark(",") || t.mark(".") || t.mark(";") || t.mark(")") || t.mark("-")
}

// bareName reads a run of capitals without a role before it.
func (r *peopleReader) bareName(i int) int {
	stop := r.nameEnd(i)
	if stop == i {
		return i + 1
	}
	// Part of a longer run that is a body or a place: "Margalla Hills Park".
	if stop < len(r.toks) && !r.toks[stop-1].poss() {
		n := &r.toks[stop]
		if n.word() && n.capital() && n.flags&tokPara == 0 && !n.has(classFunction) && !n.has(classWeekday|classMonth) {
			if n.has(classRole | classRoleMod | classHonor) {
				return stop
			}
			return stop + r.capitals(stop)
		}
	}
	if stop-i == 1 && !r.toks[i].has(classGiven) && r.toks[i].flags&tokFirst != 0 && r.lex.words[r.toks[i].low].is != 0 {
		return stop
	}
	r.add(i, stop, "", false)
	return r.after(stop)
}

func (r *peopleReader) add(from, to int, role string, titled bool) {
	words := make([]string, 0, to-from)
	for k := from; k < to; k++ {
		words = append(words, r.toks[k].low)
	}
	end := r.toks[to-1].end
	if r.toks[to-1].flags&tokDot != 0 && r.toks[to-1].has(classAbbrev) {
		end++
	}
	printed := collapseSpan(r.text[r.toks[from].start:end])
	r.found = append(r.found, mention{name: words, printed: printed, role: role, first: from, last: to, titled: titled})
}
