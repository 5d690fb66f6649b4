package storetest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

// state is all that publishers can read of a store.
type state struct {
	Generation  news.Generation
	Topics      map[string]news.Generation
	Entries     []news.Story
	Ended       []news.Story
	Archive     news.Archive
	Articles    []news.Listed
	Withdrawn   []news.Withdrawn
	Changed     []news.Story
	Feeds       []news.FeedState
	Corrections []store.Correction
}

func readAll(t *testing.T, s *store.Store) state {
	t.Helper()
	ctx := context.Background()
	var out state
	var errs [9]error
	out.Generation, out.Topics, errs[0] = s.Generation(ctx)
	out.Entries, errs[1] = s.Entries(ctx, "all", 0)
	out.Ended, errs[2] = s.Ended(ctx, "all", T0)
	out.Archive, errs[3] = s.Archive(ctx, "all", 1)
	out.Articles, errs[4] = s.AllArticles(ctx, "all", 0)
	out.Feeds, errs[5] = s.FeedStates(ctx)
	out.Corrections, errs[6] = s.Corrections(ctx)
	out.Withdrawn, errs[7] = s.Withdrawn(ctx, "all", T0)
	out.Changed, errs[8] = s.Changed(ctx, "all", 0)
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return out
}

// filled is a store with some of everything.
func filled(t *testing.T, open Open) (*store.Store, string) {
	t.Helper()
	s, dsn := open(t, "", store.Options{})
	for i := range 4 {
		at := T0.Add(time.Duration(i) * time.Minute)
		for j := range 40 {
			save(t, s, at, Article("one", fmt.Sprintf("n%d-%d", i, j), key(j), key(100+i*j%60)))
		}
		place(t, s, at, Rules())
	}
	correct(t, s, op(news.OpMerge, Article("one", "n0-0").URL, Article("one", "n0-1").URL), op(news.OpDrop, "https://none.example/"))
	place(t, s, T0.Add(time.Hour), Rules())
	return s, dsn
}

func backedUp(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := filled(t, open)
	want := readAll(t, s)
	file := filepath.Join(t.TempDir(), "backup.db")
	if err := s.Backup(ctx, file); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(ctx, file); err == nil {
		t.Error("a backup overwrote an older one")
	}
	fresh, dsn := open(t, "", store.Options{})
	save(t, fresh, T0, Article("one", "something else"))
	if err := fresh.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.Restore(ctx, file, dsn); err != nil {
		t.Fatal(err)
	}
	back, _ := open(t, dsn, store.Options{})
	if diff := cmp.Diff(want, readAll(t, back)); diff != "" {
		t.Errorf("restored store (-want +got):\n%s", diff)
	}
	sound(t, back)
	// It lives on: the next article gets a number of its own.
	save(t, back, T0.Add(2*time.Hour), Article("one", "after", key(0)))
	if p := place(t, back, T0.Add(2*time.Hour), Rules()); p.Articles != 1 {
		t.Errorf("Place after the restore = %+v", p)
	}
}

func migrated(t *testing.T, open Open) {
	ctx := context.Background()
	s, dsn := filled(t, open)
	want := readAll(t, s)
	for _, to := range []string{filepath.Join(t.TempDir(), "there.db")} {
		if err := store.Migrate(ctx, dsn, to, store.Options{}); err != nil {
			t.Fatal(err)
		}
		there, err := store.Open(ctx, to, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, readAll(t, there)); diff != "" {
			t.Errorf("migrated store (-want +got):\n%s", diff)
		}
		if err := there.Close(); err != nil {
			t.Fatal(err)
		}
		if err := store.Migrate(ctx, dsn, to, store.Options{}); err == nil {
			t.Error("a store that is not empty was written over")
		}
		// And back into one of this engine.
		_, home := open(t, "", store.Options{})
		if err := store.Migrate(ctx, to, home, store.Options{}); err != nil {
			t.Fatal(err)
		}
		back, _ := open(t, home, store.Options{})
		if diff := cmp.Diff(want, readAll(t, back)); diff != "" {
			t.Errorf("migrated back (-want +got):\n%s", diff)
		}
		save(t, back, T0.Add(2*time.Hour), Article("one", "after", key(0)))
		place(t, back, T0.Add(2*time.Hour), Rules())
		sound(t, back)
	}
}

