package publish

import (
	"context"
	"net/http"
	"runtime/debug"
	"time"
)

// lane answers the plain requests of one connection, one after the other, in one goroutine.
type lane struct {
	f        *front
	c        *conn
	buf      []byte // what was read and not answered yet is buf[at:have]
	at       int
	have     int
	answered bool // something was
	head     requestHead
	answer   answer
}

// laneBuffer is as much of a request as is read before net/http has to deal with it. Heads of readers have 200 to 800 bytes.
const laneBuffer = 4 << 10

func newLane(f *front, c *conn) *lane {
	l := &lane{f: f, c: c, buf: make([]byte, laneBuffer)}
	l.head.from(context.WithValue(context.Background(), connKey{}, c), c.RemoteAddr().String())
	l.answer.header = http.Header{}
	c.lane.Store(l)
	return l
}

// run serves the connection until it ends or is handed over. A handler that panics ends its connection, as it does in net/http.
func (l *lane) run() {
	defer func() {
		if p := recover(); p != nil {
			l.end()
			if p != http.ErrAbortHandler { //nolint:errorlint // it is that value, never wrapped
				l.f.log.Error("a request broke off", "panic", p, "stack", string(debug.Stack()))
			}
		}
	}()
	if l.serve() {
		l.handOver()
	} else {
		l.end()
	}
}

// serve answers what is plain; true = the rest is for net/http.
func (l *lane) serve() (other bool) {
	c := l.c
	until := c.opened.Add(readHeaderTimeout)
	for {
		n, v := l.head.read(l.buf[l.at:l.have])
		switch v {
		case otherRequest:
			return true
		case unfinishedRequest:
			begins := l.at == l.have
			if !l.fill(until) {
				// A head that does not fit is one for net/http.
				return l.have == len(l.buf)
			}
			if begins && l.answered {
				until = time.Now().Add(readHeaderTimeout)
			}
			continue
		}
		c.place.since.Store(0)
		l.at += n
		now, err := l.reply()
		l.answered = true
		c.place.since.Store(l.f.guard.turns.Add(1))
		if err != nil || l.f.draining.Load() {
			return false
		}
		until = now.Add(idleTimeout)
		if l.at < l.have {
			until = now.Add(readHeaderTimeout)
		}
	}
}

// fill reads more of a request; false = there is no more, or no room for it.
func (l *lane) fill(until time.Time) bool {
	l.have = copy(l.buf, l.buf[l.at:l.have])
	l.at = 0
	if l.have == len(l.buf) {
		return false
	}
	n, err := l.c.readUntil(l.buf[l.have:], until)
	l.have += n
	return n > 0 || err == nil
}

// reply lets the handler answer, sends that, and says when.
func (l *lane) reply() (time.Time, error) {
	a := &l.answer
	a.reset(l.head.request.Method)
	l.f.handler.ServeHTTP(a, &l.head.request)
	now := time.Now()
	if err := a.finish(l.f.dateAt(now)); err != nil {
		return now, err
	}
	return now, l.c.send(a, now.Add(writeTimeout))
}

// handOver gives the connection to net/http, with what was read of it.
func (l *lane) handOver() {
	l.c.rest = append([]byte(nil), l.buf[l.at:l.have]...)
	l.c.lane.Store(nil)
	l.c.handed = true
	if err := l.c.SetDeadline(time.Time{}); err != nil {
		l.end()
		return
	}
	select {
	case l.f.handed <- l.c:
	case <-l.f.done:
		l.end()
	}
}

func (l *lane) end() {
	l.f.guard.state(l.c, http.StateClosed)
	l.c.Close() //nolint:errcheck // nothing is left to be lost
}
