package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

func correct(t *testing.T, s *store.Store, file ...news.Correction) {
	t.Helper()
	for i := range file {
		file[i].Line = i + 1
	}
	if err := s.Correct(context.Background(), file, T0); err != nil {
		t.Fatal(err)
	}
}

func problems(t *testing.T, s *store.Store) []string {
	t.Helper()
	cs, err := s.Corrections(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range cs {
		out = append(out, c.Problem)
	}
	return out
}

func op(op string, refs ...string) news.Correction { return news.Correction{Op: op, Articles: refs} }

// correctionsRule goes through a file of corrections that is edited run by run.
func correctionsRule(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	a, b, c := Article("one", "a", key(1)), Article("one", "b", key(1)), Article("one", "c", key(2))
	save(t, s, T0, a, b, c)
	place(t, s, T0, Rules())
	wantGrouping(t, s, "a b", "c")
	at := T0
	for _, tt := range []struct {
		name string
		file []news.Correction
		want []string
	}{
		{"merge", []news.Correction{op(news.OpMerge, a.URL, string(c.Key[:8]))}, []string{"a b c"}},
		{"merge and split", []news.Correction{op(news.OpMerge, a.URL, string(c.Key)), op(news.OpSplit, a.URL, b.URL)}, []string{"a c", "b"}},
		{"split alone", []news.Correction{op(news.OpSplit, b.URL, a.URL)}, []string{"a", "b", "c"}},
		{"none", nil, []string{"a b", "c"}},
		{"drop", []news.Correction{op(news.OpDrop, b.URL)}, []string{"a", "c"}},
		{"drop a whole story", []news.Correction{op(news.OpDrop, c.URL)}, []string{"a b"}},
		{"none again", nil, []string{"a b", "c"}},
	} {
		at = at.Add(time.Hour)
		correct(t, s, tt.file...)
		place(t, s, at, Rules())
		if diff := cmp.Diff(tt.want, grouping(t, s)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	g, _, err := s.Generation(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	correct(t, s)
	if p := place(t, s, at.Add(time.Hour), Rules()); p.Generation != g.N {
		t.Errorf("importing the same corrections made generation %d of %d", p.Generation, g.N)
	}
}

// changedAfterDrop revises an article that a correction has dropped: the index still has it under keys that others bring in, and it must neither be compared
// nor stand in the way of those that are.
func changedAfterDrop(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	a, b := Article("one", "a", key(1), key(2)), Article("one", "b", key(1), key(2))
	save(t, s, T0, a, b)
	place(t, s, T0, Rules())
	wantGrouping(t, s, "a b")
	correct(t, s, op(news.OpDrop, a.URL))
	place(t, s, T0.Add(time.Hour), Rules())
	wantGrouping(t, s, "b")

	a.Text, a.Marks.Keys = "Another text", []news.Key{key(2), key(3)}
	a.ItemHash[0]++
	a.TextHash[0]++
	save(t, s, T0.Add(2*time.Hour), a, Article("one", "c", key(1)))
	place(t, s, T0.Add(2*time.Hour), Rules())
	wantGrouping(t, s, "b c")

	correct(t, s)
	place(t, s, T0.Add(3*time.Hour), Rules())
	wantGrouping(t, s, "a b c")
}

// correctionsWait names articles before they are known.
func correctionsWait(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	a, seed := Article("one", "a", key(1)), Article("seeds", "b", key(2))
	seed.GUID, seed.Seed = "dir/b.txt", true
	correct(t, s, op(news.OpMerge, a.URL, "dir/b.txt"))
	if got := problems(t, s); len(got) != 1 || !strings.Contains(got[0], "no article") {
		t.Errorf("problems = %q, want one of an unknown article", got)
	}
	save(t, s, T0, a)
	place(t, s, T0, Rules())
	save(t, s, T0.Add(time.Hour), seed)
	place(t, s, T0.Add(time.Hour), Rules())
	wantGrouping(t, s, "a b")
	if got := problems(t, s); got[0] != "" {
		t.Errorf("problems = %q, want none once all are known", got)
	}
}

func contradictionsAreTold(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	a, b, c := Article("one", "a", key(1)), Article("one", "b", key(2)), Article("one", "c", key(3))
	save(t, s, T0, a, b, c)
	correct(t, s, op(news.OpMerge, a.URL, b.URL), op(news.OpMerge, b.URL, c.URL), op(news.OpSplit, a.URL, c.URL))
	for i, p := range problems(t, s) {
		if !strings.Contains(p, "contradicts") {
			t.Errorf("correction %d: problem %q, want the contradiction told", i, p)
		}
	}
}

// pinsReachStories: a pin and the words of the rulings come with the step, and go when the pin goes.
func pinsReachStories(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	a := Article("one", "a", key(1))
	save(t, s, T0, a)
	place(t, s, T0, Rules())
	pin := news.Correction{Op: news.OpPin, Articles: []string{a.URL}, Headline: "Better"}
	if err := s.AddCorrection(context.Background(), pin, T0); err != nil {
		t.Fatal(err)
	}
	if err := s.AddCorrection(context.Background(), pin, T0); err != nil {
		t.Fatal(err)
	}
	place(t, s, T0.Add(time.Hour), Rules())
	st := mustStory(t, s, mustStoryOf(t, s, a.Key))
	if st.Account.Headline != "Better" || len(st.Account.Tags) != 1 {
		t.Errorf("pinned story: headline %q, rulings %q", st.Account.Headline, st.Account.Tags)
	}
	if got := problems(t, s); len(got) != 1 {
		t.Errorf("%d corrections, want the one that was added twice", len(got))
	}
	if err := s.AddCorrection(context.Background(), op("unmerge", a.URL), T0); err == nil {
		t.Error("an unknown operation was accepted")
	}
}

func purgeTakesText(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	a := Article("one", "a", key(1))
	save(t, s, T0, a)
	place(t, s, T0, Rules())
	id := mustStoryOf(t, s, a.Key)
	save(t, s, T0, revise(a, "second text"))
	correct(t, s, news.Correction{Op: news.OpDrop, Articles: []string{a.URL}, Purge: true})
	place(t, s, T0.Add(time.Hour), Rules())
	got := mustArticle(t, s, a.Key)
	if got.Text != "" || got.Title != "" || got.GUID != a.GUID {
		t.Errorf("purged article = %+v, want its identity alone", got)
	}
	if old, err := s.Revisions(ctx, a.Key); err != nil || len(old) != 0 {
		t.Errorf("purged article has %d revisions, %v", len(old), err)
	}
	if st := mustStory(t, s, id); st.Life.State != news.Dropped {
		t.Errorf("its story is %q, want dropped", st.Life.State)
	}
	if _, err := s.StoryOf(ctx, a.Key); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("StoryOf a dropped article = %v, want ErrNotFound", err)
	}
	// Its feed brings it again: the text stays away.
	save(t, s, T0.Add(2*time.Hour), revise(a, "third text"))
	place(t, s, T0.Add(2*time.Hour), Rules())
	if got := mustArticle(t, s, a.Key); got.Text != "" {
		t.Errorf("a purged article came back with %q", got.Text)
	}
}

// purgeReachesArchives drops articles whose stories a closed archive holds.
func purgeReachesArchives(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	var as []news.Article
	for i := range news.ArchiveSize {
		as = append(as, Article("one", fmt.Sprint("n", i), key(i+1)))
	}
	save(t, s, T0, as...)
	save(t, s, T0, Article("one", "again", key(2)))
	place(t, s, T0, Rules())
	correct(t, s,
		news.Correction{Op: news.OpDrop, Articles: []string{as[0].URL}, Purge: true},
		news.Correction{Op: news.OpDrop, Articles: []string{as[1].URL}, Purge: true})
	place(t, s, T0.Add(time.Hour), Rules())
	doc, err := s.Archive(ctx, "all", 1)
	if err != nil {
		t.Fatal(err)
	}
	if !doc.Closed || len(doc.Stories) != news.ArchiveSize-1 {
		t.Errorf("the archive is closed %t and holds %d stories, want closed and %d", doc.Closed, len(doc.Stories), news.ArchiveSize-1)
	}
	for _, st := range doc.Stories {
		for _, x := range st.Account.Tellings {
			if x.Article == as[0].Key || x.Article == as[1].Key {
				t.Errorf("the archive still tells %s", x.Title)
			}
		}
	}
}
