package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxAge is how long an answer calls itself fresh: Cache-Control max-age before Expires, less the Age that it has
// already (RFC 9111 sections 4.2.1 and 4.2.3). What cannot be read, or is not positive, is no wish.
func maxAge(h http.Header, now time.Time) time.Duration {
	fresh, stated := cacheMaxAge(h)
	if !stated {
		if h.Get("Expires") == "" {
			return 0
		}
		expires, err := http.ParseTime(h.Get("Expires"))
		if err != nil {
			return 0
		}
		date, err := http.ParseTime(h.Get("Date"))
		if err != nil {
			date = now
		}
		fresh = expires.Sub(date)
	}
	if age, ok := seconds(h.Get("Age")); ok {
		fresh -= age
	}
	return max(fresh, 0)
}

// cacheMaxAge is the max-age of Cache-Control, and whether that header settles the question.
func cacheMaxAge(h http.Header) (time.Duration, bool) {
	for _, line := range h.Values("Cache-Control") {
		for directive := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "no-store", "no-cache":
				return 0, true
			case "max-age":
				d, ok := seconds(strings.Trim(strings.TrimSpace(value), `"`))
				return d, ok
			}
		}
	}
	return 0, false
}

// retryAfter reads Retry-After in both forms of RFC 9110 section 10.2.3. The zero time means that it says nothing: it
// is missing, negative, past or rubbish.
func retryAfter(h http.Header, now time.Time) time.Time {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if d, ok := seconds(value); ok {
		return now.Add(d)
	}
	at, err := http.ParseTime(value)
	if err != nil || !at.After(now) {
		return time.Time{}
	}
	// The date is by the host's clock; where it says what that clock shows, only the difference counts.
	if date, err := http.ParseTime(h.Get("Date")); err == nil && at.After(date) {
		return now.Add(at.Sub(date))
	}
	return at
}

// seconds reads delta-seconds. A number too large for the type is the largest that the callers' caps can tell apart.
func seconds(s string) (time.Duration, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	const most = 10 * 365 * 24 * 3600
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > most {
		n = most
	}
	return time.Duration(n) * time.Second, true
}
