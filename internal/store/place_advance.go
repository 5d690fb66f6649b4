package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wirefold/internal/news"
)

// advance gives new stories their ids and asks Advance for the next state of each that changed.
func (p *placing) advance(ctx context.Context, tx *sql.Tx) error {
	if len(p.outcomes) == 0 {
		return nil
	}
	if err := p.mint(ctx, tx); err != nil {
		return err
	}
	articles, err := p.readMembers(ctx, tx)
	if err != nil {
		return err
	}
	feeds, err := p.readFeeds(ctx, tx, articles)
	if err != nil {
		return err
	}
	for _, o := range p.outcomes {
		step := news.Step{ID: o.id, Founder: o.founder, Pins: p.pins(o.members), From: o.from, Into: o.into, Rulings: p.words(o.members), Now: p.now, Feeds: map[news.FeedID]news.FeedState{}}
		if o.old != nil {
			step.Old = o.old.story
		}
		for _, id := range o.members {
			a := articles[id]
			step.Members = append(step.Members, a)
			step.Feeds[a.Feed] = feeds[a.Feed]
		}
		slices.SortFunc(step.Members, func(a, b news.Article) int { return strings.Compare(string(a.Key), string(b.Key)) })
		for _, t := range o.absorbed {
			step.Absorbed = append(step.Absorbed, t.story)
		}
		o.story = p.rules.Advance(step)
		o.story.ID, o.story.Founder, o.story.Closed = o.id, o.founder, closedAt(o.newest, p.now)
		if !o.retold { // it only woke
			same, err := alike(step.Old, o.story)
			if err != nil {
				return err
			}
			o.retold = !same
		}
	}
	return nil
}

// alike says that two states of a story look the same to subscribers.
func alike(a, b news.Story) (bool, error) {
	a.Closed, b.Closed, a.Life.Wake, b.Life.Wake = false, false, time.Time{}, time.Time{}
	x, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	y, err := json.Marshal(b)
	return bytes.Equal(x, y), err
}

// mint gives new stories ids that were never used.
func (p *placing) mint(ctx context.Context, tx *sql.Tx) error {
	var fresh []*outcome
	for _, o := range p.outcomes {
		if o.id == "" {
			fresh = append(fresh, o)
		}
	}
	taken := map[string]bool{}
	for n := 0; len(fresh) > 0; n++ {
		names := make([]string, len(fresh))
		for i, o := range fresh {
			names[i] = string(p.rules.Mint(o.founder, n))
		}
		err := rows(ctx, tx, func(rs *sql.Rows) error {
			var name string
			err := rs.Scan(&name)
			taken[name] = true
			return err
		}, p.s.dialect.sql("SELECT name FROM stories WHERE name IN {texts $1}"), p.s.dialect.list(names))
		if err != nil {
			return err
		}
		var again []*outcome
		for i, o := range fresh {
			if taken[names[i]] {
				again = append(again, o)
				continue
			}
			taken[names[i]] = true
			o.id = news.StoryID(names[i])
		}
		fresh = again
	}
	return nil
}

// readMembers loads the articles of all stories that are advanced.
func (p *placing) readMembers(ctx context.Context, tx *sql.Tx) (map[int64]news.Article, error) {
	var ids []int64
	for _, o := range p.outcomes {
		ids = append(ids, o.members...)
	}
	slices.Sort(ids)
	out := make(map[int64]news.Article, len(ids))
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		id, a, err := p.s.scanArticle(rs)
		out[id] = a
		return err
	}, p.s.dialect.sql("SELECT "+articleColumns+" FROM articles a LEFT JOIN bodies b ON b.article = a.id WHERE a.id IN {ints $1}"), p.s.dialect.list(slices.Compact(ids)))
	return out, err
}

func (p *placing) readFeeds(ctx context.Context, tx *sql.Tx, articles map[int64]news.Article) (map[news.FeedID]news.FeedState, error) {
	out := map[news.FeedID]news.FeedState{}
	for _, a := range articles {
		out[a.Feed] = news.FeedState{Feed: a.Feed}
	}
	ids := make([]string, 0, len(out))
	for id := range out {
		ids = append(ids, string(id))
	}
	slices.Sort(ids)
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		st, err := scanFeed(rs)
		out[st.Feed] = st
		return err
	}, p.s.dialect.sql("SELECT id, state FROM feeds WHERE id IN {texts $1}"), p.s.dialect.list(ids))
	return out, err
}
