package store

import (
	"cmp"
	"slices"
)

// crossed is the lists of holders as candidates are counted in them: articles and pairs of days have small numbers, so
// that counting needs no maps. The lists come key by key, and of each only the holders stay for whom it says something to
// share the key: what most articles hold says nothing, and would be most of what there is.
type crossed struct {
	hs    *holders
	own   int // how many want edges: their numbers are the first
	ids   []int64
	pages map[int64]*page  // by the upper bits of an id
	near  [nearPages]*page // of these, those met last

	day    []uint16 // of each article: its pair of days, as the index knows them
	seed   []bool
	days   []holder
	steps  []int
	number map[holder]uint16 // of a pair of days

	lists  []stretch
	blocks [][]uint16
	shared [][]shared // of each article that wants edges
	mute   []bool     // of these: it has no keys itself
	counts []dayCount

	// Of the key at hand: its holders, and by their days how many they are and what it says for them. here are those days; tally
	// is of the runs of its list, and used are those it has.
	holding []int32
	here    []uint16
	n       []int32
	says    []uint8
	tally   []int32
	used    []int32
}

// stretch is where the list of a key lies in a block: runs, one behind the other. A run is of holders for whom it says the same to
// share the key, and whose numbers have the same upper half: a header of what they have in common and how many they are, and the
// lower halves. So a holder takes two bytes, and a batch in a store of 150,000 articles knows two million.
type stretch struct{ block, from, to int32 }

const (
	// runHeader is the length of a run's header: the upper half, what it says, and how many, the lower half first.
	runHeader = 4
	// blockSize is of 128 kB. There are many blocks, because one would be copied each time it grows.
	blockSize = 1 << 16
)

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
	c := &crossed{
		hs: hs, own: len(who), pages: map[int64]*page{}, number: map[holder]uint16{},
		shared: make([][]shared, len(who)), mute: make([]bool, len(who)),
	}
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
		c.mute[i] = n == 0
	}
	return c
}

// page has numbers+1 of articles whose ids differ in their last bits only. The ids in a list ascend, and those that windows hold
// are near each other, so most look-ups find their page at hand, and their number beside the one before. At the very most they take
// four bytes for each article that was ever stored.
type page struct {
	upper  int64
	number [pageSize]int32
}

const (
	// pageSize is of 4 kB: a lone old seed brings in no more.
	pageSize = 1 << 10
	// nearPages is more than the articles of a week take in a store of 250,000.
	nearPages = 256
)

// of is the number of an article.
func (c *crossed) of(x holder) int32 {
	upper := x.id / pageSize
	p := c.near[upper%nearPages]
	if p == nil || p.upper != upper {
		p = c.page(upper)
	}
	n := &p.number[x.id%pageSize]
	if *n == 0 {
		c.ids, c.day, c.seed = append(c.ids, x.id), append(c.day, c.dayOf(x)), append(c.seed, x.seed)
		*n = int32(len(c.ids))
	}
	return *n - 1
}

func (c *crossed) page(upper int64) *page {
	p := c.pages[upper]
	if p == nil {
		p = &page{upper: upper}
		c.pages[upper] = p
	}
	c.near[upper%nearPages] = p
	return p
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
	if runs := (len(c.ids)>>16 + 1) << 8; len(c.tally) < runs {
		c.tally = append(c.tally, make([]int32, runs-len(c.tally))...)
	}
	kept := 0
	for _, l := range c.holding {
		if r := c.runOf(l); r >= 0 {
			if c.tally[r] == 0 {
				c.used = append(c.used, r)
			}
			c.tally[r]++
			kept++
		}
	}
	b := c.room(kept + runHeader*len(c.used))
	list := stretch{block: int32(len(c.blocks) - 1), from: int32(len(*b))}
	for _, r := range c.used {
		n := c.tally[r]
		*b = append(*b, uint16(r>>8), uint16(r&0xff), uint16(n), uint16(n>>16))
		c.tally[r] = int32(len(*b))
		*b = (*b)[:len(*b)+int(n)]
	}
	for _, l := range c.holding {
		r := c.runOf(l)
		if r < 0 {
			continue
		}
		(*b)[c.tally[r]] = uint16(l)
		c.tally[r]++
		if int(l) < c.own {
			c.shared[l] = append(c.shared[l], shared{int32(len(c.lists)), uint8(r)})
		}
	}
	list.to = int32(len(*b))
	c.lists = append(c.lists, list)
	for _, r := range c.used {
		c.tally[r] = 0
	}
	c.used = c.used[:0]
}

// runOf is the run of a holder of the key at hand: the upper half of its number, and what it says for it to share the key; -1 if
// that is nothing.
func (c *crossed) runOf(l int32) int32 {
	says := int32(c.says[c.day[l]])
	if says == 0 {
		return -1
	}
	return l>>16<<8 | says
}

// room is the last block, which has room for n more.
func (c *crossed) room(n int) *[]uint16 {
	last := len(c.blocks) - 1
	if last < 0 || cap(c.blocks[last])-len(c.blocks[last]) < n {
		c.blocks = append(c.blocks, make([]uint16, 0, max(blockSize, n)))
		last++
	}
	return &c.blocks[last]
}

// keysOf are the keys that an article shares, what says most first.
func (c *crossed) keysOf(i int32) []shared {
	keys := c.shared[i]
	slices.SortStableFunc(keys, func(a, b shared) int { return cmp.Compare(b.says, a.says) })
	return keys
}

// holdersOf are the holders of a key, as runs.
func (c *crossed) holdersOf(k shared) runs {
	l := c.lists[k.list]
	return runs(c.blocks[l.block][l.from:l.to])
}

// runs are what is left of a list.
type runs []uint16

// next takes the first run: the number that the lower halves are added to, and what it says for each of them to share the key.
func (r *runs) next() (upper int32, worth uint8, lower []uint16) {
	head := (*r)[:runHeader]
	end := runHeader + (int(head[2]) | int(head[3])<<16)
	upper, worth, lower = int32(head[0])<<16, uint8(head[1]), (*r)[runHeader:end]
	*r = (*r)[end:]
	return upper, worth, lower
}

// inWindow says whether two articles are within each other's window, by their days.
func (c *crossed) inWindow(i, j int32) bool {
	return c.days[c.day[i]].near(c.days[c.day[j]]) || c.seed[i] && c.seed[j]
}

// forget lets go of the lists once the candidates are found.
func (c *crossed) forget() {
	c.lists, c.blocks, c.shared, c.day, c.seed, c.pages = nil, nil, nil, nil, nil, nil
	clear(c.near[:])
}
