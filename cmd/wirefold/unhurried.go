package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// A one-off refresh in which nothing changed ends before its garbage matters, and waits for hosts most of the time: it goes
// without the collector until the process has taken idleLimit, and on one processor, because threads that wake each other
// would be a fifth of what it costs. One that brings something has enough to do for all processors, and has to stay small: it is
// collected when it has taken busyLimit, however little of that is alive, or leastLeeway more than what is alive. (The runtime's own
// pace, a part of what is alive, is too often while little is and too late while much is.)
const (
	idleLimit   = 56 << 20
	busyLimit   = 48 << 20
	leastLeeway = 6 << 20
	// While a large feed is taken apart, the heap keeps closer.
	closeLeeway = 2 << 20
)

// unhurried is the pace of a one-off refresh. Its methods are safe for concurrent use.
type unhurried struct {
	// came says that something did, or that there is something to group; done ends the pace.
	came, done func()

	mu          sync.Mutex
	busy, ended bool
	closer      int   // how many large feeds are taken apart
	limit       int64 // that is set, and
	percent     int
}

// beUnhurried begins the pace. Whoever has set one of the runtime's own variables has the last word.
func beUnhurried(getenv func(string) string) *unhurried {
	u := &unhurried{came: func() {}, done: func() {}, ended: true}
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return u
	}
	percent := debug.SetGCPercent(-1)
	if percent < 0 {
		return u // another refresh in this process, which then sets it back
	}
	limit := debug.SetMemoryLimit(idleLimit)
	processors := runtime.GOMAXPROCS(0)
	if getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
	hurry := sync.OnceFunc(func() { runtime.GOMAXPROCS(processors) })
	u.ended, u.percent = false, -1
	u.came = sync.OnceFunc(func() {
		u.change(func() { u.busy = true })
		u.watch()
		hurry()
	})
	u.done = func() {
		hurry()
		u.change(func() { u.ended = true })
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(percent)
	}
	return u
}

// careful is what fetch calls when a large feed is about to be taken apart. What is dead goes back to the system first: such a
// feed takes more than all the rest.
func (u *unhurried) careful() (done func()) {
	u.came()
	u.change(func() { u.closer++ })
	debug.FreeOSMemory()
	return func() { u.change(func() { u.closer-- }) }
}

// watch sets the pace anew after each collection, until the end.
func (u *unhurried) watch() {
	type collected struct{ _ *unhurried } // of its own, not a part of a block of small values
	runtime.AddCleanup(&collected{}, func(u *unhurried) {
		if u.change(func() {}) {
			u.watch()
		}
	}, u)
}

// change sets the pace by what has changed, and reports whether there is one still.
func (u *unhurried) change(what func()) (goesOn bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	what()
	if u.ended || !u.busy {
		return !u.ended
	}
	m := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/objects:bytes"},
	}
	metrics.Read(m)
	bytes := func(i int) int64 { return int64(m[i].Value.Uint64()) }
	live, beside := bytes(0), bytes(1)-bytes(2)-bytes(3)-bytes(4) // stacks, the runtime's own, gaps
	limit, percent := max(busyLimit, live+beside+leastLeeway), -1
	if u.closer > 0 {
		percent = closePace + int(100*closeLeeway/max(live, closeLeeway/4))
	}
	if d := percent - u.percent; d > 2 || d < -2 { // each time stops the world
		debug.SetGCPercent(percent)
		u.percent = percent
	}
	if d := limit - u.limit; d > 1<<20 || d < -1<<20 {
		debug.SetMemoryLimit(limit)
		u.limit = limit
	}
	return true
}
