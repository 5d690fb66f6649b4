package fetch

import (
	"context"
	"net/url"
	"sync"
	"time"

	"github.com/temoto/robotstxt"

	"wirefold/internal/news"
)

const (
	robotsName = "Wirefold"     // the product token that robots.txt may name
	maxRobots  = 512 << 10      // RFC 9309 section 2.5: at least 500 KiB are to be read
	robotsFor  = 24 * time.Hour // RFC 9309 section 2.4
	robotsSoon = time.Hour      // after an error
	maxHosts   = 1000           // hosts whose rules are remembered
	leastPause = time.Second    // between two pages of one host
	mostPause  = 10 * time.Second
)

// robots remembers the rules of hosts. Feeds are published to be fetched by programs and are not subject to them; the
// pages behind their links are.
type robots struct {
	mu    sync.Mutex
	rules map[string]*robotsRule
}

// robotsRule is what one host allows. Its lock is held while the file is fetched, so that it is fetched once.
type robotsRule struct {
	mu    sync.Mutex
	until time.Time
	group *robotstxt.Group // nil = nothing is allowed
	// next is when the next page may be asked for, by the clock that the waiting is done with.
	next time.Time
}

func (r *robots) rule(key string) *robotsRule {
	r.mu.Lock()
	defer r.mu.Unlock()
	rule := r.rules[key]
	if rule == nil {
		if r.rules == nil || len(r.rules) >= maxHosts {
			r.rules = map[string]*robotsRule{}
		}
		rule = &robotsRule{}
		r.rules[key] = rule
	}
	return rule
}

// mayRead reports whether the host of u lets programs like us read u, and the pause that it wants between two pages.
func (c *Client) mayRead(ctx context.Context, f news.Feed, u *url.URL) (bool, time.Duration) {
	rule := c.robots.rule(hostKey(u))
	rule.mu.Lock()
	defer rule.mu.Unlock()
	now := c.o.Now()
	if !now.Before(rule.until) {
		rule.group, rule.until = c.readRobots(ctx, f, u, now)
	}
	if rule.group == nil || !rule.group.Test(u.RequestURI()) {
		return false, 0
	}
	return true, min(max(rule.group.CrawlDelay, leastPause), mostPause)
}

// pause waits until the next page of a host may be asked for: d after the one before.
func (c *Client) pause(ctx context.Context, host string, d time.Duration) error {
	rule := c.robots.rule(host)
	rule.mu.Lock()
	now := time.Now()
	wait := max(rule.next.Sub(now), 0)
	rule.next = now.Add(wait + d)
	rule.mu.Unlock()
	return sleep(ctx, wait)
}

// readRobots fetches a host's robots.txt. A host without one allows everything; one that fails to answer, nothing, until
// it does (RFC 9309 sections 2.3.1.3 and 2.3.1.4).
func (c *Client) readRobots(ctx context.Context, f news.Feed, u *url.URL, now time.Time) (*robotstxt.Group, time.Time) {
	at := *u
	at.Path, at.RawPath, at.RawQuery = "/robots.txt", "", ""
	p, err := c.page(ctx, f, &at, "text/plain, */*;q=0.1", maxRobots)
	if err != nil && (p.status < 400 || p.status >= 500) || p.status == 429 {
		return nil, now.Add(robotsSoon)
	}
	rules, err := robotstxt.FromStatusAndBytes(p.status, p.body)
	if err != nil {
		return nil, now.Add(robotsSoon)
	}
	return rules.FindGroup(robotsName), now.Add(robotsFor)
}
