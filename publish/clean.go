package publish

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// clean drops what XML 1.0 forbids in a document (section 2.2) and what it only tolerates, folds all white space to
// single spaces and trims: a title, name or other single line.
func clean(s string) string {
	return strings.Join(strings.Fields(legal(s)), " ")
}

// legal drops every character that XML 1.0 forbids or discourages (sections 2.2 and 2.11): control characters but for
// tab and newline, surrogates, non-characters. Broken UTF-8 goes too, and the U+FFFD that stands for it elsewhere.
func legal(s string) string {
	ok := true
	for i := 0; i < len(s) && ok; i++ {
		ok = s[i] >= 0x20 && s[i] < 0x7f || s[i] == '\n' || s[i] == '\t'
	}
	if ok {
		return s
	}
	s = strings.ToValidUTF8(s, "")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return r
		case r < 0x20, r >= 0x7f && r <= 0x9f, r == utf8.RuneError, r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
			return -1
		}
		return r
	}, s)
}

// esc makes plain text safe inside HTML text and attributes.
func esc(s string) string { return html.EscapeString(legal(s)) }

// excerpt is the beginning of a text, at most n characters, cut between words.
func excerpt(s string, n int) string {
	count := 0
	for i := range s {
		if count++; count <= n {
			continue
		}
		cut := s[:i]
		if sp := strings.LastIndexAny(cut, " \n\t"); sp > len(cut)/2 {
			cut = cut[:sp]
		}
		return strings.TrimRight(cut, " \n\t,;:.–-") + "…"
	}
	return s
}

// title is a line of plain text that many readers show without reading it as the format says: what looks like a tag gets
// other brackets, so that it can become no markup, and a character reference that somebody escaped once too often becomes
// its character.
func title(s string) string {
	s = clean(s)
	for range maxEscaped {
		u := reference.ReplaceAllStringFunc(s, html.UnescapeString)
		if u == s {
			break
		}
		s = clean(u)
	}
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	inside := false
	for i, r := range s {
		switch {
		case r == '<' && i+1 < len(s) && tagStart(s[i+1]):
			inside = true
			b.WriteRune('‹')
		case r == '>' && inside:
			inside = false
			b.WriteRune('›')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// maxEscaped is how many times over a character reference may have been escaped.
const maxEscaped = 3

// reference is a character reference of HTML, with its semicolon: without one it is more likely a part of an address.
var reference = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`)

// tagStart reports whether c can follow the "<" of a tag, comment or declaration.
func tagStart(c byte) bool {
	return c == '/' || c == '!' || c == '?' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// language is a language tag that has the form of one (BCP 47), "" otherwise.
func language(tag string) string {
	for i, part := range strings.Split(tag, "-") {
		if len(part) < 1 || len(part) > 8 || i == 0 && len(part) < 2 {
			return ""
		}
		for _, c := range []byte(part) {
			letter := c|0x20 >= 'a' && c|0x20 <= 'z'
			if !letter && (i == 0 || c < '0' || c > '9') {
				return ""
			}
		}
	}
	return tag
}

// rightToLeft are the languages written from right to left (BCP 47 primary subtags).
const rightToLeft = " ar arc ckb dv fa he ks ku ps sd ug ur yi "

// direction is the HTML dir of a language: "rtl", or "auto" to let the text decide.
func direction(lang string) string {
	primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if primary != "" && strings.Contains(rightToLeft, " "+primary+" ") {
		return "rtl"
	}
	return "auto"
}

// withoutPassword is a URL without user and password.
func withoutPassword(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	u.User = nil
	return u.String()
}
