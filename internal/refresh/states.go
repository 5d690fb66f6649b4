package refresh

import (
	"context"
	"fmt"
	"sync"
	"time"

	"wirefold/internal/news"
)

// stateSaver gathers states that came without articles, so that a thousand "304 Not Modified" are a few transactions.
type stateSaver struct {
	keep   Keeper
	now    func() time.Time
	mu     sync.Mutex
	states []news.FeedState
	hosts  []news.HostState
	since  time.Time // of the oldest state that waits
}

func (q *stateSaver) add(ctx context.Context, s news.FeedState, h *news.HostState) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	if len(q.states) == 0 {
		q.since = now
	}
	q.states = append(q.states, s)
	if h != nil {
		q.hosts = append(q.hosts, *h)
	}
	if len(q.states) < stateBatch && now.Sub(q.since) < stateWait {
		return nil
	}
	return q.write(ctx)
}

func (q *stateSaver) flush(ctx context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.write(ctx)
}

func (q *stateSaver) write(ctx context.Context) error {
	if len(q.states) == 0 {
		return nil
	}
	if err := q.keep.SaveStates(ctx, q.states, q.hosts); err != nil {
		return fmt.Errorf("save feed states: %w", err)
	}
	q.states, q.hosts = nil, nil
	return nil
}
