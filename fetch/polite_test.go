package fetch

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
)

// asked is a request as a publisher's log has it.
type asked struct {
	at       time.Time
	inm, ims string
	header   http.Header
	method   string
	url      string
}

// life lets a client live with one feed: every step the schedule is asked, and the feed fetched when it is due. The
// state is all that lives on from step to step, as if each were a process of its own.
type life struct {
	t      *testing.T
	clock  *clock
	client *Client
	feed   news.Feed
	state  news.FeedState
	host   news.HostState
	log    []asked
	mode   Mode
	last   news.Fetched
}

// newLife makes a publisher of answer, and a client that reads it.
func newLife(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, nth int)) *life {
	l := &life{t: t, clock: newClock()}
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		l.log = append(l.log, asked{l.clock.now(), r.Header.Get("If-None-Match"), r.Header.Get("If-Modified-Since"), r.Header, r.Method, r.URL.String()})
		answer(w, r, len(l.log))
	})
	l.client = newTestClient(t, l.clock, nil, s)
	l.feed = feedAt(s.URL + "/feed")
	return l
}

// step asks the schedule once and fetches if it says so.
func (l *life) step() bool {
	due, _ := Due(l.feed, l.state, l.host, l.clock.now(), l.mode)
	if due {
		l.fetch(l.mode == Forced)
	}
	return due
}

func (l *life) fetch(force bool) {
	l.last = l.client.Fetch(l.t.Context(), l.feed, l.state, l.host, force)
	l.state = l.last.State
	if l.last.Host != nil {
		l.host = *l.last.Host
	}
}

// run lives for a while in steps.
func (l *life) run(whole, step time.Duration) {
	for end := l.clock.now().Add(whole); l.clock.now().Before(end); l.clock.pass(step) {
		l.step()
	}
}

// gaps are the times between requests, shortest first to happen.
func (l *life) gaps() (out []time.Duration) {
	for i := 1; i < len(l.log); i++ {
		out = append(out, l.log[i].at.Sub(l.log[i-1].at))
	}
	return out
}

// honest answers like a good server: the body changes every period, and validators are obeyed.
func honest(c *clock, period time.Duration) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, r *http.Request, _ int) {
		n := int(c.now().Sub(monday) / period)
		tag, date := fmt.Sprintf(`"v%d"`, n), monday.Add(time.Duration(n)*period).Format(http.TimeFormat)
		w.Header().Set("ETag", tag)
		w.Header().Set("Last-Modified", date)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(rssOf(fmt.Sprintf("item %d", n))))
	}
}

func TestThirtyDaysWithOneFeed(t *testing.T) {
	for _, mode := range []Mode{Scheduled, All} {
		l := newLife(t, nil)
		site := newSite(t, func(w http.ResponseWriter, r *http.Request) {
			l.log = append(l.log, asked{l.clock.now(), r.Header.Get("If-None-Match"), r.Header.Get("If-Modified-Since"), r.Header, r.Method, r.URL.String()})
			honest(l.clock, 7*time.Hour)(w, r, 0)
		})
		l.client, l.feed, l.mode = newTestClient(t, l.clock, nil, site), feedAt(site.URL+"/feed"), mode
		given := map[string]bool{"": true}
		for n := range 30 * 24 {
			given[fmt.Sprintf(`"v%d"`, n)] = true
			given[monday.Add(time.Duration(n)*7*time.Hour).Format(http.TimeFormat)] = true
		}
		l.run(30*24*time.Hour, time.Minute)
		full, early, madeUp, newer := 0, 0, 0, 0
		for i, a := range l.log {
			if a.inm == "" && a.ims == "" {
				full++
			}
			if !given[a.inm] || !given[a.ims] || (a.inm == "") != (a.ims == "") {
				madeUp++
			}
			if i > 0 && a.at.Sub(l.log[i-1].at) < time.Hour {
				early++
			}
			if a.header.Get("Cookie") != "" || a.header.Get("Referer") != "" || a.method != http.MethodGet || a.url != "/feed" {
				newer++
			}
		}
		if full != 1 || early != 0 || madeUp != 0 || newer != 0 {
			t.Errorf("mode %d: %d requests: %d unconditional, %d early, %d with made-up validators, %d odd; want 1, 0, 0, 0", mode, len(l.log), full, early, madeUp, newer)
		}
		if len(l.log) < 30 || len(l.log) > 30*24 {
			t.Errorf("mode %d: %d requests in 30 days", mode, len(l.log))
		}
		t.Logf("mode %d: %d requests in 30 days, %d unconditional, %d early, %d made up", mode, len(l.log), full, early, madeUp)
	}
}

