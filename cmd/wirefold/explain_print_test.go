package main

import (
	"strings"
	"testing"

	"wirefold/normalize"
)

// Two articles that were compared and left at that are not told that they were weighed among others.
func TestVerdictSaysHowFarThePairCame(t *testing.T) {
	for _, x := range []struct {
		candidates, linked bool
		want               string
	}{
		{true, true, "They were compared: they share rare words, names, places or numbers."},
		{true, false, "They are not near enough to be weighed among the articles around them."},
		{false, false, "They were not compared: they share too few rare words, names, places and numbers. The score is what they would get."},
	} {
		e := &explained{Explanation: normalize.Explanation{Candidates: x.candidates, Linked: x.linked}}
		if got := strings.Join(e.verdict(), "\n"); !strings.Contains(got, x.want) || strings.Contains(got, "not near enough") != (x.candidates && !x.linked) {
			t.Errorf("candidates %t, linked %t:\n%s", x.candidates, x.linked, got)
		}
	}
}
