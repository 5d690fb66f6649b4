package normalize

import (
	"slices"
	"strings"

	"wirefold/internal/news"
)

// merge makes people of mentions: surnames join their full name, and who is named without a role must show by other
// signs that it is a person and no place or body.
func (r *peopleReader) merge() []news.Person {
	type person struct {
		mention
		count int
	}
	var people []*person
	find := func(m *mention) *person {
		for _, p := range people {
			if sameName(p.name, m.name) {
				return p
			}
		}
		return nil
	}
	// Full names first, so that a headline's surname finds its owner further down.
	for pass := range 2 {
		for i := range r.found {
			m := &r.found[i]
			if (len(m.name) > 1) != (pass == 0) {
				continue
			}
			p := find(m)
			if p == nil {
				if pass == 1 && (m.role == "" || r.toks[m.first].has(classPlace|classCommon|classOrg)) {
					continue
				}
				if pass == 0 && !m.titled && !r.personLike(m) {
					continue
				}
				people = append(people, &person{mention: *m, count: 1})
				continue
			}
			p.count++
			p.titled = p.titled || m.titled
			if betterRole(p.role, m.role) {
				p.role = m.role
			}
			if m.first < p.first {
				p.first = m.first
			}
		}
	}
	r.delegation(func(first int) {
		for _, p := range people {
			if p.first == first && p.role == "" {
				p.role = "delegation member"
			}
		}
	})
	slices.SortFunc(people, func(a, b *person) int { return a.first - b.first })
	var out []news.Person
	for _, p := range people {
		if len(out) == maxPeople {
			break
		}
		out = append(out, news.Person{Name: p.printed, Role: p.role})
	}
	return out
}

// betterRole keeps the first role that is a role; "counterpart" gives way to anything.
func betterRole(old, neu string) bool {
	if neu == "" {
		return false
	}
	if old == "" {
		return true
	}
	weak := func(s string) bool {
		s = strings.ToLower(s)
		return strings.Contains(s, "counterpart") || s == "minister" || s == "president" || s == "deputy" || s == "commissioner"
	}
	return weak(old) && !weak(neu)
}

// sameName says whether one name is a shorter form of the other: all its words are in it, the surname among them.
func sameName(full, other []string) bool {
	if len(other) > len(full) {
		full, other = other, full
	}
	if len(other) == 1 {
		return other[0] == full[len(full)-1] || other[0] == full[0] && len(full) == 2 && !commonFirst(full[0])
	}
	if other[len(other)-1] != full[len(full)-1] {
		return false
	}
	for _, w := range other {
		if !slices.Contains(full, w) {
			return false
		}
	}
	return true
}

// commonFirst names first names that are never used for the surname of their bearer.
func commonFirst(w string) bool { return newsWords().words[w].is&classGiven != 0 && len(w) > 4 }

// personLike says whether a capitalised run without a role is a person: a known given name, or speech beside it.
func (r *peopleReader) personLike(m *mention) bool {
	if len(m.name) > 5 {
		return false
	}
	for k := m.first; k < m.last; k++ {
		if r.toks[k].has(classCommon | classOrg | classTopic | classFacility | classEvent) {
			return false
		}
	}
	t := &r.toks[m.first]
	if t.has(classGiven) {
		return true
	}
	if len(m.name) <= 3 && r.namedAgain(m) {
		return true
	}
	if m.last < len(r.toks) && r.toks[m.last].has(classSay) && !r.toks[m.last].has(classOrg) && len(m.name) == 2 && !t.has(classPlace) {
		return true
	}
	return false
}

// namedAgain says whether a run of words that we know nothing of is taken up later by one of them alone, as people are.
func (r *peopleReader) namedAgain(m *mention) bool {
	for k := m.first; k < m.last; k++ {
		if r.toks[k].is&^classParticle != 0 || r.toks[k].flags&tokUpper != 0 {
			return false
		}
	}
	for k := m.last + 1; k < len(r.toks); k++ {
		t := &r.toks[k]
		if t.capital() && (t.low == m.name[0] || t.low == m.name[len(m.name)-1]) && !r.toks[k-1].capital() && (k+1 >= len(r.toks) || !r.toks[k+1].capital()) {
			return true
		}
	}
	return false
}

// delegation calls f with the first token of each name that is listed as a member of a delegation.
func (r *peopleReader) delegation(f func(first int)) {
	for i := range r.toks {
		if r.toks[i].low != "delegation" && r.toks[i].low != "team" {
			continue
		}
		j := i + 1
		for j < len(r.toks) && j < i+3 && !listVerb(r.toks[j].low) {
			j++
		}
		if j >= len(r.toks) || !listVerb(r.toks[j].low) {
			continue
		}
		end := j
		for end < len(r.toks) && !r.toks[end].mark(".") {
			end++
		}
		for k := range r.found {
			if m := &r.found[k]; m.first > j && m.first < end {
				f(m.first)
			}
		}
	}
}

func listVerb(w string) bool {
	return w == "included" || w == "comprised" || w == "includes" || w == "comprises" || w == "comprising" || w == "including"
}
