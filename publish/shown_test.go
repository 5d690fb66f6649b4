package publish

import (
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
)

// A copy, an edited sentence, a further topic: readers that mark an entry unread on any change must not notice.
func TestAnEntryStaysAsItWasToldUntilThereIsNews(t *testing.T) {
	cf := &config{base: "https://example.org", topics: map[string]*topic{"sea": {}, "land": {}}, Config: Config{Site: news.Site{Authority: "example.org,2026"}}}
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	in := func(slugs ...string) (as []Admission) {
		for _, s := range slugs {
			as = append(as, Admission{Slug: s, Matches: true})
		}
		return as
	}
	tell := func(reports int, urls ...string) news.Account {
		a := news.Account{Headline: "Headline", Lead: "1", Reports: reports}
		for i, u := range urls {
			a.Tellings = append(a.Tellings, news.Telling{Article: news.ArticleKey(string(rune('1' + i))), Title: "Title", URL: u, Outlet: "Outlet"})
		}
		return a
	}
	members := []news.Article{{Key: "1", Seen: at}}
	first := Advance(news.Step{ID: "aaaa", Members: members, Now: at}, tell(1, "https://a.example/"), in("sea"), news.Publishing{})
	quiet := Advance(news.Step{Old: first, Members: members, Now: at.Add(time.Hour)}, tell(1, "https://a.example/", "https://b.example/"), in("sea", "land"), news.Publishing{})
	loud := Advance(news.Step{Old: quiet, Members: members, Now: at.Add(2 * time.Hour)}, tell(2, "https://a.example/", "https://b.example/", "https://c.example/"), in("sea", "land"), news.Publishing{})

	a, b, c := cf.storyEntry(first), cf.storyEntry(quiet), cf.storyEntry(loud)
	if len(a.tags) != 1 || len(c.tags) != 2 {
		t.Errorf("tags %v, then %v: want the topics that were told", a.tags, c.tags)
	}
	if b.html != a.html || b.title != a.title || len(b.tags) != len(a.tags) || !b.updated.Equal(a.updated) {
		t.Errorf("a quiet change shows:\n%+v\n%+v", a, b)
	}
	if len(b.links) != 2 || len(b.more.Tellings) != 2 {
		t.Errorf("a quiet telling is missing for machines: %+v", b)
	}
	if !strings.Contains(c.html, "https://b.example/") || !strings.Contains(c.html, "https://c.example/") || !c.updated.After(a.updated) || loud.Life.Shown != nil {
		t.Errorf("news does not bring what waited: %+v", c)
	}
}

func TestNoTwoStoriesChangeAtTheSameMoment(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	seen := map[time.Time]bool{}
	for _, id := range []string{"aaaa", "aaab", "aaac", "zzzz"} {
		u := stamped(at, id)
		if seen[u] || u.Before(at) || !u.Before(at.Add(time.Second)) || !u.Equal(stamped(at, id)) {
			t.Errorf("%s is stamped %s", id, u)
		}
		seen[u] = true
	}
}
