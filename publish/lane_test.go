package publish

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
)

// fronted serves a handler on loopback until the test ends, and connects to it.
func fronted(t *testing.T, h http.HandlerFunc, log io.Writer) (*front, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := newFront(h, slog.New(slog.NewTextHandler(log, nil)))
	ended := make(chan error, 1)
	go func() { ended <- f.Serve(l) }()
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return f, c
}

// echo answers with what a request is, and who has read it.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	who := "net/http"
	if _, ok := w.(*answer); ok {
		who = "lane"
	}
	fmt.Fprintf(w, "%s %s %s %q %v", who, r.Method, r.RequestURI, body, err) //nolint:errcheck // the client sees what is missing
}

// Whatever comes on a connection is answered in order, and no byte of one request is taken for one of another, wherever the
// pieces that it comes in are cut.
func TestRequestsOfOneConnection(t *testing.T) {
	const get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
	const post = "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 31\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x"
	const chunked = "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
	long := "GET /l HTTP/1.1\r\nHost: x\r\nCookie: " + strings.Repeat("c", laneBuffer) + "\r\n\r\n"
	tests := []struct {
		name, sent string
		want       []string
	}{
		{"one", get, []string{`lane GET /a "" <nil>`}},
		{"three at once", get + get + get, []string{`lane GET /a "" <nil>`, `lane GET /a "" <nil>`, `lane GET /a "" <nil>`}},
		{"a query", "GET /?q=1 HTTP/1.1\r\nHost: x\r\n\r\n" + get, []string{`net/http GET /?q=1 "" <nil>`, `net/http GET /a "" <nil>`}},
		{"an escape", "GET /%61 HTTP/1.1\r\nHost: x\r\n\r\n", []string{`net/http GET /%61 "" <nil>`}},
		{"a body", get + post + get, []string{`lane GET /a "" <nil>`, fmt.Sprintf(`net/http POST /p %q <nil>`, "GET /smuggled HTTP/1.1\r\nHost: x"), `net/http GET /a "" <nil>`}},
		{"chunks", get + chunked + get, []string{`lane GET /a "" <nil>`, `net/http POST /c "hello" <nil>`, `net/http GET /a "" <nil>`}},
		{"a GET with a body", "GET /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + get, []string{`net/http GET /b "abc" <nil>`, `net/http GET /a "" <nil>`}},
		{"a head that is long", get + long + get, []string{`lane GET /a "" <nil>`, `net/http GET /l "" <nil>`, `net/http GET /a "" <nil>`}},
		{"HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", []string{`net/http GET /a "" <nil>`}},
		{"the last one", get + "GET /z HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []string{`lane GET /a "" <nil>`, `net/http GET /z "" <nil>`}},
	}
	for _, tt := range tests {
		for _, piece := range []int{1 << 20, 1, 7, 64} {
			t.Run(fmt.Sprintf("%s in pieces of %d", tt.name, piece), func(t *testing.T) {
				_, c := fronted(t, echo, io.Discard)
				go func() {
					for b := []byte(tt.sent); len(b) > 0; b = b[min(piece, len(b)):] {
						if _, err := c.Write(b[:min(piece, len(b))]); err != nil {
							return
						}
					}
				}()
				r := bufio.NewReader(c)
				for i, want := range tt.want {
					res, err := http.ReadResponse(r, nil)
					if err != nil {
						t.Fatalf("answer %d: %v", i+1, err)
					}
					got, err := io.ReadAll(res.Body)
					if err != nil || string(got) != want || res.StatusCode != 200 || res.Header.Get("Date") == "" || res.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
						t.Errorf("answer %d: %q, want %q; %v; %v", i+1, got, want, res.Header, err)
					}
				}
			})
		}
	}
}

func TestWhatIsNoRequestIsRefused(t *testing.T) {
	for _, sent := range []string{
		"GET /a HTTP/1.1\r\n\r\n",
		"GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
		"GET /a HTTP/1.1\r\nHost : x\r\n\r\n",
		"GET /a HTTP/1.1\r\nHost: x\r\nA\r\n\r\n",
		"GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
		"GET  /a HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /a HTTP/2.7\r\nHost: x\r\n\r\n",
		"get\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
	} {
		_, c := fronted(t, echo, io.Discard)
		if _, err := io.WriteString(c, sent); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%q: %v", sent, err)
		}
		if res.StatusCode < 400 || res.StatusCode > 505 || !res.Close {
			t.Errorf("%q: %d", sent, res.StatusCode)
		}
	}
}

