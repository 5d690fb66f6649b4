package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"wirefold/internal/news"
	"wirefold/normalize"
	"wirefold/publish"
)

const (
	// topicsNote is the name under which the store keeps the queries that the topics had when they were last applied.
	topicsNote = "topics"
	// topicSearch is how many of the newest stories are tried on a new or changed query: a topic starts with its
	// newest publish.TopicStart, and a query that finds fewer among these is a rare one.
	topicSearch = 5000
)

// prepare brings what humans wrote into the store before a run: corrections.yaml, and topics that are new or changed.
func (h *house) prepare(ctx context.Context) error {
	if err := h.readLists(ctx); err != nil {
		return err
	}
	if h.prepared {
		return nil
	}
	file, err := loadCorrections(h.cfg)
	if err != nil {
		return err
	}
	for i, c := range file {
		file[i] = h.knownAll(c)
	}
	if err := h.store.Correct(ctx, file, h.app.Now()); err != nil {
		return err
	}
	all, err := h.store.Corrections(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Problem != "" {
			h.log.Warn("correction", "line", c.Line, "op", c.Op, "articles", c.Articles, "problem", c.Problem)
		}
	}
	if err := h.applyTopics(ctx); err != nil {
		return err
	}
	h.prepared = true
	return nil
}

// applyTopics starts topics that are new with their newest stories, and asks the stories of topics whose query changed
// whether they still belong. A topic whose query stands as it did is left alone: once published, a story stays.
func (h *house) applyTopics(ctx context.Context) error {
	now := map[string]string{}
	for _, t := range h.topics {
		query, err := json.Marshal(t.Match)
		if err != nil {
			return fmt.Errorf("topic %s: %w", t.Slug, err)
		}
		now[t.Slug] = string(query)
	}
	text, err := h.store.Note(ctx, topicsNote)
	if err != nil {
		return fmt.Errorf("read the topics of the last run: %w", err)
	}
	was := map[string]string{}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &was); err != nil {
			return fmt.Errorf("read the topics of the last run: %w", err)
		}
	}
	if maps.Equal(was, now) {
		return nil
	}
	if text != "" {
		if err := h.restart(ctx, was, now); err != nil {
			return err
		}
	}
	note, err := json.Marshal(now)
	if err != nil {
		return fmt.Errorf("keep the topics: %w", err)
	}
	// Last, so that a run that dies before here does it again.
	return h.store.SetNote(ctx, topicsNote, string(note))
}

// restart places every story that a new or changed topic concerns once more, with that said.
func (h *house) restart(ctx context.Context, was, now map[string]string) error {
	start, requery := map[string]map[news.StoryID]bool{}, map[string]bool{}
	var wake []news.StoryID
	for slug, query := range now {
		old, known := was[slug]
		if known && old == query {
			continue
		}
		start[slug] = map[news.StoryID]bool{}
		if known {
			requery[slug] = true
			in, err := h.store.Entries(ctx, slug, topicSearch)
			if err != nil {
				return fmt.Errorf("read topic %s: %w", slug, err)
			}
			for _, s := range in {
				wake = append(wake, s.ID)
			}
		}
	}
	stories, err := h.store.Newest(ctx, topicSearch)
	if err != nil {
		return fmt.Errorf("read the newest stories: %w", err)
	}
	for _, s := range stories {
		in, err := h.matching(ctx, s, start)
		if err != nil {
			return err
		}
		for _, slug := range in {
			if len(start[slug]) < publish.TopicStart {
				start[slug][s.ID] = true
				wake = append(wake, s.ID)
			}
		}
	}
	if len(wake) == 0 {
		return nil
	}
	if err := h.store.Wake(ctx, wake, h.app.Now()); err != nil {
		return fmt.Errorf("wake the stories of changed topics: %w", err)
	}
	again := *h
	again.start, again.requery = start, requery
	return again.placeAll(ctx)
}

// matching names the topics among those asked for, and not yet full, whose query one of the story's articles satisfies.
func (h *house) matching(ctx context.Context, s news.Story, asked map[string]map[news.StoryID]bool) (slugs []string, err error) {
	var rules []topicRule
	for _, t := range h.topics {
		if chosen, ok := asked[t.Slug]; ok && len(chosen) < publish.TopicStart {
			rules = append(rules, t)
		}
	}
	if len(rules) == 0 {
		return nil, nil
	}
	in := map[string]bool{}
	for _, t := range s.Account.Tellings {
		a, err := h.store.Article(ctx, t.Article)
		if errors.Is(err, news.ErrNotFound) {
			continue // purged
		}
		if err != nil {
			return nil, fmt.Errorf("read article %s: %w", t.Article, err)
		}
		words := normalize.ArticleWords(&a)
		for _, r := range rules {
			if !in[r.Slug] && r.match.MatchesWords(&a, words) {
				in[r.Slug] = true
				slugs = append(slugs, r.Slug)
			}
		}
	}
	return slugs, nil
}
