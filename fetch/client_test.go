package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"wirefold/internal/news"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func TestAFailedFetchKeepsTheLastGoodState(t *testing.T) {
	clk := newClock()
	good := true
	s := newSite(t, func(w http.ResponseWriter, _ *http.Request) {
		if !good {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("ETag", `"a"`)
		_, _ = w.Write([]byte(rssOf("one")))
	})
	c := newTestClient(t, clk, nil, s)
	first := fetchOnce(t, c, feedAt(s.URL), news.FeedState{})
	good = false
	clk.pass(2 * time.Hour)
	got := fetchOnce(t, c, feedAt(s.URL), first.State)
	if got.Status != news.FetchFailed || got.State.Error == "" || got.State.HTTP != 500 || got.State.Failures != 1 {
		t.Errorf("the failure: %+v", got.State)
	}
	if got.State.ETag != `"a"` || got.State.BodyHash != first.State.BodyHash || got.State.Title != "A feed" || !got.State.Good.Equal(first.State.Good) {
		t.Errorf("the last good state is lost: %+v", got.State)
	}
	good = true
	if got = fetchOnce(t, c, feedAt(s.URL), got.State); got.State.Error != "" || got.State.Failures != 0 || got.Status != news.FetchedUnchanged {
		t.Errorf("after it: %s, %+v", got.Status, got.State)
	}
}

func TestTheSameBodyIsNotParsedAgain(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(rssOf("one"))) })
	parsed := 0
	c := newTestClient(t, newClock(), func(o *Options) {
		o.Read = func(body []byte, in Response) (*news.Document, error) {
			parsed++
			return Read(body, in)
		}
	}, s)
	state := news.FeedState{}
	for range 3 {
		state = fetchOnce(t, c, feedAt(s.URL), state).State
	}
	if parsed != 1 {
		t.Errorf("parsed %d times", parsed)
	}
	other := feedAt(s.URL + "/moved-by-hand")
	if got := fetchOnce(t, c, other, state); got.Status != news.FetchedNew || parsed != 2 {
		t.Errorf("another address in feeds.yaml: %s; its state must start afresh", got.Status)
	}
}

func TestOneFeedsPanicIsItsOwn(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(rssOf("one"))) })
	c := newTestClient(t, newClock(), func(o *Options) {
		o.Read = func(_ []byte, in Response) (*news.Document, error) {
			if strings.HasSuffix(in.URL, "/bad") {
				panic("a bug")
			}
			return &news.Document{}, nil
		}
	}, s)
	if got := fetchOnce(t, c, feedAt(s.URL+"/bad"), news.FeedState{}); got.Status != news.FetchFailed || got.State.ETag != "" {
		t.Errorf("the bad feed: %s", got.Status)
	}
	for range 2 * parsers { // no parser is lost
		if got := fetchOnce(t, c, feedAt(s.URL+"/good"), news.FeedState{}); got.Status != news.FetchedNew {
			t.Errorf("the good feed: %v", got.Err)
		}
	}
}

func TestAtMostTwoBodiesAreParsedAtOnceAndOneLargeOne(t *testing.T) {
	large := rssOf(strings.Repeat("x", heavyBody))
	s := newSite(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(large)) })
	now, most := make(chan int, 100), make(chan int, 100)
	now <- 0
	c := newTestClient(t, newClock(), func(o *Options) {
		o.Read = func([]byte, Response) (*news.Document, error) {
			n := <-now + 1
			now <- n
			most <- n
			<-time.After(5 * time.Millisecond)
			now <- <-now - 1
			return &news.Document{}, nil
		}
	}, s)
	var feeds []news.Feed
	for i := range 10 {
		feeds = append(feeds, news.Feed{ID: news.FeedID(fmt.Sprint(i)), URL: fmt.Sprint(s.URL, "/", i), Enabled: true})
	}
	fetchAll(t, c, feeds)
	close(most)
	for n := range most {
		if n > 1 {
			t.Fatalf("%d large bodies were parsed at once", n)
		}
	}
}

