package normalize

import "strings"

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
