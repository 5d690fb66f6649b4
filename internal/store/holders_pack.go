package store

import (
	"bytes"
	"encoding/binary"
	"iter"
)

// A chunk of the index has two forms: in memory a fixed one of holderSize bytes each, which is looked through and corrected in
// place, and stored one of about five bytes each, which says how a holder differs from the one before it.

// appendHolder puts a holder behind others, in the fixed form.
func appendHolder(b []byte, h holder) []byte {
	id := h.id
	if h.seed {
		id |= seedBit
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(id))
	b = binary.LittleEndian.AppendUint16(b, uint16(id>>32))
	b = binary.LittleEndian.AppendUint16(b, h.published)
	return binary.LittleEndian.AppendUint16(b, h.seen)
}

// holderAt reads the holder that bytes of the fixed form begin with.
func holderAt(b []byte) holder {
	_ = b[holderSize-1]
	id := int64(binary.LittleEndian.Uint32(b)) | int64(binary.LittleEndian.Uint16(b[4:]))<<32
	return holder{
		id:        id &^ seedBit,
		published: binary.LittleEndian.Uint16(b[6:]),
		seen:      binary.LittleEndian.Uint16(b[8:]),
		seed:      id&seedBit != 0,
	}
}

// eachHolder goes through holders of the fixed form.
func eachHolder(b []byte) iter.Seq[holder] {
	return func(yield func(holder) bool) {
		for ; len(b) >= holderSize; b = b[holderSize:] {
			if !yield(holderAt(b)) {
				return
			}
		}
	}
}

// packHolders makes the stored form: for each holder a number whose low bits say whether it is a seed and whether its days are
// those of the one before, and above them how far its own number is from that one's; then the days, where they are others.
func packHolders(fixed []byte) []byte {
	out := make([]byte, 0, len(fixed)/2+4)
	var was holder
	for h := range eachHolder(fixed) {
		step := uint64((h.id-was.id)<<1^(h.id-was.id)>>63) << 2
		if h.seed {
			step |= 2
		}
		if h.days() == was.days() {
			out = binary.AppendUvarint(out, step|1)
		} else {
			out = binary.AppendUvarint(out, step)
			out = binary.AppendVarint(out, int64(h.seen)-int64(was.seen))
			out = binary.AppendVarint(out, int64(h.published)-int64(h.seen)) // -seen: no date
		}
		was = h
	}
	return bytes.Clone(out) // the guess was generous, and many are kept until they are written
}

// unpackHolders makes the fixed form.
func unpackHolders(packed []byte) ([]byte, error) {
	out := make([]byte, 0, 3*len(packed))
	r := holderReader{cutter: cutter{b: packed}}
	for r.next() {
		out = appendHolder(out, r.holder)
	}
	if r.bad {
		return nil, errPacking
	}
	return out, nil
}

// holderReader goes through the stored form. It is bad once that is no such form.
type holderReader struct {
	cutter
	holder
}

func (r *holderReader) next() bool {
	if len(r.b) == 0 {
		return false
	}
	step := r.uvarint()
	r.seed = step&2 != 0
	r.id += int64(step>>3) ^ -int64(step>>2&1)
	if step&1 == 0 {
		r.seen = uint16(int64(r.seen) + r.varint())
		r.published = uint16(int64(r.seen) + r.varint())
	}
	r.bad = r.bad || r.id <= 0 || r.id >= seedBit
	return !r.bad
}
