package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"

	"wirefold/internal/news"
)

// readHolders reads the index for all keys of the articles that want edges, and puts those into it that are not there.
func (p *placing) readHolders(ctx context.Context, tx *sql.Tx) error {
	p.holders, p.crossed = newHolders(p.rules.Rule), newCrossed(p)
	if err := p.readEveryone(ctx, tx); err != nil {
		return err
	}
	err := p.readLists(ctx, tx, func(yield func(news.Key, holder) bool) {
		for _, id := range p.toLink {
			x := newHolder(p.nodes[id])
			for _, k := range p.keysOf(id) {
				if !yield(k, x) {
					return
				}
			}
		}
	})
	if err != nil {
		return err
	}
	for _, id := range p.toIndex {
		n := p.nodes[id]
		x := newHolder(n)
		for _, k := range p.keysOf(id) {
			p.holders.of(k).enter(x, n.placed)
		}
		p.count(n)
	}
	if len(p.toIndex) > 0 {
		p.holders.thin()
	}
	return nil
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

// readLists reads who holds keys that articles of some days hold, and forgets all others.
func (p *placing) readLists(ctx context.Context, tx *sql.Tx, of iter.Seq2[news.Key, holder]) error {
	hs := p.holders
	var keys []news.Key
	for k := range of {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b news.Key) int { return compareIDs(int64(a), int64(b)) })
	keys = slices.Compact(keys)
	hs.lists, hs.number = make([]held, len(keys)), make(map[news.Key]int32, len(keys))
	ids := make([]int64, len(keys))
	for i, k := range keys {
		hs.lists[i].key, hs.number[k], ids[i] = k, int32(i), int64(k)
	}
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var key, n int64
		var x holder
		if err := rs.Scan(&key, &x.published, &x.seen, &n); err != nil {
			return err
		}
		h := hs.of(news.Key(key))
		if h.crowds == nil {
			h.crowds = map[holder]int64{}
		}
		h.crowds[x] = n
		return nil
	}, p.s.dialect.sql("SELECT key, published, seen, n FROM crowds WHERE key IN {ints $1}"), p.s.dialect.list(ids))
	if err != nil {
		return err
	}
	for k, x := range of {
		h := hs.of(k)
		if _, crowd := h.crowds[x.days()]; !crowd {
			h.read = true
		}
	}
	ids = ids[:0]
	for i := range hs.lists {
		if hs.lists[i].read {
			ids = append(ids, chunkID(hs.lists[i].key, 0))
		}
	}
	at := -1
	return rows(ctx, tx, func(rs *sql.Rows) error {
		var id int64
		var packed sql.RawBytes
		if err := rs.Scan(&id, &packed); err != nil {
			return err
		}
		data, err := unpackHolders(packed)
		if err != nil {
			return fmt.Errorf("holders %d: %w", id, err)
		}
		// Rows come in the order of their keys.
		for at < 0 || chunkID(hs.lists[at].key, 0) != id&^(maxChunks-1) {
			if at++; at == len(hs.lists) {
				return fmt.Errorf("holders %d: not asked for, or out of order", id)
			}
		}
		h := &hs.lists[at]
		if len(p.toIndex) > 0 {
			h.chunks = append(h.chunks, chunk{number: id & (maxChunks - 1), data: data})
		}
		if p.crossed != nil {
			p.crossed.lay(h, data)
		}
		return nil
	}, p.s.dialect.sql("SELECT h.id, h.data FROM {holders of $1}"), p.s.dialect.list(ids))
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
		for _, c := range h.settle() {
			lists = append(lists, chunkID(h.key, c.number), int64(c.newest()), packHolders(c.data))
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
