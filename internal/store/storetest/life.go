package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

func mustStoryOf(t *testing.T, s *store.Store, k news.ArticleKey) news.StoryID {
	t.Helper()
	id, err := s.StoryOf(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func mustStory(t *testing.T, s *store.Store, id news.StoryID) news.Story {
	t.Helper()
	st, err := s.Story(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// aliasesAreFlat merges a story into one that is merged itself later.
func aliasesAreFlat(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	at := T0
	step := func(as ...news.Article) {
		save(t, s, at, as...)
		place(t, s, at, Rules())
		at = at.Add(time.Minute)
	}
	a, b, c := Article("one", "a", key(1)), Article("one", "b", key(2)), Article("one", "c", key(3))
	step(a)
	step(b)
	step(c)
	ids := [3]news.StoryID{mustStoryOf(t, s, a.Key), mustStoryOf(t, s, b.Key), mustStoryOf(t, s, c.Key)}
	step(Article("one", "bc", key(2), key(3)))
	step(Article("one", "ab", key(1), key(2)))
	wantGrouping(t, s, "a ab b bc c")
	for _, id := range ids[1:] {
		if st := mustStory(t, s, id); st.Life.Into != ids[0] {
			t.Errorf("story %s was merged into %s, want %s", id, st.Life.Into, ids[0])
		}
	}
	// The topic changed with the older tombstone: it links elsewhere now.
	g, topics, err := s.Generation(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if topics["all"] != g {
		t.Errorf("generation of the topic = %v, of the store %v", topics["all"], g)
	}
}

// splitGetsNewID takes the tie out between two halves of a story, and puts it back, and takes it out again.
func splitGetsNewID(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	a, b, tie := Article("one", "a", key(1)), Article("one", "b", key(2)), Article("one", "tie", key(1), key(2))
	save(t, s, T0, a)
	place(t, s, T0, Rules())
	save(t, s, T0.Add(time.Second), tie, b)
	place(t, s, T0.Add(time.Second), Rules())
	first := mustStoryOf(t, s, a.Key)
	seen := map[news.StoryID]bool{first: true}
	for i := range 3 {
		loose, tight := revise(tie, fmt.Sprint("loose", i)), revise(tie, fmt.Sprint("tight", i))
		loose.Marks.Keys = []news.Key{key(1)}
		save(t, s, T0.Add(time.Hour), loose)
		place(t, s, T0.Add(time.Hour), Rules())
		wantGrouping(t, s, "a tie", "b")
		id := mustStoryOf(t, s, b.Key)
		if seen[id] {
			t.Errorf("round %d: the part that left got the id %s that was used before", i, id)
		}
		seen[id] = true
		if got := mustStoryOf(t, s, a.Key); got != first {
			t.Errorf("round %d: the part with the founder is %s, want %s", i, got, first)
		}
		save(t, s, T0.Add(2*time.Hour), tight)
		place(t, s, T0.Add(2*time.Hour), Rules())
		wantGrouping(t, s, "a b tie")
	}
}

// closedStaysClosed ties two closed stories, which must stay two, and lets one gain a late telling.
func closedStaysClosed(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	undated := func(name string, ks ...news.Key) news.Article {
		a := Article("one", name, ks...)
		a.Seed = true
		return a
	}
	a, b := undated("a", key(1)), undated("b", key(2))
	save(t, s, T0, a, b)
	place(t, s, T0, Rules())
	late := T0.Add(news.CloseAfter + time.Hour)
	save(t, s, late, undated("c", key(1)))
	place(t, s, late, Rules())
	wantGrouping(t, s, "a c", "b")
	if id := mustStoryOf(t, s, a.Key); mustStory(t, s, id).Closed {
		t.Errorf("the story with the late telling says that it is closed; its newest article is new")
	}
	r := Rules()
	group := r.Group
	var asked news.Neighbourhood
	r.Group = func(n news.Neighbourhood) [][]int { asked = n; return group(n) }
	later := late.Add(news.CloseAfter + time.Hour)
	save(t, s, later, undated("d", key(1)))
	place(t, s, later, r)
	if len(asked.Closed) != 1 || len(asked.Closed[0]) != 2 {
		t.Errorf("Group was told of closed stories %v, want one of two members", asked.Closed)
	}
}

func archivesFreeze(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	for i := range 5 {
		var as []news.Article
		for j := range 50 {
			as = append(as, Article("one", fmt.Sprintf("n%d-%d", i, j), key(1000+i*50+j)))
		}
		at := T0.Add(time.Duration(i) * time.Hour)
		save(t, s, at, as...)
		place(t, s, at, Rules())
	}
	n, closed, err := s.Archives(ctx, "all")
	if err != nil {
		t.Fatal(err)
	}
	if n != 3 || closed != 2 {
		t.Errorf("Archives = %d, %d closed, want 3 and 2 for 250 stories", n, closed)
	}
	first, err := s.Archive(ctx, "all", 1)
	if err != nil {
		t.Fatal(err)
	}
	if !first.Closed || len(first.Stories) != news.ArchiveSize || !first.At.Equal(T0.Add(time.Hour)) {
		t.Errorf("Archive 1: closed %t, %d stories, at %v; want closed, 100, when it was full", first.Closed, len(first.Stories), first.At)
	}
	for i := 1; i < len(first.Stories); i++ {
		a, b := first.Stories[i-1], first.Stories[i]
		if c := a.Life.Published.Compare(b.Life.Published); c < 0 || c == 0 && a.ID < b.ID {
			t.Fatalf("Archive 1 is not newest first at %d", i)
		}
	}
	open3, err := s.Archive(ctx, "all", 3)
	if err != nil {
		t.Fatal(err)
	}
	if open3.Closed || len(open3.Stories) != 50 {
		t.Errorf("Archive 3: closed %t, %d stories; want open, 50", open3.Closed, len(open3.Stories))
	}
	for _, n := range []int{0, 4, -1} {
		if _, err := s.Archive(ctx, "all", n); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("Archive(%d) = %v, want ErrNotFound", n, err)
		}
	}
	// A telling that joins a story of the first archive does not change it.
	save(t, s, T0.Add(10*time.Hour), Article("one", "late", key(1000)))
	place(t, s, T0.Add(10*time.Hour), Rules())
	again, err := s.Archive(ctx, "all", 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("a closed archive changed:\n%s", diff)
	}
	newest, err := s.Entries(ctx, "all", 60)
	if err != nil {
		t.Fatal(err)
	}
	if len(newest) != 60 || !newest[0].Life.Published.Equal(T0.Add(4*time.Hour)) || !newest[59].Life.Published.Equal(T0.Add(3*time.Hour)) {
		t.Errorf("Entries(60) = %d stories from %v to %v", len(newest), newest[0].Life.Published, newest[len(newest)-1].Life.Published)
	}
	recent, err := s.Recent(ctx, 7)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(newest[:7], recent); diff != "" {
		t.Errorf("Recent (-want +got):\n%s", diff)
	}
}

// storiesWake advances a story when its time has come, and not before, without changing the generation for nothing.
func storiesWake(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	wake := T0.Add(time.Hour)
	r := Rules()
	base := r.Advance
	r.Advance = func(st news.Step) news.Story {
		out := base(st)
		switch {
		case st.Now.Before(wake):
			out.Life.Wake = wake
		case st.Now.Before(wake.Add(time.Hour)):
			out.Life.Wake = wake.Add(time.Hour)
		default:
			out.Account.Summary = "settled"
		}
		return out
	}
	a := Article("one", "a", key(1))
	save(t, s, T0, a)
	g := place(t, s, T0, r).Generation
	for _, tt := range []struct {
		after time.Duration
		want  int64
		says  string
	}{
		{30 * time.Minute, g, ""},
		{70 * time.Minute, g, ""},
		{130 * time.Minute, g + 1, "settled"},
		{300 * time.Minute, g + 1, "settled"},
	} {
		if got := place(t, s, T0.Add(tt.after), r).Generation; got != tt.want {
			t.Errorf("after %v: generation %d, want %d", tt.after, got, tt.want)
		}
		if got := mustStory(t, s, mustStoryOf(t, s, a.Key)).Account.Summary; got != tt.says {
			t.Errorf("after %v: the story says %q, want %q", tt.after, got, tt.says)
		}
	}
}

// leavesTopic takes a story out of its topic and back in: it keeps its number.
func leavesTopic(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	topics := []string{"all", "some"}
	r := Rules()
	base := r.Advance
	r.Advance = func(st news.Step) news.Story { out := base(st); out.Life.Topics = topics; return out }
	a := Article("one", "a", key(1))
	save(t, s, T0, a)
	place(t, s, T0, r)
	topics = []string{"all"}
	save(t, s, T0, revise(a, "x"))
	place(t, s, T0.Add(time.Minute), r)
	some, err := s.Entries(ctx, "some", 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(some) != 0 {
		t.Errorf("the topic that the story left still has %d entries", len(some))
	}
	topics = []string{"some", "all"}
	save(t, s, T0, revise(a, "y"))
	place(t, s, T0.Add(2*time.Minute), r)
	if some, err = s.Entries(ctx, "some", 0); err != nil {
		t.Fatal(err)
	}
	if n, closed, err := s.Archives(ctx, "some"); err != nil || n != 1 || closed != 0 || len(some) != 1 {
		t.Errorf("back in the topic: %d entries, %d archives, %v", len(some), n, err)
	}
}

// leftIsNotEnded: a topic that a story left does not hear of its end; one that it leaves by its end does.
func leftIsNotEnded(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	topics, state := []string{"all", "left", "last"}, news.Live
	r := Rules()
	base := r.Advance
	r.Advance = func(st news.Step) news.Story {
		out := base(st)
		out.Life.Topics, out.Life.State = topics, state
		if state != news.Live {
			out.Life.Ended = st.Now
		}
		return out
	}
	a := Article("one", "a", key(1))
	save(t, s, T0, a)
	place(t, s, T0, r)
	topics = []string{"all", "last"}
	save(t, s, T0, revise(a, "x"))
	place(t, s, T0.Add(time.Minute), r)
	topics, state = []string{"all"}, news.Dropped
	save(t, s, T0, revise(a, "y"))
	place(t, s, T0.Add(2*time.Minute), r)
	for slug, want := range map[string]int{"all": 1, "left": 0, "last": 1} {
		ended, err := s.Ended(context.Background(), slug, T0)
		if err != nil || len(ended) != want {
			t.Errorf("Ended(%s) = %d stories, %v, want %d", slug, len(ended), err, want)
		}
	}
}

// lateIsAmongTheNewest: what enters a topic last is read first, whatever date it shows.
func lateIsAmongTheNewest(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	r := Rules()
	base := r.Advance
	r.Advance = func(st news.Step) news.Story {
		out := base(st)
		out.Life.Published = st.Members[0].Published.Time
		return out
	}
	var titles []string
	for i, name := range []string{"a", "b", "late"} {
		at := T0.Add(time.Duration(i) * time.Hour)
		article := Article("one", name, key(i+1))
		article.Published = news.Date{Time: at}
		if name == "late" {
			article.Published.Time = T0.AddDate(-1, 0, 0)
		}
		save(t, s, at, article)
		place(t, s, at, r)
	}
	stories, err := s.Entries(context.Background(), "all", 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range stories {
		titles = append(titles, st.Account.Tellings[0].Title)
	}
	if diff := cmp.Diff([]string{"Title of late", "Title of b"}, titles); diff != "" {
		t.Errorf("Entries (-want +got):\n%s", diff)
	}
}
