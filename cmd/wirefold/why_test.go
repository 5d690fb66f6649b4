package main

import (
	"testing"

	"wirefold/normalize"
)

func TestEveryThemeHasWordsForAPage(t *testing.T) {
	for _, theme := range normalize.Themes {
		if themesSaid[theme] == "" {
			t.Errorf("a story's page has no words for %q", theme)
		}
	}
	if len(themesSaid) != len(normalize.Themes) {
		t.Errorf("%d themes have words, there are %d", len(themesSaid), len(normalize.Themes))
	}
}
