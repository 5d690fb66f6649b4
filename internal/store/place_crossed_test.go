package store

import (
	"math/rand/v2"
	"testing"

	"wirefold/internal/news"
)

// Lists keep the lower halves of numbers only, so more articles must be met than have one upper half.
func TestCrossedListsSayWhoHoldsAKeyAndWhatItSays(t *testing.T) {
	const own, keys, met = 40, 300, 150_000
	rule := news.KeyRule{MaxHolders: 4000, Bounds: []int{1}, Small: 10, Loss: 2}
	r := rand.New(rand.NewPCG(1, 2))
	all := make([]holder, met)
	for i := range all {
		all[i] = holder{id: int64(10 + 3*i), published: uint16(20_000 + r.IntN(30)), seen: 20_030, seed: i%100 == 0}
	}
	hs := newHolders(rule)
	for _, x := range all {
		hs.everyone[x.days()]++
	}
	var ps []posting
	who := make([]entrant, own)
	for i := range who {
		who[i] = entrant{holder: all[r.IntN(met)]}
	}
	for k := range keys {
		if k%own != 7 { // that one has no keys
			ps = append(ps, posting{news.MakeKey(uint64(k+1)<<32, 5+k%8), int32(k % own)})
		}
	}
	c := newCrossed(hs, ps, who)
	type share struct {
		id    int64
		worth uint8
	}
	want := make([]map[share]bool, 0, keys)
	for _, x := range ps {
		h := held{key: x.key, entries: &hs.none}
		list := []holder{who[x.of].holder}
		n := 2 + r.IntN(3000)
		for from := r.IntN(met); len(list) < n; from += 1 + r.IntN(40) {
			if o := all[from%met]; o.id != list[0].id {
				list = append(list, o)
			}
		}
		packed := make([]byte, 0, holderSize*len(list))
		for _, o := range list {
			packed = appendHolder(packed, o)
		}
		if err := c.lay(packHolders(packed)); err != nil {
			t.Fatal(err)
		}
		c.settle(&h)
		of := map[holder]int64{}
		for _, o := range list {
			of[o.days()]++
		}
		says := map[share]bool{}
		for _, o := range list {
			if n := rule.Says(x.key, around(of, o.days()), hs.step(o)); n > 0 {
				says[share{o.id, uint8(n)}] = true
			}
		}
		want = append(want, says)
	}
	if len(c.ids) < 2<<16 {
		t.Fatalf("%d articles met; no number has another upper half", len(c.ids))
	}
	kept := 0
	for i, says := range want {
		got := 0
		for list := c.holdersOf(shared{list: int32(i)}); len(list) > 0; {
			upper, worth, lower := list.next()
			for _, l := range lower {
				if s := (share{c.ids[upper|int32(l)], worth}); !says[s] {
					t.Fatalf("key %d says %d for article %d, want otherwise", i, s.worth, s.id)
				}
				got++
			}
		}
		if got != len(says) {
			t.Errorf("key %d is kept for %d holders, want %d", i, got, len(says))
		}
		kept += got
	}
	if kept < 100_000 {
		t.Errorf("%d holders in %d lists: the test has become too small", kept, keys)
	}
	for i, m := range c.mute {
		if m != (i == 7) {
			t.Errorf("article %d mute = %v", i, m)
		}
	}
}
