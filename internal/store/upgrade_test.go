package store

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"wirefold/internal/news"
)

// A store of the first schema lists its articles after the upgrade, each topic those of its live stories.
func TestAStoreOfTheFirstSchemaIsBroughtUpToDate(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "w.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := steps(migrations)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	story, err := p.packJSON(news.Story{ID: "one"})
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []struct {
		sql  string
		args []any
	}{
		{"CREATE TABLE schema_steps (number BIGINT PRIMARY KEY, at BIGINT NOT NULL)", nil},
		{sqliteDialect.sql(all[0].sql), nil},
		{"INSERT INTO schema_steps VALUES (1, 0)", nil},
		{`INSERT INTO articles (id, key, feed, guid, url, item_hash, text_hash, seen, revision, seed, guid_h, url_h, text_h) VALUES
			(1, x'01', 'f', '', '', x'', x'', 1000, 0, 0, 0, 0, 0), (2, x'02', 'f', '', '', x'', x'', 2000, 0, 0, 0, 0, 0), (3, x'03', 'f', '', '', x'', x'', 3000, 0, 0, 0, 0, 0)`, nil},
		{"INSERT INTO places (article, story, edges) VALUES (1, 1, x''), (2, 1, x''), (3, 2, x'')", nil},
		{"INSERT INTO stories (id, name, minted, newest, published, ended, members, state) VALUES (1, 'one', 0, 2000, 1, 0, $1, $2), (2, 'two', 0, 3000, 1, 0, $3, $2)", []any{packIDs([]int64{1, 2}), story, packIDs([]int64{3})}},
		{"INSERT INTO entries (slug, seq, story, name, published, newest, ended, gone) VALUES ('sea', 1, 1, 'one', 1, 2000, 0, 0), ('sea', 2, 2, 'two', 1, 3000, 0, 1)", nil},
	} {
		if _, err := db.ExecContext(ctx, do.sql, do.args...); err != nil {
			t.Fatalf("%s: %v", do.sql, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	s, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	as, err := s.AllArticles(ctx, "sea", 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(as) != 2 || as[0].Article.Key != "02" || !as[0].At.Equal(fromMicros(2000)) || as[1].Article.Key != "01" {
		t.Errorf("listed: %+v, want 02 and 01", as)
	}
	if changed, err := s.Changed(ctx, "sea", 0); err != nil || len(changed) != 1 || changed[0].ID != "one" {
		t.Errorf("changed: %+v, %v", changed, err)
	}
	if bad, err := s.Integrity(ctx); err != nil || len(bad) > 0 {
		t.Errorf("Integrity = %v, %v", bad, err)
	}
}
