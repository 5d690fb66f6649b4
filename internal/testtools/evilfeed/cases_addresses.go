package evilfeed

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// control is the one feed without fault.
func (sv *Server) control() (cs []Case) {
	adder(&cs, "Control")("/ok", "a good RSS feed of 3 items with validators and honest 304s", "3 items; the second fetch is conditional and answered 304", func(w http.ResponseWriter, q *http.Request) {
		const tag, date = `"ok-1"`, "Mon, 02 Mar 2026 10:00:00 GMT"
		w.Header().Set("ETag", tag)
		w.Header().Set("Last-Modified", date)
		if q.Header.Get("If-None-Match") == tag || q.Header.Get("If-Modified-Since") == date {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, sv.good("ok", 3))
	})
	return cs
}

// spellings are ways to write this machine's address, and schemes that are no business of a feed. %P is the canary's port.
var spellings = []string{
	"http://127.0.0.1:%P/", "http://localhost:%P/x", "http://LocalHost.:%P/", "http://feeds.localhost:%P/", "http://127.1:%P/", "http://127.0.1:%P/", "http://127.0.0.001:%P/",
	"http://2130706433:%P/", "http://017700000001:%P/", "http://0x7f000001:%P/", "http://0X7F.0.0.1:%P/", "http://0177.0.0.01:%P/", "http://0:%P/", "http://0.0.0.0:%P/", "http://127.255.255.254:%P/",
	"http://[::1]:%P/", "http://[::]:%P/", "http://[0000::1]:%P/", "http://[::ffff:127.0.0.1]:%P/", "http://[::ffff:7f00:0001]:%P/", "http://[::127.0.0.1]:%P/", "http://[::ffff:0:127.0.0.1]:%P/",
	"http://feed.example@127.0.0.1:%P/", "http://feed.example:443@localhost:%P/", "http://127.0.0.1:%P#@feed.example/", "http://127.0.0.1:%P\\@feed.example/", "http:\\\\localhost:%P\\", "http:/localhost:%P/", "http:127.0.0.1:%P/", "//localhost:%P/", "///127.0.0.1:%P/",
	"http://１２７.０.０.１:%P/", "http://⑫7.0.0.1:%P/", "http://127。0。0。1:%P/", "http://127.0.0.1%00:%P/", "http://127.0.0.1:%P\t/", " http://127.0.0.1:%P/",
	"file:///etc/hostname", "FILE:/etc/hostname", "gopher://127.0.0.1:%P/_x", "ftp://localhost:%P/", "dict://127.0.0.1:%P/", "unix:/run/x.sock", "http+unix://%2Frun%2Fx.sock/", "javascript:void(0)", "data:text/xml,<rss/>", "jar:http://127.0.0.1:%P!/", "ws://127.0.0.1:%P/", "about:blank",
}

// addresses are redirects to spellings of the own machine. They are sent, never followed by this package.
func (sv *Server) addresses() (cs []Case) {
	add := adder(&cs, "Addresses")
	_, port, _ := net.SplitHostPort(sv.CanaryAddr) // an address of a listener has a port
	for i, s := range spellings {
		to := strings.ReplaceAll(s, "%P", port)
		add(fmt.Sprintf("/ssrf/%02d", i), fmt.Sprintf("302 to %q", s), "refused by the scheme rule, the URL parser or the address check", redirect(http.StatusFound, func(*http.Request) string { return to }))
	}
	return cs
}
