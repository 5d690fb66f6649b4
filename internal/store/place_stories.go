package store

import (
	"cmp"
	"context"
	"database/sql"
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
	newest   time.Time
	// What Advance answered: packed, and the part that says where the story stands; was is that of before.
	state     []byte
	life, was news.Life
	// retold: something that subscribers can see changed.
	retold bool
	number int64 // its row
}

func closedAt(newest, now time.Time) bool { return !newest.Add(news.CloseAfter).After(now) }

// regroup parts the units into stories and finds out which of them changed.
func (p *placing) regroup(ctx context.Context, units []*region, lap lap) error {
	for some := range slices.Chunk(units, regionsAtOnce) {
		lap(&p.placed.Took.Group)
		var ts []*tale
		for _, r := range some {
			r.tales = p.talesOf(r.nodes)
			ts = append(ts, r.tales...)
		}
		if err := p.s.readByWriter(ctx, func(tx *sql.Tx) error { return p.readStates(ctx, tx, ts) }); err != nil {
			return err
		}
		lap(&p.placed.Took.Read)
		for _, r := range some {
			os, err := p.regroupOne(ctx, r, lap)
			if err != nil {
				return err
			}
			for _, o := range os {
				if o.old != nil {
					p.told[o.old.id] = true
				}
			}
			p.outcomes = append(p.outcomes, os...)
		}
	}
	return nil
}

// stirred adds the stories whose time has come and that nothing else changed.
func (p *placing) stirred(ctx context.Context) error {
	var ts []*tale
	for _, id := range p.awake {
		if t := p.tales[id]; t != nil && !p.told[id] {
			ts = append(ts, t)
		}
	}
	if err := p.s.readByWriter(ctx, func(tx *sql.Tx) error { return p.readStates(ctx, tx, ts) }); err != nil {
		return err
	}
	for _, t := range ts {
		var st news.Story
		if err := p.s.packer.unpackJSON(t.state, &st); err != nil {
			return fmt.Errorf("story %s: %w", t.name, err)
		}
		p.outcomes = append(p.outcomes, &outcome{old: t, id: t.name, founder: t.founder, members: t.members, into: st.Life.Into, newest: fromMicros(t.newest)})
	}
	return nil
}

// regroupOne parts one unit and answers with the stories that are new, changed or at their end.
func (p *placing) regroupOne(ctx context.Context, r *region, lap lap) ([]*outcome, error) {
	var keys [][]news.ArticleKey
	for members, err := range p.wholeParts(ctx, r, lap) {
		if err != nil {
			return nil, err
		}
		parts, err := p.part(members)
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			ks := make([]news.ArticleKey, len(part))
			for i, m := range part {
				ks[i] = members[m].key()
			}
			keys = append(keys, ks)
		}
	}
	slices.SortFunc(keys, func(a, b []news.ArticleKey) int { return strings.Compare(string(a[0]), string(b[0])) })
	byKey := make(map[news.ArticleKey]*node, len(r.nodes))
	seen := make(map[news.ArticleKey]time.Time, len(r.nodes))
	for _, n := range r.nodes {
		key := n.key()
		byKey[key] = n
		seen[key] = n.seen()
	}
	standing := make([]news.Standing, len(r.tales))
	for i, t := range r.tales {
		standing[i] = p.standing(t, seen)
	}
	return p.outcomesOf(r.tales, p.rules.Reconcile(standing, keys, seen), byKey)
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
	if err := isPartition(parts, len(members)); err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return parts, nil
}

func isPartition(parts [][]int, members int) error {
	seen := make([]bool, members)
	n := 0
	for _, part := range parts {
		for _, i := range part {
			if i < 0 || i >= members || seen[i] {
				return fmt.Errorf("the answer is no partition of %d articles", members)
			}
			seen[i] = true
			n++
		}
	}
	if n != members {
		return fmt.Errorf("the answer is no partition of %d articles", members)
	}
	return nil
}

// neighbourhood is what Group is asked about: members are sorted by key.
func (p *placing) neighbourhood(members []*node) news.Neighbourhood {
	out := news.Neighbourhood{Members: make([]news.Marked, len(members)), Rulings: p.rulingsFor(members)}
	at := make(map[int64]int32, len(members))
	for i, n := range members {
		out.Members[i] = n.marked()
		at[n.id] = int32(i)
	}
	closed := map[int64][]int{}
	ends := 0
	for _, n := range members {
		ends += len(n.ties)
	}
	out.Edges = make([]news.Edge, 0, ends/2+1)
	for i, n := range members {
		t := p.tales[n.story]
		if t != nil && t.closed {
			closed[t.id] = append(closed[t.id], i)
		}
		for _, x := range n.ties {
			j, in := at[x.to]
			// An edge is kept on both sides and told once. Between two closed stories it decides nothing.
			if !in || int(j) < i || t != nil && t.closed && p.closedElsewhere(members[j], t) {
				continue
			}
			out.Edges = append(out.Edges, news.Edge{A: int32(i), B: j, Score: x.score})
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

func (p *placing) talesOf(nodes []*node) []*tale {
	var out []*tale
	seen := map[int64]bool{}
	for _, n := range nodes {
		if t := p.tales[n.story]; t != nil && !seen[t.id] {
			seen[t.id] = true
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *tale) int { return cmp.Compare(a.id, b.id) })
	return out
}

func (p *placing) standing(t *tale, seen map[news.ArticleKey]time.Time) news.Standing {
	out := news.Standing{ID: t.name, Founder: t.founder, FounderSeen: fromMicros(t.minted), Minted: fromMicros(t.minted), Published: map[news.ArticleKey]bool{}}
	if at, ok := seen[t.founder]; ok {
		out.FounderSeen = at
	}
	for _, id := range t.members {
		key := p.nodes[id].key()
		out.Members = append(out.Members, key)
		// A published story shows all its members: each change of them advances it.
		if t.published {
			out.Published[key] = true
		}
	}
	slices.Sort(out.Members)
	return out
}

func (p *placing) outcomesOf(tales []*tale, assigned news.Assigned, byKey map[news.ArticleKey]*node) ([]*outcome, error) {
	old := make(map[news.StoryID]*tale, len(tales))
	for _, t := range tales {
		old[t.name] = t
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
			if seen := n.seen(); seen.After(o.newest) {
				o.newest = seen
			}
		}
		slices.Sort(o.members)
		lives[o.id] = o
		same := o.old != nil && slices.Equal(o.members, o.old.members)
		o.retold = !same || fresh
		out = append(out, o)
	}
	for _, t := range tales {
		if lives[t.name] != nil {
			continue
		}
		end := &outcome{old: t, id: t.name, founder: t.founder, into: into[t.name], newest: fromMicros(t.newest), retold: true}
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
