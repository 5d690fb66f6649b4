package fetch

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// titled is a feed whose title says something, declared in a label.
func titled(title, label string) string {
	declaration := ""
	if label != "" {
		declaration = `<?xml version="1.0" encoding="` + label + `"?>`
	}
	return declaration + `<rss version="2.0"><channel><title>` + title + `</title><item><title>` + title + `</title><description>` + title + `</description></item></channel></rss>`
}

func TestEncodingsToldOrNot(t *testing.T) {
	const (
		german, russian = "Grüße aus Köln und Düsseldorf", "Новости порта: паром снова ходит каждый день"
		japan, korea    = "港のニュースをお届けします。船は毎日動いています。", "항구 소식을 전해 드립니다 배는 매일 다닙니다"
		chinese, taiwan = "港口新闻：渡轮每天都在运行，这是我们的消息", "港口新聞：渡輪每天都在運行，這是我們的消息"
		greek, hebrew   = "Τα νέα του λιμανιού σήμερα", "חדשות הנמל של היום"
		thai, all       = "ข่าวท่าเรือวันนี้", "Grüße 東京 Привет 😀"
	)
	tests := []struct {
		name        string
		title       string
		enc         encoding.Encoding // nil = UTF-8
		label       string            // in the declaration
		contentType string
		mark        string
	}{
		{"UTF-8", all, nil, "utf-8", "", ""},
		{"UTF-8 with a mark over a wrong header", all, nil, "", "text/xml; charset=iso-8859-1", "\xEF\xBB\xBF"},
		{"UTF-16 with a mark", all, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16", "", ""},
		{"UTF-16BE without one", all, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16", "", ""},
		{"UTF-16LE without one", all, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "", "", ""},
		{"UTF-32 with a mark", all, utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "", "", ""},
		{"UTF-32BE without one", all, utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "utf-32", "", ""},
		{"the header alone", russian, charmap.KOI8R, "", "application/rss+xml; charset=koi8-r", ""},
		{"the header over the declaration", russian, charmap.Windows1251, "koi8-r", `text/xml; charset="windows-1251"`, ""},
		{"the declaration alone", japan, japanese.EUCJP, "euc-jp", "application/xml", ""},
		{"a shifting encoding", japan, japanese.ISO2022JP, "iso-2022-jp", "", ""},
		{"says UTF-16, is UTF-8", all, nil, "utf-16", "", ""},
		{"an unknown label", all, nil, "x-nonsense-42", "text/xml; charset=x-bogus", ""},
		{"says UTF-8, is Latin 1", german, charmap.Windows1252, "utf-8", "", ""},
		{"untold German", german, charmap.Windows1252, "", "", ""},
		{"untold Russian", russian, charmap.Windows1251, "", "", ""},
		{"untold Russian in KOI8", russian, charmap.KOI8R, "", "", ""},
		{"untold Shift JIS", japan, japanese.ShiftJIS, "", "", ""},
		{"untold EUC-JP", japan, japanese.EUCJP, "", "", ""},
		{"untold ISO-2022-JP", japan, japanese.ISO2022JP, "", "", ""},
		{"untold EUC-KR", korea, korean.EUCKR, "", "", ""},
		{"untold GBK", chinese, simplifiedchinese.GBK, "", "", ""},
		{"untold Big5", taiwan, traditionalchinese.Big5, "", "", ""},
		{"untold Greek", greek, charmap.Windows1253, "", "", ""},
		{"untold Hebrew", hebrew, charmap.Windows1255, "", "", ""},
		{"untold Thai", thai, charmap.Windows874, "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := []byte(tt.mark + titled(tt.title, tt.label))
			if tt.enc != nil {
				var err error
				if body, err = tt.enc.NewEncoder().Bytes(body); err != nil {
					t.Fatal(err)
				}
			}
			d, err := Read(body, Response{ContentType: tt.contentType})
			if err != nil {
				t.Fatal(err)
			}
			if got := d.Items[0].Title.Value; got != tt.title {
				t.Errorf("title %q, want %q; flags %v", got, tt.title, d.Flags)
			}
		})
	}
}

func TestOneBadByteCostsOneCharacter(t *testing.T) {
	d := mustRead(t, strings.Replace(titled("café and çay", "utf-8"), "and", "a\xFFd", 1), Response{})
	if got, want := d.Title.Value, "café a\uFFFDd çay"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}
