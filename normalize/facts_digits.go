package normalize

import (
	"strings"
	"unicode/utf8"
)

func asciiDigit(r rune) (byte, bool) {
	switch {
	case '0' <= r && r <= '9':
		return byte(r), true
	case '٠' <= r && r <= '٩':
		return byte('0' + r - '٠'), true
	case '۰' <= r && r <= '۹':
		return byte('0' + r - '۰'), true
	}
	return 0, false
}

// readNumberToken reads digits with inner separators (1,770; 2.5; 10:15; 137.000), and stops before letters.
func readNumberToken(text string, i int) (tok, int) {
	end := i
	for end < len(text) {
		c := text[end]
		if '0' <= c && c <= '9' {
			end++
			continue
		}
		if (c == ',' || c == '.' || c == ':') && end+1 < len(text) && '0' <= text[end+1] && text[end+1] <= '9' {
			end++
			continue
		}
		break
	}
	return tok{low: text[i:end], start: int32(i), end: int32(end), flags: tokDigits}, end
}

// readForeignNumber is readNumberToken for Arabic and Urdu digits.
func readForeignNumber(text string, i int, arena *strings.Builder) (tok, int) {
	from, end := arena.Len(), i
	for end < len(text) {
		r, n := utf8.DecodeRuneInString(text[end:])
		if d, ok := asciiDigit(r); ok {
			arena.WriteByte(d)
			end += n
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[end+n:])
		if _, ok := asciiDigit(next); ok && (r == '٫' || r == '.') {
			arena.WriteByte('.')
		} else if ok && (r == '٬' || r == ',') {
			arena.WriteByte(',')
		} else {
			break
		}
		end += n
	}
	return tok{low: arena.String()[from:], start: int32(i), end: int32(end), flags: tokDigits}, end
}
