package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"

	"wirefold/internal/news"
)

const (
	// linkAtOnce is how many articles are read at once to be compared with those that want edges.
	linkAtOnce = 1000
	// leastPairs is how many pairs are worth another goroutine.
	leastPairs = 50_000
)

// scored is a pair with the score of its edge: a wants edges.
type scored struct {
	a, b  int64
	score float64
}

// score compares the candidates and answers with those that Link ties, in parts: an article has many more candidates
// than edges, and not all of their marks need be in memory.
func (p *placing) score(ctx context.Context, found []candidate, lap lap) ([]scored, error) {
	own := make([]news.Marked, len(p.toLink))
	for i, id := range p.toLink {
		own[i] = *p.nodes[id].m
	}
	link := p.rules.Link(own)
	if p.doing == linking { // Link has read them, and nobody else will
		for i, id := range p.toLink {
			own[i].Marks.Blob, p.nodes[id].m.Marks.Blob = nil, nil
		}
	}
	lap(&p.placed.Took.Link)
	var out []scored
	for len(found) > 0 {
		part, others, toRead := p.nextPart(&found)
		if err := p.s.readByWriter(ctx, func(tx *sql.Tx) error { return p.readMarksOf(ctx, tx, toRead) }); err != nil {
			return nil, err
		}
		lap(&p.placed.Took.Candidates)
		edges, err := p.linkPart(link, part, others)
		if err != nil {
			return nil, err
		}
		out = append(out, edges...)
		for _, e := range edges {
			if n := toRead[e.b]; n != nil && p.doing != linking {
				p.nodes[e.b] = n
			}
		}
		lap(&p.placed.Took.Link)
	}
	return out, nil
}

// nextPart takes the next candidates that bring in no more than linkAtOnce others. Those, some of which are still to be read, are
// numbered on behind the articles that want edges.
func (p *placing) nextPart(found *[]candidate) (part []candidate, others []*node, toRead map[int64]*node) {
	own, last := int32(len(p.toLink)), int32(-1)
	toRead = map[int64]*node{}
	part = *found
	for i, f := range part {
		if f.b >= own && f.b != last {
			if len(others) == linkAtOnce {
				part = part[:i]
				break
			}
			last = f.b
			id := p.crossed.ids[f.b]
			n := p.nodes[id]
			if n == nil {
				n = &node{id: id}
				toRead[id] = n
			}
			others = append(others, n)
		}
		if f.b >= own {
			part[i].b = own + int32(len(others)) - 1
		}
	}
	*found = (*found)[len(part):]
	return part, others, toRead
}

// linkPart applies the exact rule to what the index found, and has the pairs scored: the window by times instead of days,
// and the keys that both hold now, since the index may remember those of an older text.
func (p *placing) linkPart(link linker, part []candidate, others []*node) ([]scored, error) {
	own := len(p.toLink)
	at := func(i int32) *node {
		if int(i) < own {
			return p.nodes[p.toLink[i]]
		}
		return others[int(i)-own]
	}
	marked := make([]news.Marked, len(others))
	for i, n := range others {
		if n.m == nil {
			return nil, fmt.Errorf("article %d has no marks: %w", n.id, errPacking)
		}
		marked[i] = *n.m
	}
	pairs := make([][2]int32, 0, len(part))
	for _, f := range part {
		a, b := at(f.a), at(f.b)
		if _, dropped := p.law.drops[b.id]; dropped || !a.m.InWindow(*b.m) || (a.again || b.again) && !p.share(a, b) {
			continue
		}
		pairs = append(pairs, [2]int32{f.a, f.b})
	}
	p.placed.Pairs += len(pairs)
	edges := p.linkAll(link, marked, pairs)
	out := make([]scored, len(edges))
	for i, e := range edges {
		if e.A == e.B || e.A < 0 || int(e.A) >= own || e.B < 0 || int(e.B) >= own+len(others) {
			return nil, fmt.Errorf("link answered with an edge of %d and %d that nobody asked for", e.A, e.B)
		}
		out[i] = scored{at(e.A).id, at(e.B).id, e.Score}
	}
	return out, nil
}

// linker is what Rules.Link answers with.
type linker = func(others []news.Marked, pairs [][2]int32) []news.Edge

// linkAll has pairs scored, by several at once where they are many.
func (p *placing) linkAll(link linker, others []news.Marked, pairs [][2]int32) []news.Edge {
	n := min(max(p.rules.Linkers, 1), 1+len(pairs)/leastPairs)
	parts := make([][]news.Edge, n)
	var all sync.WaitGroup
	for i := range parts {
		some := pairs[i*len(pairs)/n : (i+1)*len(pairs)/n]
		all.Go(func() { parts[i] = link(others, some) })
	}
	all.Wait()
	return slices.Concat(parts...)
}
