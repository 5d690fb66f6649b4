package publish

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose clients are in this process, so that their time can be too.
type pipes struct {
	net.Listener
	in   chan net.Conn
	done chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.in:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// The deadlines of the public listener hold, at most deadlineSlack too early, though hardly any of them is ever armed.
func TestSlowClientsAreCutOff(t *testing.T) {
	const moment = time.Millisecond
	const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	answered := func(t *testing.T, c net.Conn, request string) {
		t.Helper()
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(c)
		for range strings.Count(request, "\r\n\r\n") {
			res, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil || string(body) != "hello" {
				t.Fatalf("%q, %v", body, err)
			}
		}
	}
	tests := []struct {
		name string
		do   func(t *testing.T, c net.Conn)
		want time.Duration // until the server closes
	}{
		{"nothing is sent", func(*testing.T, net.Conn) {}, readHeaderTimeout},
		{"half of a head", func(t *testing.T, c net.Conn) { send(t, c, "GET / HTTP/1.1\r\nHo") }, readHeaderTimeout},
		{"half of a head after a request", func(t *testing.T, c net.Conn) {
			answered(t, c, get)
			time.Sleep(time.Minute)
			send(t, c, "GET / HTTP/1.1\r\nHo")
		}, readHeaderTimeout},
		{"half of a head after a request for net/http", func(t *testing.T, c net.Conn) {
			answered(t, c, "GET /?a=b HTTP/1.1\r\nHost: x\r\n\r\n")
			time.Sleep(time.Minute)
			send(t, c, "GET / HTTP/1.1\r\nHo")
		}, readHeaderTimeout},
		{"half of a body long after a plain request", func(t *testing.T, c net.Conn) {
			answered(t, c, get)
			time.Sleep(time.Minute)
			send(t, c, "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
		}, readTimeout},
		{"a head that comes byte by byte", func(t *testing.T, c net.Conn) {
			answered(t, c, get)
			began := time.Now()
			for _, b := range []byte("GET /" + strings.Repeat("a", 100)) {
				if _, err := c.Write([]byte{b}); err != nil {
					break
				}
				time.Sleep(100 * time.Millisecond)
			}
			if took := time.Since(began); took > readHeaderTimeout+100*time.Millisecond || took < readHeaderTimeout-deadlineSlack {
				t.Errorf("closed after %s", took)
			}
		}, 0},
		{"idle after a request for net/http", func(t *testing.T, c net.Conn) { answered(t, c, "GET /?a=b HTTP/1.1\r\nHost: x\r\n\r\n") }, idleTimeout},
		{"half of a body", func(t *testing.T, c net.Conn) {
			send(t, c, "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
		}, readTimeout},
		{"idle after a request", func(t *testing.T, c net.Conn) { answered(t, c, get) }, idleTimeout},
		{"idle after many, each a while after the other", func(t *testing.T, c net.Conn) {
			for range 200 {
				answered(t, c, get)
				time.Sleep(700 * time.Millisecond)
			}
			answered(t, c, get+get)
		}, idleTimeout},
		{"a long answer by net/http is not read", func(t *testing.T, c net.Conn) { send(t, c, "GET /long?a=b HTTP/1.1\r\nHost: x\r\n\r\n") }, writeTimeout},
		{"the answer is not read", func(t *testing.T, c net.Conn) { send(t, c, "GET /long HTTP/1.1\r\nHost: x\r\n\r\n") }, writeTimeout},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFront(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch r.URL.Path {
					case "/read":
						io.Copy(io.Discard, r.Body) //nolint:errcheck // cut off is what it shall be
					case "/long":
						io.WriteString(w, strings.Repeat("long ", 10_000)) //nolint:errcheck // as above
					default:
						io.WriteString(w, "hello") //nolint:errcheck // the client says what is missing
					}
				}), slog.New(slog.DiscardHandler))
				l := &pipes{in: make(chan net.Conn), done: make(chan struct{})}
				ended := make(chan error)
				go func() { ended <- s.Serve(l) }()
				ours, theirs := net.Pipe()
				l.in <- theirs
				tt.do(t, ours)
				since := time.Now()
				synctest.Wait()
				if tt.want == writeTimeout {
					time.Sleep(tt.want + moment) // who reads nothing sees nothing
				}
				if _, err := io.Copy(io.Discard, ours); err != nil && err != io.ErrClosedPipe {
					t.Error(err)
				}
				if took := time.Since(since); took > tt.want+moment || took < tt.want-deadlineSlack {
					t.Errorf("closed after %s, want %s", took, tt.want)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				<-ended
			})
		})
	}
}

func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

func TestADeadlineIsArmedOnlyForACallThatItWouldEnd(t *testing.T) {
	var armed []time.Time
	d := deadline{arm: func(t time.Time) error { armed = append(armed, t); return nil }}
	at := func(s float64) time.Time { return time.Unix(1000, 0).Add(time.Duration(s * float64(time.Second))) }
	for _, tt := range []struct {
		name string
		want time.Time
		arms bool
	}{
		{"the first", at(10), true},
		{"the same", at(10), false},
		{"a little later", at(10.9), false},
		{"later still", at(11.1), true},
		{"a little earlier", at(11), true},
	} {
		before := len(armed)
		if err := d.begin(tt.want); err != nil {
			t.Fatal(err)
		}
		if got := len(armed) > before; got != tt.arms {
			t.Errorf("%s: armed %v, want %v", tt.name, got, tt.arms)
		}
	}
}
