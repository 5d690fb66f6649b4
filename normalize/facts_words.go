package normalize

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// tok is one token of a text: a word, a number or a punctuation mark.
type tok struct {
	low        string // lower case, diacritics folded, without a possessive ending
	start, end int32  // bytes in the text, without the possessive ending
	is         class
	val        int32 // a number word's value, a month (1-12), a weekday (0-6), or a place (see places.go)
	flags      tokFlags
}

type tokFlags uint16

const (
	tokWord   tokFlags = 1 << iota // letters
	tokDigits                      // begins with a digit
	tokCap                         // first letter is a capital
	tokUpper                       // two or more letters, all capitals
	tokPoss                        // a possessive ending followed: Poland's
	tokDot                         // an abbreviation's full stop followed: Gen.
	tokFirst                       // first word of a sentence
	tokPara                        // first token of a paragraph
	tokGlued                       // no space before it
)

func (t *tok) word() bool         { return t.flags&tokWord != 0 }
func (t *tok) digits() bool       { return t.flags&tokDigits != 0 }
func (t *tok) capital() bool      { return t.flags&tokCap != 0 }
func (t *tok) poss() bool         { return t.flags&tokPoss != 0 }
func (t *tok) has(c class) bool   { return t.is&c != 0 }
func (t *tok) mark(s string) bool { return t.flags&(tokWord|tokDigits) == 0 && t.low == s }

// maxFactBytes bounds how much of a text is read for facts: what an article states, it states in its first 20,000
// bytes, and a hostile text of megabytes must not cost more than a long report.
const maxFactBytes = 20_000

// splitTokens reads a text once. Words keep inner hyphens and apostrophes; every other printing rune is a token of
// its own. A blank line or a line break that follows a full stop begins a paragraph.
func splitTokens(text string, lex *lexicon) []tok {
	return appendTokens(make([]tok, 0, min(len(text), maxFactBytes)/5+8), text, lex)
}

// appendTokens is splitTokens for a caller that has a slice to fill.
func appendTokens(toks []tok, text string, lex *lexicon) []tok {
	if len(text) > maxFactBytes {
		text = cutBytes(text, maxFactBytes)
	}
	var arena strings.Builder
	arena.Grow(len(text)/4 + 16)
	sentence, para, glued := true, true, false
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '\n':
			para, sentence, glued = true, true, false
			i++
			continue
		case c == ' ' || c == '\t' || c == '\r':
			glued = false
			i++
			continue
		}
		t, next := readToken(text, i, &arena)
		if glued {
			t.flags |= tokGlued
		}
		if para {
			t.flags |= tokPara
		}
		para, glued = false, true
		if t.word() {
			if sentence {
				t.flags |= tokFirst
			}
			sentence = false
			if e, ok := lex.words[t.low]; ok {
				t.is, t.val = e.is, e.val
			}
			if next < len(text) && text[next] == '.' && abbreviated(&t, text, next) {
				t.flags |= tokDot
				next++
			}
		} else if t.digits() {
			sentence = false
		} else if t.low == "." || t.low == "!" || t.low == "?" || t.low == "۔" || t.low == "؟" {
			sentence = true
		}
		if t.end > t.start {
			toks = append(toks, t)
		} else {
			glued = false
		}
		i = next
	}
	return toks
}

// abbreviated says whether the full stop after a word belongs to it: titles, initials, and words with inner dots.
func abbreviated(t *tok, text string, dot int) bool {
	if t.is&classAbbrev != 0 {
		return true
	}
	if t.capital() && utf8.RuneCountInString(t.low) == 1 {
		return dot+1 < len(text) && text[dot+1] != '\n'
	}
	return strings.IndexByte(t.low, '.') >= 0 && dot+1 < len(text)
}

func readToken(text string, i int, arena *strings.Builder) (tok, int) {
	c := text[i]
	if c >= '0' && c <= '9' {
		return readNumberToken(text, i)
	}
	r, n := rune(c), 1
	if c >= utf8.RuneSelf {
		r, n = utf8.DecodeRuneInString(text[i:])
		if _, ok := asciiDigit(r); ok {
			return readForeignNumber(text, i, arena)
		}
	}
	if isLetter(r) {
		return readWordToken(text, i, arena)
	}
	t := tok{start: int32(i), end: int32(i + n)}
	if c < utf8.RuneSelf {
		t.low = text[i : i+1]
		if c < ' ' || c == 0x7f {
			t.end = t.start
		}
		return t, i + n
	}
	switch r {
	case '’', '‘', '‛', '′', '`':
		t.low = "'"
	case '“', '”', '„', '«', '»', '‟':
		t.low = `"`
	case '–', '—', '―', '−':
		t.low = "-"
	case '،', '、':
		t.low = ","
	case '؛':
		t.low = ";"
	case '٪':
		t.low = "%"
	case '\u00a0', '\u202f', '\u2009', '\u2007', '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\ufeff', '\u00ad', utf8.RuneError:
		t.end = t.start
	default:
		t.low = text[i : i+n]
		if unicode.IsSpace(r) || unicode.IsMark(r) || unicode.IsControl(r) {
			t.end = t.start
		}
	}
	return t, i + n
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r)
}

