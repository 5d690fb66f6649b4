package evilfeed

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// politeness are answers that test how a client treats validators, errors, redirects and pauses.
func (sv *Server) politeness() (cs []Case) {
	add := adder(&cs, "HTTP and politeness")
	add("/http/304-no-prior", "304 to an unconditional request", "an error, not success with 0 items; next request still without validators", status(304))
	add("/http/etag-lie", "the same ETag and 200 with new content every time", "content read: a 200 is a 200", func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("ETag", `"never-changes"`)
		w.Header().Set("Content-Type", "application/rss+xml")
		n := sv.nth(q)
		_, _ = io.WriteString(w, sv.rss("etag lie", item(fmt.Sprint("el", n), fmt.Sprint("ETag lie ", n), fmt.Sprintf("http://x/el/%d", n), "d", "")))
	})
	add("/http/etag-stuck", "304 for ever once an ETag was sent, though content changed", "an unconditional refetch from time to time (days, not hours), and on a user's forced refresh", func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("If-None-Match") != "" {
			w.WriteHeader(304)
			return
		}
		w.Header().Set("ETag", `"stuck"`)
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, sv.good(fmt.Sprint("stuck", sv.nth(q)), 1))
	})
	add("/http/etag-odd", "an ETag without quotes, with spaces, W/ and odd bytes", "sent back byte for byte", func(w http.ResponseWriter, q *http.Request) {
		const e = `W/odd "tag" \x with spaces; é`
		if q.Header.Get("If-None-Match") == e {
			w.WriteHeader(304)
			return
		}
		w.Header()["ETag"] = []string{e}
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, sv.good("eo", 1))
	})
	add("/http/etag-huge", "a 64 KB ETag", "not stored or capped; next request still works (a server answers 431 to huge headers)", func(w http.ResponseWriter, q *http.Request) {
		if len(q.Header.Get("If-None-Match")) > 8192 {
			w.WriteHeader(431)
			return
		}
		w.Header().Set("ETag", `"`+strings.Repeat("e", 65536)+`"`)
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, sv.good("eh", 1))
	})
	add("/http/lastmod-opaque", "Last-Modified that is not a date; 304 only for the exact bytes", "sent back byte for byte, never parsed, never invented (Rachel's \"bogus IMS\")", func(w http.ResponseWriter, q *http.Request) {
		const e = "Tuesday-ish, 31 Feb 2026 25:00:00 +0000"
		if q.Header.Get("If-Modified-Since") == e {
			w.WriteHeader(304)
			return
		}
		w.Header().Set("Last-Modified", e)
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, sv.good("lm", 1))
	})
	add("/http/validators-change", "a new ETag and Last-Modified at every 200; 412 for an out-of-date pair", "both validators always from the newest 200, never a mix of old and new (\"out of sequence\")", func(w http.ResponseWriter, q *http.Request) {
		n := sv.nth(q)
		e := func(i int) string { return fmt.Sprintf(`"v%d"`, i) }
		m := func(i int) string {
			return time.Date(2026, 3, 2, 10, 0, i, 0, time.UTC).Format("Mon, 02 Jan 2006 15:04:05 GMT")
		}
		if inm, ims := q.Header.Get("If-None-Match"), q.Header.Get("If-Modified-Since"); n > 1 && (inm != "" && inm != e(n-1) || ims != "" && ims != m(n-1)) {
			w.WriteHeader(412)
			return
		}
		w.Header().Set("ETag", e(n))
		w.Header().Set("Last-Modified", m(n))
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, sv.good(fmt.Sprint("vc", n), 1))
	})
	add("/http/429", "429 with Retry-After: 120", "no request to this host for 120 s, from server or cron run, also after a restart", status(429, "Retry-After", "120"))
	add("/http/429-date", "429 with Retry-After as an HTTP date 120 s ahead", "as /http/429", func(w http.ResponseWriter, q *http.Request) {
		status(429, "Retry-After", time.Now().Add(2*time.Minute).UTC().Format(http.TimeFormat))(w, q)
	})
	add("/http/429-odd", "429 with Retry-After: -5, 99999999999999999999, soon (in turn)", "negative and rubbish: own backoff; huge: a stated cap", func(w http.ResponseWriter, q *http.Request) {
		status(429, "Retry-After", []string{"-5", "99999999999999999999", "soon"}[sv.nth(q)%3])(w, q)
	})
	add("/http/503", "503 with Retry-After: 300", "as /http/429 (Retry-After is for 503 too)", status(503, "Retry-After", "300"))
	add("/http/500", "500 always", "exponential backoff with jitter and a cap; old items stay served", status(500))
	add("/http/flap", "500 and 200 in turn", "error counter resets on success; no item lost", func(w http.ResponseWriter, q *http.Request) {
		if sv.nth(q)%2 == 1 {
			status(500)(w, q)
			return
		}
		fixed(func() string { return sv.good("flap5", 2) })(w, q)
	})
	add("/http/404", "404 always", "backoff; after long, disabled with a clear state", status(404))
	add("/http/410", "410 Gone", "stop polling; tell the user; keep the items", status(410))
	add("/http/401", "401 with WWW-Authenticate", "an error; no retry loop, no password asked by the server", status(401, "WWW-Authenticate", `Basic realm="x"`))
	add("/http/301", "permanent redirect to /ok", "items read; new address kept only after it proved a good feed (several times or days), old one remembered", redirect(301, func(*http.Request) string { return "/ok" }))
	add("/http/308", "308 to /ok", "as /http/301", redirect(308, func(*http.Request) string { return "/ok" }))
	add("/http/302", "temporary redirect to /ok", "items read; configured address unchanged", redirect(302, func(*http.Request) string { return "/ok" }))
	add("/http/301-poison", "301 to an HTML login page (the hotel Wi-Fi case)", "address not changed, old items stay", redirect(301, func(*http.Request) string { return "/body/html" }))
	add("/http/redirect-loop", "redirects to itself", "stop after a small fixed number", redirect(302, func(*http.Request) string { return "/http/redirect-loop" }))
	add("/http/redirect-grow", "redirects to itself with a longer query each time", "stop after a small fixed number", redirect(302, func(q *http.Request) string { return "/http/redirect-grow?" + q.URL.RawQuery + "x" }))
	add("/http/redirect-cookie", "redirects to itself until a cookie comes back", "stop; no cookie kept between fetches", func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Set-Cookie", "need=1; Path=/; Max-Age=999999")
		w.Header().Set("Location", "/http/redirect-cookie")
		w.WriteHeader(302)
	})
	add("/http/redirect-canary", "302 to the canary on another loopback port", "refused by the address rules at connect time", redirect(302, func(*http.Request) string { return sv.withCanary("http://CANARY/secret") }))
	add("/http/redirect-metadata", "302 to the canary under a cloud metadata path", "refused before any connection", redirect(302, func(*http.Request) string { return sv.withCanary("http://CANARY/latest/meta-data/") }))
	add("/http/redirect-auth", "302 to the canary for a feed fetched with a password or token", "credentials never go to another host or port", redirect(302, func(*http.Request) string { return sv.withCanary("http://CANARY/auth") }))
	add("/http/redirect-file", "302 to file:///etc/passwd", "refused", redirect(302, func(*http.Request) string { return "file:///etc/passwd" }))
	add("/http/redirect-odd", "redirect with no Location, an empty one, two of them, and bytes that are no URL (in turn)", "an error", func(w http.ResponseWriter, q *http.Request) {
		switch sv.nth(q) % 4 {
		case 1:
			w.Header()["Location"] = []string{""}
		case 2:
			w.Header()["Location"] = []string{"/ok", sv.withCanary("http://CANARY/two")}
		case 3:
			w.Header()["Location"] = []string{"http://[bad/%zz \x7f"}
		}
		w.WriteHeader(302)
	})
	add("/http/cookie", "sets three cookies, one for .localhost", "no Cookie header on the next request", func(w http.ResponseWriter, q *http.Request) {
		w.Header()["Set-Cookie"] = []string{"a=1; Max-Age=999999", "b=2; Path=/", "c=3; Domain=localhost"}
		fixed(func() string { return sv.good("ck", 1) })(w, q)
	})
	add("/http/max-age", "Cache-Control: max-age=43200 and Expires in 12 h", "not asked again for 12 h (a stated cap may shorten it)", func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=43200")
		w.Header().Set("Expires", time.Now().Add(12*time.Hour).UTC().Format(http.TimeFormat))
		fixed(func() string { return sv.good("ma", 1) })(w, q)
	})
	add("/http/max-age-odd", "max-age=99999999999999999999, Expires: 0, Cache-Control: max-age=-1 (in turn)", "capped; never \"never again\", never a tight loop", func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Cache-Control", []string{"max-age=99999999999999999999", "max-age=-1", "max-age=abc, no-store"}[sv.nth(q)%3])
		w.Header().Set("Expires", "0")
		fixed(func() string { return sv.good("mo", 1) })(w, q)
	})
	add("/http/ttl", "RSS ttl 720, skipHours all 24, skipDays all 7, sy:updatePeriod yearly", "ttl obeyed up to the cap; skipping everything is ignored, not \"never\"", fixed(func() string {
		return strings.Replace(sv.good("ttl", 1), "<description>evilfeed</description>", "<description>d</description><ttl>720</ttl><skipHours>"+strings.Join(seq(24, func(i int) string { return fmt.Sprintf("<hour>%d</hour>", i) }), "")+"</skipHours><skipDays><day>Monday</day><day>Tuesday</day><day>Wednesday</day><day>Thursday</day><day>Friday</day><day>Saturday</day><day>Sunday</day></skipDays>", 1)
	}))
	add("/http/headers", "echoes the request headers as an item", "User-Agent names the program, version and a contact; no Referer, no Cookie, no query added; Accept-Encoding only what it can decode; GET, not HEAD first", xmlBody(func(q *http.Request) string {
		var b strings.Builder
		fmt.Fprintf(&b, "%s %s\n", q.Method, q.URL)
		_ = q.Header.Write(&b)
		return sv.rss("headers", item("hd", "your request", "http://x/", b.String(), ""))
	}))
	add("/http/close", "closes the connection with no answer", "an error and backoff; at most one immediate retry", sv.raw(func(net.Conn, *http.Request) {}))
	add("/http/reset", "resets the connection in the middle of the body", "as /body/chunk-abort", sv.raw(func(c net.Conn, _ *http.Request) {
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 9999\r\n\r\n<rss>")
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetLinger(0)
		}
	}))
	add("/http/not-http", "answers in another protocol (SSH banner, then an escape sequence)", "an error; the banner is escaped in the log", sv.raw(func(c net.Conn, _ *http.Request) { fmt.Fprint(c, "SSH-2.0-OpenSSH_9.2\x1b]0;pwned\x07\r\n") }))
	add("/http/bad-headers", "NUL, bare CR, folded and duplicate headers, 600 status", "an error or tolerated; nothing copied to the program's own responses", sv.raw(func(c net.Conn, _ *http.Request) {
		fmt.Fprint(c, "HTTP/1.1 600 \x1b[31mWeird\r\nX-Nul: a\x00b\r\nX-Fold: a\r\n b\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\n<rss/>")
	}))
	add("/http/busy", "waits 300 ms; the hit's in_flight shows how many requests the client has open to this host", "at most the stated number at once per host (2 is polite)", func(w http.ResponseWriter, q *http.Request) {
		time.Sleep(300 * time.Millisecond)
		fixed(func() string { return sv.good("busy"+q.URL.RawQuery, 1) })(w, q)
	})
	return cs
}
