package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// table is a table as Migrate copies it: its columns, the first keys of them ordering it without ties. Leases and
// claims are of processes, not of the store, and are left behind.
type table struct {
	name, order string
	columns     string
	counted     bool // the engine counts its id
}

var tables = [...]table{
	{"meta", "name", "name, n, at, value", false},
	{"feeds", "id", "id, state", false},
	{"hosts", "host", "host, state", false},
	{"articles", "id", "id, key, feed, guid, url, item_hash, text_hash, seen, revision, seed, guid_h, url_h, link_h, text_h", true},
	{"bodies", "article", "article, body", false},
	{"revisions", "article, revision", "article, revision, at, body", false},
	{"marks", "article", "article, data", false},
	{"unplaced", "article", "article, stamp, stage", false},
	{"holders", "id", "id, newest, data", false},
	{"crowds", "key, published, seen", "key, published, seen, n", false},
	{"places", "article", "article, story, edges", false},
	{"stories", "id", "id, name, minted, newest, published, ended, wake, members, state", true},
	{"aliases", "old", "old, name", false},
	{"entries", "slug, seq", "slug, seq, story, name, published, updated, ended, gone", false},
	{"listed", "slug, article", "slug, article, at, gone", false},
	{"topics", "slug", "slug, generation, at, seq", false},
	{"archives", "slug, n", "slug, n, at, data", false},
	{"corrections", "id", "id, origin, line, body", true},
	{"ruled", "correction, ref, article", "correction, ref, article", false},
	{"subscriptions", "topic, callback", "topic, callback, state", false},
}

// Migrate moves everything from one store to another that is empty, with all ids: SQLite to PostgreSQL, back, or
// between two of a kind. Nothing may write to the source meanwhile but through this program, which then waits.
func Migrate(ctx context.Context, from, to string, o Options) error {
	src, err := Open(ctx, from, o)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := Open(ctx, to, o)
	if err != nil {
		return err
	}
	if err := src.copyTo(ctx, dst, false); err != nil {
		dst.Close()
		return fmt.Errorf("migrate to %s: %w", shown(to), err)
	}
	return dst.Close()
}

// copyTo copies all tables in one transaction on either side. A target that holds anything is refused, or emptied.
func (s *Store) copyTo(ctx context.Context, dst *Store, empty bool) error {
	return s.read(ctx, func(from *sql.Tx) error {
		return dst.write(ctx, func(to *sql.Tx) error {
			for _, t := range tables {
				if empty {
					if _, err := to.ExecContext(ctx, "DELETE FROM "+t.name); err != nil {
						return err
					}
				}
				var n int
				if err := to.QueryRowContext(ctx, "SELECT count(*) FROM "+t.name).Scan(&n); err != nil {
					return err
				}
				if n > 0 {
					return errors.New("the target is not empty")
				}
			}
			for _, t := range tables {
				if err := dst.copyTable(ctx, from, to, t); err != nil {
					return fmt.Errorf("copy %s: %w", t.name, err)
				}
			}
			return nil
		})
	})
}

// copyBytes bounds what is held in memory of a table while it is copied.
const copyBytes = 8 << 20

func (s *Store) copyTable(ctx context.Context, from, to *sql.Tx, t table) error {
	cols := strings.Count(t.columns, ",") + 1
	head := "INSERT INTO " + t.name + " (" + t.columns + ") VALUES"
	var values []any
	size := 0
	flush := func() error {
		err := s.bulk(ctx, to, head, cols, "", values, nil)
		values, size = values[:0], 0
		return err
	}
	err := rows(ctx, from, func(rs *sql.Rows) error {
		row := make([]any, cols)
		at := make([]any, cols)
		for i := range row {
			at[i] = &row[i]
		}
		if err := rs.Scan(at...); err != nil {
			return err
		}
		for i, v := range row {
			switch v := v.(type) {
			case []byte:
				if v == nil {
					row[i] = []byte{} // SQLite's driver reads an empty blob as nil, which PostgreSQL takes for NULL
				}
				size += len(v)
			case string:
				size += len(v)
			}
		}
		values = append(values, row...)
		if size > copyBytes || len(values) >= 100*bulkRows*cols {
			return flush()
		}
		return nil
	}, "SELECT "+t.columns+" FROM "+t.name+" ORDER BY "+t.order)
	if err != nil {
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	if t.counted && s.dialect == postgresDialect {
		_, err = to.ExecContext(ctx, "SELECT setval(pg_get_serial_sequence('"+t.name+"', 'id'), coalesce((SELECT max(id) FROM "+t.name+"), 0) + 1, false)")
	}
	return err
}
