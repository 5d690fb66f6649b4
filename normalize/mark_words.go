package normalize

import (
	"unicode"
	"unicode/utf8"
)

// A markWord is one run of letters or digits of an article, folded to lower-case ASCII: diacritics dropped, Cyrillic and
// Arabic letters transliterated. Grouping compares words of many languages, so it must not care how they are written.
type markWord struct {
	fold   string // folded form, never empty
	hash   uint32 // of it
	upper  bool   // its first letter was a capital
	shout  bool   // all of its letters were capitals (at least two)
	first  bool   // it opens a sentence
	script markScript
	field  markField
	digit  bool // it has a digit
	tight  bool // only a slash, a dash or a point, and no letter, parts it from the word before
	dashed bool // nothing but one hyphen parts it from the word before
}

type markScript uint8

const (
	latin markScript = iota
	cyrillic
	arabic
	otherScript
)

type markField uint8

const (
	inTitle markField = iota
	inLead
	inBody
)

const (
	// maxWords bounds the words read of one article: a page of 4,000 words tells its event long before its end, and a
	// hostile one must not cost more.
	maxWords = 2000
	// leadWords is how far the lead reaches: the first sentences, where outlets say who, what, where and when.
	leadWords = 60
	// maxWordBytes cuts words that no language has.
	maxWordBytes = 32
)

// readWords appends the words of s to ws. The text of a field must be handed over in one piece, since the first word of
// it opens a sentence.
func readWords(ws []markWord, s string, f markField, limit int) []markWord {
	var buf [maxWordBytes + 8]byte
	from := len(ws)
	folded, ends := make([]byte, 0, min(len(s), limit*8)), make([]int32, 0, min(len(s)/4, limit)+1)
	open, tight := true, false
	n := 0
	for i := 0; i < len(s) && n < limit; {
		c := s[i]
		if c < utf8.RuneSelf && !asciiWord(c) {
			if c == '.' || c == '!' || c == '?' || c == '\n' || c == ':' {
				open = true
			}
			tight = tight && (c == '/' || c == '-' || c == '.' || c == ' ') || n > 0 && (c == '/' || c == '-' || c == '.')
			i++
			continue
		}
		dashed := n > 0 && s[i-1] == '-' && i > 1 && (asciiWord(s[i-2]) || s[i-2] >= utf8.RuneSelf)
		w, fold, next, ok := readWord(s, i, buf[:0])
		i = next
		if !ok {
			continue
		}
		w.first, w.field, w.tight, w.dashed = open, f, tight, dashed
		tight = false
		if f == inBody && n < leadWords {
			w.field = inLead
		}
		open = false
		n++
		ws = append(ws, w)
		folded = append(folded, fold...)
		ends = append(ends, int32(len(folded)))
	}
	// All folded forms share one string: a string for each would cost more than all the rest.
	all, at := string(folded), int32(0)
	for k := range ends {
		w := &ws[from+k]
		w.fold, at = all[at:ends[k]], ends[k]
		w.hash = hash32(6, w.fold)
	}
	return ws
}

// maxIdentifier is how many words an identifier has at most.
const maxIdentifier = 4

// identifier reads an identifier with a hyphen, such as CVE-2026-6482, F-16 or SARS-CoV-2, that begins at the i-th word: its folded form and how many words it takes, 0 when
// there is none. Its letters begin with a capital that is not only the first of a sentence, which "mid-2024" and "top-10" have not, and there is a digit.
func identifier(ws []markWord, i int) (fold string, n int) {
	w := &ws[i]
	if w.digit || w.dashed || i+1 >= len(ws) || !ws[i+1].dashed || !w.shout && (!w.upper || w.first && len(w.fold) > 1) {
		return "", 0
	}
	digit := false
	for n = 1; n < maxIdentifier && i+n < len(ws) && ws[i+n].dashed && ws[i+n].field == w.field; n++ {
		digit = digit || ws[i+n].digit
	}
	if _, month := monthWords[w.fold]; !digit || month {
		return "", 0
	}
	fold = w.fold
	for _, v := range ws[i+1 : i+n] {
		fold += "-" + v.fold
	}
	return fold, n
}

func asciiWord(c byte) bool {
	return c-'0' <= 9 || (c|0x20)-'a' < 26
}

// readWord reads the word that starts at s[i], which may turn out to be no word at all (a quotation mark, an emoji). Its
// folded form is appended to b.
func readWord(s string, i int, b []byte) (w markWord, fold []byte, next int, ok bool) {
	letters, capitals, at := 0, 0, i
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case c-'0' <= 9:
				w.digit = true
			case (c|0x20)-'a' < 26:
				letters++
				if c < 'a' {
					capitals++
					if i == at {
						w.upper = true
					}
					c |= 0x20
				}
			case (c == ',' || c == '.') && w.digit && letters == 0 && joins(s, at, i):
				// 1,770 and 3.75 are one word; "August 17,2011" is three.
			default:
				return finish(w, letters, capitals), b, i, len(b) > 0
			}
			if len(b) < maxWordBytes {
				b = append(b, c)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		f, kind := foldLetter(r)
		if kind == breaks {
			if len(b) == 0 {
				return w, b, i + size, false
			}
			return finish(w, letters, capitals), b, i, true
		}
		i += size
		if kind == alone {
			// Scripts without spaces: every character is a word of its own.
			if len(b) > 0 {
				return finish(w, letters, capitals), b, i - size, true
			}
			w.script = otherScript
			return finish(w, 1, 0), append(b, s[i-size:i]...), i, true
		}
		if kind == skips {
			continue
		}
		if f != "" && f[0]-'0' <= 9 {
			w.digit = true
		} else {
			letters++
		}
		if unicode.IsUpper(r) {
			capitals++
			if i-size == at {
				w.upper = true
			}
		}
		switch {
		case r >= 0x400 && r < 0x530:
			w.script = cyrillic
		case r >= 0x600 && r < 0x780:
			w.script = arabic
		case r >= 0x250:
			w.script = otherScript
		}
		if len(b)+len(f) <= maxWordBytes {
			b = append(b, f...)
		}
	}
	return finish(w, letters, capitals), b, i, len(b) > 0
}

// joins says whether the comma or point at s[i] stands inside the number that began at s[at]: one to three digits follow. What looks
// like a year has no thousands and no decimals: "2005,6: 03 PM" and "2012.08.08" are dates with the space left out.
func joins(s string, at, i int) bool {
	if i-at == 4 && (s[at:at+2] == "19" || s[at:at+2] == "20") || at > 1 && s[at-1] == s[i] && s[at-2]-'0' <= 9 {
		return false
	}
	n := 0
	for n < 4 && i+1+n < len(s) && s[i+1+n]-'0' <= 9 {
		n++
	}
	return n > 0 && n < 4
}

func finish(w markWord, letters, capitals int) markWord {
	w.shout = letters >= 2 && capitals == letters
	return w
}
