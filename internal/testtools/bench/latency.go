package main

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"wirefold/internal/testtools/feedload"
	"wirefold/internal/testtools/meter"
)

const (
	// slowHosts is how many hosts the run with a network serves, each with one feed.
	slowHosts = 1000
	// fewItems is how many items such a feed has: waiting is what is measured, not reading.
	fewItems = 2
	// slack is how much longer than its slowest host a refresh may take.
	slack = time.Second
)

// faults are those of an ordinary list of feeds: most hosts answer soon, a few not at all or very late.
var faults = feedload.Faults{LatencyMin: 50 * time.Millisecond, LatencyMax: 200 * time.Millisecond, Slow: 5 * time.Second, FailPercent: 0.8, SlowPercent: 1}

// slow measures refreshes of a thousand hosts that answer late or with errors: the first, and one with nothing new.
func (b *bench) slow() (err error) {
	if !b.latency {
		return nil
	}
	hosts := strconv.Itoa(slowHosts)
	l, addresses, err := startLoader("-feeds", hosts, "-ports", hosts, "-items", strconv.Itoa(fewItems), "-apart")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.stop()) }()
	if _, err := l.ask("faults on"); err != nil {
		return err
	}
	runs, err := b.runs("slow", l, addresses)
	if err != nil {
		return err
	}
	for i := range runs {
		runs[i].code = 2      // some feeds failed, as they should
		runs[i].workers = 256 // as many as wirefold asks at once
	}
	fmt.Printf("\n%d hosts, one feed of %d items each, %s to %s; %.1f %% answer 503, %.0f %% after %s; wall time\n", slowHosts, fewItems,
		faults.LatencyMin, faults.LatencyMax, faults.FailPercent, faults.SlowPercent, faults.Slow)
	for _, name := range []string{"first refresh", "nothing changed"} {
		w, f, err := b.both(b.rounds, func(i int) (meter.Cost, error) { return runs[i].wirefold() }, func(i int) (meter.Cost, error) {
			return runs[i].floor()
		})
		if err != nil {
			return err
		}
		fmt.Printf("%-38s %12s %12s %8s %10.1f %10.1f   < %s\n", name, seconds(w.Wall), seconds(f.Wall), "", mb(w.Peak), mb(f.Peak), seconds(faults.Slow+slack))
		fmt.Printf("%-38s %12s %12s\n", "  CPU", seconds(w.CPU), seconds(f.CPU))
	}
	return nil
}
