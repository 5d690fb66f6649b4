//go:build amd64 || arm64

package publish

import (
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

// direct reads and writes a socket by system calls that Go's scheduler does not hear of. The socket never blocks, so there is
// nothing for the scheduler to do meanwhile; told of them, it takes the processor away from whoever sends 100 kB, since that takes
// 20 µs, and gives it to another thread.
type direct struct {
	raw         syscall.RawConn
	read, write func(fd uintptr) bool // tries made once per connection, so that a call allocates nothing

	buf   []byte
	parts [2][]byte
	file  *os.File // what follows the first part, from off on; nil: nothing
	off   int64
	left  int64
	n     int
	err   error
}

// newDirect is nil for what is no socket.
func newDirect(c net.Conn) *direct {
	s, ok := c.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return nil
	}
	d := &direct{raw: raw}
	d.read, d.write = d.tryRead, d.tryWrite
	return d
}

// Read is Read of the socket.
func (d *direct) Read(b []byte) (int, error) {
	d.buf, d.n, d.err = b, 0, nil
	err := d.raw.Read(d.read)
	d.buf = nil
	switch {
	case err != nil:
		return 0, err
	case d.err != nil:
		return 0, d.err
	case d.n == 0:
		return 0, io.EOF
	}
	return d.n, nil
}

func (d *direct) tryRead(fd uintptr) bool {
	for {
		n, _, e := syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(unsafe.SliceData(d.buf))), uintptr(len(d.buf)))
		if e != syscall.EINTR { // that is no end
			return d.done(n, e)
		}
	}
}

// done takes the outcome of a call; false = it is to be tried again when the socket is ready.
func (d *direct) done(n uintptr, e syscall.Errno) bool {
	switch e {
	case 0:
		d.n = int(n)
		return true
	case syscall.EAGAIN:
		return false
	case syscall.EINTR:
		d.n = 0
		return true
	}
	d.n, d.err = 0, os.NewSyscallError("socket", e)
	return true
}

// send writes head and body in one piece, the body from a file that holds it if there is one.
func (d *direct) send(head, body []byte, f *os.File) error {
	d.parts, d.file, d.off, d.left = [2][]byte{head, body}, f, 0, 0
	if f != nil {
		d.parts[1], d.left = nil, int64(len(body))
	}
	d.err = nil
	for len(d.parts[0])+len(d.parts[1]) > 0 || d.left > 0 {
		err := d.raw.Write(d.write)
		if err == nil {
			err = d.err
		}
		if err != nil {
			return err
		}
	}
	runtime.KeepAlive(f)
	d.parts, d.file = [2][]byte{}, nil
	return nil
}

func (d *direct) tryWrite(fd uintptr) bool {
	for len(d.parts[0])+len(d.parts[1]) > 0 {
		n, _, e := d.sendmsg(fd)
		if !d.done(n, e) {
			return false
		}
		if d.err != nil {
			return true
		}
		for i := range d.parts {
			m := min(d.n, len(d.parts[i]))
			d.parts[i] = d.parts[i][m:]
			d.n -= m
		}
	}
	for d.left > 0 {
		n, _, e := syscall.RawSyscall6(syscall.SYS_SENDFILE, fd, d.file.Fd(), uintptr(unsafe.Pointer(&d.off)), uintptr(d.left), 0, 0)
		if !d.done(n, e) {
			return false
		}
		if d.err == nil && n == 0 && e == 0 {
			d.err = io.ErrUnexpectedEOF
		}
		if d.err != nil {
			return true
		}
		d.left -= int64(d.n)
	}
	return true
}

// msgMore says that more follows at once (send(2)).
const msgMore = 0x8000

func (d *direct) sendmsg(fd uintptr) (uintptr, uintptr, syscall.Errno) {
	var iov [2]syscall.Iovec
	m := syscall.Msghdr{Iov: &iov[0]}
	for _, p := range d.parts {
		if len(p) > 0 {
			iov[m.Iovlen].Base = &p[0]
			iov[m.Iovlen].SetLen(len(p))
			m.Iovlen++
		}
	}
	flags := syscall.MSG_NOSIGNAL
	if d.left > 0 {
		flags |= msgMore
	}
	return syscall.RawSyscall(syscall.SYS_SENDMSG, fd, uintptr(unsafe.Pointer(&m)), uintptr(flags))
}
