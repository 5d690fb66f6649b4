package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"wirefold/internal/config"
	"wirefold/internal/news"
)

// defaultConfig is the file that is read without -c.
const defaultConfig = "feeds.yaml"

func configFlag(c *cobra.Command, path *string) {
	c.Flags().StringVarP(path, "config", "c", defaultConfig, "configuration `file`")
}

// loadConfig reads feeds.yaml; everything that is wrong with it ends the program with 78, a missing file with 66.
func loadConfig(a *app, path string) (*config.Config, error) {
	cfg, err := config.Load(path, a.Getenv)
	return cfg, configError(err)
}

func loadCorrections(cfg *config.Config) ([]news.Correction, error) {
	cs, err := config.LoadCorrections(cfg.Corrections)
	return cs, configError(err)
}

func configError(err error) error {
	var bad *config.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &bad):
		return exit(exitConfig, bad)
	case errors.Is(err, fs.ErrNotExist):
		return exit(exitNoInput, err)
	}
	return exit(exitConfig, fmt.Errorf("configuration: %w", err))
}
