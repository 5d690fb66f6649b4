package normalize

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// glossaryCase is one alternative of one column of the glossary.
type glossaryCase struct {
	lang, word, lemma string
}

func glossaryLines(t *testing.T) [][]string {
	t.Helper()
	var lines [][]string
	for line := range strings.Lines(glossaryText) {
		line = strings.TrimRight(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		lines = append(lines, strings.Split(line, "\t"))
	}
	if len(lines) == 0 {
		t.Fatal("the glossary is empty")
	}
	return lines
}

func glossaryCases(t *testing.T) []glossaryCase {
	t.Helper()
	var cases []glossaryCase
	for _, columns := range glossaryLines(t) {
		lemma, _, _ := strings.Cut(columns[0], ",")
		for i, column := range columns {
			for word := range strings.SplitSeq(column, ",") {
				if word != "" {
					cases = append(cases, glossaryCase{glossaryLanguages[i], word, lemma})
				}
			}
		}
	}
	return cases
}

func TestGlossaryLinesHaveEveryColumnAndOneLemma(t *testing.T) {
	seen := map[string]bool{}
	for _, columns := range glossaryLines(t) {
		if len(columns) != len(glossaryLanguages) {
			t.Errorf("the line of %q has %d columns, want %d", columns[0], len(columns), len(glossaryLanguages))
		}
		lemma, _, _ := strings.Cut(columns[0], ",")
		if strings.Trim(lemma, "abcdefghijklmnopqrstuvwxyz") != "" || lemma == "" {
			t.Errorf("lemma %q is not one word of lower-case ASCII letters", lemma)
		}
		if seen[lemma] {
			t.Errorf("lemma %q stands twice", lemma)
		}
		seen[lemma] = true
	}
}

func TestGlossaryWordsAreSingleAndBeginningsLongEnough(t *testing.T) {
	for _, c := range glossaryCases(t) {
		e, ok := glossaryWord(c.word)
		if !ok {
			t.Errorf("%s %q (%s) is not one word", c.lang, c.word, c.lemma)
			continue
		}
		least := 4
		if c.lang == "ur" || c.lang == "ar" {
			least = 3
		}
		if n := utf8.RuneCountInString(strings.TrimSuffix(c.word, "*")); e.prefix && n < least {
			t.Errorf("%s %q (%s) is a beginning of %d letters, want %d or more", c.lang, c.word, c.lemma, n, least)
		}
		if len(e.fold) < 2 {
			t.Errorf("%s %q (%s) folds to %q", c.lang, c.word, c.lemma, e.fold)
		}
	}
}

func TestGlossaryWordsMeanOneThing(t *testing.T) {
	type key struct{ lang, fold string }
	seen := map[key]glossaryCase{}
	for _, c := range glossaryCases(t) {
		e, _ := glossaryWord(c.word)
		k := key{c.lang, e.fold}
		if old, ok := seen[k]; ok && old.lemma != c.lemma {
			t.Errorf("%s %q means both %s and %s", c.lang, c.word, old.lemma, c.lemma)
		}
		seen[k] = c
		if got, ok := glossaryOf(c.lang, e.fold); !ok || got != c.lemma {
			t.Errorf("glossaryOf(%q, %q) = %q, %v, want %q", c.lang, e.fold, got, ok, c.lemma)
		}
	}
}

// glossaryLemmas are the lemmas of a text, in the order of its words.
func glossaryLemmas(lang, text string) string {
	var lemmas []string
	words := readWords(nil, text, inBody, maxWords)
	for i := range words {
		if lemma, ok := glossaryOfWord(lang, &words[i]); ok {
			lemmas = append(lemmas, lemma)
		}
	}
	return strings.Join(lemmas, " ")
}

func TestGlossaryReadsNewsOfEveryLanguage(t *testing.T) {
	tests := []struct{ lang, text, want string }{
		{"en", "The interior minister visited the injured after the quake", "interior minister visit injured earthquake"},
		{"en", "Rebels freed two hostages under the truce", "rebels released hostages ceasefire"},
		{"es", "El ministro del Interior visitó a los heridos tras el terremoto", "minister interior visit injured earthquake"},
		{"es", "La huelga de pilotos obliga a cancelar vuelos", "strike pilot postponed aircraft"},
		{"es", "Se trata de un caso sin ventaja para Vicente", ""},
		{"de", "Der Innenminister besuchte die Verletzten nach dem Erdbeben", "interior visit injured earthquake"},
		{"de", "Die Notenbank senkt den Leitzins wegen der Inflation", "bank decrease interest inflation"},
		{"de", "Der Torwart hielt im Halbfinale den Elfmeter", "goalkeeper final penalty"},
		{"fr", "Le ministre de l'Intérieur s'est entretenu avec son homologue de la lutte contre le trafic de drogue", "minister interior talks counterpart fight trafficking drugs"},
		{"fr", "Incendie dans un hôpital : trois morts et dix blessés", "fire hospital killed injured"},
		{"it", "Il ministro dell'Interno ha firmato un accordo sui migranti", "minister interior signed agreement migration"},
		{"it", "L'allenatore dopo la sconfitta in finale", "coach defeat final"},
		{"nl", "De rechtbank veroordeelde de verdachte van moord", "court sentence suspect murder"},
		{"nl", "Waarschijnlijk geldt de verkeerde regel", ""},
		{"pl", "Wiceminister rozmawiał z ambasadorem o nielegalnej migracji", "vice talks ambassador irregular migration"},
		{"pl", "Trzęsienie ziemi zniszczyło szpital i szkołę", "earthquake damage hospital school"},
		{"pt", "O tribunal condenou o ex-presidente por corrupção", "court sentence president corruption"},
		{"pt", "Greve nos aeroportos cancela voos", "strike airport postponed aircraft"},
		{"ru", "Министр внутренних дел провёл переговоры с послом", "minister interior talks ambassador"},
		{"ru", "При взрыве на заводе погибли рабочие", "explosion factory killed jobs"},
		{"tr", "İçişleri Bakanı deprem bölgesini ziyaret etti", "interior minister earthquake province visit"},
		{"tr", "Merkez bankası faiz oranını düşürdü", "bank interest"},
		{"ur", "وزیر داخلہ نے سفیر سے ملاقات کی", "minister interior ambassador meeting"},
		{"ur", "زلزلے سے اسپتال تباہ", "earthquake hospital damage"},
		{"ur", "محمد جان اور بنگلہ دیش کے گیلانی", ""},
		{"ar", "وزير الداخلية يبحث مع السفير مكافحة تهريب المخدرات", "minister interior ambassador fight smuggling drugs"},
		{"ar", "والحكومة تعلن وقفا بالاتفاق للهجرة", "government agreement migration"},
		{"ar", "الشيخ محمد", ""},
		{"", "Переговоры о перемирии", "talks ceasefire"},
		{"", "انتخابات پارلیمنٹ", "election parliament"},
		{"", "Der Innenminister", ""},
		{"fi", "Minister president", ""},
		{"ar", "minister", ""},
		{"en", "министр", ""},
	}
	for _, tt := range tests {
		if got := glossaryLemmas(tt.lang, tt.text); got != tt.want {
			t.Errorf("lemmas of %s %q =\n     %q\nwant %q", tt.lang, tt.text, got, tt.want)
		}
	}
}

func TestGlossaryTakesTheWholeWordThenTheLongestBeginning(t *testing.T) {
	table := readGlossary("one\tab,abcd*,abcdef*\ntwo\tabcd,abcde*\n# three\tabcx*\n")
	tests := []struct{ fold, want string }{
		{"ab", "one"}, {"abc", ""}, {"abcd", "one"}, {"abcdx", "one"}, {"abcde", "two"}, {"abcdez", "two"},
		{"abcdef", "one"}, {"abcdefz", "one"}, {"abcx", ""}, {"", ""}, {"zz", ""},
	}
	for _, tt := range tests {
		if got, _ := lookupGlossary(table["es"], tt.fold); got != tt.want {
			t.Errorf("lookupGlossary(%q) = %q, want %q", tt.fold, got, tt.want)
		}
	}
}

func TestGlossaryLookupDoesNotAllocate(t *testing.T) {
	newsGlossary()
	if n := testing.AllocsPerRun(100, func() {
		glossaryOf("de", "verhandlungen")
		glossaryOf("ar", "walhkwmt")
		glossaryOf("tr", "bilinmeyen")
	}); n != 0 {
		t.Errorf("three lookups allocate %v times, want 0", n)
	}
}

func BenchmarkGlossaryOf(b *testing.B) {
	newsGlossary()
	tests := []struct{ name, lang, fold string }{
		{"word", "en", "earthquake"}, {"beginning", "de", "verhandlungen"}, {"unknown", "es", "vaporoso"},
		{"arabic with particles", "ar", "walhkwmt"}, {"arabic unknown", "ar", "walbrwfyswr"},
	}
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				glossaryOf(tt.lang, tt.fold)
			}
		})
	}
}

func BenchmarkReadGlossary(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		readGlossary(glossaryText)
	}
}
