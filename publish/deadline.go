package publish

import (
	"sync"
	"time"
)

// deadline is one of a connection's deadlines. net/http sets them anew five times for each request, nearly always to the same
// durations from now and taken back before they could end anything; arming a timer costs more than making an answer. So one is
// armed only when a call begins that it would end, and one that ends at most deadlineSlack too early is left as it is.
type deadline struct {
	arm func(time.Time) error

	mu          sync.Mutex
	want, armed time.Time // zero: none
	calls       int       // under way
}

// deadlineSlack is how much earlier than asked a call may end. The shortest of our timeouts has five of it.
const deadlineSlack = time.Second

// set asks for a deadline: of the calls that begin later, and of those under way.
func (d *deadline) set(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.want = t
	if d.calls == 0 {
		return nil
	}
	return d.rearm()
}

// begin arms the deadline for a call.
func (d *deadline) begin() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if early := d.want.Sub(d.armed); d.want.IsZero() != d.armed.IsZero() || early < 0 || early > deadlineSlack {
		if err := d.rearm(); err != nil {
			return err
		}
	}
	d.calls++
	return nil
}

func (d *deadline) rearm() error {
	if err := d.arm(d.want); err != nil {
		return err
	}
	d.armed = d.want
	return nil
}

func (d *deadline) end() {
	d.mu.Lock()
	d.calls--
	d.mu.Unlock()
}

// wanted is the deadline that was asked for last.
func (d *deadline) wanted() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.want
}
