//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/store/storetest"
)

// post sends an empty POST with a bearer token.
func (s *service) post(path, token string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func TestARefreshCanBeAskedForWithTheToken(t *testing.T) {
	t.Parallel()
	asked, answer := make(chan bool, 1), make(chan bool)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- true
		<-answer
		fmt.Fprint(w, webFeeds["/rss"][1])
	}))
	defer web.Close()
	f := newFaulty(t, webFeed(web, "/rss"), "api: {token_file: token}\n")
	if err := os.WriteFile(f.path("token"), []byte("sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := f.serve(nil)
	<-asked // the schedule's own run
	if code, body := s.post("/api/refresh", "sesam"); code != http.StatusUnauthorized || body != "Unauthorized\n" {
		t.Errorf("with a wrong token: %d %q", code, body)
	}
	if code, body := s.post("/api/refresh", "sesame"); code != http.StatusAccepted || !strings.HasPrefix(body, `{"run":"`) {
		t.Errorf("with the token: %d %q", code, body)
	}
	if code, body := s.post("/api/refresh", "sesame"); code != http.StatusConflict || body != "Conflict\n" {
		t.Errorf("while a run is asked for: %d %q", code, body)
	}
	codes := map[int]int{}
	for range 200 {
		code, _ := s.post("/api/refresh", "sesame")
		codes[code]++
	}
	if codes[http.StatusTooManyRequests] == 0 || codes[http.StatusAccepted] > 0 {
		t.Errorf("answers to 200 more: %v, want some 429 and no 202", codes)
	}
	answer <- true
	s.await("publishes what the feed brought", func() bool { return s.articles() == 3 })
	s.end()
}

func TestAReloadTakesUpAGoodFileAndKeepsTheOldForABadOne(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	s := f.serve(nil)
	var failed, asked atomic.Int64
	stop, stopped := make(chan bool), make(chan bool)
	go func() { // a reader that never stops asking
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			r, err := http.Get(s.url + jsonPath)
			asked.Add(1)
			if err != nil || r.StatusCode != http.StatusOK {
				failed.Add(1)
			}
			if err == nil {
				io.Copy(io.Discard, r.Body)
				r.Body.Close()
			}
		}
	}()
	good, err := os.ReadFile(f.config)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(f.config, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		s.reload()
	}
	write(strings.Replace(string(good), "title: All", "title: Everything new", 1))
	s.await("has the new title", func() bool { _, body := s.get(jsonPath); return strings.Contains(body, "Everything new") })
	for _, bad := range []string{"topics: [{slug: all, titel: Wrong}]\n", "a: &a [x]\nb: [*a, *a]\n", "\x00", "topics: [\n"} {
		was := strings.Count(s.said(), "the old one stays in force")
		write(bad)
		s.await("reports the mistake", func() bool { return strings.Count(s.said(), "the old one stays in force") > was })
	}
	if !strings.Contains(s.said(), "feeds.yaml:1:22: unknown key") {
		t.Errorf("the line and column of a mistake are not said:\n%s", s.said())
	}
	write(string(good))
	s.await("has the old title again", func() bool { _, body := s.get(jsonPath); return !strings.Contains(body, "Everything new") })
	close(stop)
	<-stopped
	if failed.Load() > 0 || asked.Load() == 0 {
		t.Errorf("%d of %d requests failed", failed.Load(), asked.Load())
	}
	s.end()
}

