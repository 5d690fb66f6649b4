package publish

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"testing"
)

// Bodies of all sizes arrive whole, the first time and when they are asked for often, whatever else was asked for on the
// same connection before and after them.
func TestBodiesArriveWhole(t *testing.T) {
	bodies := map[string]*wire{}
	for _, n := range []int{0, 1, 4000, longBody - 1, longBody, longBody + 1, 100_000, 3_000_000} {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(i * i >> 7)
		}
		bodies["/"+strconv.Itoa(n)] = &wire{body: b, length: []string{strconv.Itoa(n)}}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newFront(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := bodies[r.URL.Path]
		w.Header()["Content-Length"] = b.length
		w.Header()["Content-Type"] = nil
		next := reply{lines: []byte("X-Body: " + r.URL.Path + "\r\n")}
		if r.Method != http.MethodHead {
			next.body = b
		}
		if !expect(r, next) {
			t.Error("not a connection of our listener")
		}
		if r.Method != http.MethodHead {
			w.Write(b.body) //nolint:errcheck // the client sees what is missing
		}
	}), slog.New(slog.DiscardHandler))
	go s.Serve(l) //nolint:errcheck // it ends with Close
	t.Cleanup(func() { s.Close() })
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	for round := range oftenAsked + 3 {
		for path, want := range bodies {
			if len(want.body) > 1e6 && round%16 != 0 && round < oftenAsked {
				want.asked.Add(1) // a long one is not worth so many rounds
				continue
			}
			for _, method := range []string{http.MethodHead, http.MethodGet} {
				req, err := http.NewRequest(method, "http://"+l.Addr().String()+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				res, err := client.Do(req)
				if err != nil {
					t.Fatalf("round %d, %s %s: %v", round, method, path, err)
				}
				got, err := io.ReadAll(res.Body)
				res.Body.Close()
				if err != nil || res.Header.Get("X-Body") != path || method == http.MethodGet && !bytes.Equal(got, want.body) {
					t.Fatalf("round %d, %s %s: %d bytes, %v", round, method, path, len(got), err)
				}
			}
		}
	}
}
