package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wirefold/internal/news"
	"wirefold/normalize"
)

const (
	// checkArticles is how many of the newest articles check looks at: enough to judge a query, quick on any store.
	checkArticles = 2000
	// checkShown is how many near misses are printed for a topic.
	checkShown = 5
)

func newCheckCmd(a *app) *cobra.Command {
	var config string
	c := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration, and try the topics on the articles at hand",
		Long: `Check reads feeds.yaml and corrections.yaml and prints every mistake with its line and column. Then it tries each
topic on the articles in the store (on the seed files, when there is no store yet) and prints how many match, and
which nearly do and why not.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runCheck(c.Context(), a, config) },
	}
	configFlag(c, &config)
	return c
}

func runCheck(ctx context.Context, a *app, path string) error {
	cfg, err := loadConfig(a, path)
	if err != nil {
		return err
	}
	if _, err := loadCorrections(cfg); err != nil {
		return err
	}
	articles, err := articlesAtHand(ctx, a, cfg, checkArticles)
	if err != nil {
		return err
	}
	on := 0
	for _, f := range cfg.Feeds {
		if f.Enabled {
			on++
		}
	}
	fmt.Fprintf(a.Stdout, "%s: ok; %d feeds (%d enabled), %d topics, %d articles looked at\n", path, len(cfg.Feeds), on, len(cfg.Topics), len(articles))
	for _, t := range cfg.Topics {
		checkTopic(a.Stdout, t, articles)
	}
	return nil
}

// checkTopic prints what a topic takes and what it nearly takes.
func checkTopic(w io.Writer, t news.Topic, articles []news.Article) {
	hits := 0
	var near []string
	for i := range articles {
		if normalize.Matches(t.Match, &articles[i]) {
			hits++
		} else if why := nearMiss(t.Match, &articles[i]); why != "" {
			near = append(near, fmt.Sprintf("%s (%s)", articles[i].Headline, why))
		}
	}
	fmt.Fprintf(w, "%s: %d of %d articles match, %d nearly\n", t.Slug, hits, len(articles), len(near))
	for _, s := range near[:min(len(near), checkShown)] {
		fmt.Fprintf(w, "  nearly: %s\n", oneLine(s))
	}
}

// nearMiss names the one condition without which the article would match, or "".
func nearMiss(m news.Match, a *news.Article) string {
	try := func(m news.Match) bool { return normalize.Matches(m, a) }
	for i, term := range m.All {
		less := m
		less.All = slices.Delete(slices.Clone(m.All), i, i+1)
		if try(less) {
			return fmt.Sprintf("lacks %q", term)
		}
	}
	for i, term := range m.None {
		less := m
		less.None = slices.Delete(slices.Clone(m.None), i, i+1)
		if try(less) {
			return fmt.Sprintf("has %q", term)
		}
	}
	if less := m; len(m.Languages) > 0 {
		less.Languages = nil
		if try(less) {
			return fmt.Sprintf("language %q", a.Lang)
		}
	}
	if less := m; len(m.Feeds) > 0 {
		less.Feeds = nil
		if try(less) {
			return fmt.Sprintf("feed %s", a.Feed)
		}
	}
	// Without "any" everything would be near in a topic that has no other condition.
	if less := m; len(m.Any) > 0 && len(m.All) > 0 {
		less.Any = nil
		if try(less) {
			return "has none of " + strings.Join(m.Any, ", ")
		}
	}
	return ""
}
