package fetch

import (
	"strings"
	"time"

	"wirefold/internal/news"
)

// read takes tokens for parts of a date, one after the other. It says false as soon as one of them fits nowhere.
func (p *dateParts) read(ts []token) bool {
	for _, t := range ts {
		p.korean = p.korean || t.text == "년" || t.text == "오전" || t.text == "오후"
	}
	for i := 0; i < len(ts); {
		t := ts[i]
		var next token
		if i+1 < len(ts) {
			next = ts[i+1]
		}
		used := 1
		switch {
		case t.kind == 'n' && (next.kind == ':' || next.kind == '.' && p.timeWithDots(ts[i:]) || next.kind == 'w' && isHour(next.text, ts[i:])):
			if used = p.clock(ts[i:]); used == 0 {
				return false
			}
		case t.kind == 'n':
			if used = p.number(ts[i:]); used == 0 {
				return false
			}
		case t.kind == 'w':
			if used = p.word(ts[i:], i > 0 && ts[i-1].kind == 'n'); used == 0 {
				return false
			}
		case (t.kind == '+' || t.kind == '-') && p.hasTime && next.kind == 'n' && !p.hasZone:
			if used = p.numericZone(ts[i:]); used == 0 {
				return false
			}
		case strings.ContainsRune(" ,.-|·/()", rune(t.kind)):
		default:
			return false
		}
		i += used
	}
	return p.settle()
}

// number reads a number that is no time: a day, a year, or a date of three numbers between equal separators.
func (p *dateParts) number(ts []token) int {
	at := func(i int) token {
		if i < len(ts) {
			return ts[i]
		}
		return token{kind: ' '}
	}
	if len(at(0).text) == 8 && p.year == 0 && len(p.numbers) == 0 && at(1).kind == 'w' { // 20260302T101530
		n := at(0).num
		p.year, p.month, p.numbers = n/10000, n/100%100, append(p.numbers, token{'n', "dd", n % 100})
		return p.afterDate(ts, 1)
	}
	sep := at(1).kind
	if (sep == '/' || sep == '.' || sep == '-') && at(2).kind == 'n' && at(3).kind == sep && at(4).kind == 'n' && p.year == 0 && len(p.numbers) == 0 {
		p.numbers = append(p.numbers, at(0), at(2), at(4))
		p.slashed = sep == '/'
		return p.afterDate(ts, 5)
	}
	if sep == '-' && at(2).kind == 'n' && len(at(0).text) == 4 && at(3).kind != '-' && p.year == 0 { // 2003-12, 2020年11月
		p.year, p.month = at(0).num, at(2).num
		return 3
	}
	if sep == '-' && at(2).kind == 'w' && at(3).kind == '-' && at(4).kind == 'n' && len(p.numbers) == 0 { // 2004-július-13
		p.numbers = append(p.numbers, at(0), at(4))
		m, ok := months[fold(at(2).text)]
		if !ok {
			return 0
		}
		p.month = int(m)
		return p.afterDate(ts, 5)
	}
	if n := len(at(0).text); n == 6 && p.year != 0 && !p.hasTime && p.day != 0 { // 101455 of a basic time
		return p.basicClock(at(0).num)
	}
	if len(p.numbers) >= 3 {
		return 0
	}
	p.numbers = append(p.numbers, at(0))
	return 1
}

// afterDate passes over the T of ISO 8601 behind a date. What else is glued to a date makes it none.
func (p *dateParts) afterDate(ts []token, i int) int {
	if i >= len(ts) {
		return i
	}
	switch t := ts[i]; {
	case t.kind == 'w' && (t.text == "T" || t.text == "t") && i+1 < len(ts) && ts[i+1].kind == 'n':
		if n := len(ts[i+1].text); (n == 4 || n == 6) && (i+2 >= len(ts) || ts[i+2].kind != ':') {
			num := ts[i+1].num
			if n == 4 {
				num *= 100
			}
			if p.basicClock(num) == 0 {
				return 0
			}
			return i + 2
		}
		if i+2 >= len(ts) || ts[i+2].kind != ':' {
			p.hour, p.hasTime = ts[i+1].num, true
			if len(ts[i+1].text) > 2 || p.hour > 23 {
				return 0
			}
			return i + 2
		}
		return i + 1
	case t.kind == ' ', t.kind == ',', t.kind == '.', t.kind == 'w' && (t.text == "T" || t.text == "Z"):
		return i
	}
	return 0
}

