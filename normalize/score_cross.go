package normalize

// Most of the work of comparing articles is to find the few terms, of some two hundred of each, that both have. So one of
// them is laid out as a table, and held against all that it is compared with in turn.

// match is a term that two articles share, by its indexes in either.
type match struct{ a, b uint16 }

// crossing finds shared terms. It remembers the article that it laid out last. It is for one goroutine.
type crossing struct {
	of    *prepared
	may   [tableSize / 8]uint64 // a bit for each hash: nearly all terms of another article end here
	slots [tableSize]uint16     // index+1 of a term, by its hash
	found []match

	gramsOf *prepared
	grams   [gramBits / 64]uint64 // a bit for each hash of a run of words
}

const (
	// tableSize is a power of two, and well above maxTerms.
	tableSize = 1024
	// gramBits is a power of two, many times maxShingles.
	gramBits = 4096
	// fewTerms is the number of terms of both together below which walking along both lists is faster.
	fewTerms = 64
)

// shared lists the terms that a and b share, ascending by hash. The list is good until the next call.
func (c *crossing) shared(a, b *prepared) []match {
	c.found = c.found[:0]
	switch {
	case len(a.hashes)+len(b.hashes) < fewTerms:
		c.found = walk(c.found, a.hashes, b.hashes)
	case c.of == b:
		c.probe(b.hashes, a.hashes)
		for i, m := range c.found {
			c.found[i] = match{m.b, m.a}
		}
	default:
		if c.of != a {
			c.lay(a)
		}
		c.probe(a.hashes, b.hashes)
	}
	return c.found
}

// walk appends what two ascending lists share.
func walk(found []match, a, b []uint32) []match {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			found = append(found, match{uint16(i), uint16(j)})
			i++
			j++
		}
	}
	return found
}

// lay makes the table of an article.
func (c *crossing) lay(a *prepared) {
	c.of = a
	clear(c.may[:])
	clear(c.slots[:])
	for i, h := range a.hashes {
		c.may[(h>>6)%uint32(len(c.may))] |= 1 << (h & 63)
		at := h % tableSize
		for c.slots[at] != 0 {
			at = (at + 1) % tableSize
		}
		c.slots[at] = uint16(i + 1)
	}
}

// probe looks the terms of another up in the table of the one that was laid out.
func (c *crossing) probe(laid, other []uint32) {
	for j, h := range other {
		if c.may[(h>>6)%uint32(len(c.may))]&(1<<(h&63)) == 0 {
			continue
		}
		for at := h % tableSize; c.slots[at] != 0; at = (at + 1) % tableSize {
			if i := c.slots[at] - 1; laid[i] == h {
				c.found = append(c.found, match{i, uint16(j)})
				break
			}
		}
	}
}

// sameText is the estimate of sameText. Nearly all pairs of texts share no run of words at all, which a table of bits tells in
// a fraction of the time that walking along both lists takes.
func (c *crossing) sameText(a, b *prepared) float64 {
	if len(a.shingles) < copyPrint || len(b.shingles) < copyPrint {
		return -1
	}
	other := b
	switch {
	case c.gramsOf == b:
		other = a
	case c.gramsOf != a:
		c.gramsOf = a
		clear(c.grams[:])
		for _, h := range a.shingles {
			c.grams[h%gramBits/64] |= 1 << (h % 64)
		}
	}
	for _, h := range other.shingles {
		if c.grams[h%gramBits/64]&(1<<(h%64)) != 0 {
			return sameText(a.sketch, b.sketch)
		}
	}
	return 0
}
