//go:build crash && unix

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"wirefold/internal/news"
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

// ackFile is where the keys of acknowledged articles are written, for a test that kills the process at any moment.
var ackFile = os.Getenv("WIREFOLD_ACKNOWLEDGED")

func acknowledged(b news.Batch) {
	if ackFile == "" || len(b.Articles) == 0 {
		return
	}
	var keys strings.Builder
	for _, a := range b.Articles {
		fmt.Fprintln(&keys, a.Key)
	}
	f, err := os.OpenFile(ackFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	if _, err := f.WriteString(keys.String()); err != nil { // one write: whole or not at all, whenever we are killed
		panic(err)
	}
	if err := f.Close(); err != nil {
		panic(err)
	}
}