func TestPoliteness(t *testing.T) {
	const odd = `W/odd "tag" \x with spaces; é`
	const noDate = "Tuesday-ish, 31 Feb 2026 25:00:00 +0000"
	serve := func(tag, date, body string) func(http.ResponseWriter, *http.Request, int) {
		return func(w http.ResponseWriter, _ *http.Request, _ int) {
			if tag != "" {
				w.Header()["ETag"] = []string{tag}
			}
			if date != "" {
				w.Header()["Last-Modified"] = []string{date}
			}
			_, _ = w.Write([]byte(body))
		}
	}
	tests := []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request, int)
		forced int           // forced requests one after the other, an hour apart
		run    time.Duration // then so long with the schedule
		check  func(l *life) string
	}{
		{"1 one unconditional request, also when every step is a new process", func(w http.ResponseWriter, r *http.Request, n int) {
			serve(`"a"`, "", rssOf("one"))(w, r, n)
		}, 0, 72 * time.Hour, func(l *life) string { return want("unconditional", count(l.log, unconditionalOnes), 1) }},
		{"2 Last-Modified byte for byte, never parsed", serve("", noDate, rssOf("one")), 2, 0, func(l *life) string { return want("If-Modified-Since", l.log[1].ims, noDate) }},
		{"3 ETag byte for byte", serve(odd, "", rssOf("one")), 2, 0, func(l *life) string { return want("If-None-Match", l.log[1].inm, odd) }},
		{"3 a huge ETag is not sent back", serve(`"`+strings.Repeat("e", 65536)+`"`, "", rssOf("one")), 2, 0, func(l *life) string { return want("If-None-Match", l.log[1].inm, "") }},
		{"4 both validators of the latest 200", func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				serve(`"a"`, noDate, rssOf("one"))(w, r, n)
				return
			}
			serve(`"b"`, "", rssOf("two"))(w, r, n)
		}, 3, 0, func(l *life) string { return want("validators", l.log[2].inm+l.log[2].ims, `"b"`) }},
		{"4 a 200 with the same body has the newer validators", func(w http.ResponseWriter, r *http.Request, n int) {
			serve(fmt.Sprintf(`"%d"`, n), "", rssOf("one"))(w, r, n)
		}, 3, 0, func(l *life) string { return want("validators", l.log[2].inm, `"2"`) }},
		{"5 no validator of a 200 that is no feed", serve(`"a"`, noDate, "<html><title>Sign in</title></html>"), 2, 0, func(l *life) string { return want("validators", l.log[1].inm+l.log[1].ims, "") }},
		{"5 no validator of a feed that is cut", serve(`"a"`, noDate, rssOf("one", "two")[:220]), 2, 0, func(l *life) string { return want("validators", l.log[1].inm+l.log[1].ims, "") }},
		{"6 a 304 to an unconditional request is an error", func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(304) }, 1, 0, func(l *life) string {
			return want("status", l.last.Status, news.FetchFailed) + want("validators", l.state.ETag, "")
		}},
		{"6 a 304 changes nothing", func(w http.ResponseWriter, r *http.Request, n int) {
			if n > 1 {
				w.WriteHeader(304)
				return
			}
			serve(`"a"`, "", rssOf("one"))(w, r, n)
		}, 3, 0, func(l *life) string {
			return want("status", l.last.Status, news.FetchedUnchanged) + want("tag", l.log[2].inm, `"a"`) + want("title", l.state.Title, "A feed")
		}},
		{"7 without validators at most once a day", serve("", "", rssOf("one")), 0, 5 * 24 * time.Hour, func(l *life) string { return least(l, 24*time.Hour, 3) }},
		{"7 with validators at most once an hour", honestOn(2 * time.Hour), 0, 5 * 24 * time.Hour, func(l *life) string { return least(l, time.Hour, 20) }},
		{"9 max-age is obeyed", func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header().Set("Cache-Control", "public, max-age=43200")
			serve(fmt.Sprintf(`"%d"`, n), "", rssOf(fmt.Sprint(n)))(w, r, n)
		}, 0, 4 * 24 * time.Hour, func(l *life) string { return least(l, 12*time.Hour, 3) }},
		{"9 max-age of a 304 is obeyed", func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header().Set("Cache-Control", "max-age=21600")
			if n > 1 {
				w.WriteHeader(304)
				return
			}
			serve(`"a"`, "", rssOf("one"))(w, r, n)
		}, 0, 2 * 24 * time.Hour, func(l *life) string { return least(l, 6*time.Hour, 3) }},
		{"9 a max-age of centuries is capped at a day", func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header().Set("Cache-Control", "max-age=99999999999999999999")
			serve(fmt.Sprintf(`"%d"`, n), "", rssOf(fmt.Sprint(n)))(w, r, n)
		}, 0, 6 * 24 * time.Hour, func(l *life) string { return least(l, 24*time.Hour, 4) }},
		{"9 Expires of the past and rubbish in max-age are no wish", func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header().Set("Cache-Control", "max-age=-1, max-age=abc")
			w.Header().Set("Expires", "0")
			serve(fmt.Sprintf(`"%d"`, n), "", rssOf(fmt.Sprint(n)))(w, r, n)
		}, 0, 24 * time.Hour, func(l *life) string { return least(l, time.Hour, 15) }},
		{"9 ttl is obeyed, and skipping every hour is not", func(w http.ResponseWriter, r *http.Request, n int) {
			var hours strings.Builder
			for h := range 24 {
				fmt.Fprintf(&hours, "<hour>%d</hour>", h)
			}
			body := strings.Replace(rssOf(fmt.Sprint(n)), "<item>", "<ttl>720</ttl><skipHours>"+hours.String()+"</skipHours><item>", 1)
			serve(fmt.Sprintf(`"%d"`, n), "", body)(w, r, n)
		}, 0, 4 * 24 * time.Hour, func(l *life) string { return least(l, 12*time.Hour, 3) }},
		{"10 429 with seconds", retryIn("7200"), 0, 24 * time.Hour, func(l *life) string { return least(l, 2*time.Hour, 2) }},
		{"10 429 without a time waits ten minutes at least", retryIn(""), 0, 24 * time.Hour, func(l *life) string { return least(l, 10*time.Minute, 2) }},
		{"10 force does not shorten Retry-After", retryIn("86400"), 20, 0, func(l *life) string { return want("requests", len(l.log), 1) }},
		{"11 backoff doubles, up to a day", func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(500) }, 0, 10 * 24 * time.Hour, func(l *life) string {
			g := l.gaps()
			for i := 1; i < 4; i++ {
				if g[i] < g[i-1]*3/2 {
					return fmt.Sprintf("gaps %v do not grow", g[:5])
				}
			}
			for _, d := range g {
				if d > 25*time.Hour {
					return fmt.Sprintf("a gap of %v", d)
				}
			}
			return least(l, time.Hour, 8)
		}},
		{"12 410 is one request, forced or not", func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(410) }, 3, 48 * time.Hour, func(l *life) string {
			return want("requests", len(l.log), 1) + want("gone", l.state.Gone, true)
		}},
		{"15 nothing that tells who reads", func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header()["Set-Cookie"] = []string{"a=1; Max-Age=999999", "b=2; Path=/"}
			serve(`"a"`, "", rssOf("one"))(w, r, n)
		}, 3, 0, func(l *life) string {
			var bad string
			for _, a := range l.log {
				for _, name := range []string{"Cookie", "Referer", "Authorization", "From", "X-Forwarded-For"} {
					bad += want(name, a.header.Get(name), "")
				}
				bad += want("URL", a.url, "/feed")
			}
			return bad
		}},
		{"16 User-Agent names version, contact and subscribers", serve("", "", rssOf("one")), 1, 0, func(l *life) string {
			if ua := l.log[0].header.Get("User-Agent"); !regexp.MustCompile(`^Wirefold/1\.2 \(\+https://reader\.example/; 1 subscribers\)$`).MatchString(ua) {
				return ua
			}
			return ""
		}},
		{"17 Accept-Encoding names what is decoded", serve("", "", rssOf("one")), 1, 0, func(l *life) string {
			return want("Accept-Encoding", l.log[0].header.Get("Accept-Encoding"), "gzip, br, zstd")
		}},
		{"19 GET only, and one request a poll", honestOn(3 * time.Hour), 0, 48 * time.Hour, func(l *life) string {
			for _, a := range l.log {
				if a.method != http.MethodGet || a.url != "/feed" {
					return a.method + " " + a.url
				}
			}
			return ""
		}},
		{"21 a server that is stuck in 304 is asked anew once a month", func(w http.ResponseWriter, r *http.Request, n int) {
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(304)
				return
			}
			serve(`"stuck"`, "", rssOf(fmt.Sprint(n)))(w, r, n)
		}, 0, 90 * 24 * time.Hour, func(l *life) string {
			n := count(l.log, unconditionalOnes)
			if n < 2 || n > 4 {
				return fmt.Sprintf("%d unconditional requests in 90 days", n)
			}
			return ""
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLife(t, tt.answer)
			for range tt.forced {
				l.fetch(true)
				l.clock.pass(time.Hour)
			}
			l.run(tt.run, time.Minute)
			if bad := tt.check(l); bad != "" {
				t.Error(bad)
			}
		})
	}
}

