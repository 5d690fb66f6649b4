package main

import (
	"os"
	"strconv"
	"syscall"
)

// backgroundNice is how far a command that works in the background gives way (setpriority(2)): a server or a reader on the
// same machine goes first, and alone it is as fast as ever.
const backgroundNice = 5

// inBackground lowers the priority of all threads, from which later ones inherit it. Whoever has chosen a lower one himself
// keeps it. A system that does not let us is no reason to fail.
func inBackground() {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, t := range threads {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			continue
		}
		// The system call answers with 20 less the nice value, so that an error can be told from it.
		if left, err := syscall.Getpriority(syscall.PRIO_PROCESS, id); err == nil && 20-left < backgroundNice {
			syscall.Setpriority(syscall.PRIO_PROCESS, id, backgroundNice) //nolint:errcheck // see above
		}
	}
}
