package normalize

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// Most of a sketch are hashes in ascending order. How far each is from the one before it takes fewer bits than the hash: a
// Golomb-Rice code writes the low bits of that distance as they are and counts the rest in ones (S. W. Golomb, "Run-length
// encodings", 1966; R. F. Rice, 1979). Of evenly spread hashes that leaves little more than what they cannot do without.

// bitWriter appends bits, the lowest first.
type bitWriter struct {
	b    []byte
	bits uint64 // those that fill no byte yet
	n    uint
}

// put appends the low n bits of v, at most 32.
func (w *bitWriter) put(v uint32, n uint) {
	w.bits |= uint64(v) << w.n
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.b = append(w.b, byte(w.bits))
		w.bits >>= 8
	}
}

// rice appends v by a code of k low bits.
func (w *bitWriter) rice(v uint32, k uint) {
	for q := v >> k; q > 0; q-- {
		w.put(1, 1)
	}
	w.put(0, 1)
	w.put(v&(1<<k-1), k)
}

// end fills the last byte with zeros.
func (w *bitWriter) end() []byte {
	if w.n > 0 {
		w.b = append(w.b, byte(w.bits))
	}
	return w.b
}

// riceBits suits a list of n numbers of which last is the greatest.
func riceBits(last uint32, n int) uint {
	return uint(max(bits.Len32(last/uint32(max(n, 1))), 1) - 1)
}

// bitReader reads what bitWriter wrote; past the end it answers zeros and remembers. Grouping reads each sketch many times, so
// it takes eight bytes at once and counts ones by one instruction.
type bitReader struct {
	b     []byte
	bits  uint64
	n     uint // of bits, at most 63; those above are zero
	short bool
}

// fill makes sure of 32 bits, as far as there are any.
func (r *bitReader) fill() {
	if len(r.b) >= 8 {
		more := (63 - r.n) / 8
		r.bits |= binary.LittleEndian.Uint64(r.b) & (1<<(8*more) - 1) << r.n
		r.b = r.b[more:]
		r.n += 8 * more
		return
	}
	for ; r.n < 56 && len(r.b) > 0; r.n += 8 {
		r.bits |= uint64(r.b[0]) << r.n
		r.b = r.b[1:]
	}
}

// rest is what follows the last byte that was read from; all is what the reader began with.
func (r *bitReader) rest(all []byte) []byte {
	if r.short {
		return nil
	}
	return all[len(all)-len(r.b)-int(r.n/8):]
}

func (r *bitReader) get(n uint) uint32 {
	if r.n < n {
		r.need(n)
	}
	v := uint32(r.bits & (1<<n - 1))
	r.bits >>= n
	r.n -= n
	return v
}

func (r *bitReader) need(n uint) {
	if r.fill(); r.n < n {
		r.short, r.bits, r.n = true, 0, 63 // zeros
	}
}

// ones counts ones up to the zero that ends them, which it takes too. After most ones there is no zero.
func (r *bitReader) ones(most uint32) uint32 {
	if n := uint32(bits.TrailingZeros64(^r.bits)); n < most && uint(n) < r.n {
		r.bits >>= n + 1
		r.n -= uint(n) + 1
		return n
	}
	return r.manyOnes(most)
}

func (r *bitReader) manyOnes(most uint32) uint32 {
	n := uint32(0)
	for n < most && r.get(1) == 1 {
		n++
	}
	return n
}

func (r *bitReader) rice(k uint) uint32 {
	q := r.ones(math.MaxUint32)
	return q<<k | r.get(k)
}

// lately is what a list held last, the latest first. Most of its values are among the few before: such a one takes as many bits
// as its place, and only what is not there is written out.
type lately [7]uint32

// put appends v, of n bits at most.
func (l *lately) put(w *bitWriter, v uint32, n uint) {
	for i, x := range l {
		if x == v {
			w.put(0, 1)
			l.first(i, v)
			return
		}
		w.put(1, 1)
	}
	w.put(v, n)
	l.first(len(l)-1, v)
}

func (l *lately) get(r *bitReader, n uint) uint32 {
	i := r.ones(uint32(len(l)))
	if i == uint32(len(l)) {
		v := r.get(n)
		l.first(len(l)-1, v)
		return v
	}
	v := l[i]
	if i > 0 {
		l.first(int(i), v)
	}
	return v
}

// first moves v to the front, over those that stood before place i.
func (l *lately) first(i int, v uint32) {
	copy(l[1:i+1], l[:i])
	l[0] = v
}

// again appends v, of n bits, in one bit where it is what stood before.
func (w *bitWriter) again(v uint32, was *uint32, n uint) {
	if v == *was {
		w.put(0, 1)
		return
	}
	*was = v
	w.put(1, 1)
	w.put(v, n)
}

func (r *bitReader) again(was *uint32, n uint) uint32 {
	if r.get(1) == 1 {
		*was = r.get(n)
	}
	return *was
}
