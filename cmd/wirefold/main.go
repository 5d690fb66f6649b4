// Command wirefold reads many outlets, folds the articles that tell the same event into one story, and publishes one
// merged topic feed with one entry per story. This package holds flags, wiring and exit codes, nothing else.
package main

import (
	"context"
	"os"
	"runtime"
	"time"
)

func main() {
	a := &app{
		Stdin:      os.Stdin,
		Stdout:     os.Stdout,
		Stderr:     os.Stderr,
		Getenv:     os.Getenv,
		Now:        time.Now,
		Background: inBackground,
		Serving:    shareProcessors,
	}
	os.Exit(run(context.Background(), a, os.Args[1:]))
}

// shareProcessors lets the system, not Go, share the processors between answers and a refresh: Go lets whoever works go on for
// 10 ms before it looks at who waits, the system gives a thread that wakes up its turn at once. For that there are twice as many
// threads as processors. GOMAXPROCS has the last word.
func shareProcessors() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0))
	}
}
