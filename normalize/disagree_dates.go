package normalize

import (
	"strings"
	"time"

	"wirefold/internal/news"
)

// act is what somebody did on a stated day, as far as two tellings can be compared by it: in different words and languages.
type act uint8

const (
	actNone   act = iota
	actMeet       // met, received, held talks
	actDecide     // voted, kept rates
	actHit        // struck, came ashore, crashed
	actSign       // signed, agreed
	actPlay       // beat, drew
	actDie
	actSay // said: the day is that of the words
)

var actWords = map[act]string{
	actMeet: `met meet meets meeting talks talked discussed discuss sat flew spent session opened conferred gathered received receives welcomed welcomes called visited visit arrived hosted hosts trip
		treffen traf trafen getroffen empfing empfangen réunion rencontre rencontré reçu reunión reunió recibió entrevistó incontro incontrato incontra ricevuto
		spotkanie spotkał spotkali spotkała rozmowy встреча встретился встретились встречи переговоры görüşme görüştü ملاقات مذاکرات لقاء التقى اجتماع reunião reuniu`,
	actDecide: `decided decides decision voted votes vote left kept keeps held holds cut cuts raised raises lowered split unchanged ruled ruling
		entschied entschieden beließ belässt décidé maintient decidió mantuvo deciso zdecydował utrzymała решил сохранил`,
	actHit: `hit hits struck strikes landfall ashore shook jolted eye crossed slammed rattled crashed collapsed exploded derailed attacked killed
		traf erschütterte sacudió golpeó frappé touché colpito uderzyło`,
	actSign: `signed signs sign signing agreed agrees agreement inked ordered orders unterzeichnet firmó firmaron signé firmato podpisał podpisali подписали imzaladı`,
	actPlay: `beat beats won wins win draw drew defeated lost match final played plays edged thrashed gewann gewannen ganó venció battu vinto wygrał wygrali`,
	actDie:  `died dies starb gestorben murió mort morto zmarł умер`,
	actSay: `said says told tells announced announces tweeted wrote confirmed reported reports denied warned blamed added demanded criticized criticised defended
		according spokesman spokeswoman statement interview interviewed sagte dijo déclaré detto powiedział сказал`,
}

// datedAct is a day that a telling states in its opening, and what was done on it.
type datedAct struct {
	day    news.Date
	stated stated
	act    act
	stems  map[string]bool // content words of the headline and of the sentence
}

// datedActs reads the days of a telling's opening sentences.
func datedActs(text string, toks []tok, a *news.Article) []datedAct {
	acts := newsActs()
	var out []datedAct
	sentence := 0
	for i := 0; i < len(toks); i++ {
		if toks[i].flags&tokFirst != 0 && i > 0 {
			if sentence++; sentence >= eventSentences {
				break
			}
		}
		s, ok := dateAt(toks, i)
		if !ok {
			continue
		}
		d := s.date(a.Published)
		future := a.Published.Known() && d.Time.After(a.Published.Time.Add(36*time.Hour))
		if d.Known() && !future && !otherTime(toks, i, s.end) && !publicationLine(toks, s) {
			done := actNone
			switch {
			case saidOn(toks, i) == saidNot:
				done = actNear(toks, i, s.end, acts)
			case saidOnArrival(toks, i):
				done = actMeet
			default:
				i = s.end - 1
				continue
			}
			out = append(out, datedAct{day: d, stated: s, act: done, stems: contentStems(a.Title + " " + sentenceAt(text, toks, i))})
		}
		i = s.end - 1
	}
	return out
}

// saidOnArrival says whether what was said on the day at token i was said at the door: "Arriving for the meeting, she said on Monday"
// dates the meeting, too.
func saidOnArrival(toks []tok, i int) bool {
	from := i
	for from > 0 && from > i-maxActBefore && toks[from].flags&tokFirst == 0 {
		from--
	}
	for k := from; k+1 < i; k++ {
		if w := toks[k].low; w != "arriving" && w != "arrived" || toks[k+1].low != "for" && toks[k+1].low != "at" {
			continue
		}
		for j := k + 2; j < min(i, k+6); j++ {
			if toks[j].has(classEvent) {
				return true
			}
		}
	}
	return false
}

// How far before and behind its day the verb of an act may stand.
const (
	maxActBefore = 30
	maxActBehind = 16
)

// actNear finds the act of the date at [i, end) in its sentence: the nearest before it ("met him on Monday and urged"), else the
// nearest behind it ("on Monday the two met"). What had happened is another act.
func actNear(toks []tok, i, end int, acts map[string]act) act {
	if toks[i].flags&tokFirst == 0 {
		for k := i - 1; k >= max(0, i-maxActBefore) && !toks[k].mark("."); k-- {
			if a := acts[toks[k].low]; a != actNone {
				return didNow(toks, 0, k, a)
			}
			if toks[k].flags&(tokPara|tokFirst) != 0 {
				break
			}
		}
	}
	for k := end; k < min(len(toks), end+maxActBehind) && toks[k].flags&tokFirst == 0; k++ {
		if a := acts[toks[k].low]; a != actNone {
			return didNow(toks, end, k, a)
		}
	}
	return actNone
}

// didNow is the act of the word at k, none when it is told of the past or of the future, or only said. Words before from do
// not speak of it.
func didNow(toks []tok, from, k int, a act) act {
	for j := k - 1; j >= max(from, k-3); j-- {
		switch toks[j].low {
		case "after", "before", "ahead", "following", "force", "forcing", "demanding", "seeking", "for", "to":
			return actNone
		}
	}
	if a == actSay || k > 0 && toks[k-1].low == "had" || k > 1 && toks[k-2].low == "had" && toks[k-1].low == "been" {
		return actNone
	}
	return a
}

