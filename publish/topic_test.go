package publish

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
)

// many is a topic of n stories, one an hour, each with what its own article says.
func many(n int) *fake {
	f := lively()
	clear(f.stories)
	for i := range n {
		at := t0.Add(time.Duration(i) * time.Hour)
		id := news.StoryID(fmt.Sprintf("story%011d", i))
		a := f.stories["none"].Account
		a.Headline, a.Summary, a.Reports, a.Lead = fmt.Sprintf("Headline number %d of the day", i), strings.Repeat("What happened there. ", 10), 1, wireKey
		a.Tellings = []news.Telling{{Article: wireKey, Feed: "wire", Outlet: "Coast Wire", Title: a.Headline, URL: fmt.Sprintf("https://wire.example/%d", i), Published: news.Date{Time: at}, Seen: at}}
		a.Body = "<p>" + a.Summary + "</p>"
		f.stories[id] = news.Story{ID: id, Account: a, Life: news.Life{Published: at, Updated: at, Touched: at, Topics: []string{"sea"}, Changes: []news.Change{{At: at, Kind: "published", Text: "Published.", Headline: a.Headline}}}}
	}
	f.touch("sea", t0.Add(time.Duration(n)*time.Hour))
	return f
}

func TestAFeedHoldsWhatEnteredWithinTheWindowButNeverFewerThanTwenty(t *testing.T) {
	tests := []struct {
		name            string
		stories         int
		entries         int
		window          time.Duration
		want            int
		first, lastSeen string
	}{
		{"all within", 30, 100, 1000 * time.Hour, 30, "story00000000029", "story00000000000"},
		{"at most entries", 300, 100, 1000 * time.Hour, 100, "story00000000299", "story00000000200"},
		{"only the window", 300, 100, 50 * time.Hour, 50, "story00000000299", "story00000000250"},
		{"never fewer than twenty", 300, 100, time.Hour, 20, "story00000000299", "story00000000280"},
		{"nor when entries is smaller", 300, 5, 1000 * time.Hour, 20, "story00000000299", "story00000000280"},
		{"or all there are", 3, 100, time.Hour, 3, "story00000000002", "story00000000000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := options(many(tt.stories))
			o.Publishing.Entries, o.Publishing.Window = tt.entries, tt.window
			d := readAtom(t, newPublisher(t, o), atomPath)
			if len(d.Entries) != tt.want {
				t.Fatalf("%d entries, want %d", len(d.Entries), tt.want)
			}
			if first, last := d.Entries[0].ID, d.Entries[tt.want-1].ID; !strings.HasSuffix(first, tt.first) || !strings.HasSuffix(last, tt.lastSeen) {
				t.Errorf("from %s to %s, want %s to %s", first, last, tt.first, tt.lastSeen)
			}
		})
	}
}

func TestArchivesAreChained(t *testing.T) {
	f := many(250)
	page := func(n int, closed bool) news.Archive {
		a := news.Archive{N: n, Closed: closed}
		for i := (n - 1) * 100; i < min(n*100, 250); i++ {
			a.Stories = append(a.Stories, f.stories[news.StoryID(fmt.Sprintf("story%011d", i))])
		}
		return a
	}
	f.archives["sea"] = []news.Archive{page(1, true), page(2, true), page(3, false)}
	p := newPublisher(t, options(f))
	const base = "https://example.org/news/topics/sea/"
	if got := readAtom(t, p, atomPath).link("prev-archive"); got != base+"archive/2.atom" {
		t.Errorf("the feed goes on at %q", got)
	}
	second := readAtom(t, p, "/topics/sea/archive/2.atom")
	if second.link("prev-archive") != base+"archive/1.atom" || second.link("current") != base+"feed.atom" || second.link("next-archive") != base+"archive/3.atom" || second.Archive == nil || len(second.Entries) != 100 {
		t.Errorf("archive 2: %v, archive %v, %d entries", second.Links, second.Archive, len(second.Entries))
	}
	if open := readAtom(t, p, "/topics/sea/archive/3.atom"); open.Archive != nil || len(open.Entries) != 50 {
		t.Errorf("the open archive claims to be closed, or has %d entries", len(open.Entries))
	}

	// A window so short that the open archive holds stories which the feed does not.
	o := options(f)
	o.Publishing.Window = time.Hour
	if got := readAtom(t, newPublisher(t, o), atomPath).link("prev-archive"); got != base+"archive/3.atom" {
		t.Errorf("a short feed goes on at %q, and loses stories", got)
	}
}

