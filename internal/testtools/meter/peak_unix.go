//go:build unix

package meter

import (
	"os"
	"runtime"
	"syscall"
)

// peak is the resident memory at its highest. Linux counts it in kilobytes, the BSDs and macOS in bytes.
func peak(s *os.ProcessState) int64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) * 1024
}
