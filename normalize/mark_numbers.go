package normalize

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// date notes the i-th word when it is a month or a weekday; it says whether the word is only that.
func (k *marker) date(i int, flags uint8) bool {
	w := &k.words[i]
	if n, ok := ordinalWords[w.fold]; ok && n > 0 {
		k.ordinal(i, int(n))
		return false
	}
	if d, ok := weekdayWords[w.fold]; ok && (w.upper || k.lang != "en" && w.script != latin || lowerWeekday(k.lang)) {
		if flags != 0 {
			k.s.weekdays |= 1 << (d - 1)
			if k.s.weekday == 0 {
				k.s.weekday = d
			}
		}
		return true
	}
	mo, ok := monthWords[w.fold]
	if !ok {
		return false
	}
	day := 0
	for _, j := range [2]int{i - 1, i + 1} {
		if j >= 0 && j < len(k.words) {
			if n := dayNumber(k.words[j].fold); n > 0 && day == 0 {
				day = n
			}
		}
	}
	if j := i - 2; day == 0 && j >= 0 && k.words[i-1].fold == "de" {
		day = dayNumber(k.words[j].fold)
	}
	if day == 0 {
		if w.upper && !w.first && len(w.fold) > 3 || len(w.fold) > 5 {
			k.s.months |= 1 << (mo - 1)
		}
		return false
	}
	k.s.months |= 1 << (mo - 1)
	md := uint16(mo)<<5 | uint16(day)
	k.s.days = append(k.s.days, md)
	k.stated(md, k.yearNear(i), flags)
	return true
}

// yearNear is the year written within two words of the i-th, 0 for none.
func (k *marker) yearNear(i int) int {
	for j := i + 1; j <= i+2 && j < len(k.words); j++ {
		if f := k.words[j].fold; len(f) == 4 && (f[:2] == "19" || f[:2] == "20") {
			if y, err := strconv.Atoi(f); err == nil {
				return y
			}
		}
	}
	return 0
}

// recentYear is the first year that a date in headline or lead may have to be taken for the day of publication: older ones are history.
const recentYear = 1995

// stated notes the day that the article states first, and the first one with a year.
func (k *marker) stated(md uint16, year int, flags uint8) {
	if k.s.dateline == 0 && flags != 0 {
		k.s.dateline = md
	}
	if flags != 0 && k.s.hour == noHour && year >= recentYear {
		k.s.hour, k.s.dayOnly = int32(time.Date(year, time.Month(md>>5), int(md&31), 0, 0, 0, 0, time.UTC).Unix()/3600), true
	}
	if year != 0 && k.s.event == noHour {
		k.s.event = int32(time.Date(year, time.Month(md>>5), int(md&31), 0, 0, 0, 0, time.UTC).Unix() / 86400)
	}
}

// numericDate reads 2025-10-26, 26/10/2025, 26.10.25 or 11/28/05 from the i-th word on; it returns how many words that
// takes, 0 when it is no date. Which of two small numbers is the month is told by the one over 12, else the day is first.
func (k *marker) numericDate(i int, flags uint8) int {
	if i+2 >= len(k.words) {
		return 0
	}
	var n [3]int
	for j := range n {
		f := k.words[i+j].fold
		v, err := strconv.Atoi(f)
		if err != nil || len(f) > 4 || !k.words[i+j].tight && j > 0 {
			return 0
		}
		n[j] = v
	}
	y, m, d := n[0], n[1], n[2]
	if y < 1900 {
		d, m, y = n[0], n[1], n[2]
		if m > 12 {
			d, m = m, d
		}
		if y < 100 {
			y += 2000
		}
	}
	if m < 1 || m > 12 || d < 1 || d > 31 || y < 1900 || y > 2100 {
		return 0
	}
	md := uint16(m)<<5 | uint16(d)
	k.s.days = append(k.s.days, md)
	k.s.months |= 1 << (m - 1)
	k.s.years = append(k.s.years, uint16(y))
	k.stated(md, y, flags)
	return 3
}

func lowerWeekday(lang string) bool {
	switch lang {
	case "es", "fr", "it", "pl", "pt", "nl", "ru", "tr":
		return true
	}
	return false
}

// dayNumber reads "26", "26th" or "1er" as a day of a month, else 0.
func dayNumber(fold string) int {
	n := 0
	for n < len(fold) && n < 3 && fold[n]-'0' <= 9 {
		n++
	}
	if n == 0 || n > 2 {
		return 0
	}
	switch fold[n:] {
	case "", "th", "st", "nd", "rd", "er", "e":
	default:
		return 0
	}
	d, _ := strconv.Atoi(fold[:n])
	if d > 31 {
		return 0
	}
	return d
}

