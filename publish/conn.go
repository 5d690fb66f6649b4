package publish

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"sync/atomic"
	"time"
)

// conn is one client's connection: first in a lane of ours, later perhaps in net/http.
type conn struct {
	net.Conn
	direct *direct      // nil: none
	from   netip.Prefix // which bucket its requests are taken from
	opened time.Time
	place  place

	lane             atomic.Pointer[lane] // nil: net/http has it
	reading, writing deadline             // of the lane
	pieces           [2][]byte            // what send writes at once

	handed bool   // net/http has it, and is about to say that it is new
	rest   []byte // what the lane has read and net/http has to answer
}

func newConn(c net.Conn) *conn {
	out := &conn{Conn: c, from: bucket(c.RemoteAddr()), opened: time.Now(), place: place{at: -1}}
	out.reading.arm, out.writing.arm = c.SetReadDeadline, c.SetWriteDeadline
	out.direct = newDirect(c)
	return out
}

// expect tells the connection of a request which answer follows, and reports whether it wants to know: it adds the header
// fields.
func expect(r *http.Request, next reply) bool {
	c, ok := r.Context().Value(connKey{}).(*conn)
	if !ok {
		return false
	}
	l := c.lane.Load()
	if l == nil {
		return false
	}
	l.answer.next = next
	return true
}

// readUntil is Read with a deadline.
func (c *conn) readUntil(b []byte, until time.Time) (int, error) {
	if err := c.reading.begin(until); err != nil {
		return 0, err
	}
	if c.direct != nil {
		return c.direct.Read(b)
	}
	return c.Conn.Read(b)
}

// Read is net/http's.
func (c *conn) Read(b []byte) (int, error) {
	if len(c.rest) > 0 {
		n := copy(b, c.rest)
		c.rest = c.rest[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}

// send writes an answer, head and body in one piece: one system call, and a client that wakes up once. A long body that is asked
// for often goes out from a file, which spares the copy.
func (c *conn) send(a *answer, until time.Time) error {
	if err := c.writing.begin(until); err != nil {
		return err
	}
	body := a.body
	if a.whole {
		body = a.next.body.body
	}
	head := a.head.Bytes()
	if a.isHead {
		body = nil
	}
	if c.direct != nil {
		var f *os.File
		if a.whole && len(body) >= longBody {
			f = a.next.body.often()
		}
		return c.direct.send(head, body, f)
	}
	c.pieces = [2][]byte{head, body}
	pieces := net.Buffers(c.pieces[:])
	_, err := pieces.WriteTo(c.Conn)
	return err
}

// longBody is from which length on a file is faster than a copy.
const longBody = 32 << 10

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
