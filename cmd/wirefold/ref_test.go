package main

import (
	"path/filepath"
	"testing"

	"wirefold/internal/config"
	"wirefold/internal/news"
)

func TestASeedIsKnownByAnyOfItsPaths(t *testing.T) {
	dir := t.TempDir()
	h := &house{cfg: &config.Config{File: filepath.Join(dir, "feeds.yaml"), Feeds: []news.Feed{
		{ID: "web", URL: "https://a.example/feed"},
		{ID: "seeds", Seeds: filepath.Join(dir, "seeds", "*.txt"), Root: filepath.Join(dir, "seeds")},
	}}}
	tests := []struct{ ref, want string }{
		{"seeds/one.txt", "one.txt"},
		{"./seeds/one.txt", "one.txt"},
		{filepath.Join(dir, "seeds", "sub", "one.txt"), "sub/one.txt"},
		{"one.txt", "one.txt"},
		{"other/one.txt", "other/one.txt"},
		{"seeds", "seeds"},
		{"0123456789abcdef", "0123456789abcdef"},
		{"https://a.example/seeds/one.txt", "https://a.example/seeds/one.txt"},
	}
	for _, tt := range tests {
		if got := h.known(tt.ref); got != tt.want {
			t.Errorf("known(%q) = %q, want %q", tt.ref, got, tt.want)
		}
	}
}
