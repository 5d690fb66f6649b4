package fetch

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"wirefold/internal/news"
)

// A move is learnt when a permanent redirect to one and the same address has led to a feed that parses for moveProof,
// at least moveProofs times. A hotel's Wi-Fi, a domain that lapsed for a day or a slip of the publisher pass before.
const (
	moveProof  = 7 * 24 * time.Hour
	moveProofs = 3
	// moveDoubts is how many failures in a row send us back from a learnt address to the configured one.
	moveDoubts = 3
)

// redirectOf gives the address that an answer leads to, nil when it is no redirect.
func redirectOf(resp *http.Response, at *url.URL) (*url.URL, error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	where := resp.Header.Values("Location")
	if len(where) != 1 || where[0] == "" {
		return nil, fmt.Errorf("the host answered HTTP %d with %d addresses to go to", resp.StatusCode, countFilled(where))
	}
	ref, err := url.Parse(where[0])
	if err != nil {
		return nil, fmt.Errorf("%w: redirect to %q, which is not a URL", ErrRefused, clip(where[0], 200))
	}
	next, err := cleanTarget(at.ResolveReference(ref))
	if err != nil {
		return nil, fmt.Errorf("redirect: %w", err)
	}
	return next, nil
}

func countFilled(list []string) (n int) {
	for _, s := range list {
		if s != "" {
			n++
		}
	}
	return n
}

// learnMove takes a good answer as one proof more of a permanent move, or as the end of one. A public feed never moves
// to a private exception, and one with credentials never to another host.
func learnMove(s news.FeedState, f news.Feed, a *answer, g *Guard, now time.Time) news.FeedState {
	if !a.permanent {
		s.MoveTo, s.MoveSince, s.MoveProofs = "", time.Time{}, 0
		return s
	}
	to := a.url.String()
	asked, err := target(address(f, s))
	lasting := err == nil &&
		(g.Allows(asked.Hostname(), port(asked)) || !g.Allows(a.url.Hostname(), port(a.url))) &&
		(!hasCredentials(f) || hostKey(asked) == hostKey(a.url))
	if !lasting {
		s.MoveTo, s.MoveSince, s.MoveProofs = "", time.Time{}, 0
		return s
	}
	if s.MoveTo != to {
		s.MoveTo, s.MoveSince, s.MoveProofs = to, now, 0
	}
	s.MoveProofs++
	if s.MoveProofs >= moveProofs && now.Sub(s.MoveSince) >= moveProof {
		s.Moved, s.MoveTo, s.MoveSince, s.MoveProofs = to, "", time.Time{}, 0
	}
	return s
}

// doubtMove goes back to the configured address when the learnt one fails again and again.
func doubtMove(s news.FeedState) news.FeedState {
	if s.Moved != "" && s.Failures >= moveDoubts {
		s.Moved = ""
	}
	return s
}
