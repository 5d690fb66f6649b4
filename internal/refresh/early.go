package refresh

import (
	"context"
	"time"
)

const (
	// lull is how long nothing new must have come in until what came is placed, although feeds are still awaited. Most hosts
	// answer at once; one that takes half a minute must not hold back what the others brought.
	lull = 2 * time.Second
	// few of all feeds, or latecomers, may then be awaited: where more are, it is we who are slow, and to place twice costs.
	fewOf, latecomers = 10, 4
)

// placeEarly places what came whenever there is a lull. came is told of each feed that brought something, and closed when
// the last one has answered; what is left then is for the end of the run. awaited is how many have not answered.
func (r *Refresher) placeEarly(ctx context.Context, came <-chan struct{}, awaited func() int, all int, rep *Report) error {
	few := func() bool { return awaited() <= max(latecomers, all/fewOf) }
	for range came {
		if !untilLull(came, few) {
			return nil
		}
		if err := r.place(ctx, rep); err != nil {
			return err
		}
	}
	return nil
}

// untilLull reports false when the last feed has answered before there was a lull.
func untilLull(came <-chan struct{}, few func() bool) bool {
	quiet := time.NewTimer(lull)
	defer quiet.Stop()
	for {
		select {
		case _, more := <-came:
			if !more {
				return false
			}
			quiet.Reset(lull)
		case <-quiet.C:
			if few() {
				return true
			}
			quiet.Reset(lull)
		}
	}
}
