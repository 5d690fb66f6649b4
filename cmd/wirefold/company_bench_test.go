//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"wirefold/internal/config"
	"wirefold/internal/store/storetest"
	"wirefold/internal/testtools/feedload"
)

// BenchmarkRefreshOnPostgreSQL refreshes feeds of 30 items into an empty database, by 1, 2 and 4 processes that start at
// once (make bench-postgres). WIREFOLD_BENCH_FEEDS says how many feeds; 100 without. The processor time is the figure
// that holds on another machine: who is alone on one has time for as many articles as its processors have seconds.
func BenchmarkRefreshOnPostgreSQL(b *testing.B) {
	feeds := 100
	if n, err := strconv.Atoi(os.Getenv("WIREFOLD_BENCH_FEEDS")); err == nil {
		feeds = n
	}
	bin := filepath.Join(b.TempDir(), "wirefold")
	if out, err := exec.Command("go", "build", "-tags", "nomsgpack", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	for _, processes := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("%d processes", processes), func(b *testing.B) {
			for b.Loop() {
				refreshTogether(b, bin, feeds, processes)
			}
		})
	}
}

func refreshTogether(b *testing.B, bin string, feeds, processes int) {
	load, err := feedload.Start(feedload.Options{Feeds: feeds, Ports: 20, Retell: 0.3})
	if err != nil {
		b.Fatal(err)
	}
	defer load.Close()
	server := storetest.StartPostgres(b)
	yaml := filepath.Join(b.TempDir(), "feeds.yaml")
	var text strings.Builder
	fmt.Fprintf(&text, "store: %q\nfetch: {allow: [%s]}\ntopics: [{slug: all}]\nfeeds:\n", server.NewDSN(b), `"`+strings.Join(load.Hosts(), `", "`)+`"`)
	for _, u := range load.URLs() {
		fmt.Fprintf(&text, "  - {url: %q, backfill: true}\n", u)
	}
	if err := os.WriteFile(yaml, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	before, start := server.CPU(b), time.Now()
	cmds := make([]*exec.Cmd, processes)
	outs := make([]bytes.Buffer, processes)
	for i := range cmds {
		// Each process claims what it finds due: they are given parts of the feeds, as claims would part them over time.
		args := []string{"refresh", "-c", yaml}
		for f := i; f < feeds; f += processes {
			args = append(args, "--feed", config.Slug(load.URL(f)))
		}
		cmds[i] = exec.Command(bin, args...)
		cmds[i].Stderr = &outs[i]
		if err := cmds[i].Start(); err != nil {
			b.Fatal(err)
		}
	}
	var ours time.Duration
	for i, c := range cmds {
		if err := c.Wait(); err != nil {
			b.Fatalf("process %d: %v\n%s", i, err, outs[i].String())
		}
		ours += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	wall := time.Since(start).Seconds()
	articles := float64(feeds * 30)
	b.ReportMetric(articles/wall, "articles/s")
	b.ReportMetric(float64(feeds)/wall, "feeds/s")
	b.ReportMetric(ours.Seconds()/articles*1000, "ms-cpu/article")
	b.ReportMetric((server.CPU(b)-before).Seconds()/articles*1000, "ms-cpu-postgres/article")
}
