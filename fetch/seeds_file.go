package fetch

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// readSeedFile reads a file below the root if it is a regular file that stays as it is while it is read. It never
// waits: a pipe is opened without blocking, and refused.
func readSeedFile(root *os.Root, path string) ([]byte, fs.FileInfo, error) {
	f, err := root.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if err := regular(before); err != nil {
		return nil, nil, err
	}
	if before.Size() > MaxSeed {
		return nil, nil, fmt.Errorf("too large: %d bytes, at most %d MiB are read", before.Size(), MaxSeed>>20)
	}
	raw := make([]byte, before.Size())
	if _, err := io.ReadFull(f, raw); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, nil, errChanging
		}
		return nil, nil, err
	}
	after, err := root.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !os.SameFile(before, after) || before.Size() != after.Size() || !before.ModTime().Equal(after.ModTime()) {
		return nil, nil, errChanging
	}
	return raw, before, nil
}

var errChanging = errors.New("it changed while it was read; the next refresh reads it")

func regular(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		return errors.New("it is a folder, not a file")
	case mode&fs.ModeNamedPipe != 0:
		return errors.New("it is a pipe, not a file")
	case mode&fs.ModeSocket != 0:
		return errors.New("it is a socket, not a file")
	case mode&fs.ModeDevice != 0:
		return errors.New("it is a device, not a file")
	default:
		return errors.New("it is not a regular file")
	}
}

// linkProblem puts what the system says of links and special files into words.
func linkProblem(err *fs.PathError) error {
	switch {
	case errors.Is(err, syscall.ELOOP):
		return errors.New("it is a link in a loop of links")
	case errors.Is(err, syscall.ENXIO):
		return errors.New("it is a socket, not a file")
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return errors.New("too many open files")
	case err.Err.Error() == "path escapes from parent":
		return errors.New("it is a link that leaves the folder")
	}
	return err.Err
}

func notFolder(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
