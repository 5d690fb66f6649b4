package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestOutletsSayTheSameAroundAll(t *testing.T) {
	var ls []line
	for e := range 60 {
		for k := range 3 {
			ls = append(ls, line{ID: fmt.Sprint(e, "-", k), Event: fmt.Sprint(e), Title: fmt.Sprint("Headline ", e), Text: strings.Repeat(fmt.Sprint("told", e, " "), 80)})
		}
	}
	plain, recurring := 0, map[string]int{} // what is left of a text without what is told
	for _, l := range (region{"of outlets", 30, 1, outletItem}).in(ls) {
		if !strings.Contains(l.Title, "Headline "+l.Event) {
			t.Errorf("event %s has the headline %q", l.Event, l.Title)
		}
		rest := strings.Join(strings.Fields(strings.ReplaceAll(l.Text, "told"+l.Event, "")), " ")
		if rest == "" {
			plain++
		}
		recurring[rest]++
	}
	shared := 0
	for _, n := range recurring {
		if n > 1 {
			shared += n
		}
	}
	if plain > 0 || shared < 60 {
		t.Errorf("%d items have nothing of an outlet, %d have the same as another", plain, shared)
	}
}
