package normalize

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"wirefold/internal/news"
)

// Whatever a page holds, it is read to its end, always the same way, and has a headline if it has a word.
func FuzzReadPage(f *testing.F) {
	files, _ := filepath.Glob("testdata/pages/*")
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil && !strings.HasSuffix(file, ".json") {
			f.Add(string(b))
		}
	}
	f.Add("DATE 2026-01-01")
	f.Add("- \n- \n© 2026\nBy\n")
	f.Fuzz(func(t *testing.T, s string) {
		for _, format := range []news.SeedFormat{news.SeedText, news.SeedHTML, news.SeedMarkdown} {
			a, b := ReadPage(s, format), ReadPage(s, format)
			if a.Headline != b.Headline || a.Body != b.Body || len(a.Facts.People) != len(b.Facts.People) {
				t.Fatalf("two readings of %q differ", s)
			}
			if utf8.ValidString(s) && !utf8.ValidString(a.Headline+a.Body+a.Standfirst) {
				t.Fatalf("%q was cut inside a rune", s)
			}
		}
	})
}

// Whatever an article says, its facts are bounded and made of its own words.
func FuzzExtractFacts(f *testing.F) {
	f.Add("Minister A. B. C'd said", "in Rome on 3 May 2026, 1,000 of the 20-", "en")
	f.Add("", strings.Repeat("Minister for and of the ", 50), "pl")
	f.Add("وزیر", "اسلام آباد: ۲۵ اکتوبر کو ملاقات", "ur")
	f.Fuzz(func(t *testing.T, title, text, lang string) {
		a := news.Article{Key: "a", Title: title, Text: text, Lang: lang}
		ExtractFacts(&a)
		if len(a.Facts.People) > maxPeople || len(a.Facts.Numbers) > 2*maxFactNumbers {
			t.Fatalf("%d people, %d numbers", len(a.Facts.People), len(a.Facts.Numbers))
		}
		b := a
		b.Key, b.Text = "b", text+" "+title
		Tell(news.Step{Members: []news.Article{a, b}}, Preferences{})
		Matches(news.Match{Any: []string{title}, None: []string{text}}, &a)
	})
}
