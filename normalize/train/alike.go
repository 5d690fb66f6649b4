package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Many feeds say one thing again and again, each time of something else: a hole in another library, the quarter of another firm, the result of another match. In
// the labelled sets who uses the same words copies from the other, and a model that learned from those alone makes one story of all of it. So labelled articles are
// also learned from as look-alikes: the same notes with other names and numbers are other events.

// alikeShare are the files that are learned from so, and of how many events one is taken.
var alikeShare = map[string]uint32{"ecbplus": 1, "allsides2021_rss": 2, "allsides_full": 6}

// alikeWeight is that of each set: with half of the weight of towns the labelled sets are grouped as well as without.
var alikeWeight = both(0.15)

const (
	mostAlike = 6  // look-alikes of one event, itself among them
	weekAlike = 18 // events of one week, about
	toldAlike = 3  // articles of one look-alike
)

// alike makes look-alikes of every n-th event.
func alike(ls []line, n uint32) []line {
	changing := changingIn(ls)
	told := map[string][]line{}
	var events []string
	for _, l := range ls {
		if mix(eventHash("alike"+l.Event))%n != 0 {
			continue
		}
		if told[l.Event] == nil {
			events = append(events, l.Event)
		}
		if len(told[l.Event]) < toldAlike {
			told[l.Event] = append(told[l.Event], l)
		}
	}
	var out []line
	week, room := uint32(0), 0
	for _, e := range events {
		if room <= 0 {
			week++
			room = 2 + int(mix(week+77)%weekAlike)
		}
		many := 1 + int(mix(eventHash("many"+e))%mostAlike)
		room -= many
		for k := range many {
			for _, l := range told[e] {
				out = append(out, alikeFrom(l, changing, k, week))
			}
		}
	}
	return out
}

// alikeOf parts the label of a look-alike from that of the event that it was made of.
const alikeOf = "\x1f"

// labelled is the event of the labelled articles that an event was made of: mostly itself.
func labelled(event string) string {
	e, _, _ := strings.Cut(event, alikeOf)
	return e
}

// alikeFrom is an article cut short and, but for the first look-alike, with other names, rare words and numbers. One of three stays.
func alikeFrom(l line, changing vocabulary, k int, week uint32) line {
	h := mix(eventHash("alike" + l.ID))
	event := fmt.Sprint(l.Event, alikeOf, k)
	other := func(ws []string) string {
		out := make([]string, len(ws))
		for i, w := range ws {
			out[i] = otherWord(w, changing, l.Event, k)
		}
		return strings.Join(out, " ")
	}
	day := time.Date(2025, 3, 1+20*int(week), 6+int(mix(h)%14), 0, 0, 0, time.UTC).AddDate(0, 0, int(mix(eventHash("day"+event))%3)+delay(event, l.ID))
	out := line{ID: fmt.Sprint(l.ID, " ", k), Title: other(strings.Fields(headlineOf(l))), Text: other(firstWords(l, h>>8)), Published: day.Format(time.RFC3339), Lang: l.Lang, Event: event}
	if week%5 == 4 {
		out.Published = ""
	}
	return out
}

// otherWord is what the k-th look-alike of an event says for a word.
func otherWord(w string, changing vocabulary, event string, k int) string {
	start := strings.IndexFunc(w, isWordRune)
	if k == 0 || start < 0 {
		return w
	}
	end := start + len(w[start:])
	if i := strings.IndexFunc(w[start:], func(r rune) bool { return !isWordRune(r) }); i >= 0 {
		end = start + i
	}
	core := w[start:end]
	of := fmt.Sprint(event, "/", strings.ToLower(core))
	switch h := mix(eventHash(fmt.Sprint(of, "/", k))); {
	case isNumber(core) && len(core) != 4:
		n := 1
		for range len(core) - 1 {
			n *= 10
		}
		return w[:start] + fmt.Sprint(n+int(h>>1)%(9*n)) + w[end:]
	case !changing.words[strings.ToLower(core)] || mix(eventHash(of))%3 == 0:
	case unicode.IsUpper([]rune(core)[0]):
		name := madeName(of, k)
		if k%2 == 0 && len(changing.names) > 0 {
			name = changing.names[h>>4%uint32(len(changing.names))]
		}
		return w[:start] + name + w[end:]
	default:
		return w[:start] + strings.ToLower(madeName(of, k)) + w[end:]
	}
	return w
}

// vocabulary is what others say in look-alikes: the words that change, in small letters, and the names among them, which every second look-alike has instead of
// made-up ones, because where streets are called after trees it is no rare word that differs.
type vocabulary struct {
	words map[string]bool
	names []string
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isNumber(s string) bool {
	return len(s) < 7 && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) || r > 127 }) < 0
}

// keptWords are those with a capital that are no names.
const keptWords = `monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december
	mr mrs ms dr president minister i`

// changingIn are the words, in small letters, that are others in look-alikes: names, which are nearly always written with a capital within sentences, and half of the words
// that one event alone has.
func changingIn(ls []line) vocabulary {
	upper, lower := map[string]int{}, map[string]int{}
	in := map[string]string{} // the only event of a word
	for _, l := range ls {
		open := true
		for _, w := range strings.Fields(l.Title + ". " + l.Text) {
			core := strings.TrimFunc(w, func(r rune) bool { return !isWordRune(r) })
			small := strings.ToLower(core)
			if core != "" && !open {
				if unicode.IsUpper([]rune(core)[0]) {
					upper[small]++
				} else {
					lower[small]++
				}
			}
			if e, ok := in[small]; ok && e != l.Event {
				in[small] = ""
			} else {
				in[small] = l.Event
			}
			open = strings.ContainsAny(w, ".!?:\"”“")
		}
	}
	out := map[string]bool{}
	var names []string
	for w := range strings.FieldsSeq(keptWords) {
		delete(upper, w)
	}
	for w, n := range upper {
		if out[w] = n >= 4*lower[w]; out[w] && len(w) > 2 && n > 2 {
			names = append(names, strings.ToUpper(w[:1])+w[1:])
		}
	}
	slices.Sort(names)
	for w, n := range lower {
		if n > upper[w] && in[w] != "" && len(w) > 3 && mix(eventHash(w))%2 == 0 {
			out[w] = true
		}
	}
	return vocabulary{out, names}
}
