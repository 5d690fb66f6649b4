//go:build crash && unix

package main

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// crashAt is NAME or NAME:N of WIREFOLD_CRASH_AT: the process kills itself at the N-th step of that name.
var crashAt = os.Getenv("WIREFOLD_CRASH_AT")

var crashSteps atomic.Int64

// step kills the process where a test wants it to die: no deferred function runs, as after kill -9.
func step(name string) {
	at, count, _ := strings.Cut(crashAt, ":")
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		n = 1
	}
	if at != name || crashSteps.Add(1) != n {
		return
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		panic(err)
	}
	select {} // the signal is on its way
}