func (p *dateParts) basicClock(n int) int {
	p.hour, p.min, p.sec, p.hasTime = n/10000, n/100%100, n%100, true
	if p.hour > 23 || p.min > 59 || p.sec > 60 {
		return 0
	}
	return 1
}

func (p *dateParts) timeWithDots(ts []token) bool {
	return len(ts) >= 5 && !p.hasTime && (p.month > 0 || len(p.numbers) >= 2) && ts[2].kind == 'n' && ts[3].kind == '.' && ts[4].kind == 'n' &&
		len(ts[0].text) <= 2 && len(ts[2].text) == 2 && len(ts[4].text) == 2 && (len(ts) < 6 || ts[5].kind != '.')
}

func isHour(w string, ts []token) bool {
	return (w == "h" || w == "H") && len(ts) > 2 && ts[2].kind == 'n' && len(ts[2].text) == 2
}

// clock reads 10:14, 10:14:55, 10:14:55.123.
func (p *dateParts) clock(ts []token) int {
	if p.hasTime || len(ts) < 3 || ts[2].kind != 'n' || len(ts[0].text) > 2 || len(ts[2].text) > 2 {
		return 0
	}
	p.hour, p.min, p.hasTime = ts[0].num, ts[2].num, true
	used := 3
	if len(ts) > 4 && (ts[3].kind == ':' || ts[3].kind == '.' && ts[1].kind == '.') && ts[4].kind == 'n' {
		if p.sec = ts[4].num; len(ts[4].text) > 2 {
			return 0
		}
		used = 5
		if len(ts) > 6 && (ts[5].kind == '.' || ts[5].kind == ',') && ts[6].kind == 'n' && len(ts[6].text) <= 9 {
			p.nano = ts[6].num
			for range 9 - len(ts[6].text) {
				p.nano *= 10
			}
			used = 7
		}
	}
	if used < len(ts) && ts[used].kind == ':' { // 1:2:3:4
		return 0
	}
	if p.hour > 24 || p.min > 59 || p.sec > 60 || p.hour == 24 && p.min+p.sec > 0 {
		return 0
	}
	return used
}

// numericZone reads +0200, +02:00, -5.
func (p *dateParts) numericZone(ts []token) int {
	h, m, used := ts[1].num, 0, 2
	switch {
	case len(ts[1].text) == 4:
		h, m = h/100, h%100
	case len(ts[1].text) <= 2 && len(ts) > 3 && ts[2].kind == ':' && ts[3].kind == 'n' && len(ts[3].text) == 2:
		m, used = ts[3].num, 4
	case len(ts[1].text) == 3:
		h, m = h/100, h%100
	case len(ts[1].text) > 4:
		return 0
	}
	if h > 15 || m > 59 {
		return 0
	}
	p.offset, p.hasZone = (h*60+m)*60, true
	if ts[0].kind == '-' {
		p.offset = -p.offset
	}
	return used
}

// word reads a month, weekday, half of the day, zone or filler. glued says that a number stands right before it.
func (p *dateParts) word(ts []token, glued bool) int {
	raw := ts[0].text
	w := fold(raw)
	m, isMonth := months[w]
	d, isDay := weekdays[w]
	if p.hasTime && !p.hasZone && raw == strings.ToUpper(raw) { // PT and UT are also weekdays of somebody
		if used := p.namedZone(ts, raw); used > 0 {
			return used
		}
	}
	switch {
	case glued && ordinals[w]:
		return 1
	case isMonth && isDay:
		p.unsure = append(p.unsure, w)
		return 1
	case isMonth && p.month <= 0:
		p.month = int(m)
		return 1
	case isDay:
		if !p.hasWeekday {
			p.weekday, p.hasWeekday = d, true
		}
		return 1
	}
	switch w {
	case "am":
		p.am = p.hasTime // "am 5. Mai" is German
		return 1
	case halves[0], halves[2], halves[4]:
		p.am = true
		return 1
	case "pm", halves[1], halves[3], halves[5]:
		p.pm = true
		return 1
	case "a", "p":
		if len(ts) > 2 && ts[1].kind == '.' && strings.EqualFold(ts[2].text, "m") && p.hasTime { // p.m.
			p.pm, p.am = w == "p", w == "a"
			return 3
		}
	}
	switch {
	case w == "a" && p.hasTime: // the military zone, which nobody can read (RFC 5322 section 4.3)
		return 0
	case fillers[w], p.hasZone && raw == "Z":
		return 1
	}
	if !p.hasZone && (p.hasTime || glued || len(p.numbers) > 1) {
		if used := p.namedZone(ts, raw); used > 0 {
			return used
		}
	}
	return 0
}

