package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"

	"wirefold/internal/news"
)

// linkAtOnce is how many articles are read at once to be compared with those that want edges.
const linkAtOnce = 3000

// leastPairs is how many pairs are worth another goroutine.
const leastPairs = 200_000

// scored is a pair with the score of its edge.
type scored struct {
	pair
	score float64
}

// score compares the candidates and answers with those that Link ties, in parts: an article has many more candidates
// than edges, and not all of their marks need be in memory.
func (p *placing) score(ctx context.Context, parts [][]pair, lap lap) ([]scored, error) {
	var out []scored
	for _, part := range parts {
		others := map[int64]*node{}
		for _, f := range part {
			if p.nodes[f.b] == nil && others[f.b] == nil {
				others[f.b] = &node{id: f.b}
			}
		}
		err := p.s.readByWriter(ctx, func(tx *sql.Tx) error { return p.readMarksOf(ctx, tx, others) })
		if err != nil {
			return nil, err
		}
		lap(&p.placed.Took.Candidates)
		edges, err := p.linkPart(part, others)
		if err != nil {
			return nil, err
		}
		out = append(out, edges...)
		for _, e := range edges {
			if n := others[e.b]; n != nil && p.doing != linking {
				p.nodes[e.b] = n
			}
		}
		lap(&p.placed.Took.Link)
	}
	return out, nil
}

// linkPart applies the exact rule to what the index found, and has the pairs scored: the window by times instead of days,
// and the keys that both hold now, since the index may remember those of an older text.
func (p *placing) linkPart(part []pair, others map[int64]*node) ([]scored, error) {
	var as []news.Marked
	var ids []int64
	at := map[int64]int32{}
	index := func(n *node) int32 {
		i, ok := at[n.id]
		if !ok {
			i = int32(len(as))
			at[n.id] = i
			as, ids = append(as, *n.m), append(ids, n.id)
		}
		return i
	}
	pairs := make([][2]int32, 0, len(part))
	for _, f := range part {
		a, b := p.nodes[f.a], p.nodes[f.b]
		if b == nil {
			b = others[f.b]
		}
		if b.m == nil {
			return nil, fmt.Errorf("article %d has no marks: %w", b.id, errPacking)
		}
		if _, dropped := p.law.drops[b.id]; dropped || !a.m.InWindow(*b.m) || (a.again || b.again) && !p.share(a, b) {
			continue
		}
		pairs = append(pairs, [2]int32{index(a), index(b)})
	}
	p.placed.Pairs += len(pairs)
	edges := p.linkAll(as, pairs)
	number := make(map[news.ArticleKey]int64, len(as))
	for i := range as {
		number[as[i].Key] = ids[i]
	}
	out := make([]scored, len(edges))
	for i, e := range edges {
		a, okA := number[e.A]
		b, okB := number[e.B]
		if !okA || !okB || a == b {
			return nil, fmt.Errorf("link answered with an edge %s-%s that nobody asked for", e.A, e.B)
		}
		if others[a] != nil { // the one that wants edges first
			a, b = b, a
		}
		out[i] = scored{pair{a, b}, e.Score}
	}
	return out, nil
}

// linkAll has pairs scored, by several at once where few articles wait. Each of them reads the marks of the articles anew, which
// would cost more time and memory than it is worth where many do.
func (p *placing) linkAll(as []news.Marked, pairs [][2]int32) []news.Edge {
	n := 1
	if p.doing == wholly {
		n = min(max(p.rules.Linkers, 1), 1+len(pairs)/leastPairs)
	}
	parts := make([][]news.Edge, n)
	var all sync.WaitGroup
	for i := range parts {
		some := pairs[i*len(pairs)/n : (i+1)*len(pairs)/n]
		all.Go(func() { parts[i] = p.rules.Link(as, some) })
	}
	all.Wait()
	return slices.Concat(parts...)
}
