package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// A one-off refresh in which nothing changed ends before its garbage matters, and waits for hosts most of the time: it goes
// without the collector until the process has taken idleLimit, and on one processor, because threads that wake each other
// would be a fifth of what it costs. One that brings something has enough to do for all processors, and has to stay small: its
// heap is collected when it has grown by a leeway and a part of what is alive. (The runtime's own pace, a part of what is alive,
// is too often while little is and too late while much is.)
const (
	idleLimit            = 64 << 20
	busyLeeway, busyPace = 16 << 20, 25
	// While a large feed is taken apart, the heap keeps closer.
	closeLeeway = 2 << 20
)

// unhurried is the pace of a one-off refresh. Its methods are safe for concurrent use.
type unhurried struct {
	// came says that something did, or that there is something to group; done ends the pace.
	came, done func()

	mu          sync.Mutex
	busy, ended bool
	closer      int // how many large feeds are taken apart
	percent     int // that is set
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
	hurry := sync.OnceFunc(func() {
		runtime.GOMAXPROCS(processors)
		debug.SetMemoryLimit(limit)
	})
	u.ended = false
	u.came = sync.OnceFunc(func() {
		u.change(func() { u.busy = true })
		u.watch()
		hurry()
	})
	u.done = func() {
		hurry()
		u.change(func() { u.ended = true })
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
	alive := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(alive)
	leeway, pace := busyLeeway, busyPace
	if u.closer > 0 {
		leeway, pace = closeLeeway, closePace
	}
	percent := pace + int(100*uint64(leeway)/max(alive[0].Value.Uint64(), uint64(leeway)/4))
	if d := percent - u.percent; d > 2 || d < -2 {
		debug.SetGCPercent(percent)
		u.percent = percent
	}
	return true
}
