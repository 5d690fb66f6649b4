package fetch

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
)

func TestRequestsWaitWhileBodiesWaitForAParser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(256, 0)
		for range maxBacklog {
			l.waiting(1)
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
		for left := maxBacklog; left > 0; left-- {
			synctest.Wait()
			if got, want := int(gone.Load()), min(maxBacklog-left, 10); got != want {
				t.Fatalf("with %d bodies waiting %d requests had gone, want %d", left, got, want)
			}
			l.waiting(-1)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(256, 0)
		for range maxBacklog {
			l.waiting(1)
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
		for range maxBacklog {
			l.waiting(-1)
		}
		synctest.Wait()
		if got := gone.Load(); got != 100 {
			t.Errorf("no body waits any more, but only %d of 100 requests have gone", got)
		}
	})
}
