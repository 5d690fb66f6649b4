package main

import (
	"strings"
	"time"
)

// Who reads the news of one town, one club or one firm gets short notes that have its name and the day in common, and nothing else. No labelled set is like that: where
// two articles share a rare name and a day they tell one event, and a model that learned only there takes every two such notes for one. So labelled articles are also
// learned from as notes of a few words, dealt out to towns.

// region is how the articles of a file are dealt out.
type region struct {
	name  string
	most  uint32                      // events of a town; the least is two
	alone uint32                      // in every town of so many, most events are told by one article alone
	as    func(l line, n uint32) line // what becomes of an article in the n-th town
}

// regionsOf are the files that are learned from as notes. Of a few articles the neighbourhood says little, so there are many places where two to four things happened.
var regionsOf = map[string][]region{
	"ecbplus":          {{"in towns", 9, 2, noteFrom}},
	"allsides2021_rss": {{"in towns", 30, 2, noteFrom}, {"in villages", 4, 1, noteFrom}},
	"allsides_full":    {{"in towns", 60, 2, noteFrom}, {"in villages", 4, 1, noteFrom}},
}

const townWeight = 0.35

// townNames are put into headlines and texts: some that every gazetteer has, and others.
var townNames = strings.Fields("Leeds Lahore Dorvale Toledo Chicago Brinkum Odessa Karvina Lyon Tamworth Aberfoyle Seville Quimper Lodz Vantaa Bergamo Halifax Osnabeck Ypres Nantes")

// in deals events out to towns, each of which has its own week.
func (r region) in(ls []line) []line {
	var out []line
	town := map[string]uint32{} // of each event
	at, room := uint32(0), uint32(0)
	told := map[string]bool{}
	for _, l := range ls {
		n, ok := town[l.Event]
		if !ok {
			if room == 0 {
				at++
				room = 2 + mix(at+7)%(r.most-1)
			}
			room--
			n = at
			town[l.Event] = n
		}
		if n%r.alone == 0 && told[l.Event] && mix(eventHash("several"+l.Event))%4 != 0 {
			continue
		}
		told[l.Event] = true
		out = append(out, r.as(l, n))
	}
	return out
}

// noteWords are how many words of a text a note may have; with none it is a headline.
var noteWords = [...]int{0, 10, 18, 30, 50}

// firstWords are as many words of an article as the draw has of noteWords.
func firstWords(l line, draw uint32) []string {
	words := strings.Fields(l.Text)
	return words[:min(len(words), noteWords[draw%uint32(len(noteWords))])]
}

// headlineOf is an article's headline, or its first words.
func headlineOf(l line) string {
	if l.Title != "" {
		return l.Title
	}
	words := strings.Fields(l.Text)
	return strings.Join(words[:min(len(words), 8)], " ")
}

// noteFrom is an article cut down to a headline, or a headline and a few words, with the name of the n-th town. Every eighth town is none, only a day's notes
// from everywhere, and every fifth has no date.
func noteFrom(l line, n uint32) line {
	h := mix(eventHash("note" + l.ID))
	dice := func(bits int, sides uint32) uint32 { return h >> bits % sides }
	day := time.Date(2025, 3, 1+10*int(n), 6+int(dice(4, 14)), 0, 0, 0, time.UTC)
	if dice(8, 3) == 0 {
		day = day.Truncate(24 * time.Hour)
	}
	title, text := headlineOf(l), strings.Join(firstWords(l, h>>12), " ")
	if n%8 != 2 {
		title, text = named(title, text, townNames[mix(n)%uint32(len(townNames))], day.Weekday().String(), dice(16, 3), dice(20, 3))
	}
	out := line{ID: l.ID, Title: title, Text: text, Published: day.Format(time.RFC3339), Lang: l.Lang, Event: l.Event}
	if n%5 == 4 {
		out.Published = ""
	}
	return out
}

// named puts a town into a headline and a text, each in one of three ways.
func named(title, text, town, weekday string, inTitle, inText uint32) (string, string) {
	switch {
	case inTitle == 0:
		title += " in " + town
	case inTitle == 1:
		title = town + ": " + title
	case text == "":
		title += ", " + town
	}
	switch {
	case text == "":
	case inText == 0:
		text = town + " - " + text
	case inText == 1:
		text += " in " + town + " on " + weekday + "."
	default:
		text += ", " + town + "."
	}
	return title, text
}
