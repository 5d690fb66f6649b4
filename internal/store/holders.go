package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"time"

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
	const reach = uint16(news.Window / (24 * time.Hour))
	x, y := h.seen, o.seen
	if h.published != 0 && o.published != 0 {
		x, y = h.published, o.published
	}
	return max(x, y)-min(x, y) <= reach || h.seed && o.seed
}

// holders is the candidate index as far as this Place needs it: who holds the keys of its articles.
type holders struct {
	rule   news.KeyRule
	number map[news.Key]int32 // of a key's list
	lists  []held
	// everyone counts all articles by their pair of days, and steps what that makes of the windows around them.
	everyone map[holder]int64
	grown    map[holder]bool // of these, the counts to be written
	steps    map[holder]int
}

// held is one key's holders.
type held struct {
	key    news.Key
	read   bool     // the list was asked for
	chunks []chunk  // of those that may be written
	added  []holder // those of this Place, not yet in a chunk
	from   int32    // where it lies among all lists that were read (crossed.at)
	to     int32
	// crowds counts holders that are not listed, by the pair of days (id 0).
	crowds map[holder]int64
	grown  map[holder]bool // crowds to be written
}

// everyone is the key that stands for having any: its crowds count all articles. No hash makes it, since every key has
// a weight.
const everyone = 0

// chunk is a row of the index.
type chunk struct {
	number int64
	data   []byte
	dirty  bool
}

const (
	// maxChunks is how many numbers the four bits of a weight leave.
	maxChunks = 16
	// listFactor times the rule's bound is how many holders within a window are listed; more are only counted.
	listFactor = 2
)

// room is how many holders a chunk takes. A new holder makes the store write its chunk again, so the first are
// small; the last takes what is left over.
func room(number int64) int {
	if number == maxChunks-1 {
		return 1 << 30
	}
	return min(64<<(number/2), 512)
}

// chunkID is the row of a key's chunk.
func chunkID(k news.Key, number int64) int64 { return int64(k)&^(maxChunks-1) | number }

func newHolders(rule news.KeyRule) *holders {
	return &holders{rule: rule, everyone: map[holder]int64{}, grown: map[holder]bool{}, steps: map[holder]int{}}
}

// of is the list of a key that was read.
func (hs *holders) of(k news.Key) *held { return &hs.lists[hs.number[k]] }

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

// count adds an article that is new to those that have keys.
func (p *placing) count(n *node) {
	if days := newHolder(n).days(); !n.placed && len(p.keysOf(n.id)) > 0 {
		p.holders.everyone[days]++
		p.holders.grown[days] = true
	}
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

// enter lists an article under the key, or counts it where a crowd is only counted.
func (h *held) enter(x holder, before bool) {
	if _, crowd := h.crowds[x.days()]; !crowd {
		h.put(x, before)
	} else if !before {
		h.crowd(x)
	}
}

// put lists a holder, or corrects its days when it was listed before.
func (h *held) put(x holder, before bool) {
	if before {
		for i := range h.chunks {
			c := &h.chunks[i]
			for at := 0; at < len(c.data); at += holderSize {
				if o := holderAt(c.data[at:]); o.id == x.id {
					if o != x {
						appendHolder(c.data[:at], x)
						c.dirty = true
					}
					return
				}
			}
		}
	}
	h.added = append(h.added, x)
}

// thin takes those of this Place off the lists around whom they are far over the bound, and counts them instead.
func (hs *holders) thin() {
	bound := listFactor * hs.rule.MaxHolders
	for i := range hs.lists {
		h := &hs.lists[i]
		n := len(h.added)
		for _, c := range h.chunks {
			n += len(c.data) / holderSize
		}
		if n > bound && len(h.added) > 0 {
			h.thin(bound)
		}
	}
}

func (h *held) thin(bound int) {
	far := map[holder]bool{}
	for _, x := range h.added {
		if _, known := far[x.days()]; !known {
			far[x.days()] = h.count(x.days()) > bound
		}
	}
	var kept []holder
	for _, x := range h.added {
		if far[x.days()] {
			h.crowd(x)
		} else {
			kept = append(kept, x)
		}
	}
	h.added = kept
}

func (h *held) crowd(x holder) {
	if h.crowds == nil {
		h.crowds = map[holder]int64{}
	}
	if h.grown == nil {
		h.grown = map[holder]bool{}
	}
	h.crowds[x.days()]++
	h.grown[x.days()] = true
}

// count is how many hold the key within the window of x, as far as the chunks are here.
func (h *held) count(x holder) int {
	n := 0
	for _, o := range h.added {
		if x.near(o) {
			n++
		}
	}
	for _, c := range h.chunks {
		for o := range eachHolder(c.data) {
			if x.near(o) {
				n++
			}
		}
	}
	return n + around(h.crowds, x)
}

// around is how many of those counted by their days are within the window of x.
func around(counts map[holder]int64, x holder) int {
	n := 0
	for o, more := range counts {
		if x.near(o) {
			n += int(more)
		}
	}
	return n
}

// step is the power of two of the number of articles within the window of x.
func (hs *holders) step(x holder) int {
	days := x.days()
	step, known := hs.steps[days]
	if !known {
		step = hs.rule.Step(around(hs.everyone, days))
		hs.steps[days] = step
	}
	return step
}

// settle puts the holders of this Place into chunks that have room, and answers with those to be written. Retention
// takes whole chunks, so the first that has room may be any.
func (h *held) settle() []chunk {
	chunks := slices.Clone(h.chunks)
	left := h.added
	for number := int64(0); len(left) > 0; number++ {
		i := slices.IndexFunc(chunks, func(c chunk) bool { return c.number == number })
		if i < 0 {
			i = len(chunks)
			chunks = append(chunks, chunk{number: number})
		}
		c := &chunks[i]
		if n := min(room(number)-len(c.data)/holderSize, len(left)); n > 0 {
			c.data = slices.Clip(c.data)
			for _, x := range left[:n] {
				c.data = appendHolder(c.data, x)
			}
			c.dirty, left = true, left[n:]
		}
	}
	return slices.DeleteFunc(chunks, func(c chunk) bool { return !c.dirty })
}

// newest is the greatest day of first sight in a chunk.
func (c *chunk) newest() (day uint16) {
	for x := range eachHolder(c.data) {
		if x.seed {
			return 1<<16 - 1 // seeds reach each other for ever
		}
		day = max(day, x.seen)
	}
	return day
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
