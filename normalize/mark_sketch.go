package normalize

import (
	"encoding/binary"
	"errors"
)

// A sketch is what grouping knows of an article: the content of news.Marks.Blob.
type sketch struct {
	words    uint16 // read of title and text
	body     uint16 // of these, in the text
	lang     uint8  // code of the language, 0 = unknown; see langCode
	script   markScript
	hour     int32       // published, in hours since 1970 UTC; noHour = unknown
	dayOnly  bool        // published is a day without a time
	dateline uint16      // month<<5|day that the text states first, 0 = none
	event    int32       // day of the event in days since 1970 where published lets it be resolved; noHour = unknown
	weekdays uint8       // days of the week named in title and lead, bit 0 = Monday
	weekday  uint8       // the first of them, 1 = Monday, 0 = none
	months   uint16      // months named anywhere, bit 0 = January
	venue    uint32      // the city where it happened, as far as that can be told; 0 = none
	venueIn  bool        // the text says "in" that city; not kept
	terms    []termMark  // ascending by hash
	names    []nameMark  // ascending by hash
	places   []placeMark // ascending by place
	numbers  []numberMark
	days     []uint16 // month<<5|day, ascending
	years    []uint16 // ascending
	ordinals []uint32 // number<<24 | hash of the word after it, ascending
	shingles []uint32 // the least hashes of the text's word 4-grams, ascending
	copy     uint64
	vector   vectorMark // of an embedding service; mostly none
}

const noHour = -1 << 31

// term is a word of the article that is not too common to tell anything.
type termMark struct {
	hash  uint32
	idf   uint8 // rarity, in steps of 1/idfStep
	tf    uint8
	flags uint8
}

// name is a consonant skeleton of something that looks like a name.
type nameMark struct {
	hash  uint32
	idf   uint8
	flags uint8
}

// The flags of terms, names, places and numbers.
const (
	flagTitle uint8 = 1 << iota
	flagLead
	flagName
	flagCity
	// flagKeyed marks a term that is a name and nothing else, and whose skeleton is known: no key of its own.
	flagKeyed
	// flagStrange marks a word of a language that the table does not know.
	flagStrange
)

type placeMark struct {
	place placeCode
	flags uint8
	count uint8
}

// numeral is a quantity: its value hashed, and the kind of thing that it measures.
type numberMark struct {
	hash  uint32
	kind  uint8 // numberPlain …
	flags uint8
	big   uint8 // how little chance would repeat it: number of significant digits
}

const (
	numberPlain uint8 = iota
	numberPercent
	numberMoney
)

// idfStep is the resolution of a rarity: a rarity of ln(N/df) = 1 is stored as 20.
const idfStep = 20

// sketchVersion changes whenever a model that was trained on older sketches must not read new ones.
const sketchVersion = 3

// formVersion changes whenever blobs are written in another way; it is the first byte of each.
const formVersion = 3

var errSketch = errors.New("marks are not of this version")

// encode writes a sketch behind the stamp of its model.
func (s *sketch) encode(stamp [stampBytes]byte) []byte {
	w := bitWriter{b: make([]byte, 0, 80+6*len(s.terms)+6*len(s.names)+6*len(s.places)+7*len(s.numbers)+4*len(s.shingles)+4*len(s.ordinals)+2*len(s.days)+2*len(s.years))}
	b := append(w.b, stamp[:]...)
	b = binary.AppendUvarint(b, uint64(s.words))
	b = binary.AppendUvarint(b, uint64(s.body))
	dayOnly := byte(0)
	if s.dayOnly {
		dayOnly = 1
	}
	b = append(b, s.lang, byte(s.script), dayOnly, s.weekdays, s.weekday)
	b = binary.AppendVarint(b, int64(s.hour))
	b = binary.AppendVarint(b, int64(s.event))
	b = binary.AppendUvarint(b, uint64(s.dateline))
	b = binary.AppendUvarint(b, uint64(s.months))
	b = binary.AppendUvarint(b, uint64(s.venue))
	b = binary.LittleEndian.AppendUint64(b, s.copy)
	b = binary.AppendUvarint(b, uint64(len(s.places)))
	for _, p := range s.places {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(p.place)), p.flags, p.count)
	}
	b = binary.AppendUvarint(b, uint64(len(s.numbers)))
	for _, n := range s.numbers {
		b = append(binary.LittleEndian.AppendUint32(b, n.hash), n.kind, n.flags, n.big)
	}
	b = append16(b, s.days)
	b = append16(b, s.years)
	b = append32(b, s.ordinals)
	terms, names, shingles := riceBits(lastHash(s.terms), len(s.terms)), riceBits(lastHash(s.names), len(s.names)), uint(0)
	if n := len(s.shingles); n > 0 {
		shingles = riceBits(s.shingles[n-1], n)
	}
	for _, list := range [...]struct {
		n    int
		rice uint
	}{{len(s.terms), terms}, {len(s.names), names}, {len(s.shingles), shingles}} {
		b = append(binary.AppendUvarint(b, uint64(list.n)), byte(list.rice))
	}
	w.b = b
	var was, idf uint32
	ways := lately{}
	for _, t := range s.terms {
		w.rice(t.hash-was, terms)
		was = t.hash
		w.again(uint32(t.idf), &idf, 8)
		ways.put(&w, uint32(t.tf)<<8|uint32(t.flags), 16)
	}
	was, ways = 0, lately{}
	for _, n := range s.names {
		w.rice(n.hash-was, names)
		was = n.hash
		w.again(uint32(n.idf), &idf, 8)
		ways.put(&w, uint32(n.flags), 8)
	}
	was = 0
	for _, x := range s.shingles {
		w.rice(x-was, shingles)
		was = x
	}
	return w.end()
}

