package normalize

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

func told(key, outlet, title, text string, hour int) news.Article {
	a := news.Article{Key: news.ArticleKey(key), Feed: news.FeedID(outlet), Outlet: outlet, Title: title, Headline: title, Text: text, Lang: "en",
		Published: news.Date{Time: time.Date(2026, 3, 5, hour, 0, 0, 0, time.UTC)}, Link: "https://" + outlet + ".example/" + key}
	ExtractFacts(&a)
	return a
}

func ferryStory() []news.Article {
	long := "RIGA: Latvia's Deputy Transport Minister Andris Kalns met Estonian Transport Minister Kaja Saar in Riga on Thursday and agreed on a ferry for 400 lorries a day. "
	a := told("a1", "north", "Ferry agreed", long+strings.Repeat("The ferry will sail from June and cost less than the road. ", 12), 9)
	b := told("b2", "south", "A ferry for lorries", "Estonian Transport Minister Kaja Saar said the ferry was near. Latvia's Deputy Transport Minister Peteris Ozols met her in Riga on Wednesday.", 11)
	c := told("c3", "copy", "Ferry agreed on Thursday", a.Text, 10)
	a.Marks.Copy, c.Marks.Copy = 7, 7
	return []news.Article{a, b, c}
}

func TestTellIsAFunctionOfTheSet(t *testing.T) {
	as := ferryStory()
	want := Tell(news.Step{Members: as}, Preferences{})
	for _, order := range [][]int{{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		var m []news.Article
		for _, i := range order {
			m = append(m, as[i])
		}
		if d := cmp.Diff(want, Tell(news.Step{Members: m}, Preferences{})); d != "" {
			t.Errorf("order %v tells another story:\n%s", order, d)
		}
	}
}

func TestTellCountsReportsAndNamesCopies(t *testing.T) {
	c := Tell(news.Step{Members: ferryStory()}, Preferences{})
	if c.Reports != 2 {
		t.Errorf("Reports = %d, want 2: two of the three are one text", c.Reports)
	}
	var got []string
	for _, x := range c.Tellings {
		got = append(got, string(x.Article)+"<"+string(x.CopyOf))
	}
	if want := []string{"a1<", "c3<a1", "b2<"}; !slices.Equal(got, want) {
		t.Errorf("tellings = %v, want %v: oldest first, the later of two copies marked", got, want)
	}
	if c.Lead != "a1" || c.Where != "Riga" {
		t.Errorf("lead %s in %q, want a1 in Riga", c.Lead, c.Where)
	}
}

func TestLeadIsPinnedOrStickyOrPreferred(t *testing.T) {
	as := ferryStory()
	old := news.Story{Account: news.Account{Lead: "b2", Headline: "As it was"}}
	tests := []struct {
		name           string
		s              news.Step
		p              Preferences
		lead, headline string
	}{
		{"the most complete independent report", news.Step{Members: as}, Preferences{}, "a1", "Ferry agreed"},
		{"a preferred outlet", news.Step{Members: as}, Preferences{Outlets: []string{"South"}}, "b2", "A ferry for lorries"},
		{"what it was", news.Step{Members: as, Old: old}, Preferences{}, "b2", "As it was"},
		{"a pin wins", news.Step{Members: as, Old: old, Pins: []news.Pin{{Article: "c3", Lead: true}}}, Preferences{}, "c3", "Ferry agreed on Thursday"},
		{"a pinned headline", news.Step{Members: as, Old: old, Pins: []news.Pin{{Article: "a1", Headline: "By hand"}}}, Preferences{}, "b2", "By hand"},
		{"the old lead has left", news.Step{Members: as[:1], Old: old}, Preferences{}, "a1", "Ferry agreed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Tell(tt.s, tt.p)
			if string(c.Lead) != tt.lead || c.Headline != tt.headline {
				t.Errorf("lead %s %q, want %s %q", c.Lead, c.Headline, tt.lead, tt.headline)
			}
		})
	}
}

func TestOnlyAnExcerptOfOthersIsShown(t *testing.T) {
	a := told("a1", "north", "Ferry", "Less < more & so on. "+strings.Repeat("word ", 300), 9)
	c := Tell(news.Step{Members: []news.Article{a}}, Preferences{Excerpt: 40})
	if len(c.Body) > 120 || !strings.HasPrefix(c.Body, "<p>Less &lt; more &amp;") {
		t.Errorf("Body = %q, want at most 40 runes, escaped", c.Body)
	}
	a.Seed, a.HTML = true, "<p>All of it.</p>"
	if c = Tell(news.Step{Members: []news.Article{a}}, Preferences{}); c.Body != a.HTML {
		t.Errorf("Body of a seed = %q, want all of it", c.Body)
	}
}

func TestSourceStaysAsItWasWhileItsArticleLeads(t *testing.T) {
	a := told("a1", "north", "Ferry", "text", 9)
	s := news.Step{Members: []news.Article{a}, Feeds: map[news.FeedID]news.FeedState{"north": {DocID: "urn:north", Title: "North", Link: "https://north.example/"}}}
	first := Tell(s, Preferences{})
	s.Old.Account = first
	s.Feeds["north"] = news.FeedState{DocID: "urn:north", Title: "North, renamed"}
	if again := Tell(s, Preferences{}); again.Source != first.Source || first.Source.Title != "North" {
		t.Errorf("Source = %+v, was %+v", again.Source, first.Source)
	}
}
