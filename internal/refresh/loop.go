package refresh

import (
	"context"
	"errors"
	"time"

	"wirefold/internal/news"
)

// Loop is the server's schedule: it runs what is due until its context ends.
type Loop struct {
	// Refresher is asked anew for each run, so that a reloaded configuration is taken up between two runs.
	Refresher func() *Refresher
	// Lock keeps two processes on one data directory from doing the same work; news.ErrBusy leaves the work to the other.
	Lock func(ctx context.Context) (unlock func(), err error)
	// Poke asks for a run at once: a seed file changed, a hub delivered, the configuration was reloaded, somebody asked.
	Poke <-chan Mode
}

const (
	// Tick is how often the schedule looks for due feeds; a feed is fetched at most this late.
	Tick = 10 * time.Second
	// SeedScan is how often the seed folders are read although nothing announced a change: watching a folder fails
	// silently on network file systems.
	SeedScan = time.Minute
)

// Run runs the schedule. It returns when ctx ends, after the run in flight has stopped.
func (l *Loop) Run(ctx context.Context) {
	tick := time.NewTicker(Tick)
	defer tick.Stop()
	var lastSeeds time.Time
	mode := Due
	for {
		r := l.Refresher()
		now := r.Now()
		seeds := lastSeeds.IsZero() || now.Sub(lastSeeds) >= SeedScan || now.Before(lastSeeds)
		if l.turn(ctx, r, Options{Mode: mode, NoSeeds: !seeds}) && seeds {
			lastSeeds = now
		}
		mode = Due
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case mode = <-l.Poke:
			lastSeeds = time.Time{}
		}
	}
}

// turn is one run under the lock; false when another process had it or the run failed.
func (l *Loop) turn(ctx context.Context, r *Refresher, o Options) bool {
	if ctx.Err() != nil {
		return false
	}
	// The lock is two transactions, each of them on the disk before it counts: an idle server does not take it every few
	// seconds for nothing.
	if o.NoSeeds && o.Mode == Due && r.Waits != nil {
		if quiet, err := r.quiet(ctx); err == nil && quiet {
			return true
		}
	}
	unlock, err := l.Lock(ctx)
	if errors.Is(err, news.ErrBusy) {
		return false
	}
	if err == nil {
		defer unlock()
		_, err = r.Run(ctx, o)
	}
	if err != nil && ctx.Err() == nil {
		// The schedule goes on: a full disk or a locked database mends itself or is mended, and old feeds are served.
		r.Log.Error("refresh failed", "error", err)
	}
	return err == nil
}
