package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"sync"
	"time"

	"wirefold/internal/config"
	"wirefold/internal/refresh"
)

// configPoll is how often the configuration files are looked at. Watching them through the kernel fails silently on
// network file systems and misses editors that replace files; two stat calls cost nothing.
const configPoll = 2 * time.Second

// watchConfig reloads the configuration when its files change, and at SIGHUP.
func (s *server) watchConfig(ctx context.Context) {
	tick := time.NewTicker(configPoll)
	defer tick.Stop()
	was := s.configStamp()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.hup:
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
	defer s.work()()
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
	// What is published under the same settings stays as it was rendered: the store may be out of reach just now.
	if !reflect.DeepEqual(h.published(), old.published()) {
		if err := s.pub.Reconfigure(h.published()); err != nil {
			s.log.Error("the configuration has a mistake; the old one stays in force", "error", err)
			return
		}
	}
	s.house.Store(h)
	if h.client != old.client {
		s.subscribe(h)
		old.client.Close() // only what is idle: a run in flight goes on
	}
	if h.embedder != old.embedder && old.embedder != nil {
		old.embedder.Close() // only what is idle, here too
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
			if err := s.watch(watching, h.cfg.Feeds, func() {
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
