package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"wirefold/internal/news"
)

// A lease has no queue: whoever looks first after it was given back has it. So that nobody who waits is overtaken again
// and again, all look at random moments, those who have waited long look more often than newcomers, and who has just given
// it back stands aside for as long as the former need to see that.
const (
	// newcomerLooks is how long a newcomer pauses between two looks at most, veteranLooks whoever has waited for ageing.
	newcomerLooks = 100 * time.Millisecond
	veteranLooks  = 10 * time.Millisecond
	ageing        = 10 * time.Second
)

// leasePause is the pause before the next look of whoever has waited so long; chance is from 0 to below 1.
func leasePause(waited time.Duration, chance float64) time.Duration {
	most := newcomerLooks - (newcomerLooks-veteranLooks)*min(waited, ageing)/ageing
	return most/2 + time.Duration(chance*float64(most/2))
}

// waitLease takes a lease as soon as nobody alive holds it. The caller holds s.placing.
func (s *Store) waitLease(ctx context.Context, name string) (*Lease, error) {
	again := time.Since(s.turnEnded) < veteranLooks
	return awaitTurn(ctx, s.wait, again, rand.Float64, func() (*Lease, error) { return s.Lease(ctx, name, 0) })
}

// awaitTurn tries to take what others may hold until it has it, fails with something else than news.ErrBusy, or has waited
// for long enough. again says that the caller has only just given it back.
func awaitTurn[L any](ctx context.Context, wait time.Duration, again bool, chance func() float64, take func() (L, error)) (l L, err error) {
	start := time.Now()
	if again {
		if err := sleep(ctx, veteranLooks); err != nil {
			return l, err
		}
	}
	for {
		l, err = take()
		waited := time.Since(start)
		if err == nil || !errors.Is(err, news.ErrBusy) || waited > wait {
			return l, err
		}
		if err := sleep(ctx, leasePause(waited, chance())); err != nil {
			return l, err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
