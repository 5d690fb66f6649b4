//go:build unix

package fetch

import "syscall"

// openFilesLimit asks the system how many files the process may open.
func openFilesLimit() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 256 // the least that any system of today gives
	}
	return uint64(limit.Cur) // signed on some systems
}