func TestSIGTERMLetsRequestsEnd(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, "api: {token_file: token}\n")
	if err := os.WriteFile(f.path("token"), []byte("sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := f.serve(nil)
	s.await("publishes the articles", func() bool { return s.articles() == 2 })
	// The server is in the middle of a request: it has the first half of its body.
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const body = `{"merge":["desk/1.txt","desk/2.txt"],"note":"said in two halves"}`
	if _, err := fmt.Fprintf(conn, "POST /api/corrections HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sesame\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body)); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100") { // the handler reads
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := io.WriteString(conn, body[:20]); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.await("takes no new connections", func() bool {
		c, err := net.Dial("tcp", conn.RemoteAddr().String())
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	if _, err := io.WriteString(conn, body[20:]); err != nil {
		t.Fatal(err)
	}
	if _, err := in.ReadString('\n'); err != nil { // the empty line behind "100 Continue"
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(in, nil)
	if err != nil || answer.StatusCode != http.StatusAccepted {
		t.Fatalf("the request in flight: %v, %v", answer, err)
	}
	answer.Body.Close()
	if err := <-s.ends; err != nil {
		t.Errorf("the server ended with %v:\n%s", err, s.said())
	}
	if out := f.must("correct", "export"); !strings.Contains(out, "said in two halves") {
		t.Errorf("what was answered with 202 is not kept:\n%s", out)
	}
}

// Two thousand clients that never finish a request keep nobody out.
func TestTwoThousandSlowClientsKeepNobodyOut(t *testing.T) {
	const slow, good = 2000, 100
	f := newFaulty(t)
	s := f.serve(nil)
	s.await("publishes the articles", func() bool { return s.articles() == 2 })
	for range slow {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // each one dials among the slow
	took := make([]time.Duration, 0, good)
	for range good {
		start := time.Now()
		r, err := client.Get(s.url + jsonPath)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != http.StatusOK || n == 0 {
			t.Errorf("a good client got %d, %d bytes, %v", r.StatusCode, n, err)
		}
		r.Body.Close()
		took = append(took, time.Since(start))
	}
	// What a busy machine takes says nothing of the server, so this is told and not judged (make soak prints it).
	slices.Sort(took)
	t.Logf("beside %d slow clients a feed took %v in the median, %v for 95 of 100, %v at most", slow, took[good/2], took[good*95/100], took[good-1])
	s.end()
}

// Two servers on one SQLite file ask each feed once between them and answer with the same bytes; when one is killed, the
// other has its work at once.
func TestASecondServerOnOneFileSharesTheWork(t *testing.T) {
	t.Parallel()
	web := newTellers(t, 1)
	web.tell(1000, 0)
	f := newFaulty(t, webFeed(web.servers[0], "/feed.rss"))
	one, two := f.serve(nil), f.serve(nil)
	same := func(articles int) {
		t.Helper()
		var a, b string
		defer func() {
			if t.Failed() {
				t.Logf("the two feeds differ so (-one +two):\n%s", cmp.Diff(a, b))
			}
		}()
		// A server renders a document once a second at most, so one of them may be a second behind.
		one.await(fmt.Sprintf("publishes %d articles in the bytes of the other server", articles), func() bool {
			_, a = one.get(jsonPath)
			_, b = two.get(jsonPath)
			return a == b && strings.Count(a, `"content_html"`) == articles
		})
	}
	same(3)
	f.tell(1)
	one.reload()
	two.reload()
	same(4)
	web.mu.Lock()
	asked := len(web.asked[0])
	web.mu.Unlock()
	if asked != 1 {
		t.Errorf("the feed was asked %d times, want once", asked)
	}
	if err := one.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-one.ends // says that it was killed
	f.tell(1)
	two.reload()
	two.await("goes on alone", func() bool { return two.articles() == 5 })
	two.end()
	for i, said := range []string{one.said(), two.said()} {
		if strings.Contains(said, "locked") {
			t.Errorf("server %d met a lock:\n%s", i+1, said)
		}
	}
	f.must("integrity")
}

// noConfig takes the configuration from a command that has none.
func noConfig(c *exec.Cmd) { c.Args = c.Args[:len(c.Args)-2] }

// Moving a store to the other engine and back changes nothing that a subscriber could see.
func TestAStoreMovesToPostgreSQLAndBackWithItsIDs(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	f.tell(10)
	f.must("refresh")
	f.must("correct", "merge", "desk/1.txt", "desk/2.txt")
	f.must("publish", "--out", f.path("before"))
	dsn := storetest.StartPostgres(t).NewDSN(t)
	back := f.path("data/back.db")
	for _, move := range [][]string{{"migrate", f.path("data/wirefold.db"), dsn}, {"migrate", dsn, back}} {
		f.fails(0, "", noConfig, move...)
	}
	f.fails(exitIO, "not empty", noConfig, "migrate", back, dsn)
	text, err := os.ReadFile(f.config)
	if err != nil {
		t.Fatal(err)
	}
	want := filesOf(t, f.path("before"))
	for i, store := range []string{dsn, back} {
		other := *f.victim
		other.config = f.path(fmt.Sprintf("other%d.yaml", i))
		if err := os.WriteFile(other.config, fmt.Appendf(text, "store: %q\n", store), 0o600); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(f.dir, fmt.Sprint("after", i))
		other.must("refresh")
		other.must("publish", "--out", out)
		if diff := cmp.Diff(want, filesOf(t, out)); diff != "" {
			t.Errorf("the site from %s differs (-before +after):\n%s", store, diff)
		}
		other.must("integrity")
	}
}
