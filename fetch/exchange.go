package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// MaxRedirects is how many redirects one fetch follows.
const MaxRedirects = 5

// maxHeaders bounds the header of an answer, informational answers before it included.
const maxHeaders = 128 << 10

// idleFor is how long a connection is kept for the next feed of the same host, should the one that waited for it not come.
const idleFor = 15 * time.Second

// ask is a request before it is sent.
type ask struct {
	url *url.URL
	// private is set when the one who asks lives at an address of the guard's exceptions, so that it may be led there.
	private bool
	proxy   string
	// header makes the header of each hop, and says whether it holds a validator.
	header func(hop int, at *url.URL) (http.Header, bool)
	// most is how many bytes the body may have; 0 = MaxBody.
	most int64
}

// answer is the end of an exchange: the last hop's answer with its whole body, still encoded.
type answer struct {
	status      int
	header      http.Header
	url         *url.URL
	raw         []byte
	hops        int
	permanent   bool // every redirect was a 301 or 308
	conditional bool
	release     func() // what the body holds of the client's limits; nil = nothing
}

// done frees what the answer holds of the client's limits.
func (a *answer) done() {
	if a.release != nil {
		a.release()
		a.release = nil
	}
}

func newTransport(idle int, dial func(context.Context, string, string) (net.Conn, error), proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	return &http.Transport{
		Proxy:                  proxy, // never from the environment
		DialContext:            dial,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // we ask for codings and decode them ourselves, under our own caps
		MaxResponseHeaderBytes: maxHeaders,
		MaxIdleConns:           idle,
		MaxIdleConnsPerHost:    PerHost,
		MaxConnsPerHost:        PerHost,
		IdleConnTimeout:        idleFor,
		TLSHandshakeTimeout:    10 * time.Second,
	}
}

// transport is the way to the network: direct, or through the feed's proxy. The proxy's own address is the one thing
// that the proxy's transport may dial, public or not.
func (c *Client) transport(proxy string) (*http.Transport, error) {
	if proxy == "" {
		return c.direct, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.proxied[proxy]; t != nil {
		return t, nil
	}
	u, err := url.Parse(proxy)
	if err != nil || u.Host == "" {
		return nil, errors.New("the proxy of this feed is not a URL")
	}
	own := &Guard{Allow: []string{hostPort(u)}, Resolver: c.o.Guard.Resolver, Dial: c.o.Guard.Dial}
	t := newTransport(PerHost, func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil || !own.Allows(host, port) {
			return nil, fmt.Errorf("%w: a proxied feed connects to its proxy alone", ErrRefused)
		}
		return own.DialContext(ctx, network, address)
	}, http.ProxyURL(u))
	c.proxied[proxy] = t
	return t, nil
}

// exchange sends a GET and follows its redirects. Each hop waits for its host's turn; the time of waiting does not
// count towards the deadline. The caller must call done on the answer.
func (c *Client) exchange(ctx context.Context, q ask) (*answer, error) {
	transport, err := c.transport(q.proxy)
	if err != nil {
		return nil, err
	}
	ctx, watch := newStopwatch(ctx, c.o.Timeout)
	defer watch.stop()
	at, permanent := q.url, true
	for hop := 0; ; hop++ {
		if err := c.permit(at, q); err != nil {
			return nil, err
		}
		a, next, err := c.hop(ctx, transport, q, hop, at, watch)
		if err != nil {
			return nil, watch.explain(err)
		}
		if next == nil {
			a.hops, a.permanent = hop, permanent && hop > 0
			return a, nil
		}
		permanent = permanent && (a.status == http.StatusMovedPermanently || a.status == http.StatusPermanentRedirect)
		if hop == MaxRedirects {
			return nil, fmt.Errorf("more than %d redirects", MaxRedirects)
		}
		at = next
	}
}

// permit checks a hop before anything is sent: the scheme, what a proxy would not check for us, and that nobody is led
// to a private exception from outside.
func (c *Client) permit(u *url.URL, q ask) error {
	if !q.private && c.o.Guard.Allows(u.Hostname(), port(u)) {
		return fmt.Errorf("%w: %s is open only to feeds that live there", ErrRefused, u.Host)
	}
	if q.proxy != "" {
		return c.o.Guard.CheckHost(u.Hostname(), port(u))
	}
	return nil
}

// hop sends one request. It gives back either the final answer or the next address.
func (c *Client) hop(ctx context.Context, transport *http.Transport, q ask, hop int, at *url.URL, watch *stopwatch) (*answer, *url.URL, error) {
	watch.pause()
	place, err := c.limits.enter(ctx, hostKey(at), c.o.Now)
	watch.resume()
	if err != nil {
		return nil, nil, err
	}
	defer place.leave()
	header, conditional := q.header(hop, at)
	// A request that will bring a body has a connection of its own: what a broken server sends beyond its answer must
	// not be taken for the answer to another request. Only conditional requests, which cost nothing else, share one; the
	// last of them closes it, because the next round is far away.
	last := !conditional || place.alone
	req := (&http.Request{Method: http.MethodGet, URL: at, Host: at.Host, Header: header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Close: last}).WithContext(ctx)
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode, header: resp.Header, url: at, conditional: conditional}
	if next, err := redirectOf(resp, at); err != nil || next != nil {
		return a, next, err
	}
	if resp.StatusCode != http.StatusOK {
		return a, nil, nil
	}
	most := q.most
	if most == 0 {
		most = MaxBody
	}
	a.raw, a.release, err = c.limits.readBody(ctx, resp, most, watch)
	if err != nil {
		return nil, nil, err
	}
	return a, nil, nil
}

// target parses an address that is to be asked: absolute http or https, with a host, without fragment or user.
func target(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is not a URL", ErrRefused, clip(raw, 200))
	}
	return cleanTarget(u)
}

func cleanTarget(u *url.URL) (*url.URL, error) {
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" {
		return nil, fmt.Errorf("%w: scheme %q is neither http nor https", ErrRefused, clip(u.Scheme, 40))
	}
	if u.Hostname() == "" || u.Opaque != "" {
		return nil, fmt.Errorf("%w: %q names no host", ErrRefused, clip(u.Redacted(), 200))
	}
	v := *u
	v.Scheme, v.User, v.Fragment, v.RawFragment = scheme, nil, "", ""
	return &v, nil
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

func hostPort(u *url.URL) string { return strings.ToLower(net.JoinHostPort(u.Hostname(), port(u))) }

func hostKey(u *url.URL) string { return strings.ToLower(u.Scheme) + "://" + hostPort(u) }

// private reports whether the address that a feed is configured with lies in the guard's exceptions. at is where it is
// asked for, which mostly is the same address.
func (c *Client) private(raw string, at *url.URL) bool {
	if len(c.o.Guard.Allow) == 0 {
		return false
	}
	if raw != at.String() {
		if u, err := url.Parse(raw); err == nil && u.Host != "" {
			at = u
		}
	}
	return c.o.Guard.Allows(at.Hostname(), port(at))
}
