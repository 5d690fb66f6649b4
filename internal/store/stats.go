package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
)

// Stats are the sizes of a store, for metrics.
type Stats struct {
	Articles int64 // ever stored
	Unplaced int64 // waiting for Place
	Stories  int64 // live and published
	Feeds    int64
	// Bytes on disk: of SQLite the file and its write-ahead log.
	Bytes int64
}

// Stats counts what the store holds.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	var st Stats
	err := s.read(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT (SELECT coalesce(max(id), 0) FROM articles), (SELECT count(*) FROM unplaced),
			(SELECT count(*) FROM stories WHERE published > 0 AND ended = 0), (SELECT count(*) FROM feeds)`).Scan(&st.Articles, &st.Unplaced, &st.Stories, &st.Feeds)
		if err != nil || s.dialect != postgresDialect {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT pg_database_size(current_database())").Scan(&st.Bytes)
	})
	if err != nil {
		return Stats{}, fmt.Errorf("count what is stored: %w", err)
	}
	if s.path != "" {
		for _, name := range []string{s.path, s.path + "-wal"} {
			if info, err := os.Stat(name); err == nil {
				st.Bytes += info.Size()
			}
		}
	}
	return st, nil
}
