package fetch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"wirefold/internal/news"
)

const (
	// PerHost is how many requests one host (scheme://name:port) sees from us at once.
	PerHost = 2
	// parsers is how many bodies are decoded and parsed at once, and so how many can be large in memory.
	parsers = 2
	// heavyBody is the size from which on only one body is parsed at a time.
	heavyBody = 1 << 20
	// maxBacklog is how many bytes of bodies may wait for a parser before further requests wait, too. Where hosts answer faster
	// than we read, hundreds of bodies and connections would only lie in memory.
	maxBacklog = 1 << 20
	// backlogShare is as much as one body counts of that: a large one is not to keep the small ones of others waiting alone.
	backlogShare = 64 << 10
	// bodyBudget bounds the bytes of all large bodies that wait for a parser: three of the largest. Small bodies are not
	// counted: Parallel of them fit.
	bodyBudget = 32 << 20
)

// limits are the queues that a client's fetches stand in. Whoever holds a place in a later queue never waits in an
// earlier one (host, flight, body, parser, heavy, held), so nobody waits in a circle.
type limits struct {
	flights chan struct{}
	parsing *semaphore.Weighted
	heavy   *semaphore.Weighted
	bodies  *semaphore.Weighted
	held    *semaphore.Weighted // nil: no bound
	most    int64               // of held
	careful func() (done func())

	mu      sync.Mutex
	hosts   map[string]*hostLimit
	backlog int           // bytes of bodies that wait for a parser
	calm    chan struct{} // closed, and made anew, when none does any more
	next    chan struct{} // lets one request go
}

// hostLimit is what this process knows of a host.
type hostLimit struct {
	places chan struct{}
	users  int
	state  news.HostState
}

func newLimits(parallel int, held int64) *limits {
	l := &limits{
		flights: make(chan struct{}, parallel),
		parsing: semaphore.NewWeighted(parsers),
		heavy:   semaphore.NewWeighted(1),
		bodies:  semaphore.NewWeighted(bodyBudget),
		hosts:   map[string]*hostLimit{},
		careful: func() func() { return func() {} },
		calm:    make(chan struct{}), next: make(chan struct{}),
	}
	if held > 0 {
		l.held, l.most = semaphore.NewWeighted(held), held
	}
	return l
}

// hold waits until the documents handed out leave room for one made of size bytes; one of more than all of the room has it
// alone.
func (l *limits) hold(ctx context.Context, size int) (func(), error) {
	if l.held == nil {
		return func() {}, nil
	}
	n := min(int64(size), l.most)
	if err := l.held.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() { l.held.Release(n) }), nil
}

// waitError says that a host wants to be left alone until a time that another feed's answer has just told us.
type waitError struct{ until time.Time }

func (e *waitError) Error() string {
	return "the host wants to be left alone until " + e.until.UTC().Format(time.RFC3339)
}

// place is a place in the queues of a host and of the whole client, held until the answer was read: what is made of it then
// keeps no other host waiting.
type place struct {
	leave func()
	// alone says that nobody else waits for the host.
	alone bool
}

// enter waits for a place at the host and in the client. It fails with a waitError when the host has meanwhile asked
// for a pause.
func (l *limits) enter(ctx context.Context, key string, now func() time.Time) (place, error) {
	h := l.host(key, 1)
	gone := func() { l.host(key, -1) }
	select {
	case h.places <- struct{}{}:
	case <-ctx.Done():
		gone()
		return place{}, ctx.Err()
	}
	host := func() { <-h.places; gone() }
	l.mu.Lock()
	until, alone := h.state.RetryAfter, h.users == 1
	l.mu.Unlock()
	if until.After(now()) {
		host()
		return place{}, &waitError{until}
	}
	if err := l.settle(ctx); err != nil {
		host()
		return place{}, err
	}
	select {
	case l.flights <- struct{}{}:
	case <-ctx.Done():
		host()
		return place{}, ctx.Err()
	}
	return place{leave: func() { host(); <-l.flights }, alone: alone}, nil
}

