package readers

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// good is an entry as it should be.
func good(id string) Item {
	return Item{
		ID: "tag:example.org,2026:story/" + id, Link: "https://example.org/stories/" + id + "/", Title: "Title " + id,
		Author: "An outlet", Content: "<p>Body of " + id + "</p>", Published: day, Updated: day,
		Members: []string{"https://outlet.example/" + id},
	}
}

// feed writes the three formats of a feed by hand: these tests must not lean on our own publisher.
func feed(updated time.Time, deleted []string, items ...Item) map[Format][]byte {
	return map[Format][]byte{Atom: atomFeed(updated, deleted, items), RSS: rssFeed(updated, items), JSON: jsonFeed(deleted, items)}
}

func atomFeed(updated time.Time, deleted []string, items []Item) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"><id>tag:example.org,2026:topic/t</id><title>T</title><updated>%s</updated><link rel="self" href="https://example.org/feed.atom"/>`, stamp(updated))
	for _, id := range deleted {
		fmt.Fprintf(&b, `<at:deleted-entry ref="%s" when="%s"/>`, id, stamp(updated))
	}
	for _, it := range items {
		fmt.Fprintf(&b, `<entry><id>%s</id><title>%s</title><link href="%s"/><author><name>%s</name></author><published>%s</published><updated>%s</updated><content type="html">%s</content>`,
			it.ID, html.EscapeString(it.Title), it.Link, it.Author, stamp(it.Published), stamp(it.Updated), html.EscapeString(it.Content))
		for _, m := range it.Members {
			fmt.Fprintf(&b, `<link rel="related" href="%s"/>`, m)
		}
		b.WriteString(`</entry>`)
	}
	b.WriteString(`</feed>`)
	return []byte(b.String())
}

func rssFeed(updated time.Time, items []Item) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>T</title><link>https://example.org/</link><description>d</description><lastBuildDate>%s</lastBuildDate>`, updated.Format(time.RFC1123Z))
	for _, it := range items {
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">%s</guid><title>%s</title><link>%s</link><pubDate>%s</pubDate><description>%s</description></item>`,
			it.ID, html.EscapeString(it.Title), it.Link, it.Published.Format(time.RFC1123Z), html.EscapeString(it.Content))
	}
	b.WriteString(`</channel></rss>`)
	return []byte(b.String())
}

