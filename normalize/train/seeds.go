package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"wirefold/internal/news"
	"wirefold/normalize"
)

// seedSets are the project's five seeds, of which the first two tell one event, and all their subsets of at least three:
// the smallest sets that people group. They weigh little beside the labelled files.
func seedSets(dir string) ([]*set, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, fmt.Errorf("find seeds: %w", err)
	}
	var as []news.Article
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("read seed: %w", err)
		}
		id := filepath.Base(f)
		a := normalize.Article(news.Feed{ID: "seeds"}, nil, news.Item{GUID: id, Content: news.Text{Value: string(raw)}, Seed: &news.Seed{Path: f, Format: news.SeedText}})
		a.Key = news.ArticleKey(id)
		as = append(as, a)
	}
	var out []*set
	for mask := range 1 << len(as) {
		s := &set{name: fmt.Sprintf("seeds %05b", mask), weight: both(seedWeight), joining: both(seedWeight), size: map[string]int{}, quiet: true}
		for i, a := range as {
			if mask>>i&1 == 0 {
				continue
			}
			event := "seed " + string(a.Key)
			if strings.HasPrefix(string(a.Key), "001") {
				event = "seed " + string(as[0].Key)
			}
			s.as = append(s.as, a)
			s.event = append(s.event, event)
			s.fold = append(s.fold, foldOf(event))
			s.size[event]++
		}
		if len(s.as) >= 3 {
			out = append(out, s)
		}
	}
	return out, nil
}

const seedWeight = 0.05
