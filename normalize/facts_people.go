package normalize

import "wirefold/internal/news"

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