func TestAHandlerThatPanicsEndsItsConnectionAlone(t *testing.T) {
	var log bytes.Buffer
	f, c := fronted(t, func(http.ResponseWriter, *http.Request) { panic("a bug") }, &log)
	if _, err := io.WriteString(c, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c); err != nil || len(got) > 0 {
		t.Errorf("answered %q, %v", got, err)
	}
	if err := f.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "a bug") {
		t.Errorf("the log says nothing of it: %q", log.String())
	}
	f.guard.mu.Lock()
	defer f.guard.mu.Unlock()
	if len(f.guard.open) > 0 {
		t.Error("the connection is remembered")
	}
}

// What a handler writes comes as it would through net/http, and an answer that would confuse the next one is not sent.
func TestAnswersOfOtherHandlers(t *testing.T) {
	tests := []struct {
		name string
		h    http.HandlerFunc
		want string
	}{
		{"nothing", func(http.ResponseWriter, *http.Request) {}, "200 0 "},
		{"a status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, "404 0 "},
		{"204", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "204 0 "},
		{"two statuses", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); w.WriteHeader(500) }, "201 0 "},
		{"a long text", func(w http.ResponseWriter, _ *http.Request) {
			for range 10_000 {
				io.WriteString(w, "0123456789") //nolint:errcheck // the client sees what is missing
			}
		}, "200 100000 0123456789"},
		{"fewer bytes than announced", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "abc") //nolint:errcheck // it is not sent
		}, "none"},
		{"304 with bytes", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(304)
			io.WriteString(w, "abc") //nolint:errcheck // it is not sent
		}, "none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, c := fronted(t, tt.h, io.Discard)
			if _, err := io.WriteString(c, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			got := "none"
			if res, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil {
				b, err := io.ReadAll(res.Body)
				if err != nil {
					t.Error(err)
				}
				got = fmt.Sprintf("%d %d %.10s", res.StatusCode, len(b), b)
			}
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// FuzzHeads: a head that a lane takes is the same request for net/http, byte for byte.
func FuzzHeads(f *testing.F) {
	for _, s := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"HEAD /topics/a-b.c_d~e/feed.atom HTTP/1.1\r\nhost: example.org:80\r\nIf-None-Match: \"a\"\r\nif-none-match: \"b\"\r\nACCEPT-ENCODING: \tgzip \r\nConnection: Keep-Alive\r\n\r\nGET / HTTP/1.1\r\n",
		"GET //x HTTP/1.1\r\nHost: x\r\n\r\n", "GET /?a HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nA: b\nB: c\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\nHost: [::1]\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nPragma: no-cache\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA :b\r\n\r\n", "GET /\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var h requestHead
		h.from(t.Context(), "192.0.2.1:1")
		n, v := h.read(b)
		if v != plainRequest {
			return
		}
		src := bufio.NewReaderSize(bytes.NewReader(b), max(16, len(b)))
		want, err := http.ReadRequest(src)
		if err != nil {
			t.Fatalf("%q: net/http says %v", b[:n], err)
		}
		if left := src.Buffered(); len(b)-left != n {
			t.Fatalf("%q: %d bytes were taken, by net/http %d", b, n, len(b)-left)
		}
		got := &h.request
		if got.Method != want.Method || got.RequestURI != want.RequestURI || *got.URL != *want.URL || got.Host != want.Host || got.Proto != want.Proto ||
			want.ContentLength != 0 || want.Body != http.NoBody || want.Close || want.TransferEncoding != nil || fmt.Sprint(got.Header) != fmt.Sprint(want.Header) {
			t.Fatalf("%q:\n%+v\nby net/http:\n%+v", b[:n], got, want)
		}
	})
}

// The end closes who waits for the next request, at once, whoever reads its requests.
func TestTheEndClosesIdleConnections(t *testing.T) {
	for _, path := range []string{"/a", "/a?b"} {
		f, c := fronted(t, echo, io.Discard)
		if _, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(c)
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		if err := f.Shutdown(t.Context()); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := r.ReadByte(); err != io.EOF {
			t.Errorf("%s: %v, want the end", path, err)
		}
	}
}
