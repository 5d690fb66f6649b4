package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"wirefold/internal/news"
)

// advanceAtOnce is how many stories are advanced with one read of their articles: what bounds the texts in memory.
const advanceAtOnce = 200

// advance gives new stories their ids and asks Advance for the next state of each that changed.
func (p *placing) advance(ctx context.Context) error {
	if err := p.s.readByWriter(ctx, func(tx *sql.Tx) error { return p.mint(ctx, tx) }); err != nil {
		return err
	}
	feeds := map[news.FeedID]news.FeedState{}
	for some := range slices.Chunk(p.outcomes, advanceAtOnce) {
		var articles map[int64]news.Article
		err := p.s.readByWriter(ctx, func(tx *sql.Tx) (err error) {
			if articles, err = p.readMembers(ctx, tx, some); err != nil {
				return err
			}
			return p.readFeeds(ctx, tx, articles, feeds)
		})
		if err != nil {
			return err
		}
		for _, o := range some {
			if err := p.advanceOne(o, articles, feeds); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *placing) advanceOne(o *outcome, articles map[int64]news.Article, feeds map[news.FeedID]news.FeedState) error {
	step := news.Step{ID: o.id, Founder: o.founder, Pins: p.pins(o.members), From: o.from, Into: o.into, Rulings: p.words(o.members), Now: p.now, Feeds: map[news.FeedID]news.FeedState{}}
	var err error
	if o.old != nil {
		if step.Old, err = p.storyOf(o.old); err != nil {
			return err
		}
	}
	for _, id := range o.members {
		a := articles[id]
		step.Members = append(step.Members, a)
		step.Feeds[a.Feed] = feeds[a.Feed]
	}
	slices.SortFunc(step.Members, func(a, b news.Article) int { return strings.Compare(string(a.Key), string(b.Key)) })
	for _, t := range o.absorbed {
		st, err := p.storyOf(t)
		if err != nil {
			return err
		}
		step.Absorbed = append(step.Absorbed, st)
	}
	now := p.rules.Advance(step)
	now.ID, now.Founder, now.Closed = o.id, o.founder, closedAt(o.newest, p.now)
	if !o.retold {
		same, err := alike(step.Old, now) // it only woke
		if err != nil {
			return err
		}
		o.retold = !same
	}
	if o.state, err = p.s.packer.packJSON(now); err != nil {
		return fmt.Errorf("story %s: %w", o.id, err)
	}
	o.life, o.was = standingOf(now.Life), standingOf(step.Old.Life)
	return nil
}

// storyOf is what a story said before.
func (p *placing) storyOf(t *tale) (news.Story, error) {
	var st news.Story
	if err := p.s.packer.unpackJSON(t.state, &st); err != nil {
		return st, fmt.Errorf("story %s: %w", t.name, err)
	}
	return st, nil
}

// standingOf is where a story stands, without its history and what it shows: what is kept until it is written.
func standingOf(l news.Life) news.Life {
	return news.Life{State: l.State, Published: l.Published, Updated: l.Updated, Topics: l.Topics, Into: l.Into, Ended: l.Ended, Wake: l.Wake}
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

// readMembers loads the articles of stories that are advanced. Those of the batch are read anew.
func (p *placing) readMembers(ctx context.Context, tx *sql.Tx, some []*outcome) (map[int64]news.Article, error) {
	out := map[int64]news.Article{}
	var ids []int64
	for _, o := range some {
		for _, id := range o.members {
			a, ok := p.s.articles.get(id)
			if _, fresh := p.stamps[id]; ok && !fresh {
				out[id] = a
			} else {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		id, a, err := p.s.scanArticle(rs)
		out[id] = a
		if p.doing != grouping { // when many wait, each is told once
			p.s.articles.put(id, a)
		}
		return err
	}, p.s.dialect.sql("SELECT "+articleColumns+" FROM articles a LEFT JOIN bodies b ON b.article = a.id WHERE a.id IN {ints $1}"), p.s.dialect.list(slices.Compact(ids)))
	return out, err
}

// readFeeds adds the states of the feeds that articles came from.
func (p *placing) readFeeds(ctx context.Context, tx *sql.Tx, articles map[int64]news.Article, feeds map[news.FeedID]news.FeedState) error {
	var ids []string
	for _, a := range articles {
		if _, known := feeds[a.Feed]; !known {
			feeds[a.Feed] = news.FeedState{Feed: a.Feed}
			ids = append(ids, string(a.Feed))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	return rows(ctx, tx, func(rs *sql.Rows) error {
		st, err := scanFeed(rs)
		feeds[st.Feed] = st
		return err
	}, p.s.dialect.sql("SELECT id, state FROM feeds WHERE id IN {texts $1}"), p.s.dialect.list(ids))
}
