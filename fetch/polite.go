package fetch

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"wirefold/internal/news"
)

// How often a publisher is asked. docs/fetching.md says the same to publishers.
const (
	// MinInterval is the least time between two requests that carry a validator.
	MinInterval = time.Hour
	// PlainInterval is the least time between two requests of a feed that gives no validator: each costs a whole body.
	PlainInterval = 24 * time.Hour
	// MaxWish caps what a publisher may ask for with max-age, Expires, ttl or sy:updatePeriod: rubbish must not mean never.
	MaxWish = 24 * time.Hour
	// MaxRetryAfter caps Retry-After, for the same reason.
	MaxRetryAfter = 7 * 24 * time.Hour
	// MaxBackoff is the longest pause after failures in a row.
	MaxBackoff = 24 * time.Hour

	maxInterval   = 12 * time.Hour      // of a feed that brings something now and then
	quietInterval = 24 * time.Hour      // of a feed that brought nothing for quietAfter
	quietAfter    = 30 * 24 * time.Hour // and of a failing feed: after this it is called dead
	pushInterval  = 12 * time.Hour      // of a feed whose hub pushes: polling is only the safety net
	unreachedWait = 10 * time.Minute    // first pause when no request reached the host: our network may be at fault
	pushedBack    = 10 * time.Minute    // first pause of a host that says 429 without saying for how long
	maxSkip       = 72 * time.Hour      // the longest shift by skipHours and skipDays
	// stuckAfter is when a feed that answered nothing but 304 is asked once without validators: some servers answer 304
	// for ever. It is so long that an honest server hardly meets it.
	stuckAfter = 30 * 24 * time.Hour
	// forcedFullAfter lets a forced refresh ask without validators, once a day at most.
	forcedFullAfter = 24 * time.Hour
)

// Outcome is what one try brought, as far as the schedule asks.
type Outcome struct {
	Kind OutcomeKind
	// MaxAge is the freshness that the answer states (Cache-Control, Expires), 0 = none.
	MaxAge time.Duration
	// RetryAfter is when the host wants to be asked again at the soonest; zero = it did not say.
	RetryAfter time.Time
}

// OutcomeKind is the sort of an Outcome.
type OutcomeKind int

// What a try can come to.
const (
	BroughtNews OutcomeKind = iota // a 200 with something new in it
	BroughtNone                    // a 304, or a body that is known
	Broken                         // an answer that is of no use, or none after the request was sent
	NotReached                     // no connection: the host has seen no request
	PushedBack                     // 429 or 503
	Gone410                        // 410
)

// Next gives the state its times after a try at now: when the schedule asks again, when a manual refresh may, how long
// to wait after failures. It does not touch the rest of the state. minInterval 0 means MinInterval.
func Next(f news.Feed, s news.FeedState, o Outcome, minInterval time.Duration, now time.Time) news.FeedState {
	if minInterval <= 0 {
		minInterval = MinInterval
	}
	switch o.Kind {
	case Gone410:
		s.Gone, s.NextDue, s.Earliest = true, time.Time{}, time.Time{}
		return s
	case Broken, NotReached, PushedBack:
		return afterFailure(f, s, o, minInterval, now)
	}
	first := s.Interval == 0
	s.Failures, s.RetryAfter = 0, time.Time{}
	least := minInterval
	if s.ETag == "" && s.LastModified == "" {
		least = max(least, PlainInterval)
	}
	least = max(least, min(max(o.MaxAge, s.Poll.Every), MaxWish))
	s.Interval = adapt(s, o.Kind == BroughtNews, minInterval, now)
	if f.Interval > 0 {
		s.Interval = max(f.Interval, minInterval)
	}
	wait := max(s.Interval, least)
	if s.Push != nil && s.Push.Live && f.Interval == 0 {
		wait = max(wait, pushInterval)
	}
	// The first wait is anywhere between one and two intervals, so that feeds that were added together part; later a
	// tenth is enough to keep them apart.
	spread := wait / 10
	if first {
		spread = wait
	}
	s.Earliest = now.Add(least)
	s.NextDue = allowed(now.Add(wait+jitter(f.ID, now, spread)), s.Poll)
	return s
}

