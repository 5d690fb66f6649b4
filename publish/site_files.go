package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// siteFile is the file of a path: a page's is index.html in its folder.
func siteFile(path string) string {
	path = strings.TrimPrefix(path, "/")
	if path == "" || strings.HasSuffix(path, "/") {
		path += "index.html"
	}
	return path
}

// file writes one form of a document, unless the file already has it.
func (s *siteWriter) file(name string, d *document, hash string, e encoding) error {
	full := s.full(name)
	// The manifest remembers of which bytes a compressed sibling was made: it need not be made again to be compared.
	if s.old.Files[name] == hash && s.regular(name) {
		if e != identity || sameFile(full, d.body) {
			s.next.Files[name] = hash
			s.w.Unchanged++
			return nil
		}
	}
	b, err := d.encode(s.compressor.compress, e, s.p.metrics)
	if err != nil {
		return err
	}
	s.next.Files[name] = hash
	if sameFile(full, b.body) {
		s.w.Unchanged++
		return nil
	}
	s.w.Written++
	return s.writeWhole(full, b.body)
}

func (s *siteWriter) full(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// regular reports whether there is a file of this name, and not a folder or a link to somewhere.
func (s *siteWriter) regular(name string) bool {
	info, err := os.Lstat(s.full(name))
	return err == nil && info.Mode().IsRegular()
}

// whole reports whether a file has the bytes of this hash.
func (s *siteWriter) whole(name, hash string) bool {
	body, err := os.ReadFile(s.full(name))
	sum := sha256.Sum256(body)
	return err == nil && hex.EncodeToString(sum[:]) == hash
}

func sameFile(name string, body []byte) bool {
	got, err := os.ReadFile(name)
	return err == nil && string(got) == string(body)
}

// writeWhole puts a file in its place in one step: who reads it sees the old bytes or the new ones, after a crash too.
func (s *siteWriter) writeWhole(name string, body []byte) (err error) {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, tempName)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if _, err = f.Write(body); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	s.p.step("rename.before")
	if err = os.Rename(f.Name(), name); err == nil {
		s.p.step("rename.after")
	}
	return err
}

const (
	// tempName is the pattern of a file that is being written.
	tempName = ".wirefold-new-*"
	// tempAge is how old such a file must be to count as left behind by a run that was killed: no run takes so long.
	tempAge = time.Hour
)

// sweep removes what a killed run left beside the files that it was writing.
func (s *siteWriter) sweep() error {
	dirs := map[string]bool{s.dir: true}
	for name := range s.next.Files {
		dirs[filepath.Dir(s.full(name))] = true
	}
	for dir := range dirs {
		names, err := filepath.Glob(filepath.Join(globQuote(dir), tempName))
		if err != nil {
			return fmt.Errorf("look for files left behind: %w", err)
		}
		for _, name := range names {
			info, err := os.Lstat(name)
			if err != nil || s.p.o.Now().Sub(info.ModTime()) < tempAge {
				continue // gone meanwhile, or another run's
			}
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("remove a file left behind: %w", err)
			}
		}
	}
	return nil
}

// globQuote makes a path stand for itself in a glob.
func globQuote(path string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(path)
}

// prune removes the folders that a removed file leaves empty. A folder with anything in it stays.
func (s *siteWriter) prune(name string) {
	for dir := filepath.Dir(filepath.FromSlash(name)); dir != "."; dir = filepath.Dir(dir) {
		if os.Remove(filepath.Join(s.dir, dir)) != nil {
			return
		}
	}
}
