package publish

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

const atomPath = "/topics/sea/feed.atom"

func read(t testing.TB, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestConditionalRequests(t *testing.T) {
	h := newPublisher(t, options(lively())).Handler()
	for _, path := range []string{atomPath, "/topics/sea/", "/opml.xml", "/stories/ferryferryferry2/"} {
		first := ask(h, "GET", path)
		tag, lm := first.Header.Get("Etag"), first.Header.Get("Last-Modified")
		gzTag := ask(h, "GET", path, "Accept-Encoding", "gzip").Header.Get("Etag")
		modified, err := http.ParseTime(lm)
		if err != nil {
			t.Fatalf("%s: Last-Modified %q: %v", path, lm, err)
		}
		older, newer := modified.Add(-time.Second).Format(http.TimeFormat), modified.Add(time.Hour).Format(http.TimeFormat)
		tests := []struct {
			name    string
			headers []string
			want    int
		}{
			{"nothing", nil, 200},
			{"its ETag", []string{"If-None-Match", tag}, 304},
			{"weakly", []string{"If-None-Match", "W/" + tag}, 304},
			{"in a list", []string{"If-None-Match", `"x", W/"y" ,` + tag}, 304},
			{"in the second line", []string{"If-None-Match", `"x"`, "If-None-Match", tag}, 304},
			{"a star", []string{"If-None-Match", "*"}, 304},
			{"the empty tag", []string{"If-None-Match", `""`}, 200},
			{"an empty header", []string{"If-None-Match", ""}, 200},
			{"another tag", []string{"If-None-Match", `"x"`}, 200},
			{"without quotes", []string{"If-None-Match", strings.Trim(tag, `"`)}, 200},
			{"garbage", []string{"If-None-Match", `;;;"` + tag}, 200},
			{"an open quote", []string{"If-None-Match", strings.TrimSuffix(tag, `"`)}, 200},
			{"the tag of another encoding", []string{"If-None-Match", gzTag}, 200},
			{"the tag of the encoding asked for", []string{"If-None-Match", gzTag, "Accept-Encoding", "gzip"}, 304},
			{"the same date", []string{"If-Modified-Since", lm}, 304},
			{"a later date", []string{"If-Modified-Since", newer}, 304},
			{"an earlier date", []string{"If-Modified-Since", older}, 200},
			{"no date", []string{"If-Modified-Since", "yesterday"}, 200},
			{"another tag and the same date", []string{"If-None-Match", `"x"`, "If-Modified-Since", lm}, 200},
			{"garbage and the same date", []string{"If-None-Match", `?`, "If-Modified-Since", lm}, 200},
			{"its tag and an earlier date", []string{"If-None-Match", tag, "If-Modified-Since", older}, 304},
			{"a range", []string{"Range", "bytes=0-9"}, 200},
			{"a delta", []string{"A-IM", "feed"}, 200},
		}
		for _, tt := range tests {
			t.Run(path+" "+tt.name, func(t *testing.T) {
				for _, method := range []string{"GET", "HEAD"} {
					r := ask(h, method, path, tt.headers...)
					if r.StatusCode != tt.want {
						t.Errorf("%s: %d, want %d", method, r.StatusCode, tt.want)
					}
					for _, name := range []string{"Etag", "Last-Modified", "Cache-Control", "Vary"} {
						if r.Header.Get(name) == "" {
							t.Errorf("%s: a %d without %s", method, r.StatusCode, name)
						}
					}
				}
				body := read(t, ask(h, "GET", path, tt.headers...))
				if (len(body) == 0) != (tt.want == 304) {
					t.Errorf("%d with %d bytes", tt.want, len(body))
				}
			})
		}
	}
}

func TestHeadersOfAFeed(t *testing.T) {
	h := newPublisher(t, options(lively())).Handler()
	tests := map[string]string{
		"/topics/sea/feed.atom": "application/atom+xml; charset=utf-8",
		"/topics/sea/feed.rss":  "application/rss+xml; charset=utf-8",
		"/topics/sea/feed.json": "application/feed+json; charset=utf-8",
		"/topics/sea/":          "text/html; charset=utf-8",
	}
	for path, kind := range tests {
		r := ask(h, "GET", path, "Host", "evil.example")
		if got := r.Header.Get("Content-Type"); got != kind {
			t.Errorf("%s: Content-Type %q", path, got)
		}
		if got := r.Header.Get("Cache-Control"); got != "public, max-age=300" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		if got, want := r.Header.Get("Access-Control-Allow-Origin"), map[bool]string{true: "*"}[kind != kindHTML]; got != want {
			t.Errorf("%s: Access-Control-Allow-Origin %q, want %q", path, got, want)
		}
		if head := ask(h, "HEAD", path); head.Header.Get("Content-Length") != r.Header.Get("Content-Length") || len(read(t, head)) != 0 {
			t.Errorf("%s: HEAD answers %v", path, head.Header)
		}
	}
}

func TestEncodings(t *testing.T) {
	h := newPublisher(t, options(lively())).Handler()
	plain := read(t, ask(h, "GET", atomPath))
	tags := map[string]string{}
	tests := []struct{ accept, want string }{
		{"", ""}, {"gzip", "gzip"}, {"x-gzip", "gzip"}, {"br", "br"}, {"zstd", "zstd"}, {"identity", ""}, {"compress", ""},
		{"gzip, deflate, br, zstd", "zstd"}, {"gzip, br", "br"}, {"GZIP", "gzip"}, {"*", "zstd"},
		{"gzip;q=1.0, br;q=0.9", "gzip"}, {"gzip;q=0", ""}, {"gzip; q=0.5 , identity", ""}, {"gzip;q=0.5, identity;q=0.5", "gzip"},
		{"*;q=0.1, br;q=0", "zstd"}, {"zstd;q=0, *", "br"}, {"identity;q=0, gzip;q=0.1", "gzip"}, {"gzip;q=2", ""}, {"gzip;q=x, br;q=0.1", "br"},
		{"identity;q=0", ""}, {"*;q=0", ""}, {",,;q=1,gzip", "gzip"}, {strings.Repeat("a,", 1000) + "gzip", ""},
	}
	for _, tt := range tests {
		var headers []string
		if tt.accept != "" {
			headers = []string{"Accept-Encoding", tt.accept}
		}
		r := ask(h, "GET", atomPath, headers...)
		got := r.Header.Get("Content-Encoding")
		if got != tt.want {
			t.Errorf("Accept-Encoding %.40q: %q, want %q", tt.accept, got, tt.want)
		}
		if body := unpack(t, got, read(t, r)); !bytes.Equal(body, plain) {
			t.Errorf("Accept-Encoding %.40q: other bytes", tt.accept)
		}
		tag := r.Header.Get("Etag")
		if other, ok := tags[tag]; ok && other != got {
			t.Errorf("%q and %q share the ETag %s", got, other, tag)
		}
		tags[tag] = got
	}
	if len(tags) != encodings {
		t.Errorf("%d ETags for %d encodings", len(tags), encodings)
	}
}

func unpack(t *testing.T, coding string, b []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	var err error
	switch coding {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "br":
		r = brotli.NewReader(r)
	case "zstd":
		var z *zstd.Decoder
		z, err = zstd.NewReader(r)
		r = z
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStatusOfEveryKindOfAddress(t *testing.T) {
	o := options(lively())
	o.Config.Site.URL = "https://example.org/news"
	h := newPublisher(t, o).Handler()
	tests := []struct {
		method, path string
		want         int
		header, is   string
	}{
		{"GET", "/topics/sea", 308, "Location", "/news/topics/sea/"},
		{"GET", "/sources", 308, "Location", "/news/sources/"},
		{"GET", "/stories/ferryferryferry2", 308, "Location", "/news/stories/ferryferryferry2/"},
		{"GET", "/articles/" + string(seedKey), 308, "Location", "/news/articles/" + string(seedKey) + "/"},
		{"GET", "/stories/mergedmergedmerg/", 301, "Location", "/news/stories/ferryferryferry2/"},
		{"GET", "/stories/mergedmergedmerg", 301, "Location", "/news/stories/ferryferryferry2/"},
		{"GET", "/stories/dropdropdropdrop/", 410, "X-Robots-Tag", "noindex"},
		{"GET", "/stories/hiddenhiddenhidd/", 404, "", ""},
		{"GET", "/stories/nosuchstory/", 404, "", ""},
		{"GET", "/stories/nosuchstory", 404, "", ""},
		{"GET", "/articles/nosuch/", 404, "", ""},
		{"GET", "/articles/" + string(seedKey) + "/", 200, "X-Robots-Tag", "noindex"},
		{"GET", "/topics/nosuch/", 404, "", ""},
		{"GET", "/topics/nosuch", 404, "", ""},
		{"GET", "/topics/sea/feed.xml", 404, "", ""},
		{"GET", "/topics/sea/archive/1.atom", 404, "", ""},
		{"GET", "/topics/sea/archive/01.atom", 404, "", ""},
		{"GET", "/topics/sea/archive/x", 404, "", ""},
		{"GET", "/nothing", 404, "", ""},
		{"GET", "/topics/../sources/", 404, "", ""},
		{"POST", atomPath, 405, "Allow", "GET, HEAD"},
		{"PUT", "/", 405, "Allow", "GET, HEAD"},
		{"DELETE", "/stories/ferryferryferry2/", 405, "Allow", "GET, HEAD"},
		{"OPTIONS", atomPath, 405, "Allow", "GET, HEAD"},
		{"POST", "/nothing", 404, "", ""},
		{"POST", "/api/refresh", 404, "", ""},
		{"POST", "/hub", 404, "", ""},
		{"GET", "/news" + atomPath, 200, "Content-Type", kindAtom},
		{"GET", "/favicon.ico", 200, "Content-Type", "image/x-icon"},
		{"GET", "/topics/sea/feed.atom?a=b", 200, "Content-Type", kindAtom},
		{"GET", "/healthz", 200, "Cache-Control", "no-store"},
		{"GET", "/readyz", 200, "Cache-Control", "no-store"},
	}
	for _, tt := range tests {
		r := ask(h, tt.method, tt.path)
		if r.StatusCode != tt.want || r.Header.Get(tt.header) != tt.is {
			t.Errorf("%s %s: %d %q, want %d %q", tt.method, tt.path, r.StatusCode, r.Header.Get(tt.header), tt.want, tt.is)
		}
	}
}

// A large feed takes a while to compress: whoever asks meanwhile gets the old bytes in the same encoding, if there are any.
func TestOldBytesAreServedWhileAnEncodingIsMade(t *testing.T) {
	f := lively()
	now := t0.Add(time.Hour)
	o := options(f)
	o.Now = func() time.Time { return now }
	p := newPublisher(t, o)
	h := p.Handler()
	gzipped := func(headers ...string) (int, string) {
		r := ask(h, "GET", atomPath, append(headers, "Accept-Encoding", "gzip")...)
		return r.StatusCode, r.Header.Get("Etag")
	}
	_, before := gzipped()
	plainBefore := ask(h, "GET", atomPath).Header.Get("Etag")
	now = now.Add(time.Minute)
	fair := f.stories["fairfairfairfair"]
	fair.Life.Changes[0].Headline = "Harvest fair opens"
	fair.Account.Headline = "Harvest fair opens"
	f.stories["fairfairfairfair"] = fair
	f.touch("sea", now)
	if err := p.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	plain := ask(h, "GET", atomPath).Header.Get("Etag")
	if plain == plainBefore {
		t.Fatal("nothing changed")
	}
	d := p.conf.Load().topics["sea"].files["feed.atom"].now.Load().document
	making := &d.forms[gz]
	making.mu.Lock()
	making.making.Store(true)
	if code, tag := gzipped(); code != 200 || tag != before {
		t.Errorf("while it is made: %d %s, want 200 %s", code, tag, before)
	}
	if code, _ := gzipped("If-None-Match", before); code != 304 {
		t.Errorf("while it is made, to who has the old bytes: %d", code)
	}
	if code, _ := gzipped("If-None-Match", making.etag); code != 304 {
		t.Errorf("while it is made, to who has the new bytes: %d", code)
	}
	if got := ask(h, "GET", atomPath, "Accept-Encoding", "br").Header.Get("Etag"); got != d.forms[br].etag {
		t.Errorf("an encoding that nobody had: %s, want %s", got, d.forms[br].etag)
	}
	making.making.Store(false)
	making.mu.Unlock()
	if code, tag := gzipped(); code != 200 || tag != making.etag {
		t.Errorf("afterwards: %d %s, want 200 %s", code, tag, making.etag)
	}
	if d.before.Load() != nil {
		t.Error("the old bytes are kept though nobody needs them")
	}
}
