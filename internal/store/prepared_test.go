package store

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"wirefold/internal/news"
)

// Statements are prepared by the writer's one connection; a saver that waits for it must not keep others from theirs.
func TestSaversDoNotWaitForEachOtherForEver(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := Open(ctx, filepath.Join(t.TempDir(), "w.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() {
			for n := range 20 {
				states := make([]news.FeedState, 1+(i+n)%40)
				for k := range states {
					states[k].Feed = news.FeedID(fmt.Sprintf("feed%d-%d", i, k))
				}
				if err := s.SaveStates(ctx, states, nil); err != nil {
					errs[i] = err
					return
				}
			}
		})
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("saver %d: %v", i, err)
		}
	}
}
