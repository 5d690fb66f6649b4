package store_test

import (
	"context"
	"path/filepath"
	"testing"

	"wirefold/internal/news"
	"wirefold/internal/store"
	"wirefold/internal/store/storetest"
)

func openSQLite(t *testing.T, dsn string, o store.Options) (*store.Store, string) {
	t.Helper()
	if dsn == "" {
		dsn = filepath.Join(t.TempDir(), "wirefold.db")
	}
	s, err := store.Open(context.Background(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, dsn
}

func TestSQLite(t *testing.T) { storetest.Run(t, openSQLite) }

// Marks are made of the text, and hold its vector: who wants the text gone wants them gone.
func TestAPurgeTakesTheMarksToo(t *testing.T) {
	ctx := context.Background()
	s, _ := openSQLite(t, "", store.Options{})
	a, b := storetest.Article("one", "a"), storetest.Article("one", "b")
	if _, err := s.Save(ctx, news.Batch{State: news.FeedState{Feed: "one"}, Articles: []news.Article{a, b}, At: storetest.T0}); err != nil {
		t.Fatal(err)
	}
	drop := []news.Correction{{Op: news.OpDrop, Articles: []string{a.URL}, Purge: true, Origin: "file"}}
	for i, want := range []int{2, 1} {
		if _, err := s.Place(ctx, storetest.T0, storetest.Rules()); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Count(ctx, "SELECT count(*) FROM marks"); err != nil || n != want {
			t.Errorf("after placing %d: marks of %d articles, %v; want %d", i, n, err, want)
		}
		if err := s.Correct(ctx, drop, storetest.T0); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWorkUnderALostLeaseIsRefused(t *testing.T) { storetest.StolenLease(t, openSQLite) }
