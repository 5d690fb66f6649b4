package evilfeed

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// size are bodies and headers that are too large, too slow, cut, or framed wrongly.
func (sv *Server) size() (cs []Case) {
	add := adder(&cs, "Size and time")
	add("/bomb/gzip", "gzip body of about 0.1% of its expanded size (-bomb-mib)", "stop at the decompressed-size limit; error names the limit; feed keeps its old items; memory stays flat", sv.encoded("gzip", func() []byte { return gz(sv.bombPlain) }))
	add("/bomb/gzip-layered", "gzip inside gzip, `Content-Encoding: gzip, gzip`", "decode at most one layer or refuse; never expand both without a limit", sv.encoded("gzip, gzip", func() []byte { return gz(func(w io.Writer) { _, _ = w.Write(gz(sv.bombPlain)) }) }))
	add("/bomb/deflate", "raw deflate bomb", "as /bomb/gzip, or refuse an encoding that was not asked for", sv.encoded("deflate", func() []byte {
		var b bytes.Buffer
		fw, _ := flate.NewWriter(&b, 6)
		sv.bombPlain(fw)
		_ = fw.Close()
		return b.Bytes()
	}))
	add("/bomb/br", "557 bytes of brotli that become 256 MiB", "as /bomb/gzip", sv.encoded("br", func() []byte { d, _ := base64.StdEncoding.DecodeString(brBomb); return d }))
	add("/bomb/zstd", "zstd RLE blocks, 4 bytes to 128 KiB", "as /bomb/gzip", sv.encoded("zstd", sv.zstdBomb))
	add("/body/endless", "a valid feed that never ends", "stop at the size limit", func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, strings.TrimSuffix(sv.rss("endless"), "</channel></rss>\n"))
		end := time.Now().Add(sv.o.MaxHold)
		for i := 0; time.Now().Before(end); i++ {
			if _, err := io.WriteString(w, item(fmt.Sprint("e", i), fmt.Sprint("endless ", i), fmt.Sprintf("http://%s/a/%d", sv.Addr, i), strings.Repeat("y ", 500), "")); err != nil {
				return
			}
		}
	})
	add("/body/endless-header", "response headers that never end", "stop at the header limit", sv.raw(func(c net.Conn, _ *http.Request) {
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\n")
		for i := 0; ; i++ {
			if _, err := fmt.Fprintf(c, "X-%d: %s\r\n", i, strings.Repeat("h", 1000)); err != nil {
				return
			}
		}
	}))
	add("/body/endless-1xx", "103 Early Hints for ever, no final response", "give up", sv.raw(func(c net.Conn, _ *http.Request) {
		for {
			if _, err := fmt.Fprint(c, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"); err != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}))
	add("/body/slow", "a good feed at one byte per -drip", "give up at the total deadline (an idle timeout alone never fires); other feeds are not held up", func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		done, cancel := sv.held(q)
		defer cancel()
		for _, b := range []byte(sv.good("slow", 20)) {
			if _, err := w.Write([]byte{b}); err != nil {
				return
			}
			flush(w)
			select {
			case <-done.Done():
				return
			case <-time.After(sv.o.Drip):
			}
		}
	})
	add("/body/slow-header", "one header byte per -drip", "give up at the header or total deadline", sv.raw(func(c net.Conn, _ *http.Request) {
		for _, b := range []byte("HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nX-Long: " + strings.Repeat("z", 4000) + "\r\n\r\n") {
			if _, err := c.Write([]byte{b}); err != nil {
				return
			}
			time.Sleep(sv.o.Drip)
		}
	}))
	add("/body/stall", "half a feed, then silence with the connection open", "give up; keep nothing of the half feed or keep it only as a reported partial; old items stay", func(w http.ResponseWriter, q *http.Request) {
		s := sv.good("stall", 20)
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, s[:len(s)/2])
		flush(w)
		done, cancel := sv.held(q)
		defer cancel()
		<-done.Done()
	})
	add("/body/empty", "200 with no body", "an error, never \"0 items, all gone\"", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "application/rss+xml") })
	add("/body/truncated", "XML cut inside the 3rd item, clean end of the response", "an error or 2 items marked partial; nothing deleted", fixed(func() string { s := sv.good("trunc", 6); return s[:strings.Index(s, "trunc-2</guid>")+4] }))
	add("/body/cl-too-long", "Content-Length 100000 more than the body", "unexpected EOF is an error; do not store an ETag for it", sv.raw(func(c net.Conn, _ *http.Request) {
		s := sv.good("cl", 2)
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: \"cl-long\"\r\nContent-Length: %d\r\n\r\n%s", len(s)+100000, s)
	}))
	add("/body/cl-too-short", "Content-Length less than the body, the rest looks like a second response", "parse error for the cut feed; the extra bytes are never read as the answer to another request", sv.raw(func(c net.Conn, _ *http.Request) {
		s := sv.good("cls", 2)
		ev := sv.rss("SMUGGLED", item("smug", "SMUGGLED", "http://x/", "SMUGGLED", ""))
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n%sHTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n%s", len(s)-10, s[:len(s)-10], len(ev), ev)
		time.Sleep(200 * time.Millisecond)
	}))
	add("/body/chunk-abort", "chunked body cut without the last chunk", "an error; no ETag stored", sv.raw(func(c net.Conn, _ *http.Request) {
		s := sv.good("ca", 5)
		s = s[:len(s)/2]
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: \"ca\"\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(s), s)
	}))
	add("/body/bad-chunk", "chunk size line with garbage", "an error", sv.raw(func(c net.Conn, _ *http.Request) {
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nTransfer-Encoding: chunked\r\n\r\nZZ;x\r\n<rss/>\r\n0\r\n\r\n")
	}))
	add("/body/cl-and-te", "both Content-Length and Transfer-Encoding", "follow Transfer-Encoding or refuse; never mix", sv.raw(func(c net.Conn, _ *http.Request) {
		s := sv.good("clte", 1)
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(s), s)
	}))
	add("/body/fake-gzip", "`Content-Encoding: gzip` on plain text", "a decode error, or a reported recovery", sv.encoded("gzip", func() []byte { return []byte(sv.good("fg", 2)) }))
	add("/body/unasked-gzip", "gzip whether asked for or not, header present", "2 items (RFC 9110 lets a client refuse, but real servers do this)", sv.encoded("gzip", func() []byte { return gz(func(w io.Writer) { _, _ = io.WriteString(w, sv.good("ug", 2)) }) }))
	add("/body/hidden-gzip", "gzip bytes without a Content-Encoding header", "an error, or detect the magic under the same size limit", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = w.Write(gz(func(w io.Writer) { _, _ = io.WriteString(w, sv.good("hg", 2)) }))
	})
	add("/body/unknown-encoding", "`Content-Encoding: rot13`", "an error that names it", sv.encoded("rot13", func() []byte { return []byte("<ebff/>") }))
	add("/body/html", "an HTML error page with status 200", "\"not a feed\"; old items stay; the feed is not marked gone", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>Sign in</title><h1>Hotel Wi-Fi</h1><script>alert(1)</script>")
	})
	add("/body/html-alternate", "an HTML page whose rel=alternate points at itself, at file:// and at the canary", "discovery only when the user asks, bounded depth, same address rules as a fetch", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, sv.withCanary(`<!doctype html><link rel=alternate type="application/rss+xml" href="/body/html-alternate"><link rel=alternate type="application/rss+xml" href="file:///etc/passwd"><link rel=alternate type="application/rss+xml" href="http://CANARY/"><link rel=icon href="http://CANARY/favicon.ico">`))
	})
	add("/body/binary", "a PNG header and noise as application/rss+xml", "\"not a feed\"", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = w.Write(append([]byte("\x89PNG\r\n\x1a\n\x00\x1b[2J"), bytes.Repeat([]byte{0, 255, 7, 27, 155}, 500)...))
	})
	add("/body/wrong-type", "a good feed sent as image/png", "2 items: sniff, do not trust the type", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = io.WriteString(w, sv.good("wt", 2))
	})
	return cs
}