func TestDecode(t *testing.T) {
	text := []byte(rssOf("one", "two"))
	pack := func(make func(*bytes.Buffer) interface {
		Write([]byte) (int, error)
		Close() error
	}) []byte {
		var b bytes.Buffer
		w := make(&b)
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	type wc = interface {
		Write([]byte) (int, error)
		Close() error
	}
	gz := pack(func(b *bytes.Buffer) wc { return gzip.NewWriter(b) })
	zs := pack(func(b *bytes.Buffer) wc {
		w, err := zstd.NewWriter(b)
		if err != nil {
			t.Fatal(err)
		}
		return w
	})
	tests := []struct {
		name, coding string
		raw          []byte
		fails        string
	}{
		{"none", "", text, ""},
		{"identity", "identity", text, ""},
		{"gzip", "gzip", gz, ""},
		{"x-gzip in capitals", "X-GZIP", gz, ""},
		{"gzip that nobody mentioned", "", gz, ""},
		{"gzip with junk behind it", "gzip", append(bytes.Clone(gz), "\n<!-- served in 3 ms -->"...), ""},
		{"brotli", "br", pack(func(b *bytes.Buffer) wc { return brotli.NewWriter(b) }), ""},
		{"zstd", "zstd", zs, ""},
		{"deflate as the standard means it", "deflate", pack(func(b *bytes.Buffer) wc { return zlib.NewWriter(b) }), ""},
		{"gzip that is cut", "gzip", gz[:len(gz)/2], "gzip"},
		{"zstd that is cut", "zstd", zs[:len(zs)/2], "zstd"},
		{"text that calls itself gzip", "gzip", text, "gzip"},
		{"two layers", "gzip, br", gz, "more than one layer"},
		{"an unknown one", "rot13\x1b", gz, "rot13"},
	}
	for _, tt := range tests {
		got, err := decode(tt.raw, http.Header{"Content-Encoding": {tt.coding}}, func() error { return nil })
		if tt.fails == "" && (err != nil || !bytes.Equal(got, text)) {
			t.Errorf("%s: %v, %d bytes", tt.name, err, len(got))
		}
		if tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails)) {
			t.Errorf("%s: error %v, want one about %q", tt.name, err, tt.fails)
		}
	}
}

func TestABodyAtTheLimitIsReadAndOneOverItIsNot(t *testing.T) {
	const head, tail = `<rss version="2.0"><channel><title>x</title><description>`, `</description></channel></rss>`
	body := func(n int) string { return head + strings.Repeat("y", n-len(head)-len(tail)) + tail }
	for _, chunked := range []bool{false, true} {
		for _, tt := range []struct {
			size int
			ok   bool
		}{{MaxBody, true}, {MaxBody + 1, false}} {
			s := newSite(t, func(w http.ResponseWriter, _ *http.Request) {
				if chunked {
					_ = http.NewResponseController(w).Flush()
				}
				_, _ = w.Write([]byte(body(tt.size)))
			})
			c := newTestClient(t, newClock(), func(o *Options) {
				o.Read = func([]byte, Response) (*news.Document, error) { return &news.Document{}, nil }
			}, s)
			got := fetchOnce(t, c, feedAt(s.URL), news.FeedState{})
			if (got.Err == nil) != tt.ok || !tt.ok && !errors.Is(got.Err, ErrTooLarge) {
				t.Errorf("%d bytes, chunked %v: %v", tt.size, chunked, got.Err)
			}
		}
	}
}

