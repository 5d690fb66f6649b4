package normalize

// markLists tell in one look what all the word lists say of a word: nearly every word of an article is in none of them.
type markLists struct{ slots [wordSlots]listed }

// wordSlots is a power of two, and well above the number of words on the lists.
const wordSlots = 8192

// listed is a word on some list.
type listed struct {
	word   string
	hash   uint32
	place  placeCode
	number uint8 // it is the name of this number
	date   bool  // a month, a weekday or an ordinal
	stop   bool
}

func newMarkLists(stops *stopIndex, places *placeIndex) *markLists {
	x := &markLists{}
	for w := range stops.bits {
		if len(w) <= 9 {
			x.at(w).stop = true
		}
	}
	for w, p := range places.whole {
		x.at(w).place = p
	}
	for w, v := range smallNumbers {
		x.at(w).number = uint8(v)
	}
	for _, list := range []map[string]uint8{ordinalWords, weekdayWords, monthWords} {
		for w := range list {
			x.at(w).date = true
		}
	}
	return x
}

// at is the place of a word, which is taken for it.
func (x *markLists) at(w string) *listed {
	h := hash32(6, w)
	for i := h % wordSlots; ; i = (i + 1) % wordSlots {
		if l := &x.slots[i]; l.word == "" || l.word == w {
			l.word, l.hash = w, h
			return l
		}
	}
}

// find is what the lists say of a word.
func (x *markLists) find(w *markWord) listed {
	for i := w.hash % wordSlots; x.slots[i].word != ""; i = (i + 1) % wordSlots {
		if l := &x.slots[i]; l.hash == w.hash && l.word == w.fold {
			return *l
		}
	}
	return listed{}
}
