package main

import (
	"strings"
	"time"
)

// Who reads a dozen outlets has hundreds of short items a day, of which most stand alone, and many are about the same few things: one war, one epidemic, one
// government. The labelled sets with dates took few events of years, so that in them two articles of one week that share their names nearly always tell one event, and a model
// that learned from those alone made one story of all that a busy week had on a subject. So labelled articles are also learned from as such items, crowded into few days.

// busyShare are the files that are learned from so, and of how many events one is taken.
var busyShare = map[string]uint32{"allsides2021_rss": 1, "allsides_full": 1, "neus_lede": 1}

// busyWeight is that of each set. Pairs of which little is known learn nothing from it: at 0.2 unrelated texts in unknown words have so many more edges that a first refresh takes
// a tenth longer, and twelve megabytes more.
var busyWeight = weights{known: 1.5}

// busyEvents are how many a day has, by the week.
var busyEvents = [...]int{15, 40, 100, 200}

// itemWords are how many words of a text an item may have.
var itemWords = [...]int{0, 12, 18, 25, 25, 35, 50}

// morning is the hour at which outlets let go of what they wrote the day before: it says nothing that two items are of one minute.
const morning = 5

// busy crowds every n-th event into few days: of most, one article alone.
func busy(ls []line, n uint32) []line {
	day := map[string]int{}
	told := map[string]int{}
	at, room := 0, 0
	var out []line
	for _, l := range ls {
		e := mix(eventHash("busy" + l.Event))
		if e%n != 0 {
			continue
		}
		if _, ok := day[l.Event]; !ok {
			if room == 0 {
				at++
				room = busyEvents[mix(uint32(at/7)+3)%uint32(len(busyEvents))]
			}
			room--
			day[l.Event] = at
		}
		if told[l.Event] >= tellings(e>>8) {
			continue
		}
		told[l.Event]++
		h := mix(eventHash("item" + l.ID))
		words := strings.Fields(l.Text)
		words = words[:min(len(words), itemWords[h>>8%uint32(len(itemWords))])]
		date := time.Date(2025, 3, 1+day[l.Event]+delay(l.Event, l.ID), int(h>>4%24), int(h>>9%60), 0, 0, time.UTC)
		if h%3 == 0 { // every third item
			date = time.Date(date.Year(), date.Month(), date.Day(), morning, 0, 0, 0, time.UTC)
		}
		text := strings.Join(words, " ")
		if h>>2%8 == 0 { // some outlets begin their texts with the date
			text = date.Format("January 2, 2006 3:04 PM ") + text
		}
		out = append(out, line{ID: l.ID, Title: headlineOf(l), Text: text, Published: date.Format(time.RFC3339), Lang: l.Lang, Event: l.Event})
	}
	return out
}

// tellings is how many articles an event has at most: of five events in eight, one.
func tellings(draw uint32) int {
	switch draw % 8 {
	case 5, 6:
		return 2
	case 7:
		return 9
	}
	return 1
}
