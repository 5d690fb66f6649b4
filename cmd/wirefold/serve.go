package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"wirefold/fetch"
	"wirefold/internal/config"
	"wirefold/internal/news"
	"wirefold/internal/refresh"
	"wirefold/publish"
)

type serveFlags struct {
	config, listen string
	noFetch        bool
	logFormat      string
	logLevel       string
}

func newServeCmd(a *app) *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the feeds and pages, and refresh on a schedule",
		Long: `Serve answers at site.listen with the feeds and pages of all topics, and refreshes each feed when it is due. It prints
"listening on http://ADDR" once it answers. feeds.yaml and corrections.yaml are read again when they change or at SIGHUP; a
mistake in them is reported and the old ones stay in force. SIGTERM ends it after the answers in flight.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, stop := untilSignal(c.Context())
			defer stop()
			return runServe(ctx, a, f)
		},
	}
	configFlag(c, &f.config)
	c.Flags().StringVar(&f.listen, "listen", "", "answer at this `address` instead of site.listen; port 0 takes a free one")
	c.Flags().BoolVar(&f.noFetch, "no-fetch", false, "only serve what others fetch into the same store")
	c.Flags().StringVar(&f.logFormat, "log", "text", "log `format`: text or json")
	c.Flags().StringVar(&f.logLevel, "log-level", "info", "least `level` that is logged: debug, info, warn or error")
	return c
}

// server is a running `wirefold serve`.
type server struct {
	app   *app
	flags serveFlags
	log   *slog.Logger
	// house is exchanged as a whole when the configuration is reloaded; what runs finishes with the old one.
	house   atomic.Pointer[house]
	pub     *publish.Publisher
	pusher  atomic.Pointer[fetch.Pusher]
	poke    chan refresh.Mode
	tendNow chan struct{}
	pending atomic.Bool // a refresh that somebody asked for has not ended yet
	runs    atomic.Int64
	work    func() (done func()) // is called before what takes long
	hup     <-chan os.Signal     // asks for a reload; nil in tests
	// watch tells when a file of a seed folder changes: fetch.Watch.
	watch func(ctx context.Context, feeds []news.Feed, changed func()) error
}

func runServe(ctx context.Context, a *app, f serveFlags) error {
	// From the first moment on: a SIGHUP that nobody waits for would end the process.
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	log, err := newLogger(a, f)
	if err != nil {
		return err
	}
	cfg, err := loadConfig(a, f.config)
	if err != nil {
		return err
	}
	if f.listen != "" {
		cfg.Listen = f.listen
	}
	if _, err := loadCorrections(cfg); err != nil {
		return err
	}
	ls, err := listeners(a, cfg, log)
	if err != nil {
		return err
	}
	h, err := buildHouse(ctx, a, cfg, log, a.Now())
	if err != nil {
		closeAll(ls)
		return err
	}
	defer h.close()
	s, err := newServer(a, f, h)
	if err != nil {
		closeAll(ls)
		return exit(exitConfig, err)
	}
	s.hup = hup
	return s.run(ctx, ls)
}

func newServer(a *app, f serveFlags, h *house) (*server, error) {
	work := func() (done func()) { return func() {} }
	if a.Serving != nil {
		if w := a.Serving(); w != nil {
			work = w
		}
	}
	s := &server{app: a, flags: f, log: h.log, poke: make(chan refresh.Mode, 1), tendNow: make(chan struct{}, 1), watch: fetch.Watch, work: work}
	registry := prometheus.NewRegistry()
	h.meters = newMeters(registry)
	s.house.Store(h)
	s.subscribe(h)
	registry.MustRegister(newSizes(s.house.Load))
	var err error
	s.pub, err = h.publisher(publish.Options{
		Registry: registry, Token: h.cfg.Token, Refresh: s.askRefresh, Correct: s.correct,
		Subscriptions: hubStore{h.store}, Client: hubClient(a, h.cfg), Callbacks: s.callbacks(), Work: work,
	})
	return s, err
}

// run serves and refreshes until ctx ends.
func (s *server) run(ctx context.Context, ls publish.Listeners) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	if !s.flags.noFetch {
		s.firstSeeds(ctx)
	}
	if err := s.pub.Poll(ctx); err != nil {
		closeAll(ls)
		return fmt.Errorf("read the store: %w", err)
	}
	served := make(chan error, 1)
	wg.Go(func() { served <- s.pub.Serve(ctx, ls) })
	fmt.Fprintf(s.app.Stderr, "listening on http://%s\n", ls.Public.Addr())
	if err := notify(s.app.Getenv, "READY=1"); err != nil {
		s.log.Warn("systemd", "error", err)
	}
	wg.Go(func() { s.watchConfig(ctx) })
	wg.Go(func() { s.watchdog(ctx) })
	if !s.flags.noFetch {
		wg.Go(func() { s.watchSeeds(ctx) })
		wg.Go(func() { s.tend(ctx) })
		loop := refresh.Loop{Refresher: s.refresher, Lock: s.lock, Poke: s.poke}
		wg.Go(func() { loop.Run(ctx) })
	}
	err := <-served
	stop()
	if e := notify(s.app.Getenv, "STOPPING=1"); e != nil {
		s.log.Warn("systemd", "error", e)
	}
	wg.Wait()
	return err
}

// firstSeeds reads the seed folders of a store that is still empty, so that the very first answer has something in it.
// A store that holds something serves that at once.
func (s *server) firstSeeds(ctx context.Context) {
	h := s.house.Load()
	if g, _, err := h.store.Generation(ctx); err != nil || g.N > 0 {
		return
	}
	var seeds []news.FeedID
	for _, f := range h.cfg.Feeds {
		if f.Seeds != "" && f.Enabled {
			seeds = append(seeds, f.ID)
		}
	}
	if len(seeds) == 0 {
		return
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return // another process is at it
	}
	defer unlock()
	if _, err := s.refresher().Run(ctx, refresh.Options{Only: seeds}); err != nil {
		s.log.Error("first refresh", "error", err)
	}
}

// refresher is the path as the configuration of the moment makes it.
func (s *server) refresher() *refresh.Refresher { return s.house.Load().refresher() }

// lock is the lock of refreshes, which also ends what askRefresh began.
func (s *server) lock(ctx context.Context) (func(), error) {
	unlock, err := s.house.Load().lock(ctx, 0)
	if err != nil {
		s.pending.Store(false)
		return nil, err
	}
	done := s.work()
	return func() {
		done()
		unlock()
		s.pending.Store(false)
	}, nil
}

// askRefresh starts a run for POST /api/refresh.
func (s *server) askRefresh(context.Context) (string, error) {
	if s.flags.noFetch || !s.pending.CompareAndSwap(false, true) {
		return "", news.ErrBusy
	}
	id := fmt.Sprintf("%d-%d", os.Getpid(), s.runs.Add(1))
	s.wake(refresh.All)
	return id, nil
}

// wake asks for a run at once; one that is already asked for is enough.
func (s *server) wake(m refresh.Mode) {
	select {
	case s.poke <- m:
	default:
	}
}

// correct takes a correction from POST /api/corrections.
func (s *server) correct(ctx context.Context, c news.Correction) error {
	h := s.house.Load()
	c.Origin = "command"
	if err := h.store.AddCorrection(ctx, h.knownAll(c), s.app.Now()); err != nil {
		return err
	}
	s.wake(refresh.Due)
	return nil
}

// watchdog tells systemd that we live, as long as the store answers.
func (s *server) watchdog(ctx context.Context) {
	every := watchdogInterval(s.app.Getenv)
	if every == 0 {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, _, err := s.house.Load().store.Generation(ctx); err != nil {
			s.log.Error("the store does not answer", "error", err)
			continue
		}
		if err := notify(s.app.Getenv, "WATCHDOG=1"); err != nil {
			s.log.Warn("systemd", "error", err)
		}
	}
}

// listeners are systemd's, or those of the configuration.
func listeners(a *app, cfg *config.Config, log *slog.Logger) (publish.Listeners, error) {
	var ls publish.Listeners
	given, err := activated(a.Getenv)
	if err != nil {
		return ls, exit(exitPortTaken, err)
	}
	if len(given) > 0 {
		ls.Public = given[0]
		if len(given) > 1 {
			ls.Admin = given[1]
		}
		return ls, nil
	}
	if ls.Public, err = net.Listen("tcp", cfg.Listen); err != nil {
		return ls, exit(exitPortTaken, err)
	}
	if cfg.Admin == "" {
		return ls, nil
	}
	ls.Admin, err = net.Listen("tcp", cfg.Admin)
	if errors.Is(err, syscall.EADDRINUSE) && cfg.Admin == config.DefaultAdmin {
		// Nobody asked for this very port: a second server on the machine should not fail for it.
		log.Warn("no admin listener: set site.admin to a free address", "error", err)
		return ls, nil
	}
	if err != nil {
		ls.Public.Close()
		return ls, exit(exitPortTaken, err)
	}
	return ls, nil
}

func closeAll(ls publish.Listeners) {
	ls.Public.Close()
	if ls.Admin != nil {
		ls.Admin.Close()
	}
}

func newLogger(a *app, f serveFlags) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.logLevel)); err != nil {
		return nil, usagef("--log-level %s: not a level", f.logLevel)
	}
	o := &slog.HandlerOptions{Level: level}
	switch f.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(a.Stderr, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(a.Stderr, o)), nil
	}
	return nil, usagef("--log %s: neither text nor json", f.logFormat)
}

// hubTimeout bounds one delivery of the built-in hub.
const hubTimeout = 20 * time.Second

// hubClient sends the hub's requests through the guard; a callback that redirects gets nothing (W3C WebSub section 7).
func hubClient(a *app, cfg *config.Config) *http.Client {
	g := a.guard(cfg)
	return &http.Client{
		Timeout:       hubTimeout,
		Transport:     &http.Transport{DialContext: g.DialContext, TLSHandshakeTimeout: hubTimeout, MaxIdleConns: 16, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
