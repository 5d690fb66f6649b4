package fetch

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"wirefold/internal/news"
)

const (
	// settleFor is how long a folder must be still before it is reported, so that files that are being copied are read
	// once; settleMost is how long it may go on being busy.
	settleFor  = 300 * time.Millisecond
	settleMost = 3 * time.Second
	// maxWatched bounds the folders that are watched. Systems allow a few thousand for all programs together.
	maxWatched = 1000
)

// Watch calls changed a moment after something changed in a folder of seed files, until ctx ends. It is a hint only:
// network file systems say nothing and systems run out of watches, so whoever calls it looks from time to time as well.
// The error says why there is nothing to watch with.
func Watch(ctx context.Context, feeds []news.Feed, changed func()) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch seed folders: %w", err)
	}
	defer w.Close()
	for _, f := range feeds {
		if f.Seeds == "" || !f.Enabled {
			continue
		}
		if err := watchBelow(w, f.Root, deepPattern(f)); err != nil {
			return fmt.Errorf("watch seed folders: %w", err)
		}
	}
	still := time.NewTimer(time.Hour)
	still.Stop()
	var since time.Time // of the first event not yet reported
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, open := <-w.Events:
			if !open {
				return nil
			}
			if e.Op == fsnotify.Chmod {
				continue // reading a file may touch it: that is no news
			}
			if e.Has(fsnotify.Create) {
				// A new folder. What cannot be watched is found by looking.
				_ = watchBelow(w, e.Name, true)
			}
			if since.IsZero() {
				since = time.Now()
			}
			if time.Since(since) < settleMost {
				still.Reset(settleFor)
			}
		case err, open := <-w.Errors:
			if !open {
				return nil
			}
			if since.IsZero() && err != nil { // an overflow: events were lost, so look
				since = time.Now()
				still.Reset(settleFor)
			}
		case <-still.C:
			since = time.Time{}
			changed()
		}
	}
}

// deepPattern reports whether a glob reaches into folders below its root.
func deepPattern(f news.Feed) bool {
	rel, err := filepath.Rel(f.Root, f.Seeds)
	return err == nil && strings.ContainsRune(rel, filepath.Separator)
}

// watchBelow watches a folder, and those below it if deep. A path that is no folder is left alone.
func watchBelow(w *fsnotify.Watcher, root string, deep bool) error {
	if !deep {
		return w.Add(root)
	}
	return filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fs.SkipDir
		case !d.IsDir():
			return nil
		case at != root && strings.HasPrefix(d.Name(), "."), len(w.WatchList()) >= maxWatched:
			return fs.SkipDir
		}
		return w.Add(at)
	})
}
