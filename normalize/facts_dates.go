package normalize

import (
	"strconv"
	"strings"
	"time"

	"wirefold/internal/news"
)

// stated is a date as a text states it. Zero parts are unknown.
type stated struct {
	year, month, day int
	weekday          int // 1-7, Monday first; 0 = none
	word             int // today 0 with wordSet, yesterday -1
	wordSet          bool
	at, end          int // tokens
}

// full says whether year, month and day are all stated.
func (s stated) full() bool { return s.year != 0 && s.month != 0 && s.day != 0 }

// dateAt reads a date that begins at token i.
func dateAt(toks []tok, i int) (stated, bool) {
	t := &toks[i]
	s := stated{at: i}
	switch {
	case t.word() && t.has(classWeekday) && (t.capital() || len(t.low) > 4 || !caseScript(t.low)) && (len(t.low) > 3 || t.capital()):
		s.weekday, s.end = int(t.val), i+1
		j := i + 1
		if j < len(toks) && (toks[j].mark(",") || toks[j].mark("(")) {
			j++
		}
		if j < len(toks) && toks[j].low == "the" {
			j++
		}
		if j < len(toks) {
			if d, ok := dayAt(toks, j); ok {
				d.weekday, d.at = s.weekday, i
				return d, true
			}
		}
		return s, true
	case t.word() && (t.low == "yesterday" || t.low == "today") && !t.poss():
		s.wordSet, s.end = true, i+1
		if t.low == "yesterday" {
			s.word = -1
		}
		return s, true
	}
	return dayAt(toks, i)
}

// dayAt reads a calendar day: October 25, 2025; 25 October 2025; 25th of October; 2025-10-25; 25/10/2025; 25.10.2025.
func dayAt(toks []tok, i int) (stated, bool) {
	t := &toks[i]
	s := stated{at: i}
	if t.word() && isMonth(t) {
		j := i + 1
		if j < len(toks) && toks[j].mark(".") {
			j++
		}
		if j >= len(toks) || !toks[j].digits() {
			return s, false
		}
		s.month = int(t.val)
		s.day = dayOfMonth(toks[j].low)
		if s.day == 0 {
			return s, false
		}
		j++
		if j < len(toks) && toks[j].flags&tokGlued != 0 && ordinalEnding(toks[j].low) {
			j++
		}
		s.year, s.end = yearAfter(toks, j)
		return s, true
	}
	if !t.digits() {
		return s, false
	}
	if d, ok := numericDate(toks, i); ok {
		return d, true
	}
	s.day = dayOfMonth(t.low)
	if s.day == 0 {
		return s, false
	}
	j := i + 1
	if j < len(toks) && (toks[j].flags&tokGlued != 0 && ordinalEnding(toks[j].low) || toks[j].mark(".")) {
		j++
	}
	if j < len(toks) && toks[j].mark("-") && toks[j].flags&tokGlued != 0 {
		j++
	}
	if j < len(toks) && (toks[j].low == "of" || toks[j].low == "de") {
		j++
	}
	if j >= len(toks) || !isMonth(&toks[j]) || toks[j].flags&tokPara != 0 {
		return s, false
	}
	s.month = int(toks[j].val)
	j++
	if j < len(toks) && toks[j].mark("-") && toks[j].flags&tokGlued != 0 {
		j++
	}
	if j < len(toks) && toks[j].low == "de" {
		j++
	}
	s.year, s.end = yearAfter(toks, j)
	return s, true
}

// isMonth tells the month from the verbs may and march: they must be capitals.
func isMonth(t *tok) bool {
	return t.word() && t.has(classMonth) && (t.capital() || !caseScript(t.low) || len(t.low) > 3 && t.low != "march" && t.low != "mart" && t.low != "mars")
}

func dayOfMonth(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 31 {
		return 0
	}
	return n
}

func yearAfter(toks []tok, j int) (year, end int) {
	k := j
	if k < len(toks) && toks[k].mark(",") {
		k++
	}
	if k < len(toks) && toks[k].digits() && toks[k].flags&tokPara == 0 {
		low := toks[k].low
		if len(low) >= 8 && strings.IndexByte(low, ':') > 4 {
			low = low[:4] // a clock is glued to it: 202511:20
		}
		if y, err := strconv.Atoi(low); err == nil && y >= 1900 && y <= 2100 {
			return y, k + 1
		}
	}
	return 0, j
}

// numericDate reads 2025-10-25, 25/10/2025, 25-10-2025, 25.10.2025. A day and month that could be either way round is
// read day first, as everywhere but in the United States, unless it only fits the other way.
func numericDate(toks []tok, i int) (stated, bool) {
	s := stated{at: i}
	var parts [3]int
	if low := toks[i].low; len(low) >= 8 && len(low) <= 10 {
		if p, ok := splitInts(low, '.'); ok {
			parts = p
			s.end = i + 1
		}
	}
	if s.end == 0 {
		if i+4 >= len(toks) || !toks[i+2].digits() || !toks[i+4].digits() || toks[i+1].low != toks[i+3].low {
			return s, false
		}
		if sep := &toks[i+1]; !(sep.mark("-") || sep.mark("/") || sep.mark(".")) || sep.flags&tokGlued == 0 || toks[i+4].flags&tokGlued == 0 {
			return s, false
		}
		for k := range 3 {
			n, err := strconv.Atoi(toks[i+2*k].low)
			if err != nil {
				return s, false
			}
			parts[k] = n
		}
		s.end = i + 5
	}
	switch {
	case parts[0] >= 1900 && parts[0] <= 2100:
		s.year, s.month, s.day = parts[0], parts[1], parts[2]
	case parts[2] >= 1900 && parts[2] <= 2100:
		s.day, s.month, s.year = parts[0], parts[1], parts[2]
		if s.month > 12 {
			s.day, s.month = s.month, s.day
		}
	default:
		return s, false
	}
	return s, s.month >= 1 && s.month <= 12 && s.day >= 1 && s.day <= 31
}

