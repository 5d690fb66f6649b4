package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Busy days are crowded: most events are told once, and what is told several times is told within days; items are short, and many of one minute.
func TestBusyDaysAreCrowded(t *testing.T) {
	var ls []line
	for e := range 600 {
		for k := range 3 {
			ls = append(ls, line{ID: fmt.Sprint(e, "-", k), Event: fmt.Sprint(e), Title: fmt.Sprint("Headline ", e), Text: strings.Repeat("word ", 400)})
		}
	}
	told, first, days, minutes := map[string]int{}, map[string]time.Time{}, map[string]int{}, map[string]int{}
	for _, l := range busy(ls, 1) {
		if n := len(strings.Fields(l.Text)); n > 50+5 {
			t.Fatalf("an item has %d words", n)
		}
		at, err := time.Parse(time.RFC3339, l.Published)
		if err != nil {
			t.Fatal(err)
		}
		if was, ok := first[l.Event]; ok && at.Sub(was).Abs() > 6*24*time.Hour {
			t.Errorf("event %s is told on %v and on %v", l.Event, was, at)
		}
		first[l.Event] = at
		told[l.Event]++
		days[l.Published[:10]]++
		minutes[l.Published]++
	}
	once, most, same := 0, 0, 0
	for _, n := range told {
		if n == 1 {
			once++
		}
	}
	for _, n := range days {
		most = max(most, n)
	}
	for _, n := range minutes {
		same = max(same, n)
	}
	if len(told) != 600 || once < 300 || once > 450 || most < 40 || same < 10 {
		t.Errorf("%d events, %d of them told once; at most %d articles in a day, %d in a minute", len(told), once, most, same)
	}
	if few := len(busy(ls, 4)); few == 0 || few > 400 {
		t.Errorf("a quarter of the events has %d items", few)
	}
}
