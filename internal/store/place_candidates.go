package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"wirefold/internal/news"
)

// readBatch reads the marks of the articles that wait, and makes those that are missing or of an older version.
func (p *placing) readBatch(ctx context.Context, tx *sql.Tx) error {
	for _, id := range p.batch {
		p.nodes[id] = &node{id: id, fresh: true}
	}
	if err := p.readPlaces(ctx, tx, p.batch); err != nil {
		return err
	}
	if err := p.readMarks(ctx, tx, p.batch); err != nil {
		return err
	}
	for _, id := range p.batch {
		n := p.nodes[id]
		if n.m != nil && !p.rules.stale(n.m) {
			continue
		}
		a, err := p.s.body(ctx, tx, id)
		if err != nil {
			return err
		}
		if p.rules.Mark != nil {
			a.Marks = p.rules.Mark(&a)
		}
		if p.remarked[id], err = packMarked(marked(&a)); err != nil {
			return err
		}
		if n.m, err = unpackMarked(p.remarked[id]); err != nil { // as it will be read next time
			return err
		}
	}
	return nil
}

// stale says that marks must be made again.
func (r *Rules) stale(m *news.Marked) bool {
	if r.Mark == nil {
		return false
	}
	if len(m.Marks.Blob) == 0 {
		return len(m.Marks.Keys) == 0
	}
	return !bytes.HasPrefix(m.Marks.Blob, r.MarksVersion)
}

// readMarks loads what grouping reads of articles that are nodes already. Of one whose marks retention has taken only
// the header is left.
func (p *placing) readMarks(ctx context.Context, tx *sql.Tx, ids []int64) error {
	var missing []int64
	for _, id := range ids {
		if p.nodes[id].m == nil {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	left := make(map[int64]bool, len(missing))
	for _, id := range missing {
		left[id] = true
	}
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var id int64
		var data sql.RawBytes
		if err := rs.Scan(&id, &data); err != nil {
			return err
		}
		delete(left, id)
		var err error
		if p.nodes[id].m, err = unpackMarked(data); err != nil {
			return fmt.Errorf("marks of article %d: %w", id, err)
		}
		return nil
	}, p.s.dialect.sql("SELECT article, data FROM marks WHERE article IN {ints $1}"), p.s.dialect.list(missing))
	if err != nil || len(left) == 0 {
		return err
	}
	return rows(ctx, tx, func(rs *sql.Rows) error {
		var id, seen int64
		var key []byte
		err := rs.Scan(&id, &key, &seen)
		p.nodes[id].m = &news.Marked{Key: keyText(key), Seen: fromMicros(seen)}
		return err
	}, p.s.dialect.sql("SELECT id, key, seen FROM articles WHERE id IN {ints $1}"), p.s.dialect.list(slices.Collect(maps.Keys(left))))
}

// keysOf are the keys by which an article is found; one that was dropped is not.
func (p *placing) keysOf(id int64) []news.Key {
	if _, dropped := p.law.drops[id]; dropped {
		return nil
	}
	return p.nodes[id].m.Marks.Keys
}

// candidates finds the pairs that the rule makes candidates: each of the batch with all that are stored, and with
// each other.
func (p *placing) candidates(ctx context.Context, tx *sql.Tx) ([]news.Marked, [][2]int32, error) {
	if err := p.readHolders(ctx, tx); err != nil {
		return nil, nil, err
	}
	ids := p.localize()
	found := p.sharers(ids)
	if err := p.loadAll(ctx, tx, ids, found); err != nil {
		return nil, nil, err
	}
	return p.confirm(ids, found)
}

// localize numbers the articles that appear in the index from 0, so that counting needs no maps.
func (p *placing) localize() []int64 {
	var ids []int64
	local := make(map[int64]int32, 4*len(p.batch))
	for _, id := range p.batch {
		local[id] = int32(len(ids))
		ids = append(ids, id)
	}
	for _, h := range p.holders.of {
		if len(h.all) < 2 {
			continue
		}
		h.local = make([]int32, len(h.all))
		for i, x := range h.all {
			l, ok := local[x.id]
			if !ok {
				l = int32(len(ids))
				local[x.id] = l
				ids = append(ids, x.id)
			}
			h.local[i] = l
		}
	}
	return ids
}

