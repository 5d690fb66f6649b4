package main

import (
	"fmt"
	"strings"
	"testing"
)

// Every event goes to one town, which is another place and week than the others, and most events of some towns are told once.
func TestRegionsDealOutEvents(t *testing.T) {
	var ls []line
	for e := range 300 {
		for k := range 3 {
			ls = append(ls, line{ID: fmt.Sprint(e, "-", k), Event: fmt.Sprint(e), Title: fmt.Sprint("Headline ", e), Text: strings.Repeat("word ", 80)})
		}
	}
	for _, r := range []region{{"towns", 30, 2, noteFrom}, {"villages", 4, 1, noteFrom}} {
		notes := r.in(ls)
		events, days := map[string]string{}, map[string]map[string]bool{}
		for _, l := range notes {
			day := l.Published[:min(10, len(l.Published))]
			if was, ok := events[l.Event]; ok && was != day {
				t.Fatalf("%s: event %s is told on %q and on %q", r.name, l.Event, was, day)
			}
			events[l.Event] = day
			if days[day] == nil {
				days[day] = map[string]bool{}
			}
			if days[day][l.Event] = true; day != "" && len(days[day]) > int(r.most) {
				t.Fatalf("%s: more than %d events on %s", r.name, r.most, day)
			}
			if n := len(strings.Fields(l.Text)); n > 56 {
				t.Fatalf("%s: a note of %d words", r.name, n)
			}
		}
		if len(events) != 300 || len(notes) >= len(ls) {
			t.Errorf("%s: %d events, %d of %d articles", r.name, len(events), len(notes), len(ls))
		}
	}
}
