package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"wirefold/internal/news"
)

// posting is one article that is listed, or to be listed, under one key.
type posting struct {
	key news.Key
	of  int32 // the number of the article
}

// entrant is an article whose postings are read.
type entrant struct {
	holder
	enters bool // it is to be listed, too
	placed bool // it was listed before, if under other keys
}

func sortPostings(ps []posting) {
	slices.SortFunc(ps, func(a, b posting) int {
		return cmp.Or(cmp.Compare(int64(a.key), int64(b.key)), cmp.Compare(a.of, b.of))
	})
}

// readHolders reads the index for all keys of the articles that want edges, and puts those into it that are not there.
func (p *placing) readHolders(ctx context.Context, tx *sql.Tx) error {
	p.holders = newHolders(p.rules.Rule)
	if err := p.readEveryone(ctx, tx); err != nil {
		return err
	}
	enter := make(map[int64]bool, len(p.toIndex))
	for _, id := range p.toIndex {
		enter[id] = true
		p.count(p.nodes[id])
	}
	n := 0
	for _, id := range p.toLink {
		n += len(p.keysOf(id))
	}
	ps, who := make([]posting, 0, n), make([]entrant, len(p.toLink))
	for i, id := range p.toLink {
		x := p.nodes[id]
		who[i] = entrant{newHolder(x), enter[id], x.placed}
		for _, k := range p.keysOf(id) {
			ps = append(ps, posting{k, int32(i)})
		}
	}
	sortPostings(ps)
	p.crossed = newCrossed(p.holders, ps, who)
	return p.readLists(ctx, tx, ps, who)
}

// readEveryone reads how many articles there are, by their days.
func (p *placing) readEveryone(ctx context.Context, tx *sql.Tx) error {
	return rows(ctx, tx, func(rs *sql.Rows) error {
		var x holder
		var n int64
		err := rs.Scan(&x.published, &x.seen, &n)
		p.holders.everyone[x] = n
		return err
	}, "SELECT published, seen, n FROM crowds WHERE key = $1", int64(everyone))
}

// keysAtOnce is how many keys are asked for at once: they have three times as many digits as ids.
const keysAtOnce = 3000

// readLists reads who holds keys, which are sorted, lists those of the articles under them that are to be, and forgets all
// other keys.
func (p *placing) readLists(ctx context.Context, tx *sql.Tx, ps []posting, who []entrant) error {
	hs := p.holders
	n := 0
	for i := range ps {
		if i == 0 || ps[i].key != ps[i-1].key {
			n++
		}
	}
	hs.lists = make([]held, 0, n)
	for i := range ps {
		if i == 0 || ps[i].key != ps[i-1].key {
			hs.lists = append(hs.lists, held{key: ps[i].key, entries: &hs.none})
		}
	}
	for some := range slices.Chunk(hs.lists, keysAtOnce) {
		n := 0
		for n < len(ps) && int64(ps[n].key) <= int64(some[len(some)-1].key) {
			n++
		}
		if err := p.readSome(ctx, tx, some, ps[:n], who); err != nil {
			return err
		}
		ps = ps[n:]
	}
	return nil
}