type hashed interface{ hashOf() uint32 }

func (t termMark) hashOf() uint32 { return t.hash }
func (n nameMark) hashOf() uint32 { return n.hash }

func lastHash[T hashed](xs []T) uint32 {
	if len(xs) == 0 {
		return 0
	}
	return xs[len(xs)-1].hashOf()
}

func append16(b []byte, xs []uint16) []byte {
	b = binary.AppendUvarint(b, uint64(len(xs)))
	for _, x := range xs {
		b = binary.LittleEndian.AppendUint16(b, x)
	}
	return b
}

func append32(b []byte, xs []uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(xs)))
	for _, x := range xs {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	return b
}

// decodeSketch reads what encode wrote. Bytes of another version or a torn blob are an error, never a panic.
func decodeSketch(b []byte) (*sketch, error) {
	r := blobReader{b: b}
	if r.u8() != formVersion {
		return nil, errSketch
	}
	r.u32() // the checksum of the terms: a store that holds another one marks its articles again
	s := &sketch{}
	s.words, s.body = uint16(r.uvarint()), uint16(r.uvarint())
	s.lang, s.script, s.dayOnly, s.weekdays, s.weekday = r.u8(), markScript(r.u8()), r.u8() == 1, r.u8(), r.u8()
	s.hour, s.event = int32(r.varint()), int32(r.varint())
	s.dateline, s.months, s.venue, s.copy = uint16(r.uvarint()), uint16(r.uvarint()), uint32(r.uvarint()), r.u64()
	s.places = make([]placeMark, r.count(6))
	for i := range s.places {
		s.places[i] = placeMark{placeCode(r.u32()), r.u8(), r.u8()}
	}
	s.numbers = make([]numberMark, r.count(7))
	for i := range s.numbers {
		s.numbers[i] = numberMark{r.u32(), r.u8(), r.u8(), r.u8()}
	}
	s.days = make([]uint16, r.count(2))
	for i := range s.days {
		s.days[i] = r.u16()
	}
	s.years = make([]uint16, r.count(2))
	for i := range s.years {
		s.years[i] = r.u16()
	}
	s.ordinals = make([]uint32, r.count(4))
	for i := range s.ordinals {
		s.ordinals[i] = r.u32()
	}
	r.hashes(s)
	if len(r.b) > 0 {
		s.vector = r.vector()
	}
	if r.short {
		return nil, errSketch
	}
	return s, nil
}

// blobReader reads little-endian numbers; past the end it answers zeros and remembers.
type blobReader struct {
	b     []byte
	short bool
}

func (r *blobReader) take(n int) []byte {
	if len(r.b) < n {
		r.short, r.b = true, nil
		return zeros[:n]
	}
	x := r.b[:n]
	r.b = r.b[n:]
	return x
}

var zeros [8]byte

func (r *blobReader) u8() uint8   { return r.take(1)[0] }
func (r *blobReader) u16() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *blobReader) u32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *blobReader) u64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }

func (r *blobReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.short, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *blobReader) varint() int64 {
	v := r.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// count reads the length of a list of things of size bytes, and refuses more than the blob can hold.
func (r *blobReader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.b)/size) {
		r.short = true
		return 0
	}
	return int(n)
}

// hashes reads terms, names and shingles, which share their bits. Each takes more than one, so none can be more than there are.
func (r *blobReader) hashes(s *sketch) {
	var rice [3]uint
	var n [3]int
	for i := range n {
		count := r.uvarint()
		if rice[i] = uint(r.u8()); count > 8*uint64(len(r.b)) || rice[i] > 31 {
			r.short = true
			return
		}
		n[i] = int(count)
	}
	bits := bitReader{b: r.b}
	var was, idf uint32
	ways := lately{}
	s.terms = make([]termMark, n[0])
	for i := range s.terms {
		was += bits.rice(rice[0])
		rarity, way := bits.again(&idf, 8), ways.get(&bits, 16)
		s.terms[i] = termMark{was, uint8(rarity), uint8(way >> 8), uint8(way)}
	}
	was, ways = 0, lately{}
	s.names = make([]nameMark, n[1])
	for i := range s.names {
		was += bits.rice(rice[1])
		rarity, flags := bits.again(&idf, 8), ways.get(&bits, 8)
		s.names[i] = nameMark{was, uint8(rarity), uint8(flags)}
	}
	was = 0
	s.shingles = make([]uint32, n[2])
	for i := range s.shingles {
		was += bits.rice(rice[2])
		s.shingles[i] = was
	}
	r.b, r.short = bits.rest(r.b), r.short || bits.short
}
