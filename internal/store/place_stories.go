package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wirefold/internal/news"
)

// outcome is what becomes of one story.
type outcome struct {
	old      *tale // nil: a new story
	id       news.StoryID
	founder  news.ArticleKey
	members  []int64 // ascending
	from     news.StoryID
	into     news.StoryID // set when it ends in another
	absorbed []*tale
	story    news.Story // after Advance
	newest   time.Time
	// retold: something that subscribers can see changed.
	retold bool
	number int64 // its row
}

func closedAt(newest, now time.Time) bool { return !newest.Add(news.CloseAfter).After(now) }

// regroup parts every neighbourhood into stories and finds out which of them changed.
func (p *placing) regroup() error {
	roots := map[*group]bool{}
	for _, n := range p.nodes {
		if n.group != nil && n.group.parent == n.group {
			roots[n.group] = true
		}
	}
	gs := make([]*group, 0, len(roots))
	for g := range roots {
		slices.SortFunc(g.nodes, func(a, b *node) int { return compareIDs(a.id, b.id) })
		gs = append(gs, g)
	}
	slices.SortFunc(gs, func(a, b *group) int { return compareIDs(a.nodes[0].id, b.nodes[0].id) })
	changed := map[int64]bool{}
	for _, g := range gs {
		os, err := p.regroupOne(g)
		if err != nil {
			return err
		}
		for _, o := range os {
			if o.old != nil {
				changed[o.old.id] = true
			}
		}
		p.outcomes = append(p.outcomes, os...)
	}
	for _, id := range p.awake {
		if t := p.tales[id]; t != nil && !changed[id] {
			p.outcomes = append(p.outcomes, &outcome{old: t, id: t.story.ID, founder: t.story.Founder, members: t.members, into: t.story.Life.Into, newest: t.newest})
		}
	}
	return nil
}

