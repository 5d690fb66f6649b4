package normalize

import (
	"strings"

	"wirefold/internal/news"
)

// Bounds of one article's marks: what an event needs to be known by, and no more, whatever the article's length.
const (
	maxTerms    = 400
	maxNames    = 160
	maxPlaces   = 24
	maxNumbers  = 48
	maxDays     = 16
	maxShingles = 32
)

// Mark makes the marks of an article from its title and text. It is a pure function of the article and the model.
func (m *Model) Mark(a *news.Article) news.Marks {
	s := m.sketch(a)
	return WithVector(news.Marks{Keys: m.keys(s), Copy: s.copy, Blob: s.encode(m.stamp), Derived: true}, a.Vector)
}

// Keys makes the keys of marks again from their Blob; none of a Blob that another version wrote.
func (m *Model) Keys(blob []byte) []news.Key {
	s, err := decodeSketch(blob)
	if err != nil {
		return nil
	}
	return m.keys(s)
}

// marker collects the marks of one article.
type marker struct {
	m     *Model
	s     *sketch
	lang  string
	words []markWord
}

func (m *Model) sketch(a *news.Article) *sketch {
	title := a.Title
	if title == "" {
		title = a.Headline
	}
	text := strings.TrimPrefix(a.Text, title)
	k := marker{m: m, s: &sketch{hour: noHour, event: noHour}}
	k.words = make([]markWord, 0, 64+min(len(text)/5, maxWords))
	k.words = readWords(k.words, title, inTitle, leadWords)
	titled := len(k.words)
	k.words = readWords(k.words, text, inBody, maxWords)
	k.s.words, k.s.body = uint16(len(k.words)), uint16(len(k.words)-titled)
	k.language(a.Lang)
	k.published(a.Published)
	calm(k.words[:titled])
	k.collect()
	k.shingles(k.words[titled:])
	if len(k.words)-titled < minCopyWords {
		k.shingles(k.words)
	}
	k.finish()
	return k.s
}

// calm takes the capitals of a headline that Capitalises Every Word for what they are: no names.
func calm(ws []markWord) {
	long, upper := 0, 0
	for _, w := range ws {
		if len(w.fold) >= 4 && !w.digit {
			long++
			if w.upper {
				upper++
			}
		}
	}
	if long < 3 || upper*10 < long*7 {
		return
	}
	for i := range ws {
		ws[i].first = true
	}
}

// language notes the language, by its own word or by the commonest words of the text.
func (k *marker) language(lang string) {
	var n [4]int
	for _, w := range k.words {
		n[w.script]++
	}
	for sc := range n {
		if n[sc] > n[k.s.script] {
			k.s.script = markScript(sc)
		}
	}
	lang, _, _ = strings.Cut(strings.ToLower(lang), "-")
	if lang == "" {
		lang = k.m.guess(k.words)
	}
	k.lang, k.s.lang = lang, langCode(lang)
}

// langCode packs the two letters of a language; languages without such a code share one.
func langCode(lang string) uint8 {
	if lang == "" {
		return 0
	}
	return uint8(hash32(9, lang))%254 + 1
}

func (k *marker) published(d news.Date) {
	if !d.Known() {
		return
	}
	k.s.hour, k.s.dayOnly = int32(d.Time.Unix()/3600), d.DayOnly || d.Time.Unix()%86400 == 0
}

// collect goes over the words once and notes terms, names, places, numbers and dates.
func (k *marker) collect() {
	s := k.s
	skip := 0                          // words that a date took
	known, named := 0, 0               // words before named are parts of an identifier
	var hardly, strange, names []int32 // indexes of terms
	for i := range k.words {
		if skip > 0 {
			skip--
			continue
		}
		w := &k.words[i]
		flags := uint8(0)
		switch w.field {
		case inTitle:
			flags = flagTitle
		case inLead:
			flags = flagLead
		}
		if fold, n := identifier(k.words, i); n > 0 {
			named = i + n
			k.designation(fold, flags)
		}
		if w.digit && i < named {
			continue
		}
		if w.digit {
			if n := k.numericDate(i, flags); n > 0 {
				skip = n - 1
				continue
			}
			k.number(i, flags)
			continue
		}
		if len(w.fold) < 2 {
			continue
		}
		said := k.m.words.find(w)
		if said.date && k.date(i, flags) {
			continue
		}
		if said.number != 0 && !w.upper {
			k.written(i, float64(said.number), flags)
		}
		// A news word of another language is its English word here, and no name, however it is written.
		fold, glossed := w.fold, false
		if k.lang != "en" {
			if lemma, ok := glossaryOfWord(k.lang, w); ok {
				fold, glossed = lemma, true
			}
		}
		h := hash32(1, stemOf(fold))
		idf, kind := k.m.terms.find(h)
		if kind == termStop || said.stop {
			continue
		}
		nameish := !glossed && k.nameish(i, kind)
		if nameish {
			if p := k.m.places.stem(w.fold, said.place); p != 0 {
				pf := flags
				if p.city() {
					pf |= flagCity
					k.venue(i, p)
				}
				s.places = append(s.places, placeMark{p, pf, 1})
				flags |= flagCity
			}
		}
		if nameish && len(w.fold) > 2 {
			flags |= flagName
			if k.name(w, idf, flags) && (kind == termName || kind == termUnknown) {
				flags |= flagKeyed
			}
		}
		switch {
		case nameish && kind == termUnknown:
			names = append(names, int32(len(s.terms)))
		case nameish:
		case kind == termUnknown:
			strange = append(strange, int32(len(s.terms)))
		default:
			known++
			if !glossed && idf > k.m.terms.rare-hardlyKnown {
				hardly = append(hardly, int32(len(s.terms)))
			}
		}
		s.terms = append(s.terms, termMark{h, idf, 1, flags})
	}
	k.dim(known, hardly, strange, names)
}

