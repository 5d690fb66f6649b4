package refresh

import (
	"context"
	"time"
)

// lull is how long nothing new must have come in until what came is placed, although feeds are still awaited. Most hosts answer
// at once; one that takes half a minute must not hold back what the others brought.
const lull = 500 * time.Millisecond

// placeEarly places what came whenever there is a lull. came is told of each feed that brought something, and closed when
// the last one has answered; what is left then is for the end of the run.
func (r *Refresher) placeEarly(ctx context.Context, came <-chan struct{}, rep *Report) error {
	for range came {
		if !untilLull(came) {
			return nil
		}
		if err := r.place(ctx, rep); err != nil {
			return err
		}
	}
	return nil
}

// untilLull reports false when the last feed has answered before there was a lull.
func untilLull(came <-chan struct{}) bool {
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
			return true
		}
	}
}
