package normalize

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

func marks(t *testing.T, a news.Article) *sketch {
	t.Helper()
	s, err := decodeSketch(Load().Mark(&a).Blob)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sharedNames counts the name skeletons that two texts share.
func sharedNames(a, b *sketch) int {
	n := 0
	for _, p := range a.names {
		for _, q := range b.names {
			if p.hash == q.hash {
				n++
			}
		}
	}
	return n
}

func TestNamesSurviveSpellingAndScript(t *testing.T) {
	tests := []struct {
		name, a, langA, b, langB string
	}{
		{"another spelling", "The visitor met Ahsan Younas.", "en", "He was met by Ahsan Younis.", "en"},
		{"Urdu", "The visitor met Magnus Brunner.", "en", "وزیر نے میگنس برونر سے ملاقات کی", "ur"},
		{"Russian", "The visitor met Mazloum Abdi.", "en", "Министр встретился с Мазлумом Абди", "ru"},
		{"Polish declension", "The visitor met Mohsin Naqvi.", "en", "Wczoraj minister spotkał się z Mohsinem Naqvim", "pl"},
	}
	for _, tt := range tests {
		a := marks(t, news.Article{Text: tt.a, Lang: tt.langA})
		b := marks(t, news.Article{Text: tt.b, Lang: tt.langB})
		if n := sharedNames(a, b); n < 2 {
			t.Errorf("%s: %q and %q share %d names, want both", tt.name, tt.a, tt.b, n)
		}
	}
}

func TestPlacesHaveOneCodeInEveryLanguage(t *testing.T) {
	tests := []struct{ word, same string }{
		{"poland", "polska"}, {"poland", "polnischen"}, {"poland", "pologne"}, {"poland", "polsha"},
		{"pakistan", "pakistanischen"}, {"pakistan", "pakstan"}, {"warsaw", "varsovie"}, {"warsaw", "warszawie"},
		{"brussels", "bruxelles"}, {"greece", "griechenland"}, {"rome", "rzymie"}, {"tehran", "teheran"},
	}
	x := newPlaceIndex()
	for _, tt := range tests {
		if p, q := x.find(tt.word), x.find(tt.same); p == 0 || p != q {
			t.Errorf("%s is place %x, %s is place %x", tt.word, p, tt.same, q)
		}
	}
	if p := x.find("tomorrow"); p != 0 {
		t.Errorf("tomorrow is a place: %x", p)
	}
}

func TestDaysAreReadFromTheText(t *testing.T) {
	day := func(y int, m time.Month, d int) int32 {
		return int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	}
	monday := news.Date{Time: time.Date(2025, 10, 27, 9, 0, 0, 0, time.UTC)}
	tests := []struct {
		name string
		a    news.Article
		want int32
	}{
		{"a stated day with its year", news.Article{Text: "The two met on October 25, 2025, in the capital."}, day(2025, 10, 25)},
		{"day first", news.Article{Text: "The two met on 25 October 2025."}, day(2025, 10, 25)},
		{"no space after the comma", news.Article{Text: "August 17,2011 The cable was cut."}, day(2011, 8, 17)},
		{"ISO", news.Article{Text: "date 2026-02-27 The ministers met."}, day(2026, 2, 27)},
		{"a weekday before publication", news.Article{Text: "The two met on Saturday.", Published: monday}, day(2025, 10, 25)},
		{"a dateline without a year", news.Article{Text: "ISLAMABAD, Oct 25: The two met.", Published: monday}, day(2025, 10, 25)},
		{"nothing stated", news.Article{Text: "The two met."}, noHour},
	}
	for _, tt := range tests {
		if got := marks(t, tt.a).event; got != tt.want {
			t.Errorf("%s: %q happened on day %d, want %d", tt.name, tt.a.Text, got, tt.want)
		}
	}
}

func TestNumbersAreReadInEveryNotation(t *testing.T) {
	tests := []struct{ a, langA, b, langB string }{
		{"1,770 smugglers were held", "en", "1.770 Schleuser wurden gefasst", "de"},
		{"a cut of 47 percent", "en", "ein Minus von 47 Prozent", "de"},
		{"a fee of 2.9 million", "en", "2,9 Millionen Euro", "de"},
		{"the rate is 3.75 percent", "en", "der Zins liegt bei 3,75 Prozent", "de"},
		{"forty-two prisoners", "en", "42 prisoners", "en"},
		{"1,770 were held", "en", "۱۷۷۰ گرفتار", "ur"},
	}
	for _, tt := range tests {
		a, b := marks(t, news.Article{Text: tt.a, Lang: tt.langA}), marks(t, news.Article{Text: tt.b, Lang: tt.langB})
		if len(a.numbers) != 1 || len(b.numbers) != 1 || a.numbers[0].hash != b.numbers[0].hash {
			t.Errorf("%q has numbers %v, %q has %v; want one and the same", tt.a, a.numbers, tt.b, b.numbers)
		}
	}
}

func TestMarksAreBounded(t *testing.T) {
	huge := news.Article{Title: string(bytes.Repeat([]byte("Title "), 1e5))}
	var text []byte
	for i := range 200000 {
		text = append(text, "W"+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676%26))+" 1"+string(rune('0'+i%10))+"7,000 "...)
	}
	huge.Text = string(text)
	m := Load().Mark(&huge)
	if len(m.Keys) > maxKeys || len(m.Blob) > 8000 {
		t.Errorf("marks of a huge article: %d keys, %d bytes", len(m.Keys), len(m.Blob))
	}
}