func TestAFeedMayBeSparedTheRecheck(t *testing.T) {
	for _, tt := range []struct {
		name string
		feed func(*news.Feed)
		want func(n int) bool
	}{
		{"by default a quiet feed is asked in full now and then", func(*news.Feed) {}, func(n int) bool { return n >= 2 }},
		{"not with recheck: false", func(f *news.Feed) { f.NoRecheck = true }, func(n int) bool { return n == 1 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLife(t, func(w http.ResponseWriter, r *http.Request, _ int) {
				w.Header().Set("ETag", `"same"`)
				if r.Header.Get("If-None-Match") != "" {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				_, _ = w.Write([]byte(rssOf("one")))
			})
			tt.feed(&l.feed)
			l.run(60*24*time.Hour, time.Hour)
			if n := count(l.log, unconditionalOnes); !tt.want(n) {
				t.Errorf("%d unconditional requests of %d in 60 days", n, len(l.log))
			}
		})
	}
}

// honestOn is honest with a clock that counts requests: the body changes at every second one.
func honestOn(time.Duration) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, r *http.Request, n int) {
		tag := fmt.Sprintf(`"%d"`, n/2)
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(rssOf(tag)))
	}
}

func retryIn(value string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		if value != "" {
			w.Header().Set("Retry-After", value)
		}
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

func want[T comparable](what string, got, want T) string {
	if got == want {
		return ""
	}
	return fmt.Sprintf("%s: got %v, want %v. ", what, got, want)
}

func count(log []asked, is func(asked) bool) (n int) {
	for _, a := range log {
		if is(a) {
			n++
		}
	}
	return n
}

func unconditionalOnes(a asked) bool { return a.inm == "" && a.ims == "" }

// least checks that no gap between requests is shorter than d, and that there were n requests at least.
func least(l *life, d time.Duration, n int) string {
	for _, g := range l.gaps() {
		if g < d {
			return fmt.Sprintf("a gap of %v, want %v at least: %v", g, d, l.gaps())
		}
	}
	if len(l.log) < n {
		return fmt.Sprintf("%d requests, want %d at least", len(l.log), n)
	}
	return ""
}

func TestRetryAfterIsKeptPerHostAndOutlivesTheProcess(t *testing.T) {
	for _, tt := range []struct {
		name  string
		code  int
		value func(now time.Time) string
		wait  time.Duration
	}{
		{"429 in seconds", 429, func(time.Time) string { return "7200" }, 2 * time.Hour},
		{"503 in seconds", 503, func(time.Time) string { return "7200" }, 2 * time.Hour},
		{"429 as a date", 429, func(now time.Time) string { return now.Add(2 * time.Hour).Format(http.TimeFormat) }, 2 * time.Hour},
		{"503 as an old kind of date", 503, func(now time.Time) string { return now.Add(2 * time.Hour).Format(time.ANSIC) }, 2 * time.Hour},
		{"a time of centuries is a week", 429, func(time.Time) string { return "99999999999999999999" }, MaxRetryAfter},
		{"a negative time is none, and so ten minutes for the host", 429, func(time.Time) string { return "-5" }, 10 * time.Minute},
		{"a word is none", 429, func(time.Time) string { return "soon" }, 10 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClock()
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Date"] = nil // the clock of the server is the test's
				if r.URL.Path == "/busy" {
					w.Header().Set("Retry-After", tt.value(c.now()))
					w.WriteHeader(tt.code)
					return
				}
				_, _ = w.Write([]byte(rssOf("one")))
			})
			one := newTestClient(t, c, nil, s)
			got := fetchOnce(t, one, feedAt(s.URL+"/busy"), news.FeedState{})
			if got.Host == nil || got.Host.RetryAfter.Sub(c.now()) != tt.wait {
				t.Fatalf("host state %+v, want a wait of %v", got.Host, tt.wait)
			}
			other := news.Feed{ID: "other", URL: s.URL + "/other", Enabled: true}
			if got := fetchOnce(t, one, other, news.FeedState{}); got.Status != news.FetchSkipped {
				t.Errorf("another feed of the host, same process: %s", got.Status)
			}
			next := newTestClient(t, c, nil, s)
			c.pass(tt.wait - time.Second)
			if got := next.Fetch(t.Context(), other, news.FeedState{}, *got.Host, true); got.Status != news.FetchSkipped || got.State.NextDue.Before(got.State.RetryAfter) {
				t.Errorf("another process, a second too early: %s", got.Status)
			}
			c.pass(time.Second)
			if got := next.Fetch(t.Context(), other, news.FeedState{}, *got.Host, true); got.Status != news.FetchedNew || got.Host == nil || !got.Host.RetryAfter.IsZero() {
				t.Errorf("after the wait: %s, host %+v; want ok, and the host free again", got.Status, got.Host)
			}
			if n := len(s.requests()); n != 2 {
				t.Errorf("%d requests, want 2", n)
			}
		})
	}
}