func TestCredentialsStayWithTheirHost(t *testing.T) {
	other := newSite(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(rssOf("one"))) })
	home := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/here":
			http.Redirect(w, r, "/feed", http.StatusFound)
		case "/away":
			http.Redirect(w, r, other.URL+"/feed", http.StatusMovedPermanently)
		default:
			_, _ = w.Write([]byte(rssOf("one")))
		}
	})
	files := map[string]string{"basic": "me:pass:word\n", "header": "# a token\nX-Token: secret\n\nAuthorization: Bearer t\n", "bad": "Host: evil\n", "broken": "no colon here"}
	c := newTestClient(t, newClock(), func(o *Options) {
		o.ReadFile = func(name string) ([]byte, error) {
			text, ok := files[name]
			if !ok {
				return nil, os.ErrNotExist
			}
			return []byte(text), nil
		}
	}, home, other)
	f := feedAt(home.URL + "/here")
	f.BasicFile = "basic"
	fetchOnce(t, c, f, news.FeedState{})
	for _, r := range home.requests() {
		if user, pass, _ := r.BasicAuth(); user != "me" || pass != "pass:word" {
			t.Errorf("%s at home: user %q, password %q", r.URL, user, pass)
		}
	}
	f = feedAt(home.URL + "/away")
	f.HeaderFile = "header"
	got := fetchOnce(t, c, f, news.FeedState{})
	if r := home.requests()[2]; r.Header.Get("X-Token") != "secret" || r.Header.Get("Authorization") != "Bearer t" {
		t.Errorf("at home: %v", r.Header)
	}
	if len(other.requests()) != 1 || got.State.MoveTo != "" {
		t.Fatalf("the other host saw %d requests; move under proof to %q, want none", len(other.requests()), got.State.MoveTo)
	}
	if r := other.requests()[0]; r.Header.Get("X-Token")+r.Header.Get("Authorization") != "" {
		t.Errorf("elsewhere: %v", r.Header)
	}
	f = feedAt(strings.Replace(home.URL, "http://", "http://in:url@", 1) + "/feed")
	got = fetchOnce(t, c, f, news.FeedState{})
	if user, _, _ := home.requests()[3].BasicAuth(); user != "in" || strings.Contains(got.State.Final, "url@") {
		t.Errorf("user in the URL: %q, final address %s", user, got.State.Final)
	}
	for _, name := range []string{"bad", "broken", "missing"} {
		f = feedAt(home.URL)
		f.HeaderFile = name
		if got := fetchOnce(t, c, f, news.FeedState{}); got.Err == nil || strings.Contains(got.Err.Error(), "evil") {
			t.Errorf("header file %s: %v", name, got.Err)
		}
	}
	if len(home.requests()) != 4 {
		t.Errorf("%d requests, want 4: a feed whose file cannot be read is not asked", len(home.requests()))
	}
}

func TestAMoveIsLearntAfterAWeekOfProof(t *testing.T) {
	const day = 24 * time.Hour
	answer := func(to string, code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/old":
				http.Redirect(w, r, to, code)
			case "/new":
				_, _ = w.Write([]byte(rssOf(r.Header.Get("X-Day"))))
			case "/down":
				w.WriteHeader(http.StatusInternalServerError)
			default:
				_, _ = w.Write([]byte("<html><title>Sign in</title></html>"))
			}
		}
	}
	tests := []struct {
		name  string
		to    string
		code  int
		days  int
		moved bool
	}{
		{"301 for six days", "/new", 301, 6, false},
		{"301 for nine days", "/new", 301, 9, true},
		{"308 for nine days", "/new", 308, 9, true},
		{"302 for nine days", "/new", 302, 9, false},
		{"307 for nine days", "/new", 307, 9, false},
		{"301 to a page that is no feed", "/login", 301, 9, false},
		{"301 to an error", "/down", 301, 9, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clk := newClock()
			s := newSite(t, answer(tt.to, tt.code))
			c := newTestClient(t, clk, nil, s)
			f, state := feedAt(s.URL+"/old"), news.FeedState{}
			for range tt.days {
				state = fetchOnce(t, c, f, state).State
				clk.pass(day)
			}
			if got := state.Moved == s.URL+"/new"; got != tt.moved {
				t.Errorf("moved to %q", state.Moved)
			}
			seen := len(s.requests())
			fetchOnce(t, c, f, state)
			if first := s.requests()[seen].URL.Path; (first == "/new") != tt.moved {
				t.Errorf("the next request went to %s", first)
			}
		})
	}
}

func TestALearntAddressThatFailsIsGivenUp(t *testing.T) {
	clk := newClock()
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/new" {
			w.WriteHeader(http.StatusGone)
			return
		}
		_, _ = w.Write([]byte(rssOf("one")))
	})
	c := newTestClient(t, clk, nil, s)
	f := feedAt(s.URL + "/old")
	state := news.FeedState{URL: f.URL, Moved: s.URL + "/new"}
	for range moveDoubts {
		got := fetchOnce(t, c, f, state)
		if state = got.State; state.Gone {
			t.Fatal("410 of a learnt address ended the feed")
		}
		clk.pass(48 * time.Hour)
	}
	if got := fetchOnce(t, c, f, state); got.Status != news.FetchedNew {
		t.Errorf("back at the configured address: %s, %v", got.Status, got.Err)
	}
}

