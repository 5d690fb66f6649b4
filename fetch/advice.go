package fetch

import (
	"errors"
	"fmt"
	"net"
	"net/http"

	"wirefold/internal/news"
)

// errOPML says that a body is a list of feeds.
var errOPML = fmt.Errorf("%w: this is OPML, a list of feeds", ErrNotAFeed)

// advice is what the one who configured the feed can do about an error; "" when there is nothing but to wait.
func advice(f news.Feed, g *Guard, status int, err error) string {
	u, bad := target(f.URL)
	if bad != nil {
		return ""
	}
	var page *PageError
	var dns *net.DNSError
	var private *privateError
	switch {
	case errors.As(err, &page) && len(page.Feeds) > 0:
		return "put one of them in its place"
	case errors.As(err, &page):
		return fmt.Sprintf("`wirefold add %s` looks in the usual places", u.Redacted())
	case errors.Is(err, errOPML):
		return "list it under lists, or `wirefold opml import` its feeds"
	case errors.As(err, &private) && private.host == u.Hostname(), errors.Is(err, ErrRefused) && g.CheckHost(u.Hostname(), port(u)) != nil:
		return fmt.Sprintf("if you mean it, list %q under fetch.allow", hostPort(u))
	case errors.As(err, &dns) && dns.IsNotFound:
		return "is its name spelled right?"
	}
	switch status {
	case http.StatusUnauthorized:
		if f.BasicFile != "" || f.HeaderFile != "" {
			return "it does not take what the feed's auth holds"
		}
		return "it wants a login: give the feed auth"
	case http.StatusForbidden:
		return "it turns us away: some want a login (auth), some another user_agent"
	case http.StatusNotFound:
		return fmt.Sprintf("`wirefold add %s://%s/` looks for its new address", u.Scheme, u.Host)
	case http.StatusGone:
		return "remove it, or give it another address"
	}
	return ""
}

// advised is an error with what can be done about it.
func advised(err error, f news.Feed, g *Guard, status int) error {
	if err == nil {
		return nil
	}
	if s := advice(f, g, status, err); s != "" {
		return fmt.Errorf("%w; %s", err, s)
	}
	return err
}
