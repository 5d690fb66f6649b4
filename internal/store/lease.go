package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"wirefold/internal/news"
)

// DefaultLease is how long a lease lives without being renewed. A holder renews it three times as often; one that
// died is replaced at once where its death can be seen (alive.go, alive_postgres.go), otherwise after at most this time.
const DefaultLease = 20 * time.Second

// Lease is the right to do what only one may do at a time. Release it.
type Lease struct {
	Name string
	// Fence steps with every change of hands: work of an earlier holder is refused.
	Fence int64
	store *Store
	stop  context.CancelFunc
	done  sync.WaitGroup
	lost  context.Context // done when the lease was lost
}

// Lease takes the named lease for ttl (0: DefaultLease) and keeps renewing it until Release. It does not wait:
// news.ErrBusy says that somebody alive holds it.
func (s *Store) Lease(ctx context.Context, name string, ttl time.Duration) (*Lease, error) {
	if ttl <= 0 {
		ttl = DefaultLease
	}
	// The usual case of a busy lease costs no write.
	var owner string
	err := s.read(ctx, func(tx *sql.Tx) error {
		now, err := s.clock(ctx, tx)
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, "SELECT owner FROM leases WHERE name = $1 AND owner <> '' AND expires > $2", name, now).Scan(&owner)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look at lease %s: %w", name, err)
	}
	_, left := s.left.Load(name)
	if owner != "" && !(owner == s.owner && left) && !s.dead(ctx, owner) {
		return nil, fmt.Errorf("lease %s of %s: %w", name, owner, news.ErrBusy)
	}
	l := &Lease{Name: name, store: s}
	err = s.write(ctx, func(tx *sql.Tx) error {
		now, err := s.clock(ctx, tx)
		if err != nil {
			return err
		}
		// owner is the dead holder that was seen above, or "": a holder that came in between is neither.
		err = tx.QueryRowContext(ctx, `INSERT INTO leases (name, owner, expires, fence) VALUES ($1, $2, $3, 1)
			ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires = excluded.expires, fence = leases.fence + 1
			WHERE leases.owner = '' OR leases.owner = $4 OR leases.expires <= $5
			RETURNING fence`, name, s.owner, now+ttl.Microseconds(), owner, now).Scan(&l.Fence)
		if errors.Is(err, sql.ErrNoRows) {
			return news.ErrBusy
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("take lease %s: %w", name, err)
	}
	s.left.Delete(name)
	l.keep(ctx, ttl)
	return l, nil
}

// keep renews the lease in the background until Release.
func (l *Lease) keep(ctx context.Context, ttl time.Duration) {
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	lost, lose := context.WithCancel(context.Background())
	l.stop, l.lost = stop, lost
	l.done.Go(func() {
		defer lose()
		tick := time.NewTicker(ttl / 3)
		defer tick.Stop()
		for {
			select {
			case <-run.Done():
				return
			case <-tick.C:
			}
			err := l.store.write(run, func(tx *sql.Tx) error { return l.renew(run, tx, ttl) })
			if errors.Is(err, news.ErrLostLease) {
				return
			}
			// Any other trouble may pass; if it does not, the lease runs out and its holder's work is refused.
		}
	})
}

func (l *Lease) renew(ctx context.Context, tx *sql.Tx, ttl time.Duration) error {
	now, err := l.store.clock(ctx, tx)
	if err != nil {
		return err
	}
	return l.touch(ctx, tx, "UPDATE leases SET expires = $1 WHERE name = $2 AND owner = $3 AND fence = $4", now+ttl.Microseconds())
}

// check fails with news.ErrLostLease unless the lease is still ours. Run in a write transaction, it holds the row
// until the commit, so nobody can take the lease before what it protects is written.
func (l *Lease) check(ctx context.Context, tx *sql.Tx) error {
	return l.touch(ctx, tx, "UPDATE leases SET expires = expires + $1 WHERE name = $2 AND owner = $3 AND fence = $4", 0)
}

func (l *Lease) touch(ctx context.Context, tx *sql.Tx, update string, micros int64) error {
	res, err := tx.ExecContext(ctx, update, micros, l.Name, l.store.owner, l.Fence)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = news.ErrLostLease
	}
	return err
}

// Lost is closed when the lease is no longer held: it was lost, or released.
func (l *Lease) Lost() <-chan struct{} { return l.lost.Done() }

// Release gives the lease back. A lease that was lost meanwhile is not an error.
func (l *Lease) Release(ctx context.Context) error {
	l.stop()
	l.done.Wait()
	err := l.store.write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		return l.touch(context.WithoutCancel(ctx), tx, "UPDATE leases SET owner = '', expires = $1 WHERE name = $2 AND owner = $3 AND fence = $4", 0)
	})
	if err != nil && !errors.Is(err, news.ErrLostLease) {
		// The row still says that we hold it (the disk is full, say): we alone know better.
		l.store.left.Store(l.Name, true)
		return fmt.Errorf("release lease %s: %w", l.Name, err)
	}
	return nil
}

// clock is the time that leases run by.
func (s *Store) clock(ctx context.Context, tx *sql.Tx) (int64, error) {
	if s.dialect != postgresDialect {
		return micros(s.now()), nil
	}
	var now int64
	err := tx.QueryRowContext(ctx, "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)").Scan(&now)
	return now, err
}
