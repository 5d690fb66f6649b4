// Package lives generates what may happen to the feeds behind a topic: events told by several outlets, early, late and
// again; articles edited, retold, copied, vanishing and coming back; feeds that fail; people who merge, split, pin and
// drop; restarts; clocks that step. A life is a pure function of its seed, so a fault found in one can be found again.
package lives

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"wirefold/internal/news"
)

// Options choose a life.
type Options struct {
	Seed    uint64
	Outlets int
	Start   time.Time
	// PerHour is how many new events begin in an hour, on average.
	PerHour float64
	// Pace multiplies how often things go wrong or are changed; 0 counts as 1.
	Pace float64
}

// Life is one generated history. It is not safe for concurrent use.
type Life struct {
	rand    *rand.Rand
	opts    Options
	outlets []*outlet
	events  []*event
	plan    []planned
	rules   []rule
	now     time.Time     // true time
	skew    time.Duration // what the machine's clock is off
	Counts  Counts
}

// Counts say what has happened in a life so far: what significant changes are measured against.
type Counts struct {
	Refreshes, Events, Articles, Copies, Edits, Retold, Vanished, Failures, Rulings, Restarts, ClockSteps, Bridges int
}

// Moment is one refresh: what the machine's clock says, what each outlet serves, which corrections stand.
type Moment struct {
	At          time.Time
	Answers     map[news.FeedID]Answer
	Corrections []news.Correction
	// Restart says that the process ended since the last refresh.
	Restart bool
}

// Answer is what an outlet serves. Status 0 means that nobody answers; a body may be cut.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte
}

// planned is an article that will be published.
type planned struct {
	at     time.Time
	event  *event
	outlet *outlet
	style  int
}

// rule is a correction that stands until it is taken back.
type rule struct {
	c     news.Correction
	until time.Time
}

// New begins a life. Nothing has happened yet.
func New(o Options) *Life {
	if o.Pace == 0 {
		o.Pace = 1
	}
	l := &Life{rand: rand.New(rand.NewPCG(o.Seed, 0x57495245464f4c44)), opts: o, now: o.Start}
	for i := range o.Outlets {
		l.outlets = append(l.outlets, newOutlet(i))
	}
	return l
}

// Feeds are the outlets' feeds, as feeds.yaml would list them.
func (l *Life) Feeds() []news.Feed {
	var out []news.Feed
	for _, o := range l.outlets {
		out = append(out, news.Feed{ID: o.id, URL: o.url(), Outlet: o.name, Enabled: true, Interval: time.Minute})
	}
	return out
}

// Next goes on to the next refresh, 5 to 70 minutes later, and tells what it meets.
func (l *Life) Next() Moment {
	step := time.Duration(5+l.rand.IntN(66)) * time.Minute
	l.now = l.now.Add(step)
	l.Counts.Refreshes++
	l.begin(step)
	l.publish()
	l.change()
	l.correct()
	m := Moment{At: l.clock(), Answers: map[news.FeedID]Answer{}, Restart: l.mishap(0.04)}
	if m.Restart {
		l.Counts.Restarts++
	}
	for _, o := range l.outlets {
		m.Answers[o.id] = l.answer(o)
	}
	for _, r := range l.rules {
		m.Corrections = append(m.Corrections, r.c)
	}
	return m
}

// Now is the true time, whatever the machine's clock says.
func (l *Life) Now() time.Time { return l.now }

func (l *Life) chance(p float64) bool { return l.rand.Float64() < p }

// mishap is a chance that the pace of the life multiplies.
func (l *Life) mishap(p float64) bool { return l.chance(p * l.opts.Pace) }

// clock steps now and then: set back by up to a day or ahead by up to two, and right again some refreshes later.
func (l *Life) clock() time.Time {
	switch {
	case l.skew != 0 && l.chance(0.2):
		l.skew = 0
		l.Counts.ClockSteps++
	case l.skew == 0 && l.mishap(0.01):
		l.skew = time.Duration(l.rand.IntN(72*60)-24*60) * time.Minute
		l.Counts.ClockSteps++
	}
	return l.now.Add(l.skew)
}

// begin lets events happen, and plans who tells them when: most within hours, some days later, a few after a fortnight.
func (l *Life) begin(step time.Duration) {
	for n := step.Hours() * l.opts.PerHour; n > 0; n-- {
		if n < 1 && !l.chance(n) {
			return
		}
		e := newEvent(l.rand, len(l.events), l.now)
		l.events = append(l.events, e)
		l.Counts.Events++
		tellers := 1 + l.rand.IntN(min(4, len(l.outlets)))
		for i, k := range l.rand.Perm(len(l.outlets))[:tellers] {
			delay := time.Duration(l.rand.IntN(8*60)) * time.Minute
			switch {
			case i == 0:
				delay = 0
			case l.chance(0.15):
				delay += time.Duration(l.rand.IntN(6*24)) * time.Hour
			case l.chance(0.03):
				delay += 15 * 24 * time.Hour
			}
			l.plan = append(l.plan, planned{at: l.now.Add(delay), event: e, outlet: l.outlets[k], style: i})
		}
	}
}

