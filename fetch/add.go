package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"wirefold/internal/news"
)

// maxTried bounds how many of the feeds that a page offers are looked at.
const maxTried = 8

// commonPlaces are where sites keep a feed that their page does not name, commonest first.
var commonPlaces = []string{"/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml"}

// Found is a feed that an address leads to.
type Found struct {
	URL   string
	Title string
	Items int
}

// Find looks for the feeds of a site: the address itself if it is a feed, else the feeds that its page offers, else the
// usual places. Each is fetched once, and only those that parse are found. The error says what was at the address.
func (c *Client) Find(ctx context.Context, address string) ([]Found, error) {
	at, err := typedAddress(address)
	if err != nil {
		return nil, quiet(err)
	}
	one, err := c.look(ctx, at, at)
	if err == nil {
		return []Found{one}, nil
	}
	var offer *PageError
	if !errors.As(err, &offer) {
		return nil, fmt.Errorf("look at %s: %w", at.Redacted(), err)
	}
	var found []Found
	for _, l := range offer.Feeds[:min(len(offer.Feeds), maxTried)] {
		if u, err := target(l.Href); err == nil && u.String() != at.String() {
			found = c.keep(ctx, found, at, u)
		}
	}
	for _, path := range commonPlaces {
		if len(found) > 0 || ctx.Err() != nil {
			break
		}
		found = c.keep(ctx, found, at, at.ResolveReference(&url.URL{Path: path}))
	}
	if len(found) == 0 {
		return nil, errors.Join(fmt.Errorf("find a feed at %s: %w", at.Redacted(), err), ctx.Err())
	}
	return found, nil
}

// typedAddress reads what a person typed: the scheme may be missing, or feed:.
func typedAddress(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "feed:"); ok {
		s = strings.TrimPrefix(rest, "//")
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	return target(s)
}

// keep adds the feed at u, if there is one that is not yet found.
func (c *Client) keep(ctx context.Context, found []Found, from, u *url.URL) []Found {
	one, err := c.look(ctx, from, u)
	if err != nil {
		return found
	}
	for _, f := range found {
		if f.URL == one.URL {
			return found
		}
	}
	return append(found, one)
}

// look fetches an address once and reads it as a feed.
func (c *Client) look(ctx context.Context, from, u *url.URL) (Found, error) {
	p, err := c.page(ctx, news.Feed{URL: from.String()}, u, acceptFeeds, MaxBody)
	if err != nil {
		return Found{}, err
	}
	var doc *news.Document
	err = c.limits.parse(ctx, len(p.body), func(func() error) (err error) {
		doc, err = c.read(p.body, Response{URL: p.url.String(), ContentType: p.header.Get("Content-Type")})
		return err
	})
	if err != nil {
		return Found{}, quiet(err)
	}
	found := Found{URL: u.String(), Title: plain(doc.Title), Items: len(doc.Items)}
	if p.permanent {
		found.URL = p.url.String()
	}
	return found, nil
}
