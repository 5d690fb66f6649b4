package store_test

import (
	"context"
	"testing"

	"wirefold/internal/store"
	"wirefold/internal/store/storetest"
)

func TestPostgres(t *testing.T) {
	server := storetest.StartPostgres(t)
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