// A closed archive names the one after it for ever, so that one must be there before its first story is.
func TestTheArchiveBehindTheLastClosedOneIsEmptyAtFirst(t *testing.T) {
	f := many(100)
	f.archives["sea"] = []news.Archive{{N: 1, Closed: true}}
	h := newPublisher(t, options(f)).Handler()
	for path, want := range map[string]int{"/topics/sea/archive/2.atom": 200, "/topics/sea/archive/3.atom": 404, "/topics/empty/archive/1.atom": 404} {
		if got := ask(h, "GET", path).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

func TestUpdatesTellEachDevelopmentOnce(t *testing.T) {
	d := readAtom(t, newPublisher(t, options(lively())), "/topics/sea/updates.atom")
	want := "story/dropdropdropdrop/2 story/mergedmergedmerg/2 story/fairfairfairfair/1 story/ferryferryferry2/2 story/mergedmergedmerg/1 story/ferryferryferry2/1"
	if got := ids(d); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if last := d.Entries[5]; last.Title != "Ferry runs aground" {
		t.Errorf("the first development is now called %q", last.Title)
	}
}

func TestTheDigestComesWhenTheDayIsOverInTheSitesZone(t *testing.T) {
	zone := time.FixedZone("", 14*60*60) // the day of t0 ends at 10:00 UTC there
	tests := []struct {
		name string
		at   time.Time
		zone *time.Location
		want string
	}{
		{"the day is not over", t0.Add(11 * time.Hour), time.UTC, ""},
		{"the day is over", t0.Add(12 * time.Hour), time.UTC, "digest/sea/2026-03-01"},
		{"in another zone it is another day", t0.Add(time.Hour), zone, ""},
		{"whose end comes sooner or later", t0.Add(22 * time.Hour), zone, "digest/sea/2026-03-02"},
		{"it stays for two weeks", t0.Add(14 * 24 * time.Hour), time.UTC, "digest/sea/2026-03-01"},
		{"and goes", t0.Add(16 * 24 * time.Hour), time.UTC, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := lively()
			f.gen = news.Generation{N: 99, At: tt.at} // of the store: the topic itself did not change
			o := options(f)
			o.Site.TimeZone = tt.zone
			d := readAtom(t, newPublisher(t, o), "/topics/sea/digest.atom")
			if got := ids(d); got != tt.want {
				t.Errorf("digests %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAllHasEveryArticle(t *testing.T) {
	d := readAtom(t, newPublisher(t, options(lively())), "/topics/sea/all.atom")
	want := "article/" + string(seedKey) + " article/" + string(wireKey) + " article/" + string(otherKey)
	if got := ids(d); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if !strings.Contains(d.Entries[0].Content, "Nobody was hurt.") {
		t.Errorf("a seed is not shown in full: %s", d.Entries[0].Content)
	}
}

func TestOthersTextsAreCutUnlessTheOwnerMayRepublishThem(t *testing.T) {
	long := strings.Repeat("word ", 500)
	f := lively()
	a := f.articles[otherKey]
	a.Summary, a.Text, a.HTML = "", long, "<p>"+long+"</p>"
	f.articles[otherKey] = a
	for _, republish := range []bool{false, true} {
		o := options(f)
		o.Feeds[0].Republish = republish
		for _, path := range []string{"/topics/sea/all.rss", "/articles/" + string(otherKey) + "/"} {
			body := string(read(t, ask(newPublisher(t, o).Handler(), "GET", path)))
			if full := strings.Contains(body, strings.TrimSpace(long)); full != republish {
				t.Errorf("%s with republish %v shows all of it: %v", path, republish, full)
			}
		}
	}
}
