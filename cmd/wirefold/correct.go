package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wirefold/internal/config"
	"wirefold/internal/news"
)

// correctWait is how long a correction waits for a refresh that is running: it is typed by a person who is looking.
const correctWait = time.Minute

func newCorrectCmd(a *app) *cobra.Command {
	var path string
	root := &cobra.Command{
		Use:   "correct",
		Short: "Have the last word: merge, split, pin or drop",
		Long: `Correct tells Wirefold what it got wrong. Articles are named by their key (or a unique beginning of at least 8
digits), their exact URL, or their seed path. A correction holds for all time: across refreshes, restarts and new
models. Those made here are kept in the store; those of corrections.yaml are read from the file at each run.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().StringVarP(&path, "config", "c", defaultConfig, "configuration `file`")
	add := func(c *cobra.Command, fill func(*news.Correction)) {
		var note string
		c.Flags().StringVar(&note, "note", "", "why, for people")
		c.RunE = func(c *cobra.Command, args []string) error {
			k := news.Correction{Op: c.Name(), Articles: args, Note: note, Origin: "command"}
			fill(&k)
			return runCorrect(c.Context(), a, path, k)
		}
		root.AddCommand(c)
	}
	none := func(*news.Correction) {}
	add(&cobra.Command{Use: "merge A B…", Short: "These articles tell one event", Args: cobra.MinimumNArgs(2)}, none)
	add(&cobra.Command{Use: "split A B…", Short: "No two of these articles tell one event", Args: cobra.MinimumNArgs(2)}, none)
	var purge bool
	drop := &cobra.Command{Use: "drop A", Short: "Publish this article no more", Args: cobra.ExactArgs(1)}
	drop.Flags().BoolVar(&purge, "purge", false, "delete its text as well")
	add(drop, func(k *news.Correction) { k.Purge = purge })
	var lead bool
	var headline string
	pin := &cobra.Command{Use: "pin A", Short: "Make this article the lead of its story, or give the story a headline", Args: cobra.ExactArgs(1)}
	pin.Flags().BoolVar(&lead, "lead", false, "make it the lead article")
	pin.Flags().StringVar(&headline, "headline", "", "the story's headline")
	pin.PreRunE = func(*cobra.Command, []string) error {
		if !lead && headline == "" {
			return usagef("pin needs --lead, --headline or both")
		}
		return nil
	}
	add(pin, func(k *news.Correction) { k.Lead, k.Headline = lead, headline })
	root.AddCommand(&cobra.Command{
		Use: "export", Short: "Print all corrections in force, in the form of corrections.yaml", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runExport(c.Context(), a, path) },
	})
	root.AddCommand(&cobra.Command{
		Use: "undo OP A…", Short: "Take back a correction that this command made", Args: cobra.MinimumNArgs(2),
		Long: "Undo removes the correction with exactly this operation and these articles, as `correct export` prints them.\n" +
			"A correction of corrections.yaml is removed by removing its lines there.",
		RunE: func(c *cobra.Command, args []string) error { return runUndo(c.Context(), a, path, args[0], args[1:]) },
	})
	return root
}

func runCorrect(ctx context.Context, a *app, path string, k news.Correction) error {
	return withCorrections(ctx, a, path, func(h *house) error {
		k = h.knownAll(k)
		for _, ref := range k.Articles {
			if _, err := h.store.ArticleByRef(ctx, ref); errors.Is(err, news.ErrNotFound) {
				fmt.Fprintf(a.Stderr, "wirefold: %s: no such article yet; the correction is kept and holds when it comes\n", oneLine(ref))
			} else if err != nil {
				return err
			}
		}
		return h.store.AddCorrection(ctx, k, h.app.Now())
	})
}

func runUndo(ctx context.Context, a *app, path, op string, refs []string) error {
	return withCorrections(ctx, a, path, func(h *house) error {
		all, err := h.store.Corrections(ctx)
		if err != nil {
			return err
		}
		want := h.knownAll(news.Correction{Articles: refs}).Articles
		for _, k := range all {
			if k.Op == op && slices.Equal(k.Articles, want) {
				if k.Origin == "file" {
					return exit(exitBadInput, fmt.Errorf("that correction is line %d of %s: remove it there", k.Line, h.cfg.Corrections))
				}
				return h.store.RemoveCorrection(ctx, k.Correction)
			}
		}
		return exit(exitNoInput, fmt.Errorf("no correction %s %s", op, strings.Join(refs, " ")))
	})
}

// withCorrections changes the corrections under the lock of refreshes and lets the change take effect at once.
func withCorrections(ctx context.Context, a *app, path string, change func(*house) error) error {
	h, err := openHouse(ctx, a, path)
	if err != nil {
		return err
	}
	defer h.close()
	unlock, err := h.lock(ctx, correctWait)
	if errors.Is(err, news.ErrBusy) {
		return exit(exitLocked, errors.New("another refresh is running; nothing was corrected"))
	}
	if err != nil {
		return err
	}
	defer unlock()
	if err := change(h); err != nil {
		return err
	}
	if err := h.prepare(ctx); err != nil {
		return err
	}
	return h.placeAll(ctx)
}

func runExport(ctx context.Context, a *app, path string) error {
	h, err := openHouse(ctx, a, path)
	if err != nil {
		return err
	}
	defer h.close()
	file, err := loadCorrections(h.cfg)
	if err != nil {
		return err
	}
	stored, err := h.store.Corrections(ctx)
	if err != nil {
		return err
	}
	// The file may have changed since the last refresh: what it says now is what holds.
	all := slices.Clone(file)
	for _, k := range stored {
		if k.Origin != "file" {
			all = append(all, k.Correction)
		}
	}
	_, err = a.Stdout.Write(config.RenderCorrections(all))
	return err
}
