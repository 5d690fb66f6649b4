// Command cmd runs the hostile server by hand: go run ./internal/testtools/evilfeed/cmd -addr 127.0.0.1:8999
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"wirefold/internal/testtools/evilfeed"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "evilfeed:", err)
		os.Exit(1)
	}
}

func run() error {
	var o evilfeed.Options
	flag.StringVar(&o.Addr, "addr", "127.0.0.1:8999", "loopback address to listen on")
	flag.IntVar(&o.BombMiB, "bomb-mib", 0, "what a bomb expands to, in MiB (0 = 256)")
	flag.DurationVar(&o.Drip, "drip", 0, "pause between the bytes of slow answers (0 = 1s)")
	flag.DurationVar(&o.MaxHold, "max-hold", 0, "the longest that an answer is held open (0 = 10m)")
	flag.IntVar(&o.Many, "many", 0, "items of the very long feed (0 = 100000)")
	flag.Parse()
	sv, err := evilfeed.Start(o)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s, canary http://%s\n\n", sv.Addr, sv.CanaryAddr)
	for _, c := range sv.Cases {
		fmt.Printf("%-26s %s\n%26s → %s\n", c.Path, c.Does, "", c.Must)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	for _, h := range sv.Canary() {
		fmt.Println("canary:", h.Method, h.URL)
	}
	return sv.Close()
}
