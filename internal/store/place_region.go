package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"wirefold/internal/news"
)

// readPlaces loads where articles stand that are nodes already.
func (p *placing) readPlaces(ctx context.Context, tx *sql.Tx, ids []int64) error {
	return p.s.rowsOf(ctx, tx, ids, func(rs *sql.Rows) error {
		var id, story int64
		var data sql.RawBytes
		if err := rs.Scan(&id, &story, &data); err != nil {
			return err
		}
		n := p.nodes[id]
		ties, err := unpackTies(data)
		if err != nil {
			return fmt.Errorf("edges of article %d: %w", id, err)
		}
		n.placed, n.story, n.ties = true, story, ties
		return nil
	}, "SELECT article, story, edges FROM places WHERE article IN {ints $1}")
}

// need makes nodes of articles and loads where those stand that were not loaded before.
func (p *placing) need(ctx context.Context, tx *sql.Tx, ids []int64) error {
	var load []int64
	for _, id := range ids {
		n := p.nodes[id]
		if n == nil {
			n = &node{id: id}
			p.nodes[id] = n
		}
		if !n.loaded {
			n.loaded = true
			load = append(load, id)
		}
	}
	slices.Sort(load)
	return p.readPlaces(ctx, tx, load)
}

// tie gives the articles that wanted edges their new ones, on both sides, in place of those that they had.
func (p *placing) tie(ctx context.Context, tx *sql.Tx, edges []scored) error {
	next := map[int64][]tie{} // the edges from now on, of those that wanted them
	far := map[int64][]tie{}  // and those to add to others
	var touched []int64
	for _, id := range p.toLink {
		next[id] = nil
	}
	add := func(a, b int64, score float64) {
		if _, mine := next[a]; mine {
			next[a] = append(next[a], tie{b, score})
		} else {
			far[a] = append(far[a], tie{b, score})
			touched = append(touched, a)
		}
	}
	for _, e := range edges {
		add(e.a, e.b, e.score)
		add(e.b, e.a, e.score)
	}
	for _, id := range p.toLink {
		for _, t := range p.nodes[id].ties {
			touched = append(touched, t.to)
		}
	}
	if err := p.need(ctx, tx, touched); err != nil {
		return err
	}
	for _, id := range p.toLink {
		n := p.nodes[id]
		for _, t := range n.ties {
			if _, mine := next[t.to]; !mine {
				p.nodes[t.to].untie(id)
			}
		}
		n.ties, n.dirty = sortTies(next[id]), true
	}
	for id, ts := range far {
		n := p.nodes[id]
		n.ties, n.dirty = sortTies(append(n.ties, ts...)), true
	}
	p.frontier = touched
	return nil
}

func (n *node) untie(id int64) {
	n.ties = slices.DeleteFunc(n.ties, func(t tie) bool { return t.to == id })
	n.dirty = true
}

