package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A process that uses a SQLite store holds a locked file beside it, named after its owner name. The system frees the
// lock when the process dies, so others see at once that its leases and claims mean nothing any more.

const aliveMark = ".owner-"

func markAlive(path, owner string) (*os.File, error) {
	if err := sweepDead(path); err != nil {
		return nil, err
	}
	// Somebody else's sweep may lock or remove the file between our making and locking it: then we make it again, after a pause,
	// since whoever holds the lock may be waiting for a processor.
	for pause := time.Duration(0); pause < 100*time.Millisecond; pause += time.Millisecond {
		time.Sleep(pause)
		f, err := os.OpenFile(path+aliveMark+owner, os.O_CREATE|os.O_RDWR, 0o640)
		if err != nil {
			return nil, err
		}
		if lockFile(f) == nil {
			mine, err := f.Stat()
			if err == nil {
				if there, err := os.Stat(f.Name()); err == nil && os.SameFile(mine, there) {
					return f, nil
				}
			}
		}
		f.Close()
	}
	return nil, fmt.Errorf("lock %s: others keep taking it", path+aliveMark+owner)
}

// sweepDead removes what processes that died left behind.
func sweepDead(path string) error {
	names, err := filepath.Glob(globQuote(path) + aliveMark + "*")
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := removeDead(name); err != nil {
			return err
		}
	}
	return nil
}

func globQuote(path string) string {
	var b []byte
	for i := range len(path) {
		switch path[i] {
		case '*', '?', '[':
			b = append(b, '[', path[i], ']')
		default:
			b = append(b, path[i])
		}
	}
	return string(b)
}

// removeDead removes the file of an owner that died, and says whether the owner is dead.
func removeDead(name string) (bool, error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	if lockFile(f) != nil {
		return false, nil
	}
	return true, removeIfThere(name)
}

// dead says whether an owner is known to have died. Where it cannot be known, only time tells.
func (s *Store) dead(ctx context.Context, owner string) bool {
	if owner == s.owner {
		return false
	}
	if s.pulse != nil {
		return s.pulse.dead(ctx, owner)
	}
	gone, err := removeDead(s.path + aliveMark + filepath.Base(owner))
	return gone && err == nil
}