func splitInts(s string, sep byte) ([3]int, bool) {
	var out [3]int
	k := 0
	for i := range len(s) {
		switch {
		case s[i] == sep:
			k++
			if k > 2 {
				return out, false
			}
		case s[i] >= '0' && s[i] <= '9':
			out[k] = out[k]*10 + int(s[i]-'0')
		default:
			return out, false
		}
	}
	return out, k == 2
}

// date makes a calendar day of what was stated. What is missing is taken from base, the article's own date: a weekday
// is the latest one up to it, a day without a year the nearest one. Without base only a full date is known.
func (s stated) date(base news.Date) news.Date {
	if s.full() {
		return validDay(s.year, s.month, s.day)
	}
	if !base.Known() {
		return news.Date{}
	}
	y, m, d := base.Time.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	switch {
	case s.month != 0 && s.day != 0:
		best := news.Date{}
		for _, year := range []int{y - 1, y, y + 1} {
			c := validDay(year, s.month, s.day)
			if c.Known() && (!best.Known() || c.Time.Sub(today).Abs() < best.Time.Sub(today).Abs()) {
				best = c
			}
		}
		return best
	case s.weekday != 0:
		back := (int(today.Weekday()) - s.weekday%7 + 7) % 7
		return news.Date{Time: today.AddDate(0, 0, -back), DayOnly: true}
	case s.wordSet:
		return news.Date{Time: today.AddDate(0, 0, s.word), DayOnly: true}
	}
	return news.Date{}
}

func validDay(y, m, d int) news.Date {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d {
		return news.Date{}
	}
	return news.Date{Time: t, DayOnly: true}
}

// eventSentences is how far into a text the date and the place of its event are looked for.
const eventSentences = 3

// readEventDate finds when the event was: the first date of the opening sentences that is not said to be another time's.
func readEventDate(toks []tok, base news.Date) (news.Date, stated) {
	sentence := 0
	var said news.Date
	var saidAt stated
	for i := 0; i < len(toks); i++ {
		t := &toks[i]
		if t.flags&tokFirst != 0 && i > 0 {
			sentence++
			if sentence >= eventSentences {
				break
			}
		}
		s, ok := dateAt(toks, i)
		if !ok {
			continue
		}
		if !otherTime(toks, i, s.end) {
			d := s.date(base)
			if d.Known() && !(base.Known() && d.Time.After(base.Time.Add(36*time.Hour))) {
				speaker := saidOn(toks, i)
				if speaker == saidNot {
					return d, s
				}
				if !said.Known() && speaker == saidNamed {
					said, saidAt = d, s
				}
			}
		}
		i = s.end - 1
	}
	return said, saidAt
}

// speech says who spoke on a day.
type speech uint8

const (
	saidNot     speech = iota
	saidNamed          // the minister said on Sunday: his words are the event, if nothing else is
	saidSources        // officials said on Wednesday: the event was another day's
)

// saidOn says whether the date at token i is when somebody spoke.
func saidOn(toks []tok, i int) speech {
	for k := i - 1; k >= 0 && k >= i-3; k-- {
		switch toks[k].low {
		case "said", "told", "says", "announced", "tweeted", "wrote", "confirmed", "reported":
			if k > 0 {
				switch toks[k-1].low {
				case "officials", "official", "sources", "source", "police", "authorities", "ministry", "agency", "statement", "media", "reports", "they", "department", "spokesman", "spokesperson", "spokeswoman":
					return saidSources
				}
			}
			return saidNamed
		}
	}
	return saidNot
}

// otherTime says whether the words around a date make it another time than the event's: since March 2, until Friday,
// the October 23 attack, last month's, will meet on Monday.
func otherTime(toks []tok, i, end int) bool {
	// "after Friday's decision": the day of the decision.
	if toks[i].poss() && end < len(toks) {
		for k := end; k < min(len(toks), end+4); k++ {
			if toks[k].has(classEvent) {
				return false
			}
		}
	}
	for k := i - 1; k >= 0 && k >= i-3; k-- {
		switch toks[k].low {
		case "since", "until", "till", "from", "by", "next", "before", "after", "due", "through", "effective", "dated", "ahead", "this", "every", "each":
			return true
		case "of":
			return k == i-1 || k == i-2 && toks[i-1].low == "the"
		case "on", "the", "late", "early", ",", "(", "night", "evening", "morning", "local", "here", "in":
			continue
		}
		break
	}
	// A future verb in the same sentence before the date.
	for k := i - 1; k >= 0 && k >= i-12; k-- {
		if toks[k].mark(".") || toks[k].flags&tokPara != 0 {
			break
		}
		switch toks[k].low {
		case "will", "shall", "scheduled", "expected", "would", "upcoming", "planned":
			return true
		}
	}
	if end < len(toks) && toks[end].word() {
		switch toks[end].low {
		case "attack", "attacks", "agreement", "deadline", "deal", "accord", "elections", "election", "election's", "ceasefire", "war", "budget", "incident", "order", "memorandum":
			return true
		}
	}
	return false
}
