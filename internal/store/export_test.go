package store

import (
	"context"
	"fmt"
)

// LimitPages makes the database full at n pages, as a full disk would. 0 lifts it.
func (s *Store) LimitPages(ctx context.Context, n int) error {
	if n == 0 {
		n = 1 << 30
	}
	_, err := s.w.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", n))
	return err
}

// Pages is the size of the database in pages.
func (s *Store) Pages(ctx context.Context) (n int, err error) {
	err = s.w.QueryRowContext(ctx, "PRAGMA page_count").Scan(&n)
	return n, err
}

// Count is the one number that a query answers with.
func (s *Store) Count(ctx context.Context, q string, args ...any) (n int, err error) {
	err = s.r.QueryRowContext(ctx, q, args...).Scan(&n)
	return n, err
}

// Exec runs a statement that no method of the store would.
func (s *Store) Exec(ctx context.Context, q string, args ...any) error {
	_, err := s.w.ExecContext(ctx, q, args...)
	return err
}
