package fetch

import (
	"context"
	"time"

	"wirefold/internal/news"
)

// Due is the function Due, true as well for a feed whose hub has delivered something, and spread out for a server that was
// down for a while.
func (c *Client) Due(f news.Feed, s news.FeedState, h news.HostState, now time.Time, mode Mode) (bool, time.Time) {
	if p := c.pusher.Load(); p != nil && f.Enabled && p.waiting(f.ID) {
		return true, now
	}
	if mode == Scheduled && !c.o.Booted.IsZero() {
		if from := Spread(f, s, c.o.Booted); from.After(now) {
			return false, from
		}
	}
	return Due(f, s, h, now, mode)
}

// pushed reads what a hub delivered, in place of a request. It is an extra: the schedule, the validators and the failures
// of polling stay as they are.
func (c *Client) pushed(ctx context.Context, f news.Feed, s news.FeedState, d delivery) news.Fetched {
	began := c.o.Now()
	got := news.Fetched{State: s, Status: news.FetchedNew, Bytes: int64(len(d.body))}
	err := c.limits.parse(ctx, len(d.body), func(heavy func() error) error {
		var err error
		got.Document, got.Done, err = c.readHeld(ctx, heavy, d.body, d.in)
		return err
	})
	if err != nil {
		got.Document, got.Status, got.Err = nil, news.FetchFailed, quiet(err)
	} else {
		got.State.Changed = began
	}
	got.Took = c.o.Now().Sub(began)
	return got
}
