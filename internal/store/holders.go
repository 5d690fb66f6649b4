package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"

	"wirefold/internal/news"
)

// holder is one article that holds a key: its number, and the days that windows are counted by. A published day of 0
// means that it has no date.
type holder struct {
	id              int64
	published, seen uint16
	seed            bool
}

const (
	// holderSize is that of a packed holder: six bytes of number, two for each day.
	holderSize = 10
	// seedBit of the six bytes marks a seed, which leaves numbers for 140 billion articles.
	seedBit = 1 << 47
)

func newHolder(n *node) holder {
	h := holder{id: n.id, seen: dayOf(micros(n.m.Seen)), seed: n.m.Seed}
	if n.m.Published.Known() {
		h.published = dayOf(micros(n.m.Published.Time))
	}
	return h
}

// dayOf is the number of the day since 1970, at least 1 and at most what two bytes hold (the year 2149).
func dayOf(micros int64) uint16 {
	const perDay = 24 * 60 * 60 * 1_000_000
	return uint16(min(max(micros/perDay, 1), 1<<16-1))
}

// days are the holder without its number: what windows and crowds are counted by.
func (h holder) days() holder { return holder{published: h.published, seen: h.seen} }

// near is the coarse form of news.Marked.InWindow, by days: never false where InWindow is true.
func (h holder) near(o holder) bool {
	const reach = 7 + 1
	x, y := h.seen, o.seen
	if h.published != 0 && o.published != 0 {
		x, y = h.published, o.published
	}
	return max(x, y)-min(x, y) <= reach || h.seed && o.seed
}

func packHolders(hs []holder) []byte {
	b := make([]byte, 0, holderSize*len(hs))
	for _, h := range hs {
		id := h.id
		if h.seed {
			id |= seedBit
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(id))
		b = binary.LittleEndian.AppendUint16(b, uint16(id>>32))
		b = binary.LittleEndian.AppendUint16(b, h.published)
		b = binary.LittleEndian.AppendUint16(b, h.seen)
	}
	return b
}

// unpackHolders appends the holders of one row.
func unpackHolders(hs []holder, b []byte) ([]holder, error) {
	if len(b)%holderSize != 0 {
		return nil, errPacking
	}
	for ; len(b) > 0; b = b[holderSize:] {
		id := int64(binary.LittleEndian.Uint32(b)) | int64(binary.LittleEndian.Uint16(b[4:]))<<32
		hs = append(hs, holder{
			id:        id &^ seedBit,
			published: binary.LittleEndian.Uint16(b[6:]),
			seen:      binary.LittleEndian.Uint16(b[8:]),
			seed:      id&seedBit != 0,
		})
	}
	return hs, nil
}

// holders is the candidate index as far as this Place needs it: who holds the keys of its articles.
type holders struct {
	of   map[news.Key]*held
	rule news.KeyRule
	// crowded: some key is held by more than the rule's bound, so that counting is worth while.
	crowded bool
}

// held is one key's holders.
type held struct {
	all    []holder // in the order in which they were listed
	stored int      // how many of them are stored
	local  []int32  // the same as all, as indexes into the articles of this Place
	dirty  map[int]bool
	// crowds counts holders that are not listed, by the pair of days (id 0).
	crowds map[holder]int64
	grown  map[holder]bool // crowds to be written
	busy   map[holder]bool
}

const (
	// chunkHolders is how many holders one row lists: it is all that a new holder makes the store write again.
	chunkHolders = 128
	// listFactor times the rule's bound is how many holders within a window are listed; more are only counted.
	listFactor = 2
)

// readHolders reads the index for all keys of the batch, and puts the batch itself into it.
func (p *placing) readHolders(ctx context.Context, tx *sql.Tx) error {
	hs := &holders{of: map[news.Key]*held{}, rule: p.rules.Rule}
	p.holders = hs
	if err := p.readCrowds(ctx, tx); err != nil {
		return err
	}
	var keys []int64
	for _, id := range p.batch {
		days := newHolder(p.nodes[id]).days()
		for _, k := range p.keysOf(id) {
			h := hs.of[k]
			if h == nil {
				h = &held{}
				hs.of[k] = h
			}
			if _, crowd := h.crowds[days]; !crowd && h.dirty == nil {
				h.dirty = map[int]bool{}
				keys = append(keys, int64(k))
			}
		}
	}
	slices.Sort(keys)
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var key int64
		var data sql.RawBytes
		if err := rs.Scan(&key, &data); err != nil {
			return err
		}
		h := hs.of[news.Key(key)]
		var err error
		if h.all, err = unpackHolders(h.all, data); err != nil {
			return fmt.Errorf("holders of key %d: %w", key, err)
		}
		h.stored = len(h.all)
		return nil
	}, p.s.dialect.sql("SELECT key, data FROM holders WHERE key IN {ints $1} ORDER BY key, chunk"), p.s.dialect.list(keys))
	if err != nil {
		return err
	}
	p.putBatch()
	return nil
}