func FuzzMark(f *testing.F) {
	f.Add("Ministers meet", "ISLAMABAD, Oct 25: Mohsin met Brunner. 47% of 1,770.", "en")
	f.Add("وزیر", "محسن ۱۷۷۰", "")
	f.Add("\xff\xfe", "26/10/2025 11-28-05 3.75 1,,2 .5", "de")
	m := Load()
	f.Fuzz(func(t *testing.T, title, text, lang string) {
		a := news.Article{Title: title, Text: text, Lang: lang}
		x, y := m.Mark(&a), m.Mark(&a)
		if !bytes.Equal(x.Blob, y.Blob) {
			t.Fatal("two marks of one article differ")
		}
		s, err := decodeSketch(x.Blob)
		if err != nil {
			t.Fatalf("own marks cannot be read: %v", err)
		}
		if again := s.encode(m.stamp); !bytes.Equal(again, x.Blob) {
			t.Fatalf("marks %x are written again as %x", x.Blob, again)
		}
		if keys := m.Keys(x.Blob); !slices.Equal(keys, x.Keys) {
			t.Fatalf("the keys %x are made again as %x", x.Keys, keys)
		}
		p := prepare(s)
		var v signals
		compare(&v, p, p)
	})
}

func TestASketchSurvivesItsBits(t *testing.T) {
	want := sketch{
		words: 65535, body: 300, lang: 3, script: 1, hour: noHour, event: -5, dayOnly: true, dateline: 1, weekdays: 127, weekday: 7, months: 4095, venue: 1<<32 - 1, copy: 1<<64 - 1,
		terms:  []termMark{{0, 255, 1, 0}, {1, 0, 15, 63}, {1, 7, 255, 1}, {1<<32 - 1, 1, 1, 32}},
		names:  []nameMark{{5, 9, 63}, {1<<32 - 1, 0, 0}},
		places: []placeMark{{1, 2, 3}}, numbers: []numberMark{{1, 2, 3, 4}}, days: []uint16{1, 65535}, years: []uint16{2026}, ordinals: []uint32{3<<24 | 5}, shingles: []uint32{0, 9, 1<<32 - 1},
	}
	b := want.encode([stampBytes]byte{formVersion})
	got, err := decodeSketch(b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, *got, cmp.AllowUnexported(sketch{}, termMark{}, nameMark{}, placeMark{}, numberMark{}, vectorMark{})); d != "" {
		t.Errorf("read again (-want +got):\n%s", d)
	}
	for n := range b {
		if _, err := decodeSketch(b[:n]); err == nil {
			t.Errorf("a blob of %d bytes is read after %d", len(b), n)
		}
	}
}

