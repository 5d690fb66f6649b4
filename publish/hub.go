package publish

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"wirefold/internal/news"
)

// Subscriptions keep the subscribers of the built-in hub, so that a restart forgets nobody.
type Subscriptions interface {
	// Subscriptions lists all subscriptions.
	Subscriptions(ctx context.Context) ([]news.Subscription, error)
	// SaveSubscription adds a subscription, or replaces the one with the same topic and callback.
	SaveSubscription(ctx context.Context, s news.Subscription) error
	DeleteSubscription(ctx context.Context, topic, callback string) error
}

// The limits of the hub (W3C WebSub). A stranger may make it send requests to a callback, so it sends few.
const (
	defaultLease = 10 * 24 * time.Hour
	minLease     = time.Hour
	maxLease     = 30 * 24 * time.Hour
	// maxSecret is WebSub's own limit (section 5.1).
	maxSecret   = 199
	maxCallback = 2048
	maxHubForm  = 16 << 10
	// maxSubscribers and maxPerHost bound who is delivered to; pendingPerHost bounds the verifications of one host that
	// wait or run, and so what can be aimed at a host that never asked for it.
	maxSubscribers = 10_000
	maxPerHost     = 100
	pendingPerHost = 5
	pendingAll     = 200
	verifiers      = 4
	hubTimeout     = 10 * time.Second
	// challengeBytes of randomness cannot be guessed by a host that did not see the request.
	challengeBytes = 24
)

// hub verifies who wants to be told of changes, and tells them (W3C WebSub sections 5 to 7). It also pings external
// hubs. Only significant changes are told: a push is an interruption.
type hub struct {
	p      *Publisher
	client *http.Client
	queue  chan intent
	out    *courier

	mu      sync.Mutex
	pending map[string]int // by callback host
}

// intent is a request to subscribe or unsubscribe that waits for its verification.
type intent struct {
	mode  string
	host  string
	lease time.Duration
	sub   news.Subscription
}

func newHub(p *Publisher) *hub {
	c := *p.o.Client
	// A callback answers by itself (section 5.3): following it elsewhere would make the hub a stranger's tool.
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	h := &hub{p: p, client: &c, queue: make(chan intent, pendingAll), pending: map[string]int{}}
	h.out = newCourier(p, &c)
	return h
}

