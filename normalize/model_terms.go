package normalize

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// termKind says what the table knows of a word.
type termKind uint8

const (
	termUnknown termKind = iota // not in the table: rare
	termWord
	termName // written with a capital nearly always
	termStop // too common to tell anything
)

// termTable holds the rarity of the commoner words as hashes: no text is kept. It is an open-addressed hash table.
type termTable struct {
	slots []uint64 // hash<<32 | idf<<8 | kind, 0 = free
	mask  uint32
	rare  uint8 // rarity of a word that is not in the table
}

// readTerms reads a table as WriteTerms made it: the rarity of unknown words, then five bytes a word.
func readTerms(b []byte) (termTable, error) {
	if len(b) < 1 || (len(b)-1)%5 != 0 {
		return termTable{}, fmt.Errorf("term table of %d bytes", len(b))
	}
	n := (len(b) - 1) / 5
	size := 1024
	for size < 2*n {
		size *= 2
	}
	t := termTable{slots: make([]uint64, size), mask: uint32(size - 1), rare: b[0]}
	for i := range n {
		e := b[1+5*i:]
		h := binary.LittleEndian.Uint32(e)
		j := h & t.mask
		for t.slots[j] != 0 {
			j = (j + 1) & t.mask
		}
		t.slots[j] = slot(h, e[4]&0x3F*4, e[4]>>6)
	}
	return t, nil
}

// WriteTerms makes a table: kinds and rarities by hash, in the order given. A rarity is stored in steps of 4/idfStep.
func WriteTerms(rare uint8, hashes []uint32, idf []uint8, kinds []uint8) []byte {
	b := append(make([]byte, 0, 1+5*len(hashes)), rare)
	for i, h := range hashes {
		b = binary.LittleEndian.AppendUint32(b, h)
		b = append(b, kinds[i]<<6|idf[i]/4)
	}
	return b
}

// slot is how the table holds a word.
func slot(h uint32, idf, kind uint8) uint64 { return uint64(h)<<32 | uint64(idf)<<8 | uint64(kind) }

// with is a copy of the table in which words that it has are of another rarity and kind.
func (t *termTable) with(hashes []uint32, idf, kinds []uint8) termTable {
	out := *t
	out.slots = slices.Clone(t.slots)
	for i, h := range hashes {
		j := h & t.mask
		for uint32(t.slots[j]>>32) != h {
			j = (j + 1) & t.mask
		}
		if out.slots[j] = slot(h, idf[i]/4*4, kinds[i]); termKind(kinds[i]) == termUnknown {
			out.slots[j] = slot(h, t.rare, kinds[i])
		}
	}
	return out
}

func (t *termTable) find(h uint32) (uint8, termKind) {
	for j := h & t.mask; ; j = (j + 1) & t.mask {
		switch s := t.slots[j]; {
		case s == 0:
			return t.rare, termUnknown
		case uint32(s>>32) == h:
			return uint8(s >> 8), termKind(s & 3)
		}
	}
}
