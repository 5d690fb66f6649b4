package normalize

import (
	"math"
	"slices"

	"wirefold/internal/news"
)

// maxKeys bounds what an article costs in the store: a place in a list of holders each.
const maxKeys = 64

// Rule is the symmetric rule by which two articles become candidates. See docs/grouping.md for what it was measured to find.
func (m *Model) Rule() news.KeyRule {
	return news.KeyRule{MaxHolders: maxHolders, Bounds: keyBounds[:], Small: 13, Loss: 3, Far: 2, Undated: 2}
}

// maxHolders bounds the list of a key that is gone through for one article.
const maxHolders = 512

// keyBounds is what two articles must share in bits, by the power of two of the number of articles around them. Few
// articles are all compared that share anything at all; among many, what chance alone shares must not grow with them.
var keyBounds = [...]int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15}

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
	maxTermKeys   = 32
	maxNameKeys   = 20
	maxTitleKeys  = 8
	maxNumberKeys = 8
)

// keys picks an article's candidate keys. The weight of a key is what the world knows of its rarity, in bits, and depends on
// the key alone, so that both sides agree on it; what it says in a set of articles is for the rule to know.
func (m *Model) keys(s *sketch) []news.Key {
	short := s.words < 2*leadWords
	var buf [maxTerms + maxNames]news.Key
	ks := quota(termKeys(buf[:0], s, short), 0, maxTermKeys)
	ks = quota(titleKeys(ks, s), len(ks), maxTitleKeys)
	ks = quota(nameKeys(ks, s, short), len(ks), maxNameKeys)
	ks = quota(numberKeys(ks, s, short), len(ks), maxNumberKeys)
	ks = placeKeys(ks, s)
	if s.copy != 0 {
		ks = append(ks, makeKey(keyCopy, s.copy, maxWeight))
	}
	return slices.Clone(quota(ks, 0, maxKeys))
}

// makeKey hashes the weight, too: where the same word has another weight, it is another key.
func makeKey(kind, x uint64, w int) news.Key { return news.MakeKey(hash64(kind|uint64(w)<<8, x), w) }

// quota sorts the keys from the given one on, the heaviest first, ties by value, and keeps the first n of them.
func quota(ks []news.Key, from, n int) []news.Key {
	some := ks[from:]
	for i, k := range some {
		some[i] = news.Key(uint64(maxWeight-k.Weight())<<60 | uint64(k)>>4)
	}
	slices.Sort(some)
	some = slices.Compact(some)
	some = some[:min(len(some), n)]
	for i, k := range some {
		some[i] = k<<4 | news.Key(maxWeight-uint64(k)>>60)
	}
	return ks[:from+len(some)]
}

// maxWeight is the weight of keys of whose rarity only the articles at hand can tell.
const maxWeight = 15

const (
	// chance is what is taken off a word's rarity in bits: texts share some of their words by chance.
	chance = 1
	// placeWeight and titleWeight are the most that a place says, and that it says that a word stands in both
	// headlines. The word itself is a key already.
	placeWeight = 2
	titleWeight = 2
	// strangeWeight is the weight of words of a language that the table does not know, where rarity is not known.
	strangeWeight = 3
)

// termWeight is how much it says that two articles share a term: its rarity in bits.
func termWeight(idf uint8) int {
	return min(max(int(float64(idf)*(math.Log2E/idfStep))-chance, 0), maxWeight)
}

// bodyName is the rarity from which a name counts wherever it stands.
const bodyName = 5 * idfStep

func termKeys(ks []news.Key, s *sketch, short bool) []news.Key {
	for _, t := range s.terms {
		if t.flags&flagKeyed != 0 {
			continue // its skeleton is a key, which spelling and script do not change
		}
		if t.flags&leadFlags == 0 && !short && !(t.flags&flagName != 0 && t.idf > bodyName) {
			continue
		}
		if w := termWeight(t.idf); w > 0 {
			if t.flags&flagStrange != 0 {
				w = strangeWeight
			}
			ks = append(ks, makeKey(keyTerm, uint64(t.hash), w))
		}
	}
	return ks
}

// titleKeys make a word that stands in both headlines say more than one that stands anywhere.
func titleKeys(ks []news.Key, s *sketch) []news.Key {
	for _, t := range s.terms {
		if t.flags&flagTitle == 0 {
			continue
		}
		if w := min(termWeight(t.idf), titleWeight); w > 0 {
			ks = append(ks, makeKey(keyTitle, uint64(t.hash), w))
		}
	}
	return ks
}

func nameKeys(ks []news.Key, s *sketch, short bool) []news.Key {
	for _, n := range s.names {
		if n.flags&leadFlags == 0 && !short && n.idf <= bodyName || termWeight(n.idf) == 0 {
			continue
		}
		ks = append(ks, makeKey(keyName, uint64(n.hash), maxWeight))
	}
	return ks
}

func numberKeys(ks []news.Key, s *sketch, short bool) []news.Key {
	for _, n := range s.numbers {
		if (n.flags&leadFlags != 0 || short) && (n.big >= 2 || n.kind == numberPercent) {
			ks = append(ks, makeKey(keyNumber, uint64(n.hash), maxWeight))
		}
	}
	return ks
}

// maxCountries bounds the countries of a lead that are keys: their pairs grow with the square.
const maxCountries = 4

func placeKeys(ks []news.Key, s *sketch) []news.Key {
	var countries [maxPlaces]placeCode
	n := 0
	for _, p := range s.places {
		if p.flags&leadFlags == 0 {
			continue
		}
		countries[n] = p.place.country()
		n++
		if p.place.city() {
			ks = append(ks, makeKey(keyCity, uint64(p.place), placeWeight))
		}
	}
	slices.Sort(countries[:n])
	few := slices.Compact(countries[:n])
	few = few[:min(len(few), maxCountries)]
	for i, a := range few {
		ks = append(ks, makeKey(keyCountry, uint64(a), placeWeight))
		for _, b := range few[i+1:] {
			ks = append(ks, makeKey(keyCountries, uint64(a)<<16|uint64(b), placeWeight))
		}
	}
	return ks
}
