package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

func save(t *testing.T, s *store.Store, at time.Time, as ...news.Article) news.Saved {
	t.Helper()
	saved, err := s.Save(context.Background(), news.Batch{State: news.FeedState{Feed: "one"}, Articles: as, At: at})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// place places until there is nothing more to do.
func place(t *testing.T, s *store.Store, now time.Time, r store.Rules) store.Placed {
	t.Helper()
	var sum store.Placed
	for {
		p, err := s.Place(context.Background(), now, r)
		if err != nil {
			t.Fatal(err)
		}
		sum.Articles += p.Articles
		sum.New += p.New
		sum.Changed += p.Changed
		sum.Merged += p.Merged
		sum.Split += p.Split
		sum.Generation = p.Generation
		if !p.More {
			return sum
		}
	}
}

// grouping are the members of all published stories by title, each story sorted, all sorted.
func grouping(t *testing.T, s *store.Store) []string {
	t.Helper()
	stories, err := s.Entries(context.Background(), "all", 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, st := range stories {
		var names []string
		for _, x := range st.Account.Tellings {
			names = append(names, strings.TrimPrefix(x.Title, "Title of "))
		}
		slices.Sort(names)
		out = append(out, strings.Join(names, " "))
	}
	slices.Sort(out)
	return out
}

func key(n int) news.Key { return news.MakeKey(uint64(n)*0x9E3779B97F4A7C15, 3) }

func wantGrouping(t *testing.T, s *store.Store, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, grouping(t, s)); diff != "" {
		t.Errorf("stories (-want +got):\n%s", diff)
	}
}

func placedOnce(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	save(t, s, T0, Article("one", "a", key(1)), Article("one", "b", key(1)), Article("one", "c", key(2)))
	p := place(t, s, T0, Rules())
	if p.Articles != 3 || p.New != 2 || p.Generation != 1 {
		t.Errorf("Place = %+v, want 3 articles, 2 new stories, generation 1", p)
	}
	wantGrouping(t, s, "a b", "c")
	if p := place(t, s, T0.Add(time.Hour), Rules()); p.Articles != 0 || p.Generation != 1 {
		t.Errorf("Place again = %+v, want nothing done in generation 1", p)
	}
	g, topics, err := s.Generation(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if want := (news.Generation{N: 1, At: T0}); g != want || topics["all"] != want {
		t.Errorf("Generation = %v, %v, want %v of the store and of its topic", g, topics, want)
	}
	id, err := s.StoryOf(ctx, Article("one", "b").Key)
	if err != nil {
		t.Fatal(err)
	}
	st, err := s.Story(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if st.ID != id || len(st.Account.Tellings) != 2 {
		t.Errorf("Story(%s) = %s with %d tellings, want 2", id, st.ID, len(st.Account.Tellings))
	}
	all, err := s.AllArticles(ctx, "all", 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 {
		t.Errorf("AllArticles(2) = %d articles", len(all))
	}
}

// anyOrder saves and places the same articles in many orders and batches: the stories are always the same.
func anyOrder(t *testing.T, open Open) {
	articles := map[string]news.Article{}
	for i, keys := range [][]int{{1}, {1, 2}, {2}, {3}, {3, 4}, {5}, {4, 6}} {
		name := string(rune('a' + i))
		var ks []news.Key
		for _, k := range keys {
			ks = append(ks, key(k))
		}
		slices.SortFunc(ks, func(a, b news.Key) int { return map[bool]int{true: -1, false: 1}[a < b] })
		articles[name] = Article("one", name, ks...)
	}
	want := []string{"a b c", "d e g", "f"}
	for _, order := range []string{"abcdefg", "gfedcba", "aceg bdf", "a b c d e f g", "g f e d c b a", "b d f a c e g", "ac eg b d f", "dg ca fb e"} {
		t.Run(order, func(t *testing.T) {
			s, _ := open(t, "", store.Options{})
			for i, step := range strings.Fields(order) {
				var as []news.Article
				for _, name := range step {
					as = append(as, articles[string(name)])
				}
				save(t, s, T0.Add(time.Duration(i)*time.Minute), as...)
				r := Rules()
				r.Batch = 1 + i%3
				place(t, s, T0.Add(time.Duration(i)*time.Minute), r)
			}
			wantGrouping(t, s, want...)
		})
	}
}

// mergedKeepsOlder tells two stories apart until a third article ties them together.
func mergedKeepsOlder(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	a, b, c, d := Article("one", "a", key(1)), Article("one", "b", key(2)), Article("one", "c", key(1), key(2)), Article("one", "d", key(2), key(3))
	save(t, s, T0, a)
	place(t, s, T0, Rules())
	save(t, s, T0.Add(time.Hour), b)
	place(t, s, T0.Add(time.Hour), Rules())
	older, err := s.StoryOf(ctx, a.Key)
	if err != nil {
		t.Fatal(err)
	}
	younger, err := s.StoryOf(ctx, b.Key)
	if err != nil {
		t.Fatal(err)
	}
	save(t, s, T0.Add(2*time.Hour), c, d)
	p := place(t, s, T0.Add(2*time.Hour), Rules())
	if p.Merged != 1 {
		t.Errorf("Place = %+v, want one merge", p)
	}
	wantGrouping(t, s, "a b c d")
	st, err := s.Story(ctx, younger)
	if err != nil {
		t.Fatal(err)
	}
	if st.Life.State != news.Merged || st.Life.Into != older {
		t.Errorf("Story(%s) = %s into %s, want merged into %s", younger, st.Life.State, st.Life.Into, older)
	}
	ended, err := s.Ended(ctx, "all", T0)
	if err != nil {
		t.Fatal(err)
	}
	if len(ended) != 1 || ended[0].ID != younger {
		t.Errorf("Ended = %v, want %s", ended, younger)
	}
}
