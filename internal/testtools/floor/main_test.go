package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wirefold/internal/testtools/feedload"
)

func TestTheFloorStoresEveryItemOnce(t *testing.T) {
	s, err := feedload.Start(feedload.Options{Feeds: 6, Items: 5, Words: 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	dir := t.TempDir()
	urls := filepath.Join(dir, "urls")
	if err := os.WriteFile(urls, []byte(strings.Join(s.URLs(), "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "floor.db")
	for range 2 {
		if err := run(file, urls, "", 4, false); err != nil {
			t.Fatal(err)
		}
	}
	db, err := open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var n int
	if err := db.QueryRow(`SELECT count(*) FROM a`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n != 30 || s.NotModified.Load() != 6 {
		t.Errorf("%d items and %d answers 304, want 30 and 6", n, s.NotModified.Load())
	}
}