// readWordToken reads letters, inner apostrophes, hyphens, and inner dots of capitals (U.S.). The possessive ending and
// a Romance article before an apostrophe (l'Intérieur, d'Italia) are not part of the word.
func readWordToken(text string, i int, arena *strings.Builder) (tok, int) {
	if t, next, ok := readPlainWord(text, i, arena); ok {
		return t, next
	}
	t := tok{start: int32(i), flags: tokWord}
	from := arena.Len()
	caps, letters := 0, 0
	end := i
	for end < len(text) {
		c := text[end]
		if 'a' <= c && c <= 'z' {
			arena.WriteByte(c)
			letters++
			end++
			continue
		}
		if 'A' <= c && c <= 'Z' {
			arena.WriteByte(c + 'a' - 'A')
			if letters == 0 {
				t.flags |= tokCap
			}
			letters++
			caps++
			end++
			continue
		}
		if '0' <= c && c <= '9' && letters > 0 {
			arena.WriteByte(c)
			end++
			continue
		}
		r, n := rune(c), 1
		if c >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[end:])
			if unicode.IsLetter(r) {
				if unicode.IsUpper(r) {
					if letters == 0 {
						t.flags |= tokCap
					}
					caps++
				}
				letters++
				foldTokenRune(arena, r)
				end += n
				continue
			}
			if unicode.Is(unicode.Mn, r) || r == softHyphen || r == zeroWidthNonJoiner || r == tatweel {
				end += n
				continue
			}
		}
		next := rune(0)
		if end+n < len(text) {
			next, _ = utf8.DecodeRuneInString(text[end+n:])
		}
		if !isLetter(next) && !('0' <= next && next <= '9' && r == '-') {
			break
		}
		switch {
		case r == '-':
			arena.WriteByte('-')
		case r == '.' && letters <= 5 && end-i == 2*letters-1 && end+2 < len(text) && !isLetter(rune(text[end+2])):
			arena.WriteByte('.')
		case r == '\'' || r == '’' || r == '‘' && letters > 1:
			if isPossessive(text[end+n:]) {
				t.flags |= tokPoss
				t.end = int32(end)
				t.low = arena.String()[from:]
				return finishWord(t, caps, letters), end + n + 1
			}
			if elision(arena.String()[from:], t.capital()) {
				t.end = int32(end)
				t.low = arena.String()[from:]
				return finishWord(t, caps, letters), end + n
			}
			// An apostrophe inside a name is no letter of it: Nu'amani, O'Sullivan.
		default:
			t.end = int32(end)
			t.low = arena.String()[from:]
			return finishWord(t, caps, letters), end
		}
		end += n
	}
	t.end = int32(end)
	t.low = arena.String()[from:]
	// The bare apostrophe of a plural possessive: ministers' talks.
	if strings.HasPrefix(text[end:], "’ ") || strings.HasPrefix(text[end:], "' ") {
		if strings.HasSuffix(t.low, "s") && t.capital() {
			t.flags |= tokPoss
			_, n := utf8.DecodeRuneInString(text[end:])
			return finishWord(t, caps, letters), end + n
		}
	}
	return finishWord(t, caps, letters), end
}

// readPlainWord is readWordToken for nine words of ten: ASCII letters, and behind them nothing that could belong to the word.
// A word in lower case needs no copy.
func readPlainWord(text string, i int, arena *strings.Builder) (tok, int, bool) {
	end, caps := i, 0
	for end < len(text) {
		c := text[end]
		if 'A' <= c && c <= 'Z' {
			caps++
		} else if c < 'a' || c > 'z' {
			break
		}
		end++
	}
	if end == i {
		return tok{}, 0, false
	}
	if end < len(text) {
		switch c := text[end]; {
		case c >= utf8.RuneSelf, c == '\'', c == '-', '0' <= c && c <= '9', c == '.' && end == i+1:
			return tok{}, 0, false
		}
	}
	t := tok{low: text[i:end], start: int32(i), end: int32(end), flags: tokWord}
	if caps == 0 {
		return t, end, true
	}
	from := arena.Len()
	for k := i; k < end; k++ {
		c := text[k]
		if c <= 'Z' {
			c += 'a' - 'A'
		}
		arena.WriteByte(c)
	}
	t.low = arena.String()[from:]
	if text[i] <= 'Z' {
		t.flags |= tokCap
	}
	if caps >= 2 && caps == end-i {
		t.flags |= tokUpper
	}
	return t, end, true
}

// collapseSpan is a piece of a text in one line; most have no line break and cost nothing.
func collapseSpan(s string) string {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == ' ' && i+1 < len(s) && s[i+1] == ' ' {
			return strings.Join(strings.Fields(s), " ")
		}
	}
	return s
}

func finishWord(t tok, caps, letters int) tok {
	if caps >= 2 && caps == letters {
		t.flags |= tokUpper
	}
	return t
}

// isPossessive says whether rest, after an apostrophe, is an s that ends its word.
func isPossessive(rest string) bool {
	if rest == "" || rest[0] != 's' && rest[0] != 'S' {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest[1:])
	return len(rest) == 1 || !isLetter(r)
}

// elision says whether a word before an apostrophe is an article or preposition that lost its vowel.
// A capital before it is a name's: D'Souza.
func elision(low string, capital bool) bool {
	if capital {
		return false
	}
	switch low {
	case "l", "d", "qu", "s", "n", "j", "c", "m", "t", "dell", "all", "nell", "sull", "dall", "un", "quell":
		return true
	}
	return false
}

func foldTokenRune(b *strings.Builder, r rune) {
	r = unicode.ToLower(r)
	if 0xdf <= r && r < 0x250 || 0x1e00 <= r && r < 0x1f00 {
		d := norm.NFD.String(string(r))
		r, _ = utf8.DecodeRuneInString(d)
	}
	b.WriteString(matchRune(r))
}

// cutBytes cuts s to at most n bytes without splitting a rune.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