// readSome is readLists for some keys.
func (p *placing) readSome(ctx context.Context, tx *sql.Tx, lists []held, ps []posting, who []entrant) error {
	hs := p.holders
	ids := make([]int64, len(lists))
	for i := range lists {
		ids[i] = int64(lists[i].key)
	}
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var key, n int64
		var x holder
		if err := rs.Scan(&key, &x.published, &x.seen, &n); err != nil {
			return err
		}
		h := hs.of(news.Key(key))
		hs.own(h)
		if h.crowds == nil {
			h.crowds = map[holder]int64{}
		}
		h.crowds[x] = n
		return nil
	}, p.s.dialect.sql("SELECT key, published, seen, n FROM crowds WHERE key IN {ints $1}"), p.s.dialect.list(ids))
	if err != nil {
		return err
	}
	writes := false
	at := 0
	for _, x := range ps {
		if lists[at].key != x.key {
			at++
		}
		w, h := &who[x.of], &lists[at]
		if w.enters {
			writes = true
			hs.own(h)
		}
		if _, crowd := h.crowds[w.days()]; !crowd {
			h.read = true
		}
	}
	ids = ids[:0]
	for i := range lists {
		if lists[i].read {
			ids = append(ids, chunkID(lists[i].key, 0))
		}
	}
	// Rows come in the order of their keys, so that a list is whole when that of another key begins.
	at = 0
	next := func() {
		ps = p.listRead(&lists[at], ps, who)
		at++
	}
	err = rows(ctx, tx, func(rs *sql.Rows) error {
		var id int64
		var packed sql.RawBytes
		if err := rs.Scan(&id, &packed); err != nil {
			return err
		}
		for chunkID(lists[at].key, 0) != id&^(maxChunks-1) {
			if next(); at == len(lists) {
				return fmt.Errorf("holders %d: not asked for, or out of order", id)
			}
		}
		if p.crossed != nil {
			if err := p.crossed.lay(packed); err != nil {
				return fmt.Errorf("holders %d: %w", id, err)
			}
		}
		if h := &lists[at]; writes && h.entries != &hs.none {
			data, err := unpackHolders(packed)
			if err != nil {
				return fmt.Errorf("holders %d: %w", id, err)
			}
			h.chunks = append(h.chunks, chunk{number: id & (maxChunks - 1), data: data})
		}
		return nil
	}, p.s.dialect.sql("SELECT h.id, h.data FROM {holders of $1}"), p.s.dialect.list(ids))
	for err == nil && at < len(lists) {
		next()
	}
	return err
}

// listRead ends the list of a key: the articles that are to be listed under it are. ps begins with the postings of the key, and
// the rest is the answer.
func (p *placing) listRead(h *held, ps []posting, who []entrant) []posting {
	n := 0
	for ; n < len(ps) && ps[n].key == h.key; n++ {
		if w := &who[ps[n].of]; w.enters {
			h.enter(w.holder, w.placed)
		}
	}
	h.thin(listFactor * p.holders.rule.MaxHolders)
	if p.crossed != nil {
		p.crossed.settle(h)
	}
	if h.entries != &p.holders.none {
		h.settle()
	}
	return ps[n:]
}

// writeHolders stores the parts of the index that changed.
func (p *placing) writeHolders(ctx context.Context, tx *sql.Tx) error {
	if err := p.writeEveryone(ctx, tx); err != nil {
		return err
	}
	return p.writeLists(ctx, tx)
}

const putCrowds = "ON CONFLICT (key, published, seen) DO UPDATE SET n = excluded.n"

func (p *placing) writeEveryone(ctx context.Context, tx *sql.Tx) error {
	var values []any
	for x := range p.holders.grown {
		values = append(values, int64(everyone), int64(x.published), int64(x.seen), p.holders.everyone[x])
	}
	return p.s.bulk(ctx, tx, "INSERT INTO crowds (key, published, seen, n) VALUES", 4, putCrowds, values, nil)
}

// writeLists stores the lists that grew, in the order of the table: neighbours share pages.
func (p *placing) writeLists(ctx context.Context, tx *sql.Tx) error {
	var lists, crowds []any
	for i := range p.holders.lists {
		h := &p.holders.lists[i]
		for _, r := range h.rows {
			lists = append(lists, chunkID(h.key, r.number), int64(r.newest), r.packed)
		}
		for x := range h.grown {
			crowds = append(crowds, int64(h.key), int64(x.published), int64(x.seen), h.crowds[x])
		}
	}
	err := p.s.bulk(ctx, tx, "INSERT INTO holders (id, newest, data) VALUES", 3,
		"ON CONFLICT (id) DO UPDATE SET newest = excluded.newest, data = excluded.data", lists, nil)
	if err != nil {
		return err
	}
	return p.s.bulk(ctx, tx, "INSERT INTO crowds (key, published, seen, n) VALUES", 4, putCrowds, crowds, nil)
}