// ordinal notes "third round" as 3 and what is counted.
func (k *marker) ordinal(i, n int) {
	if n < 3 || n > 255 {
		return
	}
	what := uint32(0)
	if i+1 < len(k.words) && !k.words[i+1].digit {
		what = hash32(3, stemOf(k.words[i+1].fold)) & 0xFFFFFF
	}
	k.s.ordinals = append(k.s.ordinals, uint32(n)<<24|what)
}

// number notes the i-th word, which has a digit.
func (k *marker) number(i int, flags uint8) {
	w := &k.words[i]
	digitsEnd := 0
	for digitsEnd < len(w.fold) && (w.fold[digitsEnd]-'0' <= 9 || w.fold[digitsEnd] == '.' || w.fold[digitsEnd] == ',') {
		digitsEnd++
	}
	if digitsEnd == 0 {
		// A name like "a350": a term.
		k.designation(w.fold, flags)
		return
	}
	tail := w.fold[digitsEnd:]
	v, ok := k.value(w.fold[:digitsEnd])
	if !ok {
		return
	}
	switch tail {
	case "th", "st", "nd", "rd":
		if !k.besideMonth(i) {
			k.ordinal(i, int(v))
		}
		return
	}
	if tail == "" && v == math.Trunc(v) && v <= 31 && k.besideMonth(i) {
		return
	}
	if tail == "" && digitsEnd == 4 && v >= 1900 && v <= 2100 {
		k.s.years = append(k.s.years, uint16(v))
		return
	}
	kind := numberPlain
	if strings.HasPrefix(tail, "p") && (tail == "pc" || tail == "pct") {
		kind, tail = numberPercent, ""
	}
	if x, ok := scales[tail]; ok && tail != "" {
		v *= x
		tail = ""
	}
	if tail != "" {
		k.designation(w.fold, flags)
		return
	}
	k.quantity(i, v, kind, flags)
}

// quantity notes a value with the scale and unit that follow the i-th word.
func (k *marker) quantity(i int, v float64, kind, flags uint8) {
	for j := i + 1; j < len(k.words) && j <= i+2; j++ {
		f := k.words[j].fold
		if x, ok := scales[f]; ok && f != "m" && f != "k" {
			v *= x
			continue
		}
		if percentWords[f] {
			kind = numberPercent
		}
	}
	s := strconv.FormatFloat(v, 'g', 6, 64)
	mantissa := strings.Trim(strings.Map(func(r rune) rune {
		if r == '.' || r == 'e' || r == '+' {
			return -1
		}
		return r
	}, s), "0")
	k.s.numbers = append(k.s.numbers, numberMark{hash32(4, s), kind, flags, uint8(min(len(mantissa), 4))})
}

// written notes a number in words: "forty-two", "five thousand". Small ones alone say too little to be noted.
func (k *marker) written(i int, v float64, flags uint8) {
	if i > 0 {
		if _, ok := smallNumbers[k.words[i-1].fold]; ok {
			return
		}
	}
	j := i
	if v >= 20 && i+1 < len(k.words) {
		if u, ok := smallNumbers[k.words[i+1].fold]; ok && u < 10 {
			v += u
			j++
		}
	}
	if j+1 < len(k.words) {
		if x, ok := scales[k.words[j+1].fold]; ok && len(k.words[j+1].fold) > 2 {
			v *= x
		}
	}
	if v > 12 || j+1 < len(k.words) && percentWords[k.words[j+1].fold] {
		k.quantity(len(k.words), v, numberPlain, flags)
	}
}

func (k *marker) besideMonth(i int) bool {
	for _, j := range [3]int{i - 1, i + 1, i + 2} {
		if j < 0 || j >= len(k.words) {
			continue
		}
		if j == i+2 && k.words[i+1].fold != "de" {
			continue
		}
		if _, ok := monthWords[k.words[j].fold]; ok {
			return true
		}
	}
	return false
}

// value reads digits with separators: a comma or point before exactly three digits parts thousands, save where the
// language writes its decimals so.
func (k *marker) value(s string) (float64, bool) {
	var b [maxWordBytes]byte
	out := b[:0]
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == ',' || c == '.' {
			rest := 0
			for j := i + 1; j < len(s) && s[j]-'0' <= 9; j++ {
				rest++
			}
			if rest == 3 && (c == ',' || k.lang != "en" && k.lang != "" && k.s.script == latin) {
				continue
			}
			c = '.'
		}
		out = append(out, c)
	}
	v, err := strconv.ParseFloat(strings.Trim(string(out), "."), 64)
	return v, err == nil
}
