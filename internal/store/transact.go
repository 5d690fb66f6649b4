package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
)

// write runs f in one write transaction. It may run f again when another process was in the way, so f has no side
// effects but its writes.
func (s *Store) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	if err := s.refind(ctx); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.prepared.prepareWanted(ctx, s.w); err != nil {
		return say(err)
	}
	return s.writeOnce(ctx, f)
}

func (s *Store) writeOnce(ctx context.Context, f func(tx *sql.Tx) error) error {
	deadline := time.Now().Add(retryFor)
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		err := inTx(ctx, s.w, nil, f)
		if err == nil || !passes(err) || time.Now().After(deadline) {
			return say(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// read runs f on one consistent view of the store.
func (s *Store) read(ctx context.Context, f func(tx *sql.Tx) error) error {
	if err := s.refind(ctx); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return say(inTx(ctx, s.r, &s.dialect.snapshot, f))
}

// readByWriter is read on the writer's connection: see placing.decide.
func (s *Store) readByWriter(ctx context.Context, f func(tx *sql.Tx) error) error {
	if err := s.refind(ctx); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return say(inTx(ctx, s.w, &s.dialect.snapshot, f))
}

func inTx(ctx context.Context, db *sql.DB, o *sql.TxOptions, f func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		if e := tx.Rollback(); e != nil && !errors.Is(e, sql.ErrTxDone) {
			return errors.Join(err, e)
		}
		return err
	}
	return tx.Commit()
}

// refind opens the store again when the SQLite file is not the one that was opened: somebody restored a backup or
// moved it away. SQLite itself would go on writing into the file that nobody can find any more.
func (s *Store) refind(ctx context.Context) error {
	if s.path == "" {
		return nil
	}
	s.mu.RLock()
	was := s.file
	s.mu.RUnlock()
	if is, err := os.Stat(s.path); err == nil && os.SameFile(was, is) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	is, err := os.Stat(s.path)
	if err == nil && os.SameFile(s.file, is) {
		return nil // somebody else did it
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the database %s was moved or removed while in use; put it back, or restart to begin a new one", s.path)
	}
	if err != nil {
		return err
	}
	r, w, err := openSQLite(s.path)
	if err != nil {
		return err
	}
	oldR, oldW := s.r, s.w
	s.r, s.w = r, w
	if err := s.upgrade(ctx); err != nil {
		s.r, s.w = oldR, oldW
		return errors.Join(fmt.Errorf("the database %s was replaced: %w", s.path, say(err)), r.Close(), w.Close())
	}
	s.file = is
	s.prepared.forget()
	return errors.Join(oldR.Close(), oldW.Close())
}

// rows runs a query and hands each row to scan.
func rows(ctx context.Context, tx *sql.Tx, scan func(*sql.Rows) error, query string, args ...any) error {
	rs, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return eachRow(rs, scan)
}

// idsAtOnce is how many ids are asked for at once: the engine keeps the memory that a long list took.
const idsAtOnce = 5000

// rowsOf is rows for a query about ids, {ints $1}, some at a time.
func (s *Store) rowsOf(ctx context.Context, tx *sql.Tx, ids []int64, scan func(*sql.Rows) error, query string) error {
	for some := range slices.Chunk(ids, idsAtOnce) {
		if err := rows(ctx, tx, scan, s.dialect.sql(query), s.dialect.list(some)); err != nil {
			return err
		}
	}
	return nil
}

func eachRow(rs *sql.Rows, scan func(*sql.Rows) error) error {
	defer rs.Close()
	for rs.Next() {
		if err := scan(rs); err != nil {
			return err
		}
	}
	return rs.Err()
}