// designation notes a name with a digit in it: a term.
func (k *marker) designation(fold string, flags uint8) {
	h := hash32(1, fold)
	idf, kind := k.m.terms.find(h)
	if kind != termStop {
		k.s.terms = append(k.s.terms, termMark{h, idf, 1, flags | flagName})
	}
}

const (
	// strangeShare is the share of plain words unknown to the table at which a text counts as written in a language that
	// the table does not know. English texts stay under a tenth.
	strangeShare = 0.35
	// strangeLeast is how many it takes at least: a headline of few odd words says nothing about its language.
	strangeLeast = 12
	// dimTerm and dimName are the rarities that words and names of such a text may have at most. That the table lacks a
	// word means nothing there: its commonest words would all count as rare, and any two texts as one event.
	dimTerm = 1.6 * idfStep
	dimName = 2.6 * idfStep
	// hardlyKnown is how much less rare than unknown words those at most are that the table has from two or three events (a word of four is ln 4 less rare,
	// which is 28): in a text of another language they are there by chance.
	hardlyKnown = 27
)

// dim takes the rarity of words back in a text whose language the table does not know: of those that it lacks, and of those that it hardly has, which are words of
// other languages that look alike.
func (k *marker) dim(known int, hardly, strange, names []int32) {
	if len(strange) < strangeLeast || float64(len(strange)) < strangeShare*float64(known+len(strange)) {
		return
	}
	for _, i := range hardly {
		k.s.terms[i].idf = min(k.s.terms[i].idf, dimTerm)
	}
	for _, i := range strange {
		k.s.terms[i].idf = min(k.s.terms[i].idf, dimTerm)
		k.s.terms[i].flags |= flagStrange
	}
	for _, i := range names {
		k.s.terms[i].idf = min(k.s.terms[i].idf, dimName)
		k.s.terms[i].flags |= flagStrange
	}
	for i := range k.s.names {
		k.s.names[i].idf = min(k.s.names[i].idf, dimName)
	}
}

// venue notes the city where it happened: the first after an "in", else the first that the lead names. A dateline is
// where the outlet sat, so "in" beats it.
func (k *marker) venue(i int, p placeCode) {
	s := k.s
	if k.words[i].field == inBody && (s.venue != 0 || s.venueIn) {
		return
	}
	in := i > 0 && inWords[k.words[i-1].fold]
	if s.venue == 0 && k.words[i].field != inBody || in && !s.venueIn {
		s.venue, s.venueIn = uint32(p), in
	}
}

// inWords are the words for "in" and "at" before a city.
var inWords = map[string]bool{"in": true, "at": true, "a": true, "en": true, "w": true, "we": true, "te": true, "v": true, "em": true, "fy": true}

// nameish says whether the i-th word looks like a name. Scripts without capitals say nothing, so every rarer word may be one.
func (k *marker) nameish(i int, kind termKind) bool {
	w := &k.words[i]
	switch w.script {
	case arabic, otherScript:
		return w.field != inBody || k.s.body < 120
	}
	if !w.upper {
		return false
	}
	if kind == termName {
		return true
	}
	if w.first {
		return kind == termUnknown
	}
	return kind != termWord || k.lang != "de"
}

// name notes the skeletons of a name: one, or two where the script leaves open whether a letter is a vowel. It says
// whether the first is long enough to stand for the name.
func (k *marker) name(w *markWord, idf, flags uint8) bool {
	var buf [maxWordBytes]byte
	fold := w.fold
	if declines(k.lang) {
		fold = dropCase(fold)
	}
	b := skeleton(buf[:0], fold)
	if len(b) < 2 {
		return false
	}
	long := len(b) > 2
	if !long {
		idf = idf / 2
	}
	b = b[:min(len(b), maxSkeleton)]
	k.s.names = append(k.s.names, nameMark{hash32(2, string(b)), idf, flags})
	if w.script == arabic && strings.IndexByte(fold, 'w') > 0 {
		b = skeleton(buf[:0], strings.ReplaceAll(fold, "w", "v"))
		if len(b) > 2 {
			b = b[:min(len(b), maxSkeleton)]
			k.s.names = append(k.s.names, nameMark{hash32(2, string(b)), idf, flags})
		}
	}
	return long
}
