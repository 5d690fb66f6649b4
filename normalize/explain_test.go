package normalize

import (
	"math"
	"slices"
	"strings"
	"testing"

	"wirefold/internal/news"
)

func TestAnExplainerSaysWhatExplainSays(t *testing.T) {
	m := Load()
	as := tellings(3, 6)
	e := m.NewExplainer(as)
	for i := range as {
		for j := range i {
			x, y := m.Explain(as, i, j), e.Explain(i, j)
			if x.Score != y.Score || x.SameStory != y.SameStory || x.Candidates != y.Candidates {
				t.Errorf("%d and %d: explained alone %v, by the explainer %v", i, j, x.Score, y.Score)
			}
			if d := e.Score(i, j) - x.Score; math.Abs(d) > 1e-9 {
				t.Errorf("%d and %d: the score alone differs from the explained one by %v", i, j, d)
			}
		}
	}
}

func TestThemesAddUpToTheScore(t *testing.T) {
	m := Load()
	as := tellings(2, 4)
	for i := range as {
		for j := range i {
			x := m.Explain(as, i, j)
			sums, start := x.ByTheme()
			for _, s := range sums {
				start += s
			}
			if math.Abs(start-x.Score) > 1e-9 {
				t.Errorf("themes of %d and %d sum to %v, the score is %v", i, j, start, x.Score)
			}
			for _, s := range x.Signals {
				if s.Name != "bias" && (s.Said == "" || strings.Contains(s.Said, "NaN")) {
					t.Errorf("signal %q is said as %q", s.Name, s.Said)
				}
			}
			alone := 0.0
			for _, s := range BySignal(x.Signals) {
				alone += s.Contribution
				if s.Name != "bias" && !strings.HasPrefix(s.Said, s.Name+": ") {
					t.Errorf("signal %q alone is said as %q", s.Name, s.Said)
				}
			}
			if math.Abs(alone-x.Score) > 1e-9 {
				t.Errorf("single signals of %d and %d sum to %v, the score is %v", i, j, alone, x.Score)
			}
		}
	}
}

func TestValuesAreSaidWithTheirUnits(t *testing.T) {
	tests := []struct {
		name  string
		value float32
		want  string
	}{
		{"headline found in the other", 0.583, "headline found in the other: 58 %"},
		{"time between publications", 3, "time between publications: 3 h"},
		{"time between publications", 60, "time between publications: 2.5 days"},
		{"venue", 0, "venue: not the same"},
		{"weekdays", unknown, "weekdays: not known"},
		{"length of the shorter", 7, "length of the shorter: 127 words"},
		{"support of a third article", noScore, "support of a third article: none"},
	}
	for _, tt := range tests {
		if got := saySignal(tt.name, tt.value); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestWordsInCommonAreSaidAsTheyArePrinted(t *testing.T) {
	m := Load()
	a := news.Article{Title: "Kalns receives Saar", Text: "In the capital, minister Andris Kalns received Kaja Saar over the Pärnu bridge.", Lang: "en"}
	b := news.Article{Title: "Rozmowy w Rydze", Text: "Kalnsem i Ozolsem zajął się most w Pärnu.", Lang: "pl"}
	c := m.InCommon(&a, &b)
	if !slices.Contains(c.Both, "Pärnu") || !slices.Contains(c.Both, "Kalns") {
		t.Errorf("in both: %q, want the bridge's town, and the minister in spite of his case ending", c.Both)
	}
	if !slices.Contains(c.OnlyA, "Saar") || !slices.Contains(c.OnlyB, "Ozolsem") {
		t.Errorf("only in one: %q and %q", c.OnlyA, c.OnlyB)
	}
}
