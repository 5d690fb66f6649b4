package normalize

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"wirefold/internal/news"
)

// Matches says whether an article satisfies a topic's query (docs/design.md section 6): terms match whole words of
// title and text, folded by FoldWords; several words are a phrase; `word*` is a prefix; nothing is stemmed.
// An empty query takes every article. Reports is not looked at: it is a property of the story.
// Who asks about many articles compiles the query once with CompileMatch.
func Matches(m news.Match, a *news.Article) bool { return CompileMatch(m).Matches(a) }

// Matcher is a topic's query made ready to be asked often. It is safe for concurrent use.
type Matcher struct {
	any, all, none []term
	feeds          []news.FeedID
	languages      []string
}

// term is one folded term. Its first parts are whole words; where a star stood inside a phrase, the phrase is cut and
// matched word by word.
type term struct {
	text   string // " human smuggling ", or " smuggl" for a prefix
	words  []string
	prefix []bool
	simple bool // text alone decides
}

// CompileMatch folds the terms of a query. A term without any letter or digit matches nothing.
func CompileMatch(m news.Match) *Matcher {
	return &Matcher{
		any: compileTerms(m.Any), all: compileTerms(m.All), none: compileTerms(m.None),
		feeds: m.Feeds, languages: m.Languages,
	}
}

// Matches says whether the article satisfies the whole query.
func (m *Matcher) Matches(a *news.Article) bool {
	if !m.admits(a) {
		return false
	}
	if len(m.any)+len(m.all)+len(m.none) == 0 {
		return true
	}
	return m.matchWords(ArticleWords(a))
}

// MatchesWords is Matches for a caller that asks several queries about one article and has its ArticleWords at hand.
func (m *Matcher) MatchesWords(a *news.Article, words string) bool {
	return m.admits(a) && m.matchWords(words)
}

func (m *Matcher) admits(a *news.Article) bool {
	if len(m.feeds) > 0 && !slices.Contains(m.feeds, a.Feed) {
		return false
	}
	return len(m.languages) == 0 || slices.ContainsFunc(m.languages, func(l string) bool { return sameLanguage(l, a.Lang) })
}

func (m *Matcher) matchWords(words string) bool {
	has := func(t term) bool { return t.in(words) }
	if slices.ContainsFunc(m.none, has) {
		return false
	}
	for _, t := range m.all {
		if !t.in(words) {
			return false
		}
	}
	return len(m.any) == 0 || slices.ContainsFunc(m.any, has)
}

// sameLanguage says whether an article's language is the wanted one or a variety of it: "pt" takes "pt-BR".
func sameLanguage(want, have string) bool {
	if len(have) < len(want) || !strings.EqualFold(have[:len(want)], want) {
		return false
	}
	return want != "" && (len(have) == len(want) || have[len(want)] == '-' || have[len(want)] == '_')
}

func compileTerms(terms []string) []term {
	out := make([]term, 0, len(terms))
	for _, s := range terms {
		out = append(out, compileTerm(s))
	}
	return out
}

func compileTerm(s string) term {
	t := term{simple: true}
	pieces := strings.SplitAfter(s, "*")
	for i, piece := range pieces {
		star := strings.HasSuffix(piece, "*")
		ws := strings.Fields(FoldWords(piece))
		for j, w := range ws {
			t.words = append(t.words, w)
			t.prefix = append(t.prefix, star && j == len(ws)-1)
		}
		if star && len(ws) > 0 && strings.TrimSpace(strings.Join(pieces[i+1:], "")) != "" {
			t.simple = false
		}
	}
	t.text = " " + strings.Join(t.words, " ")
	if n := len(t.prefix); n > 0 && !t.prefix[n-1] {
		t.text += " "
	}
	return t
}

func (t term) in(words string) bool {
	if len(t.words) == 0 {
		return false
	}
	if t.simple {
		return strings.Contains(words, t.text)
	}
	for rest := words; ; {
		i := strings.Index(rest, " "+t.words[0])
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
		if t.at(rest) {
			return true
		}
	}
}

// at says whether the words of the term stand at the beginning of s, which begins with a word.
func (t term) at(s string) bool {
	for i, w := range t.words {
		if !strings.HasPrefix(s, w) {
			return false
		}
		s = s[len(w):]
		end := strings.IndexByte(s, ' ')
		if end < 0 || end > 0 && !t.prefix[i] {
			return false
		}
		s = s[end+1:]
	}
	return true
}

// ArticleWords is the folded title and text of an article, with a mark between them that no phrase can cross.
func ArticleWords(a *news.Article) string {
	var b strings.Builder
	b.Grow(len(a.Title) + len(a.Text) + 8)
	foldInto(&b, a.Title)
	b.WriteByte('|')
	foldInto(&b, a.Text)
	return b.String()
}

// FoldWords writes the words of s in lower case without diacritics (NFKC compatibility forms are folded too), one
// space before, between and after them. A word is a run of letters and digits; a Han, Hiragana or Katakana character
// is a word of its own, because those scripts put no spaces between words.
func FoldWords(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	foldInto(&b, s)
	return b.String()
}

func foldInto(b *strings.Builder, s string) {
	b.WriteByte(' ')
	inWord := false
	end := func() {
		if inWord {
			b.WriteByte(' ')
			inWord = false
		}
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
				b.WriteByte(c)
				inWord = true
			case 'A' <= c && c <= 'Z':
				b.WriteByte(c + 'a' - 'A')
				inWord = true
			default:
				end()
			}
			continue
		}
		// One normalisation segment at a time: NFKD, so that marks stand alone and can be dropped.
		n := norm.NFKD.NextBoundaryInString(s[i:], true)
		if n <= 0 {
			n = 1
		}
		seg := norm.NFKD.String(s[i : i+n])
		i += n
		for _, r := range seg {
			switch {
			case unicode.Is(unicode.Mn, r) || r == zeroWidthJoiner || r == zeroWidthNonJoiner || r == softHyphen || r == tatweel:
			case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
				end()
				b.WriteRune(r)
				b.WriteByte(' ')
			case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mc, r):
				b.WriteString(matchRune(r))
				inWord = true
			default:
				end()
			}
		}
	}
	end()
}

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	softHyphen         = '\u00ad'
	tatweel            = '\u0640'
)

// matchRune is the lower-case base letter of a decomposed rune. Letters with a stroke have no decomposition in Unicode,
// but readers take them for the plain letter; Persian and Urdu yeh and kaf are the Arabic letters to a reader, too.
func matchRune(r rune) string {
	r = unicode.ToLower(r)
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ł':
		return "l"
	case 'ø':
		return "o"
	case 'đ', 'ð':
		return "d"
	case 'þ':
		return "th"
	case 'ħ':
		return "h"
	case 'ı':
		return "i"
	case 'ς':
		return "σ"
	case 'ё':
		return "е"
	case 'ی', 'ى':
		return "ي"
	case 'ک':
		return "ك"
	case 'ہ', 'ھ', 'ة':
		return "ه"
	}
	if '٠' <= r && r <= '٩' {
		r = '0' + r - '٠'
	} else if '۰' <= r && r <= '۹' {
		r = '0' + r - '۰'
	}
	return string(r)
}
