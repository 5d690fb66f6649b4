package fetch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"wirefold/internal/news"
)

// WebSub (W3C Recommendation, 2018-01-23), as a subscriber: a hub sends us what is new instead of us asking for it. It is
// only ever a help: a feed with a live subscription is still polled, less often, and one whose subscription ends or
// never comes about is polled as before.
const (
	leaseAsked  = 10 * 24 * time.Hour
	leaseLeast  = 5 * time.Minute
	leaseMost   = 30 * 24 * time.Hour
	renewBefore = 24 * time.Hour // or half the lease, when it is short
	askHubAgain = 6 * time.Hour  // after a hub refused, failed or did not verify
	// verifyWithin is how long after our request a hub's verification is believed.
	verifyWithin = time.Hour
)

// WantsPush decides whether a hub is to be asked for a subscription now, or for a longer one.
func WantsPush(f news.Feed, s news.FeedState, p *news.Push, now time.Time) bool {
	if !f.Enabled || f.Seeds != "" || s.Gone || s.URL != f.URL || len(s.Hubs) == 0 || s.Self == "" || s.Good.IsZero() {
		return false
	}
	if _, err := target(s.Self); err != nil {
		return false
	}
	if p == nil {
		return true
	}
	if now.Sub(p.Asked).Abs() < askHubAgain {
		return false
	}
	if p.Hub != s.Hubs[0] || p.Topic != s.Self || !p.Live {
		return true
	}
	lease := p.Expires.Sub(p.Asked)
	return p.Expires.Sub(now) < min(renewBefore, lease/2)
}

// NextPush is the subscription to ask for. A renewal keeps the callback and the secret, so that nothing sent meanwhile is
// lost (section 5.1: a new request with the same callback and topic takes the old one's place).
func NextPush(s news.FeedState, p *news.Push, now time.Time, random io.Reader) (news.Push, error) {
	if p != nil && p.Hub == s.Hubs[0] && p.Topic == s.Self {
		next := *p
		next.Asked = now
		return next, nil
	}
	secrets := make([]byte, 48)
	if _, err := io.ReadFull(random, secrets); err != nil {
		return news.Push{}, fmt.Errorf("make a secret: %w", err)
	}
	return news.Push{Hub: s.Hubs[0], Topic: s.Self, Token: fmt.Sprintf("%x", secrets[:16]), Secret: fmt.Sprintf("%x", secrets[16:]), Asked: now}, nil
}

// Pusher keeps the subscriptions of a server. Between fetches they live here; Client.Fetch puts them into the state that
// is stored. It is safe for concurrent use.
type Pusher struct {
	client   *Client
	callback string
	poke     func()

	mu      sync.Mutex
	byToken map[string]news.FeedID
	pushes  map[news.FeedID]news.Push
	inbox   map[news.FeedID][]delivery
	held    int  // bytes in the inbox
	ready   bool // all subscriptions of the store are known
}

// delivery is what a hub sent, signed with the secret of its subscription.
type delivery struct {
	body []byte
	in   Response
}

// NewPusher makes the client a subscriber. callback is the public address that the handler is mounted at, with a slash at
// its end; poke is called when something was delivered, and the next Fetch of that feed reads it.
func NewPusher(c *Client, callback string, poke func()) *Pusher {
	p := &Pusher{client: c, callback: callback, poke: poke, byToken: map[string]news.FeedID{}, pushes: map[news.FeedID]news.Push{}, inbox: map[news.FeedID][]delivery{}}
	c.pusher.Store(p)
	return p
}

// Tend asks hubs for the subscriptions that are missing or run out. It is called now and then with all feeds and their
// stored states; what goes wrong with a hub is tried again later and never a feed's fault.
func (p *Pusher) Tend(ctx context.Context, feeds []news.Feed, states map[news.FeedID]news.FeedState) error {
	for _, f := range feeds {
		p.current(f.ID, states[f.ID])
	}
	p.mu.Lock()
	p.ready = true
	p.mu.Unlock()
	var problems []error
	for _, f := range feeds {
		s := states[f.ID]
		now := p.client.o.Now()
		if !WantsPush(f, s, p.current(f.ID, s), now) {
			continue
		}
		next, err := NextPush(s, p.current(f.ID, s), now, rand.Reader)
		if err == nil {
			p.put(f.ID, next) // before the hub is asked: it may verify at once
			err = p.client.askHub(ctx, f, next, p.callback+next.Token)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			problems = append(problems, quiet(fmt.Errorf("subscribe to %s at its hub: %w", f.ID, err)))
		}
	}
	return errors.Join(problems...)
}

// current is the subscription of a feed: ours, or else what the store remembers from before a restart.
func (p *Pusher) current(id news.FeedID, s news.FeedState) *news.Push {
	p.mu.Lock()
	defer p.mu.Unlock()
	push, ok := p.pushes[id]
	if !ok {
		if s.Push == nil || s.Push.Token == "" {
			return nil
		}
		push = *s.Push
		p.pushes[id], p.byToken[push.Token] = push, id
	}
	if push.Live && p.client.o.Now().After(push.Expires) {
		push.Live = false
		p.pushes[id] = push
	}
	return &push
}

func (p *Pusher) put(id news.FeedID, push news.Push) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, ok := p.pushes[id]; ok && old.Token != push.Token {
		delete(p.byToken, old.Token)
	}
	p.pushes[id], p.byToken[push.Token] = push, id
}

// askHub sends the subscription request of section 5.1.
func (c *Client) askHub(ctx context.Context, f news.Feed, p news.Push, callback string) error {
	hub, err := target(p.Hub)
	if err != nil {
		return err
	}
	if err := c.permit(hub, ask{private: c.private(f.URL, hub), proxy: f.Proxy}); err != nil {
		return err
	}
	transport, err := c.transport(f.Proxy)
	if err != nil {
		return err
	}
	place, err := c.limits.enter(ctx, hostKey(hub), c.o.Now)
	if err != nil {
		return err
	}
	defer place.leave()
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	form := url.Values{
		"hub.mode": {"subscribe"}, "hub.topic": {p.Topic}, "hub.callback": {callback}, "hub.secret": {p.Secret},
		"hub.lease_seconds": {strconv.Itoa(int(leaseAsked.Seconds()))},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hub.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Close = true
	req.Header.Set("User-Agent", c.agentFor(f))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the hub answered HTTP %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	return nil
}
