//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// service is `wirefold serve` as a process, and what it says.
type service struct {
	t    *testing.T
	cmd  *exec.Cmd
	url  string
	mu   sync.Mutex
	log  strings.Builder
	ends chan error
}

// serve runs the victim's server, or what the wrapper makes of its command line.
func (v *victim) serve(wrap func(*exec.Cmd)) *service {
	v.t.Helper()
	s := &service{t: v.t, cmd: exec.Command(v.bin, "serve", "-c", v.config, "--listen", "127.0.0.1:0"), ends: make(chan error, 1)}
	s.cmd.Dir = v.dir
	if wrap != nil {
		wrap(s.cmd)
	}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { s.cmd.Process.Kill() }) // does nothing when it has ended
	listens := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if u, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
				listens <- u
			}
			s.mu.Lock()
			fmt.Fprintln(&s.log, lines.Text())
			s.mu.Unlock()
		}
		close(listens)
		s.ends <- s.cmd.Wait()
	}()
	select {
	case u, ok := <-listens:
		if !ok {
			v.t.Fatalf("the server did not start:\n%s", s.said())
		}
		s.url = u
	case <-time.After(patience):
		v.t.Fatalf("the server does not listen after %s", patience)
	}
	return s
}

func (s *service) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// says waits until the server has said something.
func (s *service) says(what string) {
	s.t.Helper()
	s.await("says "+what, func() bool { return strings.Contains(s.said(), what) })
}

// await waits until something is so.
func (s *service) await(what string, so func() bool) {
	s.t.Helper()
	late := time.After(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-late:
			s.t.Fatalf("after %s it is not so that the server %s; it said:\n%s", patience, what, s.said())
		case <-tick.C:
		}
	}
}

// get asks for a path; the server must answer.
func (s *service) get(path string) (int, string) {
	s.t.Helper()
	r, err := http.Get(s.url + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

const (
	jsonPath = "/topics/all/feed.json"
	allPath  = "/topics/all/all.json"
)

// articles counts those that are published.
func (s *service) articles() int {
	s.t.Helper()
	code, body := s.get(allPath)
	if code != http.StatusOK {
		s.t.Fatalf("the feed answers %d", code)
	}
	return strings.Count(body, `"content_html"`)
}

// reload sends SIGHUP, after which the schedule looks at once.
func (s *service) reload() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		s.t.Fatal(err)
	}
}

// end sends SIGTERM; the server must drain and end with 0.
func (s *service) end() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case err := <-s.ends:
		if err != nil {
			s.t.Errorf("the server ended with %v:\n%s", err, s.said())
		}
	case <-time.After(patience):
		s.t.Fatalf("the server does not end after SIGTERM")
	}
}

func (v *victim) path(name string) string { return filepath.Join(v.dir, name) }
