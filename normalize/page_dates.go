package normalize

import (
	"strconv"
	"strings"
	"time"

	"wirefold/internal/news"
)

// dateUse is what a date line says that its date is.
type dateUse uint8

const (
	dateUnlabelled dateUse = iota
	datePublished
	dateUpdated
	dateRendered // the day on which the page was made: "Today : …"
	dateOther    // "Deadline: …", an event's date
)

// pageDate is a date of a page with its use and what else stood in its line.
type pageDate struct {
	use  dateUse
	date news.Date
	rest string // the line without date, time and label: a byline, an agency, an outlet
}

// hasDate says whether a line holds a calendar day with its year.
func hasDate(s string) bool {
	if len(s) > 400 || !strings.ContainsAny(s, "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹") {
		return false
	}
	toks := splitTokens(s, newsWords())
	for i := range toks {
		if d, ok := dateAt(toks, i); ok && d.full() {
			return true
		}
	}
	return false
}

// dateLineKind says whether a short line with a date is a date line, or a sentence that has a date in it.
func dateLineKind(s string) lineKind {
	ds := readDateLine(s)
	if len(ds) == 0 {
		return lineText
	}
	rest := ds[0].rest
	switch {
	case rest == "" || wordCount(rest) <= 5 && !strings.HasSuffix(rest, "."):
		return lineDate
	case ds[0].use != dateUnlabelled && wordCount(rest) <= 7:
		return lineDate
	}
	return lineText
}

// readDateLine takes a line like "By Jane Doe | Published: March 3, 2026 10:15 AM | Updated: …" apart.
func readDateLine(s string) []pageDate {
	toks := splitTokens(s, newsWords())
	var out []pageDate
	rest, from := "", 0
	for i := 0; i < len(toks); i++ {
		d, ok := dateAt(toks, i)
		if !ok || !d.full() {
			continue
		}
		before := s[from:toks[i].start]
		use, label := dateLabel(before)
		end := int(toks[d.end-1].end)
		day := validDay(d.year, d.month, d.day)
		if !day.Known() {
			continue
		}
		after, t := clockAt(s, end, day)
		out = append(out, pageDate{use: use, date: t})
		rest += " " + label
		from = after
		for i+1 < len(toks) && int(toks[i+1].start) < after {
			i++
		}
		i = max(i, d.end-1)
	}
	if len(out) == 0 {
		return nil
	}
	out[0].rest = creditParts(rest + " " + s[from:])
	return out
}

// creditParts is what stands beside a date without the furniture: reading times, share counts.
func creditParts(s string) string {
	var keep []string
	for part := range strings.SplitSeq(s, "|") {
		part = trimSeparators(part)
		low := strings.ToLower(part)
		if part != "" && !furniture(low, wordCount(part)) {
			keep = append(keep, part)
		}
	}
	return strings.Join(keep, " | ")
}

func trimSeparators(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for {
		t := strings.Trim(s, " |,:;-–—•·()[]/")
		t = strings.TrimSuffix(t, " on")
		t = strings.TrimSuffix(t, " at")
		if t == s || t == "on" || t == "at" || t == "date" || t == "Date" {
			if t == "on" || t == "at" || strings.EqualFold(t, "date") {
				return ""
			}
			return t
		}
		s = t
	}
}

// dateLabels are the words before a date that say what it is, longest first.
var dateLabels = [...]struct {
	word string
	use  dateUse
}{
	{"first published on", datePublished}, {"first published in", datePublished}, {"first published", datePublished}, {"originally published", datePublished}, {"story first published", datePublished},
	{"last updated on", dateUpdated}, {"last updated", dateUpdated}, {"last modified", dateUpdated}, {"updated on", dateUpdated}, {"updated at", dateUpdated}, {"updated", dateUpdated}, {"refreshed", dateUpdated}, {"modified", dateUpdated}, {"update", dateUpdated},
	{"published on", datePublished}, {"published at", datePublished}, {"published", datePublished}, {"publish date", datePublished}, {"publication date", datePublished}, {"date published", datePublished}, {"posted on", datePublished}, {"posted at", datePublished}, {"posted", datePublished}, {"created", datePublished},
	{"released", datePublished}, {"issued", datePublished}, {"uploaded", datePublished}, {"veröffentlicht am", datePublished}, {"publié le", datePublished}, {"publicado el", datePublished}, {"publicado em", datePublished}, {"pubblicato il", datePublished}, {"опубликовано", datePublished},
	{"today is", dateRendered}, {"today's date", dateRendered}, {"today", dateRendered}, {"current date", dateRendered}, {"as of", dateRendered}, {"printed on", dateRendered}, {"accessed", dateRendered}, {"retrieved", dateRendered}, {"page generated", dateRendered}, {"generated on", dateRendered}, {"heute", dateRendered},
	{"deadline", dateOther}, {"event date", dateOther}, {"expires", dateOther}, {"copyright", dateOther},
}

