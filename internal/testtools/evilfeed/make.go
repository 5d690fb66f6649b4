package evilfeed

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf16"
)

const hdr = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// adder gives the function that adds a case of a class to a list.
func adder(list *[]Case, class string) func(path, does, must string, serve http.HandlerFunc) {
	return func(path, does, must string, serve http.HandlerFunc) {
		*list = append(*list, Case{path, class, does, must, serve})
	}
}

// x escapes text for XML.
func x(s string) string { return html.EscapeString(s) }

func item(guid, title, link, desc, date string) string {
	if date == "" {
		date = "Mon, 02 Mar 2026 10:00:00 GMT"
	}
	return fmt.Sprintf("<item><guid isPermaLink=\"false\">%s</guid><title>%s</title><link>%s</link><description>%s</description><pubDate>%s</pubDate></item>\n", x(guid), x(title), x(link), x(desc), x(date))
}

func (sv *Server) rss(title string, items ...string) string {
	return hdr + `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>` + x(title) + `</title><link>http://` + sv.Addr + `/</link><description>evilfeed</description>` + "\n" + strings.Join(items, "") + `</channel></rss>` + "\n"
}

// good is a faultless feed of n items.
func (sv *Server) good(tag string, n int) string {
	return sv.rss("good "+tag, seq(n, func(i int) string {
		return item(fmt.Sprintf("%s-%d", tag, i), fmt.Sprintf("Good item %s %d", tag, i), fmt.Sprintf("http://%s/article/%s/%d", sv.Addr, tag, i), "plain text", "")
	})...)
}

func seq(n int, f func(i int) string) []string {
	out := make([]string, n)
	for i := range n {
		out[i] = f(i)
	}
	return out
}

// The handlers drop the errors of writing: a client that has gone away is what most of them are for.

func xmlBody(f func(q *http.Request) string) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		_, _ = io.WriteString(w, f(q))
	}
}

func fixed(s func() string) http.HandlerFunc {
	return xmlBody(func(*http.Request) string { return s() })
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }

// raw takes over the connection.
func (sv *Server) raw(f func(c net.Conn, q *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(sv.o.MaxHold))
		f(c, q)
	}
}

func status(code int, kv ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(kv); i += 2 {
			w.Header().Set(kv[i], kv[i+1])
		}
		w.WriteHeader(code)
		_, _ = fmt.Fprintf(w, "status %d\n", code)
	}
}

// redirect writes the Location as it is, without cleaning it.
func redirect(code int, loc func(q *http.Request) string) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		w.Header()["Location"] = []string{loc(q)}
		w.WriteHeader(code)
	}
}

// encoded serves a body with a Content-Encoding. The body is made at the first request.
func (sv *Server) encoded(enc string, data func() []byte) http.HandlerFunc {
	once := sync.OnceValue(data)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		w.Header().Set("Content-Encoding", enc)
		d := once()
		w.Header().Set("Content-Length", fmt.Sprint(len(d)))
		_, _ = w.Write(d)
	}
}

func (sv *Server) withCanary(s string) string { return strings.ReplaceAll(s, "CANARY", sv.CanaryAddr) }

func (sv *Server) bombPlain(w io.Writer) {
	_, _ = io.WriteString(w, hdr+`<rss version="2.0"><channel><title>bomb</title><link>http://127.0.0.1/</link><description>d</description><item><title>`)
	z := bytes.Repeat([]byte("A"), 1<<20)
	for range sv.o.BombMiB {
		if _, err := w.Write(z); err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, `</title></item></channel></rss>`)
}

func gz(f func(io.Writer)) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	f(w)
	_ = w.Close() // a bytes.Buffer does not fail
	return b.Bytes()
}

// zstdBomb writes a zstd frame of RLE blocks by hand: four bytes become 128 KiB.
func (sv *Server) zstdBomb() []byte {
	var b bytes.Buffer
	pre := []byte(hdr + `<rss version="2.0"><channel><title>zstd bomb</title><item><title>`)
	post := []byte(`</title></item></channel></rss>`)
	b.Write([]byte{0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38}) // magic, descriptor 0, window 128 KiB
	blk := func(typ, size int, last bool) {
		v := uint32(size)<<3 | uint32(typ)<<1
		if last {
			v |= 1
		}
		var t [4]byte
		binary.LittleEndian.PutUint32(t[:], v)
		b.Write(t[:3])
	}
	blk(0, len(pre), false)
	b.Write(pre)
	for range sv.o.BombMiB * 8 {
		blk(1, 128<<10, false)
		b.WriteByte('A')
	}
	blk(0, len(post), true)
	b.Write(post)
	return b.Bytes()
}

// u16 encodes text as UTF-16.
func u16(s string, be, bom bool) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	if be {
		order = binary.BigEndian
	}
	units := utf16.Encode([]rune(s))
	if bom {
		units = append([]uint16{0xFEFF}, units...)
	}
	out := make([]byte, 2*len(units))
	for i, u := range units {
		order.PutUint16(out[2*i:], u)
	}
	return out
}

func deepXML(n int) string {
	return hdr + `<rss version="2.0"><channel><title>deep</title><item><title>deep</title><guid>deep-1</guid><x>` + strings.Repeat("<a>", n) + "x" + strings.Repeat("</a>", n) + `</x></item></channel></rss>`
}
