package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"
)

// Keep says how long what may go is kept; zero keeps for ever. Identities are never deleted: the key, guid and story
// of every article, and the id of every story, last as long as the store.
type Keep struct {
	// Texts of articles whose stories are closed, by the age of their first sight.
	Texts time.Duration
	// Revisions are the older texts of articles, by the time at which they were replaced.
	Revisions time.Duration
}

// Retained counts what a Retain took.
type Retained struct{ Texts, Revisions, Index int64 }

// Retain deletes what is older than it has to be kept, and the candidate index beyond any article's reach. It works in
// short transactions and may be stopped at any point.
func (s *Store) Retain(ctx context.Context, now time.Time, k Keep) (Retained, error) {
	var r Retained
	now, err := s.soberly(ctx, now)
	if err != nil {
		return r, fmt.Errorf("retain: %w", err)
	}
	var errs []error
	if k.Revisions > 0 {
		errs = append(errs, s.sweep(ctx, &r.Revisions, "DELETE FROM revisions WHERE at < $1 AND article >= $2 AND article < $3", micros(now.Add(-k.Revisions))))
	}
	if k.Texts > 0 {
		// Never the text of a story that is open: it may still be told anew.
		age := max(k.Texts, reach)
		errs = append(errs, s.sweep(ctx, &r.Texts, "DELETE FROM bodies WHERE article IN (SELECT id FROM articles WHERE seen < $1 AND seed = 0 AND id >= $2 AND id < $3)", micros(now.Add(-age))))
		errs = append(errs, s.sweep(ctx, new(int64), "DELETE FROM marks WHERE article IN (SELECT id FROM articles WHERE seen < $1 AND seed = 0 AND id >= $2 AND id < $3)", micros(now.Add(-age))))
	}
	errs = append(errs, s.sweepIndex(ctx, &r.Index, now))
	if err := errors.Join(errs...); err != nil {
		return r, fmt.Errorf("retain: %w", err)
	}
	return r, nil
}

// soberly is now, but not later than the newest article: a clock that runs far ahead must not age everything at once.
func (s *Store) soberly(ctx context.Context, now time.Time) (time.Time, error) {
	var newest sql.NullInt64
	err := s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT max(seen) FROM articles").Scan(&newest)
	})
	if newest.Valid && newest.Int64 < micros(now) {
		now = fromMicros(newest.Int64)
	}
	return now, err
}

// sweepStep is how many articles one transaction of a sweep looks at.
const sweepStep = 20_000

func (s *Store) sweep(ctx context.Context, taken *int64, del string, before int64) error {
	var last int64
	err := s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM articles").Scan(&last)
	})
	for from := int64(0); err == nil && from <= last; from += sweepStep {
		err = s.takeAway(ctx, taken, del, before, from, from+sweepStep)
	}
	return err
}

func (s *Store) takeAway(ctx context.Context, taken *int64, del string, args ...any) error {
	var n int64
	err := s.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, del, args...)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	*taken += n
	return err
}

// sweepIndex takes the lists of holders that nothing can reach any more, a part of all keys at a time.
func (s *Store) sweepIndex(ctx context.Context, taken *int64, now time.Time) error {
	const parts = 64
	const step = math.MaxUint64/parts + 1
	day := int64(dayOf(micros(now.Add(-reach))))
	for i := range uint64(parts) {
		from := int64(i*step) ^ math.MinInt64
		to := int64(i*step+step-1) ^ math.MinInt64
		for _, del := range []string{
			"DELETE FROM holders WHERE newest < $1 AND id >= $2 AND id <= $3",
			"DELETE FROM crowds WHERE seen < $1 AND key >= $2 AND key <= $3",
		} {
			if err := s.takeAway(ctx, taken, del, day, from, to); err != nil {
				return err
			}
		}
	}
	return nil
}
