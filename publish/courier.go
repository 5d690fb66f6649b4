package publish

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"wirefold/internal/news"
)

const (
	// maxFailures is how often a delivery is tried; the next change starts afresh.
	maxFailures = 8
	// firstRetry doubles with each failure up to maxRetry.
	firstRetry = time.Minute
	maxRetry   = 6 * time.Hour
	// deliverAtOnce bounds the deliveries under way, deliverPerHost those to one callback host.
	deliverAtOnce  = 16
	deliverPerHost = 2
)

// courier delivers changed feeds to subscribers and pings external hubs.
type courier struct {
	p      *Publisher
	client *http.Client
	kick   chan struct{}

	mu    sync.Mutex
	pings map[string]news.Subscription // of external hubs, by feed URL; kept in memory only
	busy  map[string]int               // deliveries under way, by callback host
	away  map[string]int64             // the mark of each that is under way, by topic and callback
	seen  *stamps                      // of the last round
	again time.Time                    // when a failed delivery is due; zero = none is
}

func newCourier(p *Publisher, c *http.Client) *courier {
	return &courier{p: p, client: c, kick: make(chan struct{}, 1), pings: map[string]news.Subscription{}, busy: map[string]int{}, away: map[string]int64{}}
}

// wake makes the courier look at the subscriptions again.
func (c *courier) wake() {
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

// run looks each second whether there is something to deliver, until ctx is done and all deliveries have ended.
func (c *courier) run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	slots := make(chan struct{}, deliverAtOnce)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		woken := false
		select {
		case <-ctx.Done():
			return
		case <-c.kick:
			woken = true
		case <-tick.C:
		}
		if !woken && !c.due() {
			continue
		}
		list, expired, err := c.round(ctx)
		if err == nil {
			err = c.forget(ctx, expired)
		}
		if err != nil {
			if ctx.Err() == nil {
				c.p.o.Log.Error("hub: cannot use the subscriptions", "error", err)
			}
			continue
		}
		for _, d := range list {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			wg.Go(func() {
				defer func() { <-slots }()
				c.one(ctx, d)
			})
		}
	}
}

// due reports whether the store has changed or a failed delivery is to be tried again.
func (c *courier) due() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.p.stamps.Load(); s != nil && (c.seen == nil || s.store.N != c.seen.store.N) {
		return true
	}
	return !c.again.IsZero() && !c.p.o.Now().Before(c.again)
}

// delivery is one thing to send: a feed to a subscriber, or a ping to an external hub.
type delivery struct {
	sub  news.Subscription
	slug string
	mark int64 // the significant change that is told
	ping bool
}

// forget removes subscriptions whose lease has ended.
func (c *courier) forget(ctx context.Context, expired []news.Subscription) error {
	for _, s := range expired {
		if err := c.p.o.Subscriptions.DeleteSubscription(ctx, s.Topic, s.Callback); err != nil {
			return err
		}
	}
	return nil
}

// round lists what is to be sent now, and marks it as under way. It also lists the subscriptions whose lease has ended.
func (c *courier) round(ctx context.Context) (out []delivery, expired []news.Subscription, err error) {
	cf := c.p.conf.Load()
	stamps := c.p.stamps.Load()
	marks, err := c.p.significance(ctx)
	if err != nil {
		return nil, nil, err
	}
	var subs []news.Subscription
	if c.p.o.Subscriptions != nil {
		if subs, err = c.p.o.Subscriptions.Subscriptions(ctx); err != nil {
			return nil, nil, err
		}
	}
	pushed := cf.pushed()
	now := c.p.o.Now()

	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen, c.again = stamps, time.Time{}
	take := func(d delivery) {
		key, host := d.sub.Topic+" "+d.sub.Callback, hostOf(d.sub.Callback)
		mark, away := c.away[key]
		switch {
		case d.mark <= d.sub.Delivered:
		case away:
			if d.mark > mark {
				c.later(now) // the change came meanwhile, and nothing else would bring it before the next one
			}
		case d.sub.Retry.After(now):
			c.later(d.sub.Retry)
		case c.busy[host] >= deliverPerHost:
			c.later(now)
		default:
			c.away[key] = d.mark
			c.busy[host]++
			out = append(out, d)
		}
	}
	for _, s := range subs {
		if !s.Expires.After(now) {
			expired = append(expired, s)
		} else if slug, ok := pushed[s.Topic]; ok {
			take(delivery{sub: s, slug: slug, mark: marks[s.Topic]})
		}
	}
	for _, t := range cf.Topics {
		if t.Hub == "builtin" || cf.hubOf(t) == "" {
			continue
		}
		for u, slug := range pushed {
			if slug != t.Slug {
				continue
			}
			s, ok := c.pings[u]
			if !ok || s.Callback != t.Hub {
				// What was published before we started has been told, or will be with the next change.
				s = news.Subscription{Topic: u, Callback: t.Hub, Delivered: marks[u]}
				c.pings[u] = s
			}
			take(delivery{sub: s, slug: slug, mark: marks[u], ping: true})
		}
	}
	return out, expired, nil
}

