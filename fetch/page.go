package fetch

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"wirefold/internal/news"
)

// page is the whole answer to a request for something that is no feed: an article's page, robots.txt, a list of feeds.
type page struct {
	status int
	header http.Header
	url    *url.URL
	body   []byte
	// permanent says that only permanent redirects led here.
	permanent bool
}

// page asks for an address on behalf of a feed (the zero Feed: of a person), under the same guard and limits as a feed.
// Credentials of the feed go along only to its own host.
func (c *Client) page(ctx context.Context, f news.Feed, u *url.URL, accept string, most int64) (page, error) {
	secret, err := readCredentials(f, c.o.ReadFile)
	if err != nil {
		return page{}, err
	}
	a, err := c.exchange(ctx, ask{
		url: u, proxy: f.Proxy, private: c.private(f.URL, u), most: most,
		header: func(_ int, at *url.URL) (http.Header, bool) {
			h := http.Header{"User-Agent": {c.agentFor(f)}, "Accept": {accept}, "Accept-Encoding": {acceptedCodings}}
			secret.addTo(h, at)
			return h, false
		},
	})
	if err != nil {
		return page{}, quiet(err)
	}
	defer a.done()
	p := page{status: a.status, header: a.header, url: a.url, permanent: a.permanent}
	if a.status != http.StatusOK {
		now := c.o.Now()
		o := Outcome{Kind: Broken}
		if a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable {
			o = Outcome{Kind: PushedBack, RetryAfter: retryAfter(a.header, now)}
		}
		c.limits.learn(hostKey(a.url), o, a.status, now)
		return p, fmt.Errorf("the host answered HTTP %d %s", a.status, http.StatusText(a.status))
	}
	err = c.limits.parse(ctx, len(a.raw), func(heavy func() error) (err error) {
		p.body, err = decode(a.raw, a.header, heavy)
		return err
	})
	return p, quiet(err)
}

func (c *Client) agentFor(f news.Feed) string {
	if f.UserAgent != "" {
		return f.UserAgent
	}
	return c.agent
}
