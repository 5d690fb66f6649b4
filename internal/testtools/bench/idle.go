package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"wirefold/internal/testtools/meter"
)

// settled is how long a server rests before its memory is read: long enough for the collector to give memory back.
const settled = 8 * time.Second

// idle measures a server with the seeds that nobody asks anything, after each of its feeds was read once.
func (b *bench) idle() error {
	config, err := b.config("idle", fmt.Sprintf("feeds: [{id: seeds, seeds: %q}]\n", b.seeds))
	if err != nil {
		return err
	}
	if _, err := must(b.wirefold, "refresh", "-c", config); err != nil {
		return err
	}
	w, err := resident(exec.Command(b.wirefold, "serve", "-c", config), "/topics/all/feed.atom")
	if err != nil {
		return err
	}
	f, err := resident(exec.Command(b.floor, "-serve"), "/")
	if err != nil {
		return err
	}
	fmt.Printf("%-38s %9.1f MB %9.1f MB %8.2f %10s %10s   %s\n", "idle server, resident memory", mb(w), mb(f), float64(w)/float64(f), "", "", "< 40 MB")
	return nil
}

// resident starts a server, asks it once, lets it rest, and reads its resident memory (Linux).
func resident(cmd *exec.Cmd, path string) (bytes int64, err error) {
	url, stop, err := start(cmd)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	res, err := http.Get(url + path)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	if err != nil || res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s%s: %s %w", url, path, res.Status, err)
	}
	time.Sleep(settled)
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(cmd.Process.Pid), "status"))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0, errors.New("no VmRSS in the status of the process")
	}
	kb, err := strconv.ParseInt(fields[0], 10, 64)
	return kb << 10, err
}

// start runs a server until it says where it listens. stop ends it with SIGTERM and waits.
func start(cmd *exec.Cmd) (url string, stop func() error, err error) {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() error {
		stdin.Close()
		if err := cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		err := cmd.Wait()
		w.Close()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil // how it ends is not what is measured
		}
		return err
	}
	found := make(chan string, 1)
	go func() {
		var said bytes.Buffer
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			said.WriteString(lines.Text() + "\n")
			if _, u, ok := strings.Cut(lines.Text(), "listening on "); ok && strings.HasPrefix(u, "http") {
				select {
				case found <- strings.TrimSpace(u):
				default:
				}
			}
		}
	}()
	select {
	case url = <-found:
		return url, stop, nil
	case <-time.After(30 * time.Second):
		return "", nil, errors.Join(fmt.Errorf("%s does not listen after 30 s", filepath.Base(cmd.Path)), stop())
	}
}

// rate prints a throughput.
func rate(name string, n int, c meter.Cost) {
	fmt.Printf("%-38s %9.0f /CPU-s, %.0f /s\n", name, float64(n)/c.CPU.Seconds(), float64(n)/c.Wall.Seconds())
}
