package publish

import "time"

// deadline is one of a connection's deadlines, for calls of one goroutine. Arming a timer costs more than making an answer, so one
// that would end a call at most deadlineSlack too early is left as it is.
type deadline struct {
	arm   func(time.Time) error
	armed time.Time // zero: none
}

// deadlineSlack is how much earlier than asked a call may end. The shortest of our timeouts has five of it.
const deadlineSlack = time.Second

// begin arms the deadline for a call that begins now.
func (d *deadline) begin(until time.Time) error {
	if early := until.Sub(d.armed); !d.armed.IsZero() && early >= 0 && early <= deadlineSlack {
		return nil
	}
	if err := d.arm(until); err != nil {
		return err
	}
	d.armed = until
	return nil
}
