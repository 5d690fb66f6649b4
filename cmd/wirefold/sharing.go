package main

import (
	"os"
	"runtime"
	"sync"
	"time"
)

// sharing is how many threads a server works with. Answers need few: threads that wake each other cost more than they bring, and the system's own work for the
// network needs processors, too. With half of the processors the server gives more answers, and each takes less CPU. While it also refreshes, renders,
// compresses or reloads there are twice as many threads as processors: Go lets whoever works go on for 10 ms before it looks at who waits, the system gives a thread that
// wakes up its turn at once.
type sharing struct {
	few, all int
	set      func(threads int)

	mu   sync.Mutex
	at   int  // how much works
	many bool // all are set
	turn int  // counts what began, to know whether something did since
}

// calmAfter is how long nothing must work before there are few threads again: the work of a refresh comes in pieces, and each change stops the world for a moment.
const calmAfter = time.Second

// shareProcessors begins with few threads. work is called before what takes long, done after it. GOMAXPROCS has the last word: then work is nil.
func shareProcessors() (work func() (done func())) {
	if os.Getenv("GOMAXPROCS") != "" {
		return nil
	}
	n := runtime.GOMAXPROCS(0)
	s := &sharing{few: max(1, n/2), all: 2 * n, set: func(threads int) { runtime.GOMAXPROCS(threads) }}
	s.set(s.few)
	return s.work
}

func (s *sharing) work() (done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at++
	s.turn++
	if !s.many {
		s.many = true
		s.set(s.all)
	}
	return sync.OnceFunc(s.done)
}

func (s *sharing) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at--; s.at > 0 {
		return
	}
	turn := s.turn
	time.AfterFunc(calmAfter, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.turn == turn {
			s.many = false
			s.set(s.few)
		}
	})
}
