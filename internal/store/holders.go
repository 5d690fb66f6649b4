package store

import (
	"context"
	"database/sql"
	"encoding/binary"
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

func unpackHolders(b []byte) ([]holder, error) {
	if len(b)%holderSize != 0 {
		return nil, errPacking
	}
	hs := make([]holder, 0, len(b)/holderSize)
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
	// everyone counts all articles by their pair of days, and steps what that makes of the windows around them.
	everyone map[holder]int64
	grown    map[holder]bool // of these, the counts to be written
	steps    map[holder]int
}

// held is one key's holders.
type held struct {
	read   bool // the lists were asked for
	chunks []chunk
	added  []holder // those of this Place, not yet in a chunk
	all    []holder // all that are listed, once they are known
	local  []int32  // the same as all, as indexes into the articles of this Place
	worth  []uint8  // what it says for each of them to share the key
	// crowds counts holders that are not listed, by the pair of days (id 0).
	crowds map[holder]int64
	grown  map[holder]bool // crowds to be written
	says   []said
}

// said is what it says to share a key, for articles of one pair of days.
type said struct {
	days holder
	n    int
}

// everyone is the key that stands for having any: its crowds count all articles. No hash makes it, since every key has
// a weight.
const everyone = 0

// chunk is a row of the index.
type chunk struct {
	number int64
	hs     []holder
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
	return &holders{of: map[news.Key]*held{}, rule: rule, everyone: map[holder]int64{}, grown: map[holder]bool{}, steps: map[holder]int{}}
}

// readHolders reads the index for all keys of the articles that want edges, and puts those into it that are not there.
func (p *placing) readHolders(ctx context.Context, tx *sql.Tx) error {
	p.holders = newHolders(p.rules.Rule)
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
			p.holders.of[k].enter(x, n.placed)
		}
		p.count(n)
	}
	for _, h := range p.holders.of {
		h.complete(listFactor * p.rules.Rule.MaxHolders)
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

// readLists reads who holds keys that articles of some days hold.
func (p *placing) readLists(ctx context.Context, tx *sql.Tx, of iter.Seq2[news.Key, holder]) error {
	hs := p.holders
	var ids []int64
	for k := range of {
		if hs.of[k] == nil {
			hs.of[k] = &held{}
			ids = append(ids, int64(k))
		}
	}
	slices.Sort(ids)
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var key, n int64
		var x holder
		if err := rs.Scan(&key, &x.published, &x.seen, &n); err != nil {
			return err
		}
		h := hs.of[news.Key(key)]
		if h.crowds == nil {
			h.crowds = map[holder]int64{}
		}
		h.crowds[x] = n
		return nil
	}, p.s.dialect.sql("SELECT key, published, seen, n FROM crowds WHERE key IN {ints $1}"), p.s.dialect.list(ids))
	if err != nil {
		return err
	}
	ids = ids[:0]
	first := make(map[int64]*held, len(ids))
	for k, x := range of {
		h := hs.of[k]
		if _, crowd := h.crowds[x.days()]; !crowd && !h.read {
			h.read = true
			first[chunkID(k, 0)] = h
			ids = append(ids, chunkID(k, 0))
		}
	}
	slices.Sort(ids)
	return rows(ctx, tx, func(rs *sql.Rows) error {
		var id int64
		var data sql.RawBytes
		if err := rs.Scan(&id, &data); err != nil {
			return err
		}
		list, err := unpackHolders(data)
		if err != nil {
			return fmt.Errorf("holders %d: %w", id, err)
		}
		h := first[id&^(maxChunks-1)]
		h.chunks = append(h.chunks, chunk{number: id & (maxChunks - 1), hs: list})
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

// complete gathers all who are listed, once everybody has entered.
func (h *held) complete(bound int) {
	h.all = h.added
	for _, c := range h.chunks {
		h.all = append(h.all, c.hs...)
	}
	h.thin(bound)
}

// put lists a holder, or corrects its days when it was listed before.
func (h *held) put(x holder, before bool) {
	if before {
		for i := range h.chunks {
			c := &h.chunks[i]
			for j := range c.hs {
				if c.hs[j].id == x.id {
					c.dirty = c.dirty || c.hs[j] != x
					c.hs[j] = x
					return
				}
			}
		}
	}
	h.added = append(h.added, x)
}

// thin takes those of this Place off the list around whom it is far over the bound, and counts them instead.
func (h *held) thin(bound int) {
	if len(h.all) <= bound || len(h.added) == 0 {
		return
	}
	far := map[holder]bool{}
	for _, x := range h.added {
		if _, known := far[x.days()]; !known {
			far[x.days()] = h.count(x) > bound
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
	h.all = append(kept[:len(kept):len(kept)], h.all[len(h.added):]...)
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

// count is how many hold the key within the window of x.
func (h *held) count(x holder) int {
	n := 0
	for _, o := range h.all {
		if x.near(o) {
			n++
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

// saysFor is what it says for x to share the key k. It is a rule of the set: who holds the key, and when; the order of
// arrival has no part in it.
func (hs *holders) saysFor(k news.Key, x holder) int {
	h := hs.of[k]
	if h == nil || len(h.all) < 2 && len(h.crowds) == 0 {
		return hs.rule.Says(k, 1, hs.step(x))
	}
	days := x.days()
	for _, s := range h.says {
		if s.days == days {
			return s.n
		}
	}
	n := 0
	if _, crowd := h.crowds[days]; !crowd {
		n = hs.rule.Says(k, h.count(days), hs.step(x))
	}
	h.says = append(h.says, said{days, n})
	return n
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
		if n := min(room(number)-len(c.hs), len(left)); n > 0 {
			c.hs = append(slices.Clip(c.hs), left[:n]...)
			c.dirty, left = true, left[n:]
		}
	}
	return slices.DeleteFunc(chunks, func(c chunk) bool { return !c.dirty })
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
	type row struct {
		id     int64
		newest uint16
		data   []byte
	}
	var lists []row
	var crowds []any
	for k, h := range p.holders.of {
		for _, c := range h.settle() {
			r := row{id: chunkID(k, c.number), data: packHolders(c.hs)}
			for _, x := range c.hs {
				r.newest = max(r.newest, x.seen)
				if x.seed {
					r.newest = 1<<16 - 1 // seeds reach each other for ever
				}
			}
			lists = append(lists, r)
		}
		for x := range h.grown {
			crowds = append(crowds, int64(k), int64(x.published), int64(x.seen), h.crowds[x])
		}
	}
	slices.SortFunc(lists, func(a, b row) int { return compareIDs(a.id, b.id) })
	values := make([]any, 0, 3*len(lists))
	for _, r := range lists {
		values = append(values, r.id, int64(r.newest), r.data)
	}
	err := p.s.bulk(ctx, tx, "INSERT INTO holders (id, newest, data) VALUES", 3,
		"ON CONFLICT (id) DO UPDATE SET newest = excluded.newest, data = excluded.data", values, nil)
	if err != nil {
		return err
	}
	return p.s.bulk(ctx, tx, "INSERT INTO crowds (key, published, seen, n) VALUES", 4, putCrowds, crowds, nil)
}