func FuzzDecodeSketch(f *testing.F) {
	a := news.Article{Title: "Ministers meet", Text: "They met in Rome on 3 May 2026."}
	f.Add(Load().Mark(&a).Blob)
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := decodeSketch(b); err == nil {
			prepare(s)
		}
	})
}

func TestAnUnknownLanguageDoesNotMakeEveryWordRare(t *testing.T) {
	m := Load()
	rarest := func(text string) (most uint8) {
		s := m.sketch(&news.Article{Title: "x", Text: text})
		for _, x := range s.terms {
			if x.flags&flagName == 0 {
				most = max(most, x.idf)
			}
		}
		return most
	}
	// Finnish: no word of it is in the table.
	strange := "hallitus esitti tiistaina uuden lain joka koskee metsien hakkuita pohjoisessa ja palkkoja joita maksetaan kesken talven kun lunta tulee paljon eikä teitä aurata ajoissa"
	if got := rarest(strange); float64(got) > dimTerm {
		t.Errorf("a plain word of an unknown language has the rarity %d, want at most %v", got, dimTerm)
	}
	plain := "the government said on tuesday that the new law on forests would cut the pay of workers in the north and that a quixotic xylographer had asked the court to stop it before the winter"
	if got := rarest(plain); float64(got) <= dimTerm {
		t.Errorf("the rarest word of an English text has only the rarity %d", got)
	}
}

// The table lacks every word of a language that it does not know. They must not all count as rare.
func TestWordsOfAnUnknownLanguageAreDimmed(t *testing.T) {
	m := Load()
	strange := "Vlorith nermaq opulu sendar ithkel borimo tazwen quolip dranesh umferi galotep wisnar holqued premzio lantuva skeron"
	for _, tm := range m.sketch(&news.Article{Title: "Vlorith nermaq opulu", Text: strange}).terms {
		if tm.idf > uint8(dimName) {
			t.Errorf("a word of an unknown language has rarity %v, more than %v", tm.idf, dimName)
		}
		if tm.flags&flagStrange == 0 {
			t.Error("a word of an unknown language is not marked as strange")
		}
	}
	english := "The minister met his counterpart in Warsaw and the two agreed to share what their police know about smuggling across the border."
	for _, tm := range m.sketch(&news.Article{Title: "Ministers agree", Text: english}).terms {
		if tm.flags&flagStrange != 0 {
			t.Error("a word of a known language is marked as strange")
		}
	}
}

func TestDatesWithTheSpaceLeftOutAreRead(t *testing.T) {
	m := Load()
	want := int32(time.Date(2005, 5, 16, 0, 0, 0, 0, time.UTC).Unix() / 3600)
	for _, s := range []string{"Updated: May 16,2005,6: 03 PM ET", "Published: 2005.05.16 09:01 AM", "16 May 2005,01:19 hrs", "On 16th May 2005"} {
		if got := m.sketch(&news.Article{Title: "Seven violations", Text: s + " The league named seven."}); got.hour != want || !got.dayOnly {
			t.Errorf("%q: published in hour %d (a day: %v), want %d", s, got.hour, got.dayOnly, want)
		}
	}
	// What the feed says is known better, and an old date is history.
	dated := news.Article{Text: "May 16, 2005 was a Monday.", Published: news.Date{Time: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}}
	if got := m.sketch(&dated).hour; got != int32(dated.Published.Time.Unix()/3600) {
		t.Errorf("a stated day replaced the date of publication: %d", got)
	}
	if got := m.sketch(&news.Article{Text: "On July 20, 1969 two men landed."}).hour; got != noHour {
		t.Errorf("a day of history became a date of publication: %d", got)
	}
}
