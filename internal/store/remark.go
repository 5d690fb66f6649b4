package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// reach is how long after its first sight an article can still become a candidate: as long as its story is open,
// and as long again for late tellings.
const reach = 28 * 24 * time.Hour

// remarkBatch is how many articles are marked again in one transaction.
const remarkBatch = 500

// remarkAll marks again what can still be reached when the model changed, so that new articles find the old ones.
// Edges and stories stay as they are: what readers have seen is not told anew because a program was updated. It goes
// on where an earlier try was stopped.
func (s *Store) remarkAll(ctx context.Context, lease *Lease, now time.Time, r Rules) error {
	if r.Mark == nil {
		return nil
	}
	version := hex.EncodeToString(r.MarksVersion)
	var done string
	var after int64
	err := s.read(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'marks'").Scan(&done)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		err = tx.QueryRowContext(ctx, "SELECT n FROM meta WHERE name = 'marking' AND value = $1", version).Scan(&after)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil || done == version {
		return err
	}
	for more := true; more; {
		if after, more, err = s.remarkSome(ctx, lease, now, r, version, after); err != nil {
			return fmt.Errorf("mark articles again: %w", err)
		}
	}
	return nil
}

// remarkSome marks one batch of placed articles after a number, and says where it ended and whether there are more.
func (s *Store) remarkSome(ctx context.Context, lease *Lease, now time.Time, r Rules, version string, after int64) (int64, bool, error) {
	p := newPlacing(s, now, r)
	var ids []int64
	err := s.read(ctx, func(tx *sql.Tx) error {
		var err error
		ids, err = s.ids(ctx, tx, `SELECT a.id FROM articles a JOIN places p ON p.article = a.id
			WHERE a.id > $1 AND (a.seen > $2 OR a.seed = 1) ORDER BY a.id LIMIT $3`, after, micros(now.Add(-reach)), remarkBatch)
		if err != nil {
			return err
		}
		p.batch, p.toIndex, p.toLink = ids, ids, ids
		if err := p.readLaw(ctx, tx); err != nil {
			return err
		}
		if err := p.readBatch(ctx, tx); err != nil {
			return err
		}
		p.law.found = nil // Place itself finds them
		return p.readHolders(ctx, tx)
	})
	if err != nil {
		return after, false, err
	}
	more := len(ids) == remarkBatch
	if len(ids) > 0 {
		after = ids[len(ids)-1]
	}
	return after, more, s.write(ctx, func(tx *sql.Tx) error {
		if err := lease.check(ctx, tx); err != nil {
			return err
		}
		if err := p.writeIndex(ctx, tx); err != nil {
			return err
		}
		const put = "INSERT INTO meta (name, n, value) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET n = excluded.n, value = excluded.value"
		if _, err := tx.ExecContext(ctx, put, "marking", after, version); err != nil || more {
			return err
		}
		_, err := tx.ExecContext(ctx, put, "marks", 0, version)
		return err
	})
}
