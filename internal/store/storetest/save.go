package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

// revise gives an article another text.
func revise(a news.Article, text string) news.Article {
	a.Text, a.HTML = text, "<p>"+text+"</p>"
	a.TextHash = sha256.Sum256([]byte(text))
	a.ItemHash = sha256.Sum256([]byte("item" + text))
	return a
}

func mustArticle(t *testing.T, s *store.Store, k news.ArticleKey) news.Article {
	t.Helper()
	a, err := s.Article(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func revisionsAreKept(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	a := Article("one", "a", key(1))
	a.Backfill = true
	save(t, s, T0, a)
	place(t, s, T0, Rules())

	if got := save(t, s, T0.Add(time.Hour), a); got != (news.Saved{}) {
		t.Errorf("Save of the same = %+v, want nothing", got)
	}
	moved := a
	moved.Authors = []news.Author{{Name: "Somebody"}}
	moved.ItemHash = sha256.Sum256([]byte("moved byline"))
	if got := save(t, s, T0.Add(time.Hour), moved); got != (news.Saved{}) {
		t.Errorf("Save with another byline = %+v, want no revision", got)
	}
	if got := mustArticle(t, s, a.Key); len(got.Authors) != 1 || got.Revision != 0 {
		t.Errorf("after another byline: %d authors, revision %d, want 1 and 0", len(got.Authors), got.Revision)
	}
	b := revise(a, "Another text")
	b.Backfill = false
	if got := save(t, s, T0.Add(2*time.Hour), b); got != (news.Saved{Revised: 1}) {
		t.Errorf("Save of another text = %+v, want one revision", got)
	}
	got := mustArticle(t, s, a.Key)
	if got.Revision != 1 || got.Text != "Another text" || !got.Seen.Equal(T0) || !got.Backfill {
		t.Errorf("revised article = revision %d, %q, seen %v, backfill %t; want 1, the new text, first seen %v, still backfill", got.Revision, got.Text, got.Seen, got.Backfill, T0)
	}
	old, err := s.Revisions(ctx, a.Key)
	if err != nil {
		t.Fatal(err)
	}
	if len(old) != 1 || old[0].Text != a.Text || old[0].Revision != 0 {
		t.Errorf("Revisions = %+v, want the first text", old)
	}
	if p := place(t, s, T0.Add(2*time.Hour), Rules()); p.Articles != 1 {
		t.Errorf("Place after a revision = %+v, want one article", p)
	}
}

// revisedMoves gives an article keys that tie it to another story.
func revisedMoves(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	a, b, c := Article("one", "a", key(1)), Article("one", "b", key(1)), Article("one", "c", key(2))
	save(t, s, T0, a, b, c)
	place(t, s, T0, Rules())
	wantGrouping(t, s, "a b", "c")
	moved := revise(b, "Now about c")
	moved.Marks.Keys = []news.Key{key(2)}
	save(t, s, T0.Add(time.Hour), moved)
	place(t, s, T0.Add(time.Hour), Rules())
	wantGrouping(t, s, "a", "b c")
	save(t, s, T0.Add(2*time.Hour), Article("one", "d", key(1)))
	place(t, s, T0.Add(2*time.Hour), Rules())
	wantGrouping(t, s, "a d", "b c")
}

func futureDatesAreClamped(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	a, b, c := Article("one", "a"), Article("one", "b"), Article("one", "c")
	a.Published = news.Date{Time: T0.Add(48 * time.Hour)}
	b.Published = news.Date{Time: T0.AddDate(0, 0, 3).Truncate(24 * time.Hour), DayOnly: true}
	c.Published = news.Date{Time: T0.Add(-time.Hour)}
	save(t, s, T0, a, b, c)
	for _, tt := range []struct {
		key  news.ArticleKey
		want news.Date
	}{
		{a.Key, news.Date{Time: T0}},
		{b.Key, news.Date{Time: T0.Truncate(24 * time.Hour), DayOnly: true}},
		{c.Key, c.Published},
	} {
		if got := mustArticle(t, s, tt.key).Published; got != tt.want {
			t.Errorf("Published = %v, want %v", got, tt.want)
		}
	}
}

func renamedSeed(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	a := Article("one", "a")
	save(t, s, T0, a)
	_, err := s.Save(ctx, news.Batch{State: news.FeedState{Feed: "one"}, Renames: map[news.ArticleKey]string{a.Key: "new/name.txt"}, At: T0})
	if err != nil {
		t.Fatal(err)
	}
	known, err := s.Known(ctx, "one", []string{"new/name.txt"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(known) != 1 || known[0].Key != a.Key {
		t.Errorf("Known under the new name = %+v, want the same article", known)
	}
	if got := mustArticle(t, s, a.Key).GUID; got != "new/name.txt" {
		t.Errorf("GUID = %q", got)
	}
}

func foundByReference(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	a, seed := Article("one", "a"), Article("seeds", "b")
	a.Link = "https://one.example/a?utm_source=x"
	seed.GUID, seed.Seed = "dir/000.txt", true
	save(t, s, T0, a, seed, Article("one", "other"))
	for ref, want := range map[string]news.ArticleKey{
		string(a.Key): a.Key, string(a.Key[:8]): a.Key, a.URL: a.Key, a.Link: a.Key, "dir/000.txt": seed.Key, "./dir/000.txt": seed.Key,
	} {
		got, err := s.ArticleByRef(ctx, ref)
		if err != nil || got.Key != want {
			t.Errorf("ArticleByRef(%q) = %s, %v, want %s", ref, got.Key, err, want)
		}
	}
	for _, ref := range []string{string(a.Key[:7]), strings.Repeat("0", 64), "https://one.example/none", ""} {
		if _, err := s.ArticleByRef(ctx, ref); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("ArticleByRef(%q) = %v, want ErrNotFound", ref, err)
		}
	}
}

func strangeText(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	a := Article("one", "a")
	a.GUID, a.URL, a.Title = "nul\x00 and \xff\xfe", "https://one.example/\x00", "nul\x00"
	save(t, s, T0, a)
	known, err := s.Known(context.Background(), "one", []string{"nul\x00 and \xff\xfe"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(known) != 1 || known[0].Key != a.Key {
		t.Errorf("Known by a strange guid = %+v", known)
	}
}

func claimsExclude(t *testing.T, open Open) {
	ctx := context.Background()
	s, dsn := open(t, "", store.Options{})
	other, _ := open(t, dsn, store.Options{})
	ids := []news.FeedID{"b", "a", "c"}
	claim := func(s *store.Store, at time.Time) []news.FeedID {
		t.Helper()
		got, err := s.Claim(ctx, at, ids, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		var out []news.FeedID
		for _, st := range got {
			out = append(out, st.Feed)
		}
		return out
	}
	check := func(what string, got []news.FeedID, want ...news.FeedID) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	check("first", claim(s, T0), "a", "b", "c")
	check("held by another", claim(other, T0))
	check("held by itself", claim(s, T0))
	if err := s.Release(ctx, []news.FeedID{"b"}); err != nil {
		t.Fatal(err)
	}
	check("released", claim(other, T0), "b")
	if err := s.SaveStates(ctx, []news.FeedState{{Feed: "a", ETag: "x"}}, []news.HostState{{Host: "https://a.example:443", Failures: 2}}); err != nil {
		t.Fatal(err)
	}
	check("saved", claim(other, T0), "a")
	check("after the claims have run out", claim(s, T0.Add(time.Minute)), "a", "b", "c")
	states, err := s.FeedStates(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]news.FeedState{{Feed: "a", ETag: "x"}, {Feed: "b"}, {Feed: "c"}}, states); diff != "" {
		t.Errorf("FeedStates (-want +got):\n%s", diff)
	}
	hosts, err := s.HostStates(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]news.HostState{{Host: "https://a.example:443", Failures: 2}}, hosts); diff != "" {
		t.Errorf("HostStates (-want +got):\n%s", diff)
	}
}

func subscribers(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	a := news.Subscription{Topic: "all", Callback: "https://a.example/", Secret: "s", Expires: T0}
	for _, sub := range []news.Subscription{a, {Topic: "all", Callback: "https://b.example/"}, {Topic: "all", Callback: "https://a.example/", Expires: T0, Delivered: 7}} {
		if err := s.PutSubscription(ctx, sub); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.DeleteSubscription(ctx, "all", "https://b.example/"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Subscriptions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]news.Subscription{{Topic: "all", Callback: "https://a.example/", Expires: T0, Delivered: 7}}, got); diff != "" {
		t.Errorf("Subscriptions (-want +got):\n%s", diff)
	}
}
