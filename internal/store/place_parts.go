package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
)

// region is one neighbourhood, or what is decided together of it, and the sets into which it is cut. A small one is one set.
type region struct {
	nodes []*node   // sorted by id
	parts [][]*node // each sorted by key; the number of a node's part is its index + 1
	tales []*tale
}

const (
	// cutFrom is the size from which a neighbourhood is cut before anything is decided in it. Cutting a small one is more
	// work than it saves.
	cutFrom = 500
	// regionsAtOnce is how many neighbourhoods' stories are read at once.
	regionsAtOnce = 1000
	// groupAtOnce is how many articles' marks are in memory at once while they are grouped, save for one set that has more.
	groupAtOnce = 2000
)

// regions are the neighbourhoods that were explored, cut, in a fixed order.
func (p *placing) regions() []*region {
	var out []*region
	of := map[*node]*region{}
	for _, n := range p.nodes {
		if n.up == nil {
			continue
		}
		root := n.root()
		r := of[root]
		if r == nil {
			r = &region{nodes: make([]*node, 0, root.size)}
			of[root] = r
			out = append(out, r)
		}
		r.nodes = append(r.nodes, n)
	}
	for _, r := range out {
		slices.SortFunc(r.nodes, func(a, b *node) int { return cmp.Compare(a.id, b.id) })
	}
	slices.SortFunc(out, func(a, b *region) int { return cmp.Compare(a.nodes[0].id, b.nodes[0].id) })
	return out
}

// cut parts a region.
func (p *placing) cut(r *region) error {
	var members []*node
	for _, n := range r.nodes {
		if !n.head.read {
			return fmt.Errorf("article %d has no marks: %w", n.id, errPacking)
		}
		if _, dropped := p.law.drops[n.id]; !dropped {
			members = append(members, n)
		}
	}
	slices.SortFunc(members, func(a, b *node) int { return bytes.Compare(a.head.key[:], b.head.key[:]) })
	switch {
	case len(members) == 0:
	case p.rules.Cut == nil || len(members) < cutFrom:
		r.parts = [][]*node{members}
	default:
		parts := p.rules.Cut(p.neighbourhood(members))
		if err := isPartition(parts, len(members)); err != nil {
			return fmt.Errorf("cut: %w", err)
		}
		for _, is := range parts {
			slices.Sort(is)
			part := make([]*node, len(is))
			for k, i := range is {
				part[k] = members[i]
			}
			r.parts = append(r.parts, part)
		}
	}
	for i, part := range r.parts {
		for _, n := range part {
			n.part = i + 1
		}
	}
	return nil
}

// choose cuts the regions and answers with what is to be grouped, in units that are decided one by one: parts that no
// story spans. Of a region that was read whole that is all; of one that was not, what lies far from the batch stays as it is,
// because it would be judged by half of what surrounds it.
func (p *placing) choose(ctx context.Context) ([]*region, error) {
	var waits map[int64]int64 // stamps
	if p.doing == grouping {
		err := p.s.readByWriter(ctx, func(tx *sql.Tx) (err error) {
			waits, err = p.waitingForStories(ctx, tx)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var out []*region
	for _, r := range p.regions() {
		if err := p.cut(r); err != nil {
			return nil, err
		}
		for _, u := range p.units(r, p.chosen(r, waits)) {
			for _, n := range u.nodes {
				if stamp, ok := waits[n.id]; ok {
					p.absorb(n.id, stamp)
				}
			}
			out = append(out, u)
		}
	}
	slices.Sort(p.batch)
	return out, nil
}

// portions are the units in the order in which they are written: all at once, or, when many wait, about a batch at a time.
func (p *placing) portions(units []*region) [][]*region {
	if p.doing != grouping || len(units) == 0 {
		return [][]*region{units}
	}
	var out [][]*region
	n := p.rules.Batch
	for _, u := range units {
		if n >= p.rules.Batch {
			out, n = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], u)
		n += len(u.nodes)
	}
	return out
}

// chosen says of each part of a region whether it is to be grouped.
func (p *placing) chosen(r *region, waits map[int64]int64) []bool {
	out := make([]bool, len(r.parts)+1)
	cutOff := make([]bool, len(r.parts)+1)
	whole := true
	for _, n := range r.nodes {
		if n.rim {
			whole = false
			cutOff[n.part] = true
		}
	}
	var work []int
	take := func(part int) {
		if part > 0 && !out[part] {
			out[part] = true
			work = append(work, part)
		}
	}
	along := func(n *node) {
		if t := p.tales[n.story]; t != nil {
			for _, id := range t.members {
				take(p.nodes[id].part)
			}
		}
	}
	for _, n := range r.nodes {
		_, waits := waits[n.id]
		if whole || n.fresh || n.dirty || waits && !cutOff[n.part] || len(p.law.of[n.id]) > 0 {
			take(n.part)
			along(n)
		}
	}
	// A story is decided as a whole.
	for len(work) > 0 {
		part := work[0]
		work = work[1:]
		for _, n := range r.parts[part-1] {
			along(n)
		}
	}
	return out
}

// units are the chosen parts of a region, those together that a story spans, with the dropped articles of their stories.
func (p *placing) units(r *region, chosen []bool) []*region {
	// A forest of parts; 0 stands for dropped articles that belong to no story.
	root := make([]int, len(r.parts)+1)
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	home := func(n *node) int {
		if n.part > 0 {
			return find(n.part)
		}
		if t := p.tales[n.story]; t != nil {
			for _, id := range t.members {
				if o := p.nodes[id]; o.part > 0 {
					return find(o.part)
				}
			}
		}
		return 0
	}
	for _, n := range r.nodes {
		if t := p.tales[n.story]; t != nil && n.part > 0 {
			for _, id := range t.members {
				if o := p.nodes[id]; o.part > 0 {
					a, b := find(n.part), find(o.part)
					root[max(a, b)] = min(a, b)
				}
			}
		}
	}
	of := map[int]*region{}
	var out []*region
	unit := func(i int) *region {
		if of[i] == nil {
			of[i] = &region{}
			out = append(out, of[i])
		}
		return of[i]
	}
	for i, part := range r.parts {
		if chosen[i+1] {
			u := unit(find(i + 1))
			u.parts = append(u.parts, part)
		}
	}
	for _, n := range r.nodes {
		if i := home(n); i == 0 || chosen[i] {
			u := unit(i)
			u.nodes = append(u.nodes, n)
		}
	}
	return out
}

// wholeParts gives the parts of a region with their marks loaded, several at a time.
func (p *placing) wholeParts(ctx context.Context, r *region, lap lap) iter.Seq2[[]*node, error] {
	return func(yield func([]*node, error) bool) {
		for rest := r.parts; len(rest) > 0; {
			n, k := 0, 0
			var ids []int64
			for k < len(rest) && (k == 0 || n+len(rest[k]) <= groupAtOnce) {
				if len(rest[k]) > 1 {
					for _, x := range rest[k] {
						ids = append(ids, x.id)
					}
				}
				n += len(rest[k])
				k++
			}
			lap(&p.placed.Took.Group)
			err := p.s.readByWriter(ctx, func(tx *sql.Tx) error { return p.readMarks(ctx, tx, ids) })
			lap(&p.placed.Took.Read)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, part := range rest[:k] {
				if !yield(part, nil) {
					return
				}
				for _, x := range part {
					x.m = nil // only Link and Group need it
				}
			}
			rest = rest[k:]
		}
	}
}