// namedZone reads PKT, GMT+02:00, Etc/GMT, Europe/Brussels.
func (p *dateParts) namedZone(ts []token, raw string) int {
	up := strings.ToUpper(raw)
	if offset, ok := zones[up]; ok {
		p.offset, p.hasZone = offset*60, true
		if offset == 0 && len(ts) > 2 && (ts[1].kind == '+' || ts[1].kind == '-') && ts[2].kind == 'n' {
			used := p.numericZone(ts[1:])
			if used == 0 {
				return 0
			}
			return used + 1
		}
		return 1
	}
	name, ok := regions[up]
	if !ok && strings.Contains(raw, "/") {
		name = raw
	}
	if name == "" {
		return 0
	}
	place, err := time.LoadLocation(name)
	if err != nil {
		return 0
	}
	p.place, p.hasZone = place, true
	return 1
}

// settle decides which number is the day, the month and the year.
func (p *dateParts) settle() bool {
	for _, w := range p.unsure { // "Mar, 13 mai": a weekday if a month is there
		if p.month > 0 {
			p.weekday, p.hasWeekday = weekdays[w], true
		} else {
			p.month = int(months[w])
		}
	}
	ns := p.numbers
	year := func(t token) int {
		switch len(t.text) {
		case 4:
			return t.num
		case 2:
			return century(t.num)
		}
		return 0
	}
	switch {
	case p.month > 0 && p.year == 0 && len(ns) == 2:
		if len(ns[0].text) == 4 {
			ns[0], ns[1] = ns[1], ns[0]
		}
		p.day, p.year = ns[0].num, year(ns[1])
		return p.year > 0 && p.day > 0 && len(ns[0].text) <= 2
	case p.month > 0 && p.year == 0 && len(ns) == 1 && len(ns[0].text) == 4 && !p.hasTime:
		p.year, p.day = ns[0].num, 1
		return true
	case p.month > 0 && p.year > 0 && len(ns) == 1: // 2020-11 22: the day behind a year and month
		p.day = ns[0].num
		return true
	case p.month > 0 && p.year > 0 && len(ns) == 0 && !p.hasTime:
		p.day = 1
		return true
	case p.month <= 0 && len(ns) == 3:
		return p.threeNumbers(ns, year)
	}
	return false
}

// threeNumbers reads 2020/03/30, 30.03.2020, 03/30/2020 and 26/06/2020. Where both orders are possible the weekday
// decides, and without one dots and dashes put the day first, slashes the month.
func (p *dateParts) threeNumbers(ns []token, year func(token) int) bool {
	a, b := ns[0].num, ns[1].num
	switch {
	case len(ns[0].text) == 4:
		p.year, p.month, p.day = a, b, ns[2].num
		return p.month <= 12 && len(ns[2].text) <= 2
	case len(ns[0].text) > 2 || len(ns[1].text) > 2:
		return false
	}
	p.year = year(ns[2])
	p.day, p.month = a, b
	switch {
	case b > 12:
		p.day, p.month = b, a
	case a > 12:
	case p.hasWeekday && day(p.year, b, a).Time.Weekday() == p.weekday:
	case p.hasWeekday && day(p.year, a, b).Time.Weekday() == p.weekday, p.slashed:
		p.day, p.month = b, a
	}
	return p.year > 0 && p.month <= 12
}

// date puts the parts together.
func (p *dateParts) date() news.Date {
	d := day(p.year, p.month, p.day)
	if !d.Known() || !p.hasTime {
		return d
	}
	switch {
	case (p.pm || p.am) && p.hour > 12 && p.am:
		return news.Date{}
	case p.pm && p.hour < 12:
		p.hour += 12
	case p.am && p.hour == 12:
		p.hour = 0
	}
	where := time.FixedZone("", p.offset)
	if p.place != nil {
		where = p.place
	}
	if p.korean && !p.hasZone {
		where = time.FixedZone("KST", 9*3600)
	}
	return stated(time.Date(p.year, time.Month(p.month), p.day, p.hour, p.min, p.sec, p.nano, where), false)
}
