package publish

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// front is the public listener's server. What readers send, a plain GET or HEAD, it reads and answers itself (lane.go): net/http
// spends more on that than everything else together. A connection on which anything else comes goes to net/http whole, from
// that request on and for good, so that there is never a doubt whose bytes those are.
type front struct {
	handler http.Handler
	log     *slog.Logger
	guard   *guard
	server  *http.Server // of what is not plain

	handed   chan net.Conn // connections for net/http
	failed   chan error    // what its Accept answers
	done     chan struct{} // closed by Close of the listener
	lanes    atomic.Int64  // connections in our own hands
	draining atomic.Bool
	date     atomic.Pointer[dateLine]
}

func newFront(h http.Handler, log *slog.Logger) *front {
	g := newGuard(maxConns)
	return &front{
		handler: h, log: log, guard: g,
		server: &http.Server{
			Handler:           h,
			ReadHeaderTimeout: readHeaderTimeout,
			ReadTimeout:       readTimeout,
			WriteTimeout:      writeTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    maxHeaderBytes,
			ConnContext:       withConn,
			ConnState:         g.state,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		},
		handed: make(chan net.Conn), failed: make(chan error), done: make(chan struct{}),
	}
}

// Serve answers until Shutdown or Close, then with http.ErrServerClosed. It may be called once.
func (f *front) Serve(l net.Listener) error {
	var wg sync.WaitGroup
	wg.Go(func() { f.accept(l) })
	err := f.server.Serve(&handover{Listener: l, f: f})
	wg.Wait()
	return err
}

// accept takes the connections. What goes wrong is told to net/http, which knows what to wait for and what ends everything.
func (f *front) accept(l net.Listener) {
	for {
		nc, err := l.Accept()
		if err != nil {
			select {
			case f.failed <- err:
				continue
			case <-f.done:
				return
			}
		}
		c := newConn(nc)
		f.lanes.Add(1)
		f.guard.state(c, http.StateNew)
		go func() {
			defer f.lanes.Add(-1)
			newLane(f, c).run()
		}()
	}
}

// handover is the listener that net/http knows: of connections on which something came that is not plain.
type handover struct {
	net.Listener
	f    *front
	once sync.Once
}

func (h *handover) Accept() (net.Conn, error) {
	select {
	case c := <-h.f.handed:
		return c, nil
	case err := <-h.f.failed:
		return nil, err
	case <-h.f.done:
		return nil, net.ErrClosed
	}
}

func (h *handover) Close() error {
	h.once.Do(func() { close(h.f.done) })
	return h.Listener.Close()
}

// drainEvery is how often the connections are looked at while the end waits for answers in flight.
const drainEvery = 10 * time.Millisecond

// Shutdown takes no new connections, closes those that wait for a request, and waits for answers in flight until ctx is done.
func (f *front) Shutdown(ctx context.Context) error {
	f.draining.Store(true)
	err := f.server.Shutdown(ctx)
	tick := time.NewTicker(drainEvery)
	defer tick.Stop()
	for f.lanes.Load() > 0 {
		f.guard.closeAll(func(c *conn) bool { return c.lane.Load() != nil && c.place.since.Load() != 0 })
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
	return err
}

// Close ends everything at once.
func (f *front) Close() error {
	f.draining.Store(true)
	err := f.server.Close()
	f.guard.closeAll(func(*conn) bool { return true })
	return err
}

// dateLine is the Date field of a second.
type dateLine struct {
	second int64
	line   []byte
}

// dateAt is the Date field of an answer, made once a second (RFC 9110 section 6.6.1).
func (f *front) dateAt(now time.Time) []byte {
	d := f.date.Load()
	if d == nil || d.second != now.Unix() {
		d = &dateLine{now.Unix(), []byte("Date: " + now.UTC().Format(http.TimeFormat) + "\r\n")}
		f.date.Store(d)
	}
	return d.line
}
