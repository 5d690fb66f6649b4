package main

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"wirefold/fetch"
	"wirefold/internal/news"
	"wirefold/internal/refresh"
)

const (
	// callbackPath is where the hubs of feeds deliver, below site.url.
	callbackPath = "/websub/"
	// tendEvery is how often subscriptions that are missing or run out are looked for.
	tendEvery = 5 * time.Minute
)

// subscribe makes a house's client a WebSub subscriber, if hubs can reach us: nobody delivers to a private address.
func (s *server) subscribe(h *house) {
	if s.flags.noFetch || !reachable(h.cfg.Site.URL) {
		return
	}
	s.pusher.Store(fetch.NewPusher(h.client, h.cfg.Site.URL+callbackPath, func() { s.wake(refresh.Due) }))
	select {
	case s.tendNow <- struct{}{}:
	default:
	}
}

// reachable reports whether an address may be reached from outside: not localhost, not a private address.
func reachable(site string) bool {
	u, err := url.Parse(site)
	if err != nil || u.Hostname() == "" || u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err != nil || fetch.Public(ip)
}

// callbacks answers the hubs of feeds.
func (s *server) callbacks() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := s.pusher.Load(); p != nil {
			p.ServeHTTP(w, r)
			return
		}
		http.NotFound(w, r)
	})
}

// tend renews the subscriptions until ctx ends.
func (s *server) tend(ctx context.Context) {
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	// At the start, and after a reload, the new subscriber must learn at once what the store remembers: until then it
	// turns deliveries away.
	for {
		p, h := s.pusher.Load(), s.house.Load()
		list, err := h.store.FeedStates(ctx)
		if err == nil && p != nil {
			states := make(map[news.FeedID]news.FeedState, len(list))
			for _, st := range list {
				states[st.Feed] = st
			}
			err = p.Tend(ctx, *h.feeds.Load(), states)
		}
		if err != nil && ctx.Err() == nil {
			s.log.Warn("subscribe to hubs; polling goes on", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.tendNow:
		}
	}
}
