package store

import (
	"cmp"
	"math/bits"
	"slices"
)

// crossed is the lists of holders as candidates are counted in them: articles and pairs of days have small numbers, so
// that counting needs no maps. The lists come key by key, and of each only the holders stay for whom it says something to
// share the key: what most articles hold says nothing, and would be most of what there is.
type crossed struct {
	hs    *holders
	own   int // how many want edges: their numbers are the first
	ids   []int64
	who   []holder // their days as the index knows them
	table []int32  // number+1 of an article, by the hash of its id; the length is a power of two

	day    []uint16 // of each article: its pair of days
	days   []holder
	steps  []int
	number map[holder]uint16 // of a pair of days

	lists  []sharers
	blocks []block
	shared [][]shared // of each article that wants edges
	counts []dayCount

	// Of the key at hand: its holders, and by their days how many they are and what it says for them. here are those days.
	holding []int32
	here    []uint16
	n       []int32
	says    []uint8
}

// sharers is where the holders of a key lie.
type sharers struct {
	block int32
	span
}

// block holds lists, one behind the other. There are many blocks, because one would be copied each time it grows.
type block struct {
	at    []int32 // numbers of articles
	worth []uint8 // what it says for each of them to share the key
}

// blockSize is of 650 kB.
const blockSize = 1 << 17

// shared is a key that an article shares with others: its list, and what that says for it.
type shared struct {
	list int32
	says uint8
}

// dayCount is how many holders of a key have a pair of days.
type dayCount struct {
	day uint16
	n   int32
}

// span is a part of a list.
type span struct{ from, to int32 }

// newCrossed begins with the articles that want edges, whose keys are known.
func newCrossed(hs *holders, ps []posting, who []entrant) *crossed {
	c := &crossed{hs: hs, own: len(who), table: make([]int32, 1<<bits.Len(uint(8*len(who)))), number: map[holder]uint16{}, shared: make([][]shared, len(who))}
	for _, w := range who {
		c.of(w.holder)
	}
	keys := make([]int, len(who))
	for _, x := range ps {
		keys[x.of]++
	}
	all := make([]shared, 0, len(ps))
	for i, n := range keys {
		c.shared[i], all = all[:0:n], all[n:n]
	}
	return c
}

// of is the number of an article.
func (c *crossed) of(x holder) int32 {
	if 2*len(c.ids) >= len(c.table) {
		c.grow()
	}
	i := c.slot(x.id)
	if c.table[i] == 0 {
		c.ids, c.who, c.day = append(c.ids, x.id), append(c.who, x), append(c.day, c.dayOf(x))
		c.table[i] = int32(len(c.ids))
	}
	return c.table[i] - 1
}

func (c *crossed) slot(id int64) uint64 {
	mask := uint64(len(c.table) - 1)
	i := uint64(id) * 0x9E3779B97F4A7C15 >> 20 & mask
	for c.table[i] != 0 && c.ids[c.table[i]-1] != id {
		i = (i + 1) & mask
	}
	return i
}

func (c *crossed) grow() {
	c.table = make([]int32, 4*len(c.table))
	for n, id := range c.ids {
		c.table[c.slot(id)] = int32(n + 1)
	}
}

// dayOf is the number of a holder's pair of days.
func (c *crossed) dayOf(x holder) uint16 {
	days := x.days()
	n, ok := c.number[days]
	if !ok {
		n = uint16(len(c.days))
		c.number[days] = n
		c.days, c.steps = append(c.days, days), append(c.steps, c.hs.step(days))
		c.n, c.says = append(c.n, 0), append(c.says, 0)
	}
	return n
}

// lay adds a chunk in its stored form to the holders of the key at hand.
func (c *crossed) lay(packed []byte) error {
	r := holderReader{cutter: cutter{b: packed}}
	for r.next() {
		c.holding = append(c.holding, c.of(r.holder))
	}
	if r.bad {
		return errPacking
	}
	return nil
}

// settle ends the list of the key at hand: it finds out what it says for each holder to share it. That is a rule of the set: who
// holds the key, and when; the order of arrival has no part in it.
func (c *crossed) settle(h *held) {
	for _, x := range h.added { // those of this Place go behind the others
		c.holding = append(c.holding, c.of(x))
	}
	c.here = c.here[:0]
	for _, l := range c.holding {
		d := c.day[l]
		if c.n[d] == 0 {
			c.here = append(c.here, d)
		}
		c.n[d]++
	}
	h.days.from = int32(len(c.counts))
	for _, d := range c.here {
		c.counts = append(c.counts, dayCount{d, c.n[d]})
	}
	h.days.to = int32(len(c.counts))
	if len(c.holding) > 1 {
		for _, d := range c.here {
			c.says[d] = uint8(c.saysOn(h, d))
		}
		c.keep()
	}
	for _, d := range c.here {
		c.n[d] = 0
	}
	c.holding = c.holding[:0]
}

// saysOn is what it says for articles of a pair of days to share the key at hand.
func (c *crossed) saysOn(h *held, d uint16) int {
	if _, crowd := h.crowds[c.days[d]]; crowd {
		return 0
	}
	return c.hs.rule.Says(h.key, c.around(h, c.days[d])+around(h.crowds, c.days[d]), c.steps[d])
}

// around is how many of the listed holders of a key are within the window of x.
func (c *crossed) around(h *held, x holder) int {
	n := 0
	for _, e := range c.counts[h.days.from:h.days.to] {
		if x.near(c.days[e.day]) {
			n += int(e.n)
		}
	}
	return n
}

// keep keeps the holders of the key at hand for whom it says something to share it.
func (c *crossed) keep() {
	if last := len(c.blocks) - 1; last < 0 || cap(c.blocks[last].at)-len(c.blocks[last].at) < len(c.holding) {
		n := max(blockSize, len(c.holding))
		c.blocks = append(c.blocks, block{make([]int32, 0, n), make([]uint8, 0, n)})
	}
	b := &c.blocks[len(c.blocks)-1]
	from := len(b.at)
	for _, l := range c.holding {
		says := c.says[c.day[l]]
		if says == 0 {
			continue
		}
		b.at, b.worth = append(b.at, l), append(b.worth, says)
		if int(l) < c.own {
			c.shared[l] = append(c.shared[l], shared{int32(len(c.lists)), says})
		}
	}
	c.lists = append(c.lists, sharers{int32(len(c.blocks) - 1), span{int32(from), int32(len(b.at))}})
}

// keysOf are the keys that an article shares, what says most first.
func (c *crossed) keysOf(i int) []shared {
	keys := c.shared[i]
	slices.SortStableFunc(keys, func(a, b shared) int { return cmp.Compare(b.says, a.says) })
	return keys
}

// holdersOf are the holders of a key, and what it says for each to share it.
func (c *crossed) holdersOf(k shared) (at []int32, worth []uint8) {
	l := c.lists[k.list]
	b := &c.blocks[l.block]
	return b.at[l.from:l.to], b.worth[l.from:l.to]
}

// forget lets go of the lists once the candidates are found.
func (c *crossed) forget() {
	c.lists, c.blocks, c.shared, c.table, c.who, c.day = nil, nil, nil, nil, nil, nil
}
