package store

import (
	"cmp"
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
	h := holder{id: n.id, seen: dayOf(n.head.seen), seed: n.head.flags&flagSeed != 0}
	if !fromMicros(n.head.published).IsZero() {
		h.published = dayOf(n.head.published)
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
	rule  news.KeyRule
	lists []held  // ascending by key
	none  entries // of the keys that have none of their own
	// everyone counts all articles by their pair of days, and steps what that makes of the windows around them.
	everyone map[holder]int64
	grown    map[holder]bool // of these, the counts to be written
	steps    map[holder]int
}

// held is one key's holders. There are many, and most have none of the lists and maps.
type held struct {
	key  news.Key
	read bool // the list was asked for
	days span // of crossed.counts
	*entries
}

// entries are those of a key that may be written, and its crowds.
type entries struct {
	chunks []chunk  // while the list is read
	added  []holder // those of this Place, not yet in a chunk
	rows   []row    // to be written, once the list is whole
	// crowds counts holders that are not listed, by the pair of days (id 0).
	crowds map[holder]int64
	grown  map[holder]bool // crowds to be written
}

// own gives a key entries of its own.
func (hs *holders) own(h *held) {
	if h.entries == &hs.none {
		h.entries = &entries{}
	}
}

// everyone is the key that stands for having any: its crowds count all articles. No hash makes it, since every key has
// a weight.
const everyone = 0

// chunk is a row of the index, unpacked.
type chunk struct {
	number int64
	data   []byte
	dirty  bool
}

// row is a chunk as it is stored: a batch has tens of thousands of keys, and unpacked, with those chunks that do not change, they would take several times as much.
type row struct {
	number int64
	newest uint16
	packed []byte
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
func (hs *holders) of(k news.Key) *held {
	i, _ := slices.BinarySearchFunc(hs.lists, k, func(h held, k news.Key) int { return cmp.Compare(int64(h.key), int64(k)) })
	return &hs.lists[i]
}

// count adds an article that is new to those that have keys.
func (p *placing) count(n *node) {
	if days := newHolder(n).days(); !n.placed && len(p.keysOf(n.id)) > 0 {
		p.holders.everyone[days]++
		p.holders.grown[days] = true
	}
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

// thin takes those of this Place off the list around whom they are far over the bound, and counts them instead.
func (h *held) thin(bound int) {
	n := len(h.added)
	for _, c := range h.chunks {
		n += len(c.data) / holderSize
	}
	if n <= bound || len(h.added) == 0 {
		return
	}
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

// settle puts the holders of this Place into chunks that have room, and keeps of all chunks only those to be written, packed. Retention
// takes whole chunks, so the first that has room may be any.
func (h *held) settle() {
	left := h.added
	for number := int64(0); len(left) > 0; number++ {
		i := slices.IndexFunc(h.chunks, func(c chunk) bool { return c.number == number })
		if i < 0 {
			i = len(h.chunks)
			h.chunks = append(h.chunks, chunk{number: number})
		}
		c := &h.chunks[i]
		if n := min(room(number)-len(c.data)/holderSize, len(left)); n > 0 {
			for _, x := range left[:n] {
				c.data = appendHolder(c.data, x)
			}
			c.dirty, left = true, left[n:]
		}
	}
	for i := range h.chunks {
		if c := &h.chunks[i]; c.dirty {
			h.rows = append(h.rows, row{c.number, c.newest(), packHolders(c.data)})
		}
	}
	h.chunks, h.added = nil, nil
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
