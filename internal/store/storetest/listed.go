package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

// listedArticles follows an article through stories in and outside of a topic: each topic lists what its stories tell,
// in the order in which it came, and says what was taken out of it.
func listedArticles(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	r := Rules()
	base := r.Advance
	r.Advance = func(st news.Step) news.Story {
		out := base(st)
		if out.Founder == "" {
			out.Founder = st.Founder
		}
		out.Life.Topics = []string{"all"}
		if out.Founder == Article("one", "inside").Key {
			out.Life.Topics = []string{"all", "some"}
		}
		return out
	}
	inside, outside, wanderer := Article("one", "inside", key(1)), Article("one", "outside", key(2)), Article("one", "wanderer", key(2))
	now := T0
	step := func(as ...news.Article) {
		now = now.Add(time.Hour)
		save(t, s, now, as...)
		place(t, s, now, r)
	}
	want := func(when, slug string, listed, withdrawn []string) {
		t.Helper()
		as, err := s.AllArticles(ctx, slug, 0)
		if err != nil {
			t.Fatal(err)
		}
		gone, err := s.Withdrawn(ctx, slug, T0)
		if err != nil {
			t.Fatal(err)
		}
		var here, left []string
		for i, l := range as {
			here = append(here, l.Article.Title)
			if i > 0 && l.At.After(as[i-1].At) {
				t.Errorf("%s: %s lists %s of %s behind one of %s", when, slug, l.Article.Title, l.At, as[i-1].At)
			}
		}
		for _, w := range gone {
			for _, a := range []news.Article{inside, outside, wanderer} {
				if a.Key == w.Article {
					left = append(left, a.Title)
				}
			}
			if !w.At.Equal(now) {
				t.Errorf("%s: taken out at %s, want %s", when, w.At, now)
			}
		}
		if d := cmp.Diff([][]string{listed, withdrawn}, [][]string{here, left}); d != "" {
			t.Errorf("%s, topic %s, listed and withdrawn (-want +got):\n%s", when, slug, d)
		}
	}
	move := func(text string, k int) news.Article {
		a := revise(wanderer, text)
		a.Marks.Keys = []news.Key{key(k)}
		return a
	}
	names := func(as ...news.Article) []string {
		var out []string
		for _, a := range as {
			out = append(out, a.Title)
		}
		return out
	}

	step(inside)
	step(outside, wanderer)
	want("at first", "some", names(inside), nil)
	step(move("now of the inside", 1))
	want("after it moved in", "some", names(wanderer, inside), nil)
	want("after it moved in", "all", names(wanderer, outside, inside), nil)
	step(move("out again", 2))
	want("after it moved out", "some", names(inside), names(wanderer))
	want("after it moved out", "all", names(wanderer, outside, inside), nil)
	step(move("and in again", 1))
	want("after it came back", "some", names(wanderer, inside), nil)
	correct(t, s, op(news.OpDrop, wanderer.URL))
	step()
	want("after it was dropped", "some", names(inside), names(wanderer))
	changed, err := s.Changed(ctx, "some", 0)
	if err != nil || len(changed) != 1 || changed[0].ID != mustStoryOf(t, s, inside.Key) {
		t.Errorf("Changed = %d stories, %v", len(changed), err)
	}
	if bad, err := s.Integrity(ctx); err != nil || !slices.Equal(bad, nil) {
		t.Errorf("Integrity = %v, %v", bad, err)
	}
}
