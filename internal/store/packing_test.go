package store

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"wirefold/internal/news"
)

func TestMarkedSurvivesPacking(t *testing.T) {
	want := &news.Marked{
		Key: news.ArticleKey("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"), Seed: true,
		Published: news.Date{Time: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), DayOnly: true},
		Seen:      time.Date(2026, 3, 1, 10, 0, 0, 123000, time.UTC),
		Marks:     news.Marks{Keys: []news.Key{news.MakeKey(1<<63, 9), news.MakeKey(32, 3)}, Copy: 7, Blob: []byte("blob")},
	}
	b, err := packMarked(want, false)
	if err != nil {
		t.Fatal(err)
	}
	got, err := unpackMarked(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unpacked (-want +got):\n%s", diff)
	}
	want.Published = news.Date{}
	if b, err = packMarked(want, false); err != nil {
		t.Fatal(err)
	}
	if got, err = unpackMarked(b); err != nil || got.Published.Known() {
		t.Errorf("an unknown date came back as %v, %v", got.Published, err)
	}
}

// What programs before the dictionary wrote has no number of one, and is read all the same. What is written now can be read
// for ever only if the dictionary stays as it is.
func TestTheDictionaryNeitherChangesNorHidesWhatIsOlder(t *testing.T) {
	if got, want := hash64(string(dictionary)), int64(-8833339024460510886); got != want {
		t.Errorf("the dictionary's hash is %#x, want %#x: stores hold values that only the old one unpacks", got, want)
	}
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	old, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(strings.Repeat(`{"id":"a","founder":"b","account":`, 3))
	for name, packed := range map[string][]byte{"older": old.EncodeAll(text, nil), "now": p.pack(text)} {
		if got, err := p.unpack(packed); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: unpacked %q, %v", name, got, err)
		}
	}
}

func TestHoldersSurvivePacking(t *testing.T) {
	want := []holder{
		{id: 1, seen: 20000}, {id: 1<<46 + 5, published: 65535, seen: 1, seed: true}, {id: 1<<46 + 6, published: 65535, seen: 1},
		{id: 7, published: 20001, seen: 20002}, {id: 3, published: 1, seen: 65535}, {id: seedBit - 1, seen: 65535},
	}
	var b []byte
	for _, h := range want {
		b = appendHolder(b, h)
	}
	packed := packHolders(b)
	if fixed, err := unpackHolders(packed); err != nil || !slices.Equal(slices.Collect(eachHolder(fixed)), want) {
		t.Errorf("unpacked = %v, %v; want %v", slices.Collect(eachHolder(fixed)), err, want)
	}
	for cut := range packed {
		if fixed, err := unpackHolders(packed[:cut]); err == nil && !bytes.HasPrefix(b, fixed) {
			t.Errorf("cut after %d bytes it reads as %v", cut, slices.Collect(eachHolder(fixed)))
		}
	}
}

// near must never be false where InWindow is true.
func TestNearCoversWindow(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var all []*node
	for i := range 60 {
		m := &news.Marked{Seen: at.Add(time.Duration(i*5) * time.Hour), Seed: i%7 == 0}
		if i%3 != 0 {
			m.Published = news.Date{Time: at.Add(time.Duration(i*7-200) * time.Hour)}
		}
		all = append(all, &node{id: int64(i), m: m})
	}
	for _, a := range all {
		for _, b := range all {
			if a.m.InWindow(*b.m) && !newHolder(a).near(newHolder(b)) {
				t.Errorf("articles %d and %d are in one window but not near", a.id, b.id)
			}
		}
	}
}

// FuzzUnpack feeds damaged values to everything that unpacks: an error at worst, and what is read can be written.
func FuzzUnpack(f *testing.F) {
	p, err := newPacker()
	if err != nil {
		f.Fatal(err)
	}
	body, err := p.packArticle(news.Article{Title: "t", HTML: "<p>x</p>", Text: "x"})
	if err != nil {
		f.Fatal(err)
	}
	m, err := packMarked(&news.Marked{Key: news.ArticleKey("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"), Marks: news.Marks{Keys: []news.Key{33}}}, false)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{nil, {1}, body, m, packTies([]tie{{5, .5}}), packIDs([]int64{1, 1 << 40}), packHolders(appendHolder(nil, holder{id: 3, seen: 4}))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, err := p.unpackArticle(b); err == nil {
			if _, err := p.packArticle(a); err != nil {
				t.Errorf("an article that was read cannot be written: %v", err)
			}
		}
		if m, err := unpackMarked(b); err == nil {
			if _, err := packMarked(m, false); err != nil {
				t.Errorf("marks that were read cannot be written: %v", err)
			}
		}
		if ids, err := unpackIDs(b); err == nil && len(ids) > len(b) {
			t.Errorf("%d numbers out of %d bytes", len(ids), len(b))
		}
		if ts, err := unpackTies(b); err == nil && len(ts)*9 > len(b) {
			t.Errorf("%d edges out of %d bytes", len(ts), len(b))
		}
		if fixed, err := unpackHolders(b); err == nil {
			if again, err := unpackHolders(packHolders(fixed)); err != nil || !bytes.Equal(again, fixed) {
				t.Errorf("holders %x came back as %x, %v", fixed, again, err)
			}
		}
	})
}
