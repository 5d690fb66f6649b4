package main

import (
	"strings"
	"time"
)

// What happens is told for days: the report, the name of the victim, the arrest. The labelled sets with dates have what outlets wrote on one day, and a model
// that learned time from those alone tears apart what is told for three days, and takes two fires on one day for one: it did better without the dates. So sets
// without dates are also learned from with made-up ones.

// daysShare are the files that are learned from so, and of how many events one is taken.
var daysShare = map[string]uint32{"ecbplus": 1, "neus_lede": 4}

// daysWeight is that of each set.
var daysWeight = both(0.35)

// spread is over how many weeks the events of such a set are. With fewer, and tellings that come later, what lasts is found more often still, and the labelled sets with
// dates are grouped worse.
const spread = 6

// delays are by how many days a telling may be later than the event.
var delays = [...]int{0, 0, 1, 1, 2, 4}

// delay is that of one telling. Every other event is told on one day.
func delay(event, id string) int {
	if mix(eventHash("at once"+event))%2 == 0 {
		return 0
	}
	return delays[mix(eventHash("delay"+id))%uint32(len(delays))]
}

// overDays gives the articles of every n-th event dates.
func overDays(ls []line, n uint32) []line {
	var out []line
	weekday := map[string]int{}
	said := map[string]*[7]int{}
	for _, l := range ls {
		if said[l.Event] == nil {
			said[l.Event] = &[7]int{}
		}
		for w := range strings.FieldsSeq(l.Title + " " + l.Text) {
			w = strings.TrimFunc(w, func(r rune) bool { return !isWordRune(r) })
			for d := range 7 {
				if w == time.Weekday(d).String() {
					said[l.Event][d]++
				}
			}
		}
	}
	for e, days := range said {
		best := int(mix(eventHash("weekday"+e)) % 7)
		for d := range days {
			if days[d] > days[best] {
				best = d
			}
		}
		weekday[e] = best
	}
	for _, l := range ls {
		if mix(eventHash("days"+l.Event))%n != 0 {
			continue
		}
		// 2 March 2025 was a Sunday.
		week := int(mix(eventHash("week"+l.Event)) % spread)
		at := time.Date(2025, 3, 2+7*week+weekday[l.Event]+delay(l.Event, l.ID), 6+int(mix(eventHash("hour"+l.ID))%16), 0, 0, 0, time.UTC)
		l.Published = at.Format(time.RFC3339)
		out = append(out, l)
	}
	return out
}
