package normalize

import (
	"slices"

	"wirefold/internal/news"
)

const (
	// maxKeys bounds what an article costs in the store: a row each.
	maxKeys = 40
	// minShared and maxHolders are the candidate rule. See docs/grouping.md for what they were measured to find.
	minShared  = 5
	maxHolders = 1500
)

// Rule is the symmetric rule by which two articles become candidates.
func (m *Model) Rule() news.KeyRule {
	return news.KeyRule{MinShared: minShared, MaxHolders: maxHolders}
}

// The kinds of keys; they salt the hashes.
const (
	keyTerm uint64 = iota + 16
	keyName
	keyCountry
	keyCountries
	keyNumber
	keyCopy
)

// keys picks an article's candidate keys. The weight of a key depends on the key alone, so that both sides agree on it.
func (m *Model) keys(s *sketch) []news.Key {
	ks := make([]news.Key, 0, 2*maxKeys)
	add := func(kind, x uint64, w int) { ks = append(ks, news.MakeKey(hash64(kind, x), w)) }
	short := s.words < 2*leadWords
	for _, t := range s.terms {
		if t.flags&(flagTitle|flagLead) == 0 && !(short || t.flags&flagName != 0 && t.idf > 7*idfStep) {
			continue
		}
		if w := termWeight(t.idf); w > 0 {
			add(keyTerm, uint64(t.hash), w)
		}
	}
	for _, n := range s.names {
		if n.flags&(flagTitle|flagLead) == 0 && !short {
			continue
		}
		if w := termWeight(n.idf) - 1; w > 0 {
			add(keyName, uint64(n.hash), min(w, 2))
		}
	}
	var countries []placeCode
	for _, p := range s.places {
		if p.flags&(flagTitle|flagLead) != 0 {
			countries = append(countries, p.place.country())
		}
	}
	slices.Sort(countries)
	countries = slices.Compact(countries)
	countries = countries[:min(len(countries), 4)]
	for i, a := range countries {
		add(keyCountry, uint64(a), 1)
		for _, b := range countries[i+1:] {
			add(keyCountries, uint64(a)<<16|uint64(b), 2)
		}
	}
	for _, n := range s.numbers {
		if n.flags&(flagTitle|flagLead) != 0 || short {
			if n.big >= 2 || n.kind == numberPercent {
				add(keyNumber, uint64(n.hash), 2)
			}
		}
	}
	if s.copy != 0 {
		add(keyCopy, s.copy, 15)
	}
	slices.SortFunc(ks, compareKeys)
	ks = slices.Compact(ks)
	return slices.Clone(ks[:min(len(ks), maxKeys)])
}

// compareKeys puts the heaviest first, ties by value.
func compareKeys(a, b news.Key) int {
	if d := b.Weight() - a.Weight(); d != 0 {
		return d
	}
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// termWeight is how much it says that two articles share a term: the rarer, the more.
func termWeight(idf uint8) int {
	switch r := float64(idf) / idfStep; {
	case r >= 8.5:
		return 4
	case r >= 6.5:
		return 3
	case r >= 4.8:
		return 2
	case r >= 3.6:
		return 1
	}
	return 0
}
