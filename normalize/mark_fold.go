package normalize

import "unicode"

// runeKind says what a rune outside ASCII does to the word that it stands in.
type runeKind uint8

const (
	letter runeKind = iota
	skips           // a combining mark, a joiner: belongs to the word and is not compared
	alone           // a character of a script without spaces
	breaks          // ends the word
)

// foldLetter gives the lower-case ASCII letters that a rune is compared as. The tables are small on purpose: a letter
// that is missing folds to itself, and then matches only itself.
func foldLetter(r rune) (string, runeKind) {
	switch {
	case r >= 0xC0 && r < 0x180:
		if r == 0xD7 || r == 0xF7 {
			return "", breaks
		}
		return latinFold[r-0xC0], letter
	case r >= 0x400 && r < 0x460:
		return cyrillicFold[r-0x400], letter
	case r >= 0x600 && r < 0x700:
		return foldArabic(r)
	case r >= 0x218 && r <= 0x21B: // Romanian s and t with a comma below
		if r <= 0x219 {
			return "s", letter
		}
		return "t", letter
	case r >= 0x1E00 && r < 0x1F00: // Vietnamese and others: the base letter is near enough
		return latinExtra(r), letter
	case r >= 0x300 && r < 0x370, r == 0x200C, r == 0x200D, r == 0xAD, r == 0xFE0F:
		return "", skips
	case r >= 0x2E80 && r < 0xA000, r >= 0xAC00 && r < 0xD7B0, r >= 0x0E00 && r < 0x0E80, r >= 0x20000 && r < 0x30000:
		return "", alone
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return string(unicode.ToLower(r)), letter
	case unicode.Is(unicode.M, r):
		return "", skips
	}
	return "", breaks
}

func latinExtra(r rune) string {
	switch {
	case r >= 0x1EA0 && r <= 0x1EB7:
		return "a"
	case r >= 0x1EB8 && r <= 0x1EC7:
		return "e"
	case r >= 0x1EC8 && r <= 0x1ECB:
		return "i"
	case r >= 0x1ECC && r <= 0x1EE3:
		return "o"
	case r >= 0x1EE4 && r <= 0x1EF1:
		return "u"
	case r >= 0x1EF2 && r <= 0x1EF9:
		return "y"
	}
	return string(unicode.ToLower(r))
}

// latinFold starts at U+00C0.
var latinFold = [0x180 - 0xC0]string{
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
	"d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "ss",
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
	"d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "y",
	"a", "a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c", "c", "c", "d", "d",
	"d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e", "g", "g", "g", "g",
	"g", "g", "g", "g", "h", "h", "h", "h", "i", "i", "i", "i", "i", "i", "i", "i",
	"i", "i", "ij", "ij", "j", "j", "k", "k", "k", "l", "l", "l", "l", "l", "l", "l",
	"l", "l", "l", "n", "n", "n", "n", "n", "n", "n", "n", "n", "o", "o", "o", "o",
	"o", "o", "oe", "oe", "r", "r", "r", "r", "r", "r", "s", "s", "s", "s", "s", "s",
	"s", "s", "t", "t", "t", "t", "t", "t", "u", "u", "u", "u", "u", "u", "u", "u",
	"u", "u", "u", "u", "w", "w", "y", "y", "y", "z", "z", "z", "z", "z", "z", "s",
}

// cyrillicFold starts at U+0400: the capitals with extras, А-Я, а-я, the small extras.
var cyrillicFold = [0x60]string{
	"e", "e", "dj", "g", "e", "z", "i", "i", "j", "lj", "nj", "c", "k", "i", "u", "dz",
	"a", "b", "v", "g", "d", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p",
	"r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya",
	"a", "b", "v", "g", "d", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p",
	"r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya",
	"e", "e", "dj", "g", "e", "z", "i", "i", "j", "lj", "nj", "c", "k", "i", "u", "dz",
}

// foldArabic covers Arabic, Urdu and Persian. The short vowels are not written, so what remains is nearly the skeleton
// of the name already.
func foldArabic(r rune) (string, runeKind) {
	switch r {
	case 'ا', 'آ', 'أ', 'إ', 'ى', 'ع', 'ئ', 'ء', 'ؤ':
		return "a", letter
	case 'ب':
		return "b", letter
	case 'پ':
		return "p", letter
	case 'ت', 'ط', 'ة', 'ٹ':
		return "t", letter
	case 'ث', 'س', 'ص':
		return "s", letter
	case 'ج':
		return "j", letter
	case 'چ':
		return "ch", letter
	case 'ح', 'ه', 'ہ', 'ھ', 'ۃ':
		return "h", letter
	case 'خ':
		return "kh", letter
	case 'د', 'ض', 'ڈ':
		return "d", letter
	case 'ذ', 'ز', 'ظ', 'ژ':
		return "z", letter
	case 'ر', 'ڑ':
		return "r", letter
	case 'ش':
		return "sh", letter
	case 'غ', 'گ':
		return "g", letter
	case 'ف':
		return "f", letter
	case 'ق':
		return "q", letter
	case 'ك', 'ک':
		return "k", letter
	case 'ل':
		return "l", letter
	case 'م':
		return "m", letter
	case 'ن', 'ں':
		return "n", letter
	case 'و':
		return "w", letter
	case 'ي', 'ی', 'ے', 'ې':
		return "y", letter
	case '٪':
		return "", breaks
	}
	switch {
	case r >= 0x660 && r <= 0x669:
		return digitFolds[r-0x660], letter
	case r >= 0x6F0 && r <= 0x6F9:
		return digitFolds[r-0x6F0], letter
	case unicode.Is(unicode.M, r), r == 0x640:
		return "", skips
	case unicode.IsLetter(r):
		return string(r), letter
	}
	return "", breaks
}

var digitFolds = [10]string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