func compareIDs(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// regroupOne parts one neighbourhood and answers with the stories that are new, changed or at their end.
func (p *placing) regroupOne(g *group) ([]*outcome, error) {
	var members []*node
	for _, n := range g.nodes {
		if n.m == nil {
			return nil, fmt.Errorf("article %d has no marks: %w", n.id, errPacking)
		}
		if _, dropped := p.law.drops[n.id]; !dropped {
			members = append(members, n)
		}
	}
	slices.SortFunc(members, func(a, b *node) int { return strings.Compare(string(a.m.Key), string(b.m.Key)) })
	parts, err := p.part(members)
	if err != nil {
		return nil, err
	}
	byKey := make(map[news.ArticleKey]*node, len(g.nodes))
	seen := make(map[news.ArticleKey]time.Time, len(g.nodes))
	for _, n := range g.nodes {
		byKey[n.m.Key] = n
		seen[n.m.Key] = n.m.Seen
	}
	tales := p.talesOf(g)
	standing := make([]news.Standing, len(tales))
	for i, t := range tales {
		standing[i] = p.standing(t, seen)
	}
	keys := make([][]news.ArticleKey, len(parts))
	for i, part := range parts {
		for _, m := range part {
			keys[i] = append(keys[i], members[m].m.Key)
		}
	}
	return p.outcomesOf(tales, p.rules.Reconcile(standing, keys, seen), byKey)
}

// part asks Group how members fall into stories, and makes sure that the answer is a partition.
func (p *placing) part(members []*node) ([][]int, error) {
	if len(members) == 1 {
		return [][]int{{0}}, nil
	}
	if len(members) == 0 {
		return nil, nil
	}
	parts := p.rules.Group(p.neighbourhood(members))
	seen := make([]bool, len(members))
	n := 0
	for _, part := range parts {
		for _, i := range part {
			if i < 0 || i >= len(members) || seen[i] {
				return nil, fmt.Errorf("group answered with no partition of its %d articles", len(members))
			}
			seen[i] = true
			n++
		}
	}
	if n != len(members) {
		return nil, fmt.Errorf("group answered with no partition of its %d articles", len(members))
	}
	return parts, nil
}

// neighbourhood is what Group is asked about: members are sorted by key.
func (p *placing) neighbourhood(members []*node) news.Neighbourhood {
	out := news.Neighbourhood{Members: make([]news.Marked, len(members)), Rulings: p.rulingsFor(members)}
	at := make(map[int64]int, len(members))
	for i, n := range members {
		out.Members[i] = *n.m
		at[n.id] = i
	}
	closed := map[int64][]int{}
	for i, n := range members {
		t := p.tales[n.story]
		if t != nil && t.closed {
			closed[t.id] = append(closed[t.id], i)
		}
		for _, x := range n.ties {
			j, in := at[x.to]
			// An edge is kept on both sides and told once. Between two closed stories it decides nothing.
			if !in || j < i || t != nil && t.closed && p.closedElsewhere(members[j], t) {
				continue
			}
			out.Edges = append(out.Edges, news.Edge{A: n.m.Key, B: members[j].m.Key, Score: x.score})
		}
	}
	for _, is := range closed {
		out.Closed = append(out.Closed, is)
	}
	slices.SortFunc(out.Closed, func(a, b []int) int { return a[0] - b[0] })
	return out
}

func (p *placing) closedElsewhere(n *node, t *tale) bool {
	o := p.tales[n.story]
	return o != nil && o != t && o.closed
}

func (p *placing) talesOf(g *group) []*tale {
	var out []*tale
	seen := map[int64]bool{}
	for _, n := range g.nodes {
		if t := p.tales[n.story]; t != nil && !seen[t.id] {
			seen[t.id] = true
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *tale) int { return compareIDs(a.id, b.id) })
	return out
}

func (p *placing) standing(t *tale, seen map[news.ArticleKey]time.Time) news.Standing {
	out := news.Standing{ID: t.story.ID, Founder: t.story.Founder, FounderSeen: t.minted, Minted: t.minted, Published: map[news.ArticleKey]bool{}}
	if at, ok := seen[t.story.Founder]; ok {
		out.FounderSeen = at
	}
	for _, id := range t.members {
		key := p.nodes[id].m.Key
		out.Members = append(out.Members, key)
		// A published story shows all its members: each change of them advances it.
		if !t.story.Life.Published.IsZero() {
			out.Published[key] = true
		}
	}
	slices.Sort(out.Members)
	return out
}

func (p *placing) outcomesOf(tales []*tale, assigned news.Assigned, byKey map[news.ArticleKey]*node) ([]*outcome, error) {
	old := make(map[news.StoryID]*tale, len(tales))
	for _, t := range tales {
		old[t.story.ID] = t
	}
	into := map[news.StoryID]news.StoryID{}
	for _, a := range assigned.Aliases {
		into[a.Old] = a.New
	}
	lives := map[news.StoryID]*outcome{}
	var out []*outcome
	for _, a := range assigned.Stories {
		o := &outcome{old: old[a.ID], id: a.ID, founder: a.Founder, from: a.From}
		if o.id != "" && (o.old == nil || lives[o.id] != nil) {
			return nil, fmt.Errorf("reconcile gave the id %s that was not there to give", o.id)
		}
		fresh := false
		for _, k := range a.Members {
			n := byKey[k]
			if n == nil {
				return nil, fmt.Errorf("reconcile named the article %s that is not in the neighbourhood", k)
			}
			fresh = fresh || n.fresh
			o.members = append(o.members, n.id)
			if n.m.Seen.After(o.newest) {
				o.newest = n.m.Seen
			}
		}
		slices.Sort(o.members)
		lives[o.id] = o
		same := o.old != nil && slices.Equal(o.members, o.old.members)
		o.retold = !same || fresh
		out = append(out, o)
	}
	for _, t := range tales {
		if lives[t.story.ID] != nil {
			continue
		}
		end := &outcome{old: t, id: t.story.ID, founder: t.story.Founder, into: into[t.story.ID], newest: t.newest, retold: true}
		if end.into != "" {
			survivor := lives[end.into]
			if survivor == nil {
				return nil, fmt.Errorf("reconcile merged %s into %s, which is not there", end.id, end.into)
			}
			survivor.absorbed = append(survivor.absorbed, t)
			survivor.retold = true
		}
		out = append(out, end)
	}
	return slices.DeleteFunc(out, func(o *outcome) bool { return !o.retold }), nil
}
