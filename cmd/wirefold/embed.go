package main

import (
	"context"
	"errors"
	"fmt"

	"wirefold/fetch"
	"wirefold/internal/config"
	"wirefold/internal/news"
	"wirefold/internal/refresh"
	"wirefold/normalize"
)

// newEmbedder makes the client of the embedding service; nil when there is none.
func newEmbedder(a *app, cfg *config.Config) *fetch.Embedder {
	if cfg.Embedding.URL == "" {
		return nil
	}
	return fetch.NewEmbedder(fetch.EmbedderOptions{
		Guard: a.guard(cfg), URL: cfg.Embedding.URL, Model: cfg.Embedding.Model, Token: cfg.Embedding.Token, UserAgent: "Wirefold/" + version,
	})
}

// embedding is one refresh's use of the embedding service.
type embedding struct {
	*fetch.EmbedRound
	config.Embedding
}

// embedding lets a refresh ask the service. What goes wrong with it is told once, at the end.
func (h *house) embedding(r *refresh.Refresher) {
	e := &embedding{h.embedder.Round(), h.cfg.Embedding}
	r.Embed = e.embed
	ran := r.Ran
	r.Ran = func(rep refresh.Report, err error) {
		ran(rep, err)
		switch trouble := e.Err(); {
		case trouble == nil || errors.Is(err, context.Canceled): // who breaks a refresh off knows why
		case h.booted.IsZero():
			fmt.Fprintf(h.app.Stderr, "wirefold: %s\n", oneLine(trouble.Error()))
		default:
			h.log.Warn("refresh", "error", trouble)
		}
	}
}

// embed gives articles their vectors, and their marks what follows from those.
func (e *embedding) embed(ctx context.Context, as []news.Article) {
	var texts []string
	var of []int
	for i := range as {
		if text := normalize.Embedded(&as[i]); text != "" {
			texts, of = append(texts, text), append(of, i)
		}
	}
	for k, v := range e.Embed(ctx, texts) {
		a := &as[of[k]]
		var ok bool
		if a.Vector, ok = normalize.Quantise(e.Model, int8(e.Unrelated), int8(e.Same), v); ok {
			a.Marks = normalize.WithVector(a.Marks, a.Vector)
		}
	}
}
