//go:build !linux

package publish

import (
	"errors"
	"os"
	"syscall"
)

func sendFile(syscall.RawConn, []byte, *os.File, int64, int64) (int64, error) {
	return 0, errors.ErrUnsupported
}
