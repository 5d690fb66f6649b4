package publish

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"wirefold/internal/news"
)

// serve runs a publisher on loopback until the test ends; stop ends it sooner and says how that went.
func serve(t *testing.T, p *Publisher) (public, admin string, stop func() error) {
	t.Helper()
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := Listeners{Public: listen(), Admin: listen()}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Serve(ctx, l) }()
	ended := false
	stop = func() error {
		if ended {
			return nil
		}
		ended = true
		cancel()
		return <-done
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return l.Public.Addr().String(), l.Admin.Addr().String(), stop
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func TestServeAnswersAndLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	o := options(lively())
	o.Registry = prometheus.NewRegistry()
	o.Now = time.Now
	p := newPublisher(t, o)
	public, admin, stop := serve(t, p)
	if code, body := fetch(t, "http://"+public+atomPath); code != 200 || !strings.Contains(body, "<feed") {
		t.Errorf("the feed: %d", code)
	}
	if code, body := fetch(t, "http://"+admin+"/metrics"); code != 200 || !strings.Contains(body, `wirefold_publish_renders_total{route="feed"} 1`) || !strings.Contains(body, `wirefold_http_requests_total{route="feed",status="200"} 1`) {
		t.Errorf("metrics: %d %s", code, body)
	}
	if code, _ := fetch(t, "http://"+admin+"/debug/pprof/goroutine?debug=1"); code != 200 {
		t.Errorf("pprof: %d", code)
	}
	for _, path := range []string{"/metrics", "/debug/pprof/"} {
		if code, _ := fetch(t, "http://"+public+path); code != 404 {
			t.Errorf("%s on the public listener: %d", path, code)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if _, err := net.Dial("tcp", public); err == nil {
		t.Errorf("the listener is still open")
	}
}

func TestAnAnswerInFlightIsFinished(t *testing.T) {
	st := slow{lively(), make(chan struct{}, 1)}
	o := options(st)
	o.Now = time.Now
	p := newPublisher(t, o)
	public, admin, stop := serve(t, p)
	answer := make(chan string, 1)
	go func() {
		r, err := http.Get("http://" + public + atomPath)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		answer <- fmt.Sprint(r.StatusCode, err, strings.Contains(string(b), "</feed>"))
	}()
	// The request waits in the store when nobody takes from the gate and the rendering is under way.
	r := p.conf.Load().topics["sea"].files["feed.atom"]
	for busy := false; !busy; {
		r.mu.Lock()
		busy = r.busy != nil
		r.mu.Unlock()
		runtime.Gosched()
	}
	stopped := make(chan error, 1)
	// Poll is what the waiting request does not let us do: the store is slow for it, not for this.
	p.stamps.Store(&stamps{})
	if code, _ := fetch(t, "http://"+admin+"/readyz"); code != 200 {
		t.Errorf("before the end was asked for, /readyz: %d", code)
	}
	go func() { stopped <- stop() }()
	for code := 200; code == 200; {
		if code, _ = fetch(t, "http://"+admin+"/readyz"); code != 200 && code != 503 {
			t.Errorf("while answers are in flight, /readyz: %d", code)
		}
	}
	st.gate <- struct{}{}
	if got := <-answer; got != "200 <nil> true" {
		t.Errorf("the answer in flight: %s", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("drain: %v", err)
	}
}

func TestACrowdOfSlowClientsKeepsNobodyOut(t *testing.T) {
	o := options(lively())
	o.Now = time.Now
	p := newPublisher(t, o)
	public, _, _ := serve(t, p)
	for range 300 {
		c, err := net.Dial("tcp", public)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	if code, _ := fetch(t, "http://"+public+atomPath); code != 200 {
		t.Errorf("a good client got %d", code)
	}
}

func TestTheGuardClosesWhoWaitedLongest(t *testing.T) {
	g := newGuard(3)
	waiting := func() *conn { return newConn(&closer{}) }
	working, first, second, third := waiting(), waiting(), waiting(), waiting()
	g.state(working, http.StateNew)
	g.state(working, http.StateActive)
	g.state(first, http.StateNew)
	g.state(second, http.StateNew)
	g.state(first, http.StateActive)
	g.state(first, http.StateIdle) // now behind the second
	g.state(third, http.StateNew)
	for name, c := range map[string]*conn{"working": working, "first": first, "second": second, "third": third} {
		if got, want := c.Conn.(*closer).closed, c == second; got != want {
			t.Errorf("the %s connection: closed %v, want %v", name, got, want)
		}
	}
	g.state(second, http.StateClosed)
	g.state(first, http.StateClosed)
	g.state(third, http.StateClosed)
	g.state(working, http.StateClosed)
	if len(g.open) != 0 {
		t.Errorf("%d connections are remembered", len(g.open))
	}
}

type closer struct {
	net.Conn
	closed bool
}

func (c *closer) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (c *closer) Close() error {
	c.closed = true
	return nil
}

func TestHeadersThatAreTooLongAreRefused(t *testing.T) {
	o := options(lively())
	o.Now = time.Now
	public, _, _ := serve(t, newPublisher(t, o))
	c, err := net.Dial("tcp", public)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// The server may answer and close before all of it is sent.
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("a", 64<<10)) //nolint:errcheck
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%d", r.StatusCode)
	}
}

func TestAnAddressMayAskOnlySoOften(t *testing.T) {
	now := t0
	g := newGate(1, 2, func() time.Time { return now })
	a, b := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	got := fmt.Sprint(g.allow(a), g.allow(a), g.allow(a), g.allow(b))
	now = now.Add(time.Second)
	got += fmt.Sprint(" ", g.allow(a), g.allow(a), g.allow(netip.Prefix{}))
	if want := "true true false true true false true"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for i := range 3 * maxGates {
		g.allow(netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32))
	}
	if len(g.by) > maxGates || g.order.Len() != len(g.by) {
		t.Errorf("%d addresses are remembered", len(g.by))
	}
}

func TestWhoIsLimitedTogether(t *testing.T) {
	tests := map[string]string{
		"192.0.2.7:1234": "192.0.2.7/32", "[2001:db8:1:2:3::4]:1": "2001:db8:1:2::/64", "[::ffff:192.0.2.7]:9": "192.0.2.7/32",
		"127.0.0.1:1": "invalid Prefix", "[::1]:1": "invalid Prefix", "10.1.2.3:1": "invalid Prefix", "@": "invalid Prefix",
	}
	for from, want := range tests {
		if got := bucket(address(from)).String(); got != want {
			t.Errorf("%s is limited as %s, want %s", from, got, want)
		}
	}
}

type address string

func (address) Network() string  { return "tcp" }
func (a address) String() string { return string(a) }

func TestTheAPI(t *testing.T) {
	var corrections []news.Correction
	busy := false
	now := t0
	o := options(lively())
	o.Now = func() time.Time { return now }
	o.Token = "sesame"
	o.Refresh = func(context.Context) (string, error) {
		if busy {
			return "", fmt.Errorf("run: %w", news.ErrBusy)
		}
		return "run-1", nil
	}
	o.Correct = func(_ context.Context, c news.Correction) error {
		if c.Note == "fail" {
			return errors.New("disk")
		}
		corrections = append(corrections, c)
		return nil
	}
	h := newPublisher(t, o).Handler()
	post := func(path, token, body string, headers ...string) (int, string) {
		r, _ := http.NewRequest("POST", path, strings.NewReader(body))
		if token != "" {
			r.Header.Set("Authorization", token)
		}
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	const good = "Bearer sesame"
	tests := []struct {
		name, path, token, body string
		want                    int
		says                    string
	}{
		{"a run", "/api/refresh", good, "", 202, "run-1"},
		{"any case of the scheme", "/api/refresh", "bearer sesame", "", 202, "run-1"},
		{"no token", "/api/refresh", "", "", 401, "Unauthorized\n"},
		{"a wrong token", "/api/refresh", "Bearer sesam", "", 401, "Unauthorized\n"},
		{"another scheme", "/api/refresh", "Basic sesame", "", 401, "Unauthorized\n"},
		{"an empty token", "/api/refresh", "Bearer ", "", 401, "Unauthorized\n"},
		{"a correction", "/api/corrections", good, `{"merge":["aaaaaaaa","bbbbbbbb"],"note":"n"}`, 202, `"corrections":1`},
		{"two corrections", "/api/corrections", good, `[{"pin":"aaaaaaaa","headline":"h"},{"drop":"bbbbbbbb","purge":true}]`, 202, `"corrections":2`},
		{"a correction without token", "/api/corrections", "", `{"drop":"a"}`, 401, ""},
		{"no JSON", "/api/corrections", good, `drop: a`, 400, "not a correction"},
		{"an unknown key", "/api/corrections", good, `{"dorp":"aaaaaaaa"}`, 400, "dorp"},
		{"two operations", "/api/corrections", good, `{"drop":"a","pin":"b"}`, 400, "exactly one"},
		{"one article cannot be merged", "/api/corrections", good, `{"merge":["a"]}`, 400, "two articles"},
		{"a pin of nothing", "/api/corrections", good, `{"pin":"a"}`, 400, "lead or headline"},
		{"two values", "/api/corrections", good, `{"drop":"a"}{"drop":"b"}`, 400, "more than one"},
		{"too long", "/api/corrections", good, `{"note":"` + strings.Repeat("x", maxCommand) + `"}`, 413, ""},
		{"a store that fails", "/api/corrections", good, `{"drop":"a","note":"fail"}`, 503, "Service Unavailable\n"},
	}
	for _, tt := range tests {
		now = now.Add(time.Hour)
		if code, body := post(tt.path, tt.token, tt.body); code != tt.want || !strings.Contains(body, tt.says) {
			t.Errorf("%s: %d %q, want %d with %q", tt.name, code, body, tt.want, tt.says)
		}
	}
	if len(corrections) != 3 || corrections[0].Op != news.OpMerge || corrections[1].Headline != "h" || !corrections[2].Purge || corrections[2].Origin != "command" {
		t.Errorf("stored %+v", corrections)
	}
	if code, _ := post("/api/refresh", good, "", "Sec-Fetch-Site", "cross-site"); code != 403 {
		t.Errorf("a request of another site: %d", code)
	}
	busy = true
	if code, body := post("/api/refresh", good, ""); code != 409 || body != "Conflict\n" {
		t.Errorf("while running: %d %q", code, body)
	}
	if r := ask(h, "GET", "/api/refresh"); r.StatusCode != 405 || r.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %d, Allow %q", r.StatusCode, r.Header.Get("Allow"))
	}
	codes := map[int]int{}
	for range 2 * apiBurst {
		code, _ := post("/api/refresh", "Bearer guess", "")
		codes[code]++
	}
	if codes[429] < apiBurst || codes[202] != 0 {
		t.Errorf("guessing at speed: %v", codes)
	}
}
