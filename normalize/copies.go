package normalize

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"wirefold/internal/news"
)

// copyShare is how much of the shorter text must be in the longer one for the two to be copies of one report.
const copyShare = 0.80

// maxCopies bounds the pairwise comparison of one story's articles; beyond it only equal copy classes count.
const maxCopies = 400

// reportShare is the same within one story, where only tellings of one event are compared: two reporters share a quarter of their
// four-word runs at most, a wire copy with a new lead and a cut end keeps two thirds.
const reportShare = 0.60

// textPrints are what reports are compared by: the least shingles of their texts, made of the texts themselves, because an article
// of the store comes without its marks. A text that is too short to be a copy has none; beyond maxCopies nobody looks.
func textPrints(members []*news.Article) []*sketch {
	if len(members) < 2 {
		return nil
	}
	out := make([]*sketch, min(len(members), maxCopies))
	for i, m := range members[:len(out)] {
		ws := readWords(nil, strings.TrimPrefix(m.Text, m.Title), inBody, maxWords)
		if len(ws) < minCopyWords {
			continue
		}
		k := marker{s: &sketch{words: uint16(len(ws)), body: uint16(len(ws))}}
		k.shingles(ws)
		out[i] = k.s
	}
	return out
}

// Copies gives for every article the index of the report that it repeats: itself when it is independent. The report of
// a group of copies is the one published (else seen) first, ties by key. It is a function of the set.
func (m *Model) Copies(ms []news.Marked) []int {
	order := make([]int, len(ms))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(when(ms[a]).Compare(when(ms[b])), cmp.Compare(ms[a].Key, ms[b].Key))
	})
	u := newUnion(len(ms)) // of positions in order
	class := map[uint64]int32{}
	sketches := make([]*sketch, len(ms))
	for x, i := range order {
		if c := ms[i].Marks.Copy; c != 0 {
			if y, ok := class[c]; ok {
				u.join(int32(x), y)
			} else {
				class[c] = int32(x)
			}
		}
		if s, err := decodeSketch(ms[i].Marks.Blob); err == nil {
			sketches[x] = s
		}
	}
	if len(ms) <= maxCopies {
		for x := range order {
			for y := range x {
				if sketches[x] != nil && sketches[y] != nil && sameText(sketches[x], sketches[y]) >= copyShare {
					u.join(int32(x), int32(y))
				}
			}
		}
	}
	out := make([]int, len(ms))
	for x, i := range order {
		out[i] = order[u.root(int32(x))]
	}
	return out
}

// when is the time that orders the tellings of a report.
func when(a news.Marked) time.Time {
	if a.Published.Known() {
		return a.Published.Time
	}
	return a.Seen
}