func TestAtMostTwoRequestsAtOncePerHost(t *testing.T) {
	release := make(chan struct{})
	begun := make(chan string, 100)
	hold := func(w http.ResponseWriter, r *http.Request) {
		begun <- r.Host
		<-release
		_, _ = w.Write([]byte(rssOf(r.URL.Path)))
	}
	a, b := newSite(t, hold), newSite(t, hold)
	c := newTestClient(t, newClock(), nil, a, b)
	got := make(chan news.Fetched)
	for i := range 20 {
		for _, s := range []*site{a, b} {
			f := news.Feed{ID: news.FeedID(fmt.Sprint(s.host(), i)), URL: fmt.Sprintf("%s/%d", s.URL, i), Enabled: true}
			go func() { got <- c.Fetch(t.Context(), f, news.FeedState{}, news.HostState{}, false) }()
		}
	}
	at := map[string]int{}
	for range 4 {
		at[<-begun]++
	}
	select {
	case host := <-begun:
		t.Errorf("a third request at once to %s", host)
	case <-time.After(100 * time.Millisecond):
	}
	if at[a.host()] != 2 || at[b.host()] != 2 {
		t.Errorf("at once: %v, want 2 for each host", at)
	}
	close(release)
	for range 40 {
		if f := <-got; f.Status != news.FetchedNew {
			t.Errorf("%s: %v", f.State.Feed, f.Err)
		}
	}
}

