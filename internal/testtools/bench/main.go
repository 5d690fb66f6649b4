// Command bench prints what Wirefold costs, each figure beside a baseline measured in the same run, alternately: figures
// of different runs or machines say nothing, ratios do.
//
//	bench -wirefold bin/wirefold [-feeds 1000] [-rounds 3] [-latency] [-only load] [-seeds 'seeds/*.txt']
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"wirefold/internal/testtools/feedload"
	"wirefold/internal/testtools/meter"
)

type bench struct {
	wirefold, floor string // programs
	dir             string // scratch
	seeds           string
	profile         string
	feeds, rounds   int
	latency         bool
}

func main() {
	b := bench{}
	flag.StringVar(&b.wirefold, "wirefold", "bin/wirefold", "the program to measure")
	flag.StringVar(&b.seeds, "seeds", "seeds/*.txt", "seed files")
	flag.IntVar(&b.feeds, "feeds", 1000, "feeds of the load test; 0 leaves it out")
	flag.IntVar(&b.rounds, "rounds", 3, "rounds; the median is printed")
	flag.BoolVar(&b.latency, "latency", false, "also refresh 1000 slow and partly failing hosts")
	serve := flag.Bool("serve-feeds", false, "serve the feeds of the load test, told what to do on stdin (used by bench itself)")
	only := flag.String("only", "", "measure one part alone: start, seeds, idle, load, latency, serve or rerender")
	bare := flag.Bool("bare-gin", false, "serve one file of a site through gin and nothing else: SITE PATH (used by bench itself)")
	ports := flag.Int("ports", 16, "ports to serve feeds on")
	items := flag.Int("items", 0, "items of a feed; 0 = 30")
	apart := flag.Bool("apart", false, "serve each port at a loopback address of its own")
	group := flag.String("grouping", "", "measure grouping in this process: pure:N and stored:N with N live articles, parted by commas (used by bench itself)")
	flag.StringVar(&b.profile, "profile", "", "write a CPU profile of -grouping to this file")
	flag.Parse()
	var err error
	if *group != "" {
		err = b.grouping(*group)
	} else if *bare && flag.NArg() == 2 {
		err = serveBare(flag.Arg(0), flag.Arg(1))
	} else if *serve {
		err = serveFeeds(feedload.Options{Feeds: b.feeds, Ports: *ports, Items: *items, Apart: *apart})
	} else {
		err = b.run(*only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) run(only string) error {
	dir, err := os.MkdirTemp("", "wirefold-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir = dir
	if b.wirefold, err = filepath.Abs(b.wirefold); err != nil {
		return err
	}
	if b.seeds, err = filepath.Abs(b.seeds); err != nil {
		return err
	}
	b.floor = filepath.Join(dir, "floor")
	build := exec.Command("go", "build", "-tags", "nomsgpack", "-o", b.floor, "./internal/testtools/floor")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the baseline: %w\n%s", err, out)
	}
	fmt.Printf("%s %s/%s, %d CPUs, median of %d rounds; CPU is user and system of the whole process.\n"+
		"floor: conditional GET, gofeed, SQLite insert; no cleaning, no grouping, no guard.\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), b.rounds)
	fmt.Printf("%-38s %12s %12s %8s %10s %10s   %s\n", "", "wirefold", "floor", "ratio", "peak MB", "floor MB", "aim")
	b.latency = b.latency || only == "latency"
	for _, part := range []struct {
		name    string
		measure func() error
	}{{"start", b.version}, {"seeds", b.refreshSeeds}, {"idle", b.idle}, {"load", b.load}, {"latency", b.slow}, {"serve", b.serve}, {"rerender", b.rerender}} {
		if only != "" && only != part.name {
			continue
		}
		if err := part.measure(); err != nil {
			fmt.Printf("  not measured: %v\n", err)
		}
	}
	return nil
}

// row prints one line of the table.
func row(name string, w, f meter.Cost, aim string) {
	ratio := "-"
	if f.CPU > 0 {
		ratio = fmt.Sprintf("%.2f", float64(w.CPU)/float64(f.CPU))
	}
	fmt.Printf("%-38s %12s %12s %8s %10.1f %10.1f   %s\n", name, seconds(w.CPU), seconds(f.CPU), ratio, mb(w.Peak), mb(f.Peak), aim)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

func mb(n int64) float64 { return float64(n) / (1 << 20) }

// patience bounds one measured command: what takes longer is a fault, not a figure.
const patience = 30 * time.Minute

// must runs a program that must succeed.
func must(name string, args ...string) (meter.Cost, error) { return mustWith(nil, name, args...) }

// mustWith is must with more in the environment.
func mustWith(env []string, name string, args ...string) (meter.Cost, error) {
	return mustEnd(0, env, name, args...)
}

// mustEnd is mustWith for a program that must end with this exit code.
func mustEnd(code int, env []string, name string, args ...string) (meter.Cost, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	c, err := meter.Run(cmd)
	if err != nil {
		return c, err
	}
	if ctx.Err() != nil {
		return c, fmt.Errorf("%s %v was stopped after %s, with %s of CPU", filepath.Base(name), args, patience, seconds(c.CPU))
	}
	if c.Code != code {
		return c, fmt.Errorf("%s %v: exit %d: %.300s", filepath.Base(name), args, c.Code, c.Err)
	}
	return c, nil
}

// both runs two commands by turns and returns the medians.
func (b *bench) both(rounds int, w, f func(round int) (meter.Cost, error)) (meter.Cost, meter.Cost, error) {
	var ws, fs []meter.Cost
	for i := range rounds {
		c, err := f(i)
		if err != nil {
			return c, c, err
		}
		fs = append(fs, c)
		if c, err = w(i); err != nil {
			return c, c, err
		}
		ws = append(ws, c)
	}
	return meter.Median(ws), meter.Median(fs), nil
}

func (b *bench) version() error {
	w, f, err := b.both(7*b.rounds,
		func(int) (meter.Cost, error) { return must(b.wirefold, "version") },
		func(int) (meter.Cost, error) { return must(b.floor) })
	if err != nil {
		return err
	}
	row("start: version", w, f, "< 0.030 s, 25 MB")
	return nil
}

func (b *bench) refreshSeeds() error {
	config, err := b.config("seeds", fmt.Sprintf("feeds: [{id: seeds, seeds: %q}]\n", b.seeds))
	if err != nil {
		return err
	}
	store := func(i int) string { return filepath.Join(b.dir, "seeds", fmt.Sprintf("%d.db", i)) }
	refresh := func(i int) (meter.Cost, error) {
		return mustWith([]string{"WIREFOLD_STORE=" + store(i)}, b.wirefold, "refresh", "-c", config)
	}
	floor := func(i int) (meter.Cost, error) { return must(b.floor, "-db", store(i)+".floor", "-files", b.seeds) }
	w, f, err := b.both(3*b.rounds, refresh, floor)
	if err != nil {
		return err
	}
	row("refresh: five seeds, empty store", w, f, "< 0.100 s")
	if w, f, err = b.both(3*b.rounds, refresh, floor); err != nil {
		return err
	}
	row("refresh: five seeds, nothing new", w, f, "")
	return nil
}

// config writes a configuration into a folder of its own and returns its path.
func (b *bench) config(name, feeds string) (string, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	text := "site: {title: Bench, url: \"http://127.0.0.1:1\", authority: \"bench.example,2026\", listen: \"127.0.0.1:0\", admin: none}\n" +
		"topics: [{slug: all, title: All}]\n" + feeds
	path := filepath.Join(dir, "feeds.yaml")
	return path, os.WriteFile(path, []byte(text), 0o644)
}