// retentionKeepsIdentity takes texts and the index, and the same article is still known for the same.
func retentionKeepsIdentity(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	a, seed, b := Article("one", "a", key(1)), Article("seeds", "s", key(2)), Article("one", "b", key(3))
	seed.Seed = true
	save(t, s, T0, a, seed)
	save(t, s, T0.Add(time.Hour), revise(a, "new text"))
	place(t, s, T0.Add(time.Hour), Rules())
	id := mustStoryOf(t, s, a.Key)
	year := T0.AddDate(1, 0, 0)
	got, err := s.Retain(ctx, year, store.Keep{Texts: 24 * time.Hour, Revisions: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if got.Texts != 0 {
		t.Errorf("Retain by a clock that is a year ahead of all articles = %+v, want no text taken", got)
	}
	save(t, s, year, b)
	place(t, s, year, Rules())
	if got, err = s.Retain(ctx, year, store.Keep{Texts: 24 * time.Hour, Revisions: 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	if got.Texts != 1 || got.Revisions != 1 || got.Index == 0 {
		t.Errorf("Retain = %+v, want one text, one revision and some of the index", got)
	}
	if x := mustArticle(t, s, a.Key); x.Text != "" || x.GUID != a.GUID {
		t.Errorf("the old article = %+v, want its identity alone", x)
	}
	if x := mustArticle(t, s, seed.Key); x.Text == "" {
		t.Error("the seed lost its text")
	}
	if got := mustStoryOf(t, s, a.Key); got != id {
		t.Errorf("the old article is in story %s, was in %s", got, id)
	}
	if got := save(t, s, year, revise(a, "new text")); got != (news.Saved{}) {
		t.Errorf("Save of the old article = %+v, want it known", got)
	}
	late := Article("seeds", "late", key(2))
	late.Seed = true
	save(t, s, year, late)
	place(t, s, year, Rules())
	if x, y := mustStoryOf(t, s, late.Key), mustStoryOf(t, s, seed.Key); x != y {
		t.Errorf("a seed a year later is in story %s, want %s", x, y)
	}
	correct(t, s, op(news.OpMerge, a.URL, b.URL))
	place(t, s, year.Add(time.Hour), Rules())
	if x, y := mustStoryOf(t, s, a.Key), mustStoryOf(t, s, b.Key); x != y {
		t.Errorf("a merge with an article without text: stories %s and %s", x, y)
	}
	sound(t, s)
}

// retentionKeepsArchives lets stories fill archives, merge and be dropped, takes all texts a year later, and finds every
// document and every id as it was; also after a backup, and when the same articles come again.
func retentionKeepsArchives(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	var all []news.Article
	for i := range 2 * news.ArchiveSize {
		all = append(all, Article("one", fmt.Sprint("n", i), key(i+1)))
	}
	save(t, s, T0, all...)
	place(t, s, T0, Rules())
	var ids []news.StoryID
	for _, a := range all {
		ids = append(ids, mustStoryOf(t, s, a.Key))
	}
	later := T0.Add(time.Hour)
	save(t, s, later, Article("one", "tie", key(1), key(2)), revise(all[5], "new text"))
	correct(t, s, op(news.OpMerge, all[10].URL, all[11].URL), op(news.OpDrop, all[20].URL))
	place(t, s, later, Rules())
	year := T0.AddDate(1, 0, 0)
	save(t, s, year, Article("one", "a year later", key(9999)))
	place(t, s, year, Rules())

	type seen struct {
		Archives []news.Archive
		Stories  []news.Story
		Of       []news.StoryID
	}
	read := func(s *store.Store) (out seen) {
		t.Helper()
		for n := 1; n <= 3; n++ {
			doc, err := s.Archive(ctx, "all", n)
			if err != nil {
				t.Fatal(err)
			}
			out.Archives = append(out.Archives, doc)
		}
		for _, id := range ids {
			st := mustStory(t, s, id)
			st.Version = [16]byte{} // of one store's memory
			out.Stories = append(out.Stories, st)
		}
		for i, a := range all {
			if i != 20 { // dropped
				out.Of = append(out.Of, mustStoryOf(t, s, a.Key))
			}
		}
		return out
	}
	want := read(s)
	if !want.Archives[0].Closed || !want.Archives[1].Closed || want.Archives[2].Closed {
		t.Fatal("want two closed archives and an open one")
	}
	ended := map[news.StoryState]int{}
	for _, st := range want.Stories {
		ended[st.Life.State]++
	}
	if ended[news.Merged] != 2 || ended[news.Dropped] != 1 {
		t.Fatalf("states %v, want two merged and one dropped", ended)
	}
	got, err := s.Retain(ctx, year, store.Keep{Texts: time.Hour, Revisions: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if got.Texts < int64(len(all)) || got.Revisions != 1 {
		t.Errorf("Retain = %+v, want all %d old texts and one revision", got, len(all))
	}
	if diff := cmp.Diff(want, read(s)); diff != "" {
		t.Errorf("after retention (-before +after):\n%s", diff)
	}
	file := filepath.Join(t.TempDir(), "backup.db")
	if err := s.Backup(ctx, file); err != nil {
		t.Fatal(err)
	}
	_, dsn := open(t, "", store.Options{})
	if err := store.Migrate(ctx, file, dsn, store.Options{}); err != nil {
		t.Fatal(err)
	}
	moved, _ := open(t, dsn, store.Options{})
	if diff := cmp.Diff(want, read(moved)); diff != "" {
		t.Errorf("after retention, in a copy (-before +after):\n%s", diff)
	}
	// The outlet goes on bringing what it brought: nothing is new, and no id is given again.
	if got := save(t, s, year, slices.Concat(all[:5], all[6:])...); got != (news.Saved{}) {
		t.Errorf("Save of what was there = %+v, want nothing new", got)
	}
	fresh := Article("one", "fresh", key(77_777))
	save(t, s, year.Add(time.Hour), fresh)
	place(t, s, year.Add(time.Hour), Rules())
	if id := mustStoryOf(t, s, fresh.Key); slices.Contains(ids, id) {
		t.Errorf("a new story has the id %s of an old one", id)
	}
	if diff := cmp.Diff(want.Stories, read(s).Stories); diff != "" {
		t.Errorf("after the next article (-before +after):\n%s", diff)
	}
	sound(t, s)
}

func neighbours(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	a, b, c, d := Article("one", "a", key(1)), Article("one", "b", key(1), key(2)), Article("one", "c", key(2)), Article("one", "d", key(9))
	save(t, s, T0, a, b, c, d)
	place(t, s, T0, Rules())
	n, err := s.Neighbourhood(context.Background(), a.Key, d.Key)
	if err != nil {
		t.Fatal(err)
	}
	if len(n.Members) != 4 || len(n.Edges) != 2 {
		t.Errorf("Neighbourhood = %d members and %d edges, want 4 and 2", len(n.Members), len(n.Edges))
	}
	if _, err := s.Neighbourhood(context.Background(), a.Key, "none"); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Neighbourhood of nothing = %v, want ErrNotFound", err)
	}
}
