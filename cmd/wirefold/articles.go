package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"wirefold/internal/config"
	"wirefold/internal/news"
	"wirefold/normalize"
	"wirefold/publish"
)

// articlesAtHand are the newest articles of the store, or those of the seed files while there is no store yet: check
// makes none.
func articlesAtHand(ctx context.Context, a *app, cfg *config.Config, limit int) ([]news.Article, error) {
	if !strings.HasPrefix(cfg.Store, "postgres") {
		if _, err := os.Stat(cfg.Store); errors.Is(err, fs.ErrNotExist) {
			return seedArticles(ctx, a, cfg, limit), nil
		}
	}
	h, err := buildHouse(ctx, a, cfg, slog.New(slog.DiscardHandler), time.Time{})
	if err != nil {
		return nil, err
	}
	defer h.close()
	stories, err := h.store.Newest(ctx, limit)
	if err != nil {
		return nil, err
	}
	var out []news.Article
	for _, s := range stories {
		for _, t := range s.Account.Tellings {
			art, err := h.store.Article(ctx, t.Article)
			if errors.Is(err, news.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if out = append(out, art); len(out) == limit {
				return out, nil
			}
		}
	}
	return out, nil
}

// seedArticles reads the seed folders without keeping anything; a bad file is refresh's to report.
func seedArticles(ctx context.Context, a *app, cfg *config.Config, limit int) []news.Article {
	h := &house{app: a}
	var out []news.Article
	for _, f := range cfg.Feeds {
		if f.Seeds == "" || !f.Enabled {
			continue
		}
		got := h.seeds().Fetch(ctx, f, news.FeedState{Feed: f.ID})
		if got.Document == nil {
			continue
		}
		for _, it := range got.Document.Items {
			if len(out) < limit {
				out = append(out, normalize.Article(f, got.Document, it))
			}
		}
	}
	return out
}

// whyPairs bounds how many pairs a story's page explains: the tie of each article to the others, not all pairs.
const whyPairs = 20

// why explains what ties the articles of a story together, for its page.
func (h *house) why(ctx context.Context, keys []news.ArticleKey) ([]publish.Why, error) {
	if len(keys) < 2 {
		return nil, nil
	}
	n, err := h.store.Neighbourhood(ctx, keys[0], keys[1])
	if err != nil {
		return nil, err
	}
	at := map[news.ArticleKey]int{}
	for i, m := range n.Members {
		at[m.Key] = i
	}
	first, ok := at[keys[0]]
	if !ok || !marked(n.Members[first]) {
		return nil, nil
	}
	var others []int
	for _, k := range keys[1:] {
		if i, ok := at[k]; ok && marked(n.Members[i]) && len(others) < whyPairs {
			others = append(others, i)
		}
	}
	var out []publish.Why
	for i, x := range h.model().Ties(n, first, others) {
		out = append(out, whyOf(x, keys[0], n.Members[others[i]].Key))
	}
	return out, nil
}

// marked says that what decided about an article is still there: retention takes it with the text.
func marked(m news.Marked) bool { return len(m.Marks.Blob) > 0 }

func whyOf(x normalize.Explanation, a, b news.ArticleKey) publish.Why {
	w := publish.Why{A: a, B: b, Score: x.Score}
	sums, _ := x.ByTheme()
	for i, theme := range normalize.Themes {
		w.Signals = append(w.Signals, publish.Signal{Name: themesSaid[theme], Contribution: sums[i]})
	}
	return w
}

// themesSaid are the themes of signals as a page names them, for readers who know nothing of how articles are compared.
var themesSaid = map[string]string{
	"words":                    "the words that both use",
	"names":                    "the people and organisations that they name",
	"places":                   "the places",
	"numbers":                  "the numbers",
	"time":                     "when it happened and when it was told",
	"the articles around them": "that other articles of these days are less alike",
	"length and language":      "their length and language",
}

// explainStored explains two articles of the store.
func explainStored(ctx context.Context, h *house, refA, refB string) (explained, error) {
	var arts [2]news.Article
	for i, ref := range [2]string{refA, refB} {
		art, err := h.store.ArticleByRef(ctx, h.known(ref))
		if errors.Is(err, news.ErrNotFound) {
			return explained{}, exit(exitNoInput, fmt.Errorf("no article %q in %s", ref, h.cfg.Store))
		}
		if err != nil {
			return explained{}, err
		}
		arts[i] = art
	}
	if arts[0].Key == arts[1].Key {
		return explained{}, usagef("%s and %s are one article", refA, refB)
	}
	n, err := h.store.Neighbourhood(ctx, arts[0].Key, arts[1].Key)
	if err != nil {
		return explained{}, err
	}
	a, b := -1, -1
	for i, m := range n.Members {
		switch m.Key {
		case arts[0].Key:
			a = i
		case arts[1].Key:
			b = i
		}
	}
	if a < 0 || b < 0 {
		return explained{}, exit(exitNoInput, errors.New("one of the articles is dropped or not placed yet"))
	}
	if !marked(n.Members[a]) || !marked(n.Members[b]) {
		return explained{}, exit(exitNoInput, errors.New("the text of one of the articles is no longer kept: what decided cannot be shown"))
	}
	x := explained{a: &arts[0], b: &arts[1], common: h.model().InCommon(&arts[0], &arts[1])}
	x.Explanation = h.model().ExplainMarked(n, a, b, candidates(h.model().Rule(), n.Members[a], n.Members[b]))
	x.find = func(k news.ArticleKey) *news.Article {
		art, err := h.store.Article(ctx, k)
		if err != nil {
			return nil // its key will do
		}
		return &art
	}
	return x, nil
}

// candidates says whether the rule brings two articles together, as far as they themselves tell: in a small set.
func candidates(r news.KeyRule, a, b news.Marked) bool {
	has := map[news.Key]bool{}
	for _, k := range a.Marks.Keys {
		has[k] = true
	}
	shared := 0
	for _, k := range b.Marks.Keys {
		if has[k] {
			shared += k.Weight()
		}
	}
	return shared >= r.Bound(0) && a.InWindow(b)
}
