package normalize

import (
	"math"
	"strings"
	"testing"
)

func TestMeasures(t *testing.T) {
	tests := []struct {
		name, story, event     string
		b3p, b3r, pairP, pairR float64
	}{
		{"all right", "1 1 2", "a a b", 1, 1, 1, 1},
		{"all alone", "1 2 3", "a a b", 1, 2. / 3, 1, 0},
		{"all together", "1 1 1", "a a b", 5. / 9, 1, 1. / 3, 1},
	}
	for _, tt := range tests {
		s, e := strings.Fields(tt.story), strings.Fields(tt.event)
		b, p := BCubed(s, e), Pairwise(s, e)
		for _, x := range [][2]float64{{b.P, tt.b3p}, {b.R, tt.b3r}, {p.P, tt.pairP}, {p.R, tt.pairR}} {
			if math.Abs(x[0]-x[1]) > 1e-12 {
				t.Errorf("%s: B-cubed %v, pairwise %v", tt.name, b, p)
			}
		}
	}
}

func TestTranslationsAreCountedByThePairsInTwoLanguages(t *testing.T) {
	tests := []struct {
		name, story, event, lang string
		want                     Crossing
	}{
		{"all found", "1 1 2", "a a b", "en de en", Crossing{1, 1, 1}},
		{"one language is no translation", "1 1 1", "a a a", "en en en", Crossing{}},
		{"one of two found, one wrong", "1 1 2 1", "a a a b", "en de de fr", Crossing{2, 3, 1}},
		{"an unknown language is in no pair", "1 1", "a a", "en ?", Crossing{}},
	}
	for _, tt := range tests {
		lang := strings.Fields(tt.lang)
		for i := range lang {
			lang[i] = strings.Trim(lang[i], "?")
		}
		if got := CrossLanguage(strings.Fields(tt.story), strings.Fields(tt.event), lang); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
