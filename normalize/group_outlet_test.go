package normalize

import (
	"fmt"
	"strings"
	"testing"

	"wirefold/internal/news"
)

// outletWords are what outlets put around all they publish.
var outletWords = []string{
	"Never miss a story: turn on notifications in our app. Copyright 2026 Valley Media Group, Springfield. Reuse needs permission.",
	"Dear reader, good reporting costs money. Give five dollars a month to The Harbour Post and keep our newsroom in Portland open. Editor: Lucia Fermi.",
	"Watch more on our channel and hit the bell. Support us on Patreon. Sponsors: NordVPN, Squarespace. Business inquiries: hello@tvnord.example. Chapters: 0:00 Start 0:45 News",
	"Diesen Artikel weiterlesen mit Kurier Plus. Jetzt vier Wochen kostenlos testen. Alle Rechte vorbehalten. Verlag Hansen, Flensburg.",
	"Le reste de cet article est réservé à nos abonnés. Déjà abonné ? Connectez-vous. Le Courrier du Sud, Toulouse.",
	"[Read full story]",
}

// manyTowns has one for each of townNotes.
var manyTowns = strings.Fields("Leeds Karachi Boston Marnwick Oslo Lyon Perth Tampa Graz Turin Split Cork Derry Ghent Basel Varna")

// outletNews are the notes of a day, each of another town, with the words of an outlet below each: those of the first below the first tellings, those of the second below
// the second. An empty second is no second telling.
func outletNews(t *testing.T, first, second string, say bool) (as []news.Article, events []string) {
	for e, note := range townNotes {
		for k, words := range []string{first, second} {
			if words == "" {
				continue
			}
			published, err := news.ParseDate(fmt.Sprintf("2026-01-10T%02d:00:00Z", 6+2*k+e%12))
			if err != nil {
				t.Fatal(err)
			}
			title, text := strings.ReplaceAll(note[k][0], "#", manyTowns[e]), words
			if say {
				text = strings.ReplaceAll(note[k][1], "#", manyTowns[e]) + " " + words
			}
			as = append(as, news.Article{Key: news.ArticleKey(fmt.Sprintf("%02d%c", e, 'a'+k)), Title: title, Headline: title, Text: text, Published: published})
			events = append(events, fmt.Sprint(e))
		}
	}
	return as, events
}

// apart counts, of some articles, the events that are with another one and those that are not one story.
func apart(as []news.Article, events []string) (joined, torn int) {
	stories := map[string]int{}
	for _, p := range Load().Partition(as, nil) {
		here := map[string]bool{}
		for _, i := range p {
			here[events[i]] = true
		}
		joined += len(here) - 1
		for e := range here {
			stories[e]++
		}
	}
	for _, n := range stories {
		if n > 1 {
			torn++
		}
	}
	return joined, torn
}

// What an outlet writes below all of its items is nothing that they tell: with it, too, unlike events stay apart, and what two outlets tell comes together.
func TestWhatAnOutletAddsIsNotTold(t *testing.T) {
	joined, torn := 0, 0
	count := func(what string, as []news.Article, events []string) {
		j, n := apart(as, events)
		if j+n > 0 {
			t.Logf("%s: %d with another, %d torn", what, j, n)
		}
		joined, torn = joined+j, torn+n
	}
	for i, words := range outletWords {
		as, events := outletNews(t, words, "", true)
		count(fmt.Sprint("one outlet ", i), as, events)
		as, events = outletNews(t, words, "", false)
		count(fmt.Sprint("headlines of an outlet ", i), as, events)
		as, events = outletNews(t, words, outletWords[(i+1)%len(outletWords)], true)
		count(fmt.Sprint("two outlets ", i), as, events)
	}
	// Before, 73 were with another, and 67 of the 96 that are told twice were torn.
	if of := 3 * len(outletWords) * len(townNotes); joined > of/24 || torn > of/24 {
		t.Errorf("of %d events, %d are with another and %d are torn", of, joined, torn)
	}
}

// advisories say the same of other programs and other holes: name, number, version, hole, where.
var advisories = strings.Split(`libpng|6482|1.6.53|heap overflow|PNG images
OpenSSH|6391|10.2|race condition|signals
nginx|6377|1.29.4|request smuggling|headers
Redis|6519|8.2.4|use after free|Lua scripts
Grafana|6533|12.3.1|path traversal|plugins
curl|6540|8.18|buffer overread|cookies
sudo|6555|1.9.18|privilege escalation|the host option
Jenkins|6571|2.541|deserialization|remoting
xz|6580|5.8.3|integer overflow|filters
ImageMagick|6602|7.1.2|heap overflow|SVG images`, "\n")

// Notes in the same words about other things stay apart, and two outlets' notes of one thing come together.
func TestLookAlikesStayApart(t *testing.T) {
	var as []news.Article
	var events []string
	for i, line := range advisories {
		f := strings.Split(line, "|")
		fill := strings.NewReplacer("{name}", f[0], "{id}", f[1], "{version}", f[2], "{hole}", f[3], "{where}", f[4], "{n}", fmt.Sprint(6010+i))
		for k, note := range [2][2]string{
			{"CVE-2026-{id}: {hole} in {name}", "{name} before {version} has a {hole} in its handling of {where}. An attacker could run code."},
			{"DSA-{n}-1 {name} security update", "A {hole} was found in the way {name} handles {where} (CVE-2026-{id}). For the stable distribution this is fixed in version {version}. We recommend that you upgrade your {name} packages."},
		} {
			published, err := news.ParseDate(fmt.Sprintf("2026-02-10T%02d:00:00Z", 6+(3*i+2*k)%15))
			if err != nil {
				t.Fatal(err)
			}
			title := fill.Replace(note[0])
			as = append(as, news.Article{Key: news.ArticleKey(fmt.Sprintf("%02d%c", i, 'a'+k)), Title: title, Headline: title, Text: fill.Replace(note[1]), Published: published})
			events = append(events, fmt.Sprint(i))
		}
	}
	// Before, sixteen were with another, and all were torn.
	if joined, torn := apart(as, events); joined > 1 || torn > 2 {
		t.Errorf("of %d advisories, %d are with another and %d are torn", len(advisories), joined, torn)
	}
}
