package publish

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"wirefold/internal/news"
)

// BenchmarkRender renders the 100 newest entries of a topic anew after a change, without compression.
func BenchmarkRender(b *testing.B) {
	for _, path := range []string{"feed.atom", "feed.rss", "feed.json", ""} {
		b.Run(path, func(b *testing.B) {
			f := many(100)
			now := t0
			o := options(f)
			o.Publishing.Window = 1 << 60
			o.Now = func() time.Time { return now }
			p := newPublisher(b, o)
			h := p.Handler()
			for b.Loop() {
				now = now.Add(time.Minute)
				f.touch("sea", now)
				if err := p.Poll(b.Context()); err != nil {
					b.Fatal(err)
				}
				if r := ask(h, "GET", "/topics/sea/"+path); r.StatusCode != 200 {
					b.Fatal(r.Status)
				}
			}
		})
	}
}

// discard is an answer that nobody reads.
type discard struct{ h http.Header }

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkServe answers from finished bytes.
func BenchmarkServe(b *testing.B) {
	h := newPublisher(b, options(many(100))).Handler()
	etag := ask(h, "GET", atomPath).Header.Get("Etag")
	for _, bm := range []struct {
		name    string
		headers []string
	}{{"200", nil}, {"gzip", []string{"Accept-Encoding", "gzip, deflate, br"}}, {"304", []string{"If-None-Match", etag}}} {
		b.Run(bm.name, func(b *testing.B) {
			r := httptest.NewRequest("GET", atomPath, nil)
			for i := 0; i < len(bm.headers); i += 2 {
				r.Header.Set(bm.headers[i], bm.headers[i+1])
			}
			w := &discard{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.h)
				h.ServeHTTP(w, r)
			}
		})
	}
}

// BenchmarkAdvance is one step of a story of eight tellings to which nothing happens.
func BenchmarkAdvance(b *testing.B) {
	l := newLife(b)
	members := reports(8, t0)
	st := l.step(t0, members)
	a := account(members)
	s := news.Step{Old: st, Members: members, Now: t0.Add(time.Hour)}
	for b.Loop() {
		Advance(s, a, l.in, l.p)
	}
}

// BenchmarkCompress is what a first request for an encoding costs.
func BenchmarkCompress(b *testing.B) {
	r := ask(newPublisher(b, options(many(100))).Handler(), "GET", atomPath)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.Fatal(err)
	}
	for e := range encodings - 1 {
		b.Run(names[e], func(b *testing.B) {
			n := 0
			for b.Loop() {
				out, err := compress(encoding(e), body)
				if err != nil {
					b.Fatal(err)
				}
				n = len(out)
			}
			b.ReportMetric(float64(n)/float64(len(body)), "of-size")
		})
	}
}
