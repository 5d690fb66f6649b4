package store

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"wirefold/internal/news"
)

var errPacking = errors.New("a stored value is damaged")

// micros is how times are stored. The zero time survives the round trip and sorts before all others.
func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(n int64) time.Time { return time.UnixMicro(n).UTC() }

// hash64 is what the *_h columns hold of a text.
func hash64(s string) int64 {
	sum := sha256.Sum256([]byte(s))
	return int64(binary.BigEndian.Uint64(sum[:]))
}

func keyBytes(k news.ArticleKey) ([]byte, error) {
	b, err := hex.DecodeString(string(k))
	if err != nil || len(b) != sha256.Size {
		return nil, fmt.Errorf("%q is not an article key", k)
	}
	return b, nil
}

func keyText(b []byte) news.ArticleKey { return news.ArticleKey(hex.EncodeToString(b)) }

// packer compresses. Its coders are safe for concurrent use and kept for the life of the store.
type packer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

// maxUnpacked bounds what one stored value may unpack to, so that a damaged one cannot take all memory. An archive
// of a hundred long stories is the largest.
const maxUnpacked = 256 << 20

// dictionary is what packed values have in common, so that none has to repeat it: the names of our JSON, what HTML is full
// of, and the small words of the commonest languages. An article takes a quarter less by it. Every frame names it by
// dictionaryID, and frames without one are older. It never changes: another one would be a second file with a number of its own.
//
//go:embed dictionary.txt
var dictionary []byte

const dictionaryID = 1

// packWindow is how far back a packed value may refer: most are of a few kB, and each of two coders keeps as much and half of it again.
const packWindow = 256 << 10

func newPacker() (*packer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2), zstd.WithEncoderCRC(true), zstd.WithWindowSize(packWindow),
		zstd.WithLowerEncoderMem(true), zstd.WithEncoderDictRaw(dictionaryID, dictionary))
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxUnpacked), zstd.WithDecoderDictRaw(dictionaryID, dictionary))
	if err != nil {
		return nil, err
	}
	return &packer{enc, dec}, nil
}

func (p *packer) close() error {
	p.dec.Close()
	return p.enc.Close()
}

func (p *packer) pack(b []byte) []byte { return p.enc.EncodeAll(b, make([]byte, 0, len(b)/2+64)) }

func (p *packer) unpack(b []byte) ([]byte, error) {
	out, err := p.dec.DecodeAll(b, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPacking, err)
	}
	return out, nil
}

func (p *packer) packJSON(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return p.pack(b), nil
}

func (p *packer) unpackJSON(b []byte, v any) error {
	out, err := p.unpack(b)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, v); err != nil {
		return fmt.Errorf("%w: %w", errPacking, err)
	}
	return nil
}

// whose reads from a packed story who it is, without all that it says: its id and its founder, which its JSON begins with.
func (p *packer) whose(state []byte) (news.StoryID, news.ArticleKey, error) {
	b, err := p.unpack(state)
	if err != nil {
		return "", "", err
	}
	rest, isStory := bytes.CutPrefix(b, []byte(`{"id":"`))
	id, rest, hasFounder := bytes.Cut(rest, []byte(`","founder":"`))
	founder, _, ends := bytes.Cut(rest, []byte(`"`))
	if isStory && hasFounder && ends && !bytes.ContainsAny(id, `"\\`) && !bytes.ContainsRune(founder, '\\') {
		return news.StoryID(id), news.ArticleKey(founder), nil
	}
	var st news.Story // in another order
	if err := json.Unmarshal(b, &st); err != nil {
		return "", "", fmt.Errorf("%w: %w", errPacking, err)
	}
	return st.ID, st.Founder, nil
}

// packArticle writes what the article says. Its long texts stand beside the JSON instead of in it: no escapes to
// write and read, which halves the time. What the columns of articles hold is left out and set again by readers.
func (p *packer) packArticle(a news.Article) ([]byte, error) {
	html, text := a.HTML, a.Text
	a.HTML, a.Text, a.Key, a.Feed, a.GUID, a.Seen, a.Revision = "", "", "", "", "", time.Time{}, 0
	js, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(js)+len(html)+len(text)+12)
	b = appendText(b, string(js))
	b = appendText(b, html)
	b = appendText(b, text)
	return p.pack(b), nil
}

func (p *packer) unpackArticle(b []byte) (news.Article, error) {
	var a news.Article
	raw, err := p.unpack(b)
	if err != nil {
		return a, err
	}
	c := cutter{b: raw}
	js, html, text := c.text(), c.text(), c.text()
	if c.bad {
		return a, errPacking
	}
	if err := json.Unmarshal(js, &a); err != nil {
		return a, fmt.Errorf("%w: %w", errPacking, err)
	}
	a.HTML, a.Text = string(html), string(text)
	return a, nil
}

// The flags of packed marks. Again says that the article had other marks before, which the index may still know; derived,
// that the keys are left out because they follow from the blob.
const (
	flagSeed byte = 1 << iota
	flagDayOnly
	flagAgain
	flagDerived
)

// markedAgain says whether packed marks are not the first of their article.
func markedAgain(b []byte) bool { return len(b) > 0 && b[0]&flagAgain != 0 }