// shared is a key that an article of the batch can share, and what that says for it.
type shared struct {
	h    *held
	says int
}

// sharers finds for each of the batch (local numbers 0 … len(batch)-1) those that share enough with it. A pair within the
// batch is found once. That a key may say less for the other side is seen to later.
func (p *placing) sharers(ids []int64) [][2]int32 {
	sum := make([]uint16, len(ids))
	last := make([]holder, len(ids))
	var touched []int32
	var mine []shared
	var out [][2]int32
	for i, id := range p.batch {
		me := newHolder(p.nodes[id])
		touched, mine = touched[:0], mine[:0]
		rest, least := 0, p.rules.Rule.Bound(p.holders.step(me))
		for _, k := range p.keysOf(id) {
			if h := p.holders.of[k]; h.local != nil {
				if n := p.holders.saysFor(k, me); n > 0 {
					mine = append(mine, shared{h, n})
					rest += n
				}
			}
		}
		// What says most comes first. What all the keys still to come say together bounds what an article that was not
		// met so far can reach: the long lists of light keys only add to those that were.
		slices.SortStableFunc(mine, func(a, b shared) int { return b.says - a.says })
		for _, s := range mine {
			enough := rest >= least-p.rules.Rule.Undated
			rest -= s.says
			for x, j := range s.h.local {
				if sum[j] == 0 {
					if !enough || int(j) <= i {
						continue
					}
					touched = append(touched, j)
					last[j] = s.h.all[x]
				}
				sum[j] += uint16(s.says)
			}
		}
		for _, j := range touched {
			if int(sum[j]) >= least+p.rules.Rule.Apart(int(me.published), int(last[j].published)) && me.near(last[j]) {
				out = append(out, [2]int32{int32(i), j})
			}
			sum[j] = 0
		}
	}
	return out
}

func (p *placing) loadAll(ctx context.Context, tx *sql.Tx, ids []int64, found [][2]int32) error {
	var load []int64
	for _, f := range found {
		id := ids[f[1]]
		if p.nodes[id] == nil {
			p.nodes[id] = &node{id: id}
			load = append(load, id)
		}
	}
	slices.Sort(load)
	return p.readMarks(ctx, tx, load)
}

// confirm applies the exact rule to what the index found: the window, and the keys that both hold now. The index may
// remember keys of an older text, and days instead of times.
func (p *placing) confirm(ids []int64, found [][2]int32) ([]news.Marked, [][2]int32, error) {
	var as []news.Marked
	at := make([]int32, len(ids))
	for i := range at {
		at[i] = -1
	}
	index := func(l int32) int32 {
		if at[l] < 0 {
			at[l] = int32(len(as))
			as = append(as, *p.nodes[ids[l]].m)
		}
		return at[l]
	}
	var pairs [][2]int32
	for _, f := range found {
		a, b := p.nodes[ids[f[0]]], p.nodes[ids[f[1]]]
		if b.m == nil {
			return nil, nil, fmt.Errorf("article %d has no marks: %w", b.id, errPacking)
		}
		if _, dropped := p.law.drops[b.id]; dropped || !a.m.InWindow(*b.m) || !p.share(a, b) {
			continue
		}
		pairs = append(pairs, [2]int32{index(f[0]), index(f[1])})
	}
	return as, pairs, nil
}

// share says whether two articles share enough, by what their keys say for either. Keys are sorted: heaviest first, then
// value.
func (p *placing) share(a, b *node) bool {
	hs, ha, hb := p.holders, newHolder(a), newHolder(b)
	x, y := a.m.Marks.Keys, b.m.Marks.Keys
	sum := 0
	for len(x) > 0 && len(y) > 0 {
		switch c := compareKeys(x[0], y[0]); {
		case c < 0:
			x = x[1:]
		case c > 0:
			y = y[1:]
		default:
			sum += min(hs.saysFor(x[0], ha), hs.saysFor(x[0], hb))
			x, y = x[1:], y[1:]
		}
	}
	return sum > 0 && sum >= hs.rule.Bound(max(hs.step(ha), hs.step(hb)))+hs.rule.Apart(int(ha.published), int(hb.published))
}

func compareKeys(a, b news.Key) int {
	if d := b.Weight() - a.Weight(); d != 0 {
		return d
	}
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