func TestStartTimesAreSpread(t *testing.T) {
	const feeds = 600
	byTenth := map[int]int{}
	for i := range feeds {
		f := news.Feed{ID: news.FeedID(fmt.Sprintf("feed-%d", i)), URL: "http://feed.example/", Enabled: true}
		s := Next(f, news.FeedState{ETag: "x"}, Outcome{Kind: BroughtNone}, 0, monday)
		wait := s.NextDue.Sub(monday)
		byTenth[int((wait-s.Interval)*10/s.Interval)]++
		if wait < s.Interval || wait > 2*s.Interval {
			t.Fatalf("%s waits %v with an interval of %v", f.ID, wait, s.Interval)
		}
	}
	for tenth := range 10 {
		if n := byTenth[tenth]; n < feeds/20 {
			t.Errorf("tenth %d of the interval has %d of %d feeds", tenth, n, feeds)
		}
	}
	late := news.FeedState{Tried: monday, NextDue: monday.Add(time.Hour), Interval: time.Hour}
	booted := monday.Add(48 * time.Hour)
	starts := map[time.Time]bool{}
	for i := range 100 {
		at := Spread(news.Feed{ID: news.FeedID(fmt.Sprint(i))}, late, booted)
		starts[at] = true
		if at.Before(booted) || at.After(booted.Add(time.Hour)) {
			t.Errorf("a feed that fell due while the server was down starts %v after it came up", at.Sub(booted))
		}
	}
	server := newTestClient(t, newClock(), func(o *Options) { o.Booted = booted })
	old := news.Feed{ID: "old", URL: "http://feed.example/", Enabled: true}
	late.URL = old.URL
	if due, from := server.Due(old, late, news.HostState{}, booted, Scheduled); due || !from.Equal(Spread(old, late, booted)) {
		t.Errorf("a server that comes up asks a late feed at once: %v, %v", due, from)
	}
	if due, _ := server.Due(old, late, news.HostState{}, booted.Add(time.Hour), Scheduled); !due {
		t.Error("an hour after the server came up a late feed is not due")
	}
	if len(starts) < 90 {
		t.Errorf("100 late feeds start at %d moments", len(starts))
	}
	if at := Spread(news.Feed{ID: "new"}, news.FeedState{}, booted); !at.Equal(booted) {
		t.Errorf("a feed that was never asked waits %v", at.Sub(booted))
	}
}

