package store_test

import (
	"context"
	"flag"
	"testing"

	"wirefold/internal/store"
	"wirefold/internal/store/storetest"
)

func TestPostgres(t *testing.T) {
	server := storetest.StartPostgres(t)
	// Each draw of random articles makes a database here, which takes a while; SQLite has had a hundred.
	checks := flag.Lookup("rapid.checks")
	was := checks.Value.String()
	if err := flag.Set("rapid.checks", "15"); err != nil {
		t.Fatal(err)
	}
	defer flag.Set("rapid.checks", was)
	storetest.Run(t, func(t *testing.T, dsn string, o store.Options) (*store.Store, string) {
		t.Helper()
		if dsn == "" {
			dsn = server.NewDSN(t)
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
	})
}
