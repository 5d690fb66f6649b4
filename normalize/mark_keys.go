package normalize

import (
	"slices"

	"wirefold/internal/news"
)

const (
	// maxKeys bounds what an article costs in the store: a row each.
	maxKeys = 48
	// minShared and maxHolders are the candidate rule. See docs/grouping.md for what they were measured to find.
	minShared  = 2
	maxHolders = 250
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
	keyTitle
	keyCity
	keyCopy
)

// Quotas of the kinds of keys: no kind may crowd out the others, since each finds pairs that the others miss.
const (
	maxTermKeys  = 24
	maxNameKeys  = 16
	maxTitleKeys = 8
)

// keys picks an article's candidate keys. The weight of a key depends on the key alone, so that both sides agree on it.
func (m *Model) keys(s *sketch) []news.Key {
	short := s.words < 2*leadWords
	ks := make([]news.Key, 0, 2*maxKeys)
	ks = append(ks, quota(m.termKeys(s, short), maxTermKeys)...)
	ks = append(ks, quota(titleKeys(s), maxTitleKeys)...)
	ks = append(ks, quota(nameKeys(s, short), maxNameKeys)...)
	ks = append(ks, placeKeys(s)...)
	for _, n := range s.numbers {
		if (n.flags&leadFlags != 0 || short) && (n.big >= 2 || n.kind == numberPercent) {
			ks = append(ks, makeKey(keyNumber, uint64(n.hash), 2))
		}
	}
	if s.copy != 0 {
		ks = append(ks, makeKey(keyCopy, s.copy, 15))
	}
	return slices.Clone(quota(ks, maxKeys))
}

func makeKey(kind, x uint64, w int) news.Key { return news.MakeKey(hash64(kind, x), w) }

// quota sorts keys and keeps the heaviest n.
func quota(ks []news.Key, n int) []news.Key {
	slices.SortFunc(ks, compareKeys)
	ks = slices.Compact(ks)
	return ks[:min(len(ks), n)]
}

func (m *Model) termKeys(s *sketch, short bool) []news.Key {
	var ks []news.Key
	for _, t := range s.terms {
		if t.flags&leadFlags == 0 && !(short || t.flags&flagName != 0 && t.idf > 5*idfStep) {
			continue
		}
		if w := termWeight(t.idf); w > 0 {
			ks = append(ks, makeKey(keyTerm, uint64(t.hash), w))
		}
	}
	return ks
}

// titleKeys make a word that stands in both headlines say more than one that stands anywhere.
func titleKeys(s *sketch) []news.Key {
	var ks []news.Key
	for _, t := range s.terms {
		switch {
		case t.flags&flagTitle == 0:
		case t.idf >= titleRare:
			ks = append(ks, makeKey(keyTitle, uint64(t.hash), 2))
		case t.idf >= titleMiddling:
			ks = append(ks, makeKey(keyTitle, uint64(t.hash), 1))
		}
	}
	return ks
}

// titleRare and titleMiddling are the rarities at which a headline's word is a key of weight 2 and 1.
const (
	titleRare     = 2.6 * idfStep
	titleMiddling = 1.8 * idfStep
)

func nameKeys(s *sketch, short bool) []news.Key {
	var ks []news.Key
	for _, n := range s.names {
		if n.flags&leadFlags == 0 && !short {
			continue
		}
		if w := min(termWeight(n.idf), 3); w > 1 {
			ks = append(ks, makeKey(keyName, uint64(n.hash), w-1))
		}
	}
	return ks
}

// maxCountries bounds the countries of a lead that are keys: their pairs grow with the square.
const maxCountries = 4

func placeKeys(s *sketch) []news.Key {
	var ks []news.Key
	var countries []placeCode
	for _, p := range s.places {
		if p.flags&leadFlags == 0 {
			continue
		}
		countries = append(countries, p.place.country())
		if p.place.city() {
			ks = append(ks, makeKey(keyCity, uint64(p.place), 2))
		}
	}
	slices.Sort(countries)
	countries = slices.Compact(countries)
	countries = countries[:min(len(countries), maxCountries)]
	for i, a := range countries {
		ks = append(ks, makeKey(keyCountry, uint64(a), 1))
		for _, b := range countries[i+1:] {
			ks = append(ks, makeKey(keyCountries, uint64(a)<<16|uint64(b), 1))
		}
	}
	return ks
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
	case r >= 4.2:
		return 4
	case r >= 3.2:
		return 3
	case r >= 2.4:
		return 2
	case r >= 1.8:
		return 1
	}
	return 0
}
