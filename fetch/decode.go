package fetch

import (
	"bytes"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// whenAsked compiles an expression when it is first asked for: most commands, and a refresh in which nothing changed, end
// without, and all together they take longer than the program takes to start.
func whenAsked(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// declaration finds the encoding that an XML declaration names (XML 1.0 section 4.3.1).
var declaration = whenAsked(`^[\s\x00]*<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([^"'\s]{1,64})\s*["']`)

// toUTF8 turns the bytes of a document into text. What says the encoding, best first: a byte order mark, the pattern
// of UTF-16 and UTF-32 without one, the charset of Content-Type (RFC 7303 section 3), the XML declaration, being valid
// UTF-8, and at last a guess from the bytes. A label that is unknown or that the bytes contradict is passed over. The
// flags say what was odd.
func toUTF8(body []byte, contentType string) (string, []string) {
	if enc, skip := byteOrder(body); enc != nil {
		return decodeWith(enc, body[skip:]), nil
	}
	body = bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))
	if bytes.Contains(body, []byte("\x1B$")) { // the shift sequence of ISO-2022-JP, which is ASCII to everybody else
		return decodeWith(japanese.ISO2022JP, body), nil
	}
	valid := utf8.Valid(body)
	var flags []string
	var partly encoding.Encoding
	for _, label := range []string{charsetOf(contentType), declared(body)} {
		if label == "" {
			continue
		}
		enc, isUTF8 := byLabel(label)
		switch {
		case enc == nil:
			flags = append(flags, fmt.Sprintf("unknown encoding %.40q", label))
		case isUTF8 && valid:
			return string(body), flags
		case isUTF8:
			flags = append(flags, "says UTF-8 and is not")
		default:
			s := decodeWith(enc, body)
			if !strings.ContainsRune(s, utf8.RuneError) {
				return s, flags
			}
			flags = append(flags, fmt.Sprintf("is not all %.40s", label))
			if partly == nil {
				partly = enc
			}
		}
	}
	switch {
	case valid:
		return string(body), flags
	case mostlyUTF8(body):
		return strings.ToValidUTF8(string(body), "\uFFFD"), append(flags, "bad bytes replaced")
	case partly != nil:
		return decodeWith(partly, body), append(flags, "bad bytes replaced")
	}
	enc, name := guess(body)
	return decodeWith(enc, body), append(flags, "encoding guessed: "+name)
}

// byteOrder recognises UTF-16 and UTF-32 by their mark, or by the zero bytes around the first "<" or "{", and EBCDIC
// by its "<?xm" (XML 1.0 appendix F.1). skip is the length of the mark.
func byteOrder(b []byte) (enc encoding.Encoding, skip int) {
	has := func(p string) bool { return bytes.HasPrefix(b, []byte(p)) }
	switch {
	case has("\xFF\xFE\x00\x00"):
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), 4
	case has("\x00\x00\xFE\xFF"):
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), 4
	case has("\xFF\xFE"):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 2
	case has("\xFE\xFF"):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 2
	case has("\x4C\x6F\xA7\x94"):
		return charmap.CodePage037, 0
	case len(b) < 4:
		return nil, 0
	}
	first := func(c byte) bool { return c == '<' || c == '{' || c == ' ' || c == '\n' || c == '\r' }
	switch {
	case b[0] == 0 && b[1] == 0 && b[2] == 0 && first(b[3]):
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), 0
	case first(b[0]) && b[1] == 0 && b[2] == 0 && b[3] == 0:
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), 0
	case b[0] == 0 && first(b[1]) && b[2] == 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 0
	case first(b[0]) && b[1] == 0 && b[3] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 0
	}
	return nil, 0
}

func charsetOf(contentType string) string {
	if contentType == "" {
		return ""
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		return strings.Trim(params["charset"], " \"'")
	}
	_, after, ok := strings.Cut(strings.ToLower(contentType), "charset=")
	if !ok {
		return ""
	}
	label, _, _ := strings.Cut(after, ";")
	return strings.Trim(label, " \"'")
}

func declared(body []byte) string {
	head := body[:min(len(body), 1024)]
	if m := declaration().FindSubmatch(head); m != nil {
		return string(m[1])
	}
	return ""
}

// byLabel finds the encoding of a label, first as the web reads it (Encoding Standard section 4.2), then in IANA's list.
// A UTF-16 or UTF-32 label on bytes that byteOrder did not recognise is a lie, and so counts as unknown.
func byLabel(label string) (enc encoding.Encoding, isUTF8 bool) {
	low := strings.ToLower(strings.TrimSpace(label))
	switch low {
	case "us-ascii", "ascii":
		return charmap.Windows1252, false
	case "hz-gb-2312":
		return simplifiedchinese.HZGB2312, false
	case "iso-8859-11":
		return charmap.Windows874, false
	}
	if strings.HasPrefix(low, "utf-16") || strings.HasPrefix(low, "utf-32") || strings.HasPrefix(low, "utf16") ||
		strings.HasPrefix(low, "utf32") || strings.HasPrefix(low, "iso-10646") || strings.HasPrefix(low, "ucs-") {
		return nil, false
	}
	enc, name := charset.Lookup(low)
	if enc != nil && name != "replacement" && name != "x-user-defined" {
		return enc, name == "utf-8"
	}
	if enc, err := ianaindex.IANA.Encoding(low); err == nil && enc != nil {
		return enc, false
	}
	return nil, false
}

func decodeWith(enc encoding.Encoding, body []byte) string {
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return strings.ToValidUTF8(string(body), "\uFFFD")
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}

// mostlyUTF8 says whether bytes that are not valid UTF-8 are nevertheless meant to be: they hold more well-formed
// sequences of several bytes than bad bytes, or next to no byte above ASCII at all.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		b = b[n:]
	}
	return good > bad
}