// publish puts planned articles that are due into their feeds.
func (l *Life) publish() {
	slices.SortStableFunc(l.plan, func(a, b planned) int { return a.at.Compare(b.at) })
	n := 0
	for n < len(l.plan) && !l.plan[n].at.After(l.now) {
		n++
	}
	for _, p := range l.plan[:n] {
		a := p.outlet.tell(l.rand, p.event, p.style, p.at)
		if first := p.event.articles; len(first) > 0 && l.chance(0.2) {
			a.title, a.body, a.copied = first[0].title, first[0].body, true
			l.Counts.Copies++
		}
		p.event.articles = append(p.event.articles, a)
		l.Counts.Articles++
	}
	l.plan = slices.Delete(l.plan, 0, n)
}

// change edits, retells, hides and brings back what stands in the feeds.
func (l *Life) change() {
	for _, o := range l.outlets {
		for _, a := range o.shown() {
			switch {
			case a.hidden:
				if l.chance(0.1) {
					a.hidden = false
				}
			case l.mishap(0.004):
				a.hidden = true
				l.Counts.Vanished++
			case l.mishap(0.01):
				a.edit(l.rand, l.now)
				l.Counts.Edits++
			case l.mishap(0.002) && len(l.events) > 1:
				l.retell(a)
			}
		}
	}
}

// retell makes an article one about another event, or about two events at once, or about its own again: what makes
// stories lose members, merge and split without anybody's correction.
func (l *Life) retell(a *article) {
	other := l.events[max(0, len(l.events)-1-l.rand.IntN(min(20, len(l.events))))]
	switch {
	case a.bridge != nil:
		a.bridge = nil
	case l.chance(0.5):
		a.bridge = other
		l.Counts.Bridges++
	default:
		a.event = other
		a.rewrite(l.rand)
		l.Counts.Retold++
	}
	a.updated = l.now
}

// correct lets a human decide: rarely, mostly for a while, always about articles that the feeds have brought.
func (l *Life) correct() {
	l.rules = slices.DeleteFunc(l.rules, func(r rule) bool { return r.until.Before(l.now) })
	if !l.mishap(0.02) {
		return
	}
	a, b := l.pick(), l.pick()
	if a == nil || b == nil || a == b {
		return
	}
	c := news.Correction{Articles: []string{a.link}, Origin: "file"}
	switch l.rand.IntN(6) {
	case 0, 1:
		c.Op, c.Articles = news.OpMerge, []string{a.link, b.link}
	case 2, 3:
		c.Op, c.Articles = news.OpSplit, []string{a.link, b.link}
		if mates := a.event.articles; len(mates) > 1 {
			c.Articles[1] = mates[(slices.Index(mates, a)+1)%len(mates)].link
		}
		if c.Articles[0] == c.Articles[1] {
			return
		}
	case 4:
		c.Op, c.Headline = news.OpPin, fmt.Sprintf("Corrected headline %d", l.Counts.Rulings)
	case 5:
		c.Op = news.OpDrop
	}
	for _, r := range l.rules {
		if r.c.Op == c.Op && slices.Equal(r.c.Articles, c.Articles) {
			return
		}
	}
	l.Counts.Rulings++
	l.rules = append(l.rules, rule{c: c, until: l.now.Add(time.Duration(1+l.rand.IntN(20*24)) * time.Hour)})
}

// pick is an article of the last events.
func (l *Life) pick() *article {
	for range 10 {
		if len(l.events) == 0 {
			return nil
		}
		e := l.events[max(0, len(l.events)-1-l.rand.IntN(30))]
		if n := len(e.articles); n > 0 {
			return e.articles[l.rand.IntN(n)]
		}
	}
	return nil
}

// answer is what an outlet serves now: its feed, or a failure that lasts for some refreshes.
func (l *Life) answer(o *outlet) Answer {
	if o.down > 0 {
		o.down--
	} else if l.mishap(0.015) {
		o.down, o.how = 1+l.rand.IntN(6), l.rand.IntN(4)
		l.Counts.Failures++
	}
	body := o.document(l.now)
	if o.down == 0 {
		return Answer{200, o.contentType(), body}
	}
	switch o.how {
	case 0:
		return Answer{}
	case 1:
		return Answer{503, "text/html", []byte("<html><body>Service unavailable</body></html>")}
	case 2:
		return Answer{200, o.contentType(), body[:len(body)*2/3]}
	}
	return Answer{200, "text/html", []byte("<html><body>Welcome to the hotel. Please log in.</body></html>")}
}
