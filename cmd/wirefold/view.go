package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"wirefold/internal/news"
)

// view is what subscribers see of each topic, for telling two states of the store apart.
type view struct {
	topics  []string
	stories map[string][]news.Story // slug → newest first
}

func (h *house) view(ctx context.Context) (view, error) {
	v := view{stories: map[string][]news.Story{}}
	for _, t := range h.cfg.Topics {
		v.topics = append(v.topics, t.Slug)
		list, err := h.store.Entries(ctx, t.Slug, h.cfg.Publishing.Entries)
		if err != nil {
			return v, fmt.Errorf("read topic %s: %w", t.Slug, err)
		}
		v.stories[t.Slug] = list
	}
	return v, nil
}

// diff prints one line for each entry that is new (+), gone (-), or shown as changed (~) since before.
func (v view) diff(w io.Writer, before view) {
	for _, slug := range v.topics {
		old := map[news.StoryID]news.Story{}
		for _, s := range before.stories[slug] {
			old[s.ID] = s
		}
		var lines []string
		for _, s := range v.stories[slug] {
			was, there := old[s.ID]
			delete(old, s.ID)
			switch {
			case !there:
				lines = append(lines, "+ "+entryLine(s))
			case !was.Life.Updated.Equal(s.Life.Updated):
				lines = append(lines, "~ "+entryLine(s)+lastChange(s))
			}
		}
		var gone []string
		for _, s := range old {
			gone = append(gone, "- "+entryLine(s))
		}
		slices.Sort(gone)
		for _, l := range append(lines, gone...) {
			fmt.Fprintf(w, "%s: %s\n", slug, oneLine(l))
		}
	}
}

func entryLine(s news.Story) string {
	var outlets []string
	for _, t := range s.Account.Tellings {
		if t.Outlet != "" && !slices.Contains(outlets, t.Outlet) {
			outlets = append(outlets, t.Outlet)
		}
	}
	line := fmt.Sprintf("%s (%d reports", s.Account.Headline, s.Account.Reports)
	if len(outlets) > 0 {
		line += ": " + strings.Join(outlets, ", ")
	}
	return line + ")"
}

func lastChange(s news.Story) string {
	if n := len(s.Life.Changes); n > 0 {
		return " — " + s.Life.Changes[n-1].Text
	}
	return ""
}
