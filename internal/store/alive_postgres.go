package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A process that uses a PostgreSQL store holds an advisory lock that is named after its owner name, on a connection of
// its own. The server frees it when the process dies, so others see at once that its leases and claims mean nothing any
// more. It is no more than a short cut: where a connection outlives its process (a machine that lost its power), or a
// database that speaks the protocol knows no such locks, leases and claims run out by their time.
type pulse struct {
	db    *sql.DB
	owner string
	// beats says that the lock is held and that holding it shuts others out. Only then is a lock that can be had a sign
	// of death: some databases grant every advisory lock to everybody.
	beats atomic.Bool
	stop  context.CancelFunc
	done  sync.WaitGroup
}

const (
	// pulseEvery is how soon a process notices that its connection is gone, and takes its lock again on another. Others
	// may hold it dead for that long: a lease that they take then is fenced, a feed may be asked twice.
	pulseEvery = 5 * time.Second
	// pulseWait bounds one look.
	pulseWait = 10 * time.Second
)

// startPulse takes the lock, if the database has such locks, before anything is claimed.
func startPulse(ctx context.Context, db *sql.DB, owner string) *pulse {
	p := &pulse{db: db, owner: owner}
	conn := p.take(ctx)
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	p.stop = stop
	p.done.Go(func() { p.keep(run, conn) })
	return p
}

// keep holds the lock until it is stopped.
func (p *pulse) keep(ctx context.Context, conn *sql.Conn) {
	if conn == nil {
		return // no such locks here
	}
	tick := time.NewTicker(pulseEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			p.drop(conn)
			return
		case <-tick.C:
		}
		if conn == nil || p.look(ctx, conn) != nil {
			p.drop(conn)
			conn = p.take(ctx)
		}
	}
}

func (p *pulse) look(ctx context.Context, conn *sql.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, pulseWait)
	defer cancel()
	return conn.PingContext(ctx)
}

// take takes the lock on a new connection and tries whether it shuts others out. nil when it could not be had.
func (p *pulse) take(ctx context.Context) *sql.Conn {
	ctx, cancel := context.WithTimeout(ctx, pulseWait)
	defer cancel()
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return nil
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lockOf(p.owner)); err != nil {
		p.drop(conn)
		return nil
	}
	free, err := p.free(ctx, p.owner)
	p.beats.Store(err == nil && !free)
	return conn
}

// drop ends the connection, and with it the lock: in the pool it would live on.
func (p *pulse) drop(conn *sql.Conn) {
	p.beats.Store(false)
	if conn == nil {
		return
	}
	conn.Raw(func(any) error { return driver.ErrBadConn }) // makes the pool close it
	conn.Close()
}

// free says that nobody holds the lock of an owner.
func (p *pulse) free(ctx context.Context, owner string) (free bool, err error) {
	err = inTx(ctx, p.db, nil, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT pg_try_advisory_xact_lock($1)", lockOf(owner)).Scan(&free)
	})
	if err != nil {
		return false, fmt.Errorf("look after %s: %w", owner, err)
	}
	return free, nil
}

// dead says whether another process is known to have died.
func (p *pulse) dead(ctx context.Context, owner string) bool {
	if !p.beats.Load() {
		return false
	}
	free, err := p.free(ctx, owner)
	return err == nil && free
}

func (p *pulse) end() {
	p.stop()
	p.done.Wait()
}

// lockOf is the number of an owner's lock.
func lockOf(owner string) int64 {
	sum := sha256.Sum256([]byte("wirefold owner " + owner))
	return int64(binary.BigEndian.Uint64(sum[:]))
}
