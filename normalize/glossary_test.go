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
