package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
	"unicode/utf8"

	"wirefold/internal/news"
)

const (
	// MaxSeed is the most bytes that a seed file may have: a long article has a hundredth of it.
	MaxSeed = 4 << 20
	// maxLook bounds the text that one look at a folder brings; the rest comes with the next (Fetched.More).
	maxLook = 32 << 20
)

// Seeds reads folders of seed files. Now is required.
type Seeds struct {
	Now func() time.Time
}

// Fetch reads every file that the feed's glob names. A file that is new, or whose bytes changed, becomes an Item; a file
// that cannot be read is a Problem, and the others are read all the same. A feed with problems has the status
// FetchFailed and still a Document, which is to be stored. A file that is gone takes nothing with it.
func (sd *Seeds) Fetch(ctx context.Context, f news.Feed, s news.FeedState) news.Fetched {
	began := sd.Now()
	s.Feed, s.URL, s.Tried = f.ID, f.URL, began
	look := &look{feed: f, known: s.Files, files: map[string]string{}}
	err := look.all(ctx)
	if ctx.Err() != nil {
		return news.Fetched{State: s, Status: news.FetchFailed, Err: ctx.Err()}
	}
	got := news.Fetched{Problems: look.problems, More: look.more, Bytes: look.bytes, Status: news.FetchedUnchanged}
	s.Error = ""
	switch {
	case err != nil:
		got.Err = quiet(fmt.Errorf("look for seed files: %w", err))
	case len(look.problems) > 0:
		got.Err = quiet(fmt.Errorf("%d of %d seed files could not be read: %w", len(look.problems), look.seen, look.problems[0]))
	default:
		s.Good, s.Failures = began, 0
	}
	if err == nil {
		got.Renames = renames(s.Files, look.files)
		s.Files = look.files
	}
	if len(look.items) > 0 {
		s.Changed = began
		got.Document = &news.Document{Items: look.items}
		got.Status = news.FetchedNew
	}
	if got.Err != nil {
		s.Failures++
		s.Error = got.Err.Error()
		got.Status = news.FetchFailed
	}
	got.State = s
	got.Took = sd.Now().Sub(began)
	return got
}

// look is one look at a folder.
type look struct {
	feed     news.Feed
	known    map[string]string // of the last look
	files    map[string]string // of this one
	items    []news.Item
	problems []error
	seen     int
	bytes    int64
	more     bool
}

// all reads the files in the order of their paths.
func (l *look) all(ctx context.Context) error {
	if err := CheckGlob(l.feed.Seeds); err != nil {
		return err
	}
	root, err := os.OpenRoot(l.feed.Root)
	if err != nil {
		return err
	}
	defer root.Close()
	pattern, err := filepath.Rel(l.feed.Root, l.feed.Seeds)
	if err != nil {
		return err
	}
	paths, problems := matches(root, filepath.ToSlash(pattern))
	l.problems = problems
	l.seen = len(paths) + len(problems)
	for _, path := range paths {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		l.file(root, path)
	}
	return nil
}

// file reads one file. What was known of a file that cannot be read now stays known.
func (l *look) file(root *os.Root, path string) {
	old, known := l.known[path]
	if known {
		l.files[path] = old
	}
	if l.bytes > maxLook && !known {
		l.more = true
		return
	}
	raw, info, err := readSeedFile(root, path)
	if err != nil {
		l.problem(path, err)
		return
	}
	sum := sha256.Sum256(raw)
	hash := hex.EncodeToString(sum[:])
	if known && hash == old {
		return
	}
	item, err := ReadSeed(path, raw)
	if err != nil {
		l.problem(path, err)
		return
	}
	item.Seed.Path = filepath.Join(l.feed.Root, filepath.FromSlash(path))
	item.Seed.ModTime = info.ModTime()
	l.files[path] = hash
	l.bytes += int64(len(raw))
	l.items = append(l.items, item)
}

func (l *look) problem(path string, err error) {
	l.problems = append(l.problems, seedProblem(path, err))
}

// seedProblem names the file and says what is wrong with it in words.
func seedProblem(path string, err error) error {
	var pe *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = errors.New("it is gone, or a link that leads nowhere")
	case errors.Is(err, fs.ErrPermission):
		err = errors.New("no permission to read it")
	case errors.As(err, &pe):
		err = linkProblem(pe)
	}
	return quiet(fmt.Errorf("%s: %w", path, err))
}

// renames finds files of this look that carry the bytes of a file that the last look had and this one has not: new path
// → old path. Each old file is found once, the first in order of path.
func renames(before, now map[string]string) map[string]string {
	gone := map[string][]string{}
	for path, hash := range before {
		if _, still := now[path]; !still {
			gone[hash] = append(gone[hash], path)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	for _, paths := range gone {
		slices.Sort(paths)
	}
	var found map[string]string
	for _, path := range sortedKeys(now) {
		old := gone[now[path]]
		if _, known := before[path]; known || len(old) == 0 {
			continue
		}
		if found == nil {
			found = map[string]string{}
		}
		found[path], gone[now[path]] = old[0], old[1:]
	}
	return found
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// SeedFiles lists the paths that a seed feed's glob names, below its root, without reading them: what check prints.
func SeedFiles(f news.Feed) ([]string, error) {
	if err := CheckGlob(f.Seeds); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(f.Root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	pattern, err := filepath.Rel(f.Root, f.Seeds)
	if err != nil {
		return nil, err
	}
	paths, _ := matches(root, filepath.ToSlash(pattern))
	return paths, nil
}

// validName refuses file names that could not be stored or shown as they are.
func validName(path string) error {
	if !utf8.ValidString(path) {
		return errors.New("the file's name is not UTF-8")
	}
	return nil
}
