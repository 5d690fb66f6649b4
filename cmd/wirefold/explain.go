package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"wirefold/normalize"
)

func newExplainCmd(a *app) *cobra.Command {
	var in, config string
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain A B",
		Short: "Say why two articles are, or are not, one story",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if in != "" {
				return explainIn(a, in, args[0], args[1], asJSON)
			}
			return withHouse(c.Context(), a, config, func(ctx context.Context, h *house) error {
				x, err := explainStored(ctx, h, args[0], args[1])
				if err != nil {
					return err
				}
				return printExplanation(a.Stdout, x, asJSON)
			})
		},
	}
	configFlag(c, &config)
	c.Flags().StringVar(&in, "in", "", "read the articles from this file of JSON lines instead of the store")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// explainIn explains two articles of a file of JSON lines.
func explainIn(a *app, file, idA, idB string, asJSON bool) error {
	in, err := readLines(a, []string{file})
	if err != nil {
		return err
	}
	at := [2]int{-1, -1}
	for i := range in.articles {
		for k, id := range [2]string{idA, idB} {
			if string(in.articles[i].Key) == id {
				at[k] = i
			}
		}
	}
	for k, id := range [2]string{idA, idB} {
		if at[k] < 0 {
			return exit(exitNoInput, fmt.Errorf("no article %q in %s", id, file))
		}
	}
	x := normalize.Load().Explain(in.articles, at[0], at[1])
	if err := printExplanation(a.Stdout, x, asJSON); err != nil {
		return fmt.Errorf("write explanation: %w", err)
	}
	return in.verdict()
}

// printExplanation writes an explanation for people, or as one JSON object.
func printExplanation(w io.Writer, x normalize.Explanation, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(x)
	}
	answer := "two stories"
	if x.SameStory {
		answer = "one story"
	}
	near := "not candidates: they share too few rare keys, or lie more than 7 days apart"
	if x.Candidates {
		near = "candidates"
	}
	if _, err := fmt.Fprintf(w, "%s (%s)\nscore %+.3f, threshold %+.3f (log-odds; above is for one event)\n\n", answer, near, x.Score, x.Threshold); err != nil {
		return err
	}
	for _, s := range x.Signals {
		if _, err := fmt.Fprintf(w, "%+8.3f  %s = %.4g\n", s.Contribution, s.Name, s.Value); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(w, "\ndecided by\n"); err != nil {
		return err
	}
	for _, k := range x.DecidedBy {
		if _, err := fmt.Fprintf(w, "  %s\n", printable(string(k))); err != nil {
			return err
		}
	}
	return nil
}
