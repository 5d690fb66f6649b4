package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// region is one neighbourhood and the sets into which it is cut. A small one is one set.
type region struct {
	nodes []*node   // sorted by id, those of the chosen parts once they are chosen
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
	for _, n := range p.nodes {
		if n.group != nil && n.group.parent == n.group {
			if g := n.group; g.nodes != nil {
				out = append(out, &region{nodes: g.nodes})
				g.nodes = nil
			}
		}
	}
	for _, r := range out {
		slices.SortFunc(r.nodes, func(a, b *node) int { return compareIDs(a.id, b.id) })
	}
	slices.SortFunc(out, func(a, b *region) int { return compareIDs(a.nodes[0].id, b.nodes[0].id) })
	return out
}

// cut parts a region.
func (p *placing) cut(r *region) error {
	var members []*node
	for _, n := range r.nodes {
		if n.m == nil {
			return fmt.Errorf("article %d has no marks: %w", n.id, errPacking)
		}
		if _, dropped := p.law.drops[n.id]; !dropped {
			members = append(members, n)
		}
	}
	slices.SortFunc(members, func(a, b *node) int { return strings.Compare(string(a.m.Key), string(b.m.Key)) })
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

// choose cuts the regions and keeps of each what is to be grouped: all of one that was read whole. Of one that was not,
// what lies far from the batch stays as it is: it would be judged by half of what surrounds it.
func (p *placing) choose(ctx context.Context, rs []*region) error {
	var waits map[int64]waiting
	if p.doing == grouping {
		err := p.s.readByWriter(ctx, func(tx *sql.Tx) (err error) {
			waits, err = p.waitingForStories(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, r := range rs {
		if err := p.cut(r); err != nil {
			return err
		}
		p.keepChosen(r, p.chosen(r, waits))
		for _, n := range r.nodes {
			if w, ok := waits[n.id]; ok {
				p.absorb(w)
			}
		}
	}
	slices.Sort(p.batch)
	return nil
}

// chosen says of each part of a region whether it is to be grouped.
func (p *placing) chosen(r *region, waits map[int64]waiting) []bool {
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

// keepChosen leaves in the region what was chosen, and what was dropped.
func (p *placing) keepChosen(r *region, chosen []bool) {
	var parts [][]*node
	for i, part := range r.parts {
		if chosen[i+1] {
			parts = append(parts, part)
		}
	}
	r.parts = parts
	r.nodes = slices.DeleteFunc(r.nodes, func(n *node) bool { return n.part > 0 && !chosen[n.part] || n.part == 0 && !p.droppedFrom(n, chosen) })
}

// droppedFrom says that a dropped article belongs to a story that is decided, or to none.
func (p *placing) droppedFrom(n *node, chosen []bool) bool {
	t := p.tales[n.story]
	if t == nil || n.fresh {
		return true
	}
	return slices.ContainsFunc(t.members, func(id int64) bool { o := p.nodes[id]; return o.part > 0 && chosen[o.part] })
}

// wholeParts gives the parts of a region with their marks loaded, several at a time.
func (p *placing) wholeParts(ctx context.Context, r *region, lap func(*time.Duration)) iter.Seq2[[]*node, error] {
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
					if x.whole {
						x.forget()
					}
				}
			}
			rest = rest[k:]
		}
	}
}
