package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

const (
	// paced is the rate at which latencies are taken while a refresh runs.
	paced, pacedTime = 1000, 10 * time.Second
	// batches of new texts are found by one refresh each, at most.
	batches, batch = 60, 50
	// ownRefresh is how long a server has that finds new texts by itself: it looks at once, and takes about as long.
	ownRefresh = 400 * time.Millisecond
)

// pace asks at a steady rate, whether answers come or not, while refreshes bring new texts into the topic.
func (b *bench) pace(name, config string, ours target, path string, refresh func() error) error {
	// What the refreshes will find is written before, so that the clock shows what they cost, and not what writing does.
	texts := filepath.Join(filepath.Dir(config), "texts")
	known, err := os.ReadDir(texts)
	if err != nil {
		return err
	}
	next := func(i int) string { return filepath.Join(b.dir, name, strconv.Itoa(i)) }
	for i := range batches {
		if err := writeTexts(next(i), len(known)+i*batch, batch, 400); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), pacedTime)
	defer cancel()
	refreshed := make(chan error, 1)
	runs := 0
	go func() {
		var err error
		for ; err == nil && ctx.Err() == nil && runs < batches; runs++ {
			if err = moveFiles(filepath.Join(next(runs), "texts"), texts); err == nil {
				err = refresh()
			}
		}
		refreshed <- err
	}()
	all, err := latencies(ctx, ours.url+path)
	if err != nil {
		return err
	}
	slices.Sort(all)
	if err := <-refreshed; err != nil {
		return err
	}
	n := len(all)
	fmt.Printf("%-38s p50 %.2f ms, p99 %.2f ms, worst %.1f ms of %d, during %d refreshes   p99 < 10 ms\n",
		fmt.Sprintf("%d requests/s %s", paced, name), all[n/2], all[n*99/100], all[n-1], n, runs)
	return nil
}

// latencies are the times from when requests were due, in milliseconds, until ctx is done.
func latencies(ctx context.Context, url string) ([]float64, error) {
	// It asks for gzip, as readers do, and does not unpack it: that would cost more than the server does.
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256, DisableCompression: true}, Timeout: 10 * time.Second}
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	took := make(chan float64, paced*int(pacedTime/time.Second))
	n := 0
	for begin := time.Now(); ctx.Err() == nil; {
		due := int(time.Since(begin).Seconds() * paced)
		for ; n < due && n < cap(took); n++ {
			at := begin.Add(time.Duration(n) * time.Second / paced)
			go func() {
				res, err := client.Do(req.Clone(context.Background()))
				if err == nil {
					_, err = io.Copy(io.Discard, res.Body)
					res.Body.Close()
				}
				if err != nil || res.StatusCode != http.StatusOK {
					took <- 1e4
					return
				}
				took <- float64(time.Since(at).Microseconds()) / 1000
			}()
		}
		time.Sleep(time.Millisecond)
	}
	all := make([]float64, n)
	for i := range all {
		all[i] = <-took
	}
	return all, nil
}

// moveFiles moves what is in a folder into another.
func moveFiles(from, to string) error {
	files, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.Rename(filepath.Join(from, f.Name()), filepath.Join(to, f.Name())); err != nil {
			return err
		}
	}
	return nil
}