func TestTheDeadlineIsTotalAndWaitingForUsIsNotInIt(t *testing.T) {
	hold := make(chan struct{})
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hold" {
			<-hold
		}
		_, _ = w.Write([]byte(rssOf("one")))
	})
	c := newTestClient(t, newClock(), func(o *Options) { o.Timeout = 700 * time.Millisecond }, s)
	var feeds []news.Feed
	for i := range 8 { // two at once: the last waits for three deadlines
		feeds = append(feeds, news.Feed{ID: news.FeedID(fmt.Sprint(i)), URL: fmt.Sprint(s.URL, "/hold"), Enabled: true})
	}
	got := fetchAll(t, c, feeds[:4])
	for id, g := range got {
		if g.Err == nil || !strings.Contains(g.Err.Error(), "within 700ms") {
			t.Errorf("%s: %v", id, g.Err)
		}
	}
	close(hold)
	for id, g := range fetchAll(t, c, feeds) {
		if g.Err != nil {
			t.Errorf("%s: %v", id, g.Err)
		}
	}
}

func TestAFetchThatIsBrokenOffSaysNothingOfTheFeed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	c := newTestClient(t, newClock(), nil, s)
	got := c.Fetch(ctx, feedAt(s.URL), news.FeedState{}, news.HostState{}, false)
	if got.Status != news.FetchSkipped || got.State.Failures != 0 {
		t.Errorf("%s, %+v", got.Status, got.State)
	}
}

func TestHTTP2IsSpoken(t *testing.T) {
	var proto []string
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proto = append(proto, r.Proto)
		w.Header().Set("ETag", `"a"`)
		if r.Header.Get("If-None-Match") == `"a"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(rssOf("one")))
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	c := newTestClient(t, newClock(), func(o *Options) { o.Guard.Allow = []string{srv.Listener.Addr().String()} })
	c.direct.TLSClientConfig = srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	state := news.FeedState{}
	for range 5 {
		got := fetchOnce(t, c, feedAt(srv.URL), state)
		if got.Err != nil {
			t.Fatal(got.Err)
		}
		state = got.State
	}
	if len(proto) != 5 || proto[0] != "HTTP/2.0" || proto[4] != "HTTP/2.0" {
		t.Errorf("spoke %v", proto)
	}
	plain := newTestClient(t, newClock(), func(o *Options) { o.Guard.Allow = []string{srv.Listener.Addr().String()} })
	if got := fetchOnce(t, plain, feedAt(srv.URL), news.FeedState{}); got.Err == nil || !strings.Contains(got.Err.Error(), "certificate") {
		t.Errorf("an unknown certificate: %v", got.Err)
	}
}

func TestErrorsOfTheNetworkAreNotTheHosts(t *testing.T) {
	c := newTestClient(t, newClock(), func(o *Options) {
		o.Guard.Resolver = &nameServer{}
	})
	got := fetchOnce(t, c, feedAt("http://nowhere.example/"), news.FeedState{})
	if got.Err == nil || got.State.NextDue.Sub(monday) > 15*time.Minute || !got.State.Full.IsZero() {
		t.Errorf("a name that is not found: %v, due in %v", got.Err, got.State.NextDue.Sub(monday))
	}
	if reached(&net.OpError{Op: "read", Err: errors.New("reset")}) == false {
		t.Error("a connection that broke has reached the host")
	}
}

func TestErrorsAreOneCleanLine(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                     "plain",
		"two\r\nlines\tand  spaces": "two lines and spaces",
		"colour \x1b[31m\x9b\x07":   "colour \uFFFD[31m\uFFFD\uFFFD",
		"bidi \u202e\u2066x":        "bidi \uFFFD\uFFFDx",
		strings.Repeat("é", 300):    strings.Repeat("é", 200) + "…",
	} {
		if got := quiet(errors.New(in)).Error(); got != want {
			t.Errorf("quiet(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestParallelFollowsTheOpenFiles(t *testing.T) {
	for files, want := range map[uint64]int{1 << 20: 256, 1024: 256, 256: 64, 64: 16, 4: 2} {
		if got := affordable(files); got != want {
			t.Errorf("with %d open files %d fetches at once, want %d", files, got, want)
		}
	}
}
