package fetch

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"wirefold/internal/news"
)

// maxDateLength bounds the text that is looked at for a date. The longest real ones have some 40 characters.
const maxDateLength = 120

// ParseDate reads a date as feeds write it: RFC 3339 and ISO 8601, RFC 822 with its cousins, numbers with slashes or
// dots, seconds since 1970, months and weekdays of many languages. A date without a zone is taken as UTC, as all
// readers do. A zone that nobody can name, a word that is none of a date's, or a part out of range makes the date
// unknown: an unknown date is better than a wrong one, and "yesterday" is none.
func ParseDate(s string) news.Date {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), `\n`)) // some write the line break out
	if len(s) < 4 || len(s) > maxDateLength {
		return news.Date{}
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return stated(t, false)
	}
	if t, err := time.Parse(time.RFC1123Z, s); err == nil {
		return stated(t, false)
	}
	if d, ok := isoDate(s); ok {
		return d
	}
	if p := (dateParts{month: -1}); p.read(tokens(s)) {
		return p.date()
	}
	// A comment behind the zone says nothing more (RFC 5322 section 3.2.2).
	if open := strings.IndexByte(s, '('); open > 0 && strings.HasSuffix(s, ")") {
		if p := (dateParts{month: -1}); p.read(tokens(s[:open])) && p.hasZone {
			return p.date()
		}
	}
	return news.Date{}
}

// stated makes a Date of a time, in UTC. Years that cannot be printed in four digits are nobody's dates either.
func stated(t time.Time, dayOnly bool) news.Date {
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return news.Date{}
	}
	return news.Date{Time: t, DayOnly: dayOnly}
}

// isoDate reads the short forms of ISO 8601 that hold no separate words: 2003, 2003-12, 20031231, 2003-335, 031231,
// -03-12, and seconds or milliseconds since 1970. Two-digit years were withdrawn from the standard in 2004, so only
// those of the nineties and the noughties are believed.
func isoDate(s string) (news.Date, bool) {
	digits := strings.ReplaceAll(s, "-", "")
	for _, r := range digits {
		if r < '0' || r > '9' {
			return news.Date{}, false
		}
	}
	n := func(part string) int { v, _ := strconv.Atoi(part); return v }
	old := digits[0] == '0' || digits[0] == '9'
	shape := strings.Map(func(r rune) rune {
		if r == '-' {
			return '-'
		}
		return '9'
	}, s)
	switch {
	case shape == "9999":
		return day(n(s), 1, 1), true
	case shape == "9999-99":
		return day(n(s[:4]), n(s[5:]), 1), true
	case shape == "9999-99-99":
		return day(n(s[:4]), n(s[5:7]), n(s[8:])), true
	case shape == "99999999":
		return day(n(s[:4]), n(s[4:6]), n(s[6:])), true
	case shape == "9999-999":
		return ordinal(n(s[:4]), n(s[5:])), true
	case shape == "9999999":
		return ordinal(n(s[:4]), n(s[4:])), true
	case shape == "99-99-99" && old:
		return day(century(n(s[:2])), n(s[3:5]), n(s[6:])), true
	case shape == "999999" && old:
		return day(century(n(s[:2])), n(s[2:4]), n(s[4:])), true
	case shape == "99999" && old:
		return ordinal(century(n(s[:2])), n(s[2:])), true
	case shape == "99-999" && old:
		return ordinal(century(n(s[:2])), n(s[3:])), true
	case shape == "-9999" && old:
		return day(century(n(s[1:3])), n(s[3:]), 1), true
	case shape == "-99-99" && old:
		return day(century(n(s[1:3])), n(s[4:]), 1), true
	case shape == "9999999999":
		return stated(time.Unix(int64(n(s)), 0), false), true
	case shape == "99999999999999" && s[0] <= '2': // 20260302101530
		t, err := time.Parse("20060102150405", s)
		if err != nil {
			return news.Date{}, true
		}
		return stated(t, false), true
	case shape == "9999999999999":
		return stated(time.UnixMilli(int64(n(s))), false), true
	}
	return news.Date{}, strings.HasPrefix(s, "-")
}

func day(y, m, d int) news.Date {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Month() != time.Month(m) || t.Day() != d {
		return news.Date{}
	}
	return stated(t, true)
}

func ordinal(y, n int) news.Date {
	t := time.Date(y, 1, n, 0, 0, 0, 0, time.UTC)
	if n < 1 || t.Year() != y {
		return news.Date{}
	}
	return stated(t, true)
}

// century completes a two-digit year (RFC 5322 section 4.3).
func century(y int) int {
	if y < 50 {
		return 2000 + y
	}
	return 1900 + y
}

// A token of a date is a number, a word, or a separator.
type token struct {
	kind byte // 'n', 'w' or the separator itself
	text string
	num  int
}

// tokens takes a date apart. The Chinese, Japanese and Korean words for year, month and day become separators.
func tokens(s string) []token {
	var out []token
	rs := []rune(s)
	for i := 0; i < len(rs); {
		switch r := rs[i]; {
		case r >= '0' && r <= '9':
			j := i
			for j < len(rs) && rs[j] >= '0' && rs[j] <= '9' {
				j++
			}
			n, err := strconv.Atoi(string(rs[i:j]))
			if err != nil {
				n = -1
			}
			out = append(out, token{'n', string(rs[i:j]), n})
			i = j
		case strings.ContainsRune("年년月월", r):
			out = append(out, token{'-', string(r), 0})
			i++
		case strings.ContainsRune("日일", r):
			out = append(out, token{' ', string(r), 0})
			i++
		case unicode.IsLetter(r) || unicode.IsMark(r):
			j := i
			for j < len(rs) && (unicode.IsLetter(rs[j]) || unicode.IsMark(rs[j]) || rs[j] == '/' && j+1 < len(rs) && unicode.IsUpper(rs[j+1]) || rs[j] == '_') &&
				!strings.ContainsRune("年년月월日일", rs[j]) {
				j++
			}
			out = append(out, token{'w', string(rs[i:j]), 0})
			i = j
		case unicode.IsSpace(r):
			if len(out) > 0 && out[len(out)-1].kind != ' ' && !strings.Contains("年년月월", out[len(out)-1].text) {
				out = append(out, token{' ', " ", 0})
			}
			i++
		case r == '−' || r == '–' || r == '—':
			out = append(out, token{'-', "-", 0})
			i++
		default:
			out = append(out, token{byte(min(r, 127)), string(r), 0})
			i++
		}
	}
	return out
}

// dateParts is what has been found of a date.
type dateParts struct {
	year, month, day     int
	hour, min, sec, nano int
	hasTime, hasZone     bool
	pm, am               bool
	offset               int // seconds
	place                *time.Location
	weekday              time.Weekday
	hasWeekday           bool
	korean               bool // a Korean date without a zone is Korean time
	numbers              []token
	unsure               []string // words that are a weekday in one language and a month in another
	slashed              bool     // three numbers with slashes: month first if both fit
}
