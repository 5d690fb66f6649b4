package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"wirefold/internal/news"
)

func openFile(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "w.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// whileBusy keeps the one writer busy until all of what is begun in here waits for it.
func whileBusy(t *testing.T, s *Store, begun int, begin func(wg *sync.WaitGroup)) {
	t.Helper()
	has, free := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := s.write(t.Context(), func(*sql.Tx) error {
			close(has)
			<-free
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-has
	begin(&wg)
	s.untilWaiting(begun)
	close(free)
	wg.Wait()
}

// untilWaiting returns when so many writes wait for the writer.
func (s *Store) untilWaiting(n int) {
	for waiting := -1; waiting != n; {
		s.joints.mu.Lock()
		waiting = len(s.joints.waiting)
		s.joints.mu.Unlock()
		runtime.Gosched()
	}
}

// commits counts the transactions in the log of a SQLite file (https://www.sqlite.org/fileformat2.html section 4.1): the last
// frame of each says how large the file is then.
func commits(t *testing.T, s *Store) (n int) {
	t.Helper()
	wal, err := os.ReadFile(s.path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	page := int(binary.BigEndian.Uint32(wal[8:]))
	for f := 32; f+24+page <= len(wal) && string(wal[f+8:f+16]) == string(wal[16:24]); f += 24 + page {
		if binary.BigEndian.Uint32(wal[f+4:]) != 0 {
			n++
		}
	}
	return n
}

func TestSavesThatWaitShareATransaction(t *testing.T) {
	s := openFile(t)
	const saves = 3 * maxJoint
	before := commits(t, s)
	whileBusy(t, s, saves, func(wg *sync.WaitGroup) {
		for i := range saves {
			wg.Go(func() {
				a := news.Article{Key: news.ArticleKey(fmt.Sprintf("%064x", i)), Feed: "f", GUID: fmt.Sprint(i), Text: "Text"}
				saved, err := s.Save(t.Context(), news.Batch{State: news.FeedState{Feed: news.FeedID(fmt.Sprint("f", i))}, Articles: []news.Article{a}, At: time.Unix(1, 0)})
				if err != nil || saved.New != 1 {
					t.Errorf("save %d: %+v, %v; want one new article", i, saved, err)
				}
			})
		}
	})
	if got := commits(t, s) - before; got != 3 {
		t.Errorf("%d saves that waited were %d transactions, want 3", saves, got)
	}
	for _, table := range []string{"articles", "bodies", "unplaced", "feeds"} {
		if n, err := s.Count(t.Context(), "SELECT count(*) FROM "+table); err != nil || n != saves {
			t.Errorf("%d rows in %s, %v; want %d", n, table, err, saves)
		}
	}
}

// put writes a feed's row, and then ends with err.
func put(id int, err error) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		if _, e := tx.Exec("INSERT INTO feeds (id, state) VALUES ($1, '')", id); e != nil {
			return e
		}
		return err
	}
}

func TestAWriteThatFailsLosesNothingOfThoseBesideIt(t *testing.T) {
	s := openFile(t)
	bad := errors.New("bad")
	const writes = 10
	errs := make([]error, writes)
	whileBusy(t, s, writes, func(wg *sync.WaitGroup) {
		for i := range errs {
			wg.Go(func() {
				var end error
				if i == 3 {
					end = bad
				}
				errs[i] = s.writeJoint(t.Context(), put(i, end))
			})
		}
	})
	for i, err := range errs {
		if (i == 3) != errors.Is(err, bad) || i != 3 && err != nil {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if n, err := s.Count(t.Context(), "SELECT count(*) FROM feeds WHERE id <> '3'"); err != nil || n != writes-1 {
		t.Errorf("%d rows, %v; want all but the bad one's", n, err)
	}
	if n, err := s.Count(t.Context(), "SELECT count(*) FROM feeds WHERE id = '3'"); err != nil || n != 0 {
		t.Errorf("%d rows of the write that failed, %v; want none", n, err)
	}
}

func TestWhoGivesUpKeepsNobodyFromWriting(t *testing.T) {
	s := openFile(t)
	const writes = 6
	ctxs := make([]context.Context, writes)
	gone := make([]context.CancelFunc, writes)
	errs := make([]error, writes)
	for i := range ctxs {
		ctxs[i], gone[i] = context.WithCancel(t.Context())
		defer gone[i]()
	}
	// The first is the one who writes for all: it gives up as soon as it does, the second before.
	whileBusy(t, s, writes-1, func(wg *sync.WaitGroup) {
		for i := range errs {
			wg.Go(func() {
				errs[i] = s.writeJoint(ctxs[i], func(tx *sql.Tx) error {
					gone[0]()
					return put(i, nil)(tx)
				})
			})
			s.untilWaiting(i + 1)
		}
		gone[1]()
	})
	for i, err := range errs[2:] {
		if err != nil {
			t.Errorf("write %d: %v", i+2, err)
		}
	}
	if !errors.Is(errs[1], context.Canceled) {
		t.Errorf("the write that was given up: %v, want %v", errs[1], context.Canceled)
	}
	n, err := s.Count(t.Context(), "SELECT count(*) FROM feeds WHERE id IN ('2', '3', '4', '5')")
	if err != nil || n != 4 {
		t.Errorf("%d rows, %v; want 4", n, err)
	}
	if n, err := s.Count(t.Context(), "SELECT count(*) FROM feeds WHERE id = '1'"); err != nil || n != 0 {
		t.Errorf("%d rows of the write that was given up, %v; want none", n, err)
	}
}

// A store that cannot be written to at all answers each of them, and does not try for ever.
func TestAWriteThatCannotBeginIsAnswered(t *testing.T) {
	s := openFile(t)
	if err := os.Rename(s.path, s.path+".away"); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 2 * maxJoint {
		wg.Go(func() {
			if err := s.writeJoint(t.Context(), put(i, nil)); err == nil {
				t.Errorf("write %d went into a file that is not there", i)
			}
		})
	}
	wg.Wait()
	if err := os.Rename(s.path+".away", s.path); err != nil {
		t.Fatal(err)
	}
}
