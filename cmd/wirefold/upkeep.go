package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

func newBackupCmd(a *app) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the store to a file, while everything runs on",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return withHouse(c.Context(), a, path, func(ctx context.Context, h *house) error {
				if _, err := os.Lstat(args[0]); err == nil {
					return usagef("%s is there already; a backup overwrites nothing", args[0])
				}
				return h.store.Backup(ctx, args[0])
			})
		},
	}
	configFlag(c, &path)
	return c
}

func newRestoreCmd(a *app) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "restore FILE",
		Short: "Replace the store by a backup, while nothing uses it",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := loadConfig(a, path)
			if err != nil {
				return err
			}
			if _, err := os.Stat(args[0]); errors.Is(err, fs.ErrNotExist) {
				return exit(exitNoInput, fmt.Errorf("restore: %w", err))
			}
			err = store.Restore(c.Context(), args[0], cfg.Store)
			if errors.Is(err, news.ErrBusy) {
				return exit(exitLocked, err)
			}
			return err
		},
	}
	configFlag(c, &path)
	return c
}

func newIntegrityCmd(a *app) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "integrity",
		Short: "Check the store: its pages, and what its rows promise each other",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return withHouse(c.Context(), a, path, func(ctx context.Context, h *house) error {
				faults, err := h.store.Integrity(ctx)
				if err != nil {
					return err
				}
				for _, f := range faults {
					fmt.Fprintln(a.Stdout, oneLine(f))
				}
				if len(faults) > 0 {
					return exit(exitBadInput, fmt.Errorf("%d faults in %s; restore a backup", len(faults), h.cfg.Store))
				}
				fmt.Fprintln(a.Stdout, "ok")
				return nil
			})
		},
	}
	configFlag(c, &path)
	return c
}

func newMigrateCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate FROM TO",
		Short: "Move everything, with all ids, from one store to another (a path, or postgres://…)",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return store.Migrate(c.Context(), args[0], args[1], store.Options{Now: a.Now})
		},
	}
}

// withHouse opens an installation for one piece of work.
func withHouse(ctx context.Context, a *app, path string, work func(context.Context, *house) error) error {
	h, err := openHouse(ctx, a, path)
	if err != nil {
		return err
	}
	defer h.close()
	return work(ctx, h)
}