// later notes that something is to be done at t. The caller holds mu.
func (c *courier) later(t time.Time) {
	if c.again.IsZero() || t.Before(c.again) {
		c.again = t
	}
}

// one sends one delivery and remembers how it went.
func (c *courier) one(ctx context.Context, d delivery) {
	gone, err := c.send(ctx, d)
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.away, d.sub.Topic+" "+d.sub.Callback)
		host := hostOf(d.sub.Callback)
		if c.busy[host]--; c.busy[host] <= 0 {
			delete(c.busy, host)
		}
		if !d.sub.Retry.IsZero() {
			c.later(d.sub.Retry)
		}
	}()
	if ctx.Err() != nil {
		return // the end of the program says nothing about the subscriber
	}
	switch {
	case gone && !d.ping:
		c.p.metrics.delivered("gone")
		if err := c.p.o.Subscriptions.DeleteSubscription(ctx, d.sub.Topic, d.sub.Callback); err != nil {
			c.p.o.Log.Error("hub: cannot forget a subscription", "error", err)
		}
		return
	case err != nil:
		c.p.metrics.delivered("failed")
		c.p.o.Log.Info("hub: delivery failed", "callback_host", hostOf(d.sub.Callback), "failures", d.sub.Failures+1, "error", err)
		d.sub = failed(d.sub, d.mark, c.p.o.Now())
	default:
		c.p.metrics.delivered("ok")
		d.sub.Delivered, d.sub.Failures, d.sub.Retry = d.mark, 0, time.Time{}
	}
	if d.ping {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.pings[d.sub.Topic] = d.sub
		return
	}
	if err := c.p.o.Subscriptions.SaveSubscription(ctx, d.sub); err != nil {
		c.p.o.Log.Error("hub: cannot store a delivery", "error", err)
	}
}

// failed is a subscription after a failed delivery: tried again later each time, and in the end not for this change.
func failed(s news.Subscription, mark int64, now time.Time) news.Subscription {
	s.Failures++
	if s.Failures >= maxFailures {
		s.Delivered, s.Failures, s.Retry = mark, 0, time.Time{}
		return s
	}
	s.Retry = now.Add(min(firstRetry<<(s.Failures-1), maxRetry)).UTC().Truncate(time.Second)
	return s
}

// send sends a delivery. gone says that the subscriber wants no more (WebSub section 7: 410).
func (c *courier) send(ctx context.Context, d delivery) (gone bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, hubTimeout)
	defer cancel()
	var req *http.Request
	if d.ping {
		form := url.Values{"hub.mode": {"publish"}, "hub.url": {d.sub.Topic}, "hub.topic": {d.sub.Topic}}
		req, err = http.NewRequestWithContext(ctx, http.MethodPost, d.sub.Callback, strings.NewReader(form.Encode()))
		if err != nil {
			return false, err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else if req, err = c.content(ctx, d); err != nil {
		return false, err
	}
	res, err := c.client.Do(req)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	// A little of the answer is read, so that the connection can be used again.
	if _, err := io.CopyN(io.Discard, res.Body, 4<<10); err != nil && err != io.EOF {
		return false, err
	}
	switch {
	case res.StatusCode == http.StatusGone:
		return true, nil
	case res.StatusCode/100 != 2:
		return false, fmt.Errorf("HTTP %d", res.StatusCode)
	}
	return false, nil
}

// content is the request that carries a feed to a subscriber (WebSub section 7).
func (c *courier) content(ctx context.Context, d delivery) (*http.Request, error) {
	cf := c.p.conf.Load()
	t, ok := cf.topics[d.slug]
	if !ok {
		return nil, fmt.Errorf("topic %s is no longer published", d.slug)
	}
	r, ok := t.files[strings.TrimPrefix(d.sub.Topic, cf.topicURL(d.slug))]
	if !ok {
		return nil, fmt.Errorf("%s is no longer published", d.sub.Topic)
	}
	st, err := c.p.known(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := r.get(ctx, c.p, st, true)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.sub.Callback, bytes.NewReader(snap.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", snap.kind)
	req.Header["Link"] = r.link
	if d.sub.Secret != "" {
		mac := hmac.New(sha256.New, []byte(d.sub.Secret))
		mac.Write(snap.body)
		req.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	return req, nil
}
