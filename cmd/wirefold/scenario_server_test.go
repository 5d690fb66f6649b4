package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// running is the server of a scenario.
type running struct {
	cmd  *exec.Cmd
	ends chan error
}

// server ARG…: runs `wirefold serve ARG…` until stop, on a free port; waits until it answers and sets URL.
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "server ARG…", true)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	ts.Defer(cancel)
	program, err := exec.LookPath("wirefold")
	ts.Check(err)
	cmd := exec.CommandContext(ctx, program, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "TZ=UTC", "WIREFOLD_SITE_ADMIN=none")
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	s := &running{cmd: cmd, ends: make(chan error, 1)}
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if u, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
				found <- u
				break
			}
		}
		io.Copy(io.Discard, stderr)
		close(found)
		s.ends <- cmd.Wait()
	}()
	select {
	case u, ok := <-found:
		if !ok {
			ts.Fatalf("the server ended before it listened")
		}
		ts.Setenv("URL", u)
	case <-time.After(patience):
		ts.Fatalf("the server does not listen after %s", patience)
	}
	ts.Setenv("SERVER", strconv.Itoa(cmd.Process.Pid))
	*current(ts) = s
}

// current is where a scenario keeps its server.
func current(ts *testscript.TestScript) **running {
	if v, ok := ts.Value(serverKey{}).(**running); ok {
		return v
	}
	ts.Fatalf("no place for a server")
	return nil
}

type serverKey struct{}

// stop: ends the server with SIGTERM; it must drain and end with 0.
func stopServer(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "stop", len(args) == 0)
	s := *current(ts)
	if s == nil {
		ts.Fatalf("no server is running")
	}
	ts.Check(s.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-s.ends:
		ts.Check(err)
	case <-time.After(patience):
		ts.Fatalf("the server does not end after SIGTERM")
	}
	*current(ts) = nil
}

// get STATUS PATH FILE [HEADER…]: asks the server, follows no redirect, writes header and body to FILE.header and FILE.
func get(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "get [METHOD:]STATUS PATH FILE [Name: value…]", len(args) >= 3)
	method, status, ok := strings.Cut(args[0], ":")
	if !ok {
		method, status = http.MethodGet, args[0]
	}
	req, err := http.NewRequest(method, ts.Getenv("URL")+args[1], nil)
	ts.Check(err)
	for _, h := range args[3:] {
		name, value, _ := strings.Cut(h, ":")
		req.Header.Set(name, strings.TrimSpace(value))
	}
	client := http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	ts.Check(err)
	var head strings.Builder
	fmt.Fprintln(&head, res.StatusCode)
	ts.Check(res.Header.Write(&head))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), raw, 0o644))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]+".header"), []byte(strings.ReplaceAll(head.String(), "\r", "")), 0o644))
	if strconv.Itoa(res.StatusCode) != status {
		ts.Fatalf("%s %s answers %d, want %s", method, args[1], res.StatusCode, status)
	}
}
