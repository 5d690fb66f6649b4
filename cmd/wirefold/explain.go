package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"wirefold/internal/news"
	"wirefold/normalize"
	"wirefold/publish"
)

func newExplainCmd(a *app) *cobra.Command {
	var in, config string
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain A B",
		Short: "Say why two articles are, or are not, one story",
		Long: `Says whether two articles tell one event, and what speaks for and against it, signal by signal. Articles of the store are
named by their key (or a unique beginning of at least 8 digits), their exact URL or their seed path; those of a file of JSON
lines (--in) by their id. Of a story of the store it also says what its subscribers were told last, and what waits.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if args[0] == args[1] {
				return usagef("explain needs two articles; these are one")
			}
			if in != "" {
				return explainIn(a, in, args[0], args[1], asJSON)
			}
			return withHouse(c.Context(), a, config, func(ctx context.Context, h *house) error {
				x, err := explainStored(ctx, h, args[0], args[1])
				if err != nil {
					return err
				}
				if err := printExplained(a.Stdout, x, asJSON); err != nil || asJSON {
					return err
				}
				return printStories(ctx, a.Stdout, h, x.a.Key, x.b.Key)
			})
		},
	}
	configFlag(c, &config)
	c.Flags().StringVar(&in, "in", "", "read the articles from this file of JSON lines instead of the store")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// printStories says of the stories of articles what their subscribers were told last, and why.
func printStories(ctx context.Context, w io.Writer, h *house, keys ...news.ArticleKey) error {
	done := map[news.StoryID]bool{}
	for _, k := range keys {
		id, err := h.store.StoryOf(ctx, k)
		if errors.Is(err, news.ErrNotFound) || done[id] {
			continue
		}
		if err != nil {
			return err
		}
		done[id] = true
		s, err := h.store.Story(ctx, id)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "\nstory %s: %s\n", id, printable(s.Account.Headline)); err != nil {
			return err
		}
		for _, line := range publish.Significance(s) {
			if _, err := fmt.Fprintf(w, "  %s\n", printable(line)); err != nil {
				return err
			}
		}
	}
	return nil
}

// explainIn explains two articles of a file of JSON lines.
func explainIn(a *app, file, idA, idB string, asJSON bool) error {
	in, err := readLines(a, []string{file})
	if err != nil {
		return err
	}
	at := map[news.ArticleKey]int{}
	for i := range in.articles {
		at[in.articles[i].Key] = i
	}
	i, okA := at[news.ArticleKey(idA)]
	j, okB := at[news.ArticleKey(idB)]
	for _, k := range []struct {
		id string
		ok bool
	}{{idA, okA}, {idB, okB}} {
		if !k.ok {
			return exit(exitNoInput, fmt.Errorf("no article %q in %s", k.id, file))
		}
	}
	m := normalize.Load()
	x := explained{Explanation: m.Explain(in.articles, i, j), a: &in.articles[i], b: &in.articles[j]}
	x.common = m.InCommon(x.a, x.b)
	x.find = func(k news.ArticleKey) *news.Article {
		if n, ok := at[k]; ok {
			return &in.articles[n]
		}
		return nil
	}
	if err := printExplained(a.Stdout, x, asJSON); err != nil {
		return fmt.Errorf("write explanation: %w", err)
	}
	return in.verdict()
}
