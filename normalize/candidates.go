package normalize

import "wirefold/internal/news"

// candidates lists all pairs of articles that the rule makes candidates, a < b.
func (m *Model) candidates(as []news.Marked) [][2]int32 {
	var pairs [][2]int32
	m.eachCandidate(as, func(a, b int32) { pairs = append(pairs, [2]int32{a, b}) })
	return pairs
}

// eachCandidate calls f with every pair of candidates, a < b. It is the rule that the store follows with SQL: a relation
// of two articles and of how common their keys are around them. A key that is crowded around either article counts for
// neither.
func (m *Model) eachCandidate(as []news.Marked, f func(a, b int32)) {
	rule := m.Rule()
	ix := newHolders(as, rule)
	shared := make([]uint16, len(as))
	var touched []int32
	for i := range as {
		touched = touched[:0]
		for _, k := range as[i].Marks.Keys {
			crowded := ix.busy[k]
			if crowded[dayOf(&as[i])] {
				continue
			}
			for _, j := range ix.of[k] {
				if int(j) >= i {
					break
				}
				if crowded != nil && crowded[dayOf(&as[j])] {
					continue
				}
				if shared[j] == 0 {
					touched = append(touched, j)
				}
				shared[j] += uint16(k.Weight())
			}
		}
		for _, j := range touched {
			if int(shared[j]) >= rule.MinShared && as[i].InWindow(as[j]) {
				f(j, int32(i))
			}
			shared[j] = 0
		}
	}
}

// holders lists who holds each key, ascending by index, and which keys are held by too many.
type holders struct {
	of   map[news.Key][]int32
	rule news.KeyRule
	as   []news.Marked
	busy map[news.Key]map[int64]bool // for keys over the bound: the days of which the window is crowded
}

func newHolders(as []news.Marked, rule news.KeyRule) *holders {
	ix := &holders{of: make(map[news.Key][]int32, len(as)*4), rule: rule, as: as, busy: map[news.Key]map[int64]bool{}}
	for i := range as {
		for _, k := range as[i].Marks.Keys {
			ix.of[k] = append(ix.of[k], int32(i))
		}
	}
	for k, hs := range ix.of {
		if len(hs) == 1 {
			delete(ix.of, k)
		} else if len(hs) > rule.MaxHolders {
			ix.busy[k] = ix.crowdedDays(hs)
		}
	}
	return ix
}

// day is the day that an article's window is counted around; the undated share one.
func dayOf(a *news.Marked) int64 {
	if !a.Published.Known() {
		return -1 << 40
	}
	return a.Published.Time.Unix() / 86400
}

// crowdedDays are the days around which more than MaxHolders articles hold a key.
func (ix *holders) crowdedDays(hs []int32) map[int64]bool {
	per := map[int64]int{}
	for _, i := range hs {
		per[dayOf(&ix.as[i])]++
	}
	undated := per[-1<<40]
	days := map[int64]bool{}
	for d := range per {
		n := undated
		if d == -1<<40 {
			n = len(hs)
		} else {
			for x := d - 7; x <= d+7; x++ {
				n += per[x]
			}
		}
		if n > ix.rule.MaxHolders {
			days[d] = true
		}
	}
	return days
}
