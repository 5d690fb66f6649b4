package publish

import (
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// guard bounds the open connections of a server. When there are too many, one of those that wait (for their first request,
// or for the next) is closed: the one that has waited longest. A crowd of slow clients so cuts itself off, and never keeps a
// good one out.
type guard struct {
	max   int
	turns atomic.Int64 // counts how often a connection began to wait

	mu   sync.Mutex
	open []*conn
}

// place is where a connection stands among those that wait. It moves without a lock: requests are many, and a crowd is rare,
// so whoever comes when there are too many looks at them all.
type place struct {
	since atomic.Int64 // the turn at which it began to wait; 0 while a request is under way
	at    int          // its index among the open ones; -1 = it is not
}

func newGuard(most int) *guard { return &guard{max: most} }

// state is an http.Server's ConnState hook, and a lane's.
func (g *guard) state(nc net.Conn, s http.ConnState) {
	c, ok := nc.(*conn)
	if !ok {
		return
	}
	switch s {
	case http.StateActive:
		c.place.since.Store(0)
	case http.StateIdle:
		c.place.since.Store(g.turns.Add(1))
	case http.StateNew:
		c.place.since.Store(g.turns.Add(1))
		if c.handed {
			return // it is in already
		}
		if victim := g.enter(c); victim != nil {
			// The server notices by itself that the connection is gone.
			victim.Close() //nolint:errcheck
		}
	default:
		g.mu.Lock()
		defer g.mu.Unlock()
		g.leave(c)
	}
}

// enter takes a connection in, and answers with the one that has to go for it; nil = there is room, or all others work.
func (g *guard) enter(c *conn) (victim *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.open) >= g.max {
		longest := c.place.since.Load()
		for _, o := range g.open {
			if since := o.place.since.Load(); since != 0 && since < longest {
				victim, longest = o, since
			}
		}
	}
	if victim != nil {
		g.leave(victim)
	}
	c.place.at = len(g.open)
	g.open = append(g.open, c)
	return victim
}

// closeAll closes the connections that it is told to.
func (g *guard) closeAll(which func(*conn) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.open {
		if which(c) {
			// Whoever serves it notices by itself that it is gone.
			c.Close() //nolint:errcheck
		}
	}
}

// leave forgets a connection; the last one takes its index.
func (g *guard) leave(c *conn) {
	i := c.place.at
	if i < 0 {
		return
	}
	last := len(g.open) - 1
	g.open[i] = g.open[last]
	g.open[i].place.at = i
	g.open[last] = nil
	g.open = g.open[:last]
	c.place.at = -1
}
