package publish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// The limits of the public listener. They are far above what a reader needs, and low enough that a slow or hostile
// client costs little for a short time.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = time.Minute
	idleTimeout       = 75 * time.Second
	maxHeaderBytes    = 16 << 10
	// maxConns is how many connections may be open; beyond it the one that has waited longest without a request goes.
	maxConns = 4096
	// DrainTimeout is how long answers in flight may take after the end was asked for.
	DrainTimeout = 10 * time.Second
)

// Listeners are where Serve answers. Admin may be nil.
type Listeners struct {
	Public net.Listener
	Admin  net.Listener
}

// Serve answers on the listeners and follows the store until ctx is done. Then it takes no new connections, lets the
// answers in flight end for at most DrainTimeout and returns; nil after a clean drain. It closes the listeners.
func (p *Publisher) Serve(ctx context.Context, l Listeners) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type served struct {
		server
		on net.Listener
	}
	servers := []served{{newFront(p.Handler(), p.o.Log), l.Public}}
	if l.Admin != nil {
		servers = append(servers, served{&http.Server{
			Handler: p.Admin(), ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
			// A CPU profile takes as long as it was asked to; who reaches this listener is the owner.
			ErrorLog: slog.NewLogLogger(p.o.Log.Handler(), slog.LevelDebug),
		}, l.Admin})
	}

	var wg sync.WaitGroup
	wg.Go(func() { p.Follow(ctx) })
	failed := make(chan error, len(servers))
	for _, s := range servers {
		wg.Go(func() {
			if err := s.Serve(s.on); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("serve on %s: %w", s.on.Addr(), err)
			}
		})
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	p.draining.Store(true)
	stop()
	// The admin listener goes last: it can be asked what goes on.
	for _, s := range servers {
		err = errors.Join(err, drain(s))
	}
	wg.Wait()
	return err
}

// server is what answers on a listener: a front or an http.Server.
type server interface {
	Serve(net.Listener) error
	Shutdown(context.Context) error
	Close() error
}

// drain ends a server: politely, then not.
func drain(s server) error {
	ctx, cancel := context.WithTimeout(context.Background(), DrainTimeout)
	defer cancel()
	err := s.Shutdown(ctx)
	if err == nil {
		return nil
	}
	return fmt.Errorf("drain: answers were still in flight after %s: %w", DrainTimeout, errors.Join(err, s.Close()))
}

// Admin is the admin listener's handler: metrics and profiles. It belongs on loopback.
func (p *Publisher) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { p.ready(w) })
	if p.o.Registry != nil {
		mux.Handle("GET /metrics", promhttp.HandlerFor(p.o.Registry, promhttp.HandlerOpts{}))
	}
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}
