package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"wirefold/internal/news"
)

// Options are what a Client is made of. Guard and Now are required.
type Options struct {
	Guard *Guard
	Now   func() time.Time
	// Read makes a document of a decoded body; nil = Read.
	Read func(body []byte, in Response) (*news.Document, error)
	// Timeout is the total deadline of one fetch, from its first byte sent to its last byte read; 0 = 30 s.
	Timeout time.Duration
	// MinInterval is the least time between two requests of one feed; 0 = one hour.
	MinInterval time.Duration
	// Version and Contact (a URL) are named in the User-Agent, with the number of subscribers; UserAgent replaces all of it.
	Version, Contact string
	Subscribers      int
	UserAgent        string
	// Booted is when a server started: feeds that fell due while it was down are spread over the hour after it. The zero
	// time is right for a one-off refresh, which starts at once.
	Booted time.Time
	// Parallel is how many fetches may be under way at once over all hosts; 0 = 256, less where files are scarce.
	Parallel int
	// Held bounds the documents that Fetch has handed out and nobody is done with (news.Fetched.Done), in bytes of the
	// bodies they were made of; 0 = no bound. Further bodies wait unparsed.
	Held int64
	// Careful is called when a body of more than a mebibyte is about to be unpacked and parsed, and done after that: both
	// take many times its size. There is one at a time. nil = nothing.
	Careful func() (done func())
	// Extract finds the article in a page, for feeds with full_text; nil = Readability.
	Extract Extractor
	// ReadFile reads the files that hold credentials; nil = os.ReadFile.
	ReadFile func(name string) ([]byte, error)
}

// DefaultTimeout is the total deadline of one fetch.
const DefaultTimeout = 30 * time.Second

// Client fetches feeds over HTTP, politely and guarded. It is safe for concurrent use; Fetch may be called from as many
// goroutines as there are feeds, because the client queues by host by itself. Close it when it is no longer used.
type Client struct {
	o      Options
	agent  string
	limits *limits
	direct *http.Transport

	mu      sync.Mutex
	proxied map[string]*http.Transport

	robots robots
	pages  pages
	pusher atomic.Pointer[Pusher]
}

// NewClient makes a client.
func NewClient(o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Parallel <= 0 {
		o.Parallel = affordable(openFilesLimit())
	}
	if o.Read == nil {
		o.Read = Read
	}
	if o.ReadFile == nil {
		o.ReadFile = os.ReadFile
	}
	if o.Extract == nil {
		o.Extract = Readability{}
	}
	c := &Client{
		o: o, agent: userAgent(o), limits: newLimits(o.Parallel, o.Held),
		direct:  newTransport(o.Parallel, o.Guard.DialContext, nil),
		proxied: map[string]*http.Transport{},
	}
	if o.Careful != nil {
		c.limits.careful = o.Careful
	}
	return c
}

// Close ends all idle connections.
func (c *Client) Close() {
	c.direct.CloseIdleConnections()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.proxied {
		t.CloseIdleConnections()
	}
}

// userAgent is what we call ourselves: Wirefold/1.2 (+https://example.org/news; 3 subscribers).
func userAgent(o Options) string {
	if o.UserAgent != "" {
		return o.UserAgent
	}
	version, contact := o.Version, o.Contact
	if version == "" {
		version = "dev"
	}
	if contact == "" {
		contact = "https://localhost/"
	}
	return fmt.Sprintf("Wirefold/%s (+%s; %d subscribers)", version, contact, max(o.Subscribers, 1))
}

// HostKey names the host that the feed's next request goes to: scheme://name:port, what HostState is kept by.
func HostKey(f news.Feed, s news.FeedState) string {
	u, err := url.Parse(address(f, s))
	if err != nil {
		return ""
	}
	return hostKey(u)
}

// address is where the feed is asked for: where it moved to, or where it is configured.
func address(f news.Feed, s news.FeedState) string {
	if s.URL == f.URL && s.Moved != "" {
		return s.Moved
	}
	return f.URL
}

