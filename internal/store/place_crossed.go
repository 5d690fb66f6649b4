package store

import (
	"cmp"
	"math/bits"
	"slices"
)

// crossed is the lists of holders as candidates are counted in them: articles and pairs of days have small numbers, so
// that counting needs no maps.
type crossed struct {
	ids   []int64
	who   []holder // their days as the index knows them
	table []int32  // number+1 of an article, by the hash of its id; the length is a power of two
	at    []int32  // the lists, one behind the other: numbers of articles
	worth []uint8  // what it says for each of them to share the key

	day   []uint16 // of each article: its pair of days
	days  []holder
	near  [][]bool
	steps []int
}

// newCrossed begins with the articles that want edges: their numbers are their indexes in toLink.
func newCrossed(p *placing) *crossed {
	c := &crossed{table: make([]int32, 1<<bits.Len(uint(8*len(p.toLink))))}
	for _, id := range p.toLink {
		c.of(newHolder(p.nodes[id]))
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
		c.ids, c.who = append(c.ids, x.id), append(c.who, x)
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

// lay puts a chunk behind the others of its key.
func (c *crossed) lay(h *held, data []byte) {
	if h.to == 0 {
		h.from = int32(len(c.at))
	}
	for ; len(data) >= holderSize; data = data[holderSize:] {
		c.at = append(c.at, c.of(holderAt(data)))
	}
	h.to = int32(len(c.at))
}

// shared is a key that an article shares with others, and what that says for it.
type shared struct {
	from, to int32 // its list
	says     uint8
}

// weigh finds out what it says for each holder to share its key, and lists the keys of the first n articles, what says most
// first. It is a rule of the set: who holds the key, and when; the order of arrival has no part in it.
func (c *crossed) weigh(hs *holders, n int) [][]shared {
	c.numberDays(hs)
	out := make([][]shared, n)
	counts, worth := make([]int, len(c.days)), make([]uint8, len(c.days))
	var here []uint16
	for i := range hs.lists {
		h := &hs.lists[i]
		if len(h.added) > 0 { // those of this Place go behind the others
			list := c.at[h.from:h.to]
			h.from = int32(len(c.at))
			c.at = append(c.at, list...)
			for _, x := range h.added {
				c.at = append(c.at, c.of(x))
			}
			h.to = int32(len(c.at))
		}
	}
	c.worth = make([]uint8, len(c.at))
	for i := range hs.lists {
		h := &hs.lists[i]
		list := c.at[h.from:h.to]
		if len(list) < 2 {
			continue
		}
		here = here[:0]
		for _, l := range list {
			d := c.day[l]
			if counts[d] == 0 {
				here = append(here, d)
			}
			counts[d]++
		}
		for _, d := range here {
			worth[d] = uint8(c.says(hs, h, d, here, counts))
		}
		for k, l := range list {
			says := worth[c.day[l]]
			c.worth[int(h.from)+k] = says
			if int(l) < n && says > 0 {
				out[l] = append(out[l], shared{h.from, h.to, says})
			}
		}
		for _, d := range here {
			counts[d] = 0
		}
	}
	for _, keys := range out {
		slices.SortStableFunc(keys, func(a, b shared) int { return cmp.Compare(b.says, a.says) })
	}
	return out
}

// says is what it says for articles of a pair of days to share the key.
func (c *crossed) says(hs *holders, h *held, d uint16, here []uint16, counts []int) int {
	if _, crowd := h.crowds[c.days[d]]; crowd {
		return 0
	}
	n := 0
	for _, e := range here {
		if c.near[d][e] {
			n += counts[e]
		}
	}
	return hs.rule.Says(h.key, n+around(h.crowds, c.days[d]), c.steps[d])
}

func (c *crossed) numberDays(hs *holders) {
	for i := range hs.lists {
		for _, x := range hs.lists[i].added {
			c.of(x)
		}
	}
	c.day = make([]uint16, len(c.who))
	numbers := map[holder]uint16{}
	var last holder
	var number uint16
	for i, x := range c.who {
		if days := x.days(); days != last || i == 0 {
			n, ok := numbers[days]
			if !ok {
				n = uint16(len(c.days))
				numbers[days] = n
				c.days = append(c.days, days)
			}
			last, number = days, n
		}
		c.day[i] = number
	}
	c.near, c.steps = make([][]bool, len(c.days)), make([]int, len(c.days))
	for i, x := range c.days {
		c.steps[i] = hs.step(x)
		c.near[i] = make([]bool, len(c.days))
		for k, y := range c.days {
			c.near[i][k] = x.near(y)
		}
	}
}
