package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wirefold/internal/news"
	"wirefold/internal/refresh"
)

// refreshFlags are what `wirefold refresh` was told.
type refreshFlags struct {
	config     string
	all, force bool
	feeds      []string
	wait       time.Duration
	dryRun     bool
	json       bool
	verbose    bool
}

func newRefreshCmd(a *app) *cobra.Command {
	var f refreshFlags
	c := &cobra.Command{
		Use:   "refresh",
		Short: "Fetch what is due, fold it into stories, and stop",
		Long: `Refresh fetches the feeds that are due, stores what they bring and folds it into stories: the one-off for cron.
It is silent when all went well, and prints one line for each feed that failed.

Exit codes: 0 done or nothing due, 2 some feeds failed, 3 all feeds tried failed, 4 another refresh is running,
73 data directory unwritable, 74 disk error, 76 the store is newer than this program, 78 bad configuration.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, stop := untilSignal(c.Context())
			defer stop()
			err := runRefresh(ctx, a, f)
			if ctx.Err() != nil && errors.Is(err, context.Canceled) {
				return nil // we were asked to end: what came is stored, the rest is for the next run
			}
			return err
		},
	}
	configFlag(c, &f.config)
	c.Flags().BoolVar(&f.all, "all", false, "every enabled feed whose minimum interval has passed, not only what is due")
	c.Flags().BoolVar(&f.force, "force", false, "ignore intervals and backoff (never Retry-After, 410 or the limits per host)")
	c.Flags().StringArrayVar(&f.feeds, "feed", nil, "only the feed with this `ID`; may be repeated")
	c.Flags().DurationVar(&f.wait, "wait", 0, "wait this long for another refresh to end, instead of stopping with 4")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "print what subscribers would see change, and keep nothing")
	c.Flags().BoolVar(&f.json, "json", false, "print a report as JSON")
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "say what was done")
	return c
}

func (f refreshFlags) options() refresh.Options {
	o := refresh.Options{Mode: refresh.Due}
	switch {
	case f.force:
		o.Mode = refresh.Force
	case f.all:
		o.Mode = refresh.All
	}
	for _, id := range f.feeds {
		o.Only = append(o.Only, news.FeedID(id))
	}
	return o
}

func runRefresh(ctx context.Context, a *app, f refreshFlags) error {
	a.giveWay()
	pace := beUnhurried(a.Getenv)
	defer pace.done()
	h, err := openHouse(ctx, a, f.config)
	if err != nil {
		return err
	}
	defer h.close()
	h.pace = pace
	if err := h.readLists(ctx); err != nil {
		return err
	}
	for _, id := range f.feeds {
		if !h.hasFeed(news.FeedID(id)) {
			return usagef("--feed %s: no such feed in %s", id, f.config)
		}
	}
	unlock, err := h.lock(ctx, f.wait)
	if errors.Is(err, news.ErrBusy) {
		if f.verbose || f.json {
			fmt.Fprintln(a.Stderr, "wirefold: another refresh is running; nothing was done")
		}
		return exit(exitLocked, nil)
	}
	if err != nil {
		return err
	}
	defer unlock()
	var before view
	if f.dryRun {
		if err := h.rehearse(ctx); err != nil {
			return err
		}
		if before, err = h.view(ctx); err != nil {
			return err
		}
	}
	r := h.refresher()
	if isTerminal(a.Stderr) && !f.json {
		r.Progress = progress(a.Stderr)
	}
	rep, err := r.Run(ctx, f.options())
	if errors.Is(err, context.Canceled) {
		return err // fetches that we ourselves broke off say nothing about their feeds
	}
	tellFeeds(a.Stderr, rep, f.verbose)
	if err != nil {
		return err
	}
	switch {
	case f.json:
		if err := json.NewEncoder(a.Stdout).Encode(rep); err != nil {
			return exit(exitIO, fmt.Errorf("print report: %w", err))
		}
	case f.verbose:
		fmt.Fprintf(a.Stdout, "%d feeds asked, %d failed; %d new articles; stories: %d new, %d changed, %d merged, %d split\n",
			len(rep.Feeds), rep.Failed(), rep.ArticlesNew, rep.StoriesNew, rep.StoriesChanged, rep.Merged, rep.Split)
	}
	if f.dryRun && !f.json {
		after, err := h.view(ctx)
		if err != nil {
			return err
		}
		after.diff(a.Stdout, before)
	}
	switch n := rep.Failed(); {
	case n == 0:
		return nil
	case n == len(rep.Feeds):
		return exit(exitAllFailed, nil)
	}
	return exit(exitSomeFailed, nil)
}

// tellFeeds prints one line for each feed that failed, with every bad file of a seed folder in it. Bad parts of a feed that
// was read all the same are told only to those who ask: success is silent.
func tellFeeds(w io.Writer, rep refresh.Report, verbose bool) {
	for _, f := range rep.Feeds {
		if !f.Failed() && !verbose {
			continue
		}
		var parts []string
		if f.Failed() && f.Error != "" {
			parts = append(parts, oneLine(f.Error))
		}
		for _, p := range f.Problems {
			if p = oneLine(p); !slices.ContainsFunc(parts, func(told string) bool { return strings.Contains(told, p) }) {
				parts = append(parts, p)
			}
		}
		if len(parts) > 0 {
			fmt.Fprintf(w, "%s: %s\n", f.ID, strings.Join(parts, "; "))
		}
	}
}

// progressEvery bounds how often the progress line is written.
const progressEvery = 100 * time.Millisecond

// progress writes one line that overwrites itself, and wipes it at the end.
func progress(w io.Writer) func(done, total int) {
	var last time.Time
	ch := make(chan struct{}, 1) // workers report at once
	return func(done, total int) {
		ch <- struct{}{}
		defer func() { <-ch }()
		if done == total {
			fmt.Fprint(w, "\r\x1b[K")
			return
		}
		if now := time.Now(); now.Sub(last) >= progressEvery {
			last = now
			fmt.Fprintf(w, "\r%d of %d feeds", done, total)
		}
	}
}

// isTerminal reports whether w is a character device that a person may be looking at.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
