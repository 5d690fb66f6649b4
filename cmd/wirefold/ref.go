package main

import (
	"path/filepath"
	"strings"

	"wirefold/internal/news"
)

// A person names a seed as the shell or the folder shows it ("seeds/one.txt"); the store knows it by its path below the
// root of its glob ("one.txt"). known turns the first into the second and leaves every other reference as it is.
func (h *house) known(ref string) string {
	if ref == "" || strings.Contains(ref, "://") {
		return ref
	}
	file, err := filepath.Abs(h.cfg.File)
	if err != nil {
		return ref
	}
	// Relative to the configuration first, as everything in it; then to where the command was typed.
	paths := []string{filepath.Join(filepath.Dir(file), ref)}
	if filepath.IsAbs(ref) {
		paths[0] = filepath.Clean(ref)
	} else if here, err := filepath.Abs(ref); err == nil {
		paths = append(paths, here)
	}
	for _, path := range paths {
		for _, f := range h.cfg.Feeds {
			if f.Seeds == "" {
				continue
			}
			below, err := filepath.Rel(f.Root, path)
			if err == nil && below != "." && filepath.IsLocal(below) {
				return filepath.ToSlash(below)
			}
		}
	}
	return ref
}

// knownAll is known for every article of a correction.
func (h *house) knownAll(c news.Correction) news.Correction {
	refs := make([]string, len(c.Articles))
	for i, ref := range c.Articles {
		refs[i] = h.known(ref)
	}
	c.Articles = refs
	return c
}
