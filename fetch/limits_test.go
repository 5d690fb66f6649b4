package fetch

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
)

func TestRequestsWaitWhileBodiesWaitForAParser(t *testing.T) {
	const bodies = maxBacklog / backlogShare
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(256, 0)
		for range bodies {
			l.waiting(backlogShare)
		}
		var gone atomic.Int32
		for range 10 {
			go func() {
				if err := l.settle(t.Context()); err != nil {
					t.Error(err)
				}
				gone.Add(1)
			}()
		}
		for left := bodies; left > 0; left-- {
			synctest.Wait()
			if got, want := int(gone.Load()), min(bodies-left, 10); got != want {
				t.Fatalf("with %d bodies waiting %d requests had gone, want %d", left, got, want)
			}
			l.waiting(-backlogShare)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(256, 0)
		for range bodies {
			l.waiting(backlogShare)
		}
		var gone atomic.Int32
		for range 100 {
			go func() {
				if err := l.settle(t.Context()); err != nil {
					t.Error(err)
				}
				gone.Add(1)
			}()
		}
		synctest.Wait()
		for range bodies {
			l.waiting(-backlogShare)
		}
		synctest.Wait()
		if got := gone.Load(); got != 100 {
			t.Errorf("no body waits any more, but only %d of 100 requests have gone", got)
		}
	})
}