// adapt is the interval that suits a feed: half as long when it brought something, half as long again when not.
func adapt(s news.FeedState, fresh bool, least time.Duration, now time.Time) time.Duration {
	d := max(s.Interval, least)
	if fresh {
		d /= 2
	} else {
		d += d / 2
	}
	longest := maxInterval
	if !s.Changed.IsZero() && now.Sub(s.Changed) > quietAfter {
		longest = quietInterval
	}
	return max(min(d, longest), least)
}

// afterFailure waits twice as long after each failure in a row, up to a day, and never less than the host asked for.
func afterFailure(f news.Feed, s news.FeedState, o Outcome, least time.Duration, now time.Time) news.FeedState {
	wait := least
	if o.Kind == NotReached {
		wait = min(least, unreachedWait)
	}
	if o.Kind == PushedBack {
		wait = max(least, pushedBack)
	}
	wait = doubled(wait, s.Failures)
	if s.Failures > 0 {
		wait -= jitter(f.ID, now, wait/10)
	} else {
		wait += jitter(f.ID, now, wait/10)
	}
	s.Failures++
	s.NextDue = now.Add(wait)
	if o.RetryAfter.After(now) {
		s.RetryAfter = earlier(o.RetryAfter, now.Add(MaxRetryAfter))
		if s.NextDue.Before(s.RetryAfter) {
			s.NextDue = s.RetryAfter.Add(jitter(f.ID, now, s.RetryAfter.Sub(now)/10))
		}
	}
	s.Earliest = s.NextDue
	return s
}

// NextHost gives a host its state after one of its feeds was tried: Retry-After counts for all of them.
func NextHost(h news.HostState, o Outcome, status int, now time.Time) news.HostState {
	switch {
	case o.Kind == NotReached:
		return h
	case o.Kind != PushedBack:
		h.Failures, h.RetryAfter = 0, time.Time{}
		return h
	}
	until := time.Time{}
	switch {
	case o.RetryAfter.After(now):
		until = earlier(o.RetryAfter, now.Add(MaxRetryAfter))
	case status == 429: // too many requests are the host's word, a 503 without a date may be one feed's
		until = now.Add(doubled(pushedBack, h.Failures))
	}
	h.Failures++
	if until.After(h.RetryAfter) {
		h.RetryAfter = until
	}
	return h
}

// doubled is d · 2ⁿ, at most MaxBackoff (or d, if that is longer by configuration).
func doubled(d time.Duration, n int) time.Duration {
	most := max(MaxBackoff, d)
	for ; n > 0 && d < most; n-- {
		d *= 2
	}
	return min(d, most)
}

// allowed moves t to the next time that the publisher's skipHours and skipDays leave open, keeping its minute. Rules
// that leave nothing open within maxSkip are no rules.
func allowed(t time.Time, p news.Poll) time.Time {
	if len(p.SkipHours) == 0 && len(p.SkipDays) == 0 {
		return t
	}
	open := func(u time.Time) bool {
		u = u.UTC()
		for _, h := range p.SkipHours {
			if h == u.Hour() {
				return false
			}
		}
		for _, d := range p.SkipDays {
			if d == u.Weekday() {
				return false
			}
		}
		return true
	}
	for shift := time.Duration(0); shift <= maxSkip; shift += time.Hour {
		if open(t.Add(shift)) {
			return t.Add(shift)
		}
	}
	return t
}

// jitter is a part of span that depends on the feed and the time of its try alone: spread out, and the same when a
// run is repeated.
func jitter(id news.FeedID, at time.Time, span time.Duration) time.Duration {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(id), uint64(at.Unix())))
	part := binary.BigEndian.Uint32(sum[:4])
	return time.Duration(float64(span) * float64(part) / (1 << 32))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
