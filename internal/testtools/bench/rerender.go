package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	// rerendered is how many stories the topic has of which one changes.
	rerendered = 10_000
	// rerenderWait is how long a server needs to see what another process stored (a poll each second), and to render again (once a second at most).
	rerenderWait = 2500 * time.Millisecond
)

// rerender measures the first plain answer after one story of a large topic changed, and one from the bytes that stand.
func (b *bench) rerender() (err error) {
	config, err := b.config("rerender", "feeds: [{id: seeds, seeds: \"texts/*.txt\"}]\n")
	if err != nil {
		return err
	}
	if err := writeTexts(filepath.Dir(config), 0, rerendered, 40); err != nil {
		return err
	}
	if _, err := must(b.wirefold, "refresh", "-c", config); err != nil {
		return err
	}
	ours, stop, err := b.startOurs(config, "--no-fetch")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	fmt.Println()
	for _, form := range []string{"atom", "rss", "json"} {
		path := "/topics/all/feed." + form
		before, err := ours.fetch(path, nil)
		if err != nil {
			return err
		}
		var first, again []float64
		for round := range max(b.rounds, 3) {
			text := fmt.Sprintf("Council of Gdynia votes on the bridge\n\nIn the %s vote number %d the council of Gdynia agreed to build the crossing.\n", form, round)
			if err := os.WriteFile(filepath.Join(filepath.Dir(config), "texts", "change.txt"), []byte(text), 0o644); err != nil {
				return err
			}
			if _, err := must(b.wirefold, "refresh", "-c", config); err != nil {
				return err
			}
			time.Sleep(rerenderWait)
			start := time.Now()
			after, err := ours.fetch(path, nil)
			if err != nil {
				return err
			}
			first = append(first, time.Since(start).Seconds()*1e3)
			if after.etag == before.etag {
				return fmt.Errorf("%s: the changed story is not in it", path)
			}
			before, start = after, time.Now()
			if _, err := ours.fetch(path, nil); err != nil {
				return err
			}
			again = append(again, time.Since(start).Seconds()*1e3)
		}
		fmt.Printf("first answer after 1 of %d stories changed, feed.%-5s %6.1f ms, from finished bytes %.1f ms   aim < 20 ms\n", rerendered, form, middle(first), middle(again))
	}
	return nil
}
