package publish

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// guard bounds the open connections of a server. Connections that wait (for their first request, or for the next) stand
// in a line; when there are too many, the head of the line is closed. A crowd of slow clients so cuts itself off, and
// never keeps a good one out.
type guard struct {
	max int

	mu      sync.Mutex
	open    map[net.Conn]*list.Element // nil while a request is under way
	waiting *list.List                 // longest waiting first
}

func newGuard(most int) *guard {
	return &guard{max: most, open: map[net.Conn]*list.Element{}, waiting: list.New()}
}

// state is an http.Server's ConnState hook.
func (g *guard) state(c net.Conn, s http.ConnState) {
	if victim := g.move(c, s); victim != nil {
		// The server notices by itself that the connection is gone.
		victim.Close() //nolint:errcheck
	}
}

func (g *guard) move(c net.Conn, s http.ConnState) (victim net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if el := g.open[c]; el != nil {
		g.waiting.Remove(el)
	}
	switch s {
	case http.StateNew, http.StateIdle:
		g.open[c] = g.waiting.PushBack(c)
	case http.StateActive:
		g.open[c] = nil
	default:
		delete(g.open, c)
	}
	if s != http.StateNew || len(g.open) <= g.max || g.waiting.Len() < 2 {
		return nil
	}
	front := g.waiting.Front()
	victim = front.Value.(net.Conn)
	g.waiting.Remove(front)
	delete(g.open, victim)
	return victim
}
