package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wirefold/internal/news"
)

// Twenty processes always want the same lease, each for a fifth of a second, so it is never idle: their turns are shared
// out, and nobody waits for so long that Place would give up.
func TestWhoWaitsForALeaseGetsATurn(t *testing.T) {
	const (
		processes = 20
		work      = 200 * time.Millisecond
		lasts     = 10 * time.Minute
		fair      = int(lasts / (processes * work)) // turns of each, if nothing were lost between two
	)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), lasts)
		defer stop()
		var held sync.Mutex
		var all sync.WaitGroup
		turns, longest := make([]int, processes), make([]time.Duration, processes)
		for i := range processes {
			rnd := rand.New(rand.NewPCG(1, uint64(i)))
			all.Go(func() {
				for again := false; ctx.Err() == nil; again = true {
					start := time.Now()
					_, err := awaitTurn(ctx, time.Hour, again, rnd.Float64, func() (bool, error) {
						if !held.TryLock() {
							return false, news.ErrBusy
						}
						return true, nil
					})
					if err != nil {
						return
					}
					turns[i]++
					longest[i] = max(longest[i], time.Since(start))
					time.Sleep(work) // of the simulated clock
					held.Unlock()
				}
			})
		}
		all.Wait()
		for i := range processes {
			if turns[i] < fair*3/4 {
				t.Errorf("process %d had %d turns, a fair share is %d", i, turns[i], fair)
			}
			if longest[i] > 20*time.Second {
				t.Errorf("process %d once waited for %s", i, longest[i])
			}
		}
		t.Logf("turns %v of %d; longest waits %v", turns, fair, longest)
	})
}

func TestWaitingForALeaseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := func() (bool, error) { return false, news.ErrBusy }
		start := time.Now()
		if _, err := awaitTurn(t.Context(), 40*time.Second, false, rand.Float64, busy); !errors.Is(err, news.ErrBusy) {
			t.Errorf("a lease that stays busy: %v", err)
		}
		if took := time.Since(start); took < 40*time.Second || took > 41*time.Second {
			t.Errorf("waited for %s, want 40 s", took)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, err := awaitTurn(ctx, time.Hour, false, rand.Float64, busy); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a wait that was called off: %v", err)
		}
		broken := errors.New("broken")
		if _, err := awaitTurn(t.Context(), time.Hour, false, rand.Float64, func() (bool, error) { return false, broken }); !errors.Is(err, broken) {
			t.Errorf("another error: %v", err)
		}
	})
}
