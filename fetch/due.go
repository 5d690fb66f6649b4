package fetch

import (
	"time"

	"wirefold/internal/news"
)

// Mode is who asks for a feed, and so how much of its schedule holds.
type Mode int

// The modes of a refresh.
const (
	// Scheduled takes what the schedule says: the server, and refresh without a flag.
	Scheduled Mode = iota
	// All takes every feed whose minimum interval has passed, as far as its publisher's wishes and its failures allow.
	All
	// Forced ignores interval and backoff, never Retry-After, 410, the address guard or the limits per host.
	Forced
)

// farthest is further ahead than any time that Next or NextHost sets. A time beyond it was written under a clock that
// was wrong, and counts for nothing: a feed must not sleep for a year because the clock once was a year ahead.
const farthest = MaxRetryAfter + maxSkip

// Due reports whether the feed may be asked at now, and otherwise from when on; the zero time means never.
func Due(f news.Feed, s news.FeedState, h news.HostState, now time.Time, mode Mode) (bool, time.Time) {
	if !f.Enabled {
		return false, time.Time{}
	}
	if f.Seeds != "" {
		return true, now
	}
	if s.URL != f.URL {
		s = news.FeedState{}
	}
	if s.Gone {
		return false, time.Time{}
	}
	from := later(believed(s.RetryAfter, now), believed(h.RetryAfter, now))
	switch mode {
	case Scheduled:
		from = later(from, later(believed(s.NextDue, now), believed(s.Earliest, now)))
	case All:
		from = later(from, believed(s.Earliest, now))
	}
	if from.After(now) {
		return false, from
	}
	return true, now
}

// Spread is when a server that started at booted begins with a feed that fell due while it was down: at a moment of
// its own within the interval, at most an hour. A feed that was never asked begins at once.
func Spread(f news.Feed, s news.FeedState, booted time.Time) time.Time {
	if s.Tried.IsZero() || s.NextDue.After(booted) || f.Seeds != "" {
		return booted
	}
	return booted.Add(jitter(f.ID, time.Time{}, min(max(s.Interval, MinInterval/2), time.Hour)))
}

// Dead reports whether a feed gave no good answer for so long that somebody should look at it: thirty days, or twenty
// tries for a feed that never gave one.
func Dead(s news.FeedState, now time.Time) bool {
	switch {
	case s.Gone:
		return true
	case s.Failures == 0:
		return false
	case s.Good.IsZero():
		return s.Failures >= 20
	}
	return now.Sub(s.Good) > quietAfter
}

func believed(t, now time.Time) time.Time {
	if t.Sub(now) > farthest {
		return time.Time{}
	}
	return t
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