// Fetch asks for a feed once, if its state, its host and force allow it (otherwise the status is FetchSkipped), and
// gives back the state as it is to be stored, with the document if there is something new. It never panics: what goes
// wrong is in Err and in State.Error. With force it ignores interval and backoff, never Retry-After, 410, the guard or
// the limits per host.
func (c *Client) Fetch(ctx context.Context, f news.Feed, s news.FeedState, h news.HostState, force bool) news.Fetched {
	began := c.o.Now()
	if s.URL != f.URL {
		s = news.FeedState{URL: f.URL}
	}
	s.Feed = f.ID
	if p := c.pusher.Load(); p != nil {
		s.Push = p.current(f.ID, s)
		if d, ok := p.take(f.ID); ok {
			return c.pushed(ctx, f, s, d)
		}
	}
	mode := All
	if force {
		mode = Forced
	}
	at, bad := target(address(f, s))
	if bad == nil {
		h.Host = hostKey(at)
		h = c.limits.merge(h, began)
	}
	if due, from := Due(f, s, h, began, mode); !due {
		return skipped(s, from)
	}
	t := &try{c: c, f: f, s: s, host: h.Host, full: unconditional(f, s, force, began)}
	a, err := t.ask(ctx, at, bad)
	var wait *waitError
	if errors.As(err, &wait) {
		return skipped(s, wait.until)
	}
	got := t.judge(ctx, a, err)
	if ctx.Err() != nil && got.Err != nil {
		return skipped(s, began) // we broke it off: that says nothing of the feed
	}
	got.Took = c.o.Now().Sub(began)
	return got
}

// skipped is the answer to a feed that may not be asked before from.
func skipped(s news.FeedState, from time.Time) news.Fetched {
	if s.Gone {
		return news.Fetched{State: s, Status: news.FetchGone}
	}
	if s.NextDue.Before(from) {
		s.NextDue = from
	}
	return news.Fetched{State: s, Status: news.FetchSkipped}
}

// unconditional decides whether a feed is asked without the validators that it has: after a month of nothing but 304
// (unless its configuration says otherwise), or when a person forces it a day after the last full answer. Some servers
// answer 304 for ever.
func unconditional(f news.Feed, s news.FeedState, force bool, now time.Time) bool {
	if s.Full.IsZero() {
		return true
	}
	since := now.Sub(s.Full)
	return !f.NoRecheck && since > stuckAfter+jitter(f.ID, s.Full, stuckAfter/3) || force && since > forcedFullAfter
}

// try is one fetch of one feed.
type try struct {
	c    *Client
	f    news.Feed
	s    news.FeedState
	host string
	full bool // without validators
}

// ask makes the exchange.
func (t *try) ask(ctx context.Context, u *url.URL, bad error) (*answer, error) {
	if bad != nil {
		return nil, bad
	}
	secret, err := readCredentials(t.f, t.c.o.ReadFile)
	if err != nil {
		return nil, err
	}
	agent := t.c.agentFor(t.f)
	return t.c.exchange(ctx, ask{
		url: u, proxy: t.f.Proxy, private: t.c.private(t.f.URL, u),
		header: func(hop int, at *url.URL) (http.Header, bool) {
			header := http.Header{"User-Agent": {agent}, "Accept": {acceptFeeds}, "Accept-Encoding": {acceptedCodings}}
			secret.addTo(header, at)
			if t.full || hop > 0 && at.String() != t.s.Final {
				return header, false
			}
			return header, addValidators(header, t.s)
		},
	})
}

// acceptFeeds lists what Read understands, feeds first.
const acceptFeeds = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, " +
	"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.2, */*;q=0.1"

// judge makes of an answer, or of the error instead of one, the feed's new state.
func (t *try) judge(ctx context.Context, a *answer, err error) news.Fetched {
	now := t.c.o.Now()
	s := t.s
	s.Tried, s.HTTP = now, 0
	host := t.host
	var header http.Header
	o := Outcome{Kind: NotReached}
	var doc *news.Document
	var bytes int64
	done := func() {}
	if a != nil {
		defer a.done()
		s.HTTP, header, host, bytes = a.status, a.header, hostKey(a.url), int64(len(a.raw))
		o.Kind, s, doc, done, err = t.answered(ctx, a, s, now)
		o.MaxAge, o.RetryAfter = maxAge(header, now), time.Time{}
		if o.Kind == PushedBack {
			o.RetryAfter = retryAfter(header, now)
		}
		if !a.conditional {
			s.Full = now
		}
	} else if reached(err) {
		o.Kind = Broken
		if !t.conditional() {
			s.Full = now
		}
	}
	err = quiet(advised(err, t.f, t.c.o.Guard, s.HTTP))
	s.Error = ""
	if err != nil {
		s.Error = err.Error()
	}
	got := news.Fetched{Document: doc, Done: done, Err: err, Bytes: bytes, Host: t.c.limits.learn(host, o, s.HTTP, now)}
	got.State = Next(t.f, s, o, t.c.o.MinInterval, now)
	got.Status = statusOf(o.Kind)
	if o.Kind != BroughtNews && o.Kind != BroughtNone {
		got.State = doubtMove(got.State)
	}
	return got
}

