package fetch

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// maxSeedFiles bounds the files of one folder, and maxSeedDepth the folders below each other that ** goes into.
	maxSeedFiles = 100_000
	maxSeedDepth = 32
)

// CheckGlob says what is wrong with a glob of seed files. Its segments are patterns of path.Match, and a segment ** is
// any number of folders, none included.
func CheckGlob(glob string) error {
	if glob == "" {
		return fmt.Errorf("the glob is empty")
	}
	segments := strings.Split(filepath.ToSlash(glob), "/")
	for _, seg := range segments {
		if seg == "**" {
			continue
		}
		if strings.Contains(seg, "**") {
			return fmt.Errorf("bad glob %q: ** stands alone between slashes", glob)
		}
		if _, err := path.Match(seg, "x"); err != nil {
			return fmt.Errorf("bad glob %q: %w", glob, err)
		}
	}
	if last := segments[len(segments)-1]; last == "**" || last == "" {
		return fmt.Errorf("bad glob %q: it ends in a folder, so it names no file", glob)
	}
	return nil
}

// GlobRoot is the folder that a glob starts from: all its segments before the first with a wildcard, or the folder of a
// file that is named outright.
func GlobRoot(glob string) string {
	dir := filepath.Dir(glob)
	for strings.ContainsAny(dir, `*?[\`) {
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return dir
}

// walker finds the files of a pattern below a root.
type walker struct {
	root     *os.Root
	paths    []string
	problems []error
	full     bool
}

// matches lists what the pattern names below the root, sorted, each once. Hidden files match only a pattern that begins
// with a dot, as in a shell. Links to folders are not followed by **, so a loop of links has no end to find.
func matches(root *os.Root, pattern string) ([]string, []error) {
	w := &walker{root: root}
	w.walk("", strings.Split(pattern, "/"), 0)
	slices.Sort(w.paths)
	if w.full {
		w.problems = append(w.problems, fmt.Errorf("more than %d seed files: the rest is not read", maxSeedFiles))
	}
	return slices.Compact(w.paths), w.problems
}

func (w *walker) walk(dir string, segments []string, depth int) {
	seg, rest := segments[0], segments[1:]
	if seg == "**" {
		w.walk(dir, rest, depth)
		if depth == maxSeedDepth {
			w.problems = append(w.problems, seedProblem(dir, fmt.Errorf("folders more than %d deep are not read", maxSeedDepth)))
			return
		}
		for _, e := range w.list(dir) {
			if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				w.walk(path.Join(dir, e.Name()), segments, depth+1)
			}
		}
		return
	}
	if !strings.ContainsAny(seg, `*?[\`) && len(rest) > 0 {
		w.walk(path.Join(dir, seg), rest, depth)
		return
	}
	for _, e := range w.list(dir) {
		name := e.Name()
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(seg, ".") {
			continue
		}
		if ok, err := path.Match(seg, name); err != nil || !ok {
			continue
		}
		at := path.Join(dir, name)
		switch {
		case len(rest) > 0:
			w.walk(at, rest, depth)
		case len(w.paths) >= maxSeedFiles:
			w.full = true
		default:
			if err := validName(at); err != nil {
				w.problems = append(w.problems, seedProblem(at, err))
				continue
			}
			w.paths = append(w.paths, at)
		}
	}
}

// list reads a folder. A folder that is not there holds nothing; one that cannot be read is a problem.
func (w *walker) list(dir string) []fs.DirEntry {
	if dir == "" {
		dir = "."
	}
	f, err := w.root.Open(dir)
	if err != nil {
		if dir == "." || !os.IsNotExist(err) && !notFolder(err) {
			w.problems = append(w.problems, seedProblem(dir, err))
		}
		return nil
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	if err != nil && !notFolder(err) {
		w.problems = append(w.problems, seedProblem(dir, err))
	}
	return list
}