func (p *placing) readCrowds(ctx context.Context, tx *sql.Tx) error {
	var keys []int64
	for _, id := range p.batch {
		for _, k := range p.keysOf(id) {
			keys = append(keys, int64(k))
		}
	}
	slices.Sort(keys)
	return rows(ctx, tx, func(rs *sql.Rows) error {
		var key, n int64
		var x holder
		if err := rs.Scan(&key, &x.published, &x.seen, &n); err != nil {
			return err
		}
		h := p.holders.of[news.Key(key)]
		if h == nil {
			h = &held{crowds: map[holder]int64{}}
			p.holders.of[news.Key(key)] = h
		}
		h.crowds[x] = n
		p.holders.crowded = true
		return nil
	}, p.s.dialect.sql("SELECT key, published, seen, n FROM crowds WHERE key IN {ints $1}"), p.s.dialect.list(slices.Compact(keys)))
}

// putBatch lists the batch under its keys, or counts it where a crowd is only counted.
func (p *placing) putBatch() {
	hs := p.holders
	for _, id := range p.batch {
		n := p.nodes[id]
		x := newHolder(n)
		for _, k := range p.keysOf(id) {
			h := hs.of[k]
			if _, crowd := h.crowds[x.days()]; crowd {
				if !n.placed {
					h.crowds[x.days()]++
					h.grow(x.days())
				}
				continue
			}
			h.put(x, n.placed)
			hs.crowded = hs.crowded || len(h.all) > hs.rule.MaxHolders
		}
	}
	if !hs.crowded {
		return
	}
	for _, h := range hs.of {
		p.thin(h)
	}
}

// thin takes those of the batch off a key's list around whom it is far over the bound, and counts them instead.
func (p *placing) thin(h *held) {
	bound := listFactor * p.holders.rule.MaxHolders
	if len(h.all) <= bound || len(h.all) == h.stored {
		return
	}
	far := map[holder]bool{}
	for _, x := range h.all[h.stored:] {
		if _, known := far[x.days()]; !known {
			far[x.days()] = h.count(x) > bound
		}
	}
	kept := h.all[:h.stored:h.stored]
	for _, x := range h.all[h.stored:] {
		if !far[x.days()] {
			kept = append(kept, x)
			continue
		}
		if h.crowds == nil {
			h.crowds = map[holder]int64{}
		}
		h.crowds[x.days()]++
		h.grow(x.days())
	}
	h.all = kept
}

func (h *held) grow(days holder) {
	if h.grown == nil {
		h.grown = map[holder]bool{}
	}
	h.grown[days] = true
}

// put lists a holder, or corrects its days when it was listed before.
func (h *held) put(x holder, before bool) {
	if before {
		for i := range h.all {
			if h.all[i].id == x.id {
				if h.all[i] != x {
					h.all[i] = x
					h.dirty[i/chunkHolders] = true
				}
				return
			}
		}
	}
	h.dirty[len(h.all)/chunkHolders] = true
	h.all = append(h.all, x)
}

// count is how many hold the key within the window of x.
func (h *held) count(x holder) int {
	n := 0
	for _, o := range h.all {
		if x.near(o) {
			n++
		}
	}
	for o, more := range h.crowds {
		if x.near(o) {
			n += int(more)
		}
	}
	return n
}

// isCrowded says that more than the bound hold a key within the window of x, which takes the key out of play there.
// It is a rule of the set: who holds the key, and when; the order of arrival has no part in it.
func (hs *holders) isCrowded(k news.Key, x holder) bool {
	if !hs.crowded {
		return false
	}
	h := hs.of[k]
	if h == nil || len(h.all) <= hs.rule.MaxHolders && len(h.crowds) == 0 {
		return false
	}
	days := x.days()
	busy, known := h.busy[days]
	if !known {
		_, busy = h.crowds[days]
		busy = busy || h.count(x) > hs.rule.MaxHolders
		if h.busy == nil {
			h.busy = map[holder]bool{}
		}
		h.busy[days] = busy
	}
	return busy
}

// writeHolders stores the parts of the index that changed.
func (p *placing) writeHolders(ctx context.Context, tx *sql.Tx) error {
	keys := make([]news.Key, 0, len(p.holders.of))
	for k := range p.holders.of {
		keys = append(keys, k)
	}
	// In the order of the table: neighbours share pages.
	slices.SortFunc(keys, func(a, b news.Key) int {
		if int64(a) < int64(b) {
			return -1
		}
		return 1
	})
	var lists, crowds []any
	for _, k := range keys {
		h := p.holders.of[k]
		for c := 0; c*chunkHolders < len(h.all); c++ {
			if !h.dirty[c] {
				continue
			}
			part := h.all[c*chunkHolders : min((c+1)*chunkHolders, len(h.all))]
			newest := uint16(0)
			for _, x := range part {
				newest = max(newest, x.seen)
				if x.seed {
					newest = 1<<16 - 1 // seeds reach each other for ever
				}
			}
			lists = append(lists, int64(k), c, int64(newest), packHolders(part))
		}
		for x := range h.grown {
			crowds = append(crowds, int64(k), int64(x.published), int64(x.seen), h.crowds[x])
		}
	}
	err := p.s.bulk(ctx, tx, "INSERT INTO holders (key, chunk, newest, data) VALUES", 4,
		"ON CONFLICT (key, chunk) DO UPDATE SET newest = excluded.newest, data = excluded.data", lists, nil)
	if err != nil {
		return err
	}
	return p.s.bulk(ctx, tx, "INSERT INTO crowds (key, published, seen, n) VALUES", 4,
		"ON CONFLICT (key, published, seen) DO UPDATE SET n = excluded.n", crowds, nil)
}