// packMarked writes what grouping reads of an article: seed and dates, its key, its marks.
func packMarked(m *news.Marked, again bool) ([]byte, error) {
	key, err := keyBytes(m.Key)
	if err != nil {
		return nil, err
	}
	var flags byte
	if m.Seed {
		flags |= flagSeed
	}
	if m.Published.DayOnly {
		flags |= flagDayOnly
	}
	if again {
		flags |= flagAgain
	}
	if m.Marks.Derived {
		flags |= flagDerived
	}
	b := make([]byte, 0, 80+8*len(m.Marks.Keys)+len(m.Marks.Blob))
	b = append(b, flags)
	b = binary.LittleEndian.AppendUint64(b, uint64(micros(m.Published.Time)))
	b = binary.LittleEndian.AppendUint64(b, uint64(micros(m.Seen)))
	b = append(b, key...)
	b = binary.LittleEndian.AppendUint64(b, m.Marks.Copy)
	if !m.Marks.Derived {
		keys := inOrder(m.Marks.Keys)
		b = binary.AppendUvarint(b, uint64(len(keys)))
		for _, k := range keys {
			b = binary.LittleEndian.AppendUint64(b, uint64(k))
		}
	}
	return append(b, m.Marks.Blob...), nil
}

// inOrder makes sure of the order in which keys are compared as sorted lists (place_candidates.go).
func inOrder(keys []news.Key) []news.Key {
	keys = slices.Clone(keys)
	slices.SortFunc(keys, compareKeys)
	return slices.Compact(keys)
}

// headSize is the length of the header of packed marks: flags, two dates, the article's key, the copy class.
const headSize = 1 + 8 + 8 + sha256.Size + 8

// head is the header of packed marks.
type head struct {
	key             [sha256.Size]byte
	published, seen int64 // as stored
	copy            uint64
	flags           byte
	read            bool
}

// unpackHead reads the header alone, from bytes that begin with it.
func unpackHead(b []byte) (head, error) {
	c := cutter{b: b}
	h := head{read: true}
	h.flags = c.take(1)[0]
	h.published, h.seen = int64(c.uint64()), int64(c.uint64())
	copy(h.key[:], c.take(sha256.Size))
	h.copy = c.uint64()
	if c.bad {
		return head{}, errPacking
	}
	return h, nil
}

// marked is what the header says.
func (h *head) marked() news.Marked {
	return news.Marked{
		Key:       keyText(h.key[:]),
		Published: news.Date{Time: fromMicros(h.published), DayOnly: h.flags&flagDayOnly != 0},
		Seen:      fromMicros(h.seen),
		Seed:      h.flags&flagSeed != 0,
		Marks:     news.Marks{Copy: h.copy},
	}
}

func unpackMarked(b []byte) (*news.Marked, error) {
	h, err := unpackHead(b)
	if err != nil {
		return nil, err
	}
	marked := h.marked()
	m := &marked
	c := cutter{b: b[headSize:]}
	if m.Marks.Derived = b[0]&flagDerived != 0; !m.Marks.Derived {
		n := c.uvarint()
		if c.bad || n > uint64(len(c.b))/8 {
			return nil, errPacking
		}
		m.Marks.Keys = make([]news.Key, n)
		for i := range m.Marks.Keys {
			m.Marks.Keys[i] = news.Key(c.uint64())
		}
	}
	m.Marks.Blob = append([]byte(nil), c.b...)
	return m, nil
}

// tie is one edge as an article keeps it: the other article, and the score.
type tie struct {
	to    int64
	score float64
}

func packTies(ts []tie) []byte {
	b := make([]byte, 0, 12*len(ts))
	for _, t := range ts {
		b = binary.AppendUvarint(b, uint64(t.to))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(t.score))
	}
	return b
}

func unpackTies(b []byte) ([]tie, error) {
	c := cutter{b: b}
	out := make([]tie, 0, len(b)/10)
	for len(c.b) > 0 && !c.bad {
		out = append(out, tie{int64(c.uvarint()), math.Float64frombits(c.uint64())})
	}
	if c.bad {
		return nil, errPacking
	}
	return out, nil
}

func packIDs(ids []int64) []byte {
	b := make([]byte, 0, 4*len(ids))
	for _, id := range ids {
		b = binary.AppendUvarint(b, uint64(id))
	}
	return b
}

func unpackIDs(b []byte) ([]int64, error) {
	c := cutter{b: b}
	out := make([]int64, 0, len(b)/3+1)
	for len(c.b) > 0 && !c.bad {
		out = append(out, int64(c.uvarint()))
	}
	if c.bad {
		return nil, errPacking
	}
	return out, nil
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// cutter cuts packed bytes into their parts. It is bad once there was too little of them.
type cutter struct {
	b   []byte
	bad bool
}

func (c *cutter) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.bad, c.b = true, nil
		return make([]byte, min(max(n, 0), sha256.Size))
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

func (c *cutter) uint64() uint64 { return binary.LittleEndian.Uint64(c.take(8)) }

func (c *cutter) uvarint() uint64 {
	v, n := binary.Uvarint(c.b)
	if n <= 0 {
		c.bad, c.b = true, nil
		return 0
	}
	c.b = c.b[n:]
	return v
}

func (c *cutter) varint() int64 {
	v := c.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (c *cutter) text() []byte {
	n := c.uvarint()
	if n > uint64(len(c.b)) {
		c.bad, c.b = true, nil
		return nil
	}
	return c.take(int(n))
}

// plain makes a text that every engine keeps: valid UTF-8 without NUL.
func plain(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
