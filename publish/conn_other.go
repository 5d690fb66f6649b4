//go:build !linux || !(amd64 || arm64)

package publish

import (
	"errors"
	"net"
	"os"
)

// direct is for Linux alone.
type direct struct{}

func newDirect(net.Conn) *direct { return nil }

func (*direct) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

func (*direct) send(_, _ []byte, _ *os.File) error { return errors.ErrUnsupported }
