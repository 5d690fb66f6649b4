package main

import "syscall"

// memoryIsLimited reports whether this process may only have so much memory (setrlimit(2)): then even addresses count.
func memoryIsLimited() bool {
	for _, what := range []int{syscall.RLIMIT_DATA, syscall.RLIMIT_AS} {
		var l syscall.Rlimit
		if err := syscall.Getrlimit(what, &l); err != nil || l.Cur < 1<<40 {
			return true
		}
	}
	return false
}