// publicationLine says whether a date is the page's own: it opens the text, in full, and is in no sentence.
func publicationLine(toks []tok, s stated) bool {
	if !s.full() || s.at > 6 {
		return false
	}
	for k := range s.at {
		switch t := &toks[k]; {
		case k == s.at-1 && t.low == "on":
			return s.at > 1 && toks[0].low != "published" && toks[0].low != "posted" && toks[0].low != "updated"
		case !t.word() || t.capital():
		case t.low == "am" || t.low == "pm" || t.low == "on" || t.low == "at" || t.low == "updated":
		default:
			return false
		}
	}
	return true
}

// sentenceAt is the sentence that token i stands in.
func sentenceAt(text string, toks []tok, i int) string {
	from, to := i, i+1
	for from > 0 && toks[from].flags&tokFirst == 0 {
		from--
	}
	for to < len(toks) && toks[to].flags&tokFirst == 0 {
		to++
	}
	return text[toks[from].start:toks[to-1].end]
}

// daysOf are all days that a text names.
func daysOf(toks []tok, base news.Date) map[string]bool {
	days := make(map[string]bool)
	for i := range toks {
		if s, ok := dateAt(toks, i); ok {
			if d := s.date(base); d.Known() {
				days[d.String()] = true
				if s.day == 0 && s.weekday != 0 { // or the one to come
					days[news.Date{Time: d.Time.AddDate(0, 0, 7), DayOnly: true}.String()] = true
				}
			}
		}
	}
	return days
}

// maxDaysApart is how far two stated days may lie apart and still be meant for one event.
const maxDaysApart = 3 * 24 * time.Hour

// dateDisagreements finds tellings that put the same act on different days.
func dateDisagreements(ws []*witness) []news.Disagreement {
	days := make(map[string]bool)
	for i, w := range ws {
		for _, v := range ws[i+1:] {
			if w.report == v.report {
				continue
			}
			if a, b, ok := contradictDays(w, v); ok {
				days[a.String()], days[b.String()] = true, true
			}
		}
	}
	if len(days) == 0 {
		return nil
	}
	value := func(w *witness) string {
		for _, a := range w.acts {
			if s := a.day.String(); days[s] {
				return s
			}
		}
		return ""
	}
	return []news.Disagreement{{Kind: "date", About: "When it happened", Sides: sides(ws, value)}}
}

// contradictDays finds the days that two tellings give one act, when surely only one of them can be right.
func contradictDays(w, v *witness) (news.Date, news.Date, bool) {
	for _, a := range w.acts {
		for _, b := range v.acts {
			if a.act != actNone && b.act != actNone && a.day.Time.Equal(b.day.Time) {
				return a.day, b.day, false // on one they agree
			}
		}
	}
	for _, a := range w.acts {
		for _, b := range v.acts {
			if a.day.Time.Sub(b.day.Time).Abs() > maxDaysApart || a.stated.day == 0 && b.stated.day == 0 && a.stated.weekday != 0 && a.stated.weekday == b.stated.weekday {
				continue
			}
			if misprinted(a, b) || misprinted(b, a) || sameAct(w, v, a, b) {
				return a.day, b.day, true
			}
		}
	}
	return news.Date{}, news.Date{}, false
}

// misprinted says whether a's calendar day is no such weekday as it says, and b has that weekday.
func misprinted(a, b datedAct) bool {
	return a.stated.day != 0 && a.stated.weekday != 0 && weekdayOf(a.day) != a.stated.weekday && weekdayOf(b.day) == a.stated.weekday
}

func weekdayOf(d news.Date) int { return (int(d.Time.Weekday())+6)%7 + 1 }

// sameAct says whether a and b are one act in two tellings. Who names the other's day, too, may tell of an event of two days; a
// calendar day that is printed in full is meant.
func sameAct(w, v *witness, a, b datedAct) bool {
	if !a.act.fits(b.act) || w.days[b.day.String()] && b.stated.day == 0 || v.days[a.day.String()] && a.stated.day == 0 {
		return false
	}
	shared := 0
	for s := range a.stems {
		if b.stems[s] {
			shared++
		}
	}
	// Each may tell of its own day: what happened then, and what came next.
	if w.a.Published.Known() && v.a.Published.Known() && daysBehind(w, a) == daysBehind(v, b) {
		return shared >= 5
	}
	return shared >= 1
}

// fits says whether two acts can be one: those who meet, agree and decide on the same day.
func (a act) fits(b act) bool {
	if a == actNone || b == actNone {
		return false
	}
	of := func(x act) bool { return x == actMeet || x == actDecide || x == actSign }
	return a == b || of(a) && of(b)
}

// daysBehind is how many days after an act its telling was published.
func daysBehind(w *witness, a datedAct) int {
	y, m, d := w.a.Published.Time.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(a.day.Time) / (24 * time.Hour))
}

// newsActs are the words of actWords, folded as tokens are.
func newsActs() map[string]act { return newsWords().acts }

// foldActs makes the table of newsActs; a word of two acts is the first's.
func foldActs() map[string]act {
	out := make(map[string]act)
	for _, a := range []act{actMeet, actDecide, actHit, actSign, actPlay, actDie, actSay} {
		for w := range strings.FieldsSeq(actWords[a]) {
			w = foldToken(w)
			if _, ok := out[w]; !ok {
				out[w] = a
			}
		}
	}
	return out
}
