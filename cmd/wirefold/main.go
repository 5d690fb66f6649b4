// Command wirefold reads many outlets, folds the articles that tell the same event into one story, and publishes one
// merged topic feed with one entry per story. This package holds flags, wiring and exit codes, nothing else.
package main

import (
	"context"
	"os"
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
