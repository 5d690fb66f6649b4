package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wirefold/internal/news"
	"wirefold/internal/store"
	"wirefold/internal/store/storetest"
)

func one(name string) news.Batch {
	return news.Batch{State: news.FeedState{Feed: "one"}, Articles: []news.Article{storetest.Article("one", name)}, At: storetest.T0}
}

func TestOpenRefusesWithOneClearLine(t *testing.T) {
	ctx := context.Background()
	good := filepath.Join(t.TempDir(), "good.db")
	s, err := store.Open(ctx, good, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		if _, err := s.Save(ctx, one(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(t.TempDir(), "newer.db")
	if s, err = store.Open(ctx, newer, store.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(ctx, "INSERT INTO schema_steps (number, at) VALUES (9999, 0)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file := func(name string, b []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct {
		name, path string
		is         error
		says       string
	}{
		{"a newer schema", newer, news.ErrNewerStore, "newer than this program"},
		{"text", file("text.db", bytes.Repeat([]byte("not a database\n"), 1000)), nil, "not a SQLite database"},
		{"a damaged beginning", file("cut.db", append(bytes.Repeat([]byte{7}, 200), whole[200:]...)), nil, "not a SQLite database"},
		{"a folder that is a file", filepath.Join(file("file", nil), "x.db"), news.ErrUnwritable, "cannot write the data directory"},
		{"a path that is a folder", t.TempDir(), news.ErrUnwritable, "not a regular file"},
	} {
		s, err := store.Open(ctx, tt.path, store.Options{})
		if err == nil {
			s.Close()
			t.Errorf("%s: opened", tt.name)
			continue
		}
		if tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.is)
		}
		if !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q, want one line that says %q", tt.name, err, tt.says)
		}
	}
}

func TestTruncatedDatabaseIsReportedAndRestored(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "w.db"), filepath.Join(dir, "backup.db")
	s, _ := openSQLite(t, path, store.Options{})
	for i := range 200 {
		if _, err := s.Save(ctx, one(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Backup(ctx, backup); err != nil {
		t.Fatal(err)
	}
	if err := store.Restore(ctx, backup, path); !errors.Is(err, news.ErrBusy) {
		t.Errorf("Restore over a store in use = %v, want ErrBusy", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()/2); err != nil {
		t.Fatal(err)
	}
	if s, err = store.Open(ctx, path, store.Options{}); err == nil {
		problems, err := s.Integrity(ctx)
		if err == nil && len(problems) == 0 {
			t.Error("half a database is called sound")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := store.Restore(ctx, backup, path); err != nil {
		t.Fatal(err)
	}
	s, _ = openSQLite(t, path, store.Options{})
	if _, err := s.Article(ctx, storetest.Article("one", "199").Key); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(backup, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Restore(ctx, backup, filepath.Join(dir, "other.db")); err == nil {
		t.Error("rubbish was restored")
	}
}

func TestFullDiskLosesNothingAndPasses(t *testing.T) {
	ctx := context.Background()
	s, _ := openSQLite(t, "", store.Options{})
	if _, err := s.Save(ctx, one("before")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Place(ctx, storetest.T0, storetest.Rules()); err != nil {
		t.Fatal(err)
	}
	pages, err := s.Pages(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.LimitPages(ctx, pages+1); err != nil {
		t.Fatal(err)
	}
	var batch news.Batch
	for i := range 100 {
		batch.Articles = append(batch.Articles, one(fmt.Sprint(i)).Articles...)
	}
	batch.State.Feed, batch.At = "one", storetest.T0
	if _, err := s.Save(ctx, batch); err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("Save on a full disk = %v, want it said", err)
	}
	if all, err := s.AllArticles(ctx, "all", 0); err != nil || len(all) != 1 {
		t.Errorf("while the disk is full: %d articles, %v; want what was there to be served", len(all), err)
	}
	if err := s.LimitPages(ctx, 0); err != nil {
		t.Fatal(err)
	}
	saved, err := s.Save(ctx, batch)
	if err != nil || saved.New != 100 {
		t.Errorf("Save when there is room again = %+v, %v", saved, err)
	}
}

func TestReplacedDatabaseIsOpenedAgain(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, other := filepath.Join(dir, "w.db"), filepath.Join(dir, "other.db")
	s, _ := openSQLite(t, path, store.Options{})
	if _, err := s.Save(ctx, one("old")); err != nil {
		t.Fatal(err)
	}
	o, err := store.Open(ctx, other, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Save(ctx, one("new")); err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, one("lost?")); err == nil || !strings.Contains(err.Error(), "moved or removed") {
		t.Errorf("Save into a database that was moved away = %v, want it said", err)
	}
	for _, name := range []string{path + "-wal", path + "-shm"} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Article(ctx, storetest.Article("one", "new").Key); err != nil {
		t.Errorf("after another database took its place: %v", err)
	}
	if _, err := s.Save(ctx, one("next")); err != nil {
		t.Error(err)
	}
}

func TestDeadProcessesLeaveNoMarks(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "w.db")
	if err := os.WriteFile(path+".owner-somebody-1-abc", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	openSQLite(t, path, store.Options{})
	left, err := filepath.Glob(path + ".owner-somebody*")
	if err != nil || len(left) != 0 {
		t.Errorf("left of the dead: %v, %v", left, err)
	}
}
