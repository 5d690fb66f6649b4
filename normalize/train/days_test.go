package main

import (
	"fmt"
	"testing"
	"time"
)

// What an event's articles say of the day of the week is true of the day that the event is given, and some are told later, by a few days at most.
func TestEventsAreToldOverDays(t *testing.T) {
	var ls []line
	for e := range 60 {
		for k := range 3 {
			text := "It was on Tuesday, said a man; on Friday nobody had known."
			if k == 0 {
				text = "Tuesday, Tuesday!"
			}
			ls = append(ls, line{ID: fmt.Sprint(e, "-", k), Event: fmt.Sprint(e), Text: text})
		}
	}
	first, late, weeks := map[string]time.Time{}, 0, map[int]bool{}
	for _, l := range overDays(ls, 1) {
		at, err := time.Parse(time.RFC3339, l.Published)
		if err != nil {
			t.Fatal(err)
		}
		_, week := at.ISOWeek()
		weeks[week] = true
		if at.Weekday() != time.Tuesday {
			late++
		}
		if was, ok := first[l.Event]; ok && at.Sub(was).Abs() > 6*24*time.Hour {
			t.Errorf("event %s is told on %v and on %v", l.Event, was, at)
		}
		first[l.Event] = at
	}
	if len(first) != 60 || late < 20 || late > 120 || len(weeks) < 2 {
		t.Errorf("%d events, %d of 180 articles later than the Tuesday, %d weeks", len(first), late, len(weeks))
	}
	if few := len(overDays(ls, 4)); few == 0 || few > 90 {
		t.Errorf("a quarter of 180 articles is %d", few)
	}
}