// run verifies and delivers until ctx is done.
func (h *hub) run(ctx context.Context) {
	var wg sync.WaitGroup
	for range verifiers {
		wg.Go(func() {
			for {
				select {
				case in := <-h.queue:
					h.handle(ctx, in)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	wg.Go(func() { h.out.run(ctx) })
	wg.Wait()
}

// post takes a subscriber's request and answers before it is verified.
func (h *hub) post(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxHubForm)
	if err := c.Request.ParseForm(); err != nil {
		h.bad(c, "the form cannot be read")
		return
	}
	in, err := h.read(c.Request.PostForm)
	if err != nil {
		h.bad(c, err.Error())
		return
	}
	if !h.enqueue(in) {
		c.Writer.Header().Set("Retry-After", "60")
		h.p.refuse(c, http.StatusTooManyRequests)
		return
	}
	plain(c.Writer, http.StatusAccepted, "The callback will be asked whether this is meant.\n")
	h.p.metrics.answered("hub", http.StatusAccepted)
}

func (h *hub) bad(c *gin.Context, why string) {
	plain(c.Writer, http.StatusBadRequest, clean(why)+"\n")
	h.p.metrics.answered("hub", http.StatusBadRequest)
}

// read makes an intent of a form, or says what is wrong with it.
func (h *hub) read(form url.Values) (intent, error) {
	in := intent{mode: form.Get("hub.mode"), lease: defaultLease}
	if in.mode != "subscribe" && in.mode != "unsubscribe" {
		return in, fmt.Errorf("hub.mode must be subscribe or unsubscribe")
	}
	in.sub.Topic = form.Get("hub.topic")
	cf := h.p.conf.Load()
	if t, ok := cf.topics[cf.pushed()[in.sub.Topic]]; !ok || t.Hub != "builtin" {
		return in, fmt.Errorf("hub.topic is no feed of this hub")
	}
	in.sub.Callback = form.Get("hub.callback")
	u, err := url.Parse(in.sub.Callback)
	if err != nil || !isWeb(in.sub.Callback) || u.User != nil || u.Fragment != "" || len(in.sub.Callback) > maxCallback {
		return in, fmt.Errorf("hub.callback must be an http or https URL of at most %d bytes", maxCallback)
	}
	in.host = strings.ToLower(u.Hostname())
	in.sub.Secret = form.Get("hub.secret")
	if len(in.sub.Secret) > maxSecret {
		return in, fmt.Errorf("hub.secret must have at most %d bytes", maxSecret)
	}
	if s := form.Get("hub.lease_seconds"); s != "" {
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil || n <= 0 {
			return in, fmt.Errorf("hub.lease_seconds must be a positive number")
		}
		in.lease = min(max(time.Duration(n)*time.Second, minLease), maxLease)
	}
	return in, nil
}

// enqueue queues an intent unless its host, or everybody together, already has enough waiting.
func (h *hub) enqueue(in intent) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pending[in.host] >= pendingPerHost {
		return false
	}
	select {
	case h.queue <- in:
		h.pending[in.host]++
		return true
	default:
		return false
	}
}

// handle verifies one intent and stores what came of it.
func (h *hub) handle(ctx context.Context, in intent) {
	defer func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.pending[in.host]--; h.pending[in.host] <= 0 {
			delete(h.pending, in.host)
		}
	}()
	if err := h.verify(ctx, in); err != nil {
		h.p.metrics.delivered("refused")
		h.p.o.Log.Info("hub: subscription not verified", "mode", in.mode, "callback_host", in.host, "error", err)
		return
	}
	if err := h.store(ctx, in); err != nil {
		h.p.o.Log.Error("hub: cannot store a subscription", "callback_host", in.host, "error", err)
		return
	}
	h.p.metrics.delivered("verified")
	h.out.wake()
}

// verify asks the callback whether it wants this (section 5.3): only who receives the challenge can repeat it.
func (h *hub) verify(ctx context.Context, in intent) error {
	ctx, cancel := context.WithTimeout(ctx, hubTimeout)
	defer cancel()
	raw := make([]byte, challengeBytes)
	if _, err := rand.Read(raw); err != nil {
		return err
	}
	challenge := hex.EncodeToString(raw)
	u, err := url.Parse(in.sub.Callback)
	if err != nil {
		return err
	}
	q := url.Values{"hub.mode": {in.mode}, "hub.topic": {in.sub.Topic}, "hub.challenge": {challenge}}
	if in.mode == "subscribe" {
		q.Set("hub.lease_seconds", itoa(int64(in.lease/time.Second)))
	}
	// The callback's own query stays, byte for byte.
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	res, err := h.client.Do(req)
	if err != nil {
		return fmt.Errorf("ask the callback: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4*challengeBytes))
	if err != nil {
		return fmt.Errorf("read the callback's answer: %w", err)
	}
	if res.StatusCode/100 != 2 || strings.TrimSpace(string(body)) != challenge {
		return fmt.Errorf("the callback did not confirm (HTTP %d)", res.StatusCode)
	}
	return nil
}

// store keeps or forgets a verified subscription.
func (h *hub) store(ctx context.Context, in intent) error {
	if in.mode == "unsubscribe" {
		return h.p.o.Subscriptions.DeleteSubscription(ctx, in.sub.Topic, in.sub.Callback)
	}
	list, err := h.p.o.Subscriptions.Subscriptions(ctx)
	if err != nil {
		return err
	}
	same, all := 0, 0
	now := h.p.o.Now()
	known := false
	for _, s := range list {
		if s.Topic == in.sub.Topic && s.Callback == in.sub.Callback {
			// A renewal keeps what was delivered.
			in.sub.Delivered, known = s.Delivered, true
			continue
		}
		if s.Expires.Before(now) {
			continue
		}
		all++
		if hostOf(s.Callback) == in.host {
			same++
		}
	}
	if same >= maxPerHost || all >= maxSubscribers {
		return fmt.Errorf("too many subscriptions: %d of this host, %d in all", same, all)
	}
	if !known {
		// A new subscriber has read the feed: what it holds already is not news.
		marks, err := h.p.significance(ctx)
		if err != nil {
			return err
		}
		in.sub.Delivered = marks[in.sub.Topic]
	}
	in.sub.Expires = now.Add(in.lease).UTC().Truncate(time.Second)
	return h.p.o.Subscriptions.SaveSubscription(ctx, in.sub)
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// pushedKinds are the feeds whose changes are pushed.
var pushedKinds = [...]string{"feed", "updates"}

// pushed maps the URL of every feed that a hub serves to its topic's slug.
func (cf *config) pushed() map[string]string {
	out := map[string]string{}
	for _, t := range cf.Topics {
		if cf.hubOf(t) == "" {
			continue
		}
		for _, kind := range pushedKinds {
			for _, ext := range formats {
				out[cf.topicURL(t.Slug)+kind+"."+ext] = t.Slug
			}
		}
	}
	return out
}

// significance is the newest significant change of every pushed feed, in Unix seconds.
func (p *Publisher) significance(ctx context.Context) (map[string]int64, error) {
	cf := p.conf.Load()
	out := map[string]int64{}
	by := map[string]int64{}
	for u, slug := range cf.pushed() {
		at, ok := by[slug]
		if !ok {
			v, err := p.currentView(ctx, cf, cf.topics[slug])
			if err != nil {
				return nil, err
			}
			at = v.significant.Unix()
			by[slug] = at
		}
		out[u] = at
	}
	return out, nil
}
