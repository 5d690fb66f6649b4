package store

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"wirefold/internal/news"
)

func TestSeveralLinkersFindTheEdgesOfOne(t *testing.T) {
	as := make([]news.Marked, 1000)
	for i := range as {
		as[i].Key = news.ArticleKey(fmt.Sprintf("%04d", i))
	}
	var pairs [][2]int32
	for a := range as {
		for b := range a {
			pairs = append(pairs, [2]int32{int32(b), int32(a)})
		}
	}
	var calls atomic.Int32
	link := func(_ []news.Marked, pairs [][2]int32) (es []news.Edge) {
		calls.Add(1)
		for _, p := range pairs {
			if (p[0]+p[1])%3 == 0 {
				es = append(es, news.Edge{A: p[0], B: p[1], Score: float64(p[0])})
			}
		}
		return es
	}
	want := link(as, pairs)
	for _, tt := range []struct {
		name    string
		linkers int
		pairs   int
		calls   int32
	}{
		{"one", 1, len(pairs), 1},
		{"as the zero value says", 0, len(pairs), 1},
		{"two", 2, len(pairs), 2},
		{"no more than there is work for", 1000, len(pairs), int32(1 + len(pairs)/leastPairs)},
		{"none to link", 4, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			calls.Store(0)
			p := &placing{rules: Rules{Linkers: tt.linkers}}
			got := p.linkAll(link, as, pairs[:tt.pairs])
			if tt.pairs == len(pairs) && !slices.Equal(got, want) {
				t.Errorf("other edges than one call of Link finds: %d, want %d", len(got), len(want))
			}
			if calls.Load() != tt.calls {
				t.Errorf("%d calls of Link, want %d", calls.Load(), tt.calls)
			}
		})
	}
}
