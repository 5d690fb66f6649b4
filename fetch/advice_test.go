package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"wirefold/internal/news"
)

// twoNames knows one name, of a private address, and not another.
type twoNames struct{}

func (twoNames) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if host == "intranet.example" {
		return []netip.Addr{netip.MustParseAddr("10.1.2.3")}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func TestAnErrorSaysWhatToDo(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		var code int
		switch r.URL.Path {
		case "/page":
			fmt.Fprint(w, `<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body>x</body></html>`)
		case "/bare":
			fmt.Fprint(w, `<!DOCTYPE html><html><body>x</body></html>`)
		case "/opml":
			fmt.Fprint(w, `<opml version="2.0"><body><outline xmlUrl="http://a.example/f"/></body></opml>`)
		case "/inward":
			http.Redirect(w, r, "http://192.168.1.1/", http.StatusFound)
		default:
			fmt.Sscanf(r.URL.Path, "/%d", &code)
			w.WriteHeader(code)
		}
	})
	tests := []struct{ url, says, not string }{
		{s.URL + "/page", s.URL + "/feed; put one of them in its place", ""},
		{s.URL + "/bare", "`wirefold add " + s.URL + "/bare` looks in the usual places", ""},
		{s.URL + "/opml", "a list of feeds; list it under lists", ""},
		{s.URL + "/401", "HTTP 401 Unauthorized; it wants a login: give the feed auth", ""},
		{s.URL + "/403", "it turns us away", ""},
		{s.URL + "/404", "`wirefold add " + s.URL + "/` looks for its new address", ""},
		{s.URL + "/410", "gone: the host answered HTTP 410; it is not asked again; remove it", ""},
		{s.URL + "/500", "HTTP 500 Internal Server Error", ";"},
		{"http://127.0.0.1:1/feed", `not a public address; if you mean it, list "127.0.0.1:1" under fetch.allow`, ""},
		{s.URL + "/inward", "192.168.1.1 is not a public address", "fetch.allow"},
		{"http://nowhere.example/feed", "is its name spelled right?", ""},
		{"http://intranet.example/feed", `if you mean it, list "intranet.example:80" under fetch.allow`, ""},
	}
	c := newTestClient(t, newClock(), func(o *Options) { o.Guard.Resolver = twoNames{} }, s)
	for _, tt := range tests {
		got := fetchOnce(t, c, news.Feed{ID: "f", URL: tt.url, Enabled: true}, news.FeedState{})
		if got.Err == nil || !strings.Contains(got.State.Error, tt.says) || tt.not != "" && strings.Contains(got.State.Error, tt.not) {
			t.Errorf("%s: %q, want it to say %q and not %q", tt.url, got.State.Error, tt.says, tt.not)
		}
	}
}
