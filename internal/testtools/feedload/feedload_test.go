package feedload

import (
	"io"
	"net/http"
	"testing"
)

func TestAFeedIsServedOnceAndThenNotModifiedUntilItChanges(t *testing.T) {
	s, err := Start(Options{Feeds: 3, Items: 2, Words: 10, Ports: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	get := func(etag string) (int, string) {
		req, err := http.NewRequest("GET", s.URL(2), nil)
		if err != nil {
			t.Fatal(err)
		}
		if etag != "" {
			req.Header.Set("If-None-Match", etag)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, res.Header.Get("ETag")
	}
	code, etag := get("")
	again, _ := get(etag)
	if err := s.Add(); err != nil {
		t.Fatal(err)
	}
	changed, other := get(etag)
	if code != 200 || again != 304 || changed != 200 || other == etag {
		t.Errorf("got %d, %d, %d with %s and %s; want 200, 304, 200 with two tags", code, again, changed, etag, other)
	}
	if s.Full.Load() != 2 || s.NotModified.Load() != 1 {
		t.Errorf("counted %d and %d", s.Full.Load(), s.NotModified.Load())
	}
}
