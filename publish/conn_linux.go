package publish

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// sendFile sends what is held and then the rest of a file from an offset, without copying it through this process.
func sendFile(to syscall.RawConn, held []byte, f *os.File, from, n int64) (sent int64, err error) {
	var failed error
	err = to.Write(func(fd uintptr) bool {
		for {
			var m int
			if len(held) > 0 {
				m, failed = syscall.SendmsgN(int(fd), held, nil, nil, syscall.MSG_NOSIGNAL|msgMore)
				held = held[max(0, m):]
			} else {
				m, failed = syscall.Sendfile(int(fd), int(f.Fd()), &from, int(n-sent))
				sent += int64(max(0, m))
			}
			switch {
			case errors.Is(failed, syscall.EINTR):
			case errors.Is(failed, syscall.EAGAIN):
				return false
			case failed != nil:
				return true
			case len(held) == 0 && sent == n:
				return true
			case m == 0:
				failed = io.ErrUnexpectedEOF
				return true
			}
		}
	})
	return sent, errors.Join(err, failed)
}

// msgMore says that more follows at once (send(2)).
const msgMore = 0x8000
