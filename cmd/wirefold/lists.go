package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"wirefold/fetch"
	"wirefold/internal/config"
	"wirefold/internal/news"
)

const (
	// listNote is the beginning of the names under which the store keeps what OPML lists named last.
	listNote = "list:"
	// listEvery is how often a list is read again; a failed try waits as long, and the feeds of before stay.
	listEvery = 24 * time.Hour
)

// listed is what the store keeps of an OPML list.
type listed struct {
	At    time.Time    `json:"at"`
	Feeds []listedFeed `json:"feeds"`
}

type listedFeed struct {
	URL    string `json:"url"`
	Outlet string `json:"outlet,omitempty"`
}

// readLists brings the OPML lists of the configuration up to date and makes their feeds those of the house, beside the
// configured ones, which win. A list that cannot be read now keeps the feeds that it had.
func (h *house) readLists(ctx context.Context) error {
	if len(h.cfg.Lists) == 0 {
		return nil
	}
	feeds := slices.Clone(h.cfg.Feeds)
	ids, urls := map[news.FeedID]bool{}, map[string]bool{}
	for _, f := range feeds {
		ids[f.ID], urls[f.URL] = true, true
	}
	for _, source := range h.cfg.Lists {
		l, err := h.list(ctx, source)
		if err != nil {
			return err
		}
		for _, f := range l.Feeds {
			id := news.FeedID(config.Slug(f.URL))
			if !ids[id] && !urls[f.URL] {
				ids[id], urls[f.URL] = true, true
				feeds = append(feeds, news.Feed{ID: id, URL: f.URL, Outlet: f.Outlet, Enabled: true})
			}
		}
	}
	h.feeds.Store(&feeds)
	return nil
}

// list is a list as it is known, read again when that is a day ago.
func (h *house) list(ctx context.Context, source string) (listed, error) {
	var l listed
	text, err := h.store.Note(ctx, listNote+source)
	if err != nil {
		return l, err
	}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			return l, fmt.Errorf("read what list %s named: %w", source, err)
		}
	}
	now := h.app.Now()
	if now.Sub(l.At).Abs() < listEvery {
		return l, nil
	}
	got, err := h.fetchList(ctx, source)
	if err != nil {
		fmt.Fprintf(h.app.Stderr, "wirefold: list %s: %s\n", oneLine(source), oneLine(err.Error()))
	} else {
		l.Feeds = nil
		for _, f := range got.Feeds {
			l.Feeds = append(l.Feeds, listedFeed{URL: f.URL, Outlet: f.Outlet})
		}
	}
	l.At = now.UTC()
	note, err := json.Marshal(l)
	if err != nil {
		return l, fmt.Errorf("keep list %s: %w", source, err)
	}
	return l, h.store.SetNote(ctx, listNote+source, string(note))
}

func (h *house) fetchList(ctx context.Context, source string) (fetch.List, error) {
	if strings.Contains(source, "://") {
		ctx, cancel := context.WithTimeout(ctx, opmlTimeout)
		defer cancel()
		return h.client.FetchList(ctx, source)
	}
	raw, err := os.ReadFile(source)
	if err != nil {
		return fetch.List{}, err
	}
	return fetch.ReadOPML(raw)
}
