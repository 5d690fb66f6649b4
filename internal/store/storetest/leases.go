package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

func leaseExcludes(t *testing.T, open Open) {
	ctx := context.Background()
	s, dsn := open(t, "", store.Options{})
	other, _ := open(t, dsn, store.Options{})
	l, err := s.Lease(ctx, "work", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []*store.Store{s, other} {
		if _, err := x.Lease(ctx, "work", time.Minute); !errors.Is(err, news.ErrBusy) {
			t.Errorf("a second lease = %v, want ErrBusy", err)
		}
	}
	if _, err := other.Lease(ctx, "other work", time.Minute); err != nil {
		t.Errorf("a lease of another name = %v", err)
	}
	if err := l.Release(ctx); err != nil {
		t.Fatal(err)
	}
	next, err := other.Lease(ctx, "work", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if next.Fence <= l.Fence {
		t.Errorf("fence %d after %d, want a greater one", next.Fence, l.Fence)
	}
	if err := next.Release(ctx); err != nil {
		t.Fatal(err)
	}
}

// StolenLease runs out while its holder works: the work is refused whole, and nothing of it is lost. It is for engines
// whose leases go by Options.Now (a server has one clock for all, which no test can set), so Run leaves it out.
func StolenLease(t *testing.T, open Open) {
	ctx := context.Background()
	s, dsn := open(t, "", store.Options{})
	// The other's clock is an hour ahead: to it the lease has run out.
	var ahead time.Duration
	var stolen *store.Lease
	other, _ := open(t, dsn, store.Options{Now: func() time.Time { return time.Now().Add(ahead) }})
	save(t, s, T0, Article("one", "a", key(1)), Article("one", "b", key(1)))
	r := Rules()
	r.Link = AtOnce(func(as []news.Marked, ps [][2]int32) []news.Edge {
		ahead = time.Hour
		var err error
		if stolen, err = other.Lease(ctx, "place", time.Minute); err != nil {
			t.Error(err)
		}
		return linkAll(as, ps)
	})
	if _, err := s.Place(ctx, T0, r); !errors.Is(err, news.ErrLostLease) {
		t.Fatalf("Place with a stolen lease = %v, want ErrLostLease", err)
	}
	if got := grouping(t, s); len(got) != 0 {
		t.Errorf("it wrote the stories %q", got)
	}
	if err := stolen.Release(ctx); err != nil {
		t.Fatal(err)
	}
	place(t, other, T0, Rules())
	wantGrouping(t, s, "a b")
}

// savedWhilePlacing revises an article in the middle of a Place that read its old text.
func savedWhilePlacing(t *testing.T, open Open) {
	s, _ := open(t, "", store.Options{})
	a, b, c := Article("one", "a", key(1)), Article("one", "b", key(1)), Article("one", "c", key(2))
	save(t, s, T0, a, b, c)
	r := Rules()
	var once sync.Once
	r.Link = AtOnce(func(as []news.Marked, ps [][2]int32) []news.Edge {
		once.Do(func() {
			moved := revise(b, "about c")
			moved.Marks.Keys = []news.Key{key(2)}
			save(t, s, T0, moved)
		})
		return linkAll(as, ps)
	})
	place(t, s, T0, r)
	place(t, s, T0, Rules())
	wantGrouping(t, s, "a", "b c")
}

// manyPlacers save and place at once, through several stores.
func manyPlacers(t *testing.T, open Open) {
	s, dsn := open(t, "", store.Options{})
	var work sync.WaitGroup
	for i := range 4 {
		x, _ := open(t, dsn, store.Options{})
		work.Go(func() {
			for j := range 10 {
				var as []news.Article
				for k := range 5 {
					// Every worker brings every article: each must be stored once.
					as = append(as, Article("one", string(rune('a'+j))+string(rune('a'+(k+i)%5)), key(j)))
				}
				if _, err := x.Save(context.Background(), news.Batch{State: news.FeedState{Feed: "one"}, Articles: as, At: T0}); err != nil {
					t.Error(err)
				}
				if _, err := x.Place(context.Background(), T0, Rules()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	place(t, s, T0, Rules())
	var want []string
	for j := range 10 {
		p := string(rune('a' + j))
		want = append(want, p+"a "+p+"b "+p+"c "+p+"d "+p+"e")
	}
	wantGrouping(t, s, want...)
	sound(t, s)
}

func sound(t *testing.T, s *store.Store) {
	t.Helper()
	problems, err := s.Integrity(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("integrity: %s", p)
	}
}

// toldAfterAnother: the articles that a process remembers are void once another has placed a revision of one.
func toldAfterAnother(t *testing.T, open Open) {
	s, dsn := open(t, "", store.Options{})
	other, _ := open(t, dsn, store.Options{})
	a, b := Article("one", "a", key(1)), Article("one", "b", key(1))
	save(t, s, T0, a)
	place(t, s, T0, Rules())
	save(t, other, T0.Add(time.Minute), revise(a, "Told anew"))
	place(t, other, T0.Add(time.Minute), Rules())
	r := Rules()
	advance := r.Advance
	texts := map[news.ArticleKey]string{}
	r.Advance = func(st news.Step) news.Story {
		for _, m := range st.Members {
			texts[m.Key] = m.Text
		}
		return advance(st)
	}
	save(t, s, T0.Add(2*time.Minute), b)
	place(t, s, T0.Add(2*time.Minute), r)
	if diff := cmp.Diff(map[news.ArticleKey]string{a.Key: "Told anew", b.Key: b.Text}, texts); diff != "" {
		t.Errorf("the story was told from (-want +got):\n%s", diff)
	}
}
