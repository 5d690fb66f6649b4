package main

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wirefold/internal/config"
)

// A server has few threads until something works, all of them while anything does and for a second more, and each change is made once.
func TestThreadsFollowTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sets []int
		s := &sharing{few: 1, all: 4, set: func(threads int) { sets = append(sets, threads) }}
		after := func(d time.Duration, want ...int) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			s.mu.Lock()
			defer s.mu.Unlock()
			if !slices.Equal(sets, want) {
				t.Errorf("threads were set to %v, want %v", sets, want)
			}
		}
		refresh := s.work()
		after(time.Hour, 4)
		render := s.work()
		refresh()
		refresh() // twice is once
		after(time.Hour, 4)
		render()
		after(calmAfter/2, 4)
		s.work()()
		after(calmAfter*3/4, 4)
		after(calmAfter/2, 4, 1)
		after(time.Hour, 4, 1)
		s.work()()
		after(calmAfter+1, 4, 1, 4, 1)
	})
}

// A refresh is work until its lock is given back, and a reload is work.
func TestRefreshesAndReloadsAreWork(t *testing.T) {
	file := filepath.Join(t.TempDir(), "feeds.yaml")
	text := "site: {title: Shared, url: \"http://news.example\", authority: \"shared.example,2026\", admin: none}\ntopics: [{slug: all, title: All}]\nfeeds: []\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	began, ended := 0, 0
	a := &app{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }, Now: time.Now}
	a.Serving = func() (work func() (done func())) {
		return func() (done func()) {
			began++
			return func() { ended++ }
		}
	}
	cfg, err := config.Load(file, a.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	h, err := buildHouse(t.Context(), a, cfg, slog.New(slog.DiscardHandler), a.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	s, err := newServer(a, serveFlags{config: file}, h)
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := s.lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if began != 1 || ended != 0 {
		t.Errorf("while the lock is held %d began and %d ended", began, ended)
	}
	unlock()
	if began != 1 || ended != 1 {
		t.Errorf("when the lock was given back %d had begun and %d ended", began, ended)
	}
	s.reload(t.Context())
	if began != 2 || ended != 2 {
		t.Errorf("after a reload %d had begun and %d ended", began, ended)
	}
}
