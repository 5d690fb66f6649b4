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
}

func runServe(ctx context.Context, a *app, f serveFlags) error {
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
	s := &server{app: a, flags: f, log: log, poke: make(chan refresh.Mode, 1), tendNow: make(chan struct{}, 1)}
	registry := prometheus.NewRegistry()
	h.meters = newMeters(registry)
	s.house.Store(h)
	s.subscribe(h)
	registry.MustRegister(newSizes(s.house.Load))
	s.pub, err = h.publisher(publish.Options{
		Registry: registry, Token: cfg.Token, Refresh: s.askRefresh, Correct: s.correct,
		Subscriptions: hubStore{h.store}, Client: hubClient(cfg), Callbacks: s.callbacks(),
	})
	if err != nil {
		closeAll(ls)
		return exit(exitConfig, err)
	}
	return s.run(ctx, ls)
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
	return func() {
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

// configPoll is how often the configuration files are looked at. Watching them through the kernel fails silently on
// network file systems and misses editors that replace files; two stat calls cost nothing.
const configPoll = 2 * time.Second

// watchConfig reloads the configuration when its files change, and at SIGHUP.
func (s *server) watchConfig(ctx context.Context) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	tick := time.NewTicker(configPoll)
	defer tick.Stop()
	was := s.configStamp()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
			was = s.configStamp()
			s.reload(ctx)
		case <-tick.C:
			if now := s.configStamp(); now != was {
				was = now
				s.reload(ctx)
			}
		}
	}
}

// configStamp tells whether the configuration files changed.
func (s *server) configStamp() string {
	stamp := ""
	for _, name := range []string{s.flags.config, s.house.Load().cfg.Corrections} {
		if info, err := os.Stat(name); err == nil {
			stamp += fmt.Sprintf("%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return stamp
}

// reload takes up a changed configuration between two requests. One with a mistake changes nothing.
func (s *server) reload(ctx context.Context) {
	old := s.house.Load()
	cfg, err := config.Load(s.flags.config, s.app.Getenv)
	if err == nil {
		_, err = config.LoadCorrections(cfg.Corrections)
	}
	if err != nil {
		s.log.Error("the configuration has a mistake; the old one stays in force", "error", printable(err.Error()))
		return
	}
	if s.flags.listen != "" {
		cfg.Listen = s.flags.listen
	}
	for what, differs := range map[string]bool{
		"site.listen": cfg.Listen != old.cfg.Listen, "site.admin": cfg.Admin != old.cfg.Admin, "store": cfg.Store != old.cfg.Store,
		"api.token_file": cfg.Token != old.cfg.Token,
	} {
		if differs {
			s.log.Warn("a change of this setting needs a restart", "setting", what)
		}
	}
	cfg.Store = old.cfg.Store
	h := old.with(cfg)
	if err := s.pub.Reconfigure(h.published()); err != nil {
		s.log.Error("the configuration has a mistake; the old one stays in force", "error", err)
		return
	}
	s.house.Store(h)
	if h.client != old.client {
		s.subscribe(h)
		old.client.Close() // only what is idle: a run in flight goes on
	}
	s.log.Info("configuration reloaded", "feeds", len(cfg.Feeds), "topics", len(cfg.Topics))
	s.wake(refresh.Due)
}

// watchSeeds asks for a run when a seed file changes.
func (s *server) watchSeeds(ctx context.Context) {
	for {
		h := s.house.Load()
		watching, stop := context.WithCancel(ctx)
		changed := make(chan struct{}, 1)
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := fetch.Watch(watching, h.cfg.Feeds, func() {
				select {
				case changed <- struct{}{}:
				default:
				}
			}); err != nil && watching.Err() == nil {
				s.log.Warn("seed folders are only read once a minute", "error", err)
			}
		})
		tick := time.NewTicker(configPoll)
		for s.house.Load() == h && ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-tick.C:
			case <-changed:
				s.wake(refresh.Due)
			}
		}
		tick.Stop()
		stop()
		wg.Wait()
		if ctx.Err() != nil {
			return
		}
	}
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
func hubClient(cfg *config.Config) *http.Client {
	g := &fetch.Guard{Allow: cfg.Fetch.Allow}
	return &http.Client{
		Timeout:       hubTimeout,
		Transport:     &http.Transport{DialContext: g.DialContext, TLSHandshakeTimeout: hubTimeout, MaxIdleConns: 16, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