func jsonFeed(deleted []string, items []Item) []byte {
	type m map[string]any
	list := []m{}
	for _, it := range items {
		tellings := []m{}
		for _, u := range it.Members {
			tellings = append(tellings, m{"url": u})
		}
		own := m{"tellings": tellings, "reports": it.Reports}
		if it.Ended {
			own["state"] = "merged"
		}
		list = append(list, m{"id": it.ID, "url": it.Link, "title": it.Title, "content_html": it.Content, "date_published": it.Published,
			"date_modified": it.Updated, "authors": []m{{"name": it.Author}}, "_wirefold": own})
	}
	gone := []m{}
	for _, id := range deleted {
		gone = append(gone, m{"id": id, "when": day})
	}
	b, err := json.Marshal(m{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": list, "_wirefold": m{"deleted": gone}})
	if err != nil {
		panic(err) // the maps above are always marshalable
	}
	return b
}

func topicEdition(name string, bodies map[Format][]byte) Edition {
	base := "https://example.org/topics/" + name + "/feed."
	return Edition{Feed: name, Site: "example.org", Ours: true, Bodies: bodies,
		URLs: map[Format]string{Atom: base + "atom", RSS: base + "rss", JSON: base + "json"}}
}

// show plays editions of one feed an hour apart in front of all readers.
func show(t *testing.T, editions ...map[Format][]byte) *Panel {
	t.Helper()
	p := NewPanel(Rules())
	for i, e := range editions {
		if err := p.Show(day.Add(time.Duration(i)*time.Hour), topicEdition("t", e)); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func with(it Item, change func(*Item)) Item {
	change(&it)
	return it
}

func TestThereAreThirteenReaders(t *testing.T) {
	if n := len(Rules()); n != 13 {
		t.Errorf("%d rules, want 13", n)
	}
}

func TestAnUnchangedFeedIsQuietForAll(t *testing.T) {
	e := feed(day, nil, good("b"), good("a"))
	p := show(t, e, e, e)
	if p.Bars() != (Bars{}) || len(p.Lost("t", p.Watch("t").IDs())) > 0 {
		t.Errorf("an unchanged feed disturbs: %+v\n%s", p.Bars(), strings.Join(p.Faults(), "\n"))
	}
	for name, s := range p.suffers {
		if s.New == 0 || s.Again > 0 {
			t.Errorf("%s showed %d new items and %d again", name, s.New, s.Again)
		}
	}
}

// Each reader's rule must catch the mistake that it is there for, and only readers with that rule may complain.
func TestEachReaderCatchesItsMistake(t *testing.T) {
	later := day.Add(time.Hour)
	text := func(it *Item) { it.Content += " and a word" }
	long := func(it *Item) { it.Content += "<p>" + strings.Repeat("more ", 20) + "</p>" }
	tests := []struct {
		name    string
		a, b    Item
		phantom []string // readers that show the item again without cause
		twice   []string
	}{
		{"a word changes, updated stands still", good("a"), with(good("a"), text), []string{"FreshRSS", "RSSGuard", "tt-rss"}, nil},
		{"the body grows, updated stands still", good("a"), with(good("a"), long), []string{"Feedbin", "FreshRSS", "RSSGuard", "tt-rss"}, nil},
		{"the link changes", good("a"), with(good("a"), func(it *Item) { it.Link += "?x" }), []string{"FreshRSS", "tt-rss"}, nil},
		{"published moves", good("a"), with(good("a"), func(it *Item) { it.Published = later }), []string{"RSSGuard"}, nil},
		{"the id is an address and updated steps",
			with(good("a"), func(it *Item) { it.ID = "https://example.org/a" }),
			with(good("a"), func(it *Item) { it.ID = "https://example.org/a"; it.Updated = later; text(it) }),
			nil, []string{"yarr"}},
		{"updated steps with the body", good("a"), with(good("a"), func(it *Item) { it.Updated = later; long(it) }), nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := show(t, feed(day, nil, tt.a), feed(later, nil, tt.b))
			var phantom, twice []string
			for _, r := range Rules() {
				s := p.suffers[r.Name]
				if s.Phantom > 0 {
					phantom = append(phantom, r.Name)
				}
				if s.Twice > 0 {
					twice = append(twice, r.Name)
				}
			}
			if !sameSet(phantom, tt.phantom) || !sameSet(twice, tt.twice) {
				t.Errorf("unread without cause in %v, twice in %v; want %v and %v", phantom, twice, tt.phantom, tt.twice)
			}
		})
	}
}

func sameSet(a, b []string) bool {
	m := map[string]int{}
	for _, s := range a {
		m[s]++
	}
	for _, s := range b {
		m[s]--
	}
	for _, n := range m {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestAnOutletsGUIDIsSwallowedByReadersWithOneNamespace(t *testing.T) {
	p := NewPanel(Rules())
	theirs := Edition{Feed: "outlet", Site: "outlet.example", Bodies: feed(day, nil, with(good("a"), func(it *Item) { it.ID = "guid-7" })),
		URLs: map[Format]string{Atom: "https://outlet.example/feed", RSS: "https://outlet.example/rss", JSON: "https://outlet.example/json"}}
	ours := topicEdition("t", feed(day, nil, with(good("a"), func(it *Item) { it.ID = "guid-7" })))
	if err := p.Show(day, theirs, ours); err != nil {
		t.Fatal(err)
	}
	for _, r := range Rules() {
		want := 0
		if r.Name == "tt-rss" || r.Name == "newsboat" {
			want = 2 // Atom and RSS
		}
		if got := p.suffers[r.Name].Swallowed; got != want {
			t.Errorf("%s swallowed %d entries, want %d", r.Name, got, want)
		}
	}
	if lost := p.Lost("t", []string{"guid-7"}); len(lost) != 4 {
		t.Errorf("lost: %v, want tt-rss and newsboat in two formats each", lost)
	}
}

func TestTheSameStoryInTwoTopicsIsNobodysLoss(t *testing.T) {
	p := NewPanel(Rules())
	e := feed(day, nil, good("a"))
	if err := p.Show(day, topicEdition("t", e), topicEdition("u", e)); err != nil {
		t.Fatal(err)
	}
	if b := p.Bars(); b != (Bars{}) {
		t.Errorf("%+v\n%s", b, strings.Join(p.Faults(), "\n"))
	}
}

func TestAMovedFeedURLShowsItemsTwiceWhereReadersKeyByIt(t *testing.T) {
	p := NewPanel(Rules())
	e := topicEdition("t", feed(day, nil, good("a")))
	moved := topicEdition("t", feed(day, nil, good("a")))
	for f, u := range moved.URLs {
		moved.URLs[f] = u + "?moved"
	}
	for _, x := range []Edition{e, moved} {
		if err := p.Show(day, x); err != nil {
			t.Fatal(err)
		}
	}
	if p.suffers["NetNewsWire"].Twice != 3 || p.suffers["newsboat"].Twice != 0 {
		t.Errorf("a moved feed URL must trouble NetNewsWire in all formats and not newsboat:\n%s", p.Table())
	}
}

func TestLemon24StopsListeningAfterTwentyFourQuietChanges(t *testing.T) {
	r := NewReader(Rules()[12])
	d := &Document{Format: Atom, Items: []Item{good("a")}}
	for i := range 40 {
		d.Items = []Item{with(good("a"), func(it *Item) { it.Content = fmt.Sprint(i) })}
		r.Fetch(Subscription{Name: "t", URL: "u", Site: "s"}, d)
	}
	for _, f := range r.filed {
		if f.item.Content != "24" {
			t.Errorf("%s holds %q after 40 quiet changes, want the 24th", r.Rule.Name, f.item.Content)
		}
	}
}

func TestWatchSeesBrokenPromises(t *testing.T) {
	later := day.Add(time.Hour)
	old := with(good("o"), func(it *Item) { it.Published, it.Updated = day.Add(-time.Hour), day.Add(-time.Hour) })
	notice := with(good("a"), func(it *Item) { it.Ended, it.Content, it.Updated = true, "merged", later })
	bare := with(good("b"), func(it *Item) { it.Members = good("a").Members })
	tests := []struct {
		name     string
		editions []map[Format][]byte
		get      func(WatchStats) int
	}{
		{"an entry goes on under another id", []map[Format][]byte{feed(day, nil, good("a")), feed(later, nil, bare)}, func(s WatchStats) int { return s.IDChanges }},
		{"two live entries share a telling", []map[Format][]byte{feed(day, nil, bare, good("a"))}, func(s WatchStats) int { return s.Doubles }},
		{"an entry vanishes from the top", []map[Format][]byte{feed(day, nil, old), feed(day, nil, good("a"), old), feed(later, nil, old)}, func(s WatchStats) int { return s.Untold }},
		{"an entry is deleted without a notice", []map[Format][]byte{feed(day, nil, good("a"), old), feed(later, []string{good("a").ID}, old)}, func(s WatchStats) int { return s.Untold }},
		{"a notice stays an hour only", []map[Format][]byte{feed(day, nil, old), feed(day, nil, good("a"), old), feed(later, nil, notice, old), feed(later, []string{notice.ID}, old)}, func(s WatchStats) int { return s.Untold }},
		{"JSON Feed lacks a tombstone", []map[Format][]byte{{Atom: atomFeed(day, []string{"x"}, nil), JSON: jsonFeed(nil, nil)}}, func(s WatchStats) int { return s.Disparity }},
		{"updated goes back", []map[Format][]byte{feed(day, nil, with(good("a"), func(it *Item) { it.Updated = later })), feed(day, nil, good("a"))}, func(s WatchStats) int { return s.Backward }},
		{"the feed's date goes back", []map[Format][]byte{feed(later, nil, good("a")), feed(day, nil, good("a"))}, func(s WatchStats) int { return s.Backward }},
		{"the oldest stands first", []map[Format][]byte{feed(day, nil, old, good("a"))}, func(s WatchStats) int { return s.Disorder }},
		{"RSS lacks an entry", []map[Format][]byte{{Atom: atomFeed(day, nil, []Item{good("b"), good("a")}), RSS: rssFeed(day, []Item{good("a")})}}, func(s WatchStats) int { return s.Disparity }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := show(t, tt.editions...)
			if got := tt.get(p.Watch("t").Stats); got != 1 {
				t.Errorf("counted %d times, want once\n%s\n%s", got, p.Table(), strings.Join(p.Faults(), "\n"))
			}
		})
	}
}

func TestAPartOfAStoryMayGoOnAloneWhenTheRestGrowsOld(t *testing.T) {
	old := with(good("o"), func(it *Item) {
		it.Published, it.Updated = day.Add(-time.Hour), day.Add(-time.Hour)
		it.Members = append(it.Members, good("b").Members...)
	})
	later := day.Add(time.Hour)
	p := show(t, feed(day, nil, old), feed(day, nil, good("a"), old), feed(later, nil, with(good("b"), func(it *Item) { it.Published, it.Updated = later, later }), good("a")))
	if b := p.Bars(); b != (Bars{}) {
		t.Errorf("%+v\n%s", b, strings.Join(p.Faults(), "\n"))
	}
}

// A companion feed may take an entry back at once, but must say so.
func TestACompanionFeedTellsWhatItTakesBack(t *testing.T) {
	old := with(good("o"), func(it *Item) { it.Published, it.Updated = day.Add(-time.Hour), day.Add(-time.Hour) })
	for _, told := range []bool{true, false} {
		p := NewPanel(Rules())
		p.Watch("t").Companion = true
		var deleted []string
		if told {
			deleted = []string{good("a").ID}
		}
		for i, e := range []map[Format][]byte{feed(day, nil, old), feed(day, nil, good("a"), old), feed(day.Add(time.Hour), deleted, old)} {
			if err := p.Show(day.Add(time.Duration(i)*time.Hour), topicEdition("t", e)); err != nil {
				t.Fatal(err)
			}
		}
		if got := p.Watch("t").Stats.Untold; (got == 0) != told {
			t.Errorf("told %v: %d entries left untold", told, got)
		}
	}
}

func TestAMergeToldWellDisturbsNobody(t *testing.T) {
	later := day.Add(time.Hour)
	survivor := with(good("b"), func(it *Item) {
		it.Members = append(it.Members, good("a").Members...)
		it.Updated, it.Reports = later, 2
		it.Content += "<p>also told by another</p>"
	})
	notice := with(good("a"), func(it *Item) { it.Ended, it.Content, it.Updated = true, "merged", later })
	p := NewPanel(Rules())
	for _, e := range []struct {
		at   time.Time
		body map[Format][]byte
	}{
		{day, feed(day, nil, good("b"), good("a"))},
		{later, feed(later, nil, survivor, notice)},
		{later.Add(NoticeTime), feed(later.Add(NoticeTime), []string{notice.ID}, survivor)},
	} {
		if err := p.Show(e.at, topicEdition("t", e.body)); err != nil {
			t.Fatal(err)
		}
	}
	if b := p.Bars(); b != (Bars{}) {
		t.Errorf("%+v\n%s", b, strings.Join(p.Faults(), "\n"))
	}
	if s := p.Watch("t").Stats; s.Notices != 1 || s.Tombstones != 1 || s.Significant != 2 {
		t.Errorf("%+v: want one notice, one tombstone, two significant changes", s)
	}
}

func TestANoticeStaysSevenDaysOfThePublishersClock(t *testing.T) {
	tests := []struct {
		name             string
		ended, seen, end time.Duration // by the publisher's clock, from the day of the entry
		want             int
	}{
		{"seven days", time.Hour, time.Hour, time.Hour + NoticeTime, 0},
		{"seven days, with the fraction that tells dates apart", time.Hour + 700*time.Millisecond, 2 * time.Hour, time.Hour + NoticeTime, 0},
		{"a minute less", time.Hour, time.Hour, time.Hour + NoticeTime - time.Minute, 1},
		{"the clock stepped ahead before anybody looked", time.Hour, 30 * time.Hour, time.Hour + NoticeTime, 0},
		{"shown three days late", time.Hour, 73 * time.Hour, time.Hour + NoticeTime, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			young := with(good("a"), func(it *Item) { it.Published, it.Updated = day.Add(time.Minute), day.Add(time.Minute) })
			notice := with(young, func(it *Item) { it.Ended, it.Content, it.Updated = true, "merged", day.Add(tt.ended) })
			p := NewPanel(Rules())
			for i, e := range []struct {
				clock time.Duration
				body  map[Format][]byte
			}{
				{0, feed(day, nil, good("b"))},
				{time.Minute, feed(day.Add(time.Minute), nil, young, good("b"))},
				{tt.seen, feed(day.Add(tt.seen), nil, notice, good("b"))},
				{tt.end, feed(day.Add(tt.end), []string{notice.ID}, good("b"))},
			} {
				p.Watch("t").Clock = day.Add(e.clock)
				if err := p.Show(day.Add(time.Duration(i)*time.Hour), topicEdition("t", e.body)); err != nil {
					t.Fatal(err)
				}
			}
			if got := p.Watch("t").Stats.Untold; got != tt.want {
				t.Errorf("%d faults, want %d: %q", got, tt.want, p.Watch("t").Faults())
			}
		})
	}
}

func TestParseRefusesWhatSomeReaderRefuses(t *testing.T) {
	tests := []struct {
		name string
		f    Format
		body string
	}{
		{"two roots", Atom, string(atomFeed(day, nil, nil)) + "<x/>"},
		{"no updated", Atom, `<feed xmlns="http://www.w3.org/2005/Atom"><updated></updated></feed>`},
		{"a control character", RSS, "<rss version=\"2.0\"><channel><title>a\x01</title></channel></rss>"},
		{"cut", RSS, `<rss version="2.0"><channel>`},
		{"a date of two digits", RSS, `<rss version="2.0"><channel><item><pubDate>Sun, 01 Mar 26 08:00:00 GMT</pubDate></item></channel></rss>`},
		{"a number for an id", JSON, `{"items":[{"id":7}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d, err := Parse(tt.f, []byte(tt.body)); err == nil {
				t.Errorf("accepted: %+v", d)
			}
		})
	}
}
