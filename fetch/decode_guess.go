package fetch

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// guessSample bounds how many bytes above ASCII a guess looks at: more do not change it.
const guessSample = 4 << 10

// A candidate is an encoding that feeds are found in without saying so, and how natural a text looks that was
// decoded with it. looks gives points per rune.
type candidate struct {
	name  string
	enc   encoding.Encoding
	looks func(prev, r rune) int
}

// candidates are tried in this order; of equal scores the first wins. Windows-1252 is what the web falls back to.
func candidates() []candidate {
	return []candidate{
		{"windows-1252", charmap.Windows1252, looksWestern},
		{"shift_jis", japanese.ShiftJIS, looksJapanese},
		{"euc-jp", japanese.EUCJP, looksJapanese},
		{"euc-kr", korean.EUCKR, looksKorean},
		{"gb18030", simplifiedchinese.GB18030, looksChinese},
		{"big5", traditionalchinese.Big5, looksChinese},
		{"windows-1251", charmap.Windows1251, looksCyrillic},
		{"koi8-r", charmap.KOI8R, looksCyrillic},
		{"iso-8859-5", charmap.ISO8859_5, looksCyrillic},
		{"ibm866", charmap.CodePage866, looksCyrillic},
		{"windows-1253", charmap.Windows1253, looksIn(unicode.Greek, "αοιετσνηυρκπλμ")},
		{"windows-1255", charmap.Windows1255, looksIn(unicode.Hebrew, "יוהלארתבשמנ")},
		{"windows-1256", charmap.Windows1256, looksIn(unicode.Arabic, "اليمنوتربةعد")},
		{"windows-874", charmap.Windows874, looksIn(unicode.Thai, "นรอกเงมยลวดทส่า")},
		{"windows-1250", charmap.Windows1250, looksCentral},
	}
}

// guess picks the encoding that makes the most natural text of bytes that nothing speaks for. Points are counted per
// byte above ASCII, so that encodings with long and short characters compare.
func guess(body []byte) (encoding.Encoding, string) {
	sample := highBytes(body)
	best, name, top := encoding.Encoding(charmap.Windows1252), "windows-1252", 0
	for i, c := range candidates() {
		points, prev := 0, rune(' ')
		for _, r := range decodeWith(c.enc, sample) {
			switch {
			case r == utf8.RuneError:
				points -= 40
			case unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t', unicode.Is(unicode.Co, r):
				points -= 20
			case r >= utf8.RuneSelf:
				points += c.looks(prev, r)
			}
			prev = r
		}
		if i == 0 || points > top {
			best, name, top = c.enc, c.name, points
		}
	}
	return best, name
}

// highBytes cuts a sample around the bytes above ASCII: words with their neighbours, markup left out.
func highBytes(body []byte) []byte {
	var out []byte
	high, inTag := 0, false
	for _, b := range body {
		switch {
		case b == '<':
			inTag = true
		case b == '>':
			inTag = false
			out = append(out, ' ')
			continue
		}
		if inTag {
			continue
		}
		out = append(out, b)
		if b >= utf8.RuneSelf {
			if high++; high >= guessSample {
				break
			}
		}
	}
	return out
}

func looksWestern(prev, r rune) int {
	switch {
	case unicode.Is(unicode.Latin, r) && r <= 0xFF:
		// Western text has lone accented letters between plain ones; two in a row are rather another script's bytes.
		if prev >= utf8.RuneSelf {
			return -2
		}
		return 4
	case r == '’' || r == '“' || r == '”' || r == '–' || r == '—' || r == '…' || r == '«' || r == '»' || r == '\u00A0':
		return 3
	}
	return -3
}

func looksCentral(prev, r rune) int {
	switch {
	case unicode.Is(unicode.Latin, r):
		if prev >= utf8.RuneSelf {
			return -2
		}
		return 3
	}
	return -3
}

func looksJapanese(_, r rune) int {
	switch {
	case r >= 0x3041 && r <= 0x30FF: // kana, two bytes each
		return 8
	case r >= 0xFF61 && r <= 0xFF9F: // half-width kana, one byte each: mostly other people's bytes
		return -4
	case r >= 0x3000 && r <= 0x303F:
		return 6
	case unicode.Is(unicode.Han, r):
		return 5
	case r >= 0xFF00 && r <= 0xFFEF:
		return 4
	}
	return -4
}

func looksKorean(_, r rune) int {
	switch {
	case r >= 0xAC00 && r <= 0xD7A3:
		return 8
	case unicode.Is(unicode.Han, r):
		return 1
	case r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF:
		return 3
	}
	return -4
}

// commonHan are characters that every Chinese text is full of, simplified and traditional.
const commonHan = "的一是不了在人有我他这個个們们中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于着下自之年过過发發后後作里用道行所然家种種事成方多经經么去法学學如都同现現当當没動动面起看定天分还還進进好小部其些主样样理心本前开開但因只从從想实實日军者意无無力它与與长長把机機十民第公此已工使情明性知全三又关關点點正业外将將两高间由问很最重并物手应戰向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运感謝您請希望翻譯文幫助善很容易"

func looksChinese(_, r rune) int {
	switch {
	case r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF:
		return 6
	case unicode.Is(unicode.Han, r):
		for _, c := range commonHan {
			if c == r {
				return 9
			}
		}
		return 3
	}
	return -4
}

func looksCyrillic(prev, r rune) int {
	if !unicode.Is(unicode.Cyrillic, r) {
		return -3
	}
	switch {
	case unicode.IsLower(prev) && unicode.IsUpper(r): // the wrong Cyrillic swaps cases
		return -4
	case unicode.IsUpper(prev) && unicode.IsUpper(r):
		return 1
	}
	return often(r, "оеаинтсрвлк", prev)
}

// often gives points for a letter of a script: more for those that its texts are full of, and less than none inside of
// a word of plain Latin, where the byte rather is an accented letter.
func often(r rune, common string, prev rune) int {
	if prev >= 'a' && prev <= 'z' || prev >= 'A' && prev <= 'Z' || prev == 'ς' {
		return -4
	}
	if strings.ContainsRune(common, r) {
		return 5
	}
	return 2
}

func looksIn(script *unicode.RangeTable, common string) func(prev, r rune) int {
	return func(prev, r rune) int {
		switch {
		case !unicode.Is(script, r):
			return -3
		case prev >= utf8.RuneSelf && !unicode.Is(script, prev):
			return -1
		}
		return often(r, common, prev)
	}
}
