package store

import (
	"context"
	"database/sql"
	"slices"
	"sync"
	"sync/atomic"
)

// maxJoint is how many writes share a transaction at most: it bounds how long other processes wait for the file's lock.
const maxJoint = 64

// joints are the writes that wait for SQLite's one writer. Each transaction costs an fsync and writes every page that it
// touched, and the indexes of a thousand feeds' articles lie on the same few pages; so whoever gets the writer takes those along
// that wait with it.
type joints struct {
	turn chan struct{} // held by who writes for others

	mu      sync.Mutex
	waiting []*jointWrite
}

// jointWrite is a write that somebody waits for.
type jointWrite struct {
	ctx  context.Context
	f    func(tx *sql.Tx) error
	done chan struct{} // closed when err is what became of it
	err  error
}

func newJoints() *joints { return &joints{turn: make(chan struct{}, 1)} }

// writeJoint is write for the many small transactions of a refresh: on SQLite those that wait are written in one, and on disk
// when any of them is answered. Each has its own end: a transaction in which one failed is rolled back, and all of it is
// written one by one.
func (s *Store) writeJoint(ctx context.Context, f func(tx *sql.Tx) error) error {
	if s.dialect == postgresDialect {
		return s.write(ctx, f) // writers do not wait for each other there, and their commits share an fsync
	}
	j := s.joints
	w := &jointWrite{ctx: ctx, f: f, done: make(chan struct{})}
	j.add(w)
	for {
		select {
		case <-w.done:
			return w.err
		case j.turn <- struct{}{}:
			s.writeWaiting(ctx)
			<-j.turn
		case <-ctx.Done():
			if j.remove(w) {
				return ctx.Err()
			}
			// Somebody writes it just now. To leave before that is over would leave open whether it was written.
			<-w.done
			return w.err
		}
	}
}

// writeWaiting writes those that wait once the writer is free. ctx is that of the one who writes for them.
func (s *Store) writeWaiting(ctx context.Context) {
	all := newJointContext(ctx)
	defer all.end()
	var ws []*jointWrite
	left := map[*jointWrite]bool{} // gone before their turn
	err := s.write(all, func(tx *sql.Tx) error {
		// Taken here and not before: who came while the writer was busy comes along. This may be a second attempt.
		for _, w := range s.joints.take(maxJoint - len(ws)) {
			ws = append(ws, w)
			all.with(w.ctx)
		}
		for _, w := range ws {
			if left[w] = w.ctx.Err() != nil; left[w] {
				continue
			}
			if err := w.f(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if len(ws) == 0 && err != nil {
		if ctx.Err() != nil {
			return // who was to write has given up while the writer was busy: another one will
		}
		ws = s.joints.take(maxJoint) // nobody can begin: each is told so
	}
	alone := err != nil && len(ws) != 1
	for _, w := range ws {
		switch {
		case alone:
			w.err = s.write(w.ctx, w.f)
		case left[w]:
			w.err = w.ctx.Err()
		default:
			w.err = err
		}
		close(w.done)
	}
}

func (j *joints) add(w *jointWrite) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.waiting = append(j.waiting, w)
}

// take hands out the n that wait longest.
func (j *joints) take(n int) []*jointWrite {
	j.mu.Lock()
	defer j.mu.Unlock()
	n = min(n, len(j.waiting))
	out := slices.Clone(j.waiting[:n])
	j.waiting = slices.Delete(j.waiting, 0, n)
	return out
}

// remove reports false when somebody has taken w.
func (j *joints) remove(w *jointWrite) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := slices.Index(j.waiting, w)
	if i >= 0 {
		j.waiting = slices.Delete(j.waiting, i, i+1)
	}
	return i >= 0
}

// jointContext ends when those of all who wait for one transaction have ended: SQLite rolls all of it back when one statement
// is broken off.
type jointContext struct {
	context.Context
	cancel context.CancelFunc
	alive  atomic.Int32
	stops  []func() bool
}

func newJointContext(ctx context.Context) *jointContext {
	all := &jointContext{}
	all.Context, all.cancel = context.WithCancel(context.WithoutCancel(ctx))
	all.with(ctx)
	return all
}

func (c *jointContext) with(ctx context.Context) {
	c.alive.Add(1)
	c.stops = append(c.stops, context.AfterFunc(ctx, func() {
		if c.alive.Add(-1) == 0 {
			c.cancel()
		}
	}))
}

func (c *jointContext) end() {
	for _, stop := range c.stops {
		stop()
	}
	c.cancel()
}
