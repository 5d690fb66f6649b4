package main

import (
	"runtime"
	"runtime/debug"
	"sync"
)

// A one-off refresh in which nothing changed ends before its garbage matters, and waits for hosts most of the time: it goes
// without the collector until it has taken idleLimit, and on one processor, because threads that wake each other would be a fifth of what it
// costs. One that brings something has to stay small, and has enough to do for all processors. So its heap may then grow by a
// quarter of a leeway, 16 MB, before it is collected at all, and by a quarter of what is alive.
const (
	idleLimit            = 64 << 20
	busyLeeway, busyPace = 64 << 20, 25
)

// unhurried prepares the process for a one-off refresh. came says that something did, done ends it all. The leeway is memory that
// nobody ever touches, which costs addresses alone, but counts as alive. Whoever has set one of the runtime's own variables, or
// limits our memory, has the last word.
func unhurried(getenv func(string) string) (came, done func()) {
	nothing := func() {}
	if memoryIsLimited() || getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return nothing, nothing
	}
	pace := debug.SetGCPercent(-1)
	if pace < 0 {
		return nothing, nothing // another refresh in this process, which then sets it back
	}
	limit := debug.SetMemoryLimit(idleLimit)
	processors := runtime.GOMAXPROCS(0)
	if getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
	var untouched []byte
	hurry := sync.OnceFunc(func() {
		runtime.GOMAXPROCS(processors)
		debug.SetMemoryLimit(limit)
	})
	came = sync.OnceFunc(func() {
		untouched = make([]byte, busyLeeway)
		debug.SetGCPercent(busyPace)
		hurry()
	})
	return came, func() {
		debug.SetGCPercent(pace)
		hurry()
		runtime.KeepAlive(untouched)
	}
}
