package publish

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// listener hands out connections that can send the head of an answer together with its body.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newConn(c), nil
}

// conn is one client's connection. net/http makes an answer from a map of header fields and writes it in two pieces, a first
// buffer of 4 KiB with the head and the rest. Here the fields of a finished document go in as finished bytes, and the first
// piece waits for the second: one system call, and a client that wakes up once. A body that is asked for often goes out from a
// file, which spares the copy.
type conn struct {
	net.Conn
	raw    syscall.RawConn // nil: none
	from   netip.Prefix    // which bucket its requests are taken from
	opened time.Time
	place  place

	reading, writing deadline

	next reply // what the next pieces are of; nothing: something else
	held []byte
}

// reply is an answer from finished bytes: header fields, as lines, and the body that follows; nil = none does.
type reply struct {
	lines []byte
	body  *wire
}

func newConn(c net.Conn) *conn {
	out := &conn{Conn: c, from: bucket(c.RemoteAddr()), opened: time.Now(), place: place{at: -1}}
	out.reading.arm, out.writing.arm = c.SetReadDeadline, c.SetWriteDeadline
	if s, ok := c.(syscall.Conn); ok {
		if raw, err := s.SyscallConn(); err == nil {
			out.raw = raw
		}
	}
	return out
}

// firstPiece is more than net/http buffers: a longer answer surely comes in two pieces or more.
const firstPiece = 8 << 10

// expect tells the connection of a request which answer follows, and reports whether there is such a connection: it adds the
// header fields.
func expect(r *http.Request, next reply) bool {
	c, ok := r.Context().Value(connKey{}).(*conn)
	if ok {
		c.next = next
	}
	return ok
}

func (c *conn) Write(b []byte) (int, error) {
	if err := c.writing.begin(); err != nil {
		return 0, err
	}
	defer c.writing.end()
	switch {
	case c.next.lines != nil:
		return c.writeFirst(b)
	case len(c.held) > 0:
		return c.writeRest(b)
	}
	return c.Conn.Write(b)
}

// writeFirst puts the header fields behind the status line. What a body follows on is held until it comes.
func (c *conn) writeFirst(b []byte) (int, error) {
	line := bytes.IndexByte(b, '\n') + 1
	head := append(c.held[:0], b[:line]...)
	head = append(head, c.next.lines...)
	head = append(head, b[line:]...)
	c.next.lines = nil
	if c.next.body != nil && len(c.next.body.body) >= firstPiece {
		c.held = head
		return len(b), nil
	}
	c.held, c.next = head[:0], reply{}
	_, err := c.Conn.Write(head)
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

// writeRest writes what was held and the rest of a body.
func (c *conn) writeRest(b []byte) (int, error) {
	w, held := c.next.body, c.held
	c.next, c.held = reply{}, c.held[:0]
	if f := w.often(); f != nil && c.raw != nil && w.endsWith(b) {
		n, err := sendFile(c.raw, held, f, int64(len(w.body)-len(b)), int64(len(b)))
		return int(n), err
	}
	pieces := net.Buffers{held, b}
	n, err := pieces.WriteTo(c.Conn)
	return int(max(0, n-int64(len(held)))), err
}

// Read reads. While a request is answered, net/http reads one byte in another goroutine, to learn whether the client goes away,
// and calls that off when the answer is there: for answers from finished bytes that costs more than it could save. It asks for
// that byte without a deadline, which it never does for a request; then nothing came.
func (c *conn) Read(b []byte) (int, error) {
	switch want := c.reading.wanted(); {
	case len(b) == 1 && want.IsZero():
		return 0, nil
	case !want.IsZero() && want.Before(c.opened):
		return 0, os.ErrDeadlineExceeded
	}
	if err := c.reading.begin(); err != nil {
		return 0, err
	}
	defer c.reading.end()
	return c.Conn.Read(b)
}

func (c *conn) SetReadDeadline(t time.Time) error  { return c.reading.set(t) }
func (c *conn) SetWriteDeadline(t time.Time) error { return c.writing.set(t) }

func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.reading.set(t), c.writing.set(t))
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
