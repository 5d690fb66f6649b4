package publish

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
)

// listener hands out connections that can send the head of an answer together with its body.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	out := &conn{Conn: c, from: bucket(c.RemoteAddr())}
	if s, ok := c.(syscall.Conn); ok {
		if out.raw, err = s.SyscallConn(); err != nil {
			out.raw = nil
		}
	}
	return out, nil
}

// conn is one client's connection. net/http writes an answer in two pieces, a first buffer of 4 KiB with the head and the
// rest: two system calls, and a client that wakes up twice. The first is held and goes out together with the second. A body
// that is asked for often goes out from a file, which spares the copy.
type conn struct {
	net.Conn
	raw  syscall.RawConn // nil: none
	from netip.Prefix    // which bucket its requests are taken from
	body *wire           // what the next pieces are of; nil: something else
	held []byte
}

// firstPiece is more than net/http buffers: a longer answer surely comes in two pieces or more.
const firstPiece = 8 << 10

// expect tells the connection of a request which body follows.
func expect(r *http.Request, w *wire) {
	if c, ok := r.Context().Value(connKey{}).(*conn); ok && len(w.body) >= firstPiece {
		c.body = w
	}
}

func (c *conn) Write(b []byte) (int, error) {
	w := c.body
	switch {
	case w == nil:
		return c.Conn.Write(b)
	case len(c.held) == 0:
		c.held = append(c.held[:0], b...)
		return len(b), nil
	}
	held := c.held
	c.body, c.held = nil, c.held[:0]
	if f := w.often(); f != nil && c.raw != nil && w.endsWith(b) {
		n, err := sendFile(c.raw, held, f, int64(len(w.body)-len(b)), int64(len(b)))
		return int(n), err
	}
	pieces := net.Buffers{held, b}
	n, err := pieces.WriteTo(c.Conn)
	return int(max(0, n-int64(len(held)))), err
}

// endsWith reports whether b is the end of the body itself, not of a copy.
func (w *wire) endsWith(b []byte) bool {
	return len(b) > 0 && len(b) <= len(w.body) && &b[0] == &w.body[len(w.body)-len(b)]
}

// oftenAsked is after how many requests a body is put into a file.
const oftenAsked = 64

// often is the file of a body that is asked for often; nil when it is not, or when there can be none.
func (w *wire) often() *os.File {
	n := w.asked.Add(1)
	if n == oftenAsked && runtime.GOOS == "linux" {
		w.file.Store(fileOf(w.body))
	}
	return w.file.Load()
}

// fileOf is a file without a name that holds body; nil when the system does not let us. It is closed when nobody needs it.
func fileOf(body []byte) *os.File {
	f, err := os.CreateTemp("", "wirefold-*")
	if err != nil {
		return nil
	}
	_, err = f.Write(body)
	if gone := os.Remove(f.Name()); err != nil || gone != nil {
		f.Close() //nolint:errcheck // nothing is lost with it
		return nil
	}
	return f
}

// asking counts the requests for a body, and holds its file.
type asking struct {
	asked atomic.Int64
	file  atomic.Pointer[os.File]
}

type connKey struct{}

// withConn lets requests find their connection: its bucket is known since it opened, so that none has to parse an
// address.
func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

func limitedAddress(r *http.Request) netip.Prefix {
	if c, ok := r.Context().Value(connKey{}).(*conn); ok {
		return c.from
	}
	return netip.Prefix{}
}