// sortTies puts edges in one order and keeps one for each article.
func sortTies(ts []tie) []tie {
	slices.SortStableFunc(ts, func(a, b tie) int {
		switch {
		case a.to < b.to:
			return -1
		case a.to > b.to:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(ts, func(a, b tie) bool { return a.to == b.to })
}

// root stands for the neighbourhood of a node.
func (n *node) root() *node {
	for n.up != n {
		n.up = n.up.up
		n = n.up
	}
	return n
}

func join(a, b *node) {
	x, y := a.root(), b.root()
	if x == y {
		return
	}
	if x.size < y.size {
		x, y = y, x
	}
	y.up = x
	x.size += y.size
}

// explore reads the neighbourhoods of the batch: everything connected to it by edges, by stories, by merges. A closed
// story comes in whole, but nothing is followed beyond it.
func (p *placing) explore(ctx context.Context, tx *sql.Tx) error {
	if err := p.wake(ctx, tx); err != nil {
		return err
	}
	for next := append(p.frontier, p.batch...); len(next) > 0; {
		slices.Sort(next)
		next = slices.Compact(next)
		next = slices.DeleteFunc(next, func(id int64) bool { n := p.nodes[id]; return n != nil && n.explored })
		if err := p.need(ctx, tx, next); err != nil {
			return err
		}
		if err := p.readTales(ctx, tx, next); err != nil {
			return err
		}
		var after []int64
		for _, id := range next {
			p.nodes[id].explored = true
			after = append(after, p.expand(p.nodes[id])...)
		}
		next = after
	}
	heads := map[int64]*node{}
	for id, n := range p.nodes {
		if n.up != nil && !n.head.read {
			heads[id] = n
		}
	}
	return p.readHeads(ctx, tx, heads)
}

// expand connects a node with what it leads to, and says where to go on from there.
func (p *placing) expand(n *node) []int64 {
	p.touch(n)
	var out []int64
	follow := func(id int64) {
		o := p.nodes[id]
		if o == nil {
			o = &node{id: id}
			p.nodes[id] = o
		}
		if o.up == nil && n.root().size >= p.rules.MaxRegion {
			n.rim = true
			return
		}
		p.touch(o)
		join(n, o)
		if !o.explored {
			out = append(out, id)
		}
	}
	t := p.tales[n.story]
	if t != nil {
		for _, id := range t.members {
			p.touchID(id)
			join(n, p.nodes[id])
			out = append(out, id)
		}
	}
	if t == nil || !t.closed || n.fresh {
		for _, x := range n.ties {
			follow(x.to)
		}
	}
	for _, r := range p.law.of[n.id] {
		if r.c.Op == news.OpMerge {
			for _, id := range slices.Concat(r.refs...) {
				follow(id)
			}
		}
	}
	return out
}

func (p *placing) touch(n *node) {
	if n.up == nil {
		n.up, n.size = n, 1
	}
}

func (p *placing) touchID(id int64) {
	if p.nodes[id] == nil {
		p.nodes[id] = &node{id: id}
	}
	p.touch(p.nodes[id])
}

// wake loads the stories whose time has come.
func (p *placing) wake(ctx context.Context, tx *sql.Tx) error {
	return p.readTalesByID(ctx, tx, p.awake)
}

// readTales loads the stories that these articles belong to.
func (p *placing) readTales(ctx context.Context, tx *sql.Tx, articles []int64) error {
	var ids []int64
	for _, id := range articles {
		if st := p.nodes[id].story; st != 0 && p.tales[st] == nil {
			ids = append(ids, st)
		}
	}
	slices.Sort(ids)
	return p.readTalesByID(ctx, tx, slices.Compact(ids))
}

func (p *placing) readTalesByID(ctx context.Context, tx *sql.Tx, ids []int64) error {
	return p.s.rowsOf(ctx, tx, ids, func(rs *sql.Rows) error {
		var t tale
		var published int64
		var members sql.RawBytes
		if err := rs.Scan(&t.id, &t.minted, &t.newest, &published, &members); err != nil {
			return err
		}
		var err error
		if t.members, err = unpackIDs(members); err != nil {
			return fmt.Errorf("members of story %d: %w", t.id, err)
		}
		t.closed, t.published = closedAt(fromMicros(t.newest), p.now), published != 0
		p.tales[t.id] = &t
		return nil
	}, "SELECT id, minted, newest, published, members FROM stories WHERE id IN {ints $1}")
}

// readStates loads what stories say, packed, and of it who they are.
func (p *placing) readStates(ctx context.Context, tx *sql.Tx, ts []*tale) error {
	var ids []int64
	for _, t := range ts {
		if t.saying == nil {
			ids = append(ids, t.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	return rows(ctx, tx, func(rs *sql.Rows) error {
		var id int64
		var state []byte
		if err := rs.Scan(&id, &state); err != nil {
			return err
		}
		name, founder, err := p.s.packer.whose(state)
		if err != nil {
			return fmt.Errorf("story %d: %w", id, err)
		}
		p.tales[id].saying = &saying{name, founder, state}
		return nil
	}, p.s.dialect.sql("SELECT id, state FROM stories WHERE id IN {ints $1}"), p.s.dialect.list(ids))
}
