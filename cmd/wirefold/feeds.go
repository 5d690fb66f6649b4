package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wirefold/fetch"
	"wirefold/internal/config"
	"wirefold/internal/news"
)

func newAddCmd(a *app) *cobra.Command {
	var path, outlet string
	var dryRun bool
	c := &cobra.Command{
		Use:   "add URL",
		Short: "Find the feed of a site and add it to the configuration",
		Long: `Add asks URL for a feed, or for a page that names its feeds, and appends the first of them to the configuration
file, keeping every comment in it. It prints what it changed.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return runAdd(c.Context(), a, path, args[0], outlet, dryRun)
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&outlet, "outlet", "", "the outlet's `name`; else the feed's own title is used")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "print the change and write nothing")
	return c
}

func runAdd(ctx context.Context, a *app, path, address, outlet string, dryRun bool) error {
	cfg, err := loadConfig(a, path)
	if err != nil {
		return err
	}
	client := newClient(a, cfg, time.Time{}, careful)
	defer client.Close()
	found, err := client.Find(ctx, address)
	if err != nil {
		return exit(exitIO, fmt.Errorf("add %s: %w", address, err))
	}
	if len(found) == 0 {
		return exit(exitNoInput, fmt.Errorf("add %s: no feed found there", address))
	}
	if outlet == "" {
		outlet = found[0].Title
	}
	f := news.Feed{URL: found[0].URL, Outlet: outlet, Enabled: true}
	for _, other := range found[1:] {
		fmt.Fprintf(a.Stderr, "also there: %s %s\n", oneLine(other.URL), oneLine(other.Title))
	}
	return editConfig(a, path, dryRun, []news.Feed{f})
}

// editConfig appends feeds to the configuration file and prints the change. A file that would not load is not written.
func editConfig(a *app, path string, dryRun bool, feeds []news.Feed) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return configError(err)
	}
	text := old
	for _, f := range feeds {
		if text, err = config.AddFeed(text, f); err != nil {
			return exit(exitConfig, fmt.Errorf("add %s: %w", f.URL, err))
		}
	}
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	if err := os.WriteFile(temp, text, 0o644); err != nil {
		return exit(exitUnwritable, err)
	}
	defer os.Remove(temp)
	if _, err := config.Load(temp, a.Getenv); err != nil {
		return exit(exitConfig, fmt.Errorf("the file would no longer be right: %w", err))
	}
	fmt.Fprint(a.Stdout, printable(config.Diff(path, old, text)))
	if dryRun {
		return nil
	}
	if info, err := os.Stat(path); err == nil {
		if err := os.Chmod(temp, info.Mode().Perm()); err != nil {
			return exit(exitUnwritable, err)
		}
	}
	if err := os.Rename(temp, path); err != nil {
		return exit(exitUnwritable, err)
	}
	return nil
}

func newOPMLCmd(a *app) *cobra.Command {
	var path string
	var dryRun bool
	root := &cobra.Command{
		Use:   "opml",
		Short: "Import or export the list of feeds as OPML",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().StringVarP(&path, "config", "c", defaultConfig, "configuration `file`")
	imp := &cobra.Command{
		Use:   "import FILE",
		Short: "Add the feeds of an OPML file (or http address) that are not in the configuration yet",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return runImport(c.Context(), a, path, args[0], dryRun)
		},
	}
	imp.Flags().BoolVar(&dryRun, "dry-run", false, "print the change and write nothing")
	root.AddCommand(imp, &cobra.Command{
		Use: "export", Short: "Print the feeds of the configuration as OPML 2.0", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := loadConfig(a, path)
			if err != nil {
				return err
			}
			_, err = a.Stdout.Write(fetch.WriteOPML(cfg.Site.Title, cfg.Feeds))
			return err
		},
	})
	return root
}

// opmlTimeout bounds the fetch of a list from an address.
const opmlTimeout = time.Minute

func runImport(ctx context.Context, a *app, path, name string, dryRun bool) error {
	cfg, err := loadConfig(a, path)
	if err != nil {
		return err
	}
	var list fetch.List
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		ctx, cancel := context.WithTimeout(ctx, opmlTimeout)
		defer cancel()
		client := newClient(a, cfg, time.Time{}, careful)
		defer client.Close()
		list, err = client.FetchList(ctx, name)
	} else {
		var raw []byte
		if raw, err = os.ReadFile(name); errors.Is(err, fs.ErrNotExist) {
			return exit(exitNoInput, err)
		} else if err != nil {
			return exit(exitIO, err)
		}
		list, err = fetch.ReadOPML(raw)
	}
	if err != nil {
		return exit(exitBadInput, fmt.Errorf("import %s: %w", name, err))
	}
	added, _ := fetch.CompareLists(cfg.Feeds, list.Feeds)
	if err := editConfig(a, path, dryRun, added); err != nil {
		return err
	}
	for _, p := range list.Problems {
		fmt.Fprintf(a.Stderr, "wirefold: %s: %s\n", name, oneLine(p.Error()))
	}
	if len(list.Problems) > 0 {
		return exit(exitBadInput, nil)
	}
	return nil
}