func TestDue(t *testing.T) {
	now := monday
	f := news.Feed{ID: "f", URL: "http://feed.example/", Enabled: true}
	at := func(d time.Duration) time.Time { return now.Add(d) }
	tests := []struct {
		name string
		f    news.Feed
		s    news.FeedState
		h    news.HostState
		want string // which of Scheduled, All, Forced may ask
	}{
		{"never asked", f, news.FeedState{}, news.HostState{}, "saf"},
		{"disabled", news.Feed{ID: "f", URL: f.URL}, news.FeedState{}, news.HostState{}, ""},
		{"a seed folder", news.Feed{ID: "f", Seeds: "/x/*.txt", Enabled: true}, news.FeedState{NextDue: at(time.Hour)}, news.HostState{}, "saf"},
		{"not yet due", f, news.FeedState{URL: f.URL, NextDue: at(time.Hour), Earliest: at(-time.Minute)}, news.HostState{}, "af"},
		{"59 minutes after", f, news.FeedState{URL: f.URL, NextDue: at(time.Hour), Earliest: at(time.Minute)}, news.HostState{}, "f"},
		{"told to wait", f, news.FeedState{URL: f.URL, RetryAfter: at(time.Minute)}, news.HostState{}, ""},
		{"its host told another feed to wait", f, news.FeedState{URL: f.URL}, news.HostState{RetryAfter: at(time.Minute)}, ""},
		{"gone", f, news.FeedState{URL: f.URL, Gone: true}, news.HostState{}, ""},
		{"gone, but the address is another now", f, news.FeedState{URL: "http://old.example/", Gone: true}, news.HostState{}, "saf"},
		{"written under a clock a year ahead", f, news.FeedState{URL: f.URL, NextDue: at(365 * 24 * time.Hour), Earliest: at(365 * 24 * time.Hour), RetryAfter: at(365 * 24 * time.Hour)}, news.HostState{RetryAfter: at(365 * 24 * time.Hour)}, "saf"},
	}
	for _, tt := range tests {
		got := ""
		for i, mode := range []Mode{Scheduled, All, Forced} {
			due, from := Due(tt.f, tt.s, tt.h, now, mode)
			if due {
				got += "saf"[i : i+1]
			} else if !from.IsZero() && !from.After(now) {
				t.Errorf("%s: not due, but from %v on", tt.name, from)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q may ask, want %q", tt.name, got, tt.want)
		}
	}
}

func TestSkipHoursAndDays(t *testing.T) {
	all := make([]int, 24)
	for i := range all {
		all[i] = i
	}
	tests := []struct {
		name string
		p    news.Poll
		want time.Duration
	}{
		{"none", news.Poll{}, 0},
		{"this hour and the next", news.Poll{SkipHours: []int{10, 11}}, 2 * time.Hour},
		{"another hour", news.Poll{SkipHours: []int{9}}, 0},
		{"today", news.Poll{SkipDays: []time.Weekday{time.Monday}}, 14 * time.Hour},
		{"today and the first hours of tomorrow", news.Poll{SkipDays: []time.Weekday{time.Monday}, SkipHours: []int{0, 1}}, 16 * time.Hour},
		{"every hour", news.Poll{SkipHours: all}, 0},
		{"every day but one that is too far away", news.Poll{SkipDays: []time.Weekday{1, 2, 3, 4, 5, 6}}, 0},
	}
	for _, tt := range tests {
		if got := allowed(monday, tt.p).Sub(monday); got != tt.want {
			t.Errorf("%s: shifted by %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestTheIntervalFollowsTheFeed(t *testing.T) {
	tests := []struct {
		name     string
		period   time.Duration // how often the feed brings something
		min, max int           // requests in ten days
	}{
		{"every half hour", 30 * time.Minute, 180, 240},
		{"every six hours", 6 * time.Hour, 50, 160},
		{"every three days", 72 * time.Hour, 18, 40},
	}
	for _, tt := range tests {
		f, s, now, requests, brought := feedAt("http://feed.example/"), news.FeedState{URL: "http://feed.example/", ETag: "x"}, monday, 0, 0
		for end := monday.Add(240 * time.Hour); now.Before(end); now = now.Add(time.Minute) {
			if due, _ := Due(f, s, news.HostState{}, now, Scheduled); !due {
				continue
			}
			requests++
			kind := BroughtNone
			if n := 1 + int(now.Sub(monday)/tt.period); n > brought {
				brought, kind, s.Changed = n, BroughtNews, now
			}
			s = Next(f, s, Outcome{Kind: kind}, 0, now)
		}
		if requests < tt.min || requests > tt.max {
			t.Errorf("%s: %d requests in ten days, want %d to %d", tt.name, requests, tt.min, tt.max)
		}
		t.Logf("%s: %d requests in ten days", tt.name, requests)
	}
}

func TestAConfiguredIntervalCountsWithinTheLimits(t *testing.T) {
	f := feedAt("http://feed.example/")
	for _, tt := range []struct {
		interval, min time.Duration
		tag           string
		want          time.Duration
	}{
		{3 * time.Hour, 0, "x", 3 * time.Hour},
		{5 * time.Minute, 0, "x", time.Hour},
		{5 * time.Minute, time.Minute, "x", 5 * time.Minute},
		{3 * time.Hour, 0, "", 24 * time.Hour},
	} {
		f.Interval = tt.interval
		s := Next(f, news.FeedState{ETag: tt.tag, Interval: time.Hour}, Outcome{Kind: BroughtNone}, tt.min, monday)
		if got := s.NextDue.Sub(monday); got < tt.want || got > tt.want*11/10 {
			t.Errorf("interval %v, minimum %v, ETag %q: due in %v, want %v", tt.interval, tt.min, tt.tag, got, tt.want)
		}
	}
}

func TestFailuresOfOurOwnNetworkCostLittle(t *testing.T) {
	f := feedAt("http://feed.example/")
	s := Next(f, news.FeedState{ETag: "x"}, Outcome{Kind: NotReached}, 0, monday)
	if got := s.NextDue.Sub(monday); got < 10*time.Minute || got > 12*time.Minute {
		t.Errorf("first try again after %v", got)
	}
	for range 30 {
		s = Next(f, s, Outcome{Kind: NotReached}, 0, monday)
	}
	if got := s.NextDue.Sub(monday); got > 24*time.Hour || got < 20*time.Hour {
		t.Errorf("after 31 failures again after %v", got)
	}
}

func TestWishesOfTheAnswer(t *testing.T) {
	date := monday.Format(http.TimeFormat)
	tests := []struct {
		name string
		h    http.Header
		want time.Duration
	}{
		{"none", http.Header{}, 0},
		{"max-age", http.Header{"Cache-Control": {"public, max-age=600"}}, 10 * time.Minute},
		{"max-age in quotes and capitals", http.Header{"Cache-Control": {`Max-Age="600"`}}, 10 * time.Minute},
		{"max-age in a second line", http.Header{"Cache-Control": {"public", "max-age=600"}}, 10 * time.Minute},
		{"less the age that it has", http.Header{"Cache-Control": {"max-age=600"}, "Age": {"500"}}, 100 * time.Second},
		{"older than it may become", http.Header{"Cache-Control": {"max-age=600"}, "Age": {"700"}}, 0},
		{"before Expires", http.Header{"Cache-Control": {"max-age=600"}, "Expires": {monday.Add(time.Hour).Format(http.TimeFormat)}}, 10 * time.Minute},
		{"Expires by the server's clock", http.Header{"Date": {monday.Add(-3 * time.Hour).Format(http.TimeFormat)}, "Expires": {monday.Add(-2 * time.Hour).Format(http.TimeFormat)}}, time.Hour},
		{"Expires in the past", http.Header{"Date": {date}, "Expires": {monday.Add(-time.Hour).Format(http.TimeFormat)}}, 0},
		{"no-store is no wish", http.Header{"Cache-Control": {"no-store"}, "Expires": {monday.Add(time.Hour).Format(http.TimeFormat)}}, 0},
		{"rubbish", http.Header{"Cache-Control": {"max-age=soon"}, "Expires": {"-1"}}, 0},
	}
	for _, tt := range tests {
		if got := maxAge(tt.h, monday); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestHostKeysNameSchemeHostAndPort(t *testing.T) {
	for in, want := range map[string]string{
		"http://Feed.Example/x":      "http://feed.example:80",
		"https://feed.example/x":     "https://feed.example:443",
		"https://feed.example:8443/": "https://feed.example:8443",
		"HTTP://[2606:2800::1]/":     "http://[2606:2800::1]:80",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := hostKey(u); got != want || HostKey(news.Feed{URL: in}, news.FeedState{}) != want {
			t.Errorf("hostKey(%s) = %s, want %s", in, got, want)
		}
	}
}