func (t *try) conditional() bool { return !t.full && (t.s.ETag != "" || t.s.LastModified != "") }

func statusOf(k OutcomeKind) news.FetchStatus {
	switch k {
	case BroughtNews:
		return news.FetchedNew
	case BroughtNone:
		return news.FetchedUnchanged
	case Gone410:
		return news.FetchGone
	}
	return news.FetchFailed
}

// answered judges an answer by its status. done is never nil.
func (t *try) answered(ctx context.Context, a *answer, s news.FeedState, now time.Time) (k OutcomeKind, _ news.FeedState, d *news.Document, done func(), err error) {
	done = func() {}
	switch a.status {
	case http.StatusOK:
		return t.body(ctx, a, s, now)
	case http.StatusNotModified:
		if !a.conditional {
			return Broken, s, nil, done, errors.New("the host answered HTTP 304 to a request without validators")
		}
		s.Good = now
		return BroughtNone, learnMove(s, t.f, a, t.c.o.Guard, now), nil, done, nil
	case http.StatusGone:
		if s.Moved == "" && (a.hops == 0 || a.permanent) {
			return Gone410, s, nil, done, errors.New("gone: the host answered HTTP 410; it is not asked again")
		}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return PushedBack, s, nil, done, unwelcome(a.status)
	case http.StatusPreconditionFailed:
		s.ETag, s.LastModified = "", "" // what it calls out of date cannot be used again
	}
	return Broken, s, nil, done, unwelcome(a.status)
}

func unwelcome(status int) error {
	return fmt.Errorf("the host answered HTTP %d %s", status, http.StatusText(status))
}

// body reads a 200: validators, hash and document. Only a body that is whole and parses leaves validators behind.
func (t *try) body(ctx context.Context, a *answer, s news.FeedState, now time.Time) (OutcomeKind, news.FeedState, *news.Document, func(), error) {
	var doc *news.Document
	var sum string
	done := func() {}
	err := t.c.limits.parse(ctx, len(a.raw), func(heavy func() error) error {
		body, err := decode(a.raw, a.header, heavy)
		if err != nil {
			return err
		}
		if len(body) == 0 {
			return errors.New("the host answered HTTP 200 without a body")
		}
		hash := sha256.Sum256(body)
		if sum = hex.EncodeToString(hash[:]); sum == s.BodyHash {
			return nil
		}
		doc, done, err = t.c.readHeld(ctx, heavy, body, Response{
			URL: a.url.String(), ContentType: a.header.Get("Content-Type"),
			ContentLocation: a.header.Get("Content-Location"), ContentLanguage: a.header.Get("Content-Language"),
		})
		return err
	})
	if err != nil {
		return Broken, s, nil, done, err
	}
	s.Full, s.Good = now, now
	if doc == nil {
		s = keepValidators(s, a)
		return BroughtNone, learnMove(s, t.f, a, t.c.o.Guard, now), nil, done, nil
	}
	s.Changed = now
	s = describe(s, doc)
	if !doc.Partial {
		s.BodyHash = sum
		s = learnMove(keepValidators(s, a), t.f, a, t.c.o.Guard, now)
	}
	return BroughtNews, s, doc, done, nil
}

// readHeld reads a body when there is room for its document. done, never nil, gives the room back.
func (c *Client) readHeld(ctx context.Context, heavy func() error, body []byte, in Response) (doc *news.Document, done func(), err error) {
	done = func() {}
	if len(body) >= heavyBody {
		if err := heavy(); err != nil {
			return nil, done, err
		}
	}
	free, err := c.limits.hold(ctx, len(body))
	if err != nil {
		return nil, done, err
	}
	if doc, err = c.read(body, in); err != nil {
		free()
		return nil, done, err
	}
	return doc, free, nil
}

// read calls Read so that a panic in a parser is this feed's error and nobody else's.
func (c *Client) read(body []byte, in Response) (doc *news.Document, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("the parser failed on this feed: %v", r)
		}
	}()
	doc, err = c.o.Read(body, in)
	if err == nil && doc == nil {
		err = errors.New("the parser found no document")
	}
	return doc, err
}
