package store_test

import (
	"context"
	"path/filepath"
	"testing"

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

func TestWorkUnderALostLeaseIsRefused(t *testing.T) { storetest.StolenLease(t, openSQLite) }
