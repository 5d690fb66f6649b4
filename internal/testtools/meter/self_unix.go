//go:build unix

package meter

import (
	"syscall"
	"time"
)

// Self is the CPU time of this process so far, user and system.
func Self() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
