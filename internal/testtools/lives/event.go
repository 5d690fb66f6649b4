package lives

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// event is something that happened, told by articles in different words.
type event struct {
	n        int
	at       time.Time
	actor    string
	role     string
	guest    string
	guestOf  string
	city     string
	matter   string
	toll     int
	aside    string // a sentence in words of its own
	articles []*article
}

var (
	onsets  = strings.Fields("Bar Dor Kel Mar Nav Ost Per Rin Sal Tor Ulm Vas Wel Yor Zan Bel Cor Fal Gar Hol")
	middles = strings.Fields("a e i o u an el ir on us")
	codas   = strings.Fields("dek lin mov nas rim sky tan ver wicz zon berg dal ford gard holm")
	given   = strings.Fields("Anna Boris Carla Dmitri Elena Farid Greta Hassan Ines Jonas Karin Luis Mira Nadir Olga Pavel Rosa Samir Tilda Viktor")
	cities  = strings.Fields("Lisbon Oslo Vienna Nairobi Lima Hanoi Tallinn Riga Dublin Prague Ankara Amman Accra Quito Manila Seoul Bern Zagreb Sofia Tunis")
	lands   = strings.Fields("Norway Portugal Kenya Peru Vietnam Estonia Latvia Ireland Turkey Jordan Ghana Ecuador Croatia Bulgaria Tunisia Austria")
	roles   = []string{"Interior Minister", "Foreign Minister", "Energy Commissioner", "Central Bank Governor", "Health Secretary", "Transport Minister"}
	matters = []string{
		"a gas pipeline under the strait", "fishing quotas for herring", "the return of asylum seekers", "a vaccine plant",
		"a high-speed rail line", "steel tariffs", "the extradition of two bankers", "satellite frequencies", "a flood defence fund",
		"wheat shipments", "the border crossing at the old bridge", "cable theft on the seabed", "visa rules for nurses", "a wind park",
	}
)

func name(r *rand.Rand) string {
	return pick(r, given) + " " + pick(r, onsets) + pick(r, middles) + pick(r, codas)
}

func pick(r *rand.Rand, words []string) string { return words[r.IntN(len(words))] }

func newEvent(r *rand.Rand, n int, at time.Time) *event {
	return &event{
		n: n, at: at, actor: name(r), role: pick(r, roles), guest: name(r), guestOf: pick(r, lands), city: pick(r, cities),
		matter: pick(r, matters), toll: 2 + r.IntN(90), aside: babble(r),
	}
}

// babble is a sentence of invented words, so that two events share no more than their kind.
func babble(r *rand.Rand) string {
	var words []string
	for range 12 {
		words = append(words, strings.ToLower(pick(r, onsets))+pick(r, middles)+pick(r, codas))
	}
	words[0] = strings.ToUpper(words[0][:1]) + words[0][1:]
	return strings.Join(words, " ") + "."
}

// Marker is the file number that the n-th event carries in every telling, so that a test can group without a model.
func Marker(n int) string { return fmt.Sprintf("file WF%dX", n) }

// words tells the event in one of four styles.
func (e *event) words(r *rand.Rand, style int) (title, body string) {
	last := e.guest[strings.LastIndex(e.guest, " ")+1:]
	day := e.at.Format("2 January 2006")
	switch style % 4 {
	case 0:
		title = fmt.Sprintf("%s, %s discuss %s in %s", e.actor, last, e.matter, e.city)
		body = fmt.Sprintf("%s: %s %s met %s of %s in %s on %s to discuss %s. The two sides agreed on %d points.",
			strings.ToUpper(e.city), e.role, e.actor, e.guest, e.guestOf, e.city, day, e.matter, e.toll)
	case 1:
		title = fmt.Sprintf("%s envoy %s holds talks on %s", e.guestOf, e.guest, e.matter)
		body = fmt.Sprintf("Talks on %s took place in %s on %s between %s, who represents %s, and the host, %s %s. Officials spoke of %d open points.",
			e.matter, e.city, day, e.guest, e.guestOf, e.role, e.actor, e.toll)
	case 2:
		title = fmt.Sprintf("%s hosts %s delegation", e.city, e.guestOf)
		body = fmt.Sprintf("A delegation from %s led by %s arrived in %s, where %s %s received it on %s. On the table: %s, and %d points of a joint paper.",
			e.guestOf, e.guest, e.city, e.role, e.actor, day, e.matter, e.toll)
	default:
		title = fmt.Sprintf("What %s and %s agreed on %s", e.actor, e.guest, e.matter)
		body = fmt.Sprintf("%s %s and %s's %s closed their meeting in %s on %s. A statement on %s lists %d points.",
			e.role, e.actor, e.guestOf, e.guest, e.city, day, e.matter, e.toll)
	}
	return title, body + "\n\n" + e.aside + " (" + Marker(e.n) + ")"
}

// article is one telling in an outlet's feed.
type article struct {
	outlet    *outlet
	event     *event
	bridge    *event // a second event that it tells as well
	style     int
	guid      string
	link      string
	title     string
	body      string
	published time.Time // zero: the outlet does not say
	updated   time.Time
	hidden    bool
	copied    bool
}

func (a *article) rewrite(r *rand.Rand) { a.title, a.body = a.event.words(r, a.style) }

// text is the body with what it tells of a second event.
func (a *article) text() string {
	if a.bridge == nil {
		return a.body
	}
	b := a.bridge
	return a.body + fmt.Sprintf("\n\nThe meeting continued the one of %s %s with %s in %s on %s; its papers are kept as %s.",
		b.role, b.actor, b.guest, b.city, b.matter, Marker(b.n))
}

// edit is what editors do: a corrected figure, another paragraph, another headline, a typo mended.
func (a *article) edit(r *rand.Rand, now time.Time) {
	switch r.IntN(4) {
	case 0:
		old := fmt.Sprintf("%d ", a.event.toll)
		a.event.toll += 1 + r.IntN(5)
		a.body = strings.Replace(a.body, old, fmt.Sprintf("%d ", a.event.toll), 1)
	case 1:
		a.body += "\n\nUpdate: " + pick(r, []string{"a spokesman confirmed the agreement", "the opposition asked for details", "the text was published"}) + "."
	case 2:
		a.title = "Update: " + strings.TrimPrefix(a.title, "Update: ")
	case 3:
		a.body = strings.Replace(a.body, " on ", "  on ", 1)
	}
	a.updated = now
}