// dateLabel finds what the words before a date call it, and gives those words back without the label.
func dateLabel(before string) (dateUse, string) {
	low := strings.ToLower(before)
	best, use, length := -1, dateUnlabelled, 0
	for _, l := range dateLabels {
		if i := strings.LastIndex(low, l.word); i > best || i == best && i >= 0 && len(l.word) > length {
			best, use, length = i, l.use, len(l.word)
		}
	}
	if best < 0 || len(low) != len(before) {
		return dateUnlabelled, before
	}
	rest := strings.TrimSpace(before[best+length:])
	if by, ok := cutPrefixFold(rest, "by "); ok {
		rest = by // "Posted by News Desk on": the name alone
	}
	return use, before[:best] + " " + rest
}

// clockAt reads a time of day and a zone after a date. A time without a zone stays unsaid: its hour is known to nobody
// who does not know where the page was made.
func clockAt(s string, end int, day news.Date) (int, news.Date) {
	i := end
	for i < len(s) && strings.IndexByte(" ,|-T@·", s[i]) >= 0 {
		i++
	}
	for _, w := range [...]string{"at ", "– ", "— ", "• ", "· "} {
		i += len(s[i:]) - len(strings.TrimPrefix(s[i:], w))
	}
	h, n := digitsAt(s, i)
	if n == 0 || n > 2 || i+n >= len(s) || s[i+n] != ':' && s[i+n] != '.' {
		return end, day
	}
	m, n2 := digitsAt(s, i+n+1)
	if n2 != 2 || h > 23 || m > 59 {
		return end, day
	}
	i += n + 1 + n2
	sec := 0
	if i < len(s) && s[i] == ':' {
		if v, n3 := digitsAt(s, i+1); n3 == 2 && v < 60 {
			sec = v
			i += 3
		}
	}
	rest := s[i:]
	low := strings.ToLower(strings.TrimLeft(rest, " "))
	skip := len(rest) - len(low)
	for _, ap := range [...]string{"a.m.", "p.m.", "am", "pm"} {
		if strings.HasPrefix(low, ap) && (len(low) == len(ap) || !isLetter(rune(low[len(ap)]))) {
			if ap[0] == 'p' && h < 12 {
				h += 12
			} else if ap[0] == 'a' && h == 12 {
				h = 0
			}
			i += skip + len(ap)
			break
		}
	}
	offset, used, ok := zoneAt(s[i:])
	i += used
	if !ok {
		return i, day
	}
	t := day.Time.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second)
	zone := time.FixedZone("", offset)
	if offset == 0 {
		zone = time.UTC
	}
	return i, news.Date{Time: time.Date(t.Year(), t.Month(), t.Day(), h, m, sec, 0, zone)}
}

func digitsAt(s string, i int) (v, n int) {
	for i+n < len(s) && n < 4 && s[i+n] >= '0' && s[i+n] <= '9' {
		n++
	}
	v, _ = strconv.Atoi(s[i : i+n])
	return v, n
}

// zones are abbreviations that mean one offset wherever news prints them. IST is India's, BST Britain's.
var zones = [...]struct {
	name  string
	hours float64
}{{"GMT", 0}, {"UTC", 0}, {"Z", 0}, {"PKT", 5}, {"PST", -8}, {"PDT", -7}, {"EST", -5}, {"EDT", -4}, {"ET", -5}, {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6},
	{"IST", 5.5}, {"CET", 1}, {"CEST", 2}, {"BST", 1}, {"EET", 2}, {"EEST", 3}, {"MSK", 3}, {"JST", 9}, {"KST", 9}, {"HKT", 8}, {"SGT", 8}, {"MYT", 8}, {"WIB", 7}, {"AEST", 10}, {"AEDT", 11}, {"NZST", 12}, {"GST", 4}, {"TRT", 3}, {"WAT", 1}, {"SAST", 2}, {"EAT", 3}}

func zoneAt(s string) (seconds, used int, ok bool) {
	t := strings.TrimLeft(s, " (")
	lead := len(s) - len(t)
	for _, z := range zones {
		if strings.HasPrefix(t, z.name) && (len(t) == len(z.name) || !isLetter(rune(t[len(z.name)]))) {
			used = lead + len(z.name)
			if rest := t[len(z.name):]; z.hours == 0 && rest != "" && (rest[0] == '+' || rest[0] == '-') {
				if sec, n, k := offsetAt(rest); k {
					return sec, used + n, true
				}
			}
			if strings.HasPrefix(s[used:], ")") {
				used++
			}
			return int(z.hours * 3600), used, true
		}
	}
	if sec, n, k := offsetAt(t); k {
		return sec, lead + n, true
	}
	return 0, 0, false
}

// offsetAt reads +05:00, +0500, +5.
func offsetAt(s string) (seconds, used int, ok bool) {
	if s == "" || s[0] != '+' && s[0] != '-' {
		return 0, 0, false
	}
	h, n := digitsAt(s, 1)
	m := 0
	used = 1 + n
	switch {
	case n == 4:
		h, m = h/100, h%100
	case n >= 1 && n <= 2:
		if used < len(s) && s[used] == ':' {
			v, k := digitsAt(s, used+1)
			if k == 2 {
				m = v
				used += 3
			}
		}
	default:
		return 0, 0, false
	}
	if h > 14 || m > 59 {
		return 0, 0, false
	}
	sec := h*3600 + m*60
	if s[0] == '-' {
		sec = -sec
	}
	return sec, used, true
}
