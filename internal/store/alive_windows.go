package store

import (
	"os"
	"syscall"
	"unsafe"
)

// lockFile takes the lock of f if nobody has it. The system frees it when the process ends, however it ends.
func lockFile(f *os.File) error {
	const exclusive, failImmediately = 2, 1 // LOCKFILE_EXCLUSIVE_LOCK, LOCKFILE_FAIL_IMMEDIATELY
	lock := syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")
	var at syscall.Overlapped
	ok, _, err := lock.Call(f.Fd(), exclusive|failImmediately, 0, 1, 0, uintptr(unsafe.Pointer(&at)))
	if ok == 0 {
		return err
	}
	return nil
}
