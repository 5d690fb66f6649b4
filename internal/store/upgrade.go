package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"wirefold/internal/news"
)

// step is one numbered migration.
type step struct {
	number int
	sql    string
}

// steps reads the migrations in their order. They are named NNNN_words.sql, numbered from 1 without gaps.
func steps(files fs.FS) ([]step, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	out := make([]step, 0, len(names))
	for i, name := range names { // Glob sorts
		n, err := strconv.Atoi(name[len("migrations/"):][:4])
		if err != nil || n != i+1 {
			return nil, fmt.Errorf("migration %s: want number %04d", name, i+1)
		}
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		out = append(out, step{n, string(b)})
	}
	return out, nil
}

// upgrade brings the schema to this program's version, each step in its own transaction. Several processes may do
// so at once. The caller holds the pools.
func (s *Store) upgrade(ctx context.Context) error {
	all, err := steps(migrations)
	if err != nil {
		return err
	}
	have, err := s.schema(ctx)
	if err != nil {
		return err
	}
	if have > len(all) {
		return fmt.Errorf("schema %d, this program knows %d: %w", have, len(all), news.ErrNewerStore)
	}
	if have < 0 {
		err := s.writeOnce(ctx, func(tx *sql.Tx) error {
			if err := s.dialect.lockSchema(ctx, tx); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS schema_steps (number BIGINT PRIMARY KEY, at BIGINT NOT NULL)")
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, st := range all[max(have, 0):] {
		if err := s.writeOnce(ctx, func(tx *sql.Tx) error { return s.step(ctx, tx, st) }); err != nil {
			return fmt.Errorf("migration %d: %w", st.number, err)
		}
	}
	return nil
}

// schema tells the version that the store has: 0 for one without migrations, -1 for an empty database.
func (s *Store) schema(ctx context.Context) (int, error) {
	q := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_steps'"
	if s.dialect == postgresDialect {
		q = "SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass('schema_steps')"
	}
	version := -1
	// The write pool asks: its first connection turns a new file into WAL mode, and waits its turn to do so.
	err := s.patient(ctx, func() error {
		var n int
		if err := s.w.QueryRowContext(ctx, q).Scan(&n); err != nil || n == 0 {
			return err
		}
		return s.w.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) FROM schema_steps").Scan(&version)
	})
	return version, err
}

// patient tries again while other processes open the same new file.
func (s *Store) patient(ctx context.Context, f func() error) error {
	deadline := time.Now().Add(retryFor)
	for {
		err := f()
		if err == nil || !passes(err) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Store) step(ctx context.Context, tx *sql.Tx, st step) error {
	if err := s.dialect.lockSchema(ctx, tx); err != nil {
		return err
	}
	var done int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM schema_steps WHERE number = $1", st.number).Scan(&done); err != nil || done > 0 {
		return err
	}
	if _, err := tx.ExecContext(ctx, s.dialect.sql(st.sql)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO schema_steps (number, at) VALUES ($1, $2)", st.number, micros(s.now()))
	return err
}