// host finds a host's limit and counts its users. A host that nobody uses and that asked for nothing is forgotten.
func (l *limits) host(key string, users int) *hostLimit {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.hosts[key]
	if h == nil {
		h = &hostLimit{places: make(chan struct{}, PerHost), state: news.HostState{Host: key}}
		l.hosts[key] = h
	}
	h.users += users
	if users < 0 && h.users == 0 && h.state.Failures == 0 && h.state.RetryAfter.IsZero() {
		delete(l.hosts, key)
	}
	return h
}

// merge joins what the store knows of a host with what this process has learnt since the store was read.
func (l *limits) merge(h news.HostState, now time.Time) news.HostState {
	if h.RetryAfter.IsZero() && h.Failures == 0 {
		l.mu.Lock()
		defer l.mu.Unlock()
		if known := l.hosts[h.Host]; known != nil {
			return known.state
		}
		return h
	}
	known := l.host(h.Host, 0)
	l.mu.Lock()
	defer l.mu.Unlock()
	known.state.RetryAfter = later(known.state.RetryAfter, believed(h.RetryAfter, now))
	known.state.Failures = max(known.state.Failures, h.Failures)
	return known.state
}

// learn gives the host's state after an outcome, or nil when it is as before.
func (l *limits) learn(key string, o Outcome, status int, now time.Time) *news.HostState {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := news.HostState{Host: key}
	known := l.hosts[key]
	if known != nil {
		before = known.state
	}
	after := NextHost(before, o, status, now)
	if after == before {
		return nil
	}
	if known == nil {
		known = &hostLimit{places: make(chan struct{}, PerHost)}
		l.hosts[key] = known
	}
	known.state = after
	return &after
}

// parse runs work on a body of size bytes when a parser is free. work calls its argument before it unpacks or parses a large
// body, as often as it likes: only one is in work at a time.
func (l *limits) parse(ctx context.Context, size int, work func(heavy func() error) error) error {
	size = min(size, backlogShare)
	l.waiting(size)
	err := l.parsing.Acquire(ctx, 1)
	l.waiting(-size)
	if err != nil {
		return err
	}
	defer l.parsing.Release(1)
	var done func()
	defer func() {
		if done != nil {
			done()
			l.heavy.Release(1)
		}
	}()
	return work(func() error {
		if done != nil {
			return nil
		}
		err := l.heavy.Acquire(ctx, 1)
		if err == nil {
			done = l.careful()
		}
		return err
	})
}

// waiting counts the bytes that wait for a parser. Each body that found one lets one more request go; the last lets all go.
func (l *limits) waiting(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.backlog += n
	switch {
	case n > 0 || l.backlog >= maxBacklog:
	case l.backlog == 0:
		close(l.calm)
		l.calm = make(chan struct{})
	default:
		select {
		case l.next <- struct{}{}:
		default: // no request waits
		}
	}
}

// settle waits until a request may go although bodies wait for a parser.
func (l *limits) settle(ctx context.Context) error {
	l.mu.Lock()
	calm, full := l.calm, l.backlog >= maxBacklog
	l.mu.Unlock()
	if !full {
		return nil
	}
	select {
	case <-l.next:
	case <-calm:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// stopwatch is the total deadline of a fetch. It stands still while the fetch waits for us and not for the host.
type stopwatch struct {
	whole  time.Duration
	timer  *time.Timer
	left   time.Duration
	since  time.Time
	cancel context.CancelCauseFunc
	ctx    context.Context
}

var errDeadline = errors.New("deadline passed")

func newStopwatch(ctx context.Context, whole time.Duration) (context.Context, *stopwatch) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &stopwatch{whole: whole, left: whole, cancel: cancel, ctx: ctx, since: time.Now()}
	w.timer = time.AfterFunc(whole, func() { cancel(errDeadline) })
	return ctx, w
}

func (w *stopwatch) pause() {
	w.timer.Stop()
	w.left -= time.Since(w.since)
}

func (w *stopwatch) resume() {
	w.since = time.Now()
	w.timer.Reset(max(w.left, 0))
}

func (w *stopwatch) stop() {
	w.timer.Stop()
	w.cancel(nil)
}

// explain says in an error's place that the deadline passed, if that is what happened.
func (w *stopwatch) explain(err error) error {
	if errors.Is(context.Cause(w.ctx), errDeadline) {
		return fmt.Errorf("no whole answer within %s", w.whole)
	}
	return err
}
