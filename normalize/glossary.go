package normalize

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// The glossary says which words of eleven languages mean what an English news word means: an outlet in Warsaw and one
// in Lahore share no other word for "talks" or "earthquake". Names, places and numbers are matched elsewhere.
//
// One concept stands on a line of glossary.txt, its columns parted by tabs: the English word as news uses it, with its
// variants behind it, then the columns of glossaryLanguages. A column has alternatives parted by commas and may be
// empty. A star at the end of a word makes it a beginning, which covers inflections and compounds. A whole word wins
// over a beginning, and a longer beginning over a shorter one.
//
//go:embed glossary.txt
var glossaryText string

// glossaryLanguages are the columns of glossary.txt.
var glossaryLanguages = [...]string{"en", "es", "de", "fr", "it", "nl", "pl", "pt", "ru", "tr", "ur", "ar"}

// glossaryEntry is one folded word or beginning of one language.
type glossaryEntry struct {
	fold   string
	lemma  string // the English word of the concept
	prefix bool
	// up is the longest beginning in the table that this entry begins with, -1 for none. Every other beginning of a
	// word that begins with this entry is found by going up.
	up int32
}

// glossaryTable holds the entries of each language, sorted by fold, each fold once.
type glossaryTable map[string][]glossaryEntry

// newsGlossary is read once, at the first word.
var newsGlossary = sync.OnceValue(func() glossaryTable { return readGlossary(glossaryText) })

func readGlossary(text string) glossaryTable {
	t := make(glossaryTable, len(glossaryLanguages))
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		lemma := line[:strings.IndexAny(line+",", ",\t")]
		i := 0
		for column := range strings.SplitSeq(line, "\t") {
			if i == len(glossaryLanguages) {
				break
			}
			lang := glossaryLanguages[i]
			for word := range strings.SplitSeq(column, ",") {
				if e, ok := glossaryWord(word); ok {
					e.lemma = lemma
					t[lang] = append(t[lang], e)
				}
			}
			i++
		}
	}
	for lang, entries := range t {
		t[lang] = linkGlossary(entries)
	}
	return t
}

// glossaryWord folds one alternative of a column as readWords folds the words of an article.
func glossaryWord(word string) (glossaryEntry, bool) {
	stem, prefix := strings.CutSuffix(strings.TrimSpace(word), "*")
	ws := readWords(nil, stem, inTitle, 2)
	if len(ws) != 1 {
		return glossaryEntry{}, false
	}
	return glossaryEntry{fold: ws[0].fold, prefix: prefix, up: -1}, true
}

// linkGlossary sorts the entries of one language and finds the beginnings of each. Where two concepts claim one fold,
// the first line keeps it.
func linkGlossary(entries []glossaryEntry) []glossaryEntry {
	slices.SortStableFunc(entries, func(a, b glossaryEntry) int { return strings.Compare(a.fold, b.fold) })
	entries = slices.CompactFunc(entries, func(a, b glossaryEntry) bool { return a.fold == b.fold })
	entries = slices.Clip(entries)
	for i := 1; i < len(entries); i++ {
		entries[i].up = beginningOf(entries, int32(i-1), entries[i].fold)
	}
	return entries
}

// beginningOf goes up from entry i to the first beginning of the word, -1 for none. Entry i must be the last that does
// not sort behind the word: every beginning of the word is then also one of it, or it itself.
func beginningOf(entries []glossaryEntry, i int32, word string) int32 {
	for i >= 0 && !(entries[i].prefix && strings.HasPrefix(word, entries[i].fold)) {
		i = entries[i].up
	}
	return i
}

// glossaryOf returns the English lemma of a folded word (markWord.fold) of a language, given by its primary subtag. A
// word that the glossary does not know, and every word of a language that it does not know, is answered with false.
func glossaryOf(lang, fold string) (string, bool) {
	entries := newsGlossary()[lang]
	if len(entries) == 0 {
		return "", false
	}
	if lang == "ar" {
		return lookupArabic(entries, fold)
	}
	return lookupGlossary(entries, fold)
}

// glossaryOfWord is glossaryOf for a word as it was read, whose script is known: a Latin word in an Arabic article is
// not looked up as an Arabic one, and a word without a language is looked up in those of its script.
func glossaryOfWord(lang string, w *markWord) (string, bool) {
	switch w.script {
	case cyrillic:
		if lang == "" || lang == "ru" {
			return glossaryOf("ru", w.fold)
		}
	case arabic:
		switch lang {
		case "ur", "ar":
			return glossaryOf(lang, w.fold)
		case "":
			if lemma, ok := glossaryOf("ur", w.fold); ok {
				return lemma, true
			}
			return glossaryOf("ar", w.fold)
		}
	case latin:
		if lang != "ru" && lang != "ur" && lang != "ar" {
			return glossaryOf(lang, w.fold)
		}
	}
	return "", false
}

func lookupGlossary(entries []glossaryEntry, fold string) (string, bool) {
	low, high := 0, len(entries) // the last entry that does not sort behind fold is low-1
	for low < high {
		mid := int(uint(low+high) >> 1)
		if entries[mid].fold <= fold {
			low = mid + 1
		} else {
			high = mid
		}
	}
	i := int32(low - 1)
	if i >= 0 && entries[i].fold == fold {
		return entries[i].lemma, true
	}
	if i = beginningOf(entries, i, fold); i < 0 {
		return "", false
	}
	return entries[i].lemma, true
}

// minArabicRest is what must remain of a word without its particles: three folded letters, as many as a root has.
const minArabicRest = 3

// lookupArabic also looks without the particles that Arabic writes together with the word: and (w, f), then with, to or
// as (b, l, k), then the article (al, which loses its a behind l). The word as it stands comes first.
func lookupArabic(entries []glossaryEntry, fold string) (string, bool) {
	if lemma, ok := lookupGlossary(entries, fold); ok {
		return lemma, true
	}
	if lemma, ok := lookupInflected(entries, fold); ok {
		return lemma, true
	}
	if len(fold) > minArabicRest && (fold[0] == 'w' || fold[0] == 'f') {
		if lemma, ok := lookupGlossary(entries, fold[1:]); ok {
			return lemma, true
		}
		return lookupInflected(entries, fold[1:])
	}
	return "", false
}

// lookupInflected looks for the word without b, l or k, and without the article.
func lookupInflected(entries []glossaryEntry, fold string) (string, bool) {
	rest, article := strings.CutPrefix(fold, "al")
	if !article && len(fold) > minArabicRest && (fold[0] == 'b' || fold[0] == 'l' || fold[0] == 'k') && fold[1] != 'h' {
		if lemma, ok := lookupGlossary(entries, fold[1:]); ok {
			return lemma, true
		}
		if rest, article = strings.CutPrefix(fold[1:], "al"); !article && fold[0] == 'l' {
			rest, article = strings.CutPrefix(fold[1:], "l")
		}
	}
	if !article || len(rest) < minArabicRest {
		return "", false
	}
	return lookupGlossary(entries, rest)
}
